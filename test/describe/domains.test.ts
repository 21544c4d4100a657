import { describe, expect, test } from 'vitest';
import type { Domain } from '../../src/describe/description.ts';
import { name } from '../../src/dns/name.ts';
import { presentRData } from '../../src/dns/rdata/index.ts';
import { typeName } from '../../src/dns/type.ts';
import { described } from './described.ts';

/**
 * Each record on a line, as the description has it: owner, TTL where one is written, type, kind of content, content.
 */
function lines(domain: Domain | undefined): string[] {
  return (domain?.records ?? []).map(({ owner, ttl, type, content, rdata }) => {
    const text = content.kind === 'from-child' ? '' : rdata === undefined ? content.text : presentRData(type, rdata);
    return [owner, ttl, typeName(type), content.kind, text]
      .filter((part) => part !== undefined && part !== '')
      .join(' ');
  });
}

const head = 'domains:\n  example.org:\n    nameservers: [ns1.example.net, ns2.example.net]\n';

function org(body: string, others?: Record<string, string>) {
  const result = described(head + body, others);
  return { ...result, domain: result.description.domains.get(name('example.org.')) };
}

function records(body: string) {
  const { domain, places } = org(`    records:\n${body}`);
  return { lines: lines(domain), places };
}

describe('a domain', () => {
  test('has the defaults where nothing is written', () => {
    const { domain, places } = org('');
    expect(places).toEqual([]);
    expect(domain).toMatchObject({
      name: 'example.org.',
      ttl: 3600,
      soaDeclared: false,
      soa: {
        primary: 'ns1.example.net.',
        contact: 'hostmaster.example.org.',
        refresh: 1800,
        retry: 600,
        expire: 604800,
        minimum: 300,
        ttl: 3600,
      },
      mail: [],
      records: [],
      removed: [],
    });
    expect(domain?.policy).toMatchObject({ name: 'default', signing: 'dnssec', denial: { kind: 'nsec' } });
    expect(domain?.parent).toMatchObject({ name: 'default', interface: 'ds', digests: [2] });
    expect(domain?.nameservers.map(({ value }) => value)).toEqual(['ns1.example.net.', 'ns2.example.net.']);
  });

  test('says what is written', () => {
    const { domain, places } =
      org(`    soa: {primary: hidden.example.org, contact: john.doe@example.org, refresh: 1h, expire: P8D, ttl: 2h}
    ttl: 30m
    mail: [mx1.example.org, {host: mx2.example.net., preference: 20}]
    silences: [{rule: zone/single-ns, reason: moves in spring, until: 2027-01-31}]
`);
    expect(places).toEqual([]);
    expect(domain).toMatchObject({
      ttl: 1800,
      soaDeclared: true,
      // RFC 1035 section 8: the dot of the local part is no label border.
      soa: {
        primary: 'hidden.example.org.',
        contact: 'john\\.doe.example.org.',
        refresh: 3600,
        expire: 691200,
        ttl: 7200,
      },
      mail: [
        { host: 'mx1.example.org.', preference: 10 },
        { host: 'mx2.example.net.', preference: 20 },
      ],
      silences: [{ rule: 'zone/single-ns', reason: 'moves in spring', until: Date.UTC(2027, 0, 31) / 1000 }],
    });
  });

  test('without mail says so by the null MX (RFC 7505)', () => {
    expect(org('    mail: null-mx\n').domain?.mail).toBe('null-mx');
    expect(org("    mail: ['.']\n").places).toEqual(['describe/wrong-value 4:12']);
  });

  test('may have an IDN name, which is its A-label', () => {
    const yaml =
      'domains:\n  Müller.example:\n    nameservers: [ns.bücher.example]\n    records: {straße: {CNAME: bücher.example}}\n';
    const { description, places } = described(yaml);
    const domain = description.domains.get(name('xn--mller-kva.example.'));
    expect(places).toEqual([]);
    expect(domain?.nameservers[0].value).toBe('ns.xn--bcher-kva.example.');
    expect(lines(domain)).toEqual(['xn--strae-oqa.xn--mller-kva.example. CNAME text xn--bcher-kva.example.']);
  });

  test.each([
    ['    soa: {contact: nobody}\n', 'describe/single-label 4:20'],
    ['    soa: {contact: "a b@example.org"}\n', 'describe/contact 4:20'],
    ['    soa: {contact: a@b}\n', 'describe/contact 4:20'],
    ['    soa: {refresh: 1y}\n', 'describe/duration 4:20'],
    ['    soa: {expire: 100000000000}\n', 'describe/duration 4:19'],
    ['    soa: {expire: 2147483648}\n', 'describe/ttl 4:19'],
    ['    soa: {serial: 1}\n', 'describe/unknown-key 4:11'],
    ['    mail: [{prefrence: 10, host: mx.example.org}]\n', 'describe/unknown-key 4:13'],
    ['    mail: [{preference: 10}]\n', 'describe/missing-key 4:5'],
    ['    mail: [mx.example.org, MX.example.org.]\n', 'describe/duplicate 4:28'],
    ['    mail: maybe\n', 'describe/wrong-type 4:11'],
    ['    mail: [192.0.2.25.]\n', undefined],
    ['    ttl:\n', 'describe/wrong-type 4:5'],
    ['    ttl: -1\n', 'describe/wrong-value 4:10'],
    ['    policy: [default]\n', 'describe/wrong-type 4:13'],
    ['    parent: default2\n', 'describe/unknown-reference 4:13'],
    ['    silences: [{rule: single-ns, reason: x, until: 2027-01-31}]\n', 'describe/wrong-value 4:23'],
    ['    silences: [{rule: zone/single-ns, reason: " ", until: 2027-01-31}]\n', 'describe/wrong-value 4:47'],
    ['    silences: [{rule: zone/single-ns, reason: x, until: soon}]\n', 'describe/wrong-value 4:57'],
    ['    silences: [{rule: zone/single-ns, reason: x}]\n', 'describe/missing-key 4:5'],
    ['    include: ../../etc/passwd\n', 'describe/path 4:14'],
    ['    include: C:\\zones\n', 'describe/path 4:14'],
  ])('%j: %s', (body, place) => {
    const { places, faulty } = org(body);
    expect(places).toEqual(place === undefined ? [] : [place]);
    expect([...faulty.keys()]).toEqual(place === undefined ? [] : ['example.org.']);
  });

  test('of which nothing is said is one problem', () => {
    expect(described('domains:\n  a.example:\n').places).toEqual(['describe/wrong-type 2:3']);
  });

  test('all problems of a domain are told at once', () => {
    const { places } = org(
      '    tll: 1h\n    policy: x\n    mail: [mx]\n    records: {www: {A: 1, AAAA: 2, CNMAE: 3}}\n',
    );
    expect(places).toEqual([
      'describe/unknown-key 4:5',
      'describe/unknown-reference 5:13',
      'describe/single-label 6:12',
      'describe/record-value 7:24',
      'describe/record-value 7:33',
      'describe/record-type 7:36',
    ]);
  });
});

