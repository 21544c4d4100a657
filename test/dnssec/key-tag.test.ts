import { describe, expect, test } from 'vitest';
import { keyTag, revokedKeyTag } from '../../src/dnssec/key-tag.ts';
import { fromHex } from '../../src/text/octets.ts';
import index from '../vectors/keys/index.json';
import rfc4034 from '../vectors/rfc/rfc4034-5.4.json';
import rfc5702 from '../vectors/rfc/rfc5702-6.json';
import rfc6605 from '../vectors/rfc/rfc6605-6.json';
import rfc8080 from '../vectors/rfc/rfc8080-6.json';

describe('key tags', () => {
  test.each([
    ...rfc4034,
    ...rfc5702,
    ...rfc6605,
    ...rfc8080,
  ])('the tag of an RFC key is the one that the RFC prints: $keyTag', ({ dnskeyRdata, keyTag: tag }) => {
    expect(keyTag(fromHex(dnskeyRdata)!)).toBe(tag);
  });

  test.each(index)('the tag of $file is the one of dnssec-keygen', ({
    flags,
    protocol,
    algorithm,
    publicKey,
    keyTag: tag,
  }) => {
    const rdata = Buffer.concat([
      Uint8Array.of(flags >>> 8, flags & 0xff, protocol, algorithm),
      Buffer.from(publicKey, 'base64'),
    ]);
    expect(keyTag(rdata)).toBe(tag);
  });

  test('RSA/MD5 takes the tag from the modulus: the two octets before the last one (appendix B.1)', () => {
    const rdata = fromHex('0100030101039e8a247418e3aabbcc')!;
    expect(keyTag(rdata)).toBe(0xaabb);
  });

  test('the tag of a revoked key is that of the same RDATA with the REVOKE bit', () => {
    const rdata = fromHex(rfc6605[0].dnskeyRdata)!;
    const revoked = Uint8Array.from(rdata);
    revoked[1] = 0x81;
    expect(revokedKeyTag(rdata)).toBe(keyTag(revoked));
    expect(revokedKeyTag(revoked)).toBe(keyTag(revoked));
    // The flags are added as one number: 55648 + 128 (RFC 6605 section 6.1, flags 257).
    expect(revokedKeyTag(rdata)).toBe(55776);
  });
});
