import { describe, expect, test } from 'vitest';
import { name, nameToWire } from '../../src/dns/name.ts';
import { digestTypeOf, digestTypes, dsDigest, dsRData } from '../../src/dnssec/ds.ts';
import { fromHex, hex } from '../../src/text/octets.ts';
import index from '../vectors/keys/index.json';
import rfc4034 from '../vectors/rfc/rfc4034-5.4.json';
import rfc4509 from '../vectors/rfc/rfc4509-2.3.json';
import rfc6605 from '../vectors/rfc/rfc6605-6.json';
import rfc8080 from '../vectors/rfc/rfc8080-6.json';

describe('DS', () => {
  test.each([
    ...rfc4034,
    ...rfc4509,
    ...rfc6605,
    ...rfc8080,
  ])('the digest over owner and DNSKEY is the one that the RFC prints: tag $keyTag type $ds.digestType', ({
    owner,
    dnskeyRdata,
    keyTag,
    algorithm,
    ds,
  }) => {
    const rdata = fromHex(dnskeyRdata)!;
    expect(hex(dsDigest(nameToWire(name(owner)), rdata, ds.digestType))).toBe(ds.digest);
    const head = [keyTag >>> 8, keyTag & 0xff, algorithm, ds.digestType];
    expect(hex(dsRData(name(owner), rdata, ds.digestType))).toBe(hex(Uint8Array.from(head)) + ds.digest);
  });

  test.each(index)('the digests of $file are those of dnssec-dsfromkey', (key) => {
    const head = Uint8Array.of(key.flags >>> 8, key.flags & 0xff, key.protocol, key.algorithm);
    const rdata = Buffer.concat([head, Buffer.from(key.publicKey, 'base64')]);
    for (const [type, digest] of Object.entries(key.ds)) {
      expect(hex(dsDigest(nameToWire(name(key.zone)), rdata, Number(type)))).toBe(digest);
    }
  });

  test('only SHA-256 and SHA-384 are made; the others are refused with a reason', () => {
    expect(digestTypes.filter((type) => type.mayMake).map((type) => type.number)).toEqual([2, 4]);
    for (const type of digestTypes) expect(type.refusal === undefined).toBe(type.mayMake);
  });

  test('a digest type is known by its number and by its mnemonic', () => {
    expect(digestTypeOf('sha256')?.number).toBe(2);
    expect(digestTypeOf('SHA-384')?.number).toBe(4);
    expect(digestTypeOf('4')?.number).toBe(4);
    expect(digestTypeOf(3)?.refusal).toContain('GOST');
    expect(digestTypeOf('SHA-512')).toBeUndefined();
    expect(digestTypeOf(7)).toBeUndefined();
  });
});
