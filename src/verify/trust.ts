/** From the parent's DS set, or without one from the zone's own SEP keys, to the keys that sign the zone (RFC 4035 section 5.2). */
import { Type } from '../dns/type.ts';
import type { Zone } from '../dns/zone.ts';
import { keyLabel } from '../dnssec/algorithm.ts';
import { checkDsSet, dsSetLabel } from '../dnssec/ds-set.ts';
import type { Octets } from '../text/octets.ts';
import type { Findings } from './findings.ts';
import { algorithmsOf, isSep, type PublishedKey } from './published-keys.ts';
import { rules } from './rules.ts';

/** What is known of the signatures over the DNSKEY RRset. */
export interface DnskeySigners {
  /** Keys with a good signature, as indices into the published keys. */
  readonly keys: ReadonlySet<number>;
  /** A fault was reported already, which would only be repeated in other words. */
  readonly isFaulty: boolean;
}

/** A DS set over a zone without DNSKEY. */
export function sayUnsignedUnderDs(zone: Zone, ds: readonly Octets[], findings: Findings): void {
  findings.say(rules['parent/unsigned-under-ds'], -1, { zone: zone.apex, ds: dsSetLabel(ds) });
}

/** Checks the DS set against the keys, and returns the keys that it reaches through the strongest digest type. */
export function checkParent(
  zone: Zone,
  ds: readonly Octets[],
  keys: readonly PublishedKey[],
  signers: DnskeySigners,
  findings: Findings,
): Set<number> {
  const row = zone.row(0, Type.DNSKEY);
  const dnskey = row < 0 ? -1 : zone.columns.recordStart[row];
  const question = { owner: zone.nameWire(0), ds, keys, signers: signers.isFaulty ? undefined : signers.keys };
  return checkDsSet(question, (rule, facts, { key }) => {
    const record = key === undefined ? dnskey : keys[key].record;
    findings.say(rule, ofSetAlone.has(rule.id) ? -1 : record, facts);
  });
}

/** Of these no record of the zone is the cause. */
const ofSetAlone: ReadonlySet<string> = new Set(['parent/too-many-ds', 'parent/digest-type']);

/**
 * Without a DS set: of each algorithm with SEP keys one of them must sign the DNSKEY RRset, as a parent would trust them. Returns the
 * keys that a parent could trust.
 */
export function checkSelfSigned(
  zone: Zone,
  keys: readonly PublishedKey[],
  signers: DnskeySigners,
  findings: Findings,
): Set<number> {
  const standing = [...keys.keys()].filter((i) => !keys[i].revoked);
  const signing = standing.filter((i) => signers.keys.has(i));
  for (const algorithm of signers.isFaulty ? [] : algorithmsOf(keys)) {
    const sep = standing.find((i) => keys[i].algorithm === algorithm && isSep(keys[i]));
    const found = signing.filter((i) => keys[i].algorithm === algorithm);
    if (sep === undefined || found.some((i) => isSep(keys[i]))) continue;
    findings.say(rules['sign/missing-signature'], keys[sep].record, {
      owner: zone.apex,
      type: 'DNSKEY',
      expected: `a signature by a key with the SEP flag, such as ${keyLabel(algorithm, keys[sep].tag)}`,
      found: found.map((i) => keyLabel(algorithm, keys[i].tag)).join(', '),
    });
  }
  const seps = signing.filter((i) => isSep(keys[i]));
  return new Set(seps.length > 0 ? seps : signing);
}
