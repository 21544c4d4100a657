/** The parameters of NSEC3 records and of NSEC3PARAM (RFC 5155 sections 3 and 4), and which chains a zone has. */
import { Type } from '../dns/type.ts';
import type { Zone } from '../dns/zone.ts';
import { nsec3Sha1 } from '../dnssec/nsec3-hash.ts';
import { hex, type Octets } from '../text/octets.ts';
import type { Findings } from './findings.ts';
import { rules } from './rules.ts';

export interface Nsec3Parameters {
  readonly hashAlgorithm: number;
  readonly iterations: number;
  readonly salt: Octets;
}

/** Where the fields of NSEC3 RDATA stand: hash algorithm, flags, iterations (2), salt length, salt, hash length, hash, types. */
export const nsec3Flags = (octets: Octets, at: number) => octets[at + 1];
export const nsec3Next = (octets: Octets, at: number) => at + 5 + octets[at + 4];
export const optOutFlag = 1;

/** Whether NSEC3 or NSEC3PARAM RDATA at `at` has these parameters. */
export function hasParameters(
  octets: Octets,
  at: number,
  { hashAlgorithm, iterations, salt }: Nsec3Parameters,
): boolean {
  if (octets[at] !== hashAlgorithm || ((octets[at + 2] << 8) | octets[at + 3]) !== iterations) return false;
  if (octets[at + 4] !== salt.length) return false;
  for (let i = 0; i < salt.length; i++) if (octets[at + 5 + i] !== salt[i]) return false;
  return true;
}

export function parametersAt(octets: Octets, at: number): Nsec3Parameters {
  return {
    hashAlgorithm: octets[at],
    iterations: (octets[at + 2] << 8) | octets[at + 3],
    salt: Uint8Array.from(octets.subarray(at + 5, at + 5 + octets[at + 4])),
  };
}

export function saltText(salt: Octets): string {
  return salt.length === 0 ? '-' : hex(salt);
}

/** As NSEC3PARAM writes them: `1 0 12 aabbccdd`. */
export function parametersText({ hashAlgorithm, iterations, salt }: Nsec3Parameters): string {
  return `${hashAlgorithm} 0 ${iterations} ${saltText(salt)}`;
}

/**
 * The chains to check: those of NSEC3PARAM, or, where no NSEC3 record has their parameters, the one that the NSEC3 records have.
 * Empty where the zone has no NSEC3 records, or none whose hash is known.
 */
export function nsec3ChainsOf(zone: Zone, findings: Findings): Nsec3Parameters[] {
  const { columns } = zone;
  const { type, recordStart, rdataStart, rdata } = columns;
  const declared = declaredChains(zone, findings);
  /** Parameters of NSEC3 records → how many have them. */
  const found: { parameters: Nsec3Parameters; count: number }[] = [];
  for (let row = 0; row < type.length; row++) {
    if (type[row] !== Type.NSEC3) continue;
    for (let record = recordStart[row]; record < recordStart[row + 1]; record++) {
      const at = rdataStart[record];
      const known = found.find(({ parameters }) => hasParameters(rdata, at, parameters));
      if (known !== undefined) known.count++;
      else found.push({ parameters: parametersAt(rdata, at), count: 1 });
    }
  }
  if (found.length === 0 && declared.length === 0) return [];
  const used = declared.filter((chain) => found.some(({ parameters }) => isSame(parameters, chain)));
  const usual = found.sort((a, b) => b.count - a.count)[0]?.parameters;
  for (const chain of declared) {
    if (used.includes(chain)) continue;
    const instead = usual === undefined ? 'there is none' : `the chain has ${parametersText(usual)}`;
    const what = `NSEC3PARAM announces NSEC3 records with ${parametersText(chain)}, ${instead}`;
    findings.say(rules['denial/nsec3param'], recordStart[zone.row(0, Type.NSEC3PARAM)], { what });
  }
  if (declared.length === 0 && usual !== undefined) {
    const row = zone.row(0, Type.NSEC3PARAM);
    const what = `the zone has NSEC3 records with ${parametersText(usual)}, and no NSEC3PARAM record (with flags 0) says so`;
    findings.say(rules['denial/nsec3param'], row < 0 ? -1 : recordStart[row], { what });
  }
  const chains = used.length > 0 || usual === undefined ? used : [usual];
  return chains.filter((chain) => {
    if (chain.hashAlgorithm === nsec3Sha1) return true;
    const what = `the NSEC3 chain ${parametersText(chain)} has the hash algorithm ${chain.hashAlgorithm}, expected ${nsec3Sha1} (SHA-1)`;
    findings.say(rules['denial/nsec3param'], -1, { what });
    return false;
  });
}

/** NSEC3PARAM at the apex; elsewhere it means nothing. Records with flags are ignored (RFC 5155 section 4.1.2). */
function declaredChains(zone: Zone, findings: Findings): Nsec3Parameters[] {
  const { type, owner, recordStart } = zone.columns;
  const chains: Nsec3Parameters[] = [];
  for (let row = 0; row < type.length; row++) {
    if (type[row] !== Type.NSEC3PARAM) continue;
    if (owner[row] !== 0) {
      const what = `NSEC3PARAM stands at ${zone.name(owner[row])}, expected at ${zone.apex}`;
      findings.say(rules['denial/nsec3param'], recordStart[row], { what });
      continue;
    }
    for (const rdata of zone.rdataOf(row)) if (rdata[1] === 0) chains.push(parametersAt(rdata, 0));
  }
  return chains;
}

function isSame(a: Nsec3Parameters, b: Nsec3Parameters): boolean {
  return a.hashAlgorithm === b.hashAlgorithm && a.iterations === b.iterations && saltText(a.salt) === saltText(b.salt);
}
