/**
 * What leads to others: senders to hosts with TLSA records, which have to outlast it in caches (ROLLOVER section 3), and validators to
 * children in the same repository.
 */
import { isAtOrBelow, type Name, nameFromWire } from '../dns/name.ts';
import { Type, type TypeCode } from '../dns/type.ts';
import type { Zone } from '../dns/zone.ts';
import { hex } from '../text/octets.ts';
import type { BuiltRRset } from './built-zone.ts';

const tlsaOwner = /^_([^.]+)\._([^.]+)\./;

/** Of which port of which host an owner of TLSA records speaks; undefined: its first labels are no port and protocol. */
export function servicePoint(
  owner: Name,
): { readonly port: string; readonly protocol: string; readonly host: Name } | undefined {
  const [start, port, protocol] = tlsaOwner.exec(owner) ?? [];
  return start === undefined ? undefined : { port, protocol, host: owner.slice(start.length) as Name };
}

/**
 * For each of the hosts the A and AAAA RRsets of this zone, and the MX records of this zone that name it, taken together: their owner is
 * the host, their TTL the largest. Not signed: who signed them makes no difference to where they lead.
 */
export function routesIn(zone: Zone, hosts: ReadonlySet<Name>): readonly BuiltRRset[] {
  if (hosts.size === 0) return [];
  return [...addressesOf(zone, hosts), ...mailTo(zone, hosts)];
}

/** The DS RRsets of children, whose engines go by when servers show them. */
export function dsOfChildren(zone: Zone, children: readonly Name[]): readonly BuiltRRset[] {
  return children.flatMap((child) => rrsetOf(zone, child, Type.DS));
}

function rrsetOf(zone: Zone, owner: Name, type: TypeCode): BuiltRRset[] {
  const id = zone.find(owner);
  const row = id < 0 ? -1 : zone.row(id, type);
  return row < 0 ? [] : [{ owner, type, records: zone.rdataOf(row).map(hex), ttl: zone.columns.ttl[row] }];
}

function addressesOf(zone: Zone, hosts: ReadonlySet<Name>): readonly BuiltRRset[] {
  return [...hosts].flatMap((host) => {
    if (!isAtOrBelow(host, zone.apex)) return [];
    return [Type.A, Type.AAAA].flatMap((type) => rrsetOf(zone, host, type));
  });
}

function mailTo(zone: Zone, hosts: ReadonlySet<Name>): readonly BuiltRRset[] {
  const found = new Map<Name, { readonly records: Set<string>; ttl: number }>();
  const { type, ttl } = zone.columns;
  for (let row = 0; row < zone.rowCount; row++) {
    if (type[row] !== Type.MX) continue;
    for (const rdata of zone.rdataOf(row)) {
      // RFC 1035 section 3.3.9: the preference, two octets, and the exchange.
      const host = nameFromWire(rdata.subarray(2));
      if (!hosts.has(host)) continue;
      const known = found.get(host) ?? { records: new Set(), ttl: 0 };
      known.records.add(hex(rdata));
      known.ttl = Math.max(known.ttl, ttl[row]);
      found.set(host, known);
    }
  }
  return [...found].map(([owner, known]) => {
    return { owner, type: Type.MX, records: [...known.records].sort(), ttl: known.ttl };
  });
}
