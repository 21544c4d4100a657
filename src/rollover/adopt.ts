/**
 * The keys of a zone that the engine has not led yet: from BIND's .state files, from what danezone built before it had an engine,
 * or from the dates in key files. Where nothing proves how far a record has come, it has only just started out.
 */
import { Type } from '../dns/type.ts';
import { mayBeHeld, versionsOf } from '../journal/held.ts';
import { type Journal, type KeyRecord, keyId, type RecordState } from '../journal/journal.ts';
import type { ZoneKey } from '../keys/key.ts';
import type { KeyStateFile, StateEntry } from '../keys/state-file.ts';
import { isRevoked, isSep, roleAmong } from '../keys/zone-key.ts';
import { hex } from '../text/octets.ts';
import { isDsOf, lastSeenDs } from './ds-records.ts';
import { fits, hasDs, isDone, isShown, recordsOf } from './key-records.ts';
import { type KeyRecordName, keyRecords } from './move.ts';
import type { RolloverPolicy } from './policy.ts';
import { lifetimeOf, sortedKeys } from './wanted-keys.ts';

export interface Adoption {
  readonly keys: readonly ZoneKey[];
  readonly stateOf: (key: ZoneKey) => KeyStateFile | undefined;
  readonly journal: Journal;
  readonly policy: RolloverPolicy;
  /** Unix seconds. */
  readonly now: number;
}

type States = Pick<KeyRecord, KeyRecordName>;

/**
 * The keys that are in use or have been until lately, in the order of the journal. Left out are revoked keys, those whose files say
 * that they start later, and those of which no cache holds anything.
 */
export function adoptKeys(adoption: Adoption): readonly KeyRecord[] {
  const { keys, policy, now, stateOf } = adoption;
  const usable = keys.filter((key) => !isRevoked(key));
  const adopted = usable.flatMap((key): KeyRecord[] => {
    const file = stateOf(key);
    const role = roleOf(key, usable, file);
    const found = (file && statesOfFile(file, now)) ?? statesOfHistory(key, role, adoption) ?? statesOfTiming(key, now);
    if (found === undefined) return [];
    const id = keyId(key.algorithm, key.tag);
    const { activate, publish } = key.timing;
    const started = activate ?? publish ?? now;
    return [
      {
        id,
        role,
        rdata: hex(key.rdata),
        goal: found.goal,
        lifetime: lifetimeOf(role, policy),
        created: key.timing.created ?? now,
        active: started <= now ? started : undefined,
        predecessor: idOf(file?.predecessor, key, usable),
        successor: idOf(file?.successor, key, usable),
        ...withoutForeign(role, found.states, now),
        ...(hasDs({ role }) && found.knowsDs !== true ? { ds: parentState(key, adoption) } : {}),
      },
    ];
  });
  return sortedKeys(adopted.filter((key) => !isDone(key)).map((key) => asStandby(key, policy)));
}

/** .state files do not say that a key only stands by: its DS is there, it follows no other key and signs nothing. */
function asStandby(key: KeyRecord, policy: RolloverPolicy): KeyRecord {
  const waits = hasDs(key) && key.predecessor === undefined && key.goal === 'omnipresent';
  const isStandby = (policy.keys.standby ?? 'none') !== 'none' && waits && fits(key, '*HH*') && isShown(key, 'ds');
  return isStandby ? { ...key, standby: true } : key;
}

interface Found {
  readonly goal: KeyRecord['goal'];
  readonly states: States;
  /** The source knows what the parent has been asked for. */
  readonly knowsDs?: boolean;
}

function roleOf(key: ZoneKey, keys: readonly ZoneKey[], file: KeyStateFile | undefined): KeyRecord['role'] {
  if (file?.ksk === true && file.zsk) return 'csk';
  if (file?.ksk === true && isSep(key)) return 'ksk';
  return roleAmong(key, keys);
}

function idOf(tag: number | undefined, { algorithm }: ZoneKey, keys: readonly ZoneKey[]): KeyRecord['id'] | undefined {
  const other = keys.find((key) => key.algorithm === algorithm && key.tag === tag);
  return other && keyId(other.algorithm, other.tag);
}

const at = (state: RecordState['state'], since: number): RecordState => ({ state, since });

function allHidden(now: number): States {
  const hidden = at('hidden', now);
  return { dnskey: hidden, zrrsig: hidden, krrsig: hidden, ds: hidden };
}

/** A record that the role does not have is hidden, whatever a file says. */
function withoutForeign(role: KeyRecord['role'], states: States, now: number): States {
  const own = keyRecords.map((record) => [
    record,
    recordsOf[role].includes(record) ? states[record] : at('hidden', now),
  ]);
  return Object.fromEntries(own) as unknown as States;
}

