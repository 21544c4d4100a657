/** Denial of existence: which kind of proof the zone has, its TTL, and its chains. */
import { Type } from '../dns/type.ts';
import type { Zone } from '../dns/zone.ts';
import { algorithmName } from '../dnssec/algorithm.ts';
import { nsec3HashLength } from '../dnssec/nsec3-hash.ts';
import type { Octets } from '../text/octets.ts';
import type { Findings } from './findings.ts';
import { checkNsecChain } from './nsec-chain.ts';
import { checkNsec3Chain } from './nsec3-chain.ts';
import {
  type Nsec3Parameters,
  nsec3ChainsOf,
  nsec3Flags,
  optOutFlag,
  parametersText,
  saltText,
} from './nsec3-parameters.ts';
import { collectNsec3 } from './nsec3-records.ts';
import { rules } from './rules.ts';
import { standingsOf } from './standing.ts';

/** The proof that a zone was asked to have; `salt` in hexadecimal, empty for none. */
export type ExpectedDenial =
  | { readonly kind: 'nsec' }
  | { readonly kind: 'nsec3'; readonly optOut: boolean; readonly iterations: number; readonly salt: string };

/** A chain with the memory for the hashes of all names. */
export interface HashedChain extends Nsec3Parameters {
  readonly hashes: Octets;
}

/** Looked up before the workers start, so that they can compute the hashes. */
export function chainsToHash(zone: Zone, findings: Findings): HashedChain[] {
  return nsec3ChainsOf(zone, findings).map((chain) => ({
    ...chain,
    hashes: new Uint8Array(new SharedArrayBuffer(zone.nameCount * nsec3HashLength)),
  }));
}

export interface DenialOptions {
  readonly own: boolean;
  readonly expected?: ExpectedDenial;
  /** Of the DNSKEY RRset. */
  readonly algorithms: readonly number[];
}

/** Algorithms that were defined before NSEC3: DSA and RSASHA1 (RFC 5155 section 2). */
const nsecOnly: readonly number[] = [3, 5];

/** `chains` holds the hashes by now. */
export function checkDenial(
  zone: Zone,
  chains: readonly HashedChain[],
  options: DenialOptions,
  findings: Findings,
): void {
  const standings = standingsOf(zone);
  const { type, recordStart } = zone.columns;
  const firstNsec = type.indexOf(Type.NSEC);
  const hasNsec3 = type.includes(Type.NSEC3);
  if (firstNsec < 0 && !hasNsec3) {
    const what = `the zone has neither NSEC nor NSEC3 records: nothing proves that a name does not exist`;
    findings.say(rules['denial/chain-broken'], -1, { what });
    return;
  }
  checkTtl(zone, findings);
  if (!hasNsec3) checkNsecChain(zone, standings, findings);
  else {
    if (firstNsec >= 0) {
      const what = 'the zone has NSEC and NSEC3 records, expected one kind';
      findings.say(rules['denial/extraneous'], recordStart[firstNsec], { what });
    }
    for (const { parameters, records } of collectNsec3(zone, chains, findings)) {
      const { hashes } = chains.find((chain) => chain === parameters)!;
      checkNsec3Chain(zone, standings, hashes, records, findings);
    }
  }
  checkParameters(zone, chains, options, findings);
  checkExpected(zone, chains, firstNsec >= 0, options.expected, findings);
}

/** The TTL of all NSEC and NSEC3 records; where one differs from the others, that record is named. */
function checkTtl(zone: Zone, findings: Findings): void {
  const soa = zone.row(0, Type.SOA);
  if (soa < 0) return;
  const { type, ttl, recordStart, rdataStart, rdata, owner } = zone.columns;
  const end = rdataStart[recordStart[soa] + 1];
  const minimum = new DataView(rdata.buffer, rdata.byteOffset + end - 4, 4).getUint32(0);
  const expected = Math.min(ttl[soa], minimum);
  const isDenial = (row: number) => type[row] === Type.NSEC || type[row] === Type.NSEC3;
  const counts = new Map<number, number>();
  for (let row = 0; row < type.length; row++) if (isDenial(row)) counts.set(ttl[row], (counts.get(ttl[row]) ?? 0) + 1);
  const [usual] = [...counts].sort((a, b) => b[1] - a[1])[0];
  for (let row = 0; row < type.length; row++) {
    if (!isDenial(row) || ttl[row] === expected) continue;
    const name = type[row] === Type.NSEC ? 'NSEC' : 'NSEC3';
    if (ttl[row] !== usual) {
      const facts = { owner: zone.name(owner[row]), type: name, expected, found: ttl[row] };
      findings.say(rules['denial/ttl'], recordStart[row], facts);
    } else if (findings.total(rules['zone/negative-ttl']) === 0) {
      const facts = { type: name, expected, found: usual, soaTtl: ttl[soa], minimum };
      findings.say(rules['zone/negative-ttl'], recordStart[row], facts);
    }
  }
}

function checkParameters(
  zone: Zone,
  chains: readonly HashedChain[],
  { own, expected, algorithms }: DenialOptions,
  findings: Findings,
): void {
  const row = zone.row(0, Type.NSEC3PARAM);
  const record = row < 0 ? -1 : zone.columns.recordStart[row];
  for (const { iterations, salt } of chains) {
    const asked = expected?.kind === 'nsec3' ? expected.iterations : 0;
    if (own && iterations !== asked && iterations > 0) {
      findings.say(rules['denial/own-nsec3-iterations'], record, { iterations, expected: asked });
    } else if (!own && iterations > 0) findings.say(rules['denial/nsec3-iterations'], record, { iterations });
    if (salt.length > 0) findings.say(rules['denial/nsec3-salt'], record, { salt: saltText(salt) });
  }
  for (const algorithm of algorithms) {
    if (chains.length === 0 || !nsecOnly.includes(algorithm)) continue;
    findings.say(rules['denial/nsec3-algorithm'], record, { algorithm: algorithmName(algorithm) });
  }
}

/** Whether the zone has the proof that it was asked to have. */
function checkExpected(
  zone: Zone,
  chains: readonly HashedChain[],
  hasNsec: boolean,
  expected: ExpectedDenial | undefined,
  findings: Findings,
): void {
  if (expected === undefined) return;
  const sayOther = (found: string, wanted: string) => {
    findings.say(rules['denial/not-as-asked'], -1, { found, expected: wanted });
  };
  if (expected.kind === 'nsec') {
    if (chains.length > 0) sayOther('NSEC3', 'NSEC');
    return;
  }
  const wanted = `1 0 ${expected.iterations} ${expected.salt === '' ? '-' : expected.salt.toLowerCase()}`;
  if (hasNsec) sayOther('NSEC', `NSEC3 ${wanted}`);
  else if (chains.length !== 1 || parametersText(chains[0]) !== wanted) {
    sayOther(`NSEC3 ${chains.map(parametersText).join(' and ')}`, `NSEC3 ${wanted}`);
  }
  if (expected.optOut) return;
  const { type, recordStart, rdataStart, rdata } = zone.columns;
  const optOut = type.findIndex(
    (code, row) => code === Type.NSEC3 && (nsec3Flags(rdata, rdataStart[recordStart[row]]) & optOutFlag) !== 0,
  );
  if (optOut >= 0) sayOther('NSEC3 with opt-out', 'NSEC3 without opt-out');
}
