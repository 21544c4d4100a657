/** The answer of `danezone roll`: what was asked for, what follows and when, what to do next. For people and as JSON. */

import type { Name } from '../dns/name.ts';
import { algorithmName } from '../dnssec/algorithm.ts';
import type { Host } from '../host/host.ts';
import type { Journal, KeyRecord } from '../journal/journal.ts';
import type { ConfirmOutcome } from '../pipeline/confirm.ts';
import { type Emergency, emergencyOf, type Span } from '../rollover/emergency.ts';
import type { RolloverPolicy } from '../rollover/policy.ts';
import { type Prospect, prospectOf } from '../rollover/prospect.ts';
import type { ParentHere } from '../rollover/virtual-zone.ts';
import { jsonText } from '../text/annotations.ts';
import { printDuration } from '../text/duration.ts';
import { readableTime } from '../text/time.ts';
import type { Globals } from './command.ts';
import type { RollAction } from './roll.ts';

interface Facts {
  readonly action: RollAction;
  readonly emergency: boolean;
  readonly policyOf: (zone: Name) => RolloverPolicy | undefined;
  readonly parentOf: (zone: Name) => ParentHere | undefined;
  /** Unix seconds. */
  readonly now: number;
}

type Written = Exclude<ConfirmOutcome, { state: 'refused' }>;

export async function printAsked(
  host: Host,
  globals: Globals,
  outcomes: readonly ConfirmOutcome[],
  facts: Facts,
): Promise<void> {
  if (globals.format === 'json') {
    host.stdout.write(
      jsonText({
        zones: outcomes.map((outcome) => (outcome.state === 'refused' ? outcome : jsonOf(outcome, facts))),
      }),
    );
  }
  for (const outcome of outcomes) {
    if (outcome.state !== 'refused') {
      if (globals.format === 'text' && !globals.quiet) host.stdout.write(textOf(outcome, facts));
    } else if (globals.format === 'text') host.stderr.write(`danezone: ${outcome.zone} ${outcome.error}\n`);
  }
}

interface Follows {
  readonly policy?: RolloverPolicy;
  readonly prospect?: Prospect;
  readonly emergencies: readonly Emergency[];
}

function followsOf({ zone, journal }: Written, { action, emergency, policyOf, parentOf, now }: Facts): Follows {
  const policy = policyOf(zone);
  if (policy === undefined) return { emergencies: [] };
  const prospect = prospectOf(journal, policy, now, parentOf(zone));
  const compromised = emergency
    ? journal.keys.filter(({ id, role }) => prospect.leaving.includes(id) && role === action)
    : [];
  const emergencies = compromised.map((key) => emergencyOf(key, journal, policy, prospect, now));
  return { policy, prospect, emergencies };
}

const time = (at: number | undefined) => (at === undefined ? undefined : readableTime(at));

function jsonOf(outcome: Written, facts: Facts): object {
  const { prospect, emergencies } = followsOf(outcome, facts);
  const spanOf = ({ from, since, terms, until }: Span) => ({ from, since: time(since), terms, until: time(until) });
  return {
    zone: outcome.zone,
    state: outcome.state,
    action: facts.action,
    leaving: prospect?.leaving ?? [],
    steps: (prospect?.steps ?? []).map(({ at, actor, action, title, reason, commands, assumes }) => ({
      at: time(at),
      actor,
      action: action.kind,
      title,
      reason: reason.text,
      commands,
      assumes,
    })),
    done: time(prospect?.done),
    next: 'danezone build',
    emergencies: emergencies.map(({ key, role, exposure, outage }) => ({
      key,
      role,
      exposure: spanOf(exposure),
      outage: spanOf(outage),
    })),
  };
}

function textOf(outcome: Written, facts: Facts): string {
  const { policy, prospect, emergencies } = followsOf(outcome, facts);
  const lines = [`${outcome.zone} ${headline(outcome, facts, policy)}`];
  const { steps = [], done } = prospect ?? {};
  for (const { at, actor, title, commands } of steps) {
    lines.push(`  ${readableTime(at)}  ${actor === 'tool' ? 'danezone build' : actor}: ${title}`);
    if (actor !== 'tool') for (const command of commands) lines.push(`      ${command}`);
  }
  if (done !== undefined) lines.push(`  ${readableTime(done)}  done, if everybody acts as early as may be`);
  if (policy?.manual === true && facts.action !== 'step')
    lines.push('  each step waits for danezone roll step when it is due');
  if (facts.action === 'insecure') {
    lines.push(
      '  the order: TLSA records leave, then the DS, then keys and signatures',
      `  afterwards: write policy: unsigned for the domain, not before${done === undefined ? '' : ` ${readableTime(done)}`}`,
    );
  }
  for (const emergency of emergencies) lines.push(...emergencyLines(emergency));
  lines.push('  next: danezone build');
  return `${lines.join('\n')}\n`;
}

function headline({ before, journal }: Written, { action, emergency }: Facts, policy: RolloverPolicy | undefined) {
  const why = emergency ? ', compromised' : '';
  switch (action) {
    case 'algorithm':
      return `goes to ${policy === undefined ? 'its policy' : `${algorithmName(policy.keys.algorithm)}, ${policy.keys.layout}`}`;
    case 'insecure':
      return 'leaves DNSSEC';
    case 'abort':
      return before.keys === journal.keys || sameGoals(before, journal)
        ? 'the request is taken back; nothing had begun'
        : 'goes back to the keys that were to leave';
    case 'step':
      return 'the steps that are due now may be taken';
    default: {
      const key = journal.keys.find(({ goal, role }) => goal === 'omnipresent' && role === action);
      return `replaces its ${action.toUpperCase()} ${key === undefined ? '' : Number(key.id.slice(4))}${why}`;
    }
  }
}

const goals = ({ keys }: Journal) => keys.map(({ id, goal }: KeyRecord) => `${id} ${goal}`).join();
const sameGoals = (a: Journal, b: Journal) =>
  goals(a) === goals(b) && a.requests.insecure?.at === b.requests.insecure?.at;

function emergencyLines({ key, role, exposure, outage }: Emergency): string[] {
  const formula = ({ from, since, terms }: Span) =>
    [
      since === undefined ? from : `${from} ${readableTime(since)}`,
      ...terms.map(({ name, seconds }) => `${name} ${printDuration(seconds)}`),
    ].join(' + ');
  const seconds = outage.terms.reduce((sum, term) => sum + term.seconds, 0);
  return [
    `  ${key} can be abused until ${time(exposure.until) ?? 'a date that is not known yet'}: ${formula(exposure)}`,
    ...(role === 'zsk'
      ? ['    sooner, if the KSK goes too (danezone roll ksk --emergency): then until its DS is gone from every cache']
      : []),
    `    the roll causes no outage; withdrawn at once, the zone would fail for up to ${printDuration(seconds)}: ${formula(outage)}`,
  ];
}
