/** The built-in catalogue against the index of the certificates, whose digests are OpenSSL's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { roots } from '../../src/dane/anchor-above.ts';
import { readCatalogueList } from '../../src/dane/catalogue-list.ts';
import {
  builtInCatalogues,
  issuerAssociations,
  keyName,
  listed,
  listedText,
  possibleIssuers,
} from '../../src/dane/issuers.ts';
import { parseLiteral } from '../../src/dane/literal.ts';
import { printCatalogue } from '../../src/dane/print-catalogue.ts';
import { newReport } from '../../src/text/problem.ts';
import { authorities, certificateFolder, chainOf, octetsOf } from '../x509/vectors.ts';

const catalogue = builtInCatalogues.get('letsencrypt');
if (catalogue === undefined) throw new Error('there is no catalogue letsencrypt');
const { keys } = catalogue;

describe('the built-in catalogue', () => {
  test('has every certificate of the index, with its digests, dates and source', () => {
    const known = keys.flatMap((key) =>
      key.certificates.map(({ sha256, sha512, notBefore, notAfter, source }) => ({
        tlsa: { '0 1': sha256, '0 2': sha512, '1 1': key.sha256, '1 2': key.sha512 },
        dates: [notBefore, notAfter],
        algorithm: key.algorithm,
        source,
      })),
    );
    for (const entry of authorities as readonly ((typeof authorities)[number] & { sourcePath: string })[]) {
      expect(known).toContainEqual({
        tlsa: entry.tlsa,
        dates: [entry.notBefore?.slice(0, 10), entry.notAfter?.slice(0, 10)],
        algorithm: entry.keyType,
        source: entry.sourcePath,
      });
    }
    expect(known).toHaveLength(authorities.length);
  });

  test('says of each key what the authority says of it', () => {
    const byStatus = (status: string) => keys.filter((key) => key.status === status).map(keyName);
    expect(byStatus('active').sort()).toEqual(['ISRG Root X1', 'YE1', 'YE2', 'YR1', 'YR2']);
    expect(byStatus('backup').sort()).toEqual(['YE3', 'YR3']);
    expect(byStatus('cross-sign only').sort()).toEqual(['ISRG Root X2', 'Root YE', 'Root YR']);
    expect(byStatus('retired')).toEqual(
      expect.arrayContaining([
        'R3',
        'E1',
        'R14',
        'E9',
        'DST Root CA X3',
        "Let's Encrypt Authority X1 and Let's Encrypt Authority X3",
      ]),
    );
    for (const key of keys)
      expect(key.role).toBe(key.certificates.some((c) => c.name === c.signedBy) ? 'root' : 'issuer');
  });

  test('has the roots that chains leave out, with the same digests', () => {
    for (const { name, ends, sha256 } of roots) {
      const key = keys.find((one) => one.role === 'root' && keyName(one) === name);
      const own = key?.certificates.find(({ signedBy }) => signedBy === name);
      expect([key?.sha256, own?.sha256, own?.notAfter]).toEqual([sha256.SPKI, sha256.Cert, ends]);
    }
  });

  test('has its source and its date', () => {
    expect(catalogue.asOf).toBe('2026-07-08');
    expect(catalogue.source).toContain('letsencrypt/website');
  });

  test('is what `make issuers FROM=test/vectors/certs` writes', () => {
    const list = readFileSync(join(certificateFolder, 'issuers.json'), 'utf8');
    const made = readCatalogueList(list, octetsOf);
    if ('errors' in made) throw new Error(made.errors.join('\n'));
    const written = readFileSync(join(import.meta.dirname, '../../src/dane/issuer-data.ts'), 'utf8');
    expect(printCatalogue(made)).toBe(written);
  });
});

describe('the set of a host', () => {
  const ecdsa = { chain: chainOf('made/p256.pem') };
  const rsa = { chain: chainOf('made/rsa2048.pem') };
  const names = (...served: Parameters<typeof possibleIssuers>[1]) =>
    possibleIssuers(catalogue, served).map(keyName).sort();

  test('holds the active and backup issuers of the algorithms of its certificates', () => {
    expect(names(ecdsa)).toEqual(['YE1', 'YE2', 'YE3']);
    expect(names(rsa)).toEqual(['YR1', 'YR2', 'YR3']);
    expect(names(ecdsa, rsa)).toEqual(['YE1', 'YE2', 'YE3', 'YR1', 'YR2', 'YR3']);
    expect(names()).toHaveLength(6);
  });

  test('and those of the next certificate', () => {
    expect(names({ ...ecdsa, next: rsa })).toHaveLength(6);
    expect(names({ ...ecdsa, next: { chain: [] } })).toHaveLength(3);
  });

  test('an algorithm for which there is no issuer may be certified by each', () => {
    expect(names({ chain: chainOf('made/ed25519.pem') })).toHaveLength(6);
  });

  test('holds who issued the present certificate as well: a retired issuer, or one of another algorithm', () => {
    const byR13 = { chain: [...ecdsa.chain, ...chainOf('letsencrypt/r13.pem')] };
    expect(names(byR13)).toEqual(['R13', 'YE1', 'YE2', 'YE3', 'YR1', 'YR2', 'YR3']);
  });

  test('is DANE-TA SPKI SHA2-256, at most twelve', () => {
    const records = issuerAssociations(catalogue, []);
    expect(records.length).toBeLessThanOrEqual(12);
    for (const { usage, selector, matching } of records)
      expect([usage, selector, matching]).toEqual(['DANE-TA', 'SPKI', 'SHA2-256']);
  });
});

describe('what a record is', () => {
  const textOf = (record: string) => {
    const association = parseLiteral(record, { file: 'a', line: 1, column: 1 }, newReport());
    const found = association && listed(association, builtInCatalogues);
    return found && listedText(found);
  };
  const tlsaOf = (file: string) => authorities.find((entry) => entry.file === file)?.tlsa;

  test.each([
    [
      'historic/dst-root-ca-x3.pem',
      'the public key (SPKI) of DST Root CA X3, a retired root of letsencrypt (its last certificate expired 2021-09-30)',
    ],
    [
      'letsencrypt/r3.pem',
      'the public key (SPKI) of R3, a retired issuer of letsencrypt (its last certificate expired 2025-09-15)',
    ],
    [
      'letsencrypt/lets-encrypt-authority-x1.pem',
      "the public key (SPKI) of Let's Encrypt Authority X1 and Let's Encrypt Authority X3, a retired issuer of letsencrypt (its last certificate expired 2021-10-06)",
    ],
    [
      'letsencrypt/r13.pem',
      'the public key (SPKI) of R13, a retired issuer of letsencrypt (listed as retired on 2026-07-08)',
    ],
    ['letsencrypt/ye3.pem', 'the public key (SPKI) of YE3, a backup issuer of letsencrypt'],
  ])('%s by its key', (file, text) => {
    expect(textOf(`2 1 1 ${tlsaOf(file)?.['1 1']}`)).toBe(text);
    expect(textOf(`3 1 2 ${tlsaOf(file)?.['1 2']}`)).toBe(text);
  });

  test('a cross-signed certificate is told from the others for its key', () => {
    expect(textOf(`2 0 1 ${tlsaOf('letsencrypt/e7-by-x1.pem')?.['0 1']}`)).toContain(
      'the certificate of E7 by ISRG Root X1',
    );
    expect(textOf(`2 0 1 ${tlsaOf('letsencrypt/e7.pem')?.['0 1']}`)).toContain('the certificate of E7 by ISRG Root X2');
  });

  test('and in full', () => {
    const [r3] = chainOf('letsencrypt/r3.pem');
    expect(textOf(`2 0 0 ${Buffer.from(r3.der).toString('hex')}`)).toContain('the certificate of R3');
    expect(textOf(`2 1 0 ${Buffer.from(r3.spki).toString('hex')}`)).toContain('the public key (SPKI) of R3');
  });

  test('nothing of other keys', () => {
    expect(textOf(`2 1 1 ${'0'.repeat(64)}`)).toBeUndefined();
  });
});

describe('a list for `make issuers`', () => {
  const good = { name: 'ours', asOf: '2026-11-22', source: 'our pages' };
  const entry = { file: 'letsencrypt/ye1.pem', status: 'active', source: 'ye1.pem' };
  const read = (path: string) => {
    try {
      return octetsOf(path);
    } catch {
      return undefined;
    }
  };
  const errorsOf = (list: unknown) => {
    const made = readCatalogueList(typeof list === 'string' ? list : JSON.stringify(list), read);
    return 'errors' in made ? made.errors : [];
  };

  test('that is whole has no errors', () => {
    expect(errorsOf({ ...good, certificates: [entry] })).toEqual([]);
  });

  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /no JSON/],
    ['no object', '[]', /no JSON object/],
    ['a name that is none', { ...good, name: 'Our CA', certificates: [entry] }, /name "Our CA"/],
    ['no day', { ...good, asOf: 'July', certificates: [entry] }, /asOf "July"/],
    ['no source', { name: 'ours', asOf: '2026-11-22', certificates: [entry] }, /source is missing/],
    ['no certificates', good, /expected a list/],
    ['a misspelt status', { ...good, certificates: [{ ...entry, status: 'actve' }] }, /did you mean active\?/],
    ['an unknown status', { ...good, certificates: [{ ...entry, status: 'old' }] }, /expected one of active, backup/],
    ['a file that is not there', { ...good, certificates: [{ ...entry, file: 'x.pem' }] }, /x\.pem: cannot be read/],
    ['a server certificate', { ...good, certificates: [{ ...entry, file: 'made/leaf.pem' }] }, /do not say CA/],
    ['a bundle', { ...good, certificates: [{ ...entry, file: 'made/chain.pem' }] }, /one certificate was expected/],
    ['a key', { ...good, certificates: [{ ...entry, file: 'made/same-key.pub.pem' }] }, /one certificate was expected/],
    ['no file', { ...good, certificates: [{ status: 'active', source: 'x' }] }, /certificates\[0\]: file is missing/],
  ])('%s is refused', (_, list, error) => {
    expect(errorsOf(list).join('\n')).toMatch(error);
  });
});
