/** What people want and what goes wrong in a random life, and what each of it does to the world. */
import fc from 'fast-check';
import { Type } from '../../src/dns/type.ts';
import type { Journal, KeyRecord, Service } from '../../src/journal/journal.ts';
import { doubtOf, restarted, restartedKeys } from '../../src/journal/trust.ts';
import { zoneKey } from '../../src/keys/zone-key.ts';
import { abort } from '../../src/rollover/abort.ts';
import { adoptKeys } from '../../src/rollover/adopt.ts';
import { dsCapacity, dsOf } from '../../src/rollover/ds-records.ts';
import { algorithmOfKey, hasDs, isShown } from '../../src/rollover/key-records.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { type Answer, goInsecure, rollAlgorithm, rollCsk, rollKsk, rollZsk } from '../../src/rollover/requests.ts';
import { stateFileOf } from '../../src/rollover/state-files.ts';
import { withNewKey } from '../../src/rollover/wanted-keys.ts';
import { fromHex } from '../../src/text/octets.ts';
import { day, hour, madeKey } from './life.ts';
import { apex, type RandomWorld, tagOf } from './random-world.ts';

/** What each act may be given. */
const acts = {
  roll: fc.constantFrom('zsk' as const, 'ksk' as const, 'csk' as const),
  emergency: fc.constantFrom('zsk' as const, 'ksk' as const, 'csk' as const),
  algorithm: fc.constantFrom(8, 13, 14, 15),
  layout: fc.constantFrom('csk' as const, 'ksk-zsk' as const),
  digests: fc.constantFrom([2], [4], [2, 4]),
  insecure: fc.integer({ min: 1, max: 90 }),
  abort: fc.constant(0),
  dnskeyTtl: fc.integer({ min: 60, max: 2 * day }),
  zoneTtl: fc.integer({ min: 300, max: 3 * day }),
  lifetime: fc.constantFrom(undefined, 40 * day, 200 * day),
  absence: fc.integer({ min: 1, max: 60 }),
  clockBack: fc.integer({ min: 1, max: 40 * 24 }),
  clockAhead: fc.integer({ min: 1, max: 40 * 24 }),
  loseJournal: fc.constant(0),
  restoreJournal: fc.integer({ min: 0, max: 39 }),
  editJournal: fc.integer({ min: 0, max: 3 }),
  confirmOlder: fc.integer({ min: 0, max: 4 }),
  dsEarly: fc.constant(0),
  dsStrange: fc.integer({ min: 0, max: 15 }),
  serversGoBack: fc.integer({ min: 1, max: 20 }),
} as const;

export type Act = {
  [K in keyof typeof acts]: readonly [K, (typeof acts)[K] extends fc.Arbitrary<infer T> ? T : never];
}[keyof typeof acts];

export const act: fc.Arbitrary<Act> = fc.oneof(
  ...Object.entries(acts).map(([what, value]) => fc.tuple(fc.constant(what), value as fc.Arbitrary<unknown>)),
) as fc.Arbitrary<Act>;

let made = 0;

function ask(world: RandomWorld, answer: Answer): boolean {
  if ('error' in answer) return false;
  const clock = world.now + world.offset;
  let { keys } = answer.journal;
  for (const wanted of answer.wanted) {
    let key = madeKey(wanted.role, wanted.algorithm, ++made);
    while (world.keyFiles.has(key.id) || keys.some(({ id }) => id === key.id))
      key = madeKey(wanted.role, wanted.algorithm, ++made);
    keys = withNewKey(keys, key, wanted, world.policy, clock);
  }
  world.journal = { ...answer.journal, keys };
  return true;
}

const rolls = { zsk: rollZsk, ksk: rollKsk, csk: rollCsk };

/** Keys that people ask for get the same ids in every repetition of a life. */
export function beginLife(): void {
  made = 0;
}

