/** The future of one zone as a list of steps: the engine under a virtual clock, every actor at its earliest date. */
import { sha256 } from '../crypto/digest.ts';
import type { Name } from '../dns/name.ts';
import { algorithmName } from '../dnssec/algorithm.ts';
import { serviceOf } from '../journal/clocks.ts';
import type { Journal, KeyId, KeyRecord } from '../journal/journal.ts';
import { hex } from '../text/octets.ts';
import { readableTime } from '../text/time.ts';
import { type Ageing, ageingOf, signatureMargin } from './ageing.ts';
import { LaneBook } from './lanes.ts';
import type { Blocked, Move, Wait } from './move.ts';
import type { Lane, PlanStep } from './plan.ts';
import { actionWords, type ZoneAction } from './plan-words.ts';
import { publish, type Ran, renewedUntil, run, showDs, type VirtualZone } from './virtual-zone.ts';
import { waitText } from './wait-text.ts';

export interface ZonePlan {
  readonly steps: readonly PlanStep[];
  readonly lanes: readonly Lane[];
  readonly runBefore: { readonly at: number; readonly why: string };
  /** The journal at the horizon: what the proof judges. */
  readonly history: Journal;
  /** Nothing can move any more, and why: moves that wait for nothing that has a date. */
  readonly stuck: readonly Blocked[];
}

/** A plan that never ends would be an error of the engine: so many runs no zone needs in ten years. */
const mostRuns = 20_000;
/** The same of what follows from each other at one time: a step for each record of each key at most. */
const mostRounds = 200;

export function planZone(zone: VirtualZone, from: number, until: number): ZonePlan {
  const future = new Future(zone, from);
  let now = from;
  let next: number | undefined = from;
  for (let runs = 0; next !== undefined && next <= until; runs++) {
    if (runs > mostRuns) throw new Error(`the plan of ${zone.journal.zone} does not come to an end`);
    now = Math.max(now, next);
    next = future.passTo(now);
    if (next !== undefined && next <= now) next = now + 1;
  }
  return future.end(until);
}

class Future {
  #zone: VirtualZone;
  readonly #from: number;
  readonly #steps: PlanStep[] = [];
  readonly #lanes: LaneBook;
  readonly #planned = new Set<KeyId>();
  #waits = new Map<string, Wait>();
  #blocked: readonly Blocked[] = [];
  #assumes: string | undefined;
  #runBefore: number | undefined;
  /** What ended with the moves of DS records since the parent was asked last. */
  readonly #dsWaits: Wait[] = [];

  constructor(zone: VirtualZone, from: number) {
    this.#zone = zone;
    this.#from = from;
    this.#lanes = new LaneBook(zone.journal.zone);
  }

