/**
 * Owner names in canonical order (RFC 4034 section 6.1), with the empty non-terminals between them.
 *
 * Names are compared by sort keys: the labels below the apex from right to left, each ended by 0, with 0 written as 1,1 and
 * 1 as 1,2. So the order of the keys as octets is the canonical order, and a name's descendants follow it.
 */
import type { Octets } from '../text/octets.ts';
import { hashOfName } from './zone.ts';

/** What is ordered: names in wire form, lower case, one after the other, each once. */
export interface UnorderedNames {
  readonly names: { readonly octets: Octets };
  readonly nameStart: Uint32Array;
  readonly nameHash: Uint32Array;
  readonly ownerCount: number;
}

export interface OrderedNames {
  readonly names: Octets;
  readonly nameStart: Uint32Array;
  readonly subtreeEnd: Uint32Array;
  readonly nameHash: Int32Array;
  /** Unordered name → NameId; -1 where the name is not in the zone. */
  readonly rank: Int32Array;
}

/** Orders the names at or below `apex`; the apex is always the first. */
export function orderNames(from: UnorderedNames, apex: Octets): OrderedNames {
  const keys = sortKeys(from, apex);
  sortByKey(keys);
  return placeNames(from, keys, apex);
}

interface SortKeys {
  /** Names in the zone. */
  readonly order: Uint32Array;
  readonly keys: Octets;
  /** Name → its key; out-of-zone names have none. */
  readonly keyStart: Uint32Array;
  readonly keyEnd: Uint32Array;
  /** Name → labels below the apex. */
  readonly depth: Uint8Array;
}

function sortKeys({ names: { octets }, nameStart, ownerCount }: UnorderedNames, apex: Octets): SortKeys {
  const order = new Uint32Array(ownerCount);
  const keyStart = new Uint32Array(ownerCount);
  const keyEnd = new Uint32Array(ownerCount);
  const depth = new Uint8Array(ownerCount);
  // An escaped octet takes two; most names have none, so the buffer starts at their size.
  let keys = new Uint8Array(nameStart[ownerCount] + 512);
  const labels = new Uint8Array(128);
  let inZone = 0;
  let end = 0;
  for (let id = 0; id < ownerCount; id++) {
    const start = nameStart[id];
    const suffix = nameStart[id + 1] - apex.length;
    if (suffix < start || !endsIn(octets, suffix, apex)) continue;
    let count = 0;
    let at = start;
    for (; at < suffix; at += octets[at] + 1) labels[count++] = at - start;
    // The octets of the apex may also stand inside a label.
    if (at !== suffix) continue;
    order[inZone++] = id;
    if (end + 512 > keys.length) keys = enlarged(keys);
    keyStart[id] = end;
    depth[id] = count;
    while (count > 0) {
      const label = start + labels[--count];
      for (let i = label + 1, to = i + octets[label]; i < to; i++) {
        const octet = octets[i];
        if (octet > 1) {
          keys[end++] = octet;
        } else {
          keys[end++] = 1;
          keys[end++] = octet + 1;
        }
      }
      keys[end++] = 0;
    }
    keyEnd[id] = end;
  }
  return { order: order.subarray(0, inZone), keys, keyStart, keyEnd, depth };
}

function endsIn(octets: Octets, at: number, suffix: Octets): boolean {
  for (let i = suffix.length - 1; i >= 0; i--) if (octets[at + i] !== suffix[i]) return false;
  return true;
}

function enlarged(octets: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(octets.length * 2);
  larger.set(octets);
  return larger;
}

/** Ranges of at most this many names are sorted by insertion. */
const insertionSize = 20;

