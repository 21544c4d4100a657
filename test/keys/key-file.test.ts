import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseKeyFile, printKeyFile } from '../../src/keys/key-file.ts';
import { base64, hex } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';
import index from '../vectors/keys/index.json';

const folder = new URL('../vectors/keys/', import.meta.url);
const octets = (text: string) => Buffer.from(text);
const publicKey = 'oJMRESz5E4gYzS/q6XDrvU1qMPYIjCWzJaOau8XNEZeqCYKD5ar0IRd8KqXXFJkqmVfRvMGPmM1x8fGAa2XhSA==';

function read(text: string) {
  const report = newReport();
  return { key: parseKeyFile('Kexample.org.+013+00000.key', octets(text), report), report };
}

describe('the public half of a key', () => {
  test.each(index)('$file is read as dnssec-dsfromkey reads it, and printed as it was', (vector) => {
    const report = newReport();
    const file = readFileSync(new URL(`${vector.file}.key`, folder));
    const key = parseKeyFile(`${vector.file}.key`, file, report)!;
    expect(report.problems).toEqual([]);
    expect(key).toMatchObject({
      zone: vector.zone,
      flags: vector.flags,
      algorithm: vector.algorithm,
      tag: vector.keyTag,
    });
    expect(base64(key.publicKey)).toBe(vector.publicKey);
    expect(key.timing.created).toBe(Date.UTC(2020, 0, 1) / 1000);
    expect(key.path).toBe(vector.file);
    expect(Buffer.from(printKeyFile(key)).toString()).toBe(file.toString());
  });

  test.each([
    `example.org. IN DNSKEY 257 3 13 ${publicKey}`,
    `example.org. DNSKEY 257 3 13 ${publicKey}`,
    `example.org. 3600 IN DNSKEY 257 3 13 ${publicKey}`,
    `example.org. IN 1h DNSKEY 257 3 13 ${publicKey}`,
    `Example.ORG.\tin\tdnskey\t257 3 ECDSAP256SHA256 ${publicKey} ;{id = 30039 (ksk), size = 256b}\n`,
    `; one\n\nexample.org. IN DNSKEY 257 3 13 ( ; two\n  ${publicKey.slice(0, 40)}\n\t${publicKey.slice(40)}\n) ; three\n`,
    `example.org. IN DNSKEY 257 3 13 (${publicKey})\r\n; Publish: soon, as far as this comment can tell`.replace(
      'Publish:',
      'Published',
    ),
  ])('%# TTL, class, comments, parentheses and line ends do not change the key', (text) => {
    const { key, report } = read(text);
    expect(report.problems).toEqual([]);
    expect(key).toMatchObject({ zone: 'example.org.', flags: 257, algorithm: 13 });
    expect(base64(key!.publicKey)).toBe(publicKey);
    expect(hex(key!.rdata)).toBe(`0101030d${Buffer.from(publicKey, 'base64').toString('hex')}`);
    expect(key!.ttl).toBe(text.includes('3600') || text.includes('1h') ? 3600 : undefined);
  });

  test('every date of a file is read', () => {
    const dates = 'Created Publish Activate Revoke Inactive Delete SyncPublish SyncDelete'.split(' ');
    const lines = dates.map((label, i) => `; ${label}: 2020010${i + 1}000000 (whatever)\n`);
    const { key } = read(`${lines.join('')}example.org. IN DNSKEY 257 3 13 ${publicKey}\n`);
    const day = (n: number) => Date.UTC(2020, 0, n) / 1000;
    expect(key!.timing).toEqual({
      created: day(1),
      publish: day(2),
      activate: day(3),
      revoke: day(4),
      inactive: day(5),
      delete: day(6),
      syncPublish: day(7),
      syncDelete: day(8),
    });
    const printed = Buffer.from(printKeyFile(key!)).toString();
    expect(printed).toContain('; Publish: 20200102000000 (Thu Jan  2 00:00:00 2020)\n');
    expect(parseKeyFile(`${key!.path}.key`, octets(printed), newReport())).toEqual(key);
  });

  test.each([
    ['', 1, 1],
    ['; only a comment\n', 1, 1],
    [`example.org. IN DNSKEY 257 3 13 ${publicKey}\nexample.org. IN DNSKEY 256 3 13 ${publicKey}`, 2, 1],
    [`example..org. IN DNSKEY 257 3 13 ${publicKey}`, 1, 1],
    [`example.org. IN DS 257 3 13 ${publicKey}`, 1, 17],
    [`example.org. CH DNSKEY 257 3 13 ${publicKey}`, 1, 14],
    ['example.org. IN', 1, 1],
    ['example.org. IN DNSKEY 257 3 13', 1, 17],
    [`example.org. IN DNSKEY ksk 3 13 ${publicKey}`, 1, 24],
    [`example.org. IN DNSKEY 70000 3 13 ${publicKey}`, 1, 24],
    [`example.org. IN DNSKEY 257 3 ROT13 ${publicKey}`, 1, 30],
    [`example.org. IN DNSKEY 257 x 13 ${publicKey}`, 1, 28],
    [`example.org. IN DNSKEY 257 3 13 ${publicKey.slice(1)}`, 1, 33],
    [`example.org. IN DNSKEY 257 3 13 ${publicKey.replace('==', '!=')}`, 1, 33],
    [`; Publish: tomorrow\nexample.org. IN DNSKEY 257 3 13 ${publicKey}`, 1, 1],
    [`; Publish: 20200230000000\nexample.org. IN DNSKEY 257 3 13 ${publicKey}`, 1, 1],
    ['x'.repeat(70_000), 1, 1],
  ])('%# a file in another form is refused where it departs from it', (text, line, column) => {
    const { key, report } = read(text);
    expect(key).toBeUndefined();
    expect(report.problems).toMatchObject([{ rule: 'key/unreadable', position: { line, column } }]);
  });

  test.each([
    ['0', '3'],
    ['1', '3'],
    ['128', '3'],
    ['258', '3'],
    ['513', '3'],
    ['257', '2'],
  ])('flags %s with protocol %s are not those of a zone key', (flags, protocol) => {
    const { key, report } = read(`example.org. IN DNSKEY ${flags} ${protocol} 13 ${publicKey}`);
    expect(key).toBeUndefined();
    expect(report.problems).toMatchObject([{ rule: 'key/bad-flags', position: { line: 1, column: 24 } }]);
  });

  test.each(['256', '257', '384', '385'])('flags %s are those of a zone key', (flags) => {
    expect(read(`example.org. IN DNSKEY ${flags} 3 13 ${publicKey}`).key?.flags).toBe(Number(flags));
  });
});
