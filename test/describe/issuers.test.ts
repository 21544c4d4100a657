/** Issuer catalogues of the repository. */
import { describe, expect, test } from 'vitest';
import { described } from './described.ts';

const zone = 'domains: {example.org: {nameservers: [ns1.example.net, ns2.example.net]}}\n';
const host = (issuers: string) =>
  `hosts: {mx1.example.org: {services: {smtp: mx1}, tlsa: {issuers: ${issuers}}}}\ncertificates: {mx1: {chain: c.pem}}\n${zone}`;

describe('a catalogue', () => {
  test('names a file for each issuer and says what it is; paths are relative to the file of the description', () => {
    const yaml = `issuers:
  ours:
    active: [issuers/a.pem, ../pki/b.pem]
    backup: issuers/c.pem
    retired: [issuers/d.pem]
    roots: [issuers/root.pem]
    as-of: 2026-11-22
${host('ours')}`;
    const { description, problems } = described(yaml);
    expect(problems).toEqual([]);
    const ours = description.issuers.get('ours');
    expect(ours?.asOf).toBe('2026-11-22');
    expect(ours?.files.map(({ value, status, at }) => [value, status, at.line])).toEqual([
      ['zones/issuers/a.pem', 'active', 3],
      ['pki/b.pem', 'active', 3],
      ['zones/issuers/c.pem', 'backup', 4],
      ['zones/issuers/d.pem', 'retired', 5],
      ['zones/issuers/root.pem', 'root', 6],
    ]);
  });

  test('of another file ties its zone to that file', () => {
    const { description } = described({
      'zones/a.yaml': host('ours'),
      'zones/b.yaml': 'issuers: {ours: {active: a.pem}}\n',
    });
    expect(description.files).toContainEqual({ file: 'zones/b.yaml', zones: ['example.org.'] });
  });

  test.each([
    ['{activ: a.pem}', ['describe/unknown-key 1:18'], 'did you mean active?'],
    ['{active: a.pem, as-of: yesterday}', ['describe/wrong-value 1:40'], 'a day, such as 2026-11-22'],
    ['{active: a.pem, as-of: 2026-02-30}', ['describe/wrong-value 1:40'], 'a day'],
    ['{active: [a.pem, a.pem]}', ['describe/duplicate 1:34'], 'a.pem'],
    ['{active: a.pem, backup: a.pem}', ['describe/duplicate 1:41'], 'a.pem'],
    ['{active: /etc/a.pem}', ['describe/path 1:26'], '/etc/a.pem'],
    ['{active: ../../a.pem}', ['describe/path 1:26'], 'out of the repository'],
    ['{active: {a: b}}', ['describe/wrong-type 1:26'], 'the path of a file'],
  ])('%s is refused, and with it the zone of the host', (text, places, words) => {
    const found = described(`issuers: {ours: ${text}}\n${host('ours')}`);
    expect(found.places).toEqual(places);
    expect(found.problems.map(({ message, hint }) => `${message} ${hint}`).join('\n')).toContain(words);
    expect([...found.faulty.keys()]).toEqual(['example.org.']);
  });

  test('that no host names still tells pins and names; a built-in one needs no declaration', () => {
    expect(described(`issuers: {ours: {active: a.pem}}\n${host('letsencrypt')}`).places).toEqual([]);
    expect(described(host('letsencrypt')).places).toEqual([]);
  });
});
