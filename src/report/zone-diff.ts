/**
 * What changes between two versions of a zone, as data: RRsets by owner and type. What signing makes and the SOA serial are
 * left out, because they follow from the rest.
 */
import { compareNames, type Name } from '../dns/name.ts';
import { Type, type TypeCode } from '../dns/type.ts';
import type { NameId, Row, Zone } from '../dns/zone.ts';
import { equalOctets, type Octets } from '../text/octets.ts';

export interface RRsetChange {
  readonly owner: Name;
  readonly type: TypeCode;
  readonly added: readonly Octets[];
  readonly removed: readonly Octets[];
  readonly kept: readonly Octets[];
  /** Seconds; undefined where the RRset did not or does not exist. */
  readonly ttlBefore?: number;
  readonly ttlAfter?: number;
}

const madeBySigning = new Set<TypeCode>([
  Type.RRSIG,
  Type.NSEC,
  Type.NSEC3,
  Type.NSEC3PARAM,
  Type.ZONEMD,
  Type.DNSKEY,
  Type.CDS,
  Type.CDNSKEY,
]);

/** Changes in canonical order. `before` undefined: everything is new; `after` undefined: everything leaves. */
export function* zoneChanges(before: Zone | undefined, after: Zone | undefined): Generator<RRsetChange> {
  let left = 0;
  let right = 0;
  const leftEnd = before?.nameCount ?? 0;
  const rightEnd = after?.nameCount ?? 0;
  while (left < leftEnd || right < rightEnd) {
    const order =
      left === leftEnd
        ? 1
        : right === rightEnd
          ? -1
          : compareNames((before as Zone).name(left), (after as Zone).name(right));
    if (order < 0) yield* ownerChanges(before as Zone, left++, undefined, -1);
    else if (order > 0) yield* ownerChanges(undefined, -1, after as Zone, right++);
    else yield* ownerChanges(before as Zone, left++, after as Zone, right++);
  }
}

function rowsOf(zone: Zone | undefined, id: NameId): Map<TypeCode, Row> {
  const rows = new Map<TypeCode, Row>();
  if (zone === undefined) return rows;
  const { rrsetStart, type } = zone.columns;
  for (let row = rrsetStart[id]; row < rrsetStart[id + 1]; row++) {
    if (!madeBySigning.has(type[row])) rows.set(type[row], row);
  }
  return rows;
}

function* ownerChanges(
  before: Zone | undefined,
  left: NameId,
  after: Zone | undefined,
  right: NameId,
): Generator<RRsetChange> {
  const old = rowsOf(before, left);
  const fresh = rowsOf(after, right);
  const owner = (before?.name(left) ?? after?.name(right)) as Name;
  for (const type of [...new Set([...old.keys(), ...fresh.keys()])].sort((a, b) => a - b)) {
    const oldRow = old.get(type);
    const freshRow = fresh.get(type);
    const oldData = oldRow === undefined ? [] : contentOf(before as Zone, oldRow);
    const freshData = freshRow === undefined ? [] : contentOf(after as Zone, freshRow);
    const ttlBefore = oldRow === undefined ? undefined : (before as Zone).columns.ttl[oldRow];
    const ttlAfter = freshRow === undefined ? undefined : (after as Zone).columns.ttl[freshRow];
    const removed = oldData.filter((data) => !freshData.some((other) => equalOctets(data, other)));
    const added = freshData.filter((data) => !oldData.some((other) => equalOctets(data, other)));
    if (removed.length === 0 && added.length === 0 && ttlBefore === ttlAfter) continue;
    const kept = freshData.filter((data) => oldData.some((other) => equalOctets(data, other)));
    yield { owner, type, added, removed, kept, ttlBefore, ttlAfter };
  }
}

/** The RDATA of a row; of an SOA with its serial set to zero. */
function contentOf(zone: Zone, row: Row): Octets[] {
  const data = zone.rdataOf(row);
  if (zone.columns.type[row] !== Type.SOA) return data;
  return data.map((octets) => Buffer.from(octets).fill(0, octets.length - 20, octets.length - 16));
}