describe('records', () => {
  test('a TXT scalar is content, octet for octet', () => {
    expect(
      records(`      '@': {TXT: 'v=DKIM1; p="x\\y"  z'}
      n: {TXT: 0123}
      e: {TXT: 12e10}
      b: {TXT: true}
      u: {TXT: Grüße}
      z: {TXT: ''}
      f:
        TXT: >-
          folded
          text
`),
    ).toEqual({
      places: [],
      lines: [
        'example.org. TXT string v=DKIM1; p="x\\y"  z',
        'n.example.org. TXT string 0123',
        'e.example.org. TXT string 12e10',
        'b.example.org. TXT string true',
        'u.example.org. TXT string Grüße',
        'z.example.org. TXT string',
        'f.example.org. TXT string folded text',
      ],
    });
  });

  test('raw is master-file text with names relative to the domain', () => {
    expect(
      records(`      a: {TXT: {raw: '"one" "two"'}}
      b: {CNAME: {raw: www}}
      c: {MX: {raw: [10 mx1, 20 @], ttl: 5m}}
`),
    ).toEqual({
      places: [],
      lines: [
        'a.example.org. TXT raw "one" "two"',
        'b.example.org. CNAME raw www.example.org.',
        'c.example.org. 300 MX raw 10 mx1.example.org.',
        'c.example.org. 300 MX raw 20 example.org.',
      ],
    });
  });

  test('a value, several, and a TTL of the set or of a value', () => {
    expect(
      records(`      a: {A: 192.0.2.1}
      b: {A: [192.0.2.1, 192.0.2.2]}
      c: {A: {ttl: 1m, value: 192.0.2.3}}
      d: {A: {ttl: 2m, values: [192.0.2.4, {value: 192.0.2.5, ttl: 3m}]}}
      e: {a: 192.0.2.6, TYPE65280: '\\# 2 abcd', type1234: {raw: '\\# 0'}}
`),
    ).toEqual({
      places: [],
      lines: [
        'a.example.org. A text 192.0.2.1',
        'b.example.org. A text 192.0.2.1',
        'b.example.org. A text 192.0.2.2',
        'c.example.org. 60 A text 192.0.2.3',
        'd.example.org. 120 A text 192.0.2.4',
        'd.example.org. 180 A text 192.0.2.5',
        'e.example.org. A text 192.0.2.6',
        'e.example.org. TYPE65280 text \\# 2 ABCD',
        'e.example.org. TYPE1234 raw \\# 0',
      ],
    });
  });

  test('unquoted digests are read as they stand', () => {
    expect(
      records(`      _25._tcp.mx: {TLSA: 3 1 1 ${'0123456789'.repeat(6)}0123}
      k: {DS: 12345 13 2 ${'00'.repeat(32)}}
`).lines,
    ).toEqual([
      `_25._tcp.mx.example.org. TLSA text 3 1 1 ${'0123456789'.repeat(5)}012345 67890123`,
      `k.example.org. DS text 12345 13 2 ${'00'.repeat(28)} 00000000`,
    ]);
  });

  test('owners are relative, @ is the domain, a final dot makes them whole', () => {
    const { lines: made, places } = records(`      '@': {A: 192.0.2.1}
      '*': {A: 192.0.2.1}
      a.b: {A: 192.0.2.1}
      abs.example.org.: {A: 192.0.2.1}
      Example.ORG.: {AAAA: '2001:db8::1'}
      10: {PTR: host.example.org}
      'x\\.y': {A: 192.0.2.1}
      'x\\.': {A: 192.0.2.1}
`);
    expect(places).toEqual([]);
    expect(made.map((line) => line.split(' ')[0])).toEqual([
      'example.org.',
      'example.org.',
      '*.example.org.',
      'a.b.example.org.',
      'abs.example.org.',
      '10.example.org.',
      'x\\.y.example.org.',
      'x\\..example.org.',
    ]);
  });

  test('a target without its final dot is absolute', () => {
    expect(records('      www: {CNAME: web.example.net, MX: 10 mx.example.net.}\n').lines).toEqual([
      'www.example.org. CNAME text web.example.net.',
      'www.example.org. MX text 10 mx.example.net.',
    ]);
  });

  test('the root as a target is what some types mean by it', () => {
    expect(records('      _x._tcp: {SRV: 0 0 0 .}\n      svc: {HTTPS: 1 . alpn=h2}\n').places).toEqual([]);
  });

  test.each([
    ['      www: {A: 192.0.2.300}\n', 'describe/record-value 5:16'],
    ["      www: {A: '192.0.2.300'}\n", 'describe/record-value 5:17'],
    ['      www: {MX: "10  mx.example.net extra"}\n', 'describe/record-value 5:37'],
    ['      www: {MX: 10 mx}\n', 'describe/single-label 5:20'],
    ["      www: {SRV: '0 0 25 mx.'}\n", 'describe/single-label 5:26'],
    ['      www: {CNAME: www}\n', 'describe/single-label 5:20'],
    ['      www: {CNAME: {raw: "a b"}}\n', 'describe/record-value 5:29'],
    ["      www: {CAA: '0 issue ca.example; x'}\n", 'describe/record-value 5:37'],
    ['      www: {A: []}\n', 'describe/wrong-type 5:16'],
    ['      www: {A: {ttl: 5m}}\n', 'describe/wrong-type 5:16'],
    ['      www: {A: {value: 192.0.2.1, values: [192.0.2.2]}}\n', 'describe/wrong-type 5:16'],
    ['      www: {A: {value: 192.0.2.1, tll: 1h}}\n', 'describe/unknown-key 5:35'],
    ['      www: {A: {value: 192.0.2.1, ttl: 1x}}\n', 'describe/duration 5:40'],
    ['      www: {A: [192.0.2.1, null]}\n', 'describe/wrong-type 5:28'],
    ['      www: 192.0.2.1\n', 'describe/wrong-type 5:12'],
    ['      www: {SOA: x}\n', 'describe/record-type 5:13'],
    ['      www: {ANY: x}\n', 'describe/record-type 5:13'],
    ['      www: {TYPE65536: x}\n', 'describe/record-type 5:13'],
    ['      www: {A: 192.0.2.1, a: 192.0.2.2}\n', 'describe/duplicate 5:27'],
    ['      www: {A: 192.0.2.1}\n      WWW: {A: 192.0.2.2}\n', 'describe/duplicate 6:13'],
    ['      www: {A: 192.0.2.1}\n      www.example.org.: {A: 192.0.2.2}\n', 'describe/duplicate 6:26'],
    ['      a..b: {A: 192.0.2.1}\n', 'describe/name 5:7'],
    [`      ${'a'.repeat(64)}: {A: 192.0.2.1}\n`, 'describe/name 5:7'],
    ["      '@': {NS: ns1.example.net}\n", 'describe/two-ways 5:17'],
    [`      '@': {TXT: '${'x'.repeat(65300)}'}\n`, 'describe/record-value 5:18'],
    ["      x: {TXT: '{{zone}}'}\n", 'describe/placeholder 5:17'],
    ["      x: {CNAME: 'www.{{domain}} x'}\n", 'describe/record-value 5:34'],
    ["      x: {MX: '10 mx.{{domain}}', SRV: '0 0 {{domain}} x'}\n", 'describe/record-value 5:45'],
  ])('%j: %s', (body, place) => {
    expect(records(body).places).toEqual([place]);
  });

  test('a long TXT fits as long as its strings fit into one record', () => {
    expect(records(`      '@': {TXT: '${'x'.repeat(65279)}'}\n`).places).toEqual([]);
  });

  test('a value knows its place', () => {
    const { domain } = org('    records:\n      www: {A: [192.0.2.1, 192.0.2.2]}\n');
    expect(domain?.records.map(({ at }) => [at.line, at.column, at.length])).toEqual([
      [5, 17, 9],
      [5, 28, 9],
    ]);
  });

  test('addresses of a declared host are not written again', () => {
    const yaml = `hosts: {mx1.example.org: {addresses: 192.0.2.25}}\n${head}    records: {mx1: {AAAA: '2001:db8::1'}}\n`;
    expect(described(yaml).places).toEqual(['describe/two-ways 5:27']);
  });
});

