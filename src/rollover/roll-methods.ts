/** The other two ways of RFC 7583: Double-DS for a KSK (section 3.3.2) and Double-Signature for a ZSK (section 3.2.2). Both only on request of the policy. */
import type { Domain } from '../describe/description.ts';
import type { KeyRecord, KeyRole } from '../journal/journal.ts';
import { type Report, report } from '../text/problem.ts';
import { replacesAtOnce } from './ds-records.ts';
import { algorithmOfKey, fits, keyOf } from './key-records.ts';
import { type RolloverPolicy, rolloverPolicyOf } from './policy.ts';
import { rules } from './rules.ts';

/**
 * Whether the DS of this KSK comes before its DNSKEY: nothing of it stands in the zone yet, and the key before it carries the zone
 * alone until then. A parent that has one DS, or replaces them all at once, gets the DS after the DNSKEY.
 */
export function hasDsAhead(key: KeyRecord, keys: readonly KeyRecord[], policy: RolloverPolicy): boolean {
  const before = predecessorOf(key, keys, 'ksk');
  return rollsByDoubleDs(policy) && before !== undefined && fits(before, 'O*OO') && fits(key, 'H*H*');
}

export function rollsByDoubleDs(policy: RolloverPolicy): boolean {
  return policy.keys.kskRoll === 'double-ds' && !replacesAtOnce(policy);
}

/**
 * Whether the KSK may leave together with its DS: every cache has all of its successor. The RFC lets it leave as soon as the other
 * is published; but CDS and CDNSKEY are signed by the KSK too, and a cache with the DNSKEY RRset of the one could not verify those of the other.
 */
export function leavesWithDs(key: KeyRecord, keys: readonly KeyRecord[], policy: RolloverPolicy): boolean {
  const next = keyOf(keys, key.successor);
  return (
    next !== undefined && rollsByDoubleDs(policy) && predecessorOf(next, keys, 'ksk') === key && fits(next, 'O*OO')
  );
}

/** Reports a parent that cannot have the DS of two KSKs as the policy wants it. */
export function checkRollMethods(domain: Domain, to: Report): void {
  const { policy, parent, name } = domain;
  if (policy.signing === 'none' || policy.keys.kskRoll !== 'double-ds' || rollsByDoubleDs(rolloverPolicyOf(domain)))
    return;
  const found =
    parent.replace === 'atomic'
      ? 'replaces all DS at once'
      : `takes ${parent.maxDs} DS, with ${parent.digests.length} for each key`;
  report(to, rules['rollover/no-room-for-double-ds'], policy.at, { parent: parent.name, found }, { subject: name });
}

/** Whether the ZSK signs beside the key before it from the build on that publishes it. */
export function signsBeside(key: KeyRecord, keys: readonly KeyRecord[], policy: RolloverPolicy): boolean {
  const before = predecessorOf(key, keys, 'zsk');
  return policy.keys.zskRoll === 'double-signature' && before !== undefined && fits(before, 'OO**');
}

/** The key that it replaces, where both have this role and one algorithm. */
function predecessorOf(key: KeyRecord, keys: readonly KeyRecord[], role: KeyRole): KeyRecord | undefined {
  const before = keyOf(keys, key.predecessor);
  const isOne = before?.successor === key.id && before.role === role && key.role === role;
  return isOne && algorithmOfKey(before) === algorithmOfKey(key) ? before : undefined;
}
