import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { made } from '../x509/vectors.ts';
import { domain, judged, leaf, leafDigest, mailHost, otherDigest } from './judged.ts';

const digests = (file: string) => made.find((entry) => entry.file === `made/${file}`)?.tlsa as Record<string, string>;
const leafDigests = digests('leaf.pem');

/** Records beside those that the host asks for. */
const withRecords = (records: string, more = '') =>
  judged(`${mailHost(more)}${domain('example.test', '', records)}`, leaf);
const tlsa = (...values: string[]) =>
  `      _25._tcp.mx1: {TLSA: [${values.map((value) => `'${value}'`).join(', ')}]}\n`;

describe('records that stand in records: or in a file are judged with those of the host', () => {
  test('a record that matches, for a host that asks for none', () => {
    expect(withRecords(tlsa(`3 1 1 ${leafDigest}`), '    tlsa: []\n').said).toEqual([]);
  });

  test('dane/nothing-matches: one of another key', () => {
    expect(withRecords(tlsa(`3 1 1 ${otherDigest}`), '    tlsa: []\n').said).toEqual([
      'dane/nothing-matches mx1.example.test',
    ]);
  });

  test('a literal of the host that is old, beside the right one in records:, is a set that matches', () => {
    expect(withRecords(tlsa(`3 1 1 ${leafDigest}`), `    tlsa: 3 1 1 ${otherDigest}\n`).said).toEqual([]);
  });

  test('dane/parameter-set-uncovered by a record that came from elsewhere', () => {
    expect(withRecords(tlsa(`3 0 1 ${otherDigest}`)).said).toEqual(['dane/parameter-set-uncovered mx1.example.test']);
  });

  test('dane/full-data, dane/pkix-usage-smtp, dane/field-range', () => {
    const spki = readFileSync(new URL('../vectors/certs/made/leaf.pem', import.meta.url), 'utf8');
    expect(spki).toContain('CERTIFICATE');
    const full = made.find((entry) => entry.file === 'made/leaf.pem')?.spki;
    expect(withRecords(tlsa(`3 1 0 ${full}`)).said).toEqual(['dane/full-data mx1.example.test']);
    expect(withRecords(tlsa(`1 1 1 ${leafDigest}`)).said).toEqual(['dane/pkix-usage-smtp mx1.example.test']);
    for (const [record, found] of [
      [`4 1 1 ${leafDigest}`, 'certificate usage is 4'],
      [`3 2 1 ${leafDigest}`, 'selector is 2'],
      [`3 1 3 ${leafDigest}`, 'matching type is 3'],
      [`3 1 1 ${leafDigest.slice(2)}`, 'association data for SHA2-256 has 31 octets'],
      [`3 1 2 ${leafDigest}`, 'association data for SHA2-512 has 32 octets'],
    ]) {
      const { problems, said } = withRecords(tlsa(record));
      expect(said).toEqual(['dane/field-range mx1.example.test']);
      expect(problems[0].message).toContain(found);
    }
  });

  test('dane/too-many-records, also for a service that is not declared', () => {
    const records = Array.from({ length: 13 }, (_, i) => `3 1 1 ${String(i).padStart(64, '0')}`);
    expect(withRecords(tlsa(...records)).said).toEqual(['dane/too-many-records mx1.example.test']);
    expect(withRecords(tlsa(...records).replace('_25.', '_26.')).said).toEqual([
      'dane/too-many-records mx1.example.test',
      'dane/undeclared-service mx1.example.test',
    ]);
  });
});

