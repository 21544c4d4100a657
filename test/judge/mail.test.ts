import { describe, expect, test } from 'vitest';
import { domain, judged, leaf, leafDigest, mailHost, reports } from './judged.ts';

const mail = '    mail: [mx1.example.test]\n';
const unsigned = '    policy: unsigned\n';
const of = (rule: string, ...args: Parameters<typeof judged>) =>
  judged(...args).problems.filter((problem) => problem.rule === rule);

/** mx1.example.test with TLSA, and `count` domains with this mail host. */
const many = (count: number, more = '') =>
  `${mailHost()}${domain('example.test', mail, reports)}${Array.from({ length: count }, (_, i) => domain(`d${i}.example`, mail + more, more === '' ? reports : '')).join('')}`;

describe('one line for each mail host, however many domains use it', () => {
  test('dane/insecure-mx-domain', () => {
    const { problems, said } = judged(many(3, unsigned), leaf);
    expect(said).toEqual(['dane/insecure-mx-domain mx1.example.test']);
    expect(problems[0].message).toBe(
      'mx1.example.test. has TLSA records, and d0.example. and 2 other domains with this MX are not signed',
    );
    expect(problems[0].zones).toEqual(['d0.example.', 'd1.example.', 'd2.example.']);
  });

  test('dane/foreign-mx, for signed domains only', () => {
    const foreign = '    mail: [mx.example.net]\n';
    const yaml = `domains:\n${domain('a.example', foreign)}${domain('b.example', foreign)}${domain('c.example', foreign + unsigned)}`;
    const { problems, said } = judged(yaml);
    expect(said).toEqual(['dane/foreign-mx mx.example.net']);
    expect(problems[0].message).toContain('a.example. and b.example.');
  });

  test('dane/foreign-mx: below a delegation to somebody else', () => {
    const records = '      lab: {NS: [ns1.example.net, ns2.example.net]}\n';
    expect(judged(`domains:\n${domain('a.example', '    mail: [mx.lab.a.example]\n', records)}`).said).toEqual([
      'dane/foreign-mx mx.lab.a.example',
    ]);
  });

  test('dane/host-in-unsigned-zone is dane/unsigned-zone once the host has TLSA records', () => {
    const yaml = (tlsa: string) =>
      `${mailHost(tlsa)}${domain('example.test', unsigned)}${domain('a.example', mail)}${domain('b.example', mail)}`;
    expect(judged(yaml('    tlsa: []\n'), leaf).said).toEqual(['dane/host-in-unsigned-zone mx1.example.test']);
    expect(judged(yaml(''), leaf).said).toEqual(['dane/unsigned-zone example.test']);
  });

  test('a domain that is unsigned with all that it has is left alone', () => {
    expect(judged(`${mailHost('    tlsa: []\n')}${domain('example.test', mail + unsigned)}`, leaf).said).toEqual([]);
  });
});

describe('dane/uncovered-mx', () => {
  const second = '  mx2.example.test: {addresses: [192.0.2.26]}\n';
  const both = '    mail: [mx1.example.test, {host: mx2.example.test, preference: 20}]\n';

  test('names the host without records, once', () => {
    const yaml = `${mailHost(second)}${domain('example.test', both, reports)}${domain('a.example', both, reports)}`;
    const [problem, ...others] = of('dane/uncovered-mx', yaml, leaf);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ subject: 'mx2.example.test.', zones: ['example.test.'] });
    expect(problem.message).toContain('mx1.example.test., beside it in the MX of a.example. and example.test., has');
  });

  test('is not said where no host has any, nor of the hosts of others', () => {
    expect(
      of('dane/uncovered-mx', `${mailHost(`    tlsa: []\n${second}`)}${domain('example.test', both)}`, leaf),
    ).toEqual([]);
    const foreign = '    mail: [mx1.example.test, {host: mx.example.net, preference: 20}]\n';
    expect(judged(`${mailHost()}${domain('example.test', foreign, reports)}`, leaf).said).toEqual([
      'dane/foreign-mx mx.example.net',
    ]);
  });

  test('records that an alias or a wildcard gives count', () => {
    const records = `${reports}      '*._tcp.mx2': {TLSA: 3 1 1 ${leafDigest}}\n`;
    expect(of('dane/uncovered-mx', `${mailHost(second)}${domain('example.test', both, records)}`, leaf)).toEqual([]);
    const alias = `${reports}      _25._tcp.mx2: {CNAME: _25._tcp.mx1.example.test}\n`;
    expect(of('dane/uncovered-mx', `${mailHost(second)}${domain('example.test', both, alias)}`, leaf)).toEqual([]);
    const elsewhere = `${reports}      _25._tcp.mx2: {CNAME: tlsa.example.net}\n`;
    expect(of('dane/uncovered-mx', `${mailHost(second)}${domain('example.test', both, elsewhere)}`, leaf)).toEqual([]);
  });
});

