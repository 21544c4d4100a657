/** Issuer catalogues of the repository, from YAML and certificate files to TLSA records. */
import { describe, expect, test } from 'vitest';
import { digestOf } from '../dane/hosts.ts';
import { domain, judged } from '../judge/judged.ts';
import { authorities } from '../x509/vectors.ts';
import { danezone, records, repository, text } from './run.ts';

const spki = (file: string) => authorities.find((entry) => entry.file === `letsencrypt/${file}`)?.tlsa?.['1 1'];
const issuer = digestOf('intermediate.pem', '1 1');

const yaml = (issuers: string, tlsa: string) => `issuers:
${issuers}
certificates: {own: {chain: certs/mx1.pem}}
hosts:
  mx1.example.test: {addresses: [192.0.2.25], services: {smtp: own}, tlsa: ${tlsa}}
domains:
${domain('example.test')}`;

const files = {
  'certs/mx1.pem': '@made/chain.pem',
  'issuers/ours.pem': '@made/intermediate.pem',
  'issuers/ye1.pem': '@letsencrypt/ye1.pem',
  'issuers/yr1.pem': '@letsencrypt/yr1.pem',
  'issuers/r3.pem': '@letsencrypt/r3.pem',
  'issuers/leaf.pem': '@made/leaf.pem',
} as const;

const ours = '  ours: {active: issuers/ours.pem, backup: issuers/ye1.pem, retired: issuers/r3.pem}';
const problemsOf = (issuers: string, tlsa: string) =>
  judged(yaml(issuers, tlsa), files).problems.filter(({ tier }) => tier !== 'information');

async function built(issuers: string, tlsa: string) {
  const contents = Object.fromEntries(
    Object.entries(files).map(([path, file]) => [`/infra/zones/${path}`, file.slice(1)] as const),
  );
  const { octetsOf } = await import('../x509/vectors.ts');
  const host = repository({ '/infra/zones/own.yaml': yaml(issuers, tlsa) });
  for (const [path, file] of Object.entries(contents)) host.put(path, octetsOf(file));
  const ran = await danezone(host, 'build');
  return { host, ran };
}

describe('a declared catalogue', () => {
  test('makes a record for each active and backup issuer of the algorithm, and none for a retired one', async () => {
    const { host, ran } = await built(ours, '{issuers: ours}');
    expect(ran.status).toBe(0);
    const made = records(text(host, '/infra/build/example.test.zone')).filter((line) => line.includes(' TLSA '));
    expect(
      made
        .map((line) =>
          line
            .split(' TLSA ')[1]
            .toLowerCase()
            .replace(/(?<=[0-9a-f]{8}) /g, ''),
        )
        .sort(),
    ).toEqual([`2 1 1 ${issuer}`, `2 1 1 ${spki('ye1.pem')}`].sort());
    const manifest = JSON.parse(text(host, '/infra/build/manifest.json'));
    expect(JSON.stringify(manifest)).toContain('zones/issuers/ye1.pem');
  });

  test('that is named like a built-in one takes its place', () => {
    const own = '  letsencrypt: {active: [issuers/ours.pem, issuers/ye1.pem]}';
    expect(problemsOf(own, '{issuers: letsencrypt}')).toEqual([]);
    expect(
      problemsOf('  ours: {active: issuers/ours.pem}', '{issuers: letsencrypt}').map(({ rule }) => rule),
    ).toContain('dane/nothing-matches');
  });

  test('says which pins its next issuer breaks', () => {
    expect(problemsOf(ours, 'DANE-TA SPKI SHA2-256')).toMatchObject([
      { rule: 'dane/public-issuer-pin', subject: 'mx1.example.test.', zones: ['example.test.'] },
    ]);
    expect(problemsOf('  ours: {active: issuers/ours.pem}', 'DANE-TA SPKI SHA2-256')).toEqual([]);
  });

  test('can be silenced as any warning', () => {
    const silence = `${yaml(ours, 'DANE-TA SPKI SHA2-256')}    silences: [{rule: dane/public-issuer-pin, reason: moving, until: 2027-01-31}]\n`;
    expect(judged(silence, files).problems.filter(({ tier }) => tier !== 'information')).toEqual([]);
  });

  test.each([
    ['is not there', '  ours: {active: [issuers/ours.pem, issuers/none.pem]}', 'cert/unreadable'],
    [
      'is no certificate of an authority',
      '  ours: {active: [issuers/ours.pem, issuers/leaf.pem]}',
      'cert/not-a-certificate',
    ],
    ['holds several', '  ours: {active: [issuers/ours.pem, certs/mx1.pem]}', 'cert/not-a-certificate'],
  ])('of which a file %s keeps its zone, and no other', async (_, issuers, rule) => {
    expect(problemsOf(issuers, '{issuers: ours}').map((problem) => problem.rule)).toContain(rule);
    const { host, ran } = await built(issuers, '{issuers: ours}');
    expect(ran.status).toBe(4);
    expect(host.files.facts('/infra/build/example.test.zone')).toBeUndefined();
    expect(host.files.facts('/infra/build/example.org.zone')?.kind).toBe('file');
  });

  test('that does not exist is named with what was meant', () => {
    const [problem] = problemsOf(ours, '[{issuers: ours}, {issuers: oours}]');
    expect(problem).toMatchObject({ rule: 'dane/unknown-issuers', hint: 'did you mean ours?' });
  });
});