describe('dane/all-unusable: TLS is mandatory and nobody is authenticated', () => {
  test('explains the records, and nothing is said of matching', () => {
    const { problems, said } = withRecords(tlsa(`4 1 1 ${otherDigest}`, `1 1 1 ${otherDigest}`), '    tlsa: []\n');
    expect(said).toEqual(['dane/all-unusable mx1.example.test']);
    expect(problems[0].message).toContain('field out of range');
    expect(problems[0].message).toContain('PKIX-EE, which SMTP does not use');
  });

  test('PKIX usages can be used by everything but SMTP on port 25', () => {
    const yaml = `certificates: {mx1: {chain: certs/mx1.pem}}
hosts:
  mx1.example.test: {addresses: [192.0.2.25], services: {https: mx1}, tlsa: PKIX-EE SPKI SHA2-256}
domains:
${domain('example.test')}`;
    expect(judged(yaml, leaf).said).toEqual([]);
  });
});

describe('dane/digest-agility: each digest covers the same keys', () => {
  test('a further key with one digest only, known or not', () => {
    const both = `3 1 2 ${leafDigests['1 2']}`;
    const message = (...records: string[]) => {
      const { problems } = withRecords(tlsa(...records));
      expect(problems.map(({ rule }) => rule)).toEqual(['dane/digest-agility']);
      return problems[0].message;
    };
    expect(message(both, `3 1 1 ${otherDigest}`)).toContain(
      'DANE-EE SPKI has 1 more key with SHA2-256 than with SHA2-512',
    );
    expect(message(both, `3 1 2 ${otherDigest}${otherDigest}`)).toContain(
      '1 more key with SHA2-512 than with SHA2-256',
    );
  });

  test('unknown keys in equal numbers may be the same', () => {
    const records = [`3 1 2 ${leafDigests['1 2']}`, `3 1 1 ${otherDigest}`, `3 1 2 ${otherDigest}${otherDigest}`];
    expect(withRecords(tlsa(...records)).said).toEqual([]);
  });

  test('Full and other selectors are sets of their own', () => {
    const full = made.find((entry) => entry.file === 'made/leaf.pem')?.spki;
    expect(withRecords(tlsa(`3 1 0 ${full}`)).said).toEqual(['dane/full-data mx1.example.test']);
    expect(withRecords(tlsa(`3 0 1 ${leafDigests['0 1']}`)).said).toEqual([]);
  });
});

