/** Requests of `roll cert` before OpenSSL: it verifies them, reads the same names and key, and issues a certificate from each. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hex } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';
import { keyChoices, makeRequest, newKey } from '../../src/x509/make-request.ts';
import { readCertificateFile } from '../../src/x509/read-file.ts';
import { have, must, run, temporaryFolder } from '../e2e/programs.ts';

const isMissing = !have('openssl');
const folder = temporaryFolder();
afterAll(() => folder.remove());
const at = (name: string) => join(folder.path, name);

const names = ['mx1.example.org', '*.xn--bcher-kva.example', 'mail.example.net'];

describe.skipIf(isMissing)('OpenSSL and a request', () => {
  test.each(keyChoices)('of %s', (choice) => {
    const key = newKey(choice);
    const [csr, keyFile, issued] = ['csr', 'key', 'crt'].map((kind) => at(`${choice}.${kind}`));
    writeFileSync(csr, makeRequest(key, names));
    writeFileSync(keyFile, key.privatePem, { mode: 0o600 });

    const shown = run('openssl', ['req', '-inform', 'DER', '-in', csr, '-verify', '-noout', '-text']);
    expect([shown.status, /verify OK/.test(shown.stdout + shown.stderr)]).toEqual([0, true]);
    expect(shown.stdout).toContain('Version: 1 (0x0)');
    expect(shown.stdout).toContain(names.map((name) => `DNS:${name}`).join(', '));
    const bits = { 'ecdsa-p256': '256', 'ecdsa-p384': '384' }[choice as string] ?? choice.slice(4);
    expect(shown.stdout).toContain(`Public-Key: (${bits} bit)`);
    const digest = choice === 'ecdsa-p384' ? 'SHA384' : choice.startsWith('ecdsa') ? 'SHA256' : 'sha256';
    expect(shown.stdout).toContain(
      `Signature Algorithm: ${choice.startsWith('rsa') ? `${digest}WithRSAEncryption` : `ecdsa-with-${digest}`}`,
    );

    const publicKey = must('openssl', ['req', '-inform', 'DER', '-in', csr, '-noout', '-pubkey']);
    expect(publicKey).toBe(must('openssl', ['pkey', '-in', keyFile, '-pubout']));

    const sign = ['x509', '-req', '-inform', 'DER', '-in', csr, '-signkey', keyFile, '-copy_extensions', 'copyall'];
    must('openssl', [...sign, '-days', '30', '-out', issued]);
    const certificate = readCertificateFile(issued, Buffer.from(must('cat', [issued])), newReport());
    if (certificate?.kind !== 'chain') throw new Error('no certificate');
    expect(certificate.certificates[0].dnsNames).toEqual(names);
    expect(hex(certificate.certificates[0].spki)).toBe(hex(key.spki));
  });

  test('a request with one changed octet is refused', () => {
    const der = Buffer.from(makeRequest(newKey('ecdsa-p256'), names));
    der[der.indexOf('mx1.example')] ^= 1;
    writeFileSync(at('bad.csr'), der);
    const { stdout, stderr } = run('openssl', ['req', '-inform', 'DER', '-in', at('bad.csr'), '-verify', '-noout']);
    expect(stdout + stderr).toMatch(/verify failure/i);
  });
});
