/** Records in the order of the zone: by owner, type, covered type, then canonical RDATA order; duplicates removed. */
import { compareCanonical } from './rdata/index.ts';
import { Type } from './type.ts';
import { Role, type Row, type ZoneColumns } from './zone.ts';
import type { RecordCollector } from './zone-builder.ts';
import { type OrderedNames, sharedUint32 } from './zone-names.ts';

/** A row whose records came with different TTLs. */
export interface MixedTtl {
  readonly row: Row;
  readonly lowest: number;
  readonly highest: number;
  /** The first collected record that differs from the first of its row. */
  readonly record: number;
}

export function orderRecords(
  collector: RecordCollector,
  ordered: OrderedNames,
): { columns: ZoneColumns; mixed: MixedTtl[] } {
  const { rank, nameStart } = ordered;
  const { recordOwner, type, ttl, rdataStart, origin, rdata: source } = collector;
  const octets = source.octets;
  const nameCount = nameStart.length - 1;

  // A counting sort by owner that keeps the order in which records came.
  const ownerEnd = new Uint32Array(nameCount + 1);
  let count = 0;
  for (let i = 0; i < collector.count; i++) {
    const name = rank[recordOwner[i]];
    if (name < 0) continue;
    ownerEnd[name + 1]++;
    count++;
  }
  for (let name = 0; name < nameCount; name++) ownerEnd[name + 1] += ownerEnd[name];
  const order = new Uint32Array(count);
  for (let i = 0; i < collector.count; i++) {
    const name = rank[recordOwner[i]];
    if (name >= 0) order[ownerEnd[name]++] = i;
  }

  const coveredBy = (record: number): number => {
    const at = rdataStart[record];
    return type[record] === Type.RRSIG && rdataStart[record + 1] - at >= 2 ? (octets[at] << 8) | octets[at + 1] : 0;
  };
  const compareRows = (a: number, b: number): number => type[a] - type[b] || coveredBy(a) - coveredBy(b);
  const canonical = (a: number, b: number): number =>
    compareCanonical(type[a], octets, rdataStart[a], rdataStart[a + 1], octets, rdataStart[b], rdataStart[b + 1]);
  /** The case of names in RDATA decides between duplicates, so that the order of the input does not. */
  const compare = (a: number, b: number): number => compareRows(a, b) || canonical(a, b) || compareRaw(a, b);
  const compareRaw = (a: number, b: number): number => {
    const length = Math.min(rdataStart[a + 1] - rdataStart[a], rdataStart[b + 1] - rdataStart[b]);
    for (let k = 0, i = rdataStart[a], j = rdataStart[b]; k < length; k++) {
      const difference = octets[i + k] - octets[j + k];
      if (difference !== 0) return difference;
    }
    return origin[a] - origin[b];
  };

  const rrsetStart = sharedUint32(nameCount + 1);
  const role = new Uint8Array(new SharedArrayBuffer(nameCount));
  const rowOwner = new Uint32Array(count);
  const rowType = new Uint16Array(count);
  const rowCovered = new Uint16Array(count);
  const rowTtl = new Uint32Array(count);
  const recordStart = new Uint32Array(count + 1);
  /** Record of the zone → collected record. */
  const kept = new Uint32Array(count);
  const mixed: MixedTtl[] = [];
  let rows = 0;
  let records = 0;
  let size = 0;
  for (let name = 0, from = 0; name < nameCount; name++) {
    const to = ownerEnd[name];
    rrsetStart[name] = rows;
    sortRange(order, from, to, compare);
    for (let i = from; i < to; ) {
      const first = order[i];
      let lowest = ttl[first];
      let highest = lowest;
      let other = -1;
      recordStart[rows] = records;
      let last = -1;
      for (; i < to && compareRows(first, order[i]) === 0; i++) {
        const record = order[i];
        if (ttl[record] !== ttl[first] && other < 0) other = record;
        if (ttl[record] < lowest) lowest = ttl[record];
        if (ttl[record] > highest) highest = ttl[record];
        if (last >= 0 && canonical(last, record) === 0) continue;
        last = record;
        kept[records++] = record;
        size += rdataStart[record + 1] - rdataStart[record];
      }
      rowOwner[rows] = name;
      rowType[rows] = type[first];
      rowCovered[rows] = coveredBy(first);
      rowTtl[rows] = lowest;
      if (other >= 0) mixed.push({ row: rows, lowest, highest, record: other });
      rows++;
    }
    from = to;
  }
  rrsetStart[nameCount] = rows;
  recordStart[rows] = records;
  setRoles(role, ordered.subtreeEnd, rrsetStart, rowType);

  const columns: ZoneColumns = {
    names: ordered.names,
    nameStart,
    subtreeEnd: ordered.subtreeEnd,
    role,
    nameHash: ordered.nameHash,
    rrsetStart,
    owner: sharedCopy32(rowOwner, rows),
    type: sharedCopy16(rowType, rows),
    covered: sharedCopy16(rowCovered, rows),
    ttl: sharedCopy32(rowTtl, rows),
    recordStart: sharedCopy32(recordStart, rows + 1),
    rdataStart: sharedUint32(records + 1),
    rdata: new Uint8Array(new SharedArrayBuffer(size)),
    origin: sharedUint32(records),
  };
  let end = 0;
  for (let i = 0; i < records; ) {
    // Records that stand one after the other in the source are copied in one go.
    const begin = kept[i];
    let next = begin;
    const start = end;
    do {
      end += rdataStart[next + 1] - rdataStart[next];
      columns.origin[i] = origin[next++];
      columns.rdataStart[++i] = end;
    } while (i < records && kept[i] === next);
    const from = rdataStart[begin];
    if (end - start > 64) columns.rdata.set(octets.subarray(from, rdataStart[next]), start);
    else for (let at = start; at < end; at++) columns.rdata[at] = octets[from + at - start];
  }
  return { columns, mixed };
}

