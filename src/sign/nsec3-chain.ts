/** The NSEC3 chain of a zone (RFC 5155 section 7.1): which names have a hash, in hash order, and where the owners stand among the names. */

import { type NameId, Role, type Zone, type ZoneColumns } from '../dns/zone.ts';
import { base32hexLength, encodeBase32hexInto } from '../dnssec/base32hex.ts';
import { nsec3HashLength } from '../dnssec/nsec3-hash.ts';
import { type Executor, rangesOf } from '../parallel/executor.ts';
import type { Octets } from '../text/octets.ts';
import { isInsecureCut } from './denial.ts';
import { type Nsec3Parameters, nsec3HashJob } from './nsec3-hashes.ts';

/** Digits of a hash in an owner name. */
export const hashLabelLength = base32hexLength(nsec3HashLength);

/** The place of an NSEC3 record in the chain: index of its hash in hash order. */
export type Rank = number;

/** Survives a structured clone. */
export interface Nsec3Chain extends Nsec3Parameters {
  /** RFC 5155 section 3.1.2: 1 with opt-out, else 0. */
  readonly flags: number;
  /** Twenty octets a rank, ascending. */
  readonly hashes: Octets;
  /** Rank → the name that was hashed. */
  readonly names: Uint32Array;
  /** Rank → the first name that stands after the NSEC3 owner in canonical order; the number of names where none does. */
  readonly before: Uint32Array;
  /** Ranks whose owner name is also a name of the zone (RFC 5155 appendix A has one): it is `before[rank] - 1`. */
  readonly twins: readonly Rank[];
}

/** Two names of the zone with one hash: no chain can be made with this salt (RFC 5155 section 7.1, step 8). */
export interface HashCollision {
  readonly collision: readonly [NameId, NameId];
}

const hashesAPart = 8192;

export async function makeNsec3Chain(
  zone: Zone,
  parameters: Nsec3Parameters,
  optOut: boolean,
  executor: Executor,
): Promise<Nsec3Chain | HashCollision> {
  const { columns } = zone;
  const ids = hashedNames(columns, optOut);
  const unsorted = new Uint8Array(ids.length * nsec3HashLength);
  const shared = { names: columns.names, nameStart: columns.nameStart, ids, ...parameters };
  let at = 0;
  for await (const hashes of executor.map(nsec3HashJob, shared, rangesOf(ids.length, hashesAPart))) {
    unsorted.set(hashes, at);
    at += hashes.length;
  }

  const order = hashOrder(unsorted, ids.length);
  const hashes = sharedOctets(unsorted.length);
  const names = new Uint32Array(new SharedArrayBuffer(ids.length * 4));
  for (let rank = 0; rank < order.length; rank++) {
    const from = order[rank] * nsec3HashLength;
    hashes.set(unsorted.subarray(from, from + nsec3HashLength), rank * nsec3HashLength);
    names[rank] = ids[order[rank]];
    if (rank > 0 && compareHashes(hashes, rank - 1, rank) === 0) return { collision: [names[rank - 1], names[rank]] };
  }
  return { ...parameters, flags: optOut ? 1 : 0, hashes, names, ...placesOf(columns, hashes, ids.length) };
}

/**
 * Every name with authoritative data, every cut, and every empty non-terminal. With opt-out neither the cuts without DS nor
 * the empty non-terminals that lead only to such cuts (RFC 5155 section 7.1 with erratum 3441).
 */
export function hashedNames(columns: ZoneColumns, optOut: boolean): Uint32Array {
  const { role, subtreeEnd } = columns;
  const hashed = new Uint8Array(role.length);
  const above: NameId[] = [];
  let count = 0;
  const mark = (id: NameId) => {
    if (hashed[id] === 0) count++;
    hashed[id] = 1;
  };
  for (let id = 0; id < role.length; id++) {
    while (above.length > 0 && subtreeEnd[above[above.length - 1]] <= id) above.pop();
    if (role[id] === Role.below) continue;
    if (role[id] === Role.empty) {
      above.push(id);
      if (!optOut) mark(id);
      continue;
    }
    if (optOut && isInsecureCut(columns, id)) continue;
    mark(id);
    for (let i = above.length - 1; i >= 0 && hashed[above[i]] === 0; i--) mark(above[i]);
  }
  const ids = new Uint32Array(new SharedArrayBuffer(count * 4));
  let at = 0;
  for (let id = 0; id < role.length; id++) if (hashed[id] === 1) ids[at++] = id;
  return ids;
}

/**
 * The indices of the hashes in ascending order. A number holds an index and as many leading bits of its hash as fit beside it in
 * 53 bits, so that the engine's number sort does the work; the few that are equal there are put in order afterwards.
 */
function hashOrder(hashes: Octets, count: number): Uint32Array {
  const indexBits = Math.max(1, Math.ceil(Math.log2(count + 1)));
  const step = 2 ** indexBits;
  const surplus = 2 ** (indexBits - 5);
  const keys = new Float64Array(count);
  for (let i = 0, at = 0; i < count; i++, at += nsec3HashLength) {
    const high = hashes[at] * 0x1_0000 + hashes[at + 1] * 0x100 + hashes[at + 2];
    const low = hashes[at + 3] * 0x1_0000 + hashes[at + 4] * 0x100 + hashes[at + 5];
    // 48 leading bits of the hash, of which 53 - indexBits stay.
    keys[i] = Math.floor((high * 0x100_0000 + low) / surplus) * step + i;
  }
  keys.sort();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const index = keys[i] % step;
    let slot = i;
    for (; slot > 0 && compareHashes(hashes, order[slot - 1], index) > 0; slot--) order[slot] = order[slot - 1];
    order[slot] = index;
  }
  return order;
}

function compareHashes(hashes: Octets, a: number, b: number): number {
  const left = a * nsec3HashLength;
  const right = b * nsec3HashLength;
  for (let i = 0; i < nsec3HashLength; i++) {
    const order = hashes[left + i] - hashes[right + i];
    if (order !== 0) return order;
  }
  return 0;
}

/** Merges the chain into the names: both are sorted, and an NSEC3 owner is a name right below the apex. */
function placesOf(columns: ZoneColumns, hashes: Octets, count: number): Pick<Nsec3Chain, 'before' | 'twins'> {
  const { names, nameStart, subtreeEnd } = columns;
  const before = new Uint32Array(new SharedArrayBuffer(count * 4));
  const twins: Rank[] = [];
  const label = new Uint8Array(hashLabelLength);
  let child = 1;
  for (let rank = 0; rank < count; rank++) {
    encodeBase32hexInto(hashes, rank * nsec3HashLength, (rank + 1) * nsec3HashLength, label, 0);
    let order = -1;
    while (child < nameStart.length - 1 && (order = compareLabels(names, nameStart[child], label)) < 0) {
      child = subtreeEnd[child];
    }
    const isTwin = child < nameStart.length - 1 && order === 0;
    if (isTwin) twins.push(rank);
    before[rank] = isTwin ? child + 1 : child;
  }
  return { before, twins };
}

/** The first label of the wire name at `from` against a label, in canonical order. */
function compareLabels(names: Octets, from: number, label: Octets): number {
  const length = names[from];
  for (let i = 0; i < length && i < label.length; i++) {
    const order = names[from + 1 + i] - label[i];
    if (order !== 0) return order;
  }
  return length - label.length;
}

function sharedOctets(length: number): Octets {
  return new Uint8Array(new SharedArrayBuffer(length));
}
