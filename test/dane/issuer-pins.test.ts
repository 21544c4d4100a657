/** dane/public-issuer-pin on the certificates of Let's Encrypt, as its list of July 2026 has them. */
import { describe, expect, test } from 'vitest';
import { reportPins } from '../../src/dane/issuer-pins.ts';
import { builtInCatalogues } from '../../src/dane/issuers.ts';
import { associationsFor } from '../../src/dane/select-records.ts';
import type { TlsaRequest } from '../../src/describe/description.ts';
import { newReport } from '../../src/text/problem.ts';
import { authorities } from '../x509/vectors.ts';
import { at, chainOf, hostOf, literal, request, source } from './hosts.ts';

const certificate = (file: string) => chainOf(file)[0];
/** A P-256 leaf below certificates of the authority: who signed it is not looked at here. */
const below = (...files: string[]) => [certificate('made/p256.pem'), ...files.map((file) => certificate(file))];
const belowRsa = (...files: string[]) => [certificate('made/rsa2048.pem'), ...files.map((file) => certificate(file))];
const ye1Chain = below('letsencrypt/ye1.pem', 'letsencrypt/root-ye-by-x2.pem', 'letsencrypt/isrg-root-x2-by-x1.pem');

const digest = (file: string, selector: '0' | '1' = '1', matching: '1' | '2' = '1') => {
  const entry = authorities.find((one) => one.file === `letsencrypt/${file}` || one.file === `historic/${file}`);
  return `2 ${selector} ${matching} ${entry?.tlsa?.[`${selector} ${matching}`]}`;
};

/** What is said of the records of these requests for one chain. */
function saidOf(chain: ReturnType<typeof below>, tlsa: readonly TlsaRequest[]) {
  const to = newReport();
  const loaded = { source: source('mx1', 'chain.pem'), chain, strays: [] };
  const host = hostOf({ tlsa });
  const [{ service }] = associationsFor({ ...host, tlsa: [] }, new Map(), newReport());
  const made = associationsFor(host, new Map([['mx1', loaded]]), newReport())[0].associations;
  reportPins({ host, service, associations: made, loaded: [loaded], catalogues: builtInCatalogues }, to);
  return to.problems;
}

const literals = (...files: string[]) => files.map((file, i) => literal(digest(file), 10 + i));
const messages = (...args: Parameters<typeof saidOf>) => saidOf(...args).map(({ message }) => message);
const lines = (...args: Parameters<typeof saidOf>) => saidOf(...args).map(({ position }) => position?.line);

describe('one of several issuers', () => {
  test('is named with those that are missing, of the algorithm of the certificate only', () => {
    const found = saidOf(ye1Chain, [request('DANE-TA SPKI SHA2-256', 'YE1')]);
    expect(found).toMatchObject([
      { rule: 'dane/public-issuer-pin', tier: 'warning', position: at(10), subject: 'mx1.example.test.' },
    ]);
    expect(found[0].message).toBe(
      'YE1 is one of 3 issuers of letsencrypt that the next certificate can come from: no record pins YE2 and YE3',
    );
    const rsa = belowRsa('letsencrypt/yr1.pem');
    expect(messages(rsa, [request('DANE-TA SPKI SHA2-256', 'YR1')])[0]).toContain('no record pins YR2 and YR3');
  });

  test('as the digest of another algorithm, of the whole certificate, or in full', () => {
    for (const parameters of [
      'DANE-TA SPKI SHA2-512',
      'DANE-TA Cert SHA2-256',
      'DANE-TA SPKI Full',
      'PKIX-TA SPKI SHA2-256',
    ])
      expect(messages(ye1Chain, [request(parameters, 'YE1')])[0]).toContain('YE1 is one of 3 issuers');
  });

  test('a literal record is found at its place', () => {
    expect(lines(ye1Chain, [literal(digest('ye1.pem'), 17)])).toEqual([17]);
  });

  test('nothing is said of a whole set, whoever wrote it, nor of an issuer that no catalogue has', () => {
    expect(saidOf(ye1Chain, literals('ye1.pem', 'ye2.pem', 'ye3.pem'))).toEqual([]);
    expect(saidOf(ye1Chain, [{ kind: 'issuers', catalogue: 'letsencrypt', at: at(10) }])).toEqual([]);
    expect(saidOf(chainOf('made/chain.pem') as typeof ye1Chain, [request('DANE-TA SPKI SHA2-256')])).toEqual([]);
    expect(saidOf(ye1Chain, [request('DANE-EE SPKI SHA2-256')])).toEqual([]);
  });
});

