/**
 * Which keys of a zone's folder somebody has asked for. A zone that is new here takes the keys that it comes with; from then on
 * a key counts only when the journal knows it: the engine made it, it was published before, or a command wrote it down. Any
 * other one stands there by mistake, or by an attacker's hand.
 */
import { sha256 } from '../crypto/digest.ts';
import { Type } from '../dns/type.ts';
import type { Zone } from '../dns/zone.ts';
import { keyLabel } from '../dnssec/algorithm.ts';
import { type Journal, keyId, type Override } from '../journal/journal.ts';
import type { ZoneKey } from '../keys/key.ts';
import { type KeySet, positionOfKey } from '../keys/key-set.ts';
import { rules } from '../keys/rules.ts';
import { isRevoked } from '../keys/zone-key.ts';
import { hex } from '../text/octets.ts';
import { type Report, report } from '../text/problem.ts';

const rule = rules['key/unauthorised'].id;

/** Algorithm and public key of hexadecimal DNSKEY RDATA: the flags change when a key is revoked. */
const material = (rdata: string) => rdata.slice(6);

/** What an entry of the journal calls one key: more than its tag, which others can have too. */
const subjectOf = (key: ZoneKey) => `${key.zone} ${keyId(key.algorithm, key.tag)} ${hex(sha256(key.rdata))}`;

/** `last` is asked only where there is no journal. */
export function unauthorisedKeys(
  { keys }: KeySet,
  journal: Journal | undefined,
  last: () => Zone | undefined,
): readonly ZoneKey[] {
  if (keys.length === 0) return [];
  const known = journal === undefined ? publishedBy(last()) : knownBy(journal);
  if (known.size === 0) return [];
  const named = new Set(journal?.overrides.flatMap((entry) => (entry.rule === rule ? [entry.subject] : [])));
  return keys.filter((key) => !known.has(material(hex(key.rdata))) && !named.has(subjectOf(key)));
}

export function reportStrangers(strangers: readonly ZoneKey[], to: Report): void {
  for (const key of strangers) {
    const facts = { key: keyLabel(key.algorithm, key.tag) };
    report(to, rules['key/unauthorised'], positionOfKey(key), facts, { subject: key.zone });
  }
}

/** Of a zone that the engine leads: it takes no revoked keys over, and says so. */
export function reportRevoked({ zone, keys }: KeySet, to: Report): void {
  for (const key of keys.filter(isRevoked)) {
    const facts = { key: keyLabel(key.algorithm, key.tag) };
    report(to, rules['key/revoked-left-out'], positionOfKey(key), facts, { subject: zone });
  }
}

function knownBy(journal: Journal): Set<string> {
  const published = journal.rrsets
    .filter(({ owner, type }) => owner === journal.zone && type === Type.DNSKEY)
    .flatMap(({ versions }) => versions.flatMap(({ records }) => records));
  return new Set([...published, ...journal.keys.map(({ rdata }) => rdata)].map(material));
}

function publishedBy(zone: Zone | undefined): Set<string> {
  const row = zone?.row(0, Type.DNSKEY) ?? -1;
  return new Set(zone === undefined || row < 0 ? [] : zone.rdataOf(row).map((rdata) => material(hex(rdata))));
}

/** The journal in which these keys are known; `by` is the person or the command that asks for them. */
export function withAuthorised(journal: Journal, keys: readonly ZoneKey[], by: string, now: number): Journal {
  if (keys.length === 0) return journal;
  const entries = keys.map((key): Override => ({ at: now, rule, subject: subjectOf(key), by }));
  return {
    ...journal,
    generation: journal.generation + 1,
    changed: Math.max(journal.changed, now),
    overrides: [...journal.overrides, ...entries],
  };
}

export function withoutKeys(set: KeySet, gone: readonly ZoneKey[]): KeySet {
  const paths = new Set(gone.map(({ path }) => path));
  return gone.length === 0 ? set : { ...set, keys: set.keys.filter(({ path }) => !paths.has(path)) };
}