describe('like', () => {
  const template = `templates:
  web:
    ttl: 2h
    mail: [mx1.example.net]
    soa: {contact: ops@example.net, refresh: 1h}
    records:
      '@': {A: 192.0.2.1, TXT: ['v=spf1 -all', 'for {{domain}}']}
      www: {CNAME: 'web.{{domain}}'}
      '{{domain}}.': {CAA: 0 issue "ca.example"}
`;

  test('replaces per owner and type, null deletes, the rest stays', () => {
    const { domain, places } = ((yaml) => {
      const result = described(yaml);
      return { ...result, domain: result.description.domains.get(name('example.org.')) };
    })(
      `${template}${head}    like: web\n    soa: {refresh: 2h}\n    records:\n      '@': {TXT: own, AAAA: '2001:db8::1'}\n      www: null\n      ftp: {A: 192.0.2.9}\n`,
    );
    expect(places).toEqual([]);
    expect(domain).toMatchObject({
      ttl: 7200,
      soa: { contact: 'ops.example.net.', refresh: 7200 },
      mail: [{ host: 'mx1.example.net.' }],
      like: { value: 'web' },
      removed: [{ owner: 'www.example.org.' }],
    });
    expect(lines(domain).sort()).toEqual([
      'example.org. A text 192.0.2.1',
      'example.org. AAAA text 2001:db8::1',
      'example.org. CAA text 0 issue "ca.example"',
      'example.org. TXT string own',
      'ftp.example.org. A text 192.0.2.9',
    ]);
  });

  test('{{domain}} is the domain that uses the template, without its final dot', () => {
    const { description } = described(`${template}${head}    like: web\n`);
    const made = lines(description.domains.get(name('example.org.')));
    expect(made).toContain('example.org. TXT string for example.org');
    expect(made).toContain('www.example.org. CNAME text web.example.org.');
  });

  test('mail: null takes the inherited mail hosts away', () => {
    const { description, places } = described(`${template}${head}    like: web\n    mail: null\n`);
    const domain = description.domains.get(name('example.org.'));
    expect(places).toEqual([]);
    expect(domain?.mail).toEqual([]);
    expect(domain?.removed).toEqual([{ owner: 'example.org.', type: 15 }]);
  });

  test('another domain can be like one: its absolute owners move along, its targets stay', () => {
    const { description, places } = described(`${head}    records:
      www.example.org.: {CNAME: web.example.org}
      example.org.: {A: 192.0.2.1}
  example.com:
    like: Example.ORG.
`);
    expect(places).toEqual([]);
    expect(lines(description.domains.get(name('example.com.')))).toEqual([
      'www.example.com. CNAME text web.example.org.',
      'example.com. A text 192.0.2.1',
    ]);
  });

  test('goes over several steps', () => {
    const yaml = `templates:
  a: {nameservers: [ns1.example.net], records: {a: {TXT: a}, b: {TXT: a}, c: {TXT: a}}}
  b: {like: a, records: {b: {TXT: b}, c: null}}
domains:
  example.org: {like: b, records: {d: {TXT: d}}}
`;
    const { description, places } = described(yaml);
    expect(places).toEqual([]);
    expect(lines(description.domains.get(name('example.org.')))).toEqual([
      'a.example.org. TXT string a',
      'b.example.org. TXT string b',
      'd.example.org. TXT string d',
    ]);
  });

  test('what a template gets wrong is told once, and each domain that uses it is faulty', () => {
    const yaml = `templates:
  t: {nameservers: [ns1.example.net], records: {www: {A: nowhere}, m: {MX: '10 mx.{{domain}} x'}}}
domains:
  a.example: {like: t}
  b.example: {like: t}
  c.example: {nameservers: [ns1.example.net]}
`;
    const { places, faulty, description } = described(yaml);
    expect(places).toEqual(['describe/record-value 2:58', 'describe/record-value 2:94']);
    expect([...faulty.keys()]).toEqual(['a.example.', 'b.example.']);
    expect([...description.domains.keys()]).toEqual(['c.example.']);
  });

  test('a circle is one problem, and names its way', () => {
    const yaml =
      'domains:\n  a.example: {like: b.example}\n  b.example: {like: c.example}\n  c.example: {like: a.example}\n';
    const { problems, faulty } = described(yaml);
    const circles = problems.filter((problem) => problem.rule === 'describe/like-cycle');
    expect(circles.length).toBe(1);
    expect(circles[0].related?.length).toBe(2);
    expect(faulty.size).toBe(3);
  });

  test('an own policy may be like another; what is written replaces what is not', () => {
    const yaml = `policies:
  base: {keys: {algorithm: ED25519, layout: ksk-zsk, zsk-lifetime: 90d, rolls: manual, ksk-roll: double-ds, zsk-roll: double-signature, standby: ds, algorithm-order: bind}, denial: {nsec3: {opt-out: true, salt: ab12}}, zonemd: sha384}
  own: {like: base, denial: nsec3, signatures: {validity: 30d}, zonemd: [sha512, sha384], publication: {by-build: {after: 2h}}}
${head}    policy: own
`;
    const { description, places } = described(yaml);
    expect(places).toEqual([]);
    expect(description.policies.get('own')).toMatchObject({
      keys: {
        algorithm: 15,
        layout: 'ksk-zsk',
        zskLifetime: 7776000,
        kskLifetime: undefined,
        rolls: 'manual',
        kskRoll: 'double-ds',
        zskRoll: 'double-signature',
        standby: 'ds',
        algorithmOrder: 'bind',
      },
      denial: { kind: 'nsec3', optOut: false, iterations: 0, salt: '' },
      signatures: { validity: 2592000, refresh: 864000, dnskeyValidity: 2592000, tlsaValidity: 2592000 },
      zonemd: ['sha384', 'sha512'],
      publication: { kind: 'by-build', after: 7200 },
    });
    expect(description.policies.get('base')?.denial).toEqual({
      kind: 'nsec3',
      optOut: true,
      iterations: 0,
      salt: 'ab12',
    });
  });
});