test('all active issuers without the backup: the backup is named', () => {
  expect(messages(ye1Chain, literals('ye1.pem', 'ye2.pem'))).toEqual([
    'every active issuer of letsencrypt is pinned, and no record pins its backup YE3',
  ]);
});

test('some of several issuers', () => {
  expect(messages(ye1Chain, literals('ye1.pem', 'ye3.pem'))).toEqual([
    'some issuers of letsencrypt are pinned, and no record pins YE2: the next certificate can come from each',
  ]);
});

test('a retired issuer, with what is known of its end', () => {
  const chain = belowRsa('letsencrypt/r13.pem', 'letsencrypt/isrg-root-x1.pem');
  expect(messages(chain, literals('r13.pem'))).toEqual([
    'R13 is retired by letsencrypt (listed as retired on 2026-07-08): the next certificate comes from another issuer',
  ]);
  expect(messages(chain, literals('r3.pem', 'dst-root-ca-x3.pem'))).toEqual([
    'DST Root CA X3 is retired by letsencrypt (its last certificate expired 2021-09-30): the next certificate comes from another issuer',
    'R3 is retired by letsencrypt (its last certificate expired 2025-09-15): the next certificate comes from another issuer',
  ]);
});

describe('a root', () => {
  const rootX2 = [request('DANE-TA SPKI SHA2-256', 'ISRG Root X2')];

  test('that the chain shows only as a cross-signed certificate', () => {
    expect(messages(ye1Chain, rootX2)).toEqual([
      'ISRG Root X2 of letsencrypt is reached only by a cross-sign: the chain shows it as a certificate that ISRG Root X1 signed, and a chain without that certificate matches nothing',
    ]);
    // The chains of 2021 to 2024.
    const crossed = belowRsa('letsencrypt/r3.pem', 'letsencrypt/isrg-root-x1-by-dst-root-ca-x3.pem');
    expect(messages(crossed, literals('isrg-root-x1.pem'))[0]).toContain('a certificate that DST Root CA X3 signed');
  });

  test('that the chain shows itself is no such pin', () => {
    const self = below('letsencrypt/ye1.pem', 'letsencrypt/root-ye-by-x2.pem', 'letsencrypt/isrg-root-x2.pem');
    expect(messages(self, rootX2)).toEqual([]);
    const x1 = belowRsa('letsencrypt/yr1.pem', 'letsencrypt/root-yr-by-x1.pem', 'letsencrypt/isrg-root-x1.pem');
    expect(messages(x1, literals('isrg-root-x1.pem'))).toEqual([]);
  });

  test('that the chain does not show, and that is only cross-signed', () => {
    expect(messages(belowRsa('letsencrypt/yr1.pem'), literals('root-yr.pem'))[0]).toContain('ISRG Root X1 signed');
  });
});

test('the whole certificate of a cross-signed authority is one of several for its key', () => {
  expect(messages(ye1Chain, [request('DANE-TA Cert SHA2-256', 'Root YE')])).toEqual([
    'Root YE of letsencrypt is cross-signed: there are 2 certificates for its key, by Root YE and ISRG Root X2, and a record with selector Cert holds one of them',
  ]);
  // The only other certificate for this key was over when the list was read.
  const x1 = belowRsa('letsencrypt/yr1.pem', 'letsencrypt/root-yr-by-x1.pem', 'letsencrypt/isrg-root-x1.pem');
  expect(messages(x1, [literal(digest('isrg-root-x1.pem', '0'))])).toEqual([]);
});

test('each fault has a hint of its own kind', () => {
  const [single] = saidOf(ye1Chain, [request('DANE-TA SPKI SHA2-256', 'YE1')]);
  const [several] = saidOf(ye1Chain, [request('DANE-TA Cert SHA2-256', 'Root YE')]);
  expect(single.hint).toContain('issuers: letsencrypt');
  expect(several.hint).toContain('selector SPKI');
});
