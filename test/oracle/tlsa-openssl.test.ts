/** Digests by another program: openssl reads the file, writes DER, hashes it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { associationData } from '../../src/dane/association.ts';
import { authorities, certificateFolder, chainOf, made, octetsOf, read } from '../x509/vectors.ts';

const isMissing = spawnSync('openssl', ['version']).status !== 0;
if (isMissing) console.warn('oracle/tlsa-openssl: skipped, there is no openssl');

const openssl = (args: string[], input: Uint8Array) =>
  execFileSync('openssl', args, { input, stdio: ['pipe', 'pipe', 'ignore'] });
const digest = (name: string, octets: Uint8Array) =>
  openssl(['dgst', `-${name}`, '-r'], octets)
    .toString()
    .slice(0, name === 'sha256' ? 64 : 128);
const path = (file: string) => join(certificateFolder, file);

// openssl writes the key of this one out again, with the NULL that it lacks: the trap that the vectors are about.
const certificates = [...authorities, ...made.filter(({ tlsa }) => tlsa !== undefined)].filter(
  ({ file }) => !file.endsWith('no-null.pem'),
);

describe.skipIf(isMissing)('openssl x509', () => {
  test.each(certificates)('$file', ({ file }) => {
    const der = openssl(['x509', '-in', path(file), '-outform', 'DER'], Buffer.alloc(0));
    const pem = openssl(['x509', '-in', path(file), '-noout', '-pubkey'], Buffer.alloc(0));
    const spki = openssl(['pkey', '-pubin', '-outform', 'DER'], pem);
    const [certificate] = chainOf(file);
    for (const [matching, name] of [
      ['SHA2-256', 'sha256'],
      ['SHA2-512', 'sha512'],
    ] as const) {
      const data = (selector: 'Cert' | 'SPKI') =>
        Buffer.from(associationData({ usage: 'DANE-EE', selector, matching }, certificate) ?? []).toString('hex');
      expect(data('Cert')).toBe(digest(name, der));
      expect(data('SPKI')).toBe(digest(name, spki));
    }
  });
});

const keys = made.filter(({ kind }) => kind === 'private-key' || kind === 'encrypted-private-key');

describe.skipIf(isMissing)('openssl pkey', () => {
  test.each(keys)('$file', ({ file }) => {
    const spki = openssl(
      ['pkey', '-in', path(file), '-passin', 'pass:test', '-pubout', '-outform', 'DER'],
      Buffer.alloc(0),
    );
    const found = read(file, octetsOf(file), { passphrase: 'test' }).file;
    expect(found?.kind === 'private-key' && Buffer.compare(found.key.spki, spki)).toBe(0);
  });
});

describe.skipIf(isMissing)('openssl req', () => {
  test('a request with alternative names, made now', () => {
    const args = [
      'req',
      '-new',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-384',
      '-nodes',
      '-keyout',
      '/dev/null',
    ];
    const subject = [
      '-subj',
      '/CN=mx1.example.test',
      '-addext',
      'subjectAltName=DNS:mx1.example.test,DNS:mx2.example.test',
    ];
    const pem = openssl([...args, ...subject], Buffer.alloc(0));
    const found = read('next.csr', pem).file;
    if (found?.kind !== 'request') throw new Error('no request');
    expect(found.request.dnsNames).toEqual(['mx1.example.test', 'mx2.example.test']);
    const publicKey = openssl(['req', '-pubkey', '-noout'], pem);
    expect(Buffer.compare(found.request.spki, openssl(['pkey', '-pubin', '-outform', 'DER'], publicKey))).toBe(0);
  });
});
