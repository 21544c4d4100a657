/** The digest over a zone (RFC 8976 section 3.3, scheme SIMPLE), and what ZONEMD says of it (section 4). */
import { createHash } from 'node:crypto';
import { OctetWriter } from '../dns/fields.ts';
import { decode, writeCanonical } from '../dns/rdata/index.ts';
import { Type } from '../dns/type.ts';
import type { Zone, ZoneColumns } from '../dns/zone.ts';
import { hex, type Octets } from '../text/octets.ts';
import type { Findings } from './findings.ts';
import { rules } from './rules.ts';

const schemeSimple = 1;
const hashes: Readonly<Record<number, ZoneHash>> = { 1: 'sha384', 2: 'sha512' };
export type ZoneHash = 'sha384' | 'sha512';

const classIn = 1;
/** Octets that are laid out before they are hashed. */
const chunk = 1 << 16;

/**
 * The digest over every record of the zone in canonical order and form, glue and occluded data included. Left out are the ZONEMD
 * RRset at the apex and its signatures.
 */
export function zoneDigest(columns: ZoneColumns, name: ZoneHash): Octets {
  const { names, nameStart, owner, type, covered, ttl, recordStart, rdataStart, rdata } = columns;
  const hash = createHash(name);
  const out = new OctetWriter(chunk + 0x10000);
  for (let row = 0; row < type.length; row++) {
    if (owner[row] === 0 && (type[row] === Type.ZONEMD || covered[row] === Type.ZONEMD)) continue;
    const ownerFrom = nameStart[owner[row]];
    const ownerTo = nameStart[owner[row] + 1];
    for (let record = recordStart[row]; record < recordStart[row + 1]; record++) {
      const from = rdataStart[record];
      const to = rdataStart[record + 1];
      out.reserve(ownerTo - ownerFrom + 10 + to - from);
      for (let i = ownerFrom; i < ownerTo; i++) out.octets[out.length++] = names[i];
      out.u16(type[row]);
      out.u16(classIn);
      out.u32(ttl[row]);
      out.u16(to - from);
      writeCanonical(type[row], rdata, from, to, out);
    }
    if (out.length < chunk) continue;
    hash.update(out.octets.subarray(0, out.length));
    out.length = 0;
  }
  return hash.update(out.octets.subarray(0, out.length)).digest();
}

/** The hashes that the ZONEMD records of a zone need. */
export function zoneHashesOf(zone: Zone): ZoneHash[] {
  const needed = zonemdOf(zone).map(({ scheme, hashAlgorithm }) => hashOf(scheme, hashAlgorithm));
  return [...new Set(needed)].filter((name) => name !== undefined);
}

/** Compares the ZONEMD records at the apex with the zone; `digests` has what `zoneHashesOf` asked for. */
export function checkZonemd(
  zone: Zone,
  serial: number,
  digests: ReadonlyMap<ZoneHash, Octets>,
  findings: Findings,
): void {
  const records = zonemdOf(zone);
  for (const { record, serial: found, scheme, hashAlgorithm, digest } of records) {
    const name = hashOf(scheme, hashAlgorithm);
    if (name === undefined) {
      findings.say(rules['zonemd/unknown'], record, { scheme, hash: hashAlgorithm });
      continue;
    }
    if (found !== serial) {
      findings.say(rules['zonemd/serial'], record, { expected: serial, found });
      continue;
    }
    const computed = digests.get(name);
    if (computed === undefined) throw new Error(`no ${name} digest was computed`);
    const expected = hex(computed);
    if (expected !== hex(digest)) findings.say(rules['zonemd/digest'], record, { expected, found: hex(digest) });
  }
}

function zonemdOf(zone: Zone) {
  const row = zone.row(0, Type.ZONEMD);
  if (row < 0) return [];
  const first = zone.columns.recordStart[row];
  return zone.rdataOf(row).map((rdata, i) => ({ record: first + i, ...decode('ZONEMD', rdata) }));
}

function hashOf(scheme: number, hashAlgorithm: number): ZoneHash | undefined {
  return scheme === schemeSimple ? hashes[hashAlgorithm] : undefined;
}
