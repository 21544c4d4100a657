import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decode } from '../../src/dns/rdata/index.ts';
import { Type } from '../../src/dns/type.ts';
import type { Zone } from '../../src/dns/zone.ts';
import { Collation, mergeOwner } from '../../src/sign/collation.ts';
import { concatOctets, hex, type Octets } from '../../src/text/octets.ts';
import vectors from '../vectors/rfc/zonemd.json';
import { readVector, zoneOf } from './support.ts';

/** Everything but apex ZONEMD and its signature, name by name, through the collation (RFC 8976 section 3.3.1). */
function collate(zone: Zone, collation = new Collation()): Octets {
  const { rrsetStart, type, covered, ttl, recordStart, rdataStart: starts, rdata } = zone.columns;
  for (let id = 0; id < zone.nameCount; id++) {
    for (let row = rrsetStart[id]; row < rrsetStart[id + 1]; row++) {
      if (id === 0 && (type[row] === Type.ZONEMD || covered[row] === Type.ZONEMD)) continue;
      if (type[row] === Type.RRSIG) {
        for (const signature of zone.rdataOf(row)) collation.addSignature(zone.nameWire(id), ttl[row], signature);
      } else {
        const records = { rdata, starts, from: recordStart[row], to: recordStart[row + 1] };
        collation.addRRset(zone.nameWire(id), type[row], ttl[row], records);
      }
    }
    collation.endOwner();
  }
  return collation.copy();
}

const kinds: Readonly<Record<number, string>> = { 1: 'sha384', 2: 'sha512' };

describe('collation for ZONEMD', () => {
  test.each(
    vectors.flatMap(({ file, origin, zonemd }) =>
      zonemd
        .filter(({ scheme, hashAlgorithm }) => scheme === 1 && kinds[hashAlgorithm] !== undefined)
        .map(({ hashAlgorithm, digest }) => ({ file, origin, kind: kinds[hashAlgorithm], digest })),
    ),
  )('$file: $kind', ({ file, origin, kind, digest }) => {
    const collated = collate(zoneOf(readVector(`rfc/${file}`), origin));
    expect(createHash(kind).update(collated).digest('hex')).toBe(digest);
  });

  test.each(['knot', 'ldns'])('the digest of %s, over signatures too', (signer) => {
    const zone = zoneOf(readVector(`signed/${signer}-zonemd.zone`), 'zone.test.');
    const { digest } = decode('ZONEMD', zone.rdataOf(zone.row(0, Type.ZONEMD))[0]);
    expect(createHash('sha384').update(collate(zone)).digest('hex')).toBe(hex(digest));
  });

  test('an owner that comes in pieces is put into one order', () => {
    const zone = zoneOf(readVector('rfc/rfc8976-a4-uri-arpa.zone'), 'uri.arpa.');
    const { rrsetStart } = zone.columns;
    const whole = collate(zone);
    const collation = new Collation();
    const pieces: Octets[] = [];
    for (const wanted of [Type.DNSKEY, Type.SOA, undefined]) {
      for (let row = rrsetStart[0]; row < rrsetStart[1]; row++) {
        const { type, covered, ttl, recordStart, rdataStart: starts, rdata } = zone.columns;
        const of = type[row] === Type.RRSIG ? covered[row] : type[row];
        if (of === Type.ZONEMD || (wanted === undefined ? of === Type.DNSKEY || of === Type.SOA : of !== wanted))
          continue;
        if (type[row] === Type.RRSIG) {
          for (const signature of zone.rdataOf(row)) collation.addSignature(zone.nameWire(0), ttl[row], signature);
        } else {
          const records = { rdata, starts, from: recordStart[row], to: recordStart[row + 1] };
          collation.addRRset(zone.nameWire(0), of, ttl[row], records);
        }
      }
      collation.endOwner();
      pieces.push(collation.copy());
      collation.clear();
    }
    const merged = mergeOwner(pieces);
    expect(concatOctets(pieces)).toHaveLength(merged.length);
    expect(hex(whole).startsWith(hex(merged))).toBe(true);
  });
});