describe('dane/no-tlsrpt', () => {
  test('once for a zone, however many mail domains it has', () => {
    const records = '      lists: {MX: 10 mx1.example.test}\n      news: {MX: 10 mx1.example.test}\n';
    const { problems, said } = judged(`${mailHost()}${domain('example.test', mail, records)}`, leaf);
    expect(said).toEqual(['dane/no-tlsrpt example.test']);
    expect(problems[0].message).toContain('example.test. and 2 other domains');
  });

  test('a CNAME to somebody else who reports is believed; a text without the version is not', () => {
    const said = (record: string) => judged(`${mailHost()}${domain('example.test', mail, record)}`, leaf).said;
    expect(said('      _smtp._tls: {CNAME: reports.example.net}\n')).toEqual([]);
    expect(said('      _smtp._tls: {TXT: rua=mailto:reports@example.test}\n')).toEqual(['dane/no-tlsrpt example.test']);
  });

  test('is no matter of domains without DANE', () => {
    expect(judged(`${mailHost('    tlsa: []\n')}${domain('example.test', mail)}`, leaf).said).toEqual([]);
  });
});

describe('dane/shared-key', () => {
  const hosts = (second: string) => `certificates: {mx1: {chain: certs/mx1.pem}, mx2: {chain: certs/mx2.pem}}
hosts:
  mx1.example.test: {addresses: [192.0.2.25], services: {smtp: mx1}}
  example.test: {addresses: [192.0.2.26], services: {smtp: ${second}}}
domains:
`;
  const both = '    mail: [mx1.example.test, {host: example.test, preference: 20}]\n';
  const files = { ...leaf, 'certs/mx2.pem': '@made/leaf-renewed.pem' };

  test('the same certificate, or another one for the same key', () => {
    for (const second of ['mx1', 'mx2']) {
      const yaml = `${hosts(second)}${domain('example.test', both, reports)}`;
      expect(of('dane/shared-key', yaml, files).map(({ subject }) => subject)).toEqual(['mx1.example.test.']);
    }
  });

  test('once for all domains with these hosts; a domain with one host has nothing to share', () => {
    const yaml = `${hosts('mx2')}${domain('example.test', both, reports)}${domain('a.example', both, reports)}${domain('b.example', mail, reports)}`;
    const problems = of('dane/shared-key', yaml, files);
    expect(problems).toHaveLength(1);
    expect(problems[0].message).toContain('a.example. and example.test.');
  });
});

test('a null MX and an MX that is an address name no mail host', () => {
  expect(judged(`domains:\n${domain('a.example', '    mail: null-mx\n')}`).said).toEqual([]);
  const said = (mx: string) => judged(`domains:\n${domain('a.example', '', `      '@': {MX: ${mx}}\n`)}`).said;
  expect(said('10 192.0.2.25')).toEqual(['zone/mx-is-address a.example']);
  expect(said('10 2001:db8::25')).toEqual(['zone/mx-is-address a.example']);
  expect(judged(`domains:\n${domain('a.example', '    mail: [2001:db8::25]\n')}`).said).toEqual([
    'zone/mx-is-address a.example',
  ]);
  expect(said('10 mx.a.example.a.example')).toEqual(['zone/mx-is-address a.example']);
});

test('a null MX beside TLSA records for mail', () => {
  const records = `      '@': {A: 192.0.2.1}\n      _25._tcp: {TLSA: 3 1 1 ${leafDigest}}\n`;
  const { problems } = judged(`domains:\n${domain('a.example', '    mail: null-mx\n', records)}`);
  expect(problems.map(({ rule }) => rule)).toContain('zone/null-mx-not-alone');
  expect(problems.find(({ rule }) => rule === 'zone/null-mx-not-alone')?.message).toContain('TLSA records for mail');
});
