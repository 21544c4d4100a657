/**
 * The future of one zone and of the hosts in it as a list of steps: the engine, and the decisions about TLSA records, under a virtual
 * clock, every actor at the earliest date.
 */
import type { Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { serviceOf } from '../journal/clocks.ts';
import { currentVersion } from '../journal/held.ts';
import type { Journal, KeyId } from '../journal/journal.ts';
import { readableTime } from '../text/time.ts';
import { ageingOf } from './ageing.ts';
import { isDone, keyOf } from './key-records.ts';
import { LaneBook } from './lanes.ts';
import type { Blocked, Move, Wait, WantedKey } from './move.ts';
import { keyRecords } from './move.ts';
import type { Lane, PlanStep } from './plan.ts';
import { dsChange } from './plan-ds.ts';
import { deploymentsOf, nextDeployment, recordDrafts, sightsOf } from './plan-hosts.ts';
import { stepsOfMoves } from './plan-moves.ts';
import { KeyNames, ordinalOf } from './plan-names.ts';
import { type Draft, StepBook } from './plan-steps.ts';
import { undoUntil } from './plan-undo.ts';
import { actionWords, causes, type WordFacts, type ZoneAction } from './plan-words.ts';
import {
  deployNext,
  publish,
  type Ran,
  renewedUntil,
  run,
  showCertificate,
  showDs,
  type VirtualZone,
} from './virtual-zone.ts';
import { sumText, waitText } from './wait-text.ts';
import { lifetimeTerms } from './wanted-keys.ts';

export interface ZonePlan {
  readonly steps: readonly PlanStep[];
  readonly lanes: readonly Lane[];
  /** A run at the beginning changes something. */
  readonly isDue: boolean;
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
  readonly #builtSerial: number | undefined;
  readonly #book: StepBook;
  readonly #lanes: LaneBook;
  readonly #names = new KeyNames();
  #waits = new Map<string, Wait>();
  #blocked: readonly Blocked[] = [];
  /** What dates hang on, since somebody has acted; and what they hang on when this round is over. */
  #assumes: string | undefined;
  #willAssume: string | undefined;
  /** What ended with the moves of DS records since the parent was asked last. */
  readonly #dsWaits: Ended[] = [];
  /** Owners whose records wait for a certificate. */
  #heldBack: ReadonlySet<Name> = new Set();
  #isDeclared: boolean;
  /** Of the first run. */
  #isDue: boolean | undefined;

  constructor(zone: VirtualZone, from: number) {
    this.#zone = zone;
    this.#from = from;
    this.#builtSerial = zone.journal.serial?.last;
    this.#book = new StepBook(from);
    this.#lanes = new LaneBook(zone.journal.zone);
    this.#isDeclared = zone.journal.requests.insecure === undefined;
  }

  /** Everything that happens at `now`; the date of the next event, if there is one. */
  passTo(now: number): number | undefined {
    this.#zone = renewedUntil(this.#zone, now);
    for (let round = 0; ; round++) {
      if (round > mostRounds)
        throw new Error(`${this.#zone.journal.zone} does not come to rest at ${readableTime(now)}`);
      const before = this.#zone.journal;
      const ran = run(this.#zone, now);
      if (this.#isDue === undefined) this.#isDue = ran.isNew;
      this.#zone = ran.zone;
      const ended = this.#endedBy(ran.moves);
      this.#toolSteps(ran, ended, before, now);
      this.#lanes.note(ran.zone.journal.keys, now, (key) => this.#names.labelOf(key));
      this.#lanes.noteCertificates(ran.decided, now);
      this.#remember(ran);
      this.#willAssume = this.#assumes;
      const acted = [
        this.#publication(now),
        this.#parent(now),
        this.#sights(ran, now),
        this.#deployments(ran, now),
        this.#declaration(ended, now),
      ].some(Boolean);
      this.#assumes = this.#willAssume;
      if (!acted && !ran.isNew && ran.moves.length === 0 && ran.made.length === 0) {
        const dates = [ran.nextEvent, nextDeployment(ran.decided, now)].filter((at) => at !== undefined);
        return dates.length === 0 ? undefined : Math.min(...dates);
      }
    }
  }

  end(until: number): ZonePlan {
    this.#zone = renewedUntil(this.#zone, until);
    const { steps } = this.#book;
    return {
      steps: steps.map((step) => ({ ...step, undoUntil: undoUntil(step, steps, this.#zone.journal.keys) })),
      lanes: this.#lanes.lanes(until),
      isDue: this.#isDue === true,
      history: this.#zone.journal,
      stuck: this.#blocked.filter(({ why }) => why.kind !== 'time'),
    };
  }

  #toolSteps({ made, moves, decided }: Ran, ended: readonly Ended[], before: Journal, now: number): void {
    const { journal } = this.#zone;
    for (const { key, wanted } of made) {
      this.#names.plan(key.id);
      const because = this.#causeOf(wanted);
      const { terms, text } = because;
      this.#add(now, 'tool', { kind: 'make-key', key: key.id }, { role: wanted.role, because: text }, { terms });
    }
    for (const each of decided)
      for (const draft of recordDrafts(before, journal, each, this.#heldBack.has(each.question.owner)))
        this.#book.add(draft, this.#assumes);
    // A DS may come or go because something else has come to every cache.
    if (moves.some(({ record }) => record === 'ds')) this.#dsWaits.push(...ended);
    for (const { action, others, appears } of stepsOfMoves(moves, journal.keys))
      this.#add(now, 'tool', action, { others: others.map((key) => this.#name(key)), appears }, { ended });
  }

  #causeOf({ reason, predecessor }: WantedKey): { readonly text: string; readonly terms: Draft['terms'] } {
    const { journal, policy } = this.#zone;
    const old = keyOf(journal.keys, predecessor);
    if (reason !== 'lifetime' || old?.active === undefined) return { text: causes[reason], terms: [] };
    const terms = lifetimeTerms(old, policy);
    const since = `${this.#name(old.id)} in use since ${readableTime(old.active)}`;
    return { text: `${causes[reason]}: ${sumText(since, terms)}`, terms };
  }

  /** The operator publishes what was built; where builds count as published, nobody has to say so. */
  #publication(now: number): boolean {
    const { journal, policy } = this.#zone;
    if (policy.publication.kind === 'by-build' || journal.serial === undefined) return false;
    const unseen = [...journal.content, ...journal.rrsets.flatMap(({ versions }) => versions)].filter(
      (version) => version.dropped === undefined && serviceOf(version, policy.publication).state === 'unseen',
    );
    const { last } = journal.serial;
    const isBuilt = now <= this.#from && last === this.#builtSerial;
    const ageing = isBuilt ? ageingOf(journal, policy, now) : undefined;
    if (unseen.length === 0 && ageing?.isRenewed !== true) return false;
    const built = Math.min(...unseen.map((version) => version.built));
    const news = this.#newsSince(built);
    this.#add(
      now,
      'operator',
      { kind: 'confirm-published' },
      { serial: isBuilt ? last : undefined, ageing },
      { is: news.length === 0 ? last : news, latest: ageing?.latest },
    );
    this.#zone = publish(this.#zone, now);
    if (this.#zone.journal === journal) return false;
    this.#willAssume = isBuilt
      ? 'the serial built last is published now'
      : `what is built on ${readableTime(now)} is published at once`;
    return true;
  }

  /** What a version holds that nobody has seen yet: the same on the day on which it is planned and on that on which it is built. */
  #newsSince(built: number): readonly unknown[] {
    const { journal } = this.#zone;
    const keys = journal.keys.flatMap((key) =>
      keyRecords
        .filter((record) => record !== 'ds' && key[record].since >= built - 1)
        .filter((record) => key[record].state === 'rumoured' || key[record].state === 'unretentive')
        .map((record) => [ordinalOf(key.id, journal.keys), record, key[record].state]),
    );
    const rrsets = journal.rrsets
      .filter(({ type, versions }) => type === Type.TLSA && (versions.at(-1)?.built ?? 0) >= built)
      .map(({ owner }) => [owner, currentVersion(journal, owner, Type.TLSA)?.records]);
    return [...keys, ...rrsets];
  }

  /** The registrar is told, and its parent servers show it. */
  #parent(now: number): boolean {
    const { journal, policy, parent } = this.#zone;
    const change = dsChange(journal, policy, parent);
    if (change === undefined) return false;
    if (change !== 'same') {
      const { action, actor, cause, latest } = change;
      this.#add(now, actor, action, { dsCause: cause }, { ended: [...this.#dsWaits], latest });
      this.#willAssume = `the parent shows it on ${readableTime(now)}`;
    }
    this.#dsWaits.length = 0;
    this.#zone = showDs(this.#zone, now);
    return this.#zone.journal !== journal;
  }

  /** Certificates are looked at in service. */
  #sights({ decided }: Ran, now: number): boolean {
    const sights = sightsOf(decided);
    for (const { draft, seen } of sights) {
      this.#book.add(draft, this.#assumes);
      for (const fact of seen) this.#zone = showCertificate(this.#zone, now, fact);
      this.#willAssume = `the certificate in service is confirmed on ${readableTime(now)}`;
    }
    return sights.length > 0;
  }

  /** Next keys go into service. */
  #deployments({ decided }: Ran, now: number): boolean {
    const deployments = deploymentsOf(decided);
    for (const { draft, questions, certificate, since } of deployments) {
      const isCertain = since !== undefined && since < this.#from;
      this.#book.add(draft, isCertain ? undefined : this.#assumes);
      for (const question of questions) this.#zone = deployNext(this.#zone, question, certificate);
      this.#willAssume = `the next key of ${certificate} is in service on ${readableTime(now)}`;
    }
    return deployments.length > 0;
  }

  /** The zone has left DNSSEC, and the description is to say so. */
  #declaration(ended: readonly Ended[], now: number): boolean {
    const { keys } = this.#zone.journal;
    if (this.#isDeclared || keys.length === 0 || !keys.every(isDone)) return false;
    this.#isDeclared = true;
    this.#add(now, 'operator', { kind: 'declare-unsigned' }, {}, { ended });
    return true;
  }

  #remember({ blocked, decided }: Ran): void {
    this.#blocked = blocked;
    this.#waits = new Map(
      blocked.flatMap(({ key, record, why }) => (why.kind === 'time' ? [[`${key} ${record}`, why.wait]] : [])),
    );
    const omitting = decided.filter(({ decision }) => decision.omitted.length > 0);
    this.#heldBack = new Set(omitting.map(({ question }) => question.owner));
  }

  #add(
    at: number,
    actor: PlanStep['actor'],
    action: ZoneAction,
    facts: Omit<WordFacts, 'journal' | 'policy' | 'name'>,
    more: { readonly ended?: readonly Ended[] } & Partial<Pick<Draft, 'is' | 'latest' | 'terms'>>,
  ): void {
    const { journal, policy } = this.#zone;
    const { ended = [], is, ...rest } = more;
    const waits = this.#waitsFor(action, ended);
    const { why, ...words } = actionWords(action, { journal, policy, name: (key) => this.#name(key), ...facts });
    const [wait] = waits;
    this.#book.add(
      {
        ...rest,
        ...words,
        is:
          is ??
          keysOf(action)
            .map((id) => ordinalOf(id, journal.keys))
            .sort(),
        subject: { kind: 'zone', name: journal.zone },
        actor,
        action,
        at,
        why: wait === undefined ? why : `${why}: ${this.#names.named(waitText(wait), journal.keys)}`,
        terms: rest.terms ?? wait?.terms,
        needs: waits.map(({ since }) => since.what),
      },
      this.#assumes,
    );
  }

  /** What the moves of a run have waited for until now. */
  #endedBy(moves: readonly Move[]): Ended[] {
    return moves.flatMap(({ key, record }) => {
      const wait = this.#waits.get(`${key} ${record}`);
      return wait === undefined ? [] : [{ key, record, wait }];
    });
  }

  /** The last of the waits that the action goes by: those of its keys and their kin, and of DS for a DS that leaves. */
  #waitsFor(action: ZoneAction, ended: readonly Ended[]): readonly Wait[] {
    const { keys } = this.#zone.journal;
    const own = keysOf(action);
    const kin = new Set([...own, ...own.flatMap((id) => [keyOf(keys, id)?.predecessor, keyOf(keys, id)?.successor])]);
    const ofKin = ended.filter(({ key }) => kin.has(key));
    const near = ofKin.length > 0 ? ofKin : ended;
    const end = Math.max(...near.map(({ wait }) => endOf(wait)));
    const last = near.filter(({ wait }) => endOf(wait) === end);
    const ofDs = action.kind === 'remove-ds' ? last.filter(({ record }) => record === 'ds') : [];
    return (ofDs.length > 0 ? ofDs : last).map(({ wait }) => wait);
  }

  #name(id: KeyId): string {
    return this.#names.nameOf(id, this.#zone.journal.keys);
  }
}

interface Ended extends Pick<Move, 'key' | 'record'> {
  readonly wait: Wait;
}

const keysOf = (action: ZoneAction) => ('key' in action ? [action.key] : 'keys' in action ? action.keys : []);

const endOf = ({ since, terms }: Wait) => (since.at ?? 0) + terms.reduce((sum, { seconds }) => sum + seconds, 0);
