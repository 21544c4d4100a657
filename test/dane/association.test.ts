import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { matchings, selectors, usages } from '../../src/dane/acronym.ts';
import {
  type Association,
  associationData,
  fromTlsaRData,
  recordSet,
  toTlsaRData,
  toTlsaText,
} from '../../src/dane/association.ts';
import { parseLiteral } from '../../src/dane/literal.ts';
import { matchesChain } from '../../src/dane/matches-chain.ts';
import { mistakenInput } from '../../src/dane/mistakes.ts';
import { hex } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';
import { readCertificate } from '../../src/x509/certificate.ts';
import { at, chainOf } from './hosts.ts';

interface Example {
  readonly document: string;
  readonly section: string;
  readonly usage?: number;
  readonly selector: number;
  readonly matchingType: number;
  readonly data: string;
  readonly rdata?: string;
}

const path = join(import.meta.dirname, '../vectors/rfc/tlsa-examples.json');
const examples = JSON.parse(readFileSync(path, 'utf8')) as Example[];
const octets = (text: string) => Buffer.from(text, 'hex');
const appendixC = examples.filter(({ section }) => section === 'Appendix C');
const certificateOfRfc = appendixC.find(({ selector, matchingType }) => selector === 0 && matchingType === 0);

describe('RFC 6698 appendix C: each selector and matching type of its certificate', () => {
  test.each(appendixC)('$selector $matchingType', ({ selector, matchingType, data }) => {
    const certificate = readCertificate(octets(certificateOfRfc?.data ?? ''));
    if ('offset' in certificate) throw new Error(certificate.message);
    const parameters = { usage: 'DANE-EE', selector: selectors[selector], matching: matchings[matchingType] } as const;
    expect(hex(associationData(parameters, certificate) ?? new Uint8Array())).toBe(data);
  });
});

describe('wire form', () => {
  test.each(
    examples.filter(({ rdata }) => rdata !== undefined),
  )('$document section $section: $usage $selector $matchingType', ({
    rdata = '',
    usage = 0,
    selector,
    matchingType,
    data,
  }) => {
    const association = fromTlsaRData(octets(rdata));
    expect(association).toMatchObject({ usage: usages[usage], selector: selectors[selector] });
    if (association === undefined) throw new Error('not read');
    expect(association.matching).toBe(matchings[matchingType]);
    expect(hex(toTlsaRData(association))).toBe(rdata);
    expect(toTlsaText(association)).toBe(`${usage} ${selector} ${matchingType} ${data}`);
  });

  test.each([
    '',
    '0301',
    '030101',
    `040101${'00'.repeat(32)}`,
    `030201${'00'.repeat(32)}`,
    `030103${'00'.repeat(32)}`,
    `030101${'00'.repeat(31)}`,
  ])('%j is out of range', (rdata) => {
    expect(fromTlsaRData(octets(rdata))).toBeUndefined();
  });
});

describe('record sets', () => {
  const record = (usage: 'DANE-TA' | 'DANE-EE', data: string, certificate: string): Association => ({
    usage,
    selector: 'SPKI',
    matching: 'SHA2-256',
    data: octets(data.repeat(32)),
    from: [{ kind: 'certificate', certificate, role: 'current', depth: 0 }],
  });

  test('equal records are one, with the sources of all; the order is that of the RDATA', () => {
    const set = recordSet([
      record('DANE-EE', 'bb', 'b'),
      record('DANE-EE', 'aa', 'a'),
      record('DANE-TA', 'ff', 'c'),
      record('DANE-EE', 'aa', 'd'),
      record('DANE-EE', 'aa', 'a'),
    ]);
    expect(
      set.map(({ usage, data, from }) => [usage, data[0], from.map((s) => 'certificate' in s && s.certificate)]),
    ).toEqual([
      ['DANE-TA', 0xff, ['c']],
      ['DANE-EE', 0xaa, ['a', 'd']],
      ['DANE-EE', 0xbb, ['b']],
    ]);
  });
});

