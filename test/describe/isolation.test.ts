import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { described } from './described.ts';

const a = 'domains:\n  a.example: {nameservers: ours}\n';
const sets = 'nameserver-sets: {ours: [ns1.example.net, ns2.example.net]}\n';

describe('one mistake takes only its own zones with it', () => {
  test('a file that cannot be parsed is broken, and what it seems to declare is faulty', () => {
    const { broken, faulty, description, places } = described({
      'zones/a.yaml': a,
      'zones/b.yaml':
        'domains:\n  b.example:\n    nameservers: ours\n    records: {www: {A: 192.0.2.1}\n  c.example: {nameservers: ours}\n',
      'zones/sets.yaml': sets,
    });
    expect(broken).toEqual(['zones/b.yaml']);
    expect([...faulty.keys()]).toEqual(['b.example.', 'c.example.']);
    expect([...description.domains.keys()]).toEqual(['a.example.']);
    expect(places).toEqual(['yaml/syntax zones/b.yaml:5:3']);
  });

  test('a host of a broken file takes its zone along, which would lack it', () => {
    const { faulty, description } = described({
      'zones/a.yaml': `${a}  b.example: {nameservers: ours}\n`,
      'zones/hosts.yaml': 'hosts:\n  "mx1.a.example":\n    addresses: [192.0.2.25\n',
      'zones/sets.yaml': sets,
    });
    expect([...faulty.keys()]).toEqual(['a.example.']);
    expect([...description.domains.keys()]).toEqual(['b.example.']);
  });

  test('a misspelt section too', () => {
    const { faulty, broken } = described(`${sets}${a}hots:\n  mx1.a.example: {addresses: 192.0.2.25}\n`);
    expect(broken).toEqual(['zones/a.yaml']);
    expect([...faulty.keys()]).toEqual(['a.example.']);
  });

  test('a reference into a broken file says that it may stand there', () => {
    const { problems, faulty } = described({ 'zones/a.yaml': a, 'zones/sets.yaml': `${sets}x: [` });
    const reference = problems.find((problem) => problem.rule === 'describe/unknown-reference');
    expect(reference?.message).toContain('zones/sets.yaml');
    expect([...faulty.keys()]).toEqual(['a.example.']);
  });

  test('a policy, a parent, a name server set, a certificate with an error: the zones that use it', () => {
    const { faulty, description } = described(`policies: {bad: {ttls: {default: x}}}
parents: {bad: {ttl: x}}
nameserver-sets: {bad: [ns1], good: [ns1.example.net]}
certificates: {bad: {chain: /x.pem}}
hosts: {mx.d.example: {services: {smtp: bad}}}
domains:
  a.example: {nameservers: good, policy: bad}
  b.example: {nameservers: good, parent: bad}
  c.example: {nameservers: bad}
  d.example: {nameservers: good}
  e.example: {nameservers: good}
`);
    expect([...faulty.keys()]).toEqual(['a.example.', 'b.example.', 'c.example.', 'd.example.']);
    expect([...description.domains.keys()]).toEqual(['e.example.']);
    for (const errors of faulty.values()) expect(errors.length).toBeGreaterThan(0);
  });

  test('the same domain in two files is an error of that domain, and names both places', () => {
    const { problems, faulty } = described({
      'zones/a.yaml': `${sets}${a}`,
      'zones/b.yaml': 'domains: {A.example.: {}}\n',
    });
    expect(problems.map(({ rule, position, related }) => [rule, position?.file, related?.[0].position.file])).toEqual([
      ['describe/duplicate', 'zones/b.yaml', 'zones/a.yaml'],
    ]);
    expect([...faulty.keys()]).toEqual(['a.example.']);
  });

  test('which of two files comes first does not matter', () => {
    const files = { 'zones/b.yaml': 'domains: {a.example: {ttl: 5m}}\n', 'zones/a.yaml': `${sets}${a}` };
    const turned = Object.fromEntries(Object.entries(files).reverse());
    expect(described(files).problems).toEqual(described(turned).problems);
  });
});