describe('an adopted zone', () => {
  const zone = { 'zones/legacy/example.org.zone': '@ 3600 SOA a. b. 1 2 3 4 5\n' };

  test('needs no name servers of its own, and its file is there', () => {
    const { description, places } = described(
      'domains:\n  example.org:\n    include: legacy/{{domain}}.zone\n    records: {www: null, x: {A: null}}\n',
      zone,
    );
    const domain = description.domains.get(name('example.org.'));
    expect(places).toEqual([]);
    expect(domain?.include?.value).toBe('zones/legacy/example.org.zone');
    expect(Buffer.from(domain?.include?.octets ?? []).toString()).toBe(zone['zones/legacy/example.org.zone']);
    expect(domain?.removed).toEqual([{ owner: 'www.example.org.' }, { owner: 'x.example.org.', type: 1 }]);
    expect(description.files).toContainEqual({ file: 'zones/legacy/example.org.zone', zones: ['example.org.'] });
  });

  test('a domain that is like one includes the same file, unless it says include: null', () => {
    const { description, places } = described(
      'domains:\n  example.org: {include: legacy/example.org.zone}\n  example.net: {like: example.org, include: null, nameservers: [ns1.example.org]}\n  example.com: {like: example.org}\n',
      zone,
    );
    expect(places).toEqual([]);
    expect(description.domains.get(name('example.net.'))?.include).toBeUndefined();
    expect(description.domains.get(name('example.com.'))?.include?.value).toBe('zones/legacy/example.org.zone');
  });
});

