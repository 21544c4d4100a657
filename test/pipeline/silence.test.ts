import { describe, expect, test } from 'vitest';
import { rules } from '../../src/pipeline/rules.ts';
import { domain, judged, leaf, mailHost } from '../judge/judged.ts';
import { fixtureProblems } from './fixtures.ts';

describe('each rule about silences has a repository that it refuses and one that it takes', () => {
  test.each(Object.values(rules).filter(({ id }) => id.startsWith('ops/silence-')))('$id', ({ id, tier }) => {
    const bad = fixtureProblems(id, 'bad');
    expect(bad.map((problem) => problem.rule)).toEqual([id]);
    expect(bad[0]).toMatchObject({ tier, hint: expect.any(String), position: { line: expect.any(Number) } });
    expect(fixtureProblems(id, 'good')).toEqual([]);
  });
});

const silence = (rule: string, until = '2027-04-01') =>
  `    silences: [{rule: ${rule}, reason: known, until: ${until}}]\n`;
const oneServer = (name: string, more = '') => `  ${name}:\n    nameservers: [ns1.example.net]\n${more}`;

describe('a silence', () => {
  test('is about its own zone', () => {
    const yaml = `domains:\n${oneServer('a.example', silence('zone/single-ns'))}${oneServer('b.example')}`;
    expect(judged(yaml).said).toEqual(['zone/single-ns b.example']);
  });

  test('of a template is one for each domain that uses it, and used when one of them needs it', () => {
    const yaml = `templates: {held: {silences: [{rule: zone/single-ns, reason: known, until: 2027-04-01}]}}
domains:
  a.example: {like: held, nameservers: [ns1.example.net]}
  b.example: {like: held, nameservers: [ns1.example.net, ns2.example.net]}
`;
    expect(judged(yaml).said).toEqual([]);
  });

  test('ends with the beginning of its day', () => {
    const yaml = `domains:\n${oneServer('a.example', silence('zone/single-ns', '2026-11-22'))}`;
    const midnight = Date.UTC(2026, 10, 22) / 1000;
    expect(judged(yaml, {}, midnight - 1).said).toEqual([]);
    expect(judged(yaml, {}, midnight).said).toEqual(['zone/single-ns a.example', 'ops/silence-expired a.example']);
  });

  test('of an error has no effect, and says so', () => {
    const yaml = `domains:\n${domain('a.example', silence('zone/mx-is-address'), "      '@': {MX: 10 192.0.2.1}\n")}`;
    expect(judged(yaml).said).toEqual(['ops/silence-of-error a.example', 'zone/mx-is-address a.example']);
  });

  test('of a zone reaches the hosts and the certificates that only this zone uses', () => {
    const yaml = (more: string) => `${mailHost('    tlsa: DANE-EE SPKI Full\n')}${domain('example.test', more)}`;
    expect(judged(yaml(silence('dane/full-data')), leaf).said).toEqual([]);
    const weak = { 'certs/mx1.pem': '@made/rsa1024.pem' };
    const rules = judged(yaml(silence('dane/tls-weak')), weak).problems.map(({ rule }) => rule);
    expect(rules).not.toContain('dane/tls-weak');
  });

  test('of one zone leaves what concerns others too', () => {
    const foreign = '    mail: [mx.example.net]\n';
    const both = `domains:\n${domain('a.example', foreign + silence('dane/foreign-mx'))}`;
    expect(judged(both).said).toEqual([]);
    expect(judged(`${both}${domain('b.example', foreign)}`).said).toEqual(['dane/foreign-mx mx.example.net']);
  });
});

test('what a template gets wrong is said once, with the number of its zones', () => {
  const yaml = `templates: {held: {records: {_dmarc: {TXT: v=DMARC1; p=off}}}}
domains:
${['a', 'b', 'c'].map((name) => domain(`${name}.example`, '    like: held\n')).join('')}`;
  const { problems } = judged(yaml);
  expect(problems).toMatchObject([
    {
      rule: 'zone/dmarc-syntax',
      message: 'the DMARC record of _dmarc.a.example. has p=off: expected none, quarantine, reject (and 2 other zones)',
      zones: ['a.example.', 'b.example.', 'c.example.'],
    },
  ]);
});
