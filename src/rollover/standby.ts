/**
 * Stand-by keys (RFC 6781 section 4.2.4, RFC 7583 section 4): the DS of a key that signs nothing yet is in every cache ahead, so
 * that it takes over within the TTL of the DNSKEY RRset, and a compromised key loses its DS days earlier.
 */
import type { Domain } from '../describe/description.ts';
import type { Journal, KeyRecord } from '../journal/journal.ts';
import { type Report, report } from '../text/problem.ts';
import { dsCapacity } from './ds-records.ts';
import { algorithmOfKey, fits, hasDs, isHidden, isShown } from './key-records.ts';
import type { KeyRecordName, WantedKey } from './move.ts';
import { type RolloverPolicy, rolloverPolicyOf } from './policy.ts';
import { rules } from './rules.ts';

/** The records of a stand-by key that are to be there. */
const records: Readonly<Record<'ds' | 'ds-and-dnskey', readonly KeyRecordName[]>> = {
  ds: ['ds'],
  'ds-and-dnskey': ['dnskey', 'ds'],
};

/** Whether a record of the key is to come; otherwise it is to be in no cache. */
export function isWanted(key: KeyRecord, record: KeyRecordName, policy: RolloverPolicy): boolean {
  if (key.goal === 'hidden' || key.standby !== true) return key.goal === 'omnipresent';
  const { standby = 'none' } = policy.keys;
  return standby !== 'none' && records[standby].includes(record);
}

/** Before its DNSKEY where the policy has only the DS of it; then beside a whole chain that does without it. */
export function hasStandbyDs(key: KeyRecord, keys: readonly KeyRecord[], policy: RolloverPolicy): boolean {
  if (key.standby !== true || !keys.some((other) => other !== key && fits(other, 'O*OO'))) return false;
  return policy.keys.standby === 'ds' || fits(key, 'O***');
}

/** A stand-by key leaves when the policy no longer wants one, or where others need its room at the parent. */
export function withStandbyGoal(key: KeyRecord, keys: readonly KeyRecord[], policy: RolloverPolicy): KeyRecord {
  if (key.standby !== true || key.goal === 'hidden') return key;
  const others = keys.filter(
    (other) => other !== key && hasDs(other) && (other.goal === 'omnipresent' || isShown(other, 'ds')),
  );
  const stays = (policy.keys.standby ?? 'none') !== 'none' && others.length < dsCapacity(policy);
  return stays ? key : { ...key, goal: 'hidden' };
}

/** The stand-by key to make: when one chain is whole, none is on its way and the parent has room. */
export function standbyWanted({ keys }: Pick<Journal, 'keys'>, policy: RolloverPolicy): readonly WantedKey[] {
  const entries = keys.filter(hasDs).filter((key) => !isHidden(key) || key.goal === 'omnipresent');
  const [only, ...others] = entries;
  const isDue = (policy.keys.standby ?? 'none') !== 'none' && only !== undefined && others.length === 0;
  if (!isDue || only.goal === 'hidden' || !fits(only, 'O*OO') || dsCapacity(policy) < 2) return [];
  return [{ role: only.role, algorithm: algorithmOfKey(only), retires: [], reason: 'standby' }];
}

/** Without a stand-by key that would be made together with one that takes over: that one comes first. */
export function withoutHastyStandby(wanted: readonly WantedKey[]): readonly WantedKey[] {
  const isTaken = wanted.some((key) => key.reason !== 'standby' && hasDs(key));
  return isTaken ? wanted.filter(({ reason }) => reason !== 'standby') : wanted;
}

/** With the stand-by key that takes over, where there is one of the role and algorithm. */
export function byStandby(wanted: WantedKey, keys: readonly KeyRecord[]): WantedKey {
  if (wanted.predecessor === undefined) return wanted;
  const ready = keys.find(
    (key) =>
      key.standby === true &&
      key.goal === 'omnipresent' &&
      key.role === wanted.role &&
      algorithmOfKey(key) === wanted.algorithm,
  );
  return ready === undefined ? wanted : { ...wanted, activates: ready.id };
}

/** Reports a parent that has no room for the DS of a stand-by key. */
export function checkStandby(domain: Domain, to: Report): void {
  const { policy, parent, name } = domain;
  if (policy.signing === 'none' || policy.keys.standby === 'none' || dsCapacity(rolloverPolicyOf(domain)) > 1) return;
  const facts = { parent: parent.name, ds: parent.maxDs, digests: parent.digests.length };
  report(to, rules['rollover/no-room-for-standby'], policy.at, facts, { subject: name });
}
