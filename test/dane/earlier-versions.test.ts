/** Records that were right once: the past of a file is asked only when nothing else explains a record. */
import { describe, expect, test } from 'vitest';
import { builtInCatalogues } from '../../src/dane/issuers.ts';
import { type EarlierVersion, earlierInput } from '../../src/dane/mistakes.ts';
import { memoryHost } from '../../src/host/memory.ts';
import { check } from '../../src/pipeline/check.ts';
import { newReport, type Problem, withoutSuperseded } from '../../src/text/problem.ts';
import { domain, leaf, leafDigest, mailHost, now, otherDigest } from '../judge/judged.ts';
import { authorities, octetsOf } from '../x509/vectors.ts';
import { digestOf } from './hosts.ts';

const places = { root: '/infra', state: '/infra/keys', output: '/infra/build' };
const version = (file: string, commit: string): EarlierVersion => ({
  commit,
  date: '2026-08-01',
  octets: octetsOf(file),
});

/** What `check` says of these TLSA requests beside the certificate made/leaf.pem, and of which files it asked for the past. */
function checked(tlsa: string, versions: readonly EarlierVersion[] = []) {
  const yaml = `${mailHost(`    tlsa: ${tlsa}\n`)}${domain('example.test')}`;
  const host = memoryHost({
    files: { '/infra/zones/a.yaml': yaml, '/infra/zones/certs/mx1.pem': octetsOf(leaf['certs/mx1.pem'].slice(1)) },
  });
  const asked: string[] = [];
  const to = newReport();
  const earlier = (path: string) => {
    asked.push(path);
    return versions;
  };
  check(host.files, places, now, to, { earlier });
  return { problems: withoutSuperseded(to.problems), asked };
}

const messageOf = (problems: readonly Problem[], rule: string) => problems.find((one) => one.rule === rule)?.message;

describe('the past of a file', () => {
  test('is not asked where all is well, nor where something else explains the record', () => {
    expect(checked(`3 1 1 ${leafDigest}`).asked).toEqual([]);
    expect(checked('DANE-EE SPKI SHA2-256').asked).toEqual([]);
    // Beside a record that matches, another one may be a key that comes.
    expect(checked(`[3 1 1 ${leafDigest}, 3 1 1 ${otherDigest}]`).asked).toEqual([]);
    expect(checked(`3 1 1 ${digestOf('leaf.pem', '0 1')}`).asked).toEqual([]);
    expect(checked(`2 1 1 ${digestOf('leaf.pem', '1 1')}`).asked).toEqual([]);
  });

  test('names the commit of a record that was right once', () => {
    const versions = [version('made/leaf.pem', 'aaa1111'), version('made/leaf-next-key.pem', 'bbb2222')];
    const { problems, asked } = checked(`3 1 1 ${digestOf('leaf-next-key.pem', '1 1')}`, versions);
    expect(asked).toEqual(['zones/certs/mx1.pem']);
    expect(problems.filter(({ tier }) => tier === 'error').map(({ rule }) => rule)).toEqual([
      'dane/wrong-input-digest',
    ]);
    expect(messageOf(problems, 'dane/wrong-input-digest')).toMatch(
      /public key \(SPKI\) of zones\/certs\/mx1\.pem as of commit bbb2222 \(2026-08-01\), not of the public key \(SPKI\) of mx1$/,
    );
  });

  test('that knows nothing changes nothing', () => {
    const { problems } = checked(`3 1 1 ${otherDigest}`, [version('made/reject-html.pem', 'ccc3333')]);
    expect(problems.filter(({ tier }) => tier === 'error').map(({ rule }) => rule)).toEqual(['dane/nothing-matches']);
  });
});

describe('a version', () => {
  const record = (usage: 'DANE-EE' | 'DANE-TA', selector: 'SPKI' | 'Cert', data: string) =>
    ({ usage, selector, matching: 'SHA2-256', data: Buffer.from(data, 'hex') }) as const;

  test.each([
    ['its leaf', record('DANE-EE', 'SPKI', digestOf('leaf.pem', '1 1')), 'the public key (SPKI) of c.pem as of'],
    ['its certificate', record('DANE-EE', 'Cert', digestOf('leaf.pem', '0 1')), 'the certificate of c.pem as of'],
    [
      'an issuer',
      record('DANE-TA', 'SPKI', digestOf('root.pem', '1 1')),
      'the public key (SPKI) of an issuer in c.pem as of',
    ],
    ['a wrong input', record('DANE-EE', 'SPKI', digestOf('leaf.pem', '0 1')), 'the whole certificate of c.pem as of'],
  ])('is told by %s', (_, of, text) => {
    expect(earlierInput(of, 'c.pem', [version('made/chain.pem', 'ddd4444')])).toBe(
      `${text} commit ddd4444 (2026-08-01)`,
    );
  });

  test('may be a key or a request', () => {
    const of = record('DANE-EE', 'SPKI', digestOf('leaf.pem', '1 1'));
    for (const file of ['made/same-key.csr.pem', 'made/same-key.pub.pem'])
      expect(earlierInput(of, 'next', [version(file, 'eee5555')])).toContain('commit eee5555');
  });
});

describe('a retired issuer', () => {
  const digests = (file: string) => authorities.find((entry) => entry.file === file)?.tlsa ?? {};

  test('is named with what is known of its end, and its files are not asked', () => {
    const { problems, asked } = checked(`2 1 1 ${digests('letsencrypt/r3.pem')['1 1']}`);
    expect(asked).toEqual([]);
    expect(messageOf(problems, 'dane/wrong-input-digest')).toContain(
      'the public key (SPKI) of R3, a retired issuer of letsencrypt (its last certificate expired 2025-09-15)',
    );
    expect(problems.filter(({ tier }) => tier !== 'information').map(({ rule }) => rule)).toEqual([
      'dane/wrong-input-digest',
    ]);
  });

  test('beside a record that matches is a pin that a rotation left behind', () => {
    const { problems } = checked(`[3 1 1 ${leafDigest}, 3 1 1 ${digests('letsencrypt/r3.pem')['1 1']}]`);
    expect(problems.filter(({ tier }) => tier === 'error')).toEqual([]);
  });

  test('an active issuer that is not in the chain is told beside the record that matches nothing', () => {
    const { problems } = checked(`2 1 1 ${digests('letsencrypt/ye2.pem')['1 1']}`);
    const found = problems.find(({ rule }) => rule === 'dane/nothing-matches');
    expect(found?.related?.map(({ message }) => message)).toEqual([
      'this record is the public key (SPKI) of YE2, an active issuer of letsencrypt, which is not in the chain',
    ]);
    expect(builtInCatalogues.has('letsencrypt')).toBe(true);
  });
});