  /** Everything that happens at `now`; the date of the next event, if there is one. */
  passTo(now: number): number | undefined {
    this.#zone = renewedUntil(this.#zone, now);
    for (let round = 0; ; round++) {
      if (round > mostRounds)
        throw new Error(`${this.#zone.journal.zone} does not come to rest at ${readableTime(now)}`);
      const ran = run(this.#zone, now);
      this.#zone = ran.zone;
      this.#toolSteps(ran, now);
      // What follows from what people do has no date by which the tool must run.
      if (now === this.#from && this.#assumes === undefined) this.#runBefore = ran.nextEvent;
      this.#lanes.note(ran.zone.journal.keys, now, (key) => this.#label(key));
      this.#remember(ran.blocked);
      const acted = [this.#publication(now), this.#parent(now)].some(Boolean);
      if (!acted && ran.moves.length === 0 && ran.made.length === 0) return ran.nextEvent;
    }
  }

  end(until: number): ZonePlan {
    this.#zone = renewedUntil(this.#zone, until);
    const { journal, policy } = this.#zone;
    const refresh = this.#from + Math.max(policy.runInterval, policy.signatures.refresh - signatureMargin(policy));
    const event = this.#runBefore;
    const runBefore =
      event !== undefined && event < refresh
        ? { at: event, why: 'a step of a rollover is due' }
        : { at: refresh, why: 'signatures have to be renewed' };
    return {
      steps: this.#steps.map((step) => ({ ...step, undoUntil: this.#undoUntil(step) })),
      lanes: this.#lanes.lanes(until),
      runBefore,
      history: journal,
      stuck: this.#blocked.filter(({ why }) => why.kind !== 'time'),
    };
  }

  #toolSteps({ made, moves }: Ran, now: number): void {
    for (const { key, wanted } of made) {
      this.#planned.add(key.id);
      this.#add(now, 'tool', { kind: 'make-key', key: key.id }, { role: wanted.role, because: wanted.reason });
    }
    // A DS may come or go because something else has come to every cache.
    if (moves.some(({ record }) => record === 'ds')) this.#dsWaits.push(...this.#waitsOf(moves));
    const entering = (record: Move['record'], to: Move['to']) =>
      moves.filter((move) => move.record === record && move.to === to).map(({ key }) => key);
    const stops = entering('zrrsig', 'unretentive');
    const starts = entering('zrrsig', 'rumoured');
    const appears = entering('dnskey', 'rumoured');
    for (const key of appears)
      if (!starts.includes(key)) this.#add(now, 'tool', { kind: 'publish-dnskey', key }, { moves });
    for (const key of starts) {
      const others = stops.map((other) => this.#name(other));
      this.#add(now, 'tool', { kind: 'sign-with', key }, { moves, others, isNew: appears.includes(key) });
    }
    const leaves = entering('dnskey', 'unretentive');
    if (starts.length === 0)
      for (const key of stops) this.#add(now, 'tool', { kind: 'stop-signing-with', key }, { moves });
    for (const key of leaves) this.#add(now, 'tool', { kind: 'withdraw-dnskey', key }, { moves });
  }

  /** The operator publishes what was built; where builds count as published, nobody has to say so. */
  #publication(now: number): boolean {
    const { journal, policy } = this.#zone;
    if (policy.publication.kind === 'by-build' || journal.serial === undefined) return false;
    const isWaiting = versionsOf(journal).some(
      (version) => version.dropped === undefined && serviceOf(version, policy.publication).state === 'unseen',
    );
    const isDue = now <= this.#from;
    const ageing = isDue ? ageingOf(journal, policy, now) : undefined;
    if (!isWaiting && ageing?.isRenewed !== true) return false;
    const { last } = journal.serial;
    this.#add(now, 'operator', { kind: 'confirm-published' }, { serial: last, ageing });
    this.#zone = publish(this.#zone, now);
    if (this.#zone.journal === journal) return false;
    this.#assumes = isDue
      ? 'the serial built last is published now'
      : `serial ${last} is published on the day it is built`;
    return true;
  }

  /** The registrar is told, and its parent servers show it. */
  #parent(now: number): boolean {
    const { journal, policy } = this.#zone;
    const asked = journal.parentDs.findLast(({ dropped }) => dropped === undefined);
    if (asked === undefined || serviceOf(asked, { kind: 'evidence' }).state === 'published') return false;
    const seen = lastSeenDs(journal);
    const added = asked.records.filter((record) => !seen.includes(record));
    const removed = seen.filter((record) => !asked.records.includes(record));
    const isAsked = added.length > 0 || removed.length > 0;
    if (isAsked) {
      const keys = this.#keysOfDs(added.length > 0 ? added : removed);
      const kind = removed.length === 0 ? 'add-ds' : added.length === 0 ? 'remove-ds' : 'replace-ds';
      const actor = policy.parent.interface === 'cds' ? 'registrar' : 'operator';
      const edge = seen.length === 0 ? 'first' : asked.records.length === 0 ? 'last' : undefined;
      const facts = { waits: [...this.#dsWaits], edge } as const;
      this.#add(now, actor, { kind, keys, ds: added.length > 0 ? added : removed }, facts);
    }
    this.#dsWaits.length = 0;
    const before = this.#zone.journal;
    this.#zone = showDs(this.#zone, now);
    if (isAsked) this.#assumes = `the parent shows it on ${readableTime(now)}`;
    return this.#zone.journal !== before;
  }

  #keysOfDs(records: readonly string[]): KeyId[] {
    const tags = new Set(records.map((record) => Number.parseInt(record.slice(0, 4), 16)));
    return this.#zone.journal.keys.map(({ id }) => id).filter((id) => tags.has(Number(id.slice(4))));
  }

  /** Until the old key leaves the zone, `danezone roll abort` takes a roll back. */
  #undoUntil({ action, at }: PlanStep): number | undefined {
    const keys = 'key' in action ? [action.key] : 'keys' in action ? action.keys : [];
    const isLeaving = action.kind === 'stop-signing-with' || action.kind === 'remove-ds';
    const old = isLeaving
      ? keys
      : keys.flatMap((id) => this.#zone.journal.keys.find((key) => key.id === id)?.predecessor ?? []);
    const ends = this.#steps.filter(
      (step) => step.action.kind === 'withdraw-dnskey' && old.includes(step.action.key) && step.at > at,
    );
    return action.kind === 'withdraw-dnskey' || ends.length === 0
      ? undefined
      : Math.min(...ends.map((step) => step.at));
  }

  #remember(blocked: readonly Blocked[]): void {
    this.#blocked = blocked;
    this.#waits = new Map(
      blocked.flatMap((move) => (move.why.kind === 'time' ? [[`${move.key} ${move.record}`, move.why.wait]] : [])),
    );
  }