describe('dane/wrong-input-digest names what a digest is of', () => {
  const pem = readFileSync(new URL('../vectors/certs/made/leaf.pem', import.meta.url));
  const der = Buffer.from(pem.toString('latin1').replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const sha256 = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex');
  const chain = { 'certs/mx1.pem': '@made/chain.pem' };
  const mistake = (record: string, more = '', files: Record<string, string> = chain) => {
    const yaml = `${mailHost(`    tlsa: [DANE-EE SPKI SHA2-256, ${record}]\n`)}${domain('example.test')}${more}`;
    const { problems, said } = judged(yaml, files);
    expect(said).toEqual(['dane/wrong-input-digest mx1.example.test']);
    return problems[0].message;
  };

  test.each([
    ['empty input', '3 1 1 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['the whole certificate', `3 1 1 ${leafDigests['0 1']}`],
    ['the public key (SPKI)', `3 0 1 ${leafDigests['1 1']}`],
    ['the PEM text of the certificate', `3 1 1 ${sha256(pem)}`],
    ['the Base64 text of the certificate', `3 0 1 ${sha256(der.toString('base64'))}`],
    ['the public key (SPKI) of the issuer Test Intermediate', `3 1 1 ${digests('intermediate.pem')['1 1']}`],
    ['the certificate of the issuer Test Root 1', `3 0 1 ${digests('root.pem')['0 1']}`],
    ['the public key (SPKI) of the server certificate mx1.example.test', `2 1 1 ${leafDigest}`],
  ])('%s', (input, record) => {
    expect(mistake(record)).toContain(`is the digest of ${input}, not of `);
  });

  test('another host: only where nothing else matches, for it may be a move that is being prepared', () => {
    const hosts = (tlsa: string) => `certificates: {mx1: {chain: certs/mx1.pem}, web: {chain: certs/web.pem}}
hosts:
  mx1.example.test: {addresses: [192.0.2.25], services: {smtp: mx1}, tlsa: [${tlsa}]}
  example.test: {addresses: [192.0.2.80], services: {https: web}}
domains:
${domain('example.test')}`;
    const files = { ...leaf, 'certs/web.pem': '@made/leaf-next-key.pem' };
    const web = `3 1 1 ${otherDigest}`;
    const { problems, said } = judged(hosts(web), files);
    expect(said).toEqual(['dane/wrong-input-digest mx1.example.test']);
    expect(problems[0].message).toContain(
      'is the digest of the public key (SPKI) of web (mx1.example.test), not of the public key (SPKI) of mx1',
    );
    expect(judged(hosts(`${web}, DANE-EE SPKI SHA2-256`), files).said).toEqual([]);
  });

  test('the certificate of the other algorithm, copied into the records of a host', () => {
    const yaml = `certificates: {ecdsa: {chain: certs/mx1.pem}, rsa: {chain: certs/rsa.pem}}
hosts:
  mx1.example.test: {addresses: [192.0.2.25], services: {smtp: ecdsa, submissions: rsa}, tlsa: []}
domains:
${domain('example.test', '', tlsa(`3 1 1 ${digests('leaf-rsa.pem')['1 1']}`))}`;
    const { problems } = judged(yaml, { ...leaf, 'certs/rsa.pem': '@made/leaf-rsa.pem' });
    const mistakes = problems.filter(({ rule }) => rule === 'dane/wrong-input-digest');
    expect(mistakes.map(({ message }) => message)).toEqual([expect.stringContaining('of rsa (mx1.example.test)')]);
  });

  test('some wrong digits are shown where they stand', () => {
    const wrong = `3 1 1 ${leafDigest.slice(0, 9)}0${leafDigest.slice(10)}`;
    const yaml = `${mailHost(`    tlsa: ${wrong}\n`)}${domain('example.test')}`;
    const { problems } = judged(yaml, leaf);
    expect(problems.map(({ rule }) => rule)).toEqual(['dane/nothing-matches']);
    expect(problems[0].related).toMatchObject([
      { position: { line: 6 }, message: expect.stringContaining('digit 10 of its data') },
    ]);
  });
});

describe('what DANE-EE makes of the leaf', () => {
  const host = (renewal: string, tlsa: string) => `certificates: {mx1: {chain: certs/mx1.pem${renewal}}}
hosts:
  mx1.example.test: {addresses: [192.0.2.25], services: {smtp: mx1}, tlsa: ${tlsa}}
domains:
${domain('example.test')}`;

  test('dane/ee-cert-auto-renew: the certificate of 3 0 x changes with every renewal', () => {
    const renewed = ', renewal: {reuse-key: true}';
    expect(judged(host(renewed, 'DANE-EE Cert SHA2-256'), leaf).said).toEqual([
      'dane/ee-cert-auto-renew mx1.example.test',
    ]);
    expect(judged(host(renewed, 'DANE-TA Cert SHA2-256'), { 'certs/mx1.pem': '@made/chain.pem' }).said).toEqual([]);
    expect(judged(host('', 'DANE-EE Cert SHA2-256'), leaf).said).toEqual([]);
  });

  test('dane/ee-name-or-date: names matter once another usage stands beside it', () => {
    const yaml = (tlsa: string) => host('', tlsa).replaceAll('mx1.example.test', 'mx2.example.test');
    expect(judged(yaml('DANE-EE SPKI SHA2-256'), leaf).said).toEqual(['dane/ee-name-or-date mx2.example.test']);
    expect(
      judged(yaml('[DANE-EE SPKI SHA2-256, DANE-TA SPKI SHA2-256]'), { 'certs/mx1.pem': '@made/chain.pem' }).said,
    ).toEqual(['dane/ta-name-mismatch mx2.example.test']);
  });
});
