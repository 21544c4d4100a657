import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeRecord } from '../../../src/dns/field-text.ts';
import { compareNames, type Name, parseName } from '../../../src/dns/name.ts';
import { decode, encode, presentRData } from '../../../src/dns/rdata/index.ts';
import { Type, typeCode } from '../../../src/dns/type.ts';
import { hex, type Octets } from '../../../src/text/octets.ts';

function vectors<T>(file: string): T[] {
  return JSON.parse(readFileSync(`test/vectors/rfc/${file}`, 'utf8')) as T[];
}

function wireOf(type: number, text: string): Octets {
  const wire = encodeRecord(type, text);
  if (!(wire instanceof Uint8Array)) throw new Error(wire.error);
  return wire;
}

interface Rfc4034 {
  readonly section: string;
  readonly canonicalOrder?: readonly string[];
  readonly type?: string;
  readonly rdataText?: string;
  readonly rdataHex?: string;
}

describe('RFC 4034', () => {
  const entries = vectors<Rfc4034>('rfc4034-order-bitmap.json');

  test('section 6.1: canonical name order', () => {
    const [{ canonicalOrder = [] }] = entries.filter((entry) => entry.section === '6.1');
    const names = canonicalOrder.map((text) => parseName(text) as Name);
    expect(canonicalOrder.length).toBe(9);
    expect([...names].reverse().sort(compareNames)).toEqual(names);
    expect([...names].sort(compareNames)).toEqual(names);
  });

  test('section 4.3: the wire form of an NSEC record', () => {
    const [{ rdataText = '', rdataHex = '' }] = entries.filter((entry) => entry.section === '4.3');
    const wire = wireOf(Type.NSEC, rdataText);
    expect(hex(wire)).toBe(rdataHex);
    expect(decode('NSEC', wire)).toEqual({ next: 'host.example.com.', types: [1, 15, 46, 47, 1234] });
    expect(presentRData(Type.NSEC, wire)).toBe(rdataText);
  });

  test('section 2.3: a DNSKEY record', () => {
    const [{ type = '', rdataText = '' }] = entries.filter((entry) => entry.section === '2.3');
    const { flags, protocol, algorithm, publicKey } = decode('DNSKEY', wireOf(typeCode(type) ?? 0, rdataText));
    expect([flags, protocol, algorithm, publicKey.length]).toEqual([256, 3, 5, 130]);
  });
});

interface Dhcid {
  readonly section: string;
  readonly presentation: string;
  readonly rdata: string;
}

test.each(vectors<Dhcid>('rfc4701-dhcid.json'))('RFC 4701 section $section: DHCID', ({ presentation, rdata }) => {
  const wire = wireOf(Type.DHCID, presentation);
  expect(hex(wire)).toBe(rdata);
  expect(presentRData(Type.DHCID, wire)).toBe(presentation);
});

interface Tlsa {
  readonly document: string;
  readonly section: string;
  readonly usage?: number;
  readonly selector: number;
  readonly matchingType: number;
  readonly data: string;
  readonly rdata?: string;
}

const associations = vectors<Tlsa>('tlsa-examples.json').filter((entry) => entry.rdata !== undefined);

test('the examples of TLSA are there', () => {
  expect(associations.length).toBeGreaterThan(3);
});

test.each(associations)('$document section $section: TLSA $usage $selector $matchingType', (entry) => {
  const { usage = -1, selector, matchingType, data, rdata } = entry;
  const wire = wireOf(Type.TLSA, `${usage} ${selector} ${matchingType} ${data}`);
  expect(hex(wire)).toBe(rdata);
  expect(hex(encode('TLSA', { usage, selector, matchingType, data: Buffer.from(data, 'hex') }))).toBe(rdata);
});
