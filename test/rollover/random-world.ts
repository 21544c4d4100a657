/**
 * A zone among people: somebody runs the tool, somebody publishes, a registrar is slow, servers lag behind, and now and then
 * something goes wrong. Time is virtual; the engine is the real one; what is served goes into Truth.
 */
import { name, nameToWire } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { BuiltRRset, BuiltZone } from '../../src/journal/built-zone.ts';
import { clockTolerance } from '../../src/journal/clock.ts';
import { withDs, withPublished } from '../../src/journal/evidence.ts';
import { type Journal, type KeyRecord, newJournal, type Timeline } from '../../src/journal/journal.ts';
import { withoutForgotten } from '../../src/journal/trim.ts';
import { profiles } from '../../src/prove/profile.ts';
import { prove } from '../../src/prove/prove.ts';
import type { Violation } from '../../src/prove/violation.ts';
import { dsOf, replacesAtOnce } from '../../src/rollover/ds-records.ts';
import { hasDs, keyOf, recordsOf } from '../../src/rollover/key-records.ts';
import type { Blocked, Move } from '../../src/rollover/move.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { isWanted } from '../../src/rollover/standby.ts';
import type { Switches } from '../../src/rollover/switches.ts';
import { type Ran, run, type VirtualZone } from '../../src/rollover/virtual-zone.ts';
import { openWindows, type Window, windowOf } from '../../src/sign/windows.ts';
import { hour } from './life.ts';
import { Truth } from './truth.ts';

export const apex = name('example.test');
export const tlsaOwner = name('_25._tcp.mx.example.test');
export const start = 1_800_000_000;

/** How people and servers are. Times in seconds; chances from 0 to 1. */
export interface Habits {
  /** `events`: when the plan says so; `late`: up to `lateness` after that; `daily`: by the run interval. */
  readonly runs: 'events' | 'late' | 'daily';
  readonly lateness: number;
  readonly publishDelay: number;
  /** Builds that nobody publishes. */
  readonly missed: number;
  readonly lookDelay: number;
  /** Looks that nobody takes. */
  readonly unseen: number;
  readonly registrarDelay: number;
  /** Part of the propagation delays that servers nobody asks take. */
  readonly lag: number;
  /** DS TTL at the parent, of that in the policy. */
  readonly dsTtl: number;
  readonly trims: boolean;
}

interface File extends BuiltZone {
  readonly made: number;
  /** When the first signature in it runs out. */
  readonly expires: number;
  /** The clock was wrong when it was made, or the run after it came too late. */
  isExcused: boolean;
  /** When a later file took its place on the machine that builds, and what every signature had left by then at the least. */
  replaced?: { readonly at: number; readonly left: number };
}

interface Event {
  readonly at: number;
  readonly act: () => void;
}

export class RandomWorld {
  now = start;
  /** Seconds that the clock of the machine that builds is ahead. */
  offset = 0;
  zone: VirtualZone;
  readonly habits: Habits;
  readonly truth: Truth;
  readonly failures: string[] = [];
  readonly copies: Journal[] = [];
  readonly snapshots: Journal[] = [];
  /** What .state files say, of every key that was ever made. */
  readonly keyFiles = new Map<string, KeyRecord>();
  file: File | undefined;
  served: File | undefined;
  readonly published: File[] = [];
  shown: readonly string[] = [];
  runs = 0;
  blocked: readonly Blocked[] = [];
  /** A clock, a journal or a server was tampered with: what the journal knows is not the whole truth any more. */
  isUntold = false;
  withTlsa = true;
  /** Real time: until then people want the zone insecure, also where a journal that was lost or restored knows nothing of it. */
  insecureUntil = 0;
  /** By the clock of the tool: when requests to go insecure were taken back, the times at which they were made. */
  readonly insecureTimes: number[] = [];
  #events: Event[] = [];
  #random: () => number;
  #listedAt = 0;
  #dsListedAt = 0;
  #lastChange = start;
  #servesWrong = false;
  #showsWrong = false;
  /** Somebody brought a DS before its time, and nobody has looked since. */
  #isDsUntold = false;
  /** The DS set that the last run asked for. */
  #asked: readonly string[] | undefined;
  #publishing = false;
  #registering = false;
  #runAt = start;
  #demanded = Number.POSITIVE_INFINITY;
  #least = 0;
  readonly #switches: Switches | undefined;

