/** A DS set against the keys of its zone (RFC 4035 section 5.2), whoever publishes either. */
import { equalOctets, type Octets } from '../text/octets.ts';
import type { Rule } from '../text/problem.ts';
import { keyLabel } from './algorithm.ts';
import { digestTypeOf, dsDigest } from './ds.ts';
import { dsRules } from './ds-rules.ts';

/** A DNSKEY as far as a DS set is concerned. */
export interface KeyUnderDs {
  readonly tag: number;
  readonly algorithm: number;
  readonly rdata: Octets;
  readonly revoked: boolean;
  /** A signature by it can be checked here. */
  readonly usable: boolean;
}

export interface DsQuestion {
  /** The name of the zone in wire form, lower case. */
  readonly owner: Octets;
  /** DS RDATA. */
  readonly ds: readonly Octets[];
  readonly keys: readonly KeyUnderDs[];
  /** Keys that sign the DNSKEY RRset, as indices; undefined where that is not known, or was found faulty already. */
  readonly signers: ReadonlySet<number> | undefined;
}

/** Told each fault, with the indices of a DS record and of a key that it is about. */
export type SayOfDs = <Facts>(
  rule: Rule<Facts>,
  facts: Facts,
  about: { readonly ds: number; readonly key?: number },
) => void;

const sha1 = 1;
/** The stronger first; others are not computed here. */
const digestStrength: readonly number[] = [4, 2, 1];
/** RULES: a larger set is no error, but nobody needs it. */
const dsLimit = 8;

/** The fields of DS RDATA. */
interface Ds {
  readonly index: number;
  readonly tag: number;
  readonly algorithm: number;
  readonly digestType: number;
  readonly digest: Octets;
}

function dsOf(rdata: Octets, index: number): Ds {
  const tag = (rdata[0] << 8) | rdata[1];
  return { index, tag, algorithm: rdata[2], digestType: rdata[3], digest: rdata.subarray(4) };
}

const labelOf = ({ tag, algorithm, digestType }: Ds) => `DS ${tag} ${algorithm} ${digestType}`;

/** `DS 12345 13 2, DS …` of a whole set. */
export const dsSetLabel = (ds: readonly Octets[]): string => ds.map((rdata, i) => labelOf(dsOf(rdata, i))).join(', ');

const strongestOf = (set: readonly Ds[]) =>
  digestStrength.find((type) => set.some(({ digestType }) => digestType === type));

const digestName = (type: number | undefined) => digestTypeOf(type ?? 0)?.mnemonic ?? '';

/** What is wrong with a DS set whoever's keys it means: the keys are not known. */
export function checkDsAlone(rdatas: readonly Octets[], say: SayOfDs): void {
  const set = rdatas.map(dsOf);
  const strongest = strongestOf(set);
  sayOfSet(set, say);
  for (const ds of set) if (ds.digestType === sha1) say(dsRules['parent/digest-type'], { ds: labelOf(ds) }, at(ds));
  for (const algorithm of algorithmsOf(set)) {
    const own = set.filter((ds) => ds.algorithm === algorithm && digestStrength.includes(ds.digestType));
    if (own.length === 0 || own.some(({ digestType }) => digestType === strongest)) continue;
    say(dsRules['parent/digest-mixed'], { ds: labelOf(own[0]), strongest: digestName(strongest) }, at(own[0]));
  }
}

/** Checks the DS set against the keys, and returns the keys that it reaches through the strongest digest type. */
export function checkDsSet({ owner, ds: rdatas, keys, signers }: DsQuestion, say: SayOfDs): Set<number> {
  const set = rdatas.map(dsOf);
  const strongest = strongestOf(set);
  const trusted = new Set<number>();
  sayOfSet(set, say);
  for (const algorithm of algorithmsOf(set)) {
    const matches = set.filter((ds) => ds.algorithm === algorithm).map((ds) => ({ ds, key: keyOf(owner, ds, keys) }));
    const chains = matches.filter(({ ds, key }) => typeof key === 'number' && ds.digestType === strongest);
    const weaker = matches.filter(({ ds, key }) => typeof key === 'number' && ds.digestType !== strongest);
    for (const { ds, key } of matches) {
      if (ds.digestType === sha1) say(dsRules['parent/digest-type'], { ds: labelOf(ds) }, at(ds));
      if (typeof key === 'number') continue;
      const isStandby = chains.length + weaker.length > 0 && !key.isWrong;
      const rule = dsRules[isStandby ? 'parent/standby-ds' : 'parent/ds-without-key'];
      say(rule, { ds: labelOf(ds), reason: key.reason }, at(ds));
    }
    if (chains.length === 0 && weaker.length > 0) {
      const facts = { ds: labelOf(weaker[0].ds), strongest: digestName(strongest) };
      say(dsRules['parent/digest-mixed'], facts, at(weaker[0].ds));
    }
    const reached = chains.map(({ key }) => key as number);
    for (const key of reached) trusted.add(key);
    if (reached.length > 0 && signers !== undefined && !reached.some((key) => signers.has(key))) {
      const [key] = reached;
      const facts = { ds: labelOf(chains[0].ds), key: keyLabel(algorithm, keys[key].tag) };
      say(dsRules['parent/ds-without-signatures'], facts, { ds: chains[0].ds.index, key });
    }
  }
  if (trusted.size > 0 && ![...trusted].some((key) => keys[key].usable)) {
    const reason = 'its algorithm is not known here, and no other DS leads to a key that can be checked';
    say(dsRules['parent/ds-without-key'], { ds: dsSetLabel(rdatas), reason }, at(set[0]));
  }
  return trusted;
}

const at = ({ index }: Ds) => ({ ds: index });

const algorithmsOf = (set: readonly Ds[]) => new Set(set.map(({ algorithm }) => algorithm));

function sayOfSet(set: readonly Ds[], say: SayOfDs): void {
  if (set.length > dsLimit) say(dsRules['parent/too-many-ds'], { count: set.length }, at(set[0]));
}

/** The key that a DS stands for, or why there is none. `isWrong`: the DS means a key that is there, and is wrong about it. */
function keyOf(owner: Octets, ds: Ds, keys: readonly KeyUnderDs[]): number | { reason: string; isWrong: boolean } {
  if (digestTypeOf(ds.digestType)?.digest === undefined) {
    return { reason: `digest type ${ds.digestType} is not known here`, isWrong: false };
  }
  const candidates = [...keys.keys()].filter((i) => keys[i].tag === ds.tag && keys[i].algorithm === ds.algorithm);
  if (candidates.length === 0) {
    const found = keys.map((key) => `${key.tag} ${key.algorithm}`).join(', ');
    return { reason: `the zone has no such key, found ${found === '' ? 'none' : found}`, isWrong: false };
  }
  const match = candidates.find((i) => equalOctets(dsDigest(owner, keys[i].rdata, ds.digestType), ds.digest));
  if (match === undefined) return { reason: 'its digest is not that of the key with this tag', isWrong: true };
  if (keys[match].revoked) return { reason: 'its key is revoked', isWrong: true };
  return match;
}
