/** The DNSKEY RRset at the apex: what can verify signatures, and what is wrong with its keys. */
import { readRsaPublicKey } from '../crypto/rsa.ts';
import { publicKeyFault } from '../crypto/verify-signature.ts';
import { Type, typeName } from '../dns/type.ts';
import { Role, type Row, type Zone } from '../dns/zone.ts';
import { algorithmName, algorithmOf, keyLabel } from '../dnssec/algorithm.ts';
import { Flag, keyTag, revokedKeyTag } from '../dnssec/key-tag.ts';
import type { Octets } from '../text/octets.ts';
import type { Findings } from './findings.ts';
import { rules } from './rules.ts';
import type { CheckingKey } from './signature-check.ts';

/** A DNSKEY with the flags and protocol of a zone key. */
export interface PublishedKey extends CheckingKey {
  readonly flags: number;
  readonly rdata: Octets;
  /** Its DNSKEY record. */
  readonly record: number;
}

export const isSep = (key: PublishedKey) => (key.flags & Flag.sep) !== 0;

/** The flags that a zone key may have. */
const knownFlags = Flag.zone | Flag.revoke | Flag.sep;
const dnskeyProtocol = 3;
const legacyRsaSize = 2048;

/** The keys that may sign the zone; the others are reported. `own`: the zone is ours, its algorithms must be allowed. */
export function publishedKeys(zone: Zone, own: boolean, findings: Findings): PublishedKey[] {
  const row = zone.row(0, Type.DNSKEY);
  if (row < 0) return [];
  const { recordStart } = zone.columns;
  const keys: PublishedKey[] = [];
  for (const [i, rdata] of zone.rdataOf(row).entries()) {
    const record = recordStart[row] + i;
    const flags = (rdata[0] << 8) | rdata[1];
    const algorithm = rdata[3];
    const tag = keyTag(rdata);
    const key = keyLabel(algorithm, tag);
    if ((flags & Flag.zone) === 0 || (flags & ~knownFlags) !== 0 || rdata[2] !== dnskeyProtocol) {
      findings.say(rules['key/bad-flags'], record, { key, flags, protocol: rdata[2] });
      if ((flags & Flag.zone) === 0 || rdata[2] !== dnskeyProtocol) continue;
    }
    const publicKey = rdata.subarray(4);
    const fault = publicKeyFault(algorithm, publicKey);
    if (fault !== undefined) findings.say(rules['key/point-not-on-curve'], record, { key, error: fault.error });
    const known = algorithmOf(algorithm);
    const mayVerify = known?.mayVerify === true;
    if (own && known?.forbidden) {
      findings.say(rules['key/forbidden-algorithm'], record, { key, reason: known.refusal ?? 'must not be used' });
    }
    if (known?.kind === 'rsa' && fault === undefined) {
      const parts = readRsaPublicKey(algorithm, publicKey);
      if (!('error' in parts) && parts.size < legacyRsaSize) {
        findings.say(rules['key/rsa-size-legacy'], record, { key, size: parts.size });
      }
    }
    keys.push({
      tag,
      algorithm,
      flags,
      rdata,
      // A copy: it crosses into workers, and must not take the whole zone along.
      publicKey: Uint8Array.from(publicKey),
      record,
      revoked: (flags & Flag.revoke) !== 0,
      usable: mayVerify && fault === undefined,
    });
  }
  checkAlgorithms(keys, findings);
  checkTags(keys, own, findings);
  return keys;
}

/** Algorithms that every RRset must be signed with (RFC 4035 section 2.2); a revoked key stands for none. */
export function algorithmsOf(keys: readonly PublishedKey[]): number[] {
  return [...new Set(keys.filter((key) => !key.revoked).map((key) => key.algorithm))].sort((a, b) => a - b);
}

function checkAlgorithms(keys: readonly PublishedKey[], findings: Findings): void {
  const isKnown = ({ algorithm }: PublishedKey) => algorithmOf(algorithm)?.mayVerify === true;
  if (keys.length > 0 && !keys.some((key) => isKnown(key) && !key.revoked)) {
    const found = new Set(keys.map((key) => algorithmName(key.algorithm) + (key.revoked ? ' (revoked)' : '')));
    findings.say(rules['key/no-known-algorithm'], keys[0].record, { algorithms: [...found].join(', ') });
    return;
  }
  for (const key of keys) {
    if (isKnown(key)) continue;
    findings.say(rules['key/unknown-algorithm'], key.record, { key: keyLabel(key.algorithm, key.tag) });
  }
}

function checkTags(keys: readonly PublishedKey[], own: boolean, findings: Findings): void {
  const groups = new Map<string, PublishedKey[]>();
  for (const key of keys) {
    const label = keyLabel(key.algorithm, key.tag);
    groups.set(label, [...(groups.get(label) ?? []), key]);
  }
  for (const [label, { length, [length - 1]: last }] of groups) {
    if (length > 1) findings.say(rules['key/tag-collision'], last.record, { key: label, revoked: false });
    if (length > 2) findings.say(rules['key/too-many'], last.record, { key: label, count: length });
  }
  if (!own) return;
  for (const key of keys) {
    if (key.revoked) continue;
    const label = keyLabel(key.algorithm, revokedKeyTag(key.rdata));
    if (groups.has(label)) findings.say(rules['key/tag-collision'], key.record, { key: label, revoked: true });
  }
}

const apexOnly: readonly number[] = [Type.DNSKEY, Type.CDS, Type.CDNSKEY];

/** DNSKEY, CDS and CDNSKEY with authority at another name than the apex. */
export function checkKeyPlaces(zone: Zone, findings: Findings): void {
  const { type, owner, role, recordStart } = zone.columns;
  for (let row: Row = zone.columns.rrsetStart[1] ?? 0; row < type.length; row++) {
    if (type[row] < Type.DNSKEY || !apexOnly.includes(type[row]) || role[owner[row]] === Role.below) continue;
    const facts = { owner: zone.name(owner[row]), type: typeName(type[row]), zone: zone.apex };
    findings.say(rules['key/not-at-apex'], recordStart[row], facts);
  }
}