function sortByKey({ order, keys, keyStart, keyEnd }: SortKeys): void {
  /** Order of the keys of two names, equal up to `depth`. A key is never a prefix of another name's key at its own end 0. */
  const compare = (a: number, b: number, depth: number): number => {
    let i = keyStart[a] + depth;
    let j = keyStart[b] + depth;
    const iEnd = keyEnd[a];
    const jEnd = keyEnd[b];
    for (; i < iEnd && j < jEnd; i++, j++) if (keys[i] !== keys[j]) return keys[i] - keys[j];
    return iEnd - i - (jEnd - j);
  };

  // Zone files are often in order already.
  let sorted = true;
  for (let i = 1; sorted && i < order.length; i++) sorted = compare(order[i - 1], order[i], 0) < 0;
  if (sorted) return;

  const other = new Uint32Array(order.length);
  const octetAt = (id: number, depth: number): number => {
    const at = keyStart[id] + depth;
    return at < keyEnd[id] ? keys[at] + 1 : 0;
  };

  // Most significant octet first: each range is equal before `depth`.
  const pending: number[] = [0, order.length, 0];
  const bucketEnd = new Uint32Array(257);
  while (pending.length > 0) {
    let depth = pending.pop()!;
    const to = pending.pop()!;
    const from = pending.pop()!;
    if (to - from <= insertionSize) {
      for (let i = from + 1; i < to; i++) {
        const id = order[i];
        let j = i;
        for (; j > from && compare(order[j - 1], id, depth) > 0; j--) order[j] = order[j - 1];
        order[j] = id;
      }
      continue;
    }
    for (;;) {
      bucketEnd.fill(0);
      for (let i = from; i < to; i++) bucketEnd[octetAt(order[i], depth)]++;
      // Octets that all names of the range share need no moving. Names differ, so this ends.
      if (bucketEnd[octetAt(order[from], depth)] < to - from) break;
      depth++;
    }
    let sum = from;
    for (let octet = 0; octet < 257; octet++) {
      const count = bucketEnd[octet];
      if (count > 1) pending.push(sum, sum + count, depth + 1);
      bucketEnd[octet] = sum;
      sum += count;
    }
    for (let i = from; i < to; i++) {
      const id = order[i];
      other[bucketEnd[octetAt(id, depth)]++] = id;
    }
    order.set(other.subarray(from, to), from);
  }
}

/** Lays the names out in order, the apex and empty non-terminals added. */
function placeNames(from: UnorderedNames, sorted: SortKeys, apex: Octets): OrderedNames {
  const { order, keys, keyStart, keyEnd, depth: depths } = sorted;
  const { names: source, nameStart: sourceStart, nameHash: sourceHash, ownerCount } = from;
  const octets = source.octets;
  const rank = new Int32Array(ownerCount).fill(-1);

  /** Labels below the apex that a name shares with the one before it. */
  const shared = new Uint8Array(order.length);
  const hasApex = order.length > 0 && keyStart[order[0]] === keyEnd[order[0]];
  let count = hasApex ? order.length : order.length + 1;
  let size = hasApex ? 0 : apex.length;
  for (let i = 0; i < order.length; i++) {
    const id = order[i];
    size += sourceStart[id + 1] - sourceStart[id];
    let common = 0;
    if (i > 0) {
      const before = order[i - 1];
      const length = Math.min(keyEnd[before] - keyStart[before], keyEnd[id] - keyStart[id]);
      for (let k = 0, a = keyStart[before], b = keyStart[id]; k < length && keys[a] === keys[b]; k++, a++, b++) {
        if (keys[b] === 0) common++;
      }
    }
    shared[i] = common;
    // Ancestors between the shared one and the name itself have no records: empty non-terminals.
    for (let at = sourceStart[id], missing = depths[id] - common - 1; missing > 0; missing--) {
      at += octets[at] + 1;
      size += sourceStart[id + 1] - at;
      count++;
    }
  }

  const names = new Uint8Array(new SharedArrayBuffer(size));
  const nameStart = sharedUint32(count + 1);
  const subtreeEnd = sharedUint32(count);
  let slots = 2;
  while (slots < count * 2) slots *= 2;
  const nameHash = new Int32Array(new SharedArrayBuffer(slots * 4)).fill(-1);
  /** Names on the way from the apex to the last one placed, by depth. */
  const open: number[] = [];
  let placed = 0;
  let end = 0;
  const place = (wire: Octets, start: number, to: number, depth: number, hash: number) => {
    while (open.length > depth) subtreeEnd[open.pop()!] = placed;
    open.push(placed);
    for (let at = start; at < to; at++) names[end++] = wire[at];
    let slot = hash & (slots - 1);
    while (nameHash[slot] >= 0) slot = (slot + 1) & (slots - 1);
    nameHash[slot] = placed;
    nameStart[++placed] = end;
  };
  if (!hasApex) place(apex, 0, apex.length, 0, hashOfName(apex, 0, apex.length));
  const missingAt: number[] = [];
  for (let i = 0; i < order.length; i++) {
    const id = order[i];
    const to = sourceStart[id + 1];
    const depth = depths[id];
    for (let at = sourceStart[id], missing = depth - shared[i] - 1; missing > 0; missing--) {
      at += octets[at] + 1;
      missingAt.push(at);
    }
    for (let above = shared[i] + 1; missingAt.length > 0; above++) {
      const at = missingAt.pop()!;
      place(octets, at, to, above, hashOfName(octets, at, to));
    }
    rank[id] = placed;
    place(octets, sourceStart[id], to, depth, sourceHash[id]);
  }
  while (open.length > 0) subtreeEnd[open.pop()!] = placed;
  return { names, nameStart, subtreeEnd, nameHash, rank };
}

export function sharedUint32(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(length * 4));
}