describe('matching a chain', () => {
  const chain = chainOf('made/chain.pem');
  const renewed = chainOf('made/leaf-renewed.pem');
  const record = (usage: Association['usage'], selector: 'Cert' | 'SPKI', depth: number) => {
    const parameters = { usage, selector, matching: 'SHA2-256' } as const;
    return { ...parameters, data: associationData(parameters, chain[depth]) ?? new Uint8Array() };
  };

  test('end-entity usages match the leaf only, trust-anchor usages the certificates above it', () => {
    for (const usage of ['DANE-EE', 'PKIX-EE'] as const) {
      expect([0, 1, 2].map((depth) => matchesChain(record(usage, 'SPKI', depth), chain))).toEqual([
        0,
        undefined,
        undefined,
      ]);
    }
    for (const usage of ['DANE-TA', 'PKIX-TA'] as const) {
      expect([0, 1, 2].map((depth) => matchesChain(record(usage, 'Cert', depth), chain))).toEqual([undefined, 1, 2]);
    }
  });

  test('a root that is not presented does not match (RFC 7671 section 5.2.2)', () => {
    expect(matchesChain(record('DANE-TA', 'Cert', 2), chain.slice(0, 2))).toBeUndefined();
  });

  test('a renewed certificate with the same key matches SPKI and not Cert', () => {
    expect(matchesChain(record('DANE-EE', 'SPKI', 0), renewed)).toBe(0);
    expect(matchesChain(record('DANE-EE', 'Cert', 0), renewed)).toBeUndefined();
  });

  test('the two certificates of a cross-signed issuer match with SPKI, one of them with Cert', () => {
    const both = chainOf('made/chain-both-intermediates.pem');
    const cross = both.slice(0, 1).concat(both.slice(2));
    expect(matchesChain(record('DANE-TA', 'SPKI', 1), cross)).toBe(1);
    expect(matchesChain(record('DANE-TA', 'Cert', 1), cross)).toBeUndefined();
  });

  test('the octets of the key count, not the key: another encoding is another record', () => {
    const plain = chainOf('made/p256.pem');
    const parameters = { usage: 'DANE-EE', selector: 'SPKI', matching: 'SHA2-256' } as const;
    const data = associationData(parameters, plain[0]) ?? new Uint8Array();
    expect(matchesChain({ ...parameters, data }, plain)).toBe(0);
    expect(matchesChain({ ...parameters, data }, chainOf('made/p256-compressed.pem'))).toBeUndefined();
  });
});

describe('literal records', () => {
  const digest = 'ab'.repeat(32);
  test.each([
    [`3 1 1 ${digest}`],
    [`DANE-EE spki SHA2-256 ${digest.toUpperCase()}`],
    [`3 1 1 ( ${digest.slice(0, 20)}\n ${digest.slice(20)} )`],
  ])('%j', (text) => {
    const to = newReport();
    const association = parseLiteral(text, at(1), to);
    expect(to.problems).toEqual([]);
    expect(association && toTlsaText(association)).toBe(`3 1 1 ${digest}`);
  });

  test.each([
    ['', 'certificate usage'],
    [`4 1 1 ${digest}`, 'certificate usage'],
    [`255 1 1 ${digest}`, 'certificate usage'],
    [`3 2 1 ${digest}`, 'selector'],
    [`3 1 3 ${digest}`, 'matching type'],
    ['3 1 1', 'association data'],
    [`3 1 1 ${digest}a`, 'association data'],
    [`3 1 1 ${digest.replace('a', 'g')}`, 'association data'],
    [`3 1 1 ${digest.slice(2)}`, 'association data'],
    [`3 1 2 ${digest}`, 'association data'],
    ['3 1 0', 'association data'],
  ])('%j is out of range', (text, field) => {
    const to = newReport();
    expect(parseLiteral(text, at(7), to)).toBeUndefined();
    expect(to.problems).toMatchObject([{ rule: 'dane/field-range', position: at(7) }]);
    expect(to.problems[0].message.startsWith(field)).toBe(true);
  });
});

/** The digests were made with the shell pipes that the mistakes are known from, over test/vectors/certs/made/p256.pem. */
describe('digests of the wrong input', () => {
  const chain = chainOf('made/p256.pem');
  const record = (selector: 'Cert' | 'SPKI', data: string) =>
    ({ usage: 'DANE-EE', selector, matching: 'SHA2-256', data: octets(data) }) as const;
  test.each([
    ['empty input', 'SPKI', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['an empty line', 'SPKI', '01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b'],
    ['the whole certificate', 'SPKI', 'bbf551f2ba7ca8b77781a7248499f9192561b4c8455aeb513240c8fbf2d067de'],
    ['the public key (SPKI)', 'Cert', 'a09a205c78d58924d7d0aaa76968581ef35d889eb16454a62c8ce254281981b3'],
    ['the PEM text of the certificate', 'SPKI', '61172fcbf5cc5d0ec538183efa47b94dabbd1ae41e9bd5c068ffbdd5c5ea0371'],
    ['the PEM text of the public key', 'SPKI', '92d0cee1130e6d5ceba8ab5c6e500fd01497a3a13db514f314599b7e1dbec6e5'],
    ['the bare key without its algorithm', 'SPKI', '63aa80a5f9787d4bf95a79ec02cae9e898a713b2489dc68bcb36f76bf3f65849'],
    [
      'the hexadecimal text of the public key',
      'SPKI',
      'd831987c077a894cec743c07f372516f8696b4c4042339556f51a21916d32e1c',
    ],
  ] as const)('%s', (input, selector, data) => {
    expect(mistakenInput(record(selector, data), chain)).toBe(input);
  });

  test('right records and foreign digests are no mistake', () => {
    expect(
      mistakenInput(record('SPKI', 'a09a205c78d58924d7d0aaa76968581ef35d889eb16454a62c8ce254281981b3'), chain),
    ).toBeUndefined();
    expect(mistakenInput(record('SPKI', 'ab'.repeat(32)), chain)).toBeUndefined();
  });
});
