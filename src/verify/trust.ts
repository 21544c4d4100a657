/** From the parent's DS set, or without one from the zone's own SEP keys, to the keys that sign the zone (RFC 4035 section 5.2). */
import { Type } from '../dns/type.ts';
import type { Zone } from '../dns/zone.ts';
import { keyLabel } from '../dnssec/algorithm.ts';
import { digestTypeOf, dsDigest } from '../dnssec/ds.ts';
import { equalOctets, type Octets } from '../text/octets.ts';
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

const sha1 = 1;
/** The stronger first; others are not computed here. */
const digestStrength: readonly number[] = [4, 2, 1];
/** RULES: a larger set is no error, but nobody needs it. */
const dsLimit = 8;

/** The fields of DS RDATA. */
interface Ds {
  readonly tag: number;
  readonly algorithm: number;
  readonly digestType: number;
  readonly digest: Octets;
}

function dsOf(rdata: Octets): Ds {
  return { tag: (rdata[0] << 8) | rdata[1], algorithm: rdata[2], digestType: rdata[3], digest: rdata.subarray(4) };
}

const dsLabel = ({ tag, algorithm, digestType }: Ds) => `DS ${tag} ${algorithm} ${digestType}`;

/** A DS set over a zone without DNSKEY. */
export function sayUnsignedUnderDs(zone: Zone, ds: readonly Octets[], findings: Findings): void {
  const facts = { zone: zone.apex, ds: ds.map((rdata) => dsLabel(dsOf(rdata))).join(', ') };
  findings.say(rules['parent/unsigned-under-ds'], -1, facts);
}

/** Checks the DS set against the keys, and returns the keys that it reaches through the strongest digest type. */
export function checkDsSet(
  zone: Zone,
  rdatas: readonly Octets[],
  keys: readonly PublishedKey[],
  signers: DnskeySigners,
  findings: Findings,
): Set<number> {
  const set = rdatas.map(dsOf);
  const row = zone.row(0, Type.DNSKEY);
  const record = row < 0 ? -1 : zone.columns.recordStart[row];
  const strongest = digestStrength.find((type) => set.some(({ digestType }) => digestType === type));
  const trusted = new Set<number>();
  if (set.length > dsLimit) findings.say(rules['parent/too-many-ds'], -1, { count: set.length });
  for (const algorithm of new Set(set.map((ds) => ds.algorithm))) {
    const matches = set.filter((ds) => ds.algorithm === algorithm).map((ds) => ({ ds, key: keyOf(zone, ds, keys) }));
    const chains = matches.filter(({ ds, key }) => typeof key === 'number' && ds.digestType === strongest);
    const weaker = matches.filter(({ ds, key }) => typeof key === 'number' && ds.digestType !== strongest);
    for (const { ds, key } of matches) {
      if (ds.digestType === sha1) findings.say(rules['parent/digest-type'], -1, { ds: dsLabel(ds) });
      if (typeof key === 'number') continue;
      const isStandby = chains.length + weaker.length > 0 && !key.isWrong;
      findings.say(rules[isStandby ? 'parent/standby-ds' : 'parent/ds-without-key'], record, {
        ds: dsLabel(ds),
        reason: key.reason,
      });
    }
    if (chains.length === 0 && weaker.length > 0) {
      const facts = { ds: dsLabel(weaker[0].ds), strongest: digestTypeOf(strongest ?? 0)?.mnemonic ?? '' };
      findings.say(rules['parent/digest-mixed'], record, facts);
    }
    const reached = chains.map(({ key }) => key as number);
    for (const key of reached) trusted.add(key);
    if (reached.length > 0 && !signers.isFaulty && !reached.some((key) => signers.keys.has(key))) {
      const { tag } = keys[reached[0]];
      const facts = { ds: dsLabel(chains[0].ds), key: keyLabel(algorithm, tag) };
      findings.say(rules['parent/ds-without-signatures'], keys[reached[0]].record, facts);
    }
  }
  if (trusted.size > 0 && ![...trusted].some((key) => keys[key].usable)) {
    const reason = 'its algorithm is not known here, and no other DS leads to a key that can be checked';
    findings.say(rules['parent/ds-without-key'], record, { ds: set.map(dsLabel).join(', '), reason });
  }
  return trusted;
}

/** The key that a DS stands for, or why there is none. `isWrong`: the DS means a key that is there, and is wrong about it. */
function keyOf(zone: Zone, ds: Ds, keys: readonly PublishedKey[]): number | { reason: string; isWrong: boolean } {
  if (digestTypeOf(ds.digestType)?.digest === undefined) {
    return { reason: `digest type ${ds.digestType} is not known here`, isWrong: false };
  }
  const candidates = [...keys.keys()].filter((i) => keys[i].tag === ds.tag && keys[i].algorithm === ds.algorithm);
  if (candidates.length === 0) {
    const found = keys.map((key) => `${key.tag} ${key.algorithm}`).join(', ');
    return { reason: `the zone has no such key, found ${found === '' ? 'none' : found}`, isWrong: false };
  }
  const owner = zone.nameWire(0);
  const match = candidates.find((i) => equalOctets(dsDigest(owner, keys[i].rdata, ds.digestType), ds.digest));
  if (match === undefined) return { reason: 'its digest is not that of the key with this tag', isWrong: true };
  if (keys[match].revoked) return { reason: 'its key is revoked', isWrong: true };
  return match;
}

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