  #add(at: number, actor: PlanStep['actor'], action: ZoneAction, facts: StepFacts): void {
    const { journal, policy } = this.#zone;
    const zone = journal.zone;
    const words = actionWords(action, {
      zone,
      policy,
      name: (key) => this.#name(key),
      role: facts.role,
      because: facts.because,
      others: facts.others ?? [],
      isNew: facts.isNew ?? false,
      serial: facts.serial,
      ageing: facts.ageing,
      edge: facts.edge,
    });
    const waits = facts.waits ?? this.#waitsOf(facts.moves ?? []);
    const wait = [...waits].sort((a, b) => endOf(b) - endOf(a))[0];
    const reason =
      wait === undefined
        ? { text: words.reason, terms: [] }
        : { text: `${words.reason}: ${this.#named(waitText(wait))}`, terms: wait.terms };
    const isDue = at <= this.#from;
    const latest = facts.ageing?.latest;
    const isOverdue = latest !== undefined && this.#from > latest;
    this.#steps.push({
      id: stepId(zone, action, facts.serial),
      subject: { kind: 'zone', name: zone },
      actor,
      action,
      title: words.title,
      at,
      latest,
      assumes: isDue || (actor === 'tool' && this.#assumes === undefined) ? undefined : this.#assumes,
      needs: words.needs(journal),
      reason,
      ifLate: words.ifLate,
      undoUntil: undefined,
      after: words.after(journal),
      commands: words.commands,
      state: actor === 'tool' ? (isDue ? 'done-by-tool' : 'later') : isOverdue ? 'overdue' : isDue ? 'due' : 'later',
    });
  }

  #waitsOf(moves: readonly Move[]): Wait[] {
    return moves.flatMap((move) => this.#waits.get(`${move.key} ${move.record}`) ?? []);
  }

  /** Ids of keys in a text by the names that people know them by. */
  #named(text: string): string {
    return text.replace(/[0-9]{3}\+[0-9]{5}/g, (id) => this.#name(id));
  }

  /** Short enough for a lane. */
  #label({ id, role, created }: KeyRecord): string {
    const kind = role.toUpperCase();
    return this.#planned.has(id)
      ? `${kind} of ${readableTime(created).slice(0, 10)}`
      : `${kind} ${Number(id.slice(4))}`;
  }

  /** `CSK 12345`, or `the next CSK` of one that nobody has made yet. */
  #name(id: KeyId): string {
    const key = this.#zone.journal.keys.find((record) => record.id === id);
    const role = (key?.role ?? 'key').toUpperCase();
    if (!this.#planned.has(id)) return `${role} ${Number(id.slice(4))}`;
    const made = key === undefined ? '' : ` of ${readableTime(key.created).slice(0, 10)}`;
    return `the ${role}${made} (${algorithmName(Number(id.slice(0, 3)))})`;
  }
}

interface StepFacts {
  readonly moves?: readonly Move[];
  readonly role?: string;
  readonly because?: string;
  readonly others?: readonly string[];
  readonly isNew?: boolean;
  readonly serial?: number;
  readonly waits?: readonly Wait[];
  readonly ageing?: Ageing;
  readonly edge?: 'first' | 'last';
}

function versionsOf({ rrsets, content }: Journal) {
  return [...content, ...rrsets.flatMap(({ versions }) => versions)];
}

function lastSeenDs({ evidence }: Journal): readonly string[] {
  const seen = evidence.findLast(({ fact }) => fact.kind === 'ds-seen');
  return seen?.fact.kind === 'ds-seen' ? seen.fact.records : [];
}

const endOf = ({ since, terms }: Wait) => (since.at ?? 0) + terms.reduce((sum, { seconds }) => sum + seconds, 0);

function stepId(zone: Name, action: ZoneAction, serial: number | undefined): string {
  return hex(sha256(Buffer.from(JSON.stringify([zone, action, serial])))).slice(0, 16);
}