export function perform(world: RandomWorld, [what, value]: Act): void {
  const clock = world.now + world.offset;
  const withKeys = (keys: Partial<RolloverPolicy['keys']>): RolloverPolicy => ({
    ...world.policy,
    keys: { ...world.policy.keys, ...keys },
  });
  const become = (policy: RolloverPolicy) => {
    world.zone = { ...world.zone, policy };
  };
  switch (what) {
    case 'roll':
      ask(world, rolls[value](world.journal));
      break;
    case 'emergency':
      ask(world, rolls[value](world.journal, { emergency: true }));
      break;
    case 'algorithm':
    case 'layout': {
      const policy = withKeys(what === 'algorithm' ? { algorithm: value } : { layout: value });
      if (ask(world, rollAlgorithm(world.journal, policy))) become(policy);
      break;
    }
    case 'digests':
      become({ ...world.policy, parent: { ...world.policy.parent, digests: value } });
      break;
    case 'insecure':
      if (!ask(world, goInsecure(world.journal, clock, 'operator'))) break;
      world.truth.goesInsecure(world.now);
      world.insecureUntil = world.now + value * day;
      world.at(world.now + value * day, () => perform(world, ['abort', 0]));
      break;
    case 'abort': {
      const { insecure } = world.journal.requests;
      if (ask(world, abort(world.journal, clock)) && insecure !== undefined) {
        world.insecureTimes.push(insecure.at);
        world.insecureUntil = world.now;
      }
      break;
    }
    case 'dnskeyTtl':
      become({ ...world.policy, ttls: { ...world.policy.ttls, dnskey: value } });
      break;
    case 'zoneTtl':
      become({ ...world.policy, ttls: { ...world.policy.ttls, max: value } });
      world.zone = { ...world.zone, content: { ...world.zone.content!, largestTtl: value } };
      break;
    case 'lifetime':
      become(withKeys({ zskLifetime: value, kskLifetime: value && 2 * value }));
      break;
    case 'absence':
      world.rest(world.now + value * day);
      break;
    case 'clockBack':
      world.offset = -value * hour;
      world.at(world.now + 5 * day, () => {
        world.offset = 0;
      });
      break;
    case 'clockAhead':
      clockAhead(world, value * hour);
      break;
    case 'loseJournal':
    case 'restoreJournal':
    case 'editJournal':
      tamper(world, what, value);
      break;
    case 'confirmOlder':
      world.confirmOlder(value);
      break;
    case 'dsEarly':
      dsEarly(world);
      break;
    case 'dsStrange':
      dsStrange(world, value);
      break;
    case 'serversGoBack':
      serversGoBack(world, value);
      break;
  }
}

/**
 * A clock that jumps ahead in the middle of a wait ends it, and nothing in the journal could show that; when nothing is on its way
 * it must do no harm, neither then nor when it is right again.
 */
function clockAhead(world: RandomWorld, seconds: number): void {
  const isQuiet = world.journal.keys.every((key) =>
    (['dnskey', 'zrrsig', 'krrsig', 'ds'] as const).every((record) =>
      ['hidden', 'omnipresent'].includes(key[record].state),
    ),
  );
  if (!isQuiet || world.offset !== 0 || world.policy.publication.kind === 'by-build') return;
  world.offset = seconds;
  world.run();
  world.offset = 0;
}

/** The DS of a key that is coming, beside those that are there, where the parent takes them: of an algorithm that is there it harms nobody. */
function dsEarly(world: RandomWorld): void {
  const shownOf = (key: KeyRecord) => world.shown.some((record) => record.startsWith(tagOf(key)));
  const keys = world.journal.keys.filter(hasDs);
  const algorithms = new Set(keys.filter(shownOf).map(algorithmOfKey));
  const coming = keys.filter(
    (key) => key.goal === 'omnipresent' && !shownOf(key) && algorithms.has(algorithmOfKey(key)),
  );
  if (coming.length === 0 || world.shown.length === 0) return;
  const types = new Set(world.shown.map((record) => Number.parseInt(record.slice(6, 8), 16)));
  const added = coming.flatMap((key) => [...types].map((type) => dsOf(apex, key, type)));
  const isRoom = keys.filter(shownOf).length + coming.length <= dsCapacity(world.policy);
  if (!isRoom || world.shown.length + added.length > world.policy.parent.maxDs) return;
  world.showDs([...world.shown, ...added], { isEarly: true });
}

