/**
 * What a compromised key means in time (ROLLOVER section 2, RFC 6781 section 4.3): how long it can be abused although it is rolled,
 * and how long the zone would fail if it were withdrawn at once instead.
 */
import { Type } from '../dns/type.ts';
import { versionsOf } from '../journal/held.ts';
import type { Journal, KeyId, KeyRecord } from '../journal/journal.ts';
import { hasDs } from './key-records.ts';
import type { Term } from './move.ts';
import type { RolloverPolicy } from './policy.ts';
import type { Prospect } from './prospect.ts';

/** `since` + the sum of the terms = `until`. */
export interface Span {
  /** What the count begins with: `DS of 013+01234 gone from the parent`. */
  readonly from: string;
  /** Unix seconds; undefined: that has no date yet. */
  readonly since?: number;
  readonly terms: readonly Term[];
  readonly until?: number;
}

export interface Emergency {
  readonly key: KeyId;
  readonly role: KeyRecord['role'];
  /** Until then an attacker with the key is believed, if every step of the roll is taken at its earliest date. */
  readonly exposure: Span;
  /** How long validators would fail if the key were withdrawn at once, without the waits of the roll. */
  readonly outage: Span;
}

/**
 * A key with a DS is believed as long as a cache may hold the DS. A ZSK is believed as long as some DNSKEY RRset that holds it may
 * be replayed: until the last signature over such a set expires.
 */
export function emergencyOf(
  key: KeyRecord,
  journal: Journal,
  policy: RolloverPolicy,
  { steps }: Pick<Prospect, 'steps'>,
  now: number,
): Emergency {
  const exposure = hasDs(key) ? dsExposure(key, journal, policy, steps) : replayExposure(key, journal, policy, steps);
  return { key: key.id, role: key.role, exposure, outage: outageOf(key, journal, policy, now) };
}

function dsExposure(key: KeyRecord, journal: Journal, policy: RolloverPolicy, steps: Prospect['steps']): Span {
  const removal = steps.find(
    ({ action }) =>
      (action.kind === 'remove-ds' && action.keys.includes(key.id)) ||
      // In one step with the new one.
      action.kind === 'replace-ds',
  );
  const since = key.ds.state === 'hidden' ? undefined : removal?.at;
  return span(`DS of ${key.id} gone from every parent server`, since, [
    { name: 'parent-ds-ttl', seconds: dsTtl(journal, policy) },
    { name: 'parent-propagation-delay', seconds: policy.parent.propagationDelay },
  ]);
}

function replayExposure(key: KeyRecord, journal: Journal, policy: RolloverPolicy, steps: Prospect['steps']): Span {
  const withdrawal = steps.find(({ action }) => action.kind === 'withdraw-dnskey' && action.key === key.id);
  const sets = versionsOf(journal, journal.zone, Type.DNSKEY).filter(({ records }) => records.includes(key.rdata));
  const validity = Math.max(
    policy.signatures.validity,
    ...sets.map(({ signed }) => (signed === undefined ? 0 : signed.expiration - signed.inception)),
  );
  return span(`DNSKEY of ${key.id} withdrawn`, withdrawal?.at, [{ name: 'dnskey-validity', seconds: validity }]);
}

function outageOf(key: KeyRecord, journal: Journal, policy: RolloverPolicy, now: number): Span {
  const dnskeys = versionsOf(journal, journal.zone, Type.DNSKEY).map(({ ttl }) => ttl);
  const contents = journal.content.map(({ largestTtl }) => largestTtl);
  if (hasDs(key)) {
    return span('withdrawn now', now, [
      { name: 'registration-delay', seconds: policy.parent.registrationDelay },
      { name: 'parent-propagation-delay', seconds: policy.parent.propagationDelay },
      { name: 'parent-ds-ttl', seconds: dsTtl(journal, policy) },
    ]);
  }
  const [dnskey, max] = [Math.max(policy.ttls.dnskey, ...dnskeys), Math.max(policy.ttls.max, ...contents)];
  return span('withdrawn now', now, [
    { name: 'zone-propagation-delay', seconds: policy.zonePropagationDelay },
    // Old keys with new signatures, and new keys with old signatures.
    dnskey > max ? { name: 'dnskey-ttl', seconds: dnskey } : { name: 'max-zone-ttl', seconds: max },
  ]);
}

function dsTtl({ evidence }: Journal, { parent }: RolloverPolicy): number {
  return Math.max(parent.ttl, ...evidence.map(({ fact }) => (fact.kind === 'ds-seen' ? fact.ttl : 0)));
}

function span(from: string, since: number | undefined, terms: readonly Term[]): Span {
  const total = terms.reduce((sum, { seconds }) => sum + seconds, 0);
  return { from, since, terms, until: since === undefined ? undefined : since + total };
}
