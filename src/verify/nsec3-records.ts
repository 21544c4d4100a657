/** The NSEC3 records of one chain, in the order of their hashes, found by hash. */
import { Type } from '../dns/type.ts';
import type { NameId, Zone } from '../dns/zone.ts';
import { decodeBase32hex } from '../dnssec/base32hex.ts';
import { nsec3HashLength } from '../dnssec/nsec3-hash.ts';
import type { Octets } from '../text/octets.ts';
import type { Findings } from './findings.ts';
import {
  hasParameters,
  type Nsec3Parameters,
  nsec3Flags,
  optOutFlag,
  parametersAt,
  parametersText,
} from './nsec3-parameters.ts';
import { rules } from './rules.ts';

/** Characters of a hash in an owner name. */
const labelLength = 32;

export class Nsec3Records {
  count = 0;
  /** Position → the record and its owner. */
  readonly record: Uint32Array;
  readonly owner: Uint32Array;
  /** Position → 20 octets, ascending. */
  readonly hashes: Octets;
  private readonly view: DataView;

  constructor(capacity: number) {
    this.record = new Uint32Array(capacity);
    this.owner = new Uint32Array(capacity);
    this.hashes = new Uint8Array(capacity * nsec3HashLength);
    this.view = new DataView(this.hashes.buffer);
  }

  /** Takes a record; they come in the order of their owners, which is that of their hashes. */
  add(record: number, owner: NameId, hash: Octets): void {
    this.record[this.count] = record;
    this.owner[this.count] = owner;
    this.hashes.set(hash, this.count * nsec3HashLength);
    this.count++;
  }

  /** The position of the hash at `at`; where there is none, -1 minus the position of the record that covers it. */
  find(octets: Octets, at: number): number {
    const head = ((octets[at] << 24) | (octets[at + 1] << 16) | (octets[at + 2] << 8) | octets[at + 3]) >>> 0;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.compare(middle, head, octets, at);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return -1 - (low === 0 ? this.count - 1 : low - 1);
  }

  private compare(position: number, head: number, octets: Octets, at: number): number {
    const start = position * nsec3HashLength;
    const order = this.view.getUint32(start) - head;
    if (order !== 0) return order;
    for (let i = 4; i < nsec3HashLength; i++) {
      const difference = this.hashes[start + i] - octets[at + i];
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

/**
 * The records of each chain. What belongs to no chain is reported, and with a single chain still taken as a part of it, so that one
 * wrong field does not look like a missing name.
 */
export function collectNsec3(
  zone: Zone,
  chains: readonly Nsec3Parameters[],
  findings: Findings,
): { records: Nsec3Records; parameters: Nsec3Parameters }[] {
  const { names, nameStart, owner, type, recordStart, rdataStart, rdata } = zone.columns;
  let capacity = 0;
  for (let row = 0; row < type.length; row++)
    if (type[row] === Type.NSEC3) capacity += recordStart[row + 1] - recordStart[row];
  const found = chains.map((parameters) => ({ parameters, records: new Nsec3Records(capacity) }));
  /** Chain → the owner of its last record. */
  const lastOwner = chains.map(() => -1);
  const apexLength = nameStart[1];
  if (chains.length === 0) return [];
  for (let row = 0; row < type.length; row++) {
    if (type[row] !== Type.NSEC3) continue;
    const id = owner[row];
    const from = nameStart[id];
    const isUnderApex = names[from] === labelLength && nameStart[id + 1] - from === labelLength + 1 + apexLength;
    const hash = isUnderApex ? decodeBase32hex(names, from + 1, from + 1 + labelLength) : undefined;
    if (hash === undefined) {
      const expected = `expected ${labelLength} digits of base32hex directly under ${zone.apex}`;
      findings.say(rules['denial/nsec3-owner'], recordStart[row], { owner: zone.name(id), expected });
      continue;
    }
    for (let record = recordStart[row]; record < recordStart[row + 1]; record++) {
      const at = rdataStart[record];
      let chain = chains.findIndex((parameters) => hasParameters(rdata, at, parameters));
      if (chain < 0 || (nsec3Flags(rdata, at) & ~optOutFlag) !== 0) {
        const flags = nsec3Flags(rdata, at);
        const facts = {
          owner: zone.name(id),
          expected: `${chains.map(parametersText).join(' or ')} and flags 0 or 1`,
          found: `${parametersText(parametersAt(rdata, at))} and flags ${flags}`,
        };
        findings.say(rules['denial/nsec3-params-differ'], record, facts);
        if (chains.length !== 1) continue;
        chain = 0;
      }
      if (lastOwner[chain] === id) {
        const what = `${zone.name(id)} has several NSEC3 records with ${parametersText(chains[chain])}, expected one`;
        findings.say(rules['denial/chain-broken'], record, { what });
        continue;
      }
      lastOwner[chain] = id;
      found[chain].records.add(record, id, hash);
    }
  }
  return found;
}
