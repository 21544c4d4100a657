/** Another provider that signs a zone too: whether its keys can stand beside ours, and whether its servers may answer yet. */
import { keyLabel } from '../dnssec/algorithm.ts';
import { Flag, keyTag } from '../dnssec/key-tag.ts';
import { keyId } from '../journal/journal.ts';
import { prove } from '../prove/prove.ts';
import type { RolloverPolicy } from '../rollover/policy.ts';
import { fromHex } from '../text/octets.ts';
import { type Report, report } from '../text/problem.ts';
import type { Rolled } from './rolled.ts';
import { rules } from './rules.ts';

/**
 * Keys of a provider stay in the zone for as long as the build before named its servers: caches hold what they have signed.
 * `before`: the policy of that build.
 */
export function withServingKeys(policy: RolloverPolicy, before: RolloverPolicy | undefined): RolloverPolicy {
  const { keys = [], serves = false } = policy.foreign ?? {};
  const gone = goneKeys(policy, before);
  return gone.length === 0 ? policy : { ...policy, foreign: { keys: [...keys, ...gone].sort(), serves } };
}

function goneKeys({ foreign }: RolloverPolicy, before: RolloverPolicy | undefined): readonly string[] {
  const kept = before?.foreign?.serves === true ? before.foreign.keys : [];
  return kept.filter((rdata) => foreign?.keys.includes(rdata) !== true);
}

/**
 * Errors with which the zone keeps its last content. `before`: the policy of the last build; servers that were in the NS set then
 * are not asked about again: to refuse what is in service mends nothing.
 */
export function reportForeign(
  policy: RolloverPolicy,
  before: RolloverPolicy | undefined,
  { before: led }: Rolled,
  now: number,
  to: Report,
): void {
  const { zone } = led;
  for (const rdata of goneKeys(policy, before)) {
    const octets = fromHex(rdata) ?? new Uint8Array(4);
    const facts = { zone, key: keyLabel(octets[3], keyTag(octets)) };
    report(to, rules['rollover/foreign-key-leaves-early'], undefined, facts, { subject: zone });
  }
  for (const rdata of policy.foreign?.keys ?? []) {
    const octets = fromHex(rdata);
    if (octets === undefined) continue;
    const own = led.keys.find(({ id }) => id === keyId(octets[3], keyTag(octets)));
    if (own === undefined) continue;
    const role = (octets[1] & Flag.sep) === 0 ? 'ZSK' : 'KSK';
    const facts = { key: `${role} ${keyLabel(octets[3], keyTag(octets))}`, isSame: own.rdata === rdata };
    report(to, rules['rollover/foreign-key-is-ours'], undefined, facts, { subject: zone });
  }
  if (policy.foreign?.serves !== true || before?.foreign?.serves === true) return;
  const found = (of: RolloverPolicy) => prove({ zones: [{ journal: led, policy: of }], from: now }).violations;
  const without = new Set(
    found({ ...policy, foreign: { ...policy.foreign, serves: false } }).map(({ message }) => message),
  );
  const early = found(policy).filter(({ message }) => !without.has(message));
  if (early.length === 0) return;
  const ends = early.map(({ until }) => until);
  const isDated = ends.every((until) => until !== undefined);
  const earliest = isDated ? Math.max(...ends.map((until) => until ?? 0)) : undefined;
  const facts = { zone, earliest, what: early[0].message };
  report(to, rules['rollover/foreign-servers-too-early'], undefined, facts, { subject: zone });
}