/** Small ranges, and ranges in order, by insertion. */
function sortRange(order: Uint32Array, from: number, to: number, compare: (a: number, b: number) => number): void {
  if (to - from > 32) {
    order.subarray(from, to).sort(compare);
    return;
  }
  for (let i = from + 1; i < to; i++) {
    const record = order[i];
    let j = i;
    for (; j > from && compare(order[j - 1], record) > 0; j--) order[j] = order[j - 1];
    order[j] = record;
  }
}

/** A cut hides what is below it, and so does a DNAME (RFC 6672 section 2.4); the outermost decides. */
function setRoles(role: Uint8Array, subtreeEnd: Uint32Array, rrsetStart: Uint32Array, type: Uint16Array): void {
  for (let name = 0, belowUntil = 0; name < role.length; name++) {
    let isCut = false;
    let hides = false;
    for (let row = rrsetStart[name]; row < rrsetStart[name + 1]; row++) {
      if (type[row] === Type.NS) isCut = name > 0;
      if (type[row] === Type.DNAME) hides = true;
    }
    if (name < belowUntil) {
      role[name] = Role.below;
      continue;
    }
    if (isCut || hides) belowUntil = subtreeEnd[name];
    if (name === 0) role[name] = Role.apex;
    else if (isCut) role[name] = Role.cut;
    else role[name] = rrsetStart[name] === rrsetStart[name + 1] ? Role.empty : Role.data;
  }
}

function sharedCopy32(column: Uint32Array, length: number): Uint32Array {
  const copy = sharedUint32(length);
  copy.set(column.subarray(0, length));
  return copy;
}

function sharedCopy16(column: Uint16Array, length: number): Uint16Array {
  const copy = new Uint16Array(new SharedArrayBuffer(length * 2));
  copy.set(column.subarray(0, length));
  return copy;
}
