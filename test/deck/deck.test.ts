import { createHash, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newReport } from '../../src/text/problem.ts';
import { readCertificateFile } from '../../src/x509/read-file.ts';
import { problemsIn } from '../pipeline/fixtures.ts';
import { deck } from './matrix.ts';

describe('the failure matrix', () => {
  test.each(Object.entries(deck))('%s', (name, { rules }) => {
    const found = problemsIn(join(import.meta.dirname, name)).map(({ rule }) => rule);
    expect(found.filter((rule) => rule.startsWith('dane/'))).toEqual(rules);
  });

  test('what the build refuses has an error, and nothing else does', () => {
    for (const [name, { isRefused }] of Object.entries(deck)) {
      const hasError = problemsIn(join(import.meta.dirname, name)).some(({ tier }) => tier === 'error');
      expect([name, hasError]).toEqual([name, isRefused]);
    }
  });

  test('every folder is a case', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(deck).sort());
  });
});

describe('a stable key by request', () => {
  const read = (file: string) => readFileSync(join(import.meta.dirname, 'renewal-with-the-same-key', file));
  const [before, after] = ['before.pem', 'zones/certs/mx1.pem'].map((file) => new X509Certificate(read(file)));
  const digest = (certificate: X509Certificate) =>
    createHash('sha256')
      .update(certificate.publicKey.export({ format: 'der', type: 'spki' }))
      .digest('hex');

  test('the renewed certificate is another one, for the key of the record', () => {
    expect(after.serialNumber).not.toBe(before.serialNumber);
    expect([digest(before), digest(after)].map((of) => read('zones/example.yaml').includes(`3 1 1 ${of}`))).toEqual([
      true,
      true,
    ]);
  });

  test('the request gives the same record before there is a certificate', () => {
    const request = readCertificateFile('mx1.csr', read('zones/certs/mx1.csr'), newReport());
    if (request?.kind !== 'request') throw new Error('no request');
    expect(createHash('sha256').update(request.request.spki).digest('hex')).toBe(digest(after));
  });
});
