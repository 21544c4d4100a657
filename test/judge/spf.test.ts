import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../src/judge/spf.ts';
import { domain, judged } from './judged.ts';

describe('the terms of a policy (RFC 7208 section 4.6.1)', () => {
  test.each([
    'v=spf1',
    'v=spf1 -all',
    'v=spf1 mx a:mail.example.net a/24 mx:example.net/24//64 -all',
    'v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all',
    'v=spf1 exists:%{ir}.%{v}._spf.%{d2} include:_spf.%{d} ?all',
    'v=spf1 PTR:example.net +MX exp=explain.%{d} unknown-modifier=anything -ALL',
    'v=spf1 redirect=_spf.example.net',
  ])('%s', (text) => {
    expect(parsePolicy(text).fault).toBeUndefined();
  });

  test.each([
    ['v=spf1 mx all mail.example.net', undefined],
    ['v=spf1 mail.example.net -all', '"mail.example.net"'],
    ['v=spf1 include -all', 'needs a domain'],
    ['v=spf1 include: -all', 'needs a domain'],
    ['v=spf1 ip4:192.0.2.256 -all', 'IPv4'],
    ['v=spf1 ip4:192.0.2.0/33 -all', '/33'],
    ['v=spf1 ip4:192.0.2.0/024 -all', '/024'],
    ['v=spf1 ip6:192.0.2.1 -all', 'IPv6'],
    ['v=spf1 ipv4:192.0.2.1 -all', 'ipv4'],
    ['v=spf1 mx/33 -all', '33'],
    ['v=spf1 all:example.net', 'takes no argument'],
    ['v=spf1 redirect=a.example redirect=b.example', 'stands twice'],
    ['v=spf1 - all', '"-"'],
  ])('%s', (text, expected) => {
    const { fault } = parsePolicy(text);
    if (expected === undefined) expect(fault).toBeUndefined();
    else expect(fault).toContain(expected);
  });

  test('include, a, mx, ptr, exists and redirect ask DNS; ip4, ip6, exp and what follows all do not', () => {
    const count = (text: string) => parsePolicy(`v=spf1 ${text}`).lookups;
    expect(count('include:a.example a mx ptr exists:b.example redirect=c.example')).toBe(6);
    expect(count('ip4:192.0.2.1 ip6:2001:db8::1 exp=a.example -all mx')).toBe(0);
    expect(count('redirect=c.example -all')).toBe(0);
  });
});

describe('zone/spf-lookups', () => {
  const said = (...zones: [name: string, records: string][]) =>
    judged(`domains:\n${zones.map(([name, records]) => domain(name, '', records)).join('')}`).problems.map(
      ({ rule, subject, message }) => `${rule} ${subject} ${message.replace(/.*? SPF record of \S+ /, '')}`,
    );
  const spf = (text: string, owner = "'@'") => `      ${owner}: {TXT: '${text}'}\n`;

  test('lookups are counted through the includes of this repository', () => {
    const inner = `v=spf1 ${'a:h.example.net '.repeat(9)}-all`;
    expect(said(['a.example', spf('v=spf1 include:b.example -all')], ['b.example', spf(inner)])).toEqual([]);
    expect(said(['a.example', spf('v=spf1 mx include:b.example -all')], ['b.example', spf(inner)])).toEqual([
      'zone/spf-lookups a.example. asks DNS more than 10 times, which is where receivers stop',
    ]);
  });

  test('an include that comes back, or leads to no policy', () => {
    expect(
      said(['a.example', spf('v=spf1 include:b.example -all')], ['b.example', spf('v=spf1 include:a.example -all')]),
    ).toEqual([
      'zone/spf-lookups a.example. comes back to b.example. by way of include:b.example',
      'zone/spf-lookups b.example. comes back to a.example. by way of include:a.example',
    ]);
    expect(said(['a.example', spf('v=spf1 include:_spf.a.example -all')])).toEqual([
      'zone/spf-lookups a.example. says include:_spf.a.example, and _spf.a.example. has no SPF record',
    ]);
    expect(said(['a.example', spf('v=spf1 include:_spf.example.net redirect=_spf.example.net')])).toEqual([]);
  });

  test('two policies at one name; other texts beside one', () => {
    expect(said(['a.example', "      '@': {TXT: [v=spf1 -all, v=spf1 mx -all]}\n"])).toEqual([
      'zone/spf-lookups a.example. has 2 SPF records, and receivers want one',
    ]);
    expect(said(['a.example', "      '@': {TXT: [v=spf1 -all, v=spf10 is another text]}\n"])).toEqual([]);
  });
});
