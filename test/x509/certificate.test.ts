import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Certificate, certificateName, readCertificate } from '../../src/x509/certificate.ts';
import { DerReader, derElement, Tag } from '../../src/x509/der.ts';
import { readDistinguishedName } from '../../src/x509/distinguished-name.ts';
import { integerText } from '../../src/x509/public-key.ts';
import { authorities, chainOf, made, read, textOf } from './vectors.ts';

const single = [...authorities, ...made.filter(({ tlsa }) => tlsa !== undefined)];

describe('a second reader agrees', () => {
  test.each(single)('$file', ({ file }) => {
    const [certificate] = chainOf(file);
    const node = new X509Certificate(textOf(file));
    expect(Buffer.compare(certificate.der, node.raw)).toBe(0);
    expect(certificate.serial).toBe(node.serialNumber.toLowerCase());
    expect(certificate.isCa).toBe(node.ca);
    expect(certificate.notAfter).toBe(Date.parse(node.validTo) / 1000);
    const names = (node.subjectAltName ?? '').split(', ').filter((name) => name.startsWith('DNS:'));
    expect(certificate.dnsNames.map((name) => `DNS:${name}`)).toEqual(names);
    expect(certificate.signatureAlgorithm.oid).toMatch(/^[12]\./);
  });
});

describe('facts', () => {
  test('alternative names: DNS names only, wildcards and A-labels as they are', () => {
    expect(chainOf('made/san-idn-wildcard.pem')[0].dnsNames).toEqual([
      'xn--mller-kva.example.test',
      '*.example.test',
      'example.test',
    ]);
    expect(chainOf('made/no-san.pem')[0]).toMatchObject({ dnsNames: [], alternativeNames: [] });
  });

  test('constraints, usages and key identifiers of an authority', () => {
    const [leaf, intermediate, root] = chainOf('made/chain.pem');
    expect(leaf).toMatchObject({ isCa: false, isSelfIssued: false, keyUsage: ['digitalSignature'], version: 3 });
    expect(leaf.extendedKeyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(intermediate.keyUsage).toContain('keyCertSign');
    expect(leaf.authorityKeyIdentifier).toBe(intermediate.subjectKeyIdentifier);
    expect(intermediate.authorityKeyIdentifier).toBe(root.subjectKeyIdentifier);
    expect(root).toMatchObject({ isCa: true, isSelfIssued: true });
    expect(chainOf('letsencrypt/r13.pem')[0]).toMatchObject({ pathLength: 0, isCa: true });
  });

  test('the kinds of keys', () => {
    const kinds = [
      'p256',
      'p384',
      'p521',
      'rsa2048',
      'rsa2048-no-null',
      'rsa-pss',
      'ed25519',
      'ed448',
      'p256-explicit',
    ];
    expect(kinds.map((file) => chainOf(`made/${file}.pem`)[0].key)).toEqual([
      { kind: 'ECDSA', curve: 'P-256' },
      { kind: 'ECDSA', curve: 'P-384' },
      { kind: 'ECDSA', curve: 'P-521' },
      { kind: 'RSA', bits: 2048 },
      { kind: 'RSA', bits: 2048 },
      { kind: 'RSA-PSS', bits: 2048 },
      { kind: 'Ed25519' },
      { kind: 'Ed448' },
      { kind: 'ECDSA', curve: 'explicit' },
    ]);
  });

  test('a certificate without a common name goes by its first DNS name', () => {
    const [certificate] = chainOf('made/no-cn-no-ski.pem');
    expect(certificate.commonName).toBeUndefined();
    expect(certificateName(certificate)).toBe(certificate.dnsNames[0]);
  });

  test('serial numbers keep no needless zero and their sign', () => {
    const text = (hex: string) => integerText(Buffer.from(hex, 'hex'));
    expect(['00', '01', '0080', '00ff00', 'ff', '8000', 'ff01'].map(text)).toEqual([
      '00',
      '01',
      '80',
      'ff00',
      '-01',
      '-8000',
      '-ff',
    ]);
  });
});

describe('distinguished names as RFC 4514 text', () => {
  const attribute = (oid: string, tag: number, value: Uint8Array) =>
    derElement(Tag.set, derElement(Tag.sequence, derElement(Tag.oid, Buffer.from(oid, 'hex')), derElement(tag, value)));
  const nameOf = (...rdns: Uint8Array[]) => {
    const reader = new DerReader(derElement(Tag.sequence, ...rdns));
    return readDistinguishedName(reader, 'a name');
  };
  const cn = (text: string, tag: number = Tag.utf8String) => attribute('550403', tag, Buffer.from(text));

  // The examples of RFC 4514 section 4.
  test('the last RDN comes first, and special characters are escaped', () => {
    const organisation = attribute('55040a', Tag.printableString, Buffer.from('Sue, Grabbit and Runn'));
    expect(nameOf(organisation, cn('L. Eagle')).text).toBe('CN=L. Eagle,O=Sue\\, Grabbit and Runn');
    expect(nameOf(cn('James "Jim" Smith, III')).text).toBe('CN=James \\"Jim\\" Smith\\, III');
    expect(nameOf(cn('Before\rAfter')).text).toBe('CN=Before\\0dAfter');
    expect(nameOf(cn('Lučić')).text).toBe('CN=Lučić');
    expect(nameOf(attribute('2b06010401 8b3a00'.replaceAll(' ', ''), Tag.octetString, Buffer.from('Hi'))).text).toBe(
      '1.3.6.1.4.1.1466.0=#04024869',
    );
  });

  test('a leading # and spaces at the ends are escaped', () => {
    expect(nameOf(cn('#a ')).text).toBe('CN=\\#a\\ ');
    expect(nameOf(cn(' ')).text).toBe('CN=\\ ');
  });

  test('BMPString and Latin-1 are read as text', () => {
    expect(nameOf(attribute('550403', Tag.bmpString, Buffer.from('004d00fc', 'hex'))).commonName).toBe('Mü');
    expect(nameOf(attribute('550403', Tag.teletexString, Buffer.from('4dfc', 'hex'))).commonName).toBe('Mü');
  });

  test('names compare without case and with white space folded, whatever the string type (RFC 5280 section 7.1)', () => {
    const key = (rdn: Uint8Array) => nameOf(rdn).key;
    expect(key(cn('Test  Root ', Tag.printableString))).toBe(key(cn('test root')));
    expect(key(cn('Test Root'))).not.toBe(key(cn('Test Root 1')));
    expect(key(cn('Test Root'))).not.toBe(key(attribute('55040a', Tag.utf8String, Buffer.from('Test Root'))));
  });
});

describe('hostile input', () => {
  const der = Buffer.from(chainOf('made/leaf.pem')[0].der);

  test('a certificate that is cut off anywhere is refused', () => {
    for (let length = 0; length < der.length; length++) {
      expect(readCertificate(der.subarray(0, length))).toHaveProperty('kind');
    }
  });

  test('one changed octet never throws, and what is read is a view on what was given', () => {
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(der);
        changed[at] ^= change;
        const certificate = readCertificate(changed) as Certificate;
        if ('offset' in certificate) return;
        expect(Buffer.compare(certificate.der, changed)).toBe(0);
        expect(changed.includes(Buffer.from(certificate.spki))).toBe(true);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  test('arbitrary octets and texts are refused with a problem', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string().map((text) => Buffer.from(text)),
        ),
        (octets) => {
          const { file, rules } = read('file', octets);
          expect(file).toBeUndefined();
          expect(rules.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 1000, seed: 1 },
    );
  });
});