describe('a signed child', () => {
  const child = `${head}    records: {lab: {NS: ns.lab.example.org, DS: from-child}}\n  lab.example.org: {nameservers: [ns.lab.example.org]}\n`;

  test('is what DS: from-child means', () => {
    const { description, places } = described(child);
    expect(places).toEqual([]);
    expect(lines(description.domains.get(name('example.org.')))).toEqual([
      'lab.example.org. NS text ns.lab.example.org.',
      'lab.example.org. DS from-child',
    ]);
  });

  test('stays declared where it is faulty itself: its parent is built', () => {
    const { faulty, description } = described(child.replace('nameservers: [ns.lab', 'ttl: x, nameservers: [ns.lab'));
    expect([...faulty.keys()]).toEqual(['lab.example.org.']);
    expect([...description.domains.keys()]).toEqual(['example.org.']);
  });

  test('has to be declared and signed', () => {
    const alone = described(child.replace(/ {2}lab\.example\.org: .*\n/, ''));
    expect(alone.places).toEqual(['describe/child 4:49']);
    const unsigned = described(child.replace('nameservers: [ns.lab', 'policy: unsigned, nameservers: [ns.lab'));
    expect(unsigned.places).toEqual(['describe/child 4:49']);
    expect([...unsigned.faulty.keys()]).toEqual(['example.org.']);
  });
});