describe('groups', () => {
  const template = `${sets}templates: {parked: {nameservers: ours, mail: null-mx, records: {'@': {TXT: 'v=spf1 -all'}}}}\n`;

  test('of a list in YAML and of a list file', () => {
    const list = '# parked\n\n  one.example  # bought\r\nTWO.example.\nthrée.example\n';
    const { description, places } = described(
      `${template}groups:\n  a: {domains: lists/parked.txt, like: parked}\n  b: {domains: [four.example], like: parked}\n`,
      { 'zones/lists/parked.txt': list },
    );
    expect(places).toEqual([]);
    expect([...description.domains.keys()]).toEqual([
      'four.example.',
      'one.example.',
      'two.example.',
      'xn--thre-dpa.example.',
    ]);
    const one = description.domains.get('one.example.' as never);
    expect(one).toMatchObject({
      mail: 'null-mx',
      at: { file: 'zones/lists/parked.txt', line: 3, column: 3, length: 11 },
    });
    expect(description.files).toContainEqual({
      file: 'zones/lists/parked.txt',
      zones: ['one.example.', 'two.example.', 'xn--thre-dpa.example.'],
    });
  });

  test('a line that is no name is told in the list, and takes no other line with it', () => {
    const { places, description, broken } = described(`${template}groups: {a: {domains: l.txt, like: parked}}\n`, {
      'zones/l.txt': 'one.example\ntwo..example\n',
    });
    expect(places).toEqual(['describe/name zones/l.txt:2:1']);
    expect([...description.domains.keys()]).toEqual(['one.example.']);
    expect(broken).toEqual(['zones/l.txt']);
  });

  test('a domain that is declared elsewhere too', () => {
    const { problems, faulty } = described(
      `${template}groups: {a: {domains: l.txt, like: parked}, b: {domains: [b.example, b.example], like: parked}}\ndomains: {a.example: {nameservers: ours}}\n`,
      { 'zones/l.txt': 'a.example\n' },
    );
    expect(problems.map(({ rule }) => rule)).toEqual(['describe/duplicate', 'describe/duplicate']);
    expect([...faulty.keys()]).toEqual(['a.example.', 'b.example.']);
  });

  test('a list that is not there: its zones are known to whoever built them before', () => {
    const { places, broken } = described(`${template}groups: {a: {domains: l.txt, like: parked}}\n`);
    expect(places).toEqual(['describe/unreadable-file 3:23']);
    expect(broken).toEqual(['zones/l.txt']);
  });
});

describe('which zones depend on which file', () => {
  test('by policy, set, host, certificate, template, child and list', () => {
    const { description, places } = described({
      'zones/base.yaml': `${sets}policies: {default: {cds: false}}\n`,
      'zones/certs.yaml': 'certificates: {mx: {chain: mx.pem}}\n',
      'zones/hosts.yaml': 'hosts: {mx.lab.a.example: {services: {smtp: mx}}}\n',
      'zones/templates.yaml': 'templates: {t: {nameservers: ours}}\n',
      'zones/a.yaml': 'domains:\n  a.example: {like: t, records: {lab: {NS: ns1.example.net, DS: from-child}}}\n',
      'zones/lab.yaml':
        'domains: {lab.a.example: {nameservers: ours, policy: unsigned2}}\npolicies: {unsigned2: {ttls: {default: 5m}}}\n',
      'zones/other.yaml': 'domains: {b.example: {nameservers: [ns1.example.net], policy: unsigned}}\n',
      'zones/empty.yaml': '',
    });
    expect(places).toEqual([]);
    expect(description.files).toEqual([
      { file: 'zones/a.yaml', zones: ['a.example.'] },
      { file: 'zones/base.yaml', zones: ['a.example.', 'lab.a.example.'] },
      { file: 'zones/certs.yaml', zones: ['a.example.', 'lab.a.example.'] },
      { file: 'zones/empty.yaml', zones: [] },
      { file: 'zones/hosts.yaml', zones: ['a.example.', 'lab.a.example.'] },
      { file: 'zones/lab.yaml', zones: ['a.example.', 'lab.a.example.'] },
      { file: 'zones/other.yaml', zones: ['b.example.'] },
      { file: 'zones/templates.yaml', zones: ['a.example.'] },
    ]);
  });
});

describe('never throws', () => {
  const base = `policies: {p: {like: default, keys: {algorithm: 13}, denial: nsec3}, default: {ttls: {tlsa: 5m}}}
parents: {default: {digests: [2], interface: ds}}
nameserver-sets: {ours: [ns1.example.net, ns2.example.net]}
certificates: {c: {chain: c.pem, renewal: {reuse-key: true}}}
hosts: {mx.example.org: {addresses: [192.0.2.1], services: {smtp: [c], 25/udp: c}, tlsa: [3 1 1, {alias: x.example.org}]}}
templates: {t: {nameservers: ours, mail: [mx.example.org], records: {'@': {TXT: '{{domain}}', MX: {raw: 10 x, ttl: 1h}}, x: null}}}
domains:
  example.org: {like: t, policy: p, soa: {contact: a@example.org}, records: {www: {A: [192.0.2.1, {value: 192.0.2.2, ttl: 5m}]}}}
  example.net: {like: example.org, include: x.zone, silences: [{rule: a/b, reason: x, until: 2027-01-01}]}
groups: {g: {domains: [a.example, b.example], like: t}}
`;
  const words = base.match(/[\w.@{}-]+|[[\]{},:']/g) ?? [];

  test('whatever word of a description is replaced, left out or doubled', () => {
    const places = [...base.matchAll(/[\w.@-]+|[[\]{},:']/g)].map((match) => [match.index, match[0].length]);
    fc.assert(
      fc.property(
        fc.nat(places.length - 1),
        fc.constantFrom(
          '',
          'null',
          '[]',
          '{}',
          '0',
          '-1',
          'x',
          "''",
          'true',
          '*x',
          '.',
          '"\\u0000"',
          '[[x]]',
          '{a: b}',
          ...words,
        ),
        (index, put) => {
          const [from, length] = places[index];
          const { problems, faulty, description } = described(base.slice(0, from) + put + base.slice(from + length));
          for (const problem of problems) expect(problem.position?.line ?? 1).toBeGreaterThan(0);
          for (const zone of faulty.keys()) expect(description.domains.has(zone)).toBe(false);
        },
      ),
      { numRuns: 400 },
    );
  });
});
