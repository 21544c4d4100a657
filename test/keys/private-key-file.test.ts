import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseKeyFile } from '../../src/keys/key-file.ts';
import { publicKeyOf } from '../../src/keys/private-key.ts';
import { parsePrivateKeyFile, printPrivateKeyFile } from '../../src/keys/private-key-file.ts';
import { base64 } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';
import index from '../vectors/keys/index.json';
import rfc5702 from '../vectors/rfc/rfc5702-6.json';
import rfc6605 from '../vectors/rfc/rfc6605-6.json';
import rfc8080 from '../vectors/rfc/rfc8080-6.json';

const folder = new URL('../vectors/keys/', import.meta.url);

function read(text: string | Uint8Array) {
  const report = newReport();
  const found = parsePrivateKeyFile('K.private', Buffer.from(text), report);
  return { ...found, report };
}

const p256File = (secret: string, more = '') =>
  `Private-key-format: v1.2\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: ${secret}\n${more}`;
const secret = rfc6605[0].privateKey;

describe('the private half of a key', () => {
  test.each(index)('$file belongs to its public half, and is printed as it was', (vector) => {
    const file = readFileSync(new URL(`${vector.file}.private`, folder));
    const { privateKey, timing, report } = read(file);
    expect(report.problems).toEqual([]);
    expect(base64(publicKeyOf(privateKey!))).toBe(vector.publicKey);
    expect(timing?.created).toBe(Date.UTC(2020, 0, 1) / 1000);
    const key = parseKeyFile(`${vector.file}.key`, readFileSync(new URL(`${vector.file}.key`, folder)), newReport())!;
    expect(Buffer.from(printPrivateKeyFile(key, privateKey!)).toString()).toBe(file.toString());
  });

  test.each([
    ...rfc6605,
    ...rfc8080,
  ])('format v1.2: the private key of the RFC gives its public key, tag $keyTag', (vector) => {
    const { privateKey, timing, report } = read(
      `Private-key-format: ${vector.privateKeyFormat}\nAlgorithm: ${vector.algorithm}\nPrivateKey: ${vector.privateKey}\n`,
    );
    expect(report.problems).toEqual([]);
    expect(timing).toEqual({});
    expect(base64(publicKeyOf(privateKey!))).toBe(vector.publicKey);
  });

  test.each(rfc5702)('format v1.2: the RSA numbers of RFC 5702 section $section give its public key', (vector) => {
    const fields = Object.entries(vector.privateKey).map(
      ([name, value]) => `${name[0].toUpperCase()}${name.slice(1)}: ${value}\n`,
    );
    const { privateKey, report } = read(
      `Private-key-format: v1.2\nAlgorithm: ${vector.algorithm} (X)\n${fields.join('')}`,
    );
    expect(report.problems).toEqual([]);
    expect(base64(publicKeyOf(privateKey!))).toBe(vector.publicKey);
  });

  test('a scalar without its leading zeros, as old programs write it, is the same number', () => {
    const { privateKey } = read(p256File(Buffer.from([1]).toString('base64')));
    const { d } = createPrivateKey({ key: Buffer.from(privateKey!.pkcs8), format: 'der', type: 'pkcs8' }).export({
      format: 'jwk',
    });
    expect(Buffer.from(d!, 'base64url').toString('hex')).toBe(`${'00'.repeat(31)}01`);
  });

  test('fields of other programs are passed over, those of newer formats too', () => {
    expect(
      read(p256File(secret, 'Predecessor: 1\nSuccessor: 2\nMaxTTL: 3600\nRollPeriod: 1\n')).privateKey,
    ).toBeDefined();
    expect(read(p256File(secret, 'Novelty: 1\n').replace('v1.2', 'v1.4')).privateKey).toBeDefined();
  });

  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex').toString(
    'base64',
  );
  test.each([
    ['nothing', ''],
    ['another first line', '-----BEGIN PRIVATE KEY-----\n'],
    ['format v2.0', p256File(secret).replace('v1.2', 'v2.0')],
    ['no algorithm', p256File(secret).replace(/Algorithm.*\n/, '')],
    ['an algorithm in words', p256File(secret).replace('13 (', 'P256 (')],
    ['no private key', p256File(secret).replace(/PrivateKey.*\n/, '')],
    ['a private key that is not Base64', p256File('secret!')],
    ['a private key of 33 octets', p256File(Buffer.alloc(33, 1).toString('base64'))],
    ['the scalar zero', p256File(Buffer.alloc(32).toString('base64'))],
    ['the order of the curve as scalar', p256File(order)],
    ['a seed of 31 octets', p256File(Buffer.alloc(31, 1).toString('base64')).replace('13 (', '15 (')],
    ['RSA without its numbers', p256File(secret).replace('13 (', '8 (')],
    ['a field twice', p256File(secret, `PrivateKey: ${secret}\n`)],
    ['a field of no key', p256File(secret, 'Colour: blue\n')],
    ['a line without a colon', p256File(secret, `${secret}\n`)],
    ['a date that is none', p256File(secret, 'Publish: soon\n')],
    ['a key in a hardware module', p256File(secret, 'Engine: cGtjczEx\nLabel: a2V5\n')],
    ['too many octets', p256File(secret, '\n'.repeat(70_000))],
  ])('a file with %s is refused without a word of its content', (_, text) => {
    const { privateKey, report } = read(text);
    expect(privateKey).toBeUndefined();
    expect(report.problems).toMatchObject([{ rule: 'key/unreadable', position: { line: 1, column: 1 } }]);
    for (const word of text.split(/\s+/)) {
      if (word.length > 20) expect(JSON.stringify(report.problems)).not.toContain(word);
    }
  });

  test.each([5, 7, 3, 12])('algorithm %i must not sign', (algorithm) => {
    const { report } = read(p256File(secret).replace('13 (', `${algorithm} (`));
    expect(report.problems).toMatchObject([{ rule: 'key/forbidden-algorithm' }]);
  });

  test('RSA numbers that do not belong together are refused: they would make wrong signatures', () => {
    const file = readFileSync(new URL('plain/Kexample.test.+008+00020.private', folder), 'latin1');
    const other = readFileSync(new URL('plain/Kexample.test.+008+36836.private', folder), 'latin1');
    for (const field of ['Modulus', 'PrivateExponent', 'Prime1', 'Prime2', 'Exponent1', 'Exponent2', 'Coefficient']) {
      const line = new RegExp(`^${field}: .*$`, 'm');
      const { privateKey, report } = read(file.replace(line, line.exec(other)![0]));
      expect(privateKey).toBeUndefined();
      expect(report.problems).toMatchObject([{ rule: 'key/unreadable' }]);
    }
  });

  test('the value never prints itself', () => {
    const { privateKey } = read(p256File(secret));
    const held = { privateKey };
    const shown = [
      String(privateKey),
      `${privateKey}`,
      JSON.stringify(held),
      inspect(held, { depth: 9, showHidden: true }),
      inspect([privateKey]),
      Object.prototype.toString.call(privateKey),
    ].join(' ');
    expect(shown).toContain('[private key]');
    const octets = Buffer.from(secret, 'base64');
    for (const form of ['hex', 'base64', 'latin1'] as const)
      expect(shown).not.toContain(octets.toString(form).slice(4, 20));
    expect(shown).not.toContain([...octets.subarray(4, 9)].join(', '));
  });

  test('it crosses into a worker as plain data', () => {
    const { privateKey } = read(p256File(secret));
    const crossed = structuredClone(privateKey)!;
    expect(base64(publicKeyOf(crossed))).toBe(rfc6605[0].publicKey);
  });
});