/** Files that BIND has not run on yet have no states. */
function statesOfFile(file: KeyStateFile, now: number): Found | undefined {
  const { dnskey, zoneSignatures, keySignatures, ds } = file;
  if (dnskey === undefined && zoneSignatures === undefined && keySignatures === undefined) return undefined;
  const entry = (found: StateEntry | undefined) => at(found?.state ?? 'hidden', Math.min(found?.changed ?? now, now));
  const states = { dnskey: entry(dnskey), zrrsig: entry(zoneSignatures), krrsig: entry(keySignatures), ds: entry(ds) };
  return { goal: file.goal === 'hidden' ? 'hidden' : 'omnipresent', states, knowsDs: true };
}

/** From the versions that danezone built and does not know to have left caches. */
function statesOfHistory(key: ZoneKey, role: KeyRecord['role'], { journal, now }: Adoption): Found | undefined {
  if (journal.content.length === 0) return undefined;
  const id = keyId(key.algorithm, key.tag);
  const rdata = hex(key.rdata);
  const dnskeys = versionsOf(journal, journal.zone, Type.DNSKEY);
  const state = <V extends Parameters<typeof mayBeHeld>[0]>(
    versions: readonly V[],
    has: (version: V) => boolean,
    ttlOf: (version: V) => number,
  ): RecordState => {
    const current = versions.findLast(({ dropped }) => dropped === undefined);
    if (current !== undefined && has(current)) {
      const first = versions.findLastIndex((version) => !has(version)) + 1;
      return at('rumoured', versions[first].built);
    }
    const held = versions.findLast((version) => has(version) && mayBeHeld(version, ttlOf(version), now));
    return held === undefined ? at('hidden', now) : at('unretentive', held.dropped ?? now);
  };
  const ttl = (version: { readonly ttl: number }) => version.ttl;
  const states: States = {
    dnskey: state(dnskeys, ({ records }) => records.includes(rdata), ttl),
    krrsig: state(dnskeys, ({ signed }) => signed?.signers.includes(id) ?? false, ttl),
    zrrsig: state(
      journal.content,
      ({ signed }) => signed?.signers.includes(id) ?? false,
      ({ largestTtl }) => largestTtl,
    ),
    ds: at('hidden', now),
  };
  const isUsed = recordsOf[role].some((record) => states[record].state !== 'hidden');
  const goal = isOver(key, now) ? 'hidden' : 'omnipresent';
  return isUsed ? { goal, states } : startsLater(key, now) || goal === 'hidden' ? undefined : { goal, states };
}

/** From the dates of a key file, which another signer went by; no dates: it is in use. */
function statesOfTiming(key: ZoneKey, now: number): Found | undefined {
  const { publish, activate, inactive } = key.timing;
  if (startsLater(key, now) || (key.timing.delete ?? Number.POSITIVE_INFINITY) <= now) return undefined;
  const signs = (activate ?? publish ?? now) <= now ? at('rumoured', activate ?? now) : at('hidden', now);
  const signatures = inactive !== undefined && inactive <= now ? at('unretentive', inactive) : signs;
  const states = { ...allHidden(now), dnskey: at('rumoured', publish ?? now), zrrsig: signatures, krrsig: signatures };
  return { goal: isOver(key, now) ? 'hidden' : 'omnipresent', states };
}

function startsLater({ timing }: ZoneKey, now: number): boolean {
  return (timing.publish ?? timing.activate ?? now) > now;
}

function isOver({ timing }: ZoneKey, now: number): boolean {
  return [timing.inactive, timing.delete].some((date) => date !== undefined && date <= now);
}

/**
 * Of a DS that nobody has led: what was seen at the parent, else what danezone asked for. Where neither is known the DS may be there
 * or not: `unretentive`, with which no step counts on it, and none counts on its absence.
 */
function parentState(key: ZoneKey, { journal, now }: Adoption): RecordState {
  const zoneKey = { id: keyId(key.algorithm, key.tag), rdata: hex(key.rdata) };
  const isThere = (records: readonly string[]) => records.some((record) => isDsOf(record, journal.zone, zoneKey));
  const asked = journal.parentDs.findLast(({ dropped }) => dropped === undefined);
  // What did not exist a second ago is in no parent.
  if (key.timing.created === now) return at('hidden', now);
  if (asked !== undefined && isThere(asked.records)) return at('rumoured', asked.built);
  const seen = lastSeenDs(journal);
  if (seen === undefined) return at('unretentive', now);
  return at(isThere(seen) ? 'rumoured' : 'hidden', now);
}
