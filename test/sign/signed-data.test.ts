import { describe, expect, test } from 'vitest';
import { openVerifier } from '../../src/crypto/verify-signature.ts';
import { OctetWriter } from '../../src/dns/fields.ts';
import { name, nameToWire } from '../../src/dns/name.ts';
import { decode } from '../../src/dns/rdata/index.ts';
import { Type, typeCode } from '../../src/dns/type.ts';
import { putRecords, putSignatureHead, signedLabels } from '../../src/sign/signed-data.ts';
import { concatOctets, hex, type Octets } from '../../src/text/octets.ts';
import { parseTime } from '../../src/text/time.ts';
import rfc5702 from '../vectors/rfc/rfc5702-6.json';
import rfc6605 from '../vectors/rfc/rfc6605-6.json';
import rfc8080 from '../vectors/rfc/rfc8080-6.json';
import { publishedIn, readVector, zoneOf } from './support.ts';

interface Head {
  readonly type: number;
  readonly algorithm: number;
  readonly originalTtl: number;
  readonly expiration: number;
  readonly inception: number;
  readonly keyTag: number;
  readonly signer: string;
}

/** What this stage would sign for an RRset, with the fields that are free taken from an RRSIG. */
function signedOctets(owner: Octets, head: Head, records: readonly Octets[]): Octets {
  const out = new OctetWriter();
  const { type, algorithm, originalTtl: ttl, expiration, inception, keyTag: tag } = head;
  putSignatureHead(
    out,
    { type, algorithm, labels: signedLabels(owner), ttl, expiration, inception, tag },
    nameToWire(name(head.signer)),
  );
  const starts = [0];
  for (const record of records) starts.push(starts[starts.length - 1] + record.length);
  putRecords(out, owner, type, ttl, { rdata: concatOctets(records), starts, from: 0, to: records.length });
  return out.copy();
}

describe('the octets that are signed', () => {
  test.each([
    ...rfc5702.map((each) => ({ rfc: 'RFC 5702', ...each })),
    ...rfc6605.map((each) => ({ rfc: 'RFC 6605', ...each })),
    ...rfc8080.map((each) => ({ rfc: 'RFC 8080', ...each })),
  ])('$rfc section $section: $rrset.owner $rrset.type, algorithm $algorithm', ({ rrset, rrsig, signedData }) => {
    const seconds = (time: string | number) => parseTime(String(time))!;
    const head = {
      ...rrsig,
      type: typeCode(rrset.type)!,
      expiration: seconds(rrsig.expiration),
      inception: seconds(rrsig.inception),
    };
    const records = rrset.rdataHex.map((each) => Buffer.from(each, 'hex'));
    expect(hex(signedOctets(nameToWire(name(rrset.owner)), head, records))).toBe(signedData);
  });

  test.each([
    ['RFC 4035 appendix A', 'rfc/rfc4035-a.zone', 'example.', 27],
    ['RFC 5155 appendix A', 'rfc/rfc5155-a.zone', 'example.', 30],
    ['RFC 8976 appendix A.4', 'rfc/rfc8976-a4-uri-arpa.zone', 'uri.arpa.', 15],
    ['zones of BIND', 'signed/bind-nsec.zone', 'zone.test.', undefined],
    ['zones of Knot', 'signed/knot-two.zone', 'zone.test.', undefined],
    ['zones of ldns', 'signed/ldns-optout.zone', 'zone.test.', undefined],
  ])('every signature of %s verifies over what is laid out here', (_, file, origin, count) => {
    const zone = zoneOf(readVector(file), origin);
    const keys = publishedIn(zone);
    let verified = 0;
    for (let row = 0; row < zone.rowCount; row++) {
      const type = zone.columns.covered[row];
      if (type === 0) continue;
      const owner = zone.columns.owner[row];
      for (const rdata of zone.rdataOf(row)) {
        const rrsig = decode('RRSIG', rdata);
        const key = keys.find(({ tag, algorithm }) => tag === rrsig.keyTag && algorithm === rrsig.algorithm)!;
        const verifier = openVerifier(key.algorithm, key.publicKey);
        if ('error' in verifier) throw new Error(verifier.error);
        const message = signedOctets(zone.nameWire(owner), { ...rrsig, type }, zone.rdataOf(zone.row(owner, type)));
        expect(verifier.verify(message, rrsig.signature)).toBe(true);
        verified++;
      }
    }
    if (count !== undefined) expect(verified).toBe(count);
    expect(verified).toBeGreaterThan(0);
  });

  test('names in RDATA are in lower case for the types of RFC 4034 section 6.2', () => {
    const zone = zoneOf('$TTL 60\n@ SOA ns1 h 1 1 1 1 1\n@ MX 10 MAIL.Example.\n', 'example.');
    const out = new OctetWriter();
    const [mx] = zone.rdataOf(zone.row(0, Type.MX));
    putRecords(out, zone.nameWire(0), Type.MX, 60, { rdata: mx, starts: [0, mx.length], from: 0, to: 1 });
    const head = `${hex(zone.nameWire(0))}000f00010000003c`;
    expect(hex(out.copy())).toBe(`${head}0010000a046d61696c076578616d706c6500`);
  });

  test('neither the root nor a leading asterisk counts as a label', () => {
    const labels = (of: string) => signedLabels(nameToWire(name(of)));
    expect(['.', '*.', 'example.', '*.example.', 'a.*.example.', '**.example.'].map(labels)).toEqual([
      0, 0, 1, 1, 3, 2,
    ]);
  });
});
