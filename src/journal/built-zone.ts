/** What a build has made, as the journal wants to know it: read from the signed zone. */
import type { Name } from '../dns/name.ts';
import { Type, type TypeCode } from '../dns/type.ts';
import type { Row, Zone } from '../dns/zone.ts';
import { asBuffer, hex } from '../text/octets.ts';
import { type ContentVersion, keyId, type SerialPolicy, type Signed } from './journal.ts';
import { dsOfChildren, routesIn, servicePoint } from './routes.ts';

export interface BuiltRRset {
  readonly owner: Name;
  readonly type: TypeCode;
  readonly records: readonly string[];
  readonly ttl: number;
  readonly signed?: Signed;
}

export interface BuiltZone {
  readonly serial: number;
  readonly serialPolicy: SerialPolicy;
  /** See SerialRecord. */
  readonly contentDigest: string;
  /** When the first signature runs out, Unix seconds; undefined where nothing is signed. */
  readonly firstExpiry?: number;
  readonly content: Pick<ContentVersion, 'largestTtl' | 'negativeTtl' | 'expire' | 'signed'>;
  /** Every awaited RRset that the zone has. */
  readonly rrsets: readonly BuiltRRset[];
  /** Of `Journal.routes`; undefined: they are as they were. */
  readonly routes?: readonly BuiltRRset[];
  /** The DS RRset that the parent should have now: RDATA in hexadecimal. */
  readonly parentDs: readonly string[];
}

/** Types whose arrival in caches is waited for. A CNAME counts where a TLSA RRset could stand (RFC 7671 section 7). */
const awaited: ReadonlySet<TypeCode> = new Set([Type.DNSKEY, Type.CDS, Type.CDNSKEY, Type.TLSA]);

export interface HowBuilt {
  readonly serialPolicy: SerialPolicy;
  readonly contentDigest: string;
  readonly parentDs: readonly string[];
  /** Whose routes are followed besides those of the hosts with TLSA records in this zone. */
  readonly hosts?: Iterable<Name>;
  /** Zones of this repository whose parent this is: since when servers show their DS is followed. */
  readonly children?: readonly Name[];
}

/** Reads a zone as it was verified (signed, or on purpose unsigned). `now` decides which 32-bit time is meant (RFC 4034 3.1.5). */
export function builtZone(zone: Zone, how: HowBuilt, now: number): BuiltZone {
  const { columns } = zone;
  const rrsets: BuiltRRset[] = [];
  const rest = new Signatures(now);
  const all = new Signatures(now);
  const hosts = new Set(how.hosts);
  let largestTtl = 0;
  for (let row = 0; row < zone.rowCount; row++) {
    const type = columns.type[row];
    if (type === Type.RRSIG) {
      all.addRow(zone, row);
      if (!awaited.has(columns.covered[row])) rest.addRow(zone, row);
      continue;
    }
    if (awaited.has(type) || (type === Type.CNAME && servicePoint(zone.name(columns.owner[row])) !== undefined)) {
      const rrset = builtRRset(zone, row, now);
      rrsets.push(rrset);
      const point = servicePoint(rrset.owner);
      if (point !== undefined) hosts.add(point.host);
    } else if (type !== Type.NSEC && type !== Type.NSEC3) {
      largestTtl = Math.max(largestTtl, columns.ttl[row]);
    }
  }
  const soa = zone.row(0, Type.SOA);
  const [record] = zone.rdataOf(soa);
  const timers = asBuffer(record.subarray(record.length - 20));
  return {
    serial: timers.readUInt32BE(0),
    serialPolicy: how.serialPolicy,
    contentDigest: how.contentDigest,
    firstExpiry: all.firstExpiry(),
    content: {
      largestTtl,
      negativeTtl: Math.min(columns.ttl[soa], timers.readUInt32BE(16)),
      expire: timers.readUInt32BE(12),
      signed: rest.signed(),
    },
    rrsets,
    routes: [...routesIn(zone, hosts), ...dsOfChildren(zone, how.children ?? [])],
    parentDs: how.parentDs,
  };
}

function builtRRset(zone: Zone, row: Row, now: number): BuiltRRset {
  const { owner, type, ttl } = zone.columns;
  const signatures = new Signatures(now);
  const covering = zone.row(owner[row], Type.RRSIG, type[row]);
  if (covering >= 0) signatures.addRow(zone, covering);
  return {
    owner: zone.name(owner[row]),
    type: type[row],
    records: zone.rdataOf(row).map(hex),
    ttl: ttl[row],
    signed: signatures.signed(),
  };
}

/** Who signed, and the latest times, over some RRSIG rows. */
class Signatures {
  readonly #now: number;
  readonly #signers = new Set<number>();
  #inception = Number.NEGATIVE_INFINITY;
  #expiration = Number.NEGATIVE_INFINITY;
  #firstExpiry = Number.POSITIVE_INFINITY;

  constructor(now: number) {
    this.#now = now;
  }

  addRow(zone: Zone, row: Row): void {
    const { recordStart, rdataStart, rdata } = zone.columns;
    const octets = asBuffer(rdata);
    for (let record = recordStart[row]; record < recordStart[row + 1]; record++) {
      // RFC 4034 section 3.1: type covered, algorithm, labels, original TTL, expiration, inception, key tag.
      const at = rdataStart[record];
      this.#signers.add(octets[at + 2] * 0x10000 + octets.readUInt16BE(at + 16));
      const expiration = this.#near(octets.readUInt32BE(at + 8));
      this.#expiration = Math.max(this.#expiration, expiration);
      this.#firstExpiry = Math.min(this.#firstExpiry, expiration);
      this.#inception = Math.max(this.#inception, this.#near(octets.readUInt32BE(at + 12)));
    }
  }

  signed(): Signed | undefined {
    if (this.#signers.size === 0) return undefined;
    const signers = [...this.#signers].sort((a, b) => a - b).map((id) => keyId(id >>> 16, id & 0xffff));
    return { signers, inception: this.#inception, expiration: this.#expiration };
  }

  firstExpiry(): number | undefined {
    return this.#signers.size === 0 ? undefined : this.#firstExpiry;
  }

  /** The time nearest to now that has these 32 bits. */
  #near(time: number): number {
    return this.#now + ((time - this.#now) | 0);
  }
}
