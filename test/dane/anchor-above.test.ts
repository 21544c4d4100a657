import { describe, expect, test } from 'vitest';
import { roots } from '../../src/dane/anchor-above.ts';
import { authorities, chainOf } from '../x509/vectors.ts';
import { digestOf, literal, recordsOf } from './hosts.ts';

const dst = '563b3caf8cfef34c2335caf560a7a95906e8488462eb75ac59784830df9e5b2b';
const x3 = 'letsencrypt/lets-encrypt-authority-x3-by-dst-root-ca-x3.pem';

/** The rules at the line of each record, and those at the service (line 30). */
function rulesOf(chain: string, ...records: string[]) {
  const tlsa = records.map((text, i) => literal(text, 10 + i));
  const { problems } = recordsOf({ mx1: [chain] }, { tlsa });
  return problems
    .filter(({ rule }) => rule.startsWith('dane/'))
    .map(({ rule, position }) => `${rule} ${position?.line}`);
}

/** The digest that the makers of the authorities' certificates give. */
const authority = (file: string, parameters: string) =>
  authorities.find((entry) => entry.file === file)?.tlsa?.[parameters] ?? '';

describe('a record of an issuer that the chain lacks', () => {
  test('the digest of the root that signed the top of the chain', () => {
    expect(rulesOf(x3, `2 1 1 ${dst}`)).toContain('dane/ta-not-in-chain 10');
    const { problems } = recordsOf({ mx1: [x3] }, { tlsa: [literal(`2 1 1 ${dst}`)] });
    const found = problems.find(({ rule }) => rule === 'dane/ta-not-in-chain');
    expect(found?.message).toContain('DST Root CA X3 (until 2021-09-30)');
    expect(found?.related?.map(({ position }) => position.line)).toEqual([2]);
  });

  test.each([
    ['letsencrypt/r13.pem', 'letsencrypt/isrg-root-x1.pem', '2 1 1'],
    ['letsencrypt/e5.pem', 'letsencrypt/isrg-root-x2.pem', '2 1 1'],
    ['letsencrypt/ye1.pem', 'letsencrypt/root-ye.pem', '2 1 1'],
    ['letsencrypt/yr1.pem', 'letsencrypt/root-yr.pem', '2 0 1'],
    [x3, 'historic/dst-root-ca-x3.pem', '2 0 1'],
  ])('%s below %s, %s', (chain, root, fields) => {
    expect(rulesOf(chain, `${fields} ${authority(root, fields.slice(2))}`)).toContain('dane/ta-not-in-chain 10');
  });

  test('a root that signed something else is no issuer of this chain', () => {
    const other = authority('letsencrypt/isrg-root-x2.pem', '1 1');
    expect(rulesOf(x3, `2 1 1 ${other}`)).not.toContain('dane/ta-not-in-chain 10');
    expect(rulesOf(x3, `2 1 1 ${other}`)).toContain('dane/nothing-matches 30');
  });

  test('the certificate of another file, when it issued the top of this one', () => {
    const tlsa = [literal(`2 1 1 ${digestOf('root.pem', '1 1')}`)];
    const lacking = { mx1: ['made/chain-no-root.pem'] } as const;
    expect(recordsOf(lacking, { tlsa }).rules).toEqual(['dane/nothing-matches']);
    const both = { ...lacking, mx2: ['made/chain.pem'] } as const;
    expect(recordsOf(both, { services: { smtp: ['mx1', 'mx2'] }, tlsa }).rules).toContain('dane/ta-not-in-chain');
  });

  test('beside an issuer that is in the chain, the digest of one above it harms nobody', () => {
    const issuer = digestOf('intermediate.pem', '1 1');
    const root = digestOf('root.pem', '1 1');
    expect(rulesOf('made/chain-no-root.pem', `2 1 1 ${issuer}`, `2 1 1 ${root}`)).toEqual([]);
  });

  test('with usage DANE-EE it is no matter of the chain', () => {
    expect(rulesOf(x3, `3 1 1 ${dst}`)).not.toContain('dane/ta-not-in-chain 10');
  });
});

test('the roots are those of the certificates', () => {
  const files = roots.map(({ name }) =>
    authorities.find(({ subject, issuer }) => subject === issuer && subject?.startsWith(`CN=${name},`)),
  );
  expect(roots.map(({ subject, sha256, ends }) => [subject, sha256.Cert, sha256.SPKI, ends])).toEqual(
    files.map((entry) => [entry?.subject, entry?.tlsa?.['0 1'], entry?.tlsa?.['1 1'], entry?.notAfter?.slice(0, 10)]),
  );
  const [keyIdentifiers, subjects] = [
    files.map((entry) => chainOf(entry?.file ?? '')[0].subjectKeyIdentifier?.toLowerCase()),
    files.map((entry) => chainOf(entry?.file ?? '')[0].subject.text),
  ];
  expect(roots.map(({ keyIdentifier }) => keyIdentifier)).toEqual(keyIdentifiers);
  expect(roots.map(({ subject }) => subject)).toEqual(subjects);
});
