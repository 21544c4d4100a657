import { describe, expect, test } from 'vitest';
import { domain, judged, leaf, leafDigest, mailHost, otherDigest, reports } from './judged.ts';

const tlsa = `{TLSA: 3 1 1 ${leafDigest}}`;
const aliasHost = (target: string, services = 'smtp: mx1') => `certificates: {mx1: {chain: certs/mx1.pem}}
hosts:
  mx1.example.test: {addresses: [192.0.2.25], services: {${services}}, tlsa: {alias: ${target}}}
domains:
`;

describe('dane/alias-chain', () => {
  const messages = (...args: Parameters<typeof judged>) =>
    judged(...args).problems.map(({ rule, message }) => [rule, message.replace(/.*\., /, '')]);

  test('a target that does not exist, or has no TLSA records', () => {
    expect(messages(`${aliasHost('set.example.test')}${domain('example.test')}`, leaf)).toEqual([
      ['dane/alias-chain', 'which does not exist'],
    ]);
    expect(
      messages(`${aliasHost('set.example.test')}${domain('example.test', '', '      set: {TXT: x}\n')}`, leaf),
    ).toEqual([['dane/alias-chain', 'which has no TLSA records']]);
  });

  test('is one mistake for all services of a host', () => {
    const yaml = `${aliasHost('set.example.test', 'smtp: mx1, submissions: mx1, imaps: mx1')}${domain('example.test')}`;
    const { problems } = judged(yaml, leaf);
    expect(problems).toHaveLength(1);
    expect(problems[0].message).toContain('and 2 others');
  });

  test('a circle', () => {
    const records = '      set: {CNAME: set2.example.test}\n      set2: {CNAME: set.example.test}\n';
    const { problems } = judged(`${aliasHost('set.example.test')}${domain('example.test', '', records)}`, leaf);
    expect(problems.map(({ rule }) => rule)).toEqual(['dane/alias-chain']);
    expect(problems[0].message).toContain('in a circle');
  });

  test('through a zone that is not signed', () => {
    const other = domain('example.org', '    policy: unsigned\n', `      set: {CNAME: set.example.test}\n`);
    const yaml = `${aliasHost('set.example.org')}${domain('example.test', '', `      set: ${tlsa}\n`)}${other}`;
    const { problems } = judged(yaml, leaf);
    expect(problems.map(({ rule }) => rule)).toEqual(['dane/alias-chain']);
    expect(problems[0].message).toContain('by way of the zone example.org., which is not signed');
  });

  test('through another zone of ours, a DNAME, or to somebody else: nothing is wrong that can be known', () => {
    const other = domain('example.org', '', `      set: ${tlsa}\n`);
    expect(judged(`${aliasHost('set.example.org')}${domain('example.test')}${other}`, leaf).said).toEqual([]);
    const dname = domain('example.test', '', '      sets: {DNAME: example.org}\n');
    expect(judged(`${aliasHost('set.sets.example.test')}${dname}${other}`, leaf).said).toEqual([]);
    expect(judged(`${aliasHost('set.example.net')}${domain('example.test')}`, leaf).said).toEqual([]);
  });

  test('the records at the end must match what the host presents', () => {
    const records = `      set: {TLSA: 3 1 1 ${otherDigest}}\n`;
    expect(judged(`${aliasHost('set.example.test')}${domain('example.test', '', records)}`, leaf).said).toEqual([
      'dane/nothing-matches mx1.example.test',
    ]);
  });
});

describe('dane/wildcard-shadowed', () => {
  const mail = '    mail: [mx1.example.test]\n';
  const host = mailHost('    tlsa: []\n');
  const said = (records: string, hosts = host) =>
    judged(`${hosts}${domain('example.test', mail, records + reports)}`, leaf).problems.map(({ rule, message }) => [
      rule,
      message,
    ]);

  test('a TLSA wildcard above a host that exists never answers for it', () => {
    expect(said(`      '*': ${tlsa}\n`)).toEqual([
      [
        'dane/wildcard-shadowed',
        'the TLSA record of *.example.test. does not answer for _25._tcp.mx1.example.test., because mx1.example.test. exists',
      ],
    ]);
    // Another port makes _tcp exist.
    const [[rule, message]] = said(`      '*.mx1': ${tlsa}\n      _99._tcp.mx1: {TXT: x}\n`);
    expect([rule, message]).toEqual([
      'dane/wildcard-shadowed',
      expect.stringContaining('_tcp.mx1.example.test. exists'),
    ]);
  });

  test('one directly under the host or its _tcp answers, and its records must match', () => {
    expect(said(`      '*._tcp.mx1': ${tlsa}\n`)).toEqual([]);
    expect(said(`      '*.mx1': ${tlsa}\n`)).toEqual([]);
    expect(said(`      '*._tcp.mx1': {TLSA: 3 1 1 ${otherDigest}}\n`).map(([rule]) => rule)).toEqual([
      'dane/nothing-matches',
    ]);
  });

  test('a CNAME wildcard that captures _25._tcp sends the question elsewhere', () => {
    const [[rule, message], ...others] = said("      '*.mx1': {CNAME: www.example.net}\n");
    expect(others).toEqual([]);
    expect(rule).toBe('dane/wildcard-shadowed');
    expect(message).toContain('answers for _25._tcp.mx1.example.test. too');
  });

  test.each([
    'MX: 10 mx1.example.test',
    'CNAME: www.example.net',
  ])('a name that exists only because of names with an underscore below it falls out of a wildcard: %s', (record) => {
    const records = `      '*': {${record}}\n`;
    const only = (more: string) => said(records + more).filter(([rule]) => rule === 'dane/wildcard-shadowed');
    expect(only('      _dmarc.sales: {TXT: v=DMARC1; p=none}\n')).toHaveLength(1);
    expect(only('      _acme-challenge.a.b: {TXT: x}\n')).toHaveLength(1);
    expect(only('      sales: {A: 192.0.2.1}\n      _dmarc.sales: {TXT: v=DMARC1; p=none}\n')).toEqual([]);
    expect(only('      www.sales: {A: 192.0.2.1}\n')).toEqual([]);
    expect(only('      _dmarc: {TXT: v=DMARC1; p=none}\n')).toEqual([]);
  });

  test('other types are not looked at: a wildcard for addresses has exceptions by nature', () => {
    expect(said("      '*': {A: 192.0.2.1}\n      _acme-challenge.a: {TXT: x}\n")).toEqual([]);
  });
});