/** Any of the DS records that there ever were, as many as the parent takes, whatever the plan says. */
function dsStrange(world: RandomWorld, choice: number): void {
  if (world.shown.length === 0) return;
  const known = [...new Set(world.truth.ds.versions.flatMap(({ records }) => records))].sort().slice(-4);
  const records = known.filter((_, index) => (choice >> index) & 1).slice(0, world.policy.parent.maxDs);
  world.isUntold = true;
  world.showDs(records, { isWrong: true });
}

/** From a backup, for two days; then somebody publishes again. */
function serversGoBack(world: RandomWorld, back: number): void {
  const old = world.published.at(-1 - back);
  const { served } = world;
  if (old === undefined || served === undefined) return;
  world.isUntold = true;
  world.serve(old, true);
  world.at(world.now + 2 * day, () => world.serve(world.file!));
}

function tamper(world: RandomWorld, what: 'loseJournal' | 'restoreJournal' | 'editJournal', value: number): void {
  const { file, journal: before } = world;
  if (file === undefined) return;
  const clock = world.now + world.offset;
  const found =
    what === 'loseJournal'
      ? undefined
      : what === 'restoreJournal'
        ? world.snapshots.at(-1 - value)
        : edited(before, value, clock);
  if (what === 'restoreJournal' && found === undefined) return;
  const dnskeys = file.rrsets.find(({ type }) => type === Type.DNSKEY)?.records ?? [];
  const changes = [...world.keyFiles.values()].flatMap((key) =>
    [key.dnskey, key.zrrsig, key.krrsig, key.ds].map(({ since }) => since),
  );
  const doubt = doubtOf(found, {
    published: { serial: file.serial, dnskeys },
    stateChanged: changes.length === 0 ? undefined : Math.max(...changes),
  });
  if (doubt === undefined) {
    world.journal = found!;
    return;
  }
  const parentDs = (file.rrsets.find(({ type }) => type === Type.CDS)?.records ?? []).filter(
    (record) => record !== '0000000000',
  );
  const after = restarted(found, apex, { ...file, parentDs }, clock);
  world.isUntold = true;
  world.journal = {
    ...after,
    keys: what === 'editJournal' ? after.keys : restartedKeys(adopted(world, after, clock), after, clock),
  };
  world.look();
}

/** From the .state files, which are newer than a journal that was lost or restored. */
function adopted(world: RandomWorld, journal: Journal, now: number): readonly KeyRecord[] {
  const keys = [...world.keyFiles.values()].map((record) => {
    const octets = fromHex(record.rdata)!;
    const flags = octets[0] * 256 + octets[1];
    return {
      record,
      key: zoneKey({
        zone: apex,
        flags,
        algorithm: octets[3],
        publicKey: octets.subarray(4),
        timing: { created: record.created },
      }),
    };
  });
  const found = adoptKeys({
    keys: keys.map(({ key }) => key),
    stateOf: (key) => {
      const own = keys.find((each) => each.key === key)!;
      return stateFileOf(own.record, key);
    },
    journal,
    policy: world.policy,
    now,
  });
  return found;
}

/** Somebody who wants the roll to go on writes into the journal what it waits for. */
function edited(journal: Journal, how: number, now: number): Journal {
  const service: Service = { state: 'published', from: now - 30 * day, evidence: 1 };
  const seen = <V extends { readonly service: Service }>(version: V): V => ({ ...version, service });
  const arrived = (key: KeyRecord): KeyRecord => {
    const settled = (record: 'dnskey' | 'zrrsig' | 'krrsig' | 'ds') =>
      isShown(key, record)
        ? { state: 'omnipresent' as const, since: now - day }
        : { state: 'hidden' as const, since: now - day };
    return {
      ...key,
      dnskey: settled('dnskey'),
      zrrsig: settled('zrrsig'),
      krrsig: settled('krrsig'),
      ds: settled('ds'),
    };
  };
  return {
    ...journal,
    isEdited: true,
    ...(how & 1
      ? {
          content: journal.content.map(seen),
          rrsets: journal.rrsets.map((each) => ({ ...each, versions: each.versions.map(seen) })),
        }
      : {}),
    ...(how & 2 ? { keys: journal.keys.map(arrived) } : {}),
  };
}