  constructor(policy: RolloverPolicy, habits: Habits, random: () => number, switches?: Switches) {
    this.habits = habits;
    this.#random = random;
    this.#switches = switches;
    const content = { largestTtl: policy.ttls.max, negativeTtl: policy.ttls.negative, expire: policy.expire };
    this.zone = { journal: newJournal(apex, start), policy, content };
    this.truth = new Truth(apex, start, content, this.dsTtl(), tlsaOwner);
  }

  get journal(): Journal {
    return this.zone.journal;
  }

  set journal(journal: Journal) {
    this.zone = { ...this.zone, journal };
  }

  get policy(): RolloverPolicy {
    return this.zone.policy;
  }

  dsTtl(): number {
    return Math.max(60, Math.round(this.zone.policy.parent.ttl * this.habits.dsTtl));
  }

  chance(of: number): boolean {
    return this.#random() < of;
  }

  within(seconds: number): number {
    return Math.floor(this.#random() * seconds);
  }

  at(time: number, act: () => void): void {
    this.#events.push({ at: time, act });
  }

  /** Everything that happens up to `end`. */
  liveUntil(end: number): void {
    for (;;) {
      const next = this.#events.reduce<Event | undefined>(
        (a, b) => (a === undefined || b.at < a.at ? b : a),
        undefined,
      );
      const at = Math.min(next?.at ?? Number.POSITIVE_INFINITY, this.#runAt);
      if (at > end) break;
      this.now = Math.max(this.now, at);
      if (next !== undefined && next.at <= this.#runAt) {
        this.#events = this.#events.filter((event) => event !== next);
        next.act();
      } else this.run();
    }
    this.now = end;
  }

  /** The tool is not run before then. */
  rest(until: number): void {
    this.#runAt = Math.max(this.#runAt, until);
  }

  fail(what: string): void {
    this.failures.push(`${new Date(this.now * 1000).toISOString()} ${what}`);
  }

  run(): Ran {
    const { policy } = this;
    const clock = this.now + this.offset;
    const wasOnTime = this.now <= this.#demanded;
    const before = this.journal;
    if (before.requests.insecure !== undefined) this.withTlsa = false;
    else if (before.keys.some(({ ds }) => ds.state === 'omnipresent')) this.withTlsa = true;
    const tlsa = { owner: tlsaOwner, type: Type.TLSA, records: ['030101aa'], ttl: policy.ttls.tlsa };
    const ran = run({ ...this.zone, tlsa: this.withTlsa ? [tlsa] : [] }, clock, this.#switches);
    this.runs++;
    const trimmed = withoutForgotten(ran.zone.journal, clock, policy.publication);
    this.journal = this.habits.trims ? trimmed : ran.zone.journal;
    for (const key of this.journal.keys) this.keyFiles.set(key.id, key);
    if (this.runs % 5 === 0) this.snapshots.push(this.journal);
    if (this.snapshots.length > 40) this.snapshots.shift();
    const isFrozen = clock < before.changed - clockTolerance;
    this.#checkMoves(ran.moves);
    this.#checkAsked(before);
    if (!isFrozen) this.#checkBlocked(ran.blocked);
    if (ran.moves.length > 0 && !isFrozen && this.chance(0.25)) this.#checkOwnProof(before, clock);
    this.blocked = ran.blocked;
    this.#asked = this.journal.parentDs.findLast(({ dropped }) => dropped === undefined)?.records;
    this.#build(wasOnTime);
    if (!this.#registering) this.#register();
    this.#plan(isFrozen ? undefined : ran.nextEvent);
    return ran;
  }

  /** When the tool has to run again, and when somebody really runs it. */
  #plan(nextEvent: number | undefined): void {
    const { runs, lateness } = this.habits;
    const { now } = this;
    const event = nextEvent === undefined ? Number.POSITIVE_INFINITY : Math.max(now + 1, nextEvent - this.offset);
    this.#demanded = now + refreshWithin(this.policy);
    this.#least = guaranteed(this.policy);
    const wanted =
      runs === 'daily' ? now + this.policy.runInterval : runs === 'late' ? event + this.within(lateness) : event;
    this.#runAt = Math.min(wanted, this.#demanded);
  }

  /** Something was seen: whoever looked runs the tool, sooner or later. */
  #runSoon(): void {
    if (this.habits.runs === 'daily') return;
    this.#runAt = Math.min(
      this.#runAt,
      this.now + 1 + (this.habits.runs === 'late' ? this.within(this.habits.lateness) : 0),
    );
  }

