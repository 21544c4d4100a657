/** The answer of `danezone confirm`, for people and as JSON. */
import type { Name } from '../dns/name.ts';
import type { Host } from '../host/host.ts';
import type { Fact } from '../journal/journal.ts';
import type { ConfirmOutcome } from '../pipeline/confirm.ts';
import type { Following } from '../pipeline/running-clocks.ts';
import { eventWords } from '../rollover/wait-text.ts';
import { readableTime } from '../text/time.ts';
import type { Globals } from './command.ts';

/** What went into the journals, which clocks run from it, what is due and what waits for which date. */
export async function printConfirmed(
  host: Host,
  globals: Globals,
  outcomes: readonly ConfirmOutcome[],
  follows: (outcome: Held) => Following,
): Promise<void> {
  if (globals.format === 'json') {
    const { jsonText } = await import('../text/annotations.ts');
    const zones = outcomes.map((outcome) =>
      outcome.state === 'refused' ? outcome : factsOf(outcome, follows(outcome)),
    );
    host.stdout.write(jsonText({ zones }));
    return;
  }
  const held: { readonly outcome: Held; readonly follows: Following }[] = [];
  for (const outcome of outcomes) {
    if (outcome.state === 'refused') host.stderr.write(`danezone: ${outcome.zone} ${outcome.error}\n`);
    else held.push({ outcome, follows: follows(outcome) });
  }
  for (const { outcome, follows: found } of held)
    for (const alarm of found.alarms) host.stderr.write(`danezone: ${outcome.zone} ${alarm}\n`);
  if (globals.quiet) return;
  if (held.length > shownZones) host.stdout.write(briefText(held));
  else for (const each of held) host.stdout.write(textOf(each.outcome, each.follows));
}

export type Held = Exclude<ConfirmOutcome, { state: 'refused' }>;

const time = (at: number | undefined) => (at === undefined ? undefined : readableTime(at));

const newRows = ({ before, journal }: Held) => journal.evidence.slice(before.evidence.length);

function factsOf(outcome: Held, { clocks, due, waiting, unserved, nextEvent, alarms }: Following): object {
  return {
    zone: outcome.zone,
    state: outcome.state,
    evidence: newRows(outcome).map((row) => ({ ...row, at: time(row.at) })),
    clocks: clocks.map(({ what, since, until }) => ({ what, since: time(since), until: time(until) })),
    due,
    waiting: waiting.map((step) => ({ ...step, earliest: time(step.earliest) })),
    unserved: unserved.map(eventWords),
    nextEvent: time(nextEvent),
    alarms,
  };
}

/** With more zones than these a line for each is enough; a command with one of them, or --format json, has the rest. */
const shownZones = 3;

function briefText(all: readonly { readonly outcome: Held; readonly follows: Following }[]): string {
  const lines = all.flatMap(({ outcome }) => {
    const { zone, state } = outcome;
    if (state === 'known') return [`${zone} this is known already; nothing was written`];
    return newRows(outcome).map(({ at, by, fact }) => `${zone} ${factText(fact)} since ${readableTime(at)} (${by})`);
  });
  const due = all.filter(({ follows }) => follows.due > 0).length;
  if (due > 0) lines.push(`steps of ${due} ${due === 1 ? 'zone are' : 'zones are'} due now: run danezone build`);
  const events = all.flatMap(({ follows: { nextEvent } }) => (nextEvent === undefined ? [] : [nextEvent]));
  if (events.length > 0) lines.push(`next: danezone build, from ${readableTime(Math.min(...events))}`);
  lines.push('danezone plan says what follows and why');
  return `${lines.join('\n')}\n`;
}

/** Lines that are shown of a list; the journal and --format json have all. */
const shownLines = 8;

function textOf(outcome: Held, { clocks, due, waiting, unserved, nextEvent }: Following): string {
  const { zone } = outcome;
  if (outcome.state === 'known') return `${zone} this is known already; nothing was written\n`;
  const lines = newRows(outcome).map(
    ({ at, by, fact }) => `${zone} ${factText(fact)} since ${readableTime(at)} (${by})`,
  );
  const list = (items: readonly string[]) => [
    ...items.slice(0, shownLines).map((item) => `  ${item}`),
    ...(items.length > shownLines ? [`  and ${items.length - shownLines} more`] : []),
  ];
  lines.push(...list(clockLines(clocks, zone)));
  if (due > 0) lines.push(`  ${due} ${due === 1 ? 'step is' : 'steps are'} due now: run danezone build`);
  lines.push(
    ...list(
      waiting.map(({ key, record, to, earliest, wait }) => {
        const date = earliest === undefined ? 'waits for' : `not before ${readableTime(earliest)}:`;
        return `${record} of ${key} becomes ${to} ${date} ${wait}`;
      }),
    ),
  );
  const unseen = new Set(unserved.flatMap((what) => (what.kind === 'certificate-served' ? what.host : [])));
  lines.push(
    ...list(
      [...unseen].map((host) => {
        const name = host.replace(/\.$/, '');
        return `the first DS waits for the certificates of ${name} in service: danezone confirm cert-served ${name}`;
      }),
    ),
  );
  if (nextEvent !== undefined) lines.push(`  next: danezone build, from ${readableTime(nextEvent)}`);
  return `${lines.join('\n')}\n`;
}

function factText(fact: Fact): string {
  switch (fact.kind) {
    case 'published':
      return `serial ${fact.serial} is on every name server`;
    case 'ds-seen':
      return fact.records.length === 0
        ? 'every server of the parent shows no DS'
        : `every server of the parent shows ${fact.records.length} DS with TTL ${fact.ttl}`;
    case 'certificate-served':
      return `${fact.host}:${fact.port}/${fact.protocol} shows the key ${fact.spki.slice(0, 16)}…`;
  }
}

/** One line for all that is in every cache at the same time; what stands at the apex without its name. */
function clockLines(clocks: Following['clocks'], zone: Name): readonly string[] {
  const byTime = new Map<number | undefined, string[]>();
  for (const { what, until } of clocks) {
    const short = what.startsWith(`${zone} `) ? what.slice(zone.length + 1) : what;
    byTime.set(until, [...(byTime.get(until) ?? []), short]);
  }
  return [...byTime].map(([until, names]) => {
    const more = names.length > shownLines ? ` and ${names.length - shownLines} more` : '';
    const all = `${names.slice(0, shownLines).join(', ')}${more}`;
    return until === undefined ? `the clock runs for ${all}` : `in every cache by ${readableTime(until)}: ${all}`;
  });
}
