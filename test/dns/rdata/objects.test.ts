import { describe, expect, test } from 'vitest';
import { encodeRecord } from '../../../src/dns/field-text.ts';
import { name } from '../../../src/dns/name.ts';
import { decode, encode, type KnownType, type RDataOf } from '../../../src/dns/rdata/index.ts';
import { Type, typeCode } from '../../../src/dns/type.ts';
import { hex, type Octets } from '../../../src/text/octets.ts';
import { knownTypes } from './arbitrary.ts';

function wireOf(type: number, text: string): Octets {
  const wire = encodeRecord(type, text);
  if (!(wire instanceof Uint8Array)) throw new Error(wire.error);
  return wire;
}

const ab = Buffer.from('ab', 'hex');
const mx = name('mx.example.');
const key = { flags: 257, protocol: 3, algorithm: 13, publicKey: ab };
const digest = Buffer.alloc(32, 0xab);

/** Objects with every field, and the same as text; the compiler checks the names and types of the fields. */
const examples: { readonly [K in KnownType]?: readonly [RDataOf<K>, string] } = {
  A: [{ address: '192.0.2.1' }, '192.0.2.1'],
  AAAA: [{ address: '2001:db8::1' }, '2001:db8::1'],
  NS: [{ target: mx }, 'mx.example.'],
  CNAME: [{ target: mx }, 'MX.example.'],
  DNAME: [{ target: mx }, 'mx.example.'],
  PTR: [{ target: mx }, 'mx.example.'],
  MX: [{ preference: 10, exchange: mx }, '10 mx.example.'],
  SOA: [
    { primary: mx, contact: name('a\\.b.example.'), serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
    'mx.example. a\\.b.example. 1 2 3 4 5',
  ],
  SRV: [{ priority: 1, weight: 2, port: 25, target: mx }, '1 2 25 mx.example.'],
  TLSA: [{ usage: 3, selector: 1, matchingType: 1, data: ab }, '3 1 1 ab'],
  DS: [{ keyTag: 1, algorithm: 13, digestType: 2, digest }, `1 13 2 ${hex(digest)}`],
  CDS: [{ keyTag: 0, algorithm: 0, digestType: 0, digest: Buffer.of(0) }, '0 0 0 00'],
  DNSKEY: [key, '257 3 13 qw=='],
  CDNSKEY: [key, '257 3 13 qw=='],
  RRSIG: [
    {
      typeCovered: Type.TLSA,
      algorithm: 13,
      labels: 4,
      originalTtl: 3600,
      expiration: 1893456000,
      inception: 1577836800,
      keyTag: 1,
      signer: name('example.'),
      signature: ab,
    },
    'TLSA 13 4 3600 20300101000000 20200101000000 1 Example. qw==',
  ],
  NSEC: [{ next: mx, types: [1, 46, 47] }, 'mx.example. NSEC A RRSIG'],
  NSEC3: [
    { hashAlgorithm: 1, flags: 1, iterations: 2, salt: ab, nextHash: Buffer.alloc(20), types: [2] },
    `1 1 2 AB ${'0'.repeat(32)} NS`,
  ],
  NSEC3PARAM: [{ hashAlgorithm: 1, flags: 0, iterations: 0, salt: Buffer.alloc(0) }, '1 0 0 -'],
  ZONEMD: [{ serial: 1, scheme: 1, hashAlgorithm: 240, digest: digest.subarray(0, 12) }, `1 1 240 ${'ab'.repeat(12)}`],
  TXT: [{ strings: [Buffer.from('a b'), Buffer.from('')] }, '"a b" ""'],
  CAA: [{ flags: 0, tag: 'issue', value: Buffer.from('ca.example') }, '0 issue "ca.example"'],
  HTTPS: [{ priority: 1, target: mx, params: [{ key: 3, value: Buffer.of(1, 187) }] }, '1 mx.example. port=443'],
  LOC: [
    {
      location: {
        latitude: -3_600_000,
        longitude: 7_200_500,
        altitude: -1050,
        size: 100,
        horizontalPrecision: 1_000_000,
        verticalPrecision: 1000,
      },
    },
    '1 S 2 0 0.5 E -10.5m',
  ],
  APL: [{ prefixes: [{ family: 2, negated: true, prefix: 32, address: '2001:db8::' }] }, '!2:2001:db8::/32'],
  HIP: [{ identity: { algorithm: 2, tag: ab, publicKey: ab }, servers: [mx] }, '2 AB qw== mx.example.'],
  IPSECKEY: [
    { precedence: 10, gateway: { type: 3, algorithm: 2, host: 'mx.example.' }, publicKey: ab },
    '10 3 2 mx.example. qw==',
  ],
  AMTRELAY: [{ precedence: 10, relay: { discoveryOptional: true, type: 1, host: '192.0.2.1' } }, '10 1 1 192.0.2.1'],
};

/** Octets of any class as one kind of value. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([field, each]) => [field, plain(each)]));
}

test.each(Object.entries(examples))('%s has named fields', (type, [values, text]) => {
  const known = type as KnownType;
  const wire = wireOf(Type[known], text);
  expect(plain(decode(known, wire))).toEqual(plain(values));
  expect(hex(encode(known, values as RDataOf<KnownType>)).toLowerCase()).toBe(
    hex(wire).toLowerCase().replaceAll('4d58', '6d78').replace(/0745/, '0765'),
  );
});

describe('values that a field cannot hold are refused', () => {
  const refused: readonly [string, () => unknown][] = [
    ['a number above its range', () => encode('MX', { preference: 65536, exchange: mx })],
    ['a negative number', () => encode('MX', { preference: -1, exchange: mx })],
    ['a fraction', () => encode('MX', { preference: 1.5, exchange: mx })],
    ['a text that is no address', () => encode('A', { address: '192.0.2.256' })],
    ['a string of 256 octets', () => encode('TXT', { strings: [Buffer.alloc(256)] })],
    ['no string at all', () => encode('TXT', { strings: [] })],
    ['a digest of the wrong length', () => encode('DS', { keyTag: 1, algorithm: 13, digestType: 2, digest: ab })],
    ['no data', () => encode('TLSA', { usage: 3, selector: 1, matchingType: 1, data: Buffer.alloc(0) })],
    ['a tag with a hyphen', () => encode('CAA', { flags: 0, tag: 'is-sue', value: ab })],
    ['a type above 65535', () => encode('NSEC', { next: mx, types: [65536] })],
    ['no types in NSEC', () => encode('NSEC', { next: mx, types: [] })],
    [
      'parameters out of order',
      () =>
        encode('HTTPS', {
          priority: 1,
          target: mx,
          params: [
            { key: 3, value: ab },
            { key: 1, value: ab },
          ],
        }),
    ],
    ['RDATA above 65535 octets', () => encode('DHCID', { data: Buffer.alloc(65536) })],
  ];
  test.each(refused)('%s', (_title, make) => {
    expect(make).toThrow(RangeError);
  });
});

test('decoding octets that are no RDATA of the type is a bug', () => {
  expect(() => decode('MX', Buffer.of(0, 1))).toThrow(RangeError);
  expect(() => decode('LOC', Buffer.from('01000000800000008000000000989680', 'hex'))).toThrow(RangeError);
});

test('RDATA above 65535 octets is refused in text too', () => {
  const strings = Array.from({ length: 257 }, () => `"${'x'.repeat(255)}"`).join(' ');
  expect(encodeRecord(Type.TXT, strings)).toHaveProperty('error', expect.stringMatching(/65535|65792/));
});

test('every type that the table knows has a number', () => {
  for (const type of knownTypes) expect(typeCode(type)).toBe(Type[type]);
});