  #build(wasOnTime: boolean): void {
    const file = this.#fileOf();
    const before = this.file;
    if (before?.serial === file.serial && before.expires === file.expires) {
      before.isExcused ||= file.isExcused;
      return;
    }
    if (before !== undefined) {
      const least = this.#least;
      before.replaced = { at: this.now, left: least };
      before.isExcused ||= !wasOnTime;
      if (!before.isExcused && before.expires < this.now + least) {
        this.fail(`a signature has ${before.expires - this.now}s left at a run that came in time, expected ${least}s`);
      }
    }
    this.file = file;
    const isKept = this.policy.publication.kind === 'evidence' && this.chance(this.habits.missed);
    if (!this.#publishing && !isKept) this.#publishLater();
  }

  #publishLater(): void {
    const { publication } = this.policy;
    const delay =
      publication.kind === 'by-build' ? this.within(publication.after / 2) : this.within(this.habits.publishDelay);
    this.#publishing = true;
    this.at(this.now + delay, () => {
      this.#publishing = false;
      if (this.file !== undefined && this.file !== this.served) this.serve(this.file);
    });
  }

  /** A moment of its own for everything that changes in the world. */
  #moment(): number {
    this.#lastChange = Math.max(this.now, this.#lastChange + 1);
    return this.#lastChange;
  }

  serve(file: File, isWrong = false): void {
    const { policy } = this;
    const from = this.#moment();
    const { publication, zonePropagationDelay } = policy;
    const transfer = publication.kind === 'by-build' ? this.within(publication.after / 2) : this.within(600);
    // Who was still fetching the file before gets this one.
    const isKnown = isWrong || this.#servesWrong;
    const listed = isKnown ? from : Math.max(from + transfer, this.#listedAt);
    this.#servesWrong = isWrong;
    const all = listed + Math.floor(zonePropagationDelay * this.habits.lag);
    const before = this.served;
    if (before !== undefined && !before.isExcused && before.replaced !== undefined && before.expires < all) {
      if (all <= before.replaced.at + before.replaced.left)
        this.fail('a signature ran out on a server before the next build reached it');
    }
    this.served = file;
    this.published.push(file);
    if (this.published.length > 30) this.published.shift();
    this.truth.serve(file, { from, all, isWrong });
    this.#listedAt = listed;
    this.at(listed + 1 + this.within(this.habits.lookDelay), () => {
      if (this.served === this.file || isWrong || this.#publishing) return;
      this.#publishLater();
    });
    if (isKnown) this.#lookAtOnce();
    else this.lookLater(listed);
  }

  /** Who acts against the plan, or cures it, looks whether it has arrived. */
  #lookAtOnce(): void {
    this.at(this.now, () => this.look());
  }

  lookLater(from = this.now): void {
    if (this.chance(this.habits.unseen))
      this.at(from + 3 * 86400 + this.within(this.habits.lookDelay), () => this.look());
    else this.at(from + this.within(this.habits.lookDelay), () => this.look());
  }

  /** Every listed name server and every parent server is asked. */
  look(): void {
    const clock = this.now + this.offset;
    const witness = { at: clock, now: clock, by: 'observe', servers: [] };
    const before = this.journal;
    if (this.served !== undefined && this.now >= this.#listedAt) {
      const seen = withPublished(this.journal, { ...witness, serial: this.served.serial });
      if (seen.error === undefined) this.journal = seen.journal;
    }
    if (this.now >= this.#dsListedAt) {
      this.#isDsUntold = false;
      const seen = withDs(this.journal, { ...witness, records: this.shown, ttl: this.dsTtl() });
      if (seen.error === undefined) this.journal = seen.journal;
    }
    if (this.journal !== before) this.#runSoon();
    if (!this.#registering) this.#register();
  }

  /** Somebody says that an older serial is what the servers have. */
  confirmOlder(back: number): void {
    const clock = this.now + this.offset;
    const row = this.journal.serials.at(-1 - back);
    if (row === undefined || this.served === undefined || row.serial > this.served.serial) return;
    const seen = withPublished(this.journal, { at: clock, now: clock, by: 'ann', servers: [], serial: row.serial });
    if (seen.error === undefined) this.journal = seen.journal;
    this.lookLater();
  }

  /** What the operator has to bring to the registrar, or the registrar reads from CDS. */
  #target(): readonly string[] | undefined {
    const asked = this.#asked;
    const { parent } = this.policy;
    if (asked === undefined) return undefined;
    if (parent.interface === 'cds' && this.shown.length > 0) {
      const cds = this.served?.rrsets.find(({ type }) => type === Type.CDS)?.records;
      return cds === undefined ? this.shown : cds.filter((record) => record !== '0000000000');
    }
    if (parent.interface !== 'key') return asked;
    // The registrar is given DNSKEY records and makes SHA-256 digests of them, whatever the policy says.
    const keys = this.journal.keys.filter((key) => asked.some((record) => record.startsWith(tagOf(key))));
    return keys.map((key) => dsOf(apex, key, 2)).sort();
  }

  #register(): void {
    const target = this.#target();
    if (target === undefined || same(target, this.shown)) return;
    this.#registering = true;
    this.at(this.now + this.within(this.habits.registrarDelay), () => {
      this.#registering = false;
      const last = this.#target();
      if (last === undefined || same(last, this.shown)) return;
      const both = [...new Set([...this.shown, ...last])];
      const { parent } = this.policy;
      const isStepwise = !replacesAtOnce(this.policy) && both.length <= parent.maxDs && parent.interface !== 'cds';
      // From an old file that servers went back to, the registrar reads what was wanted then.
      const isMisled = parent.interface === 'cds' && this.#servesWrong;
      const isAdding = isStepwise && !same(both, this.shown);
      // Added to a set that somebody put there against the plan: what was wrong in it still is.
      this.showDs(isAdding ? both : last, { isWrong: isMisled || (isAdding && this.#showsWrong) });
    });
  }

  /** `isEarly`: the engine has not asked for all of it yet, and knows nothing of it before somebody looks. */
  showDs(records: readonly string[], { isWrong = false, isEarly = false } = {}): void {
    const from = this.#moment();
    this.#isDsUntold = isEarly;
    const isKnown = isWrong || this.#showsWrong;
    this.#showsWrong = isWrong;
    const listed = isKnown ? from : Math.max(from + this.within(600), this.#dsListedAt);
    const all = listed + Math.floor(this.policy.parent.propagationDelay * this.habits.lag);
    this.shown = [...records].sort();
    this.truth.showDs(this.shown, { from, all, isWrong });
    this.#dsListedAt = listed;
    if (isKnown) this.#lookAtOnce();
    else this.lookLater(listed);
  }

  /** The file as the build that was just written down has it, with the windows of the real signer. */
  #fileOf(): File {
    const { journal, policy } = this;
    const clock = this.now + this.offset;
    const isCurrent = ({ dropped }: Timeline) => dropped === undefined;
    const content = journal.content.find(isCurrent)!;
    const { validity, refresh } = policy.signatures;
    const wire = nameToWire(apex);
    const validities = { validity, refresh, dnskeyValidity: validity, tlsaValidity: validity };
    const windows = openWindows({ kind: 'ticks', now: clock, ...validities }, wire);
    const window = (owner: BuiltRRset['owner'], type: number): Window => {
      const ownerWire = owner === apex ? wire : nameToWire(owner);
      windows.move(ownerWire, 0, ownerWire.length, type);
      return { inception: windows.inception, expiration: windows.expiration };
    };
    const keyWindow = (type: number, firstBuilt: number) =>
      windowOf({ kind: 'ticks', now: clock, ...validities, firstBuilt }, wire, wire, type);
    const ends: number[] = [];
    const rrsets = journal.rrsets.flatMap(({ owner, type, versions }): BuiltRRset[] => {
      const version = versions.find(isCurrent);
      if (version === undefined || version.records.length === 0) return [];
      const { records, ttl, signed } = version;
      if (signed === undefined) return [{ owner, type, records, ttl }];
      const times = type === Type.TLSA ? window(owner, type) : keyWindow(type, Math.min(version.built, clock));
      ends.push(times.expiration);
      return [{ owner, type, records, ttl, signed: { signers: signed.signers, ...times } }];
    });
    const { signed } = content;
    const rest = [Type.SOA, Type.NS, Type.MX, Type.TXT].map((type) => window(apex, type));
    if (signed !== undefined) ends.push(...rest.map(({ expiration }) => expiration));
    const latest = {
      inception: Math.max(...rest.map(({ inception }) => inception)),
      expiration: Math.max(...rest.map(({ expiration }) => expiration)),
    };
    const { largestTtl, negativeTtl, expire } = content;
    return {
      serial: journal.serial!.last,
      serialPolicy: 'counter',
      contentDigest: '00',
      content: { largestTtl, negativeTtl, expire, signed: signed && { signers: signed.signers, ...latest } },
      rrsets,
      parentDs: [],
      made: this.now,
      expires: Math.min(Number.POSITIVE_INFINITY, ...ends),
      isExcused: this.offset !== 0,
    };
  }

  /** OMNIPRESENT is: every cache that holds the RRset has it; HIDDEN: none has it. Told by what was really served. */
  #checkMoves(moves: readonly Move[]): void {
    for (const { key: id, record, to } of moves) {
      if (to !== 'omnipresent' && to !== 'hidden') continue;
      const key = keyOf(this.journal.keys, id) ?? this.keyFiles.get(id)!;
      if (record === 'ds' && this.#isDsUntold) continue;
      // What was before the first key says nothing as long as there is no DS: the wait of the DS counts, and the proof judges it.
      if (this.truth.ds.versions.length === 0 && to === 'omnipresent') continue;
      const until = this.#heldUntil(key, record, to === 'hidden');
      const { publishSafety } = this.policy;
      const margin = to === 'omnipresent' && (record === 'dnskey' || record === 'krrsig') ? publishSafety : 0;
      if (until !== 0 && until + margin > this.now) {
        this.fail(`${record} of ${id} became ${to} ${until + margin - this.now}s early`);
      }
    }
  }

  #heldUntil(key: KeyRecord, record: Move['record'], has: boolean): number {
    const { truth } = this;
    if (record === 'ds') {
      const digestKey = (each: string) => each.startsWith(tagOf(key));
      return truth.ds.heldUntil(
        ({ records }) => records.some(digestKey) === has,
        () => this.dsTtl(),
      );
    }
    if (record === 'zrrsig') {
      return truth.content.heldUntil(
        ({ signed }) => (signed?.signers.includes(key.id) ?? false) === has,
        ({ largestTtl, negativeTtl }) => Math.max(largestTtl, negativeTtl),
      );
    }
    return truth.dnskey.heldUntil(
      ({ records, signed }) =>
        (record === 'dnskey' ? records.includes(key.rdata) : (signed?.signers.includes(key.id) ?? false)) === has,
      ({ ttl }) => ttl,
    );
  }

  /** The parent is never asked for more than it takes, and for none only on request, or where there was none. */
  #checkAsked(before: Journal): void {
    const { parentDs, requests } = this.journal;
    const asked = parentDs.at(-1);
    if (asked === undefined) return;
    if (asked.records.length > this.policy.parent.maxDs) this.fail(`${asked.records.length} DS asked for`);
    const isWanted = requests.insecure !== undefined || this.now < this.insecureUntil;
    // An old copy of the journal may have asked for one that left since.
    const hadDs = this.shown.length > 0 || before.keys.some(({ ds }) => ds.state !== 'hidden');
    if (asked.records.length === 0 && asked.built === this.now + this.offset && !isWanted && hadDs) {
      this.fail('no DS is asked for, and nobody wanted the zone insecure');
    }
  }

  /** What is not where it is to be says why; and something of it has a date, or says what has to be seen. */
  #checkBlocked(blocked: readonly Blocked[]): void {
    const { keys } = this.journal;
    for (const key of keys) {
      for (const record of recordsOf[key.role]) {
        if (key[record].state === (isWanted(key, record, this.policy) ? 'omnipresent' : 'hidden')) continue;
        if (!blocked.some((each) => each.key === key.id && each.record === record))
          this.fail(`${key.id} ${record} says nothing`);
      }
    }
    const isTold = ({ why }: Blocked) =>
      why.kind === 'approval' || (why.kind === 'time' && why.wait.since.what !== undefined);
    // A roll waits for digest types, and those for the registrar: what the parent is asked for says so.
    const isOfDigests = ({ why }: Blocked) => why.kind === 'policy' && why.rule.startsWith('the digest types');
    if (blocked.length > 0 && !blocked.some((each) => isTold(each) || isOfDigests(each))) {
      this.fail(`stuck: ${JSON.stringify(blocked)} ${JSON.stringify(keys.map(({ id, goal }) => [id, goal]))}`);
    }
  }

  /** The proof that runs inside every build: kinds of violations in the journal as it is, and not in that before the run, left alone. */
  #checkOwnProof(before: Journal, clock: number): void {
    if (this.isUntold || this.journal.keys.filter(hasDs).length === 0) return;
    const found = this.#violationsOf(this.journal, clock);
    if (found.length === 0) return;
    const known = new Set(this.#violationsOf(before, clock).map(({ kind }) => kind));
    const added = found.find(({ kind }) => !known.has(kind));
    if (added !== undefined) this.fail(`the proof in the build: ${added.message}`);
  }

  #violationsOf(journal: Journal, clock: number): readonly Violation[] {
    const { policy } = this;
    const only = policy.algorithmOrder === 'bind' ? [profiles.permissive] : [profiles.permissive, profiles.strict];
    const { violations } = prove({ zones: [{ journal, policy }], from: clock, profiles: only });
    // The journal does not remember that somebody wanted no DS and changed their mind; what that leads to nobody can change by building.
    return violations.filter(
      ({ kind, caches }) =>
        kind !== 'signature-window' &&
        (kind !== 'insecure' || !this.insecureTimes.some((from) => caches[0].since >= from)),
    );
  }
}

/** The longest that the plan lets pass between two runs (plan-zone.ts). */
export function refreshWithin({ runInterval, signatures, zonePropagationDelay, expire, ttls }: RolloverPolicy): number {
  return Math.max(runInterval, signatures.refresh - (zonePropagationDelay + expire + ttls.max));
}

/** What every signature has left at a run that comes in time: windows move by the hour. */
function guaranteed(policy: RolloverPolicy): number {
  return policy.signatures.refresh - hour - refreshWithin(policy);
}

export function tagOf({ rdata, id }: Pick<KeyRecord, 'rdata' | 'id'>): string {
  const tag = Number(id.slice(4)).toString(16).padStart(4, '0');
  return `${tag}${rdata.slice(6, 8)}`;
}

export function same(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join() === [...b].sort().join();
}
