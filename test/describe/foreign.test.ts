/** Keys of another provider in the description: what they may be, and what is said of others. */
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { rolloverPolicyOf } from '../../src/rollover/policy.ts';
import { described } from './described.ts';

/** RFC 6605 section 6.1. */
const key = 'GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==';

function foreign(keys: readonly string[], more = '') {
  const list = keys.map((text) => JSON.stringify(text)).join(', ');
  const yaml = `domains:\n  example.org:\n    nameservers: [ns1.example.net, ns2.example.com]\n    foreign: {keys: [${list}]${more}}\n`;
  const { description, problems } = described(yaml);
  return { domain: description.domains.get(name('example.org.')), problems };
}

describe('keys of another provider', () => {
  test('are DNSKEY data as dig prints it', () => {
    const { domain, problems } = foreign([
      `257 3 13 ${key}`,
      '256 3 13 bP5FPnNsrg68ZYam7+CD0vqwRGGbuLYT12oBqWOaVE9lNUiDK07CFGmPX8E2G8cxVt+Yr4AASTukTAPGps8FTQ==',
    ]);
    expect(problems).toEqual([]);
    expect(domain?.foreign?.keys.map(({ id }) => id)).toEqual(['ECDSAP256SHA256 55648', expect.any(String)]);
    const policy = rolloverPolicyOf(domain!);
    expect(policy.foreign?.keys.length).toBe(2);
    expect([policy.foreign?.serves, policy.manual]).toEqual([false, false]);
  });

  test('of which the servers answer: our steps wait for a word, since the other provider has to have our keys first', () => {
    const policy = rolloverPolicyOf(foreign([`257 3 13 ${key}`], ', nameservers: ns2.example.com').domain!);
    expect([policy.foreign?.serves, policy.manual]).toEqual([true, true]);
  });

  test.each([
    ['a private key', 'Private-key-format: v1.3\nAlgorithm: 13', 'private key'],
    ['no DNSKEY data', 'hello', 'expected DNSKEY data'],
    ['key data that is cut off', '257 3 13 !!', 'expected DNSKEY data'],
    ['flags of no zone key', `0 3 13 ${key}`, 'found 0'],
    ['a revoked key', `385 3 13 ${key}`, 'revoked'],
    ['a key that was mistyped', `257 3 13 ${key.replace('Goj', 'Hoj')}`, 'no key of ECDSAP256SHA256'],
    ['another protocol', `257 2 13 ${key}`, 'protocol 3'],
    ['another algorithm', `257 3 15 ${key}`, 'same algorithm'],
  ])('are refused with what was found: %s', (_, text, said) => {
    const { problems } = foreign([text]);
    expect(problems.map(({ rule }) => rule)).toEqual(['describe/foreign-key']);
    expect(problems[0].message).toContain(said);
    expect(problems[0].position?.line).toBe(4);
  });

  test('stand there once', () => {
    const { problems } = foreign([`257 3 13 ${key}`, `257 3 13 ${key}`]);
    expect(problems.map(({ rule }) => rule)).toEqual(['describe/foreign-key']);
  });

  test('have no meaning in a zone that is not signed here', () => {
    const yaml = `domains:\n  example.org:\n    policy: unsigned\n    nameservers: [ns1.example.net, ns2.example.com]\n    foreign: {keys: '257 3 13 ${key}'}\n`;
    expect(described(yaml).problems.map(({ rule }) => rule)).toContain('describe/foreign-key');
  });
});
