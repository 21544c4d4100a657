import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { described } from './described.ts';

const zone = 'domains: {example.org: {nameservers: [ns1.example.net]}}\n';
const certificates = 'certificates: {ec: {chain: certs/ec.pem}, rsa: {chain: certs/rsa.pem}}\n';

function mx(body: string) {
  const { description, places, faulty } = described(`${zone}${certificates}hosts:\n  mx1.example.org:\n${body}`);
  const told = places.filter((place) => !place.startsWith('describe/unused'));
  return { host: description.hosts.get(name('mx1.example.org.')), places: told, faulty };
}

/** Of the length of SHA-256. */
const anyDigest = 'ab'.repeat(32);

describe('a host', () => {
  test('has DANE-EE SPKI SHA2-256 where nothing else is asked for', () => {
    const { host, places } = mx('    addresses: 192.0.2.25\n');
    expect(places).toEqual([]);
    expect(host).toMatchObject({
      name: 'mx1.example.org.',
      addresses: [{ value: '192.0.2.25' }],
      services: [],
      tlsa: [{ kind: 'association', usage: 'DANE-EE', selector: 'SPKI', matching: 'SHA2-256' }],
    });
  });

  test('has services by name or by port and protocol, each with its certificates', () => {
    const { host, places } = mx(
      '    services: {SMTP: [ec, rsa], 8443/tcp: ec, domain-s/udp: [], imaps: rsa}\n    ttl: 5m\n',
    );
    expect(places).toEqual([]);
    expect(host?.ttl).toBe(300);
    expect(
      host?.services.map((service) => [service.port, service.protocol, service.certificates.map(({ value }) => value)]),
    ).toEqual([
      [25, 'tcp', ['ec', 'rsa']],
      [8443, 'tcp', ['ec']],
      [853, 'udp', []],
      [993, 'tcp', ['rsa']],
    ]);
  });

  test('asks for TLSA by acronym, number, anchor, catalogue or as it stands', () => {
    const digest = 'ab'.repeat(32);
    const { host, places } = mx(`    tlsa:
      - dane-ta cert sha2-512
      - 3 1 1
      - DANE-TA SPKI SHA2-256 "ISRG Root X1"
      - {association: 2 0 1, anchor: certs/root.pem}
      - {association: PKIX-TA SPKI SHA2-256, anchor: R13}
      - {issuers: letsencrypt}
      - 3 1 1 ${digest}
      - {literal: DANE-EE SPKI SHA2-256 ${digest.toUpperCase()}}
      - 3 1 0 0102
`);
    expect(places).toEqual([]);
    const association = (usage: string, selector: string, matching: string, anchor?: string) => ({
      kind: 'association',
      usage,
      selector,
      matching,
      anchor,
    });
    expect(host?.tlsa.map(({ at: _, ...request }) => ({ anchor: undefined, ...request }))).toEqual([
      association('DANE-TA', 'Cert', 'SHA2-512'),
      association('DANE-EE', 'SPKI', 'SHA2-256'),
      association('DANE-TA', 'SPKI', 'SHA2-256', 'ISRG Root X1'),
      association('DANE-TA', 'Cert', 'SHA2-256', 'zones/certs/root.pem'),
      association('PKIX-TA', 'SPKI', 'SHA2-256', 'R13'),
      { kind: 'issuers', catalogue: 'letsencrypt', anchor: undefined },
      { kind: 'literal', text: `3 1 1 ${digest}`, anchor: undefined },
      { kind: 'literal', text: `DANE-EE SPKI SHA2-256 ${digest.toUpperCase()}`, anchor: undefined },
      { kind: 'literal', text: '3 1 0 0102', anchor: undefined },
    ]);
  });

  test('may want no TLSA, or an alias of records that stand elsewhere', () => {
    expect(mx('    tlsa: []\n').host?.tlsa).toEqual([]);
    const { host, places } = mx('    tlsa: {alias: _dane.example.org}\n');
    expect(places).toEqual([]);
    expect(host?.tlsaAlias?.value).toBe('_dane.example.org.');
  });

  test.each([
    ['    addresses: [192.0.2.1, mx1.example.org]\n', 'describe/address 5:28'],
    ['    addresses: [2001:db8::1, 2001:DB8:0::1]\n', 'describe/duplicate 5:30'],
    ['    addresses: fe80::1%eth0\n', 'describe/address 5:16'],
    ['    adresses: 192.0.2.1\n', 'describe/unknown-key 5:5'],
    ['    services: [smtp]\n', 'describe/wrong-type 5:15'],
    ['    services: {smtp: ecc}\n', 'describe/unknown-reference 5:22'],
    ['    services: {smtp: [ec, ec]}\n', 'describe/duplicate 5:27'],
    ['    services: {smtp: ec, 25/tcp: rsa}\n', 'describe/duplicate 5:26'],
    ['    services: {25: ec}\n', 'describe/service 5:16'],
    ['    services: {70000/tcp: ec}\n', 'describe/service 5:16'],
    ['    services: {smtp/udp: ec}\n', 'describe/service 5:16'],
    ['    services: {smtp: null}\n', 'describe/wrong-type 5:22'],
    ['    tlsa: DANE-EE\n', 'describe/tlsa 5:11'],
    ['    tlsa: DANE-EE SPKI SHA-256\n', 'describe/tlsa 5:11'],
    ['    tlsa: 4 1 1\n', 'describe/tlsa 5:11'],
    ['    tlsa: DANE-TA SPKI SHA2-256 E5\n', 'describe/tlsa 5:11'],
    ['    tlsa: DANE-EE SPKI SHA2-256 "R13"\n', 'describe/tlsa 5:11'],
    ['    tlsa: {association: 3 1 1 0102}\n', 'describe/tlsa 5:25'],
    ['    tlsa: {anchor: R13}\n', 'describe/wrong-type 5:11'],
    ['    tlsa: {issuers: letsencrypt, alias: _x.example.org}\n', 'describe/wrong-type 5:11'],
    ['    tlsa: {alias: _dane}\n', 'describe/single-label 5:19'],
    ['    tlsa: {issuer: letsencrypt}\n', 'describe/unknown-key 5:12'],
  ])('%j: %s', (body, place) => {
    const { places, faulty } = mx(body);
    expect(places).toEqual([place]);
    expect([...faulty.keys()]).toEqual(['example.org.']);
  });

  test.each([
    ['3 1 1 abc', '3 1 1 abc'],
    ['4 1 1 0102', '4 1 1 0102'],
    ['DANE-EE 2 SHA2-256 AB CD', '3 2 1 abcd'],
    [`3 1 1 ${anyDigest}00`, `3 1 1 ${anyDigest}00`],
    [`3 1 1 ${anyDigest.slice(2)}xy`, `3 1 1 ${anyDigest.slice(2)}xy`],
    [`2 1 1 ${anyDigest.slice(2)}`, `2 1 1 ${anyDigest.slice(2)}`],
    ['{literal: 3 1 1}', '3 1 1'],
  ])('RDATA is passed on as it is, for stage dane to judge: %s', (written, text) => {
    const { host, places } = mx(`    tlsa: ${written}\n`);
    expect(places).toEqual([]);
    expect(host?.tlsa).toMatchObject([{ kind: 'literal', text }]);
  });

  test('a wildcard is no host', () => {
    expect(described(`${zone}hosts: {'*.example.org': {addresses: 192.0.2.1}}\n`).places).toEqual([
      'describe/name 2:9',
    ]);
  });
});

describe('did you mean', () => {
  test.each([
    [`${zone}hosts: {mx1.example.org: {services: {submisions: []}}}`, /submissions/],
    [`${zone}hosts: {mx1.example.org: {tlsa: DANE-EE SPIK SHA2-256}}`, /did you mean SPKI/],
    [`${zone}hsots: {}`, /did you mean hosts/],
    ['policies: {default: {denial: nsec5}}', /./],
    ['policies: {default: {keys: {algorithm: ECDSAP256SHA265}}}', /did you mean ECDSAP256SHA256/],
    ['policies: {default: {serial: unix-time}}', /did you mean unixtime/],
    ['parents: {default: {digests: SHA-255}}', /did you mean SHA-256/],
    ['parents: {default: {interface: cdss}}', /did you mean cds/],
    [`${zone}templates: {parked: {}}\ngroups: {g: {domains: [a.example], like: praked}}`, /did you mean parked/],
    ['domains: {a.example: {nameservers: usr}}\nnameserver-sets: {us: [ns1.example.net]}', /did you mean us\?/],
    [
      'domains: {a.example: {nameservers: [ns1.example.net], records: {www: {CNAEM: b.example}}}}',
      /did you mean CNAME/,
    ],
    [
      "domains: {a.example: {nameservers: [ns1.example.net], records: {www: {TXT: '{{domian}}'}}}}",
      /did you mean \{\{domain/,
    ],
  ])('%s', (yaml, meant) => {
    const { problems } = described(yaml);
    expect(
      problems.filter(({ tier }) => tier === 'error').some(({ hint, message }) => meant.test(`${hint} ${message}`)),
    ).toBe(true);
  });
});

describe('policies and parents', () => {
  const policy = (body: string) => described(`policies: {default: {${body}}}\n`).places;

  test.each([
    ['keys: {algorithm: 13}', []],
    ['keys: {algorithm: 8, size: 4096}', []],
    ['keys: {algorithm: RSASHA256, size: 1024}', ['describe/policy 1:57']],
    ['keys: {algorithm: 13, size: 2048}', ['describe/policy 1:50']],
    ['keys: {algorithm: RSASHA1}', ['describe/algorithm 1:40']],
    ['keys: {algorithm: 99}', ['describe/algorithm 1:40']],
    ['keys: {zsk-lifetime: 90d}', ['describe/policy 1:43']],
    ['keys: {layout: ksk-zsk, zsk-lifetime: 90d, ksk-lifetime: unlimited}', []],
    ['keys: {lifetime: 1y}', ['describe/duration 1:39']],
    ['signatures: {validity: 10d}', ['describe/policy 1:45']],
    ['signatures: {validity: 20d30m}', ['describe/policy 1:45']],
    ['signatures: {dnskey-validity: 9d}', ['describe/policy 1:52']],
    ['signatures: {refresh: 1d}', ['describe/policy 1:44']],
    ['timing: {run-interval: 10d}', ['describe/policy 1:45']],
    ['ttls: {default: 2d}', ['describe/policy 1:38']],
    ['ttls: {max: 30m}', ['describe/policy 1:34', 'describe/policy 1:34']],
    ['denial: {nsec3: {iterations: 70000}}', ['describe/policy 1:51']],
    ['denial: {nsec3: {salt: abc}}', ['describe/policy 1:45']],
    ['denial: {nsec3: {salt: 00}}', []],
    ['publication: by-build', ['describe/wrong-type 1:35']],
    ['zonemd: sha256', ['describe/wrong-type 1:30']],
    ['signing: dnsec', ['describe/wrong-value 1:31']],
  ])('%s', (body, places) => {
    expect(policy(body)).toEqual(places);
  });

  test('unsigned is built in', () => {
    const { description } = described('domains: {a.example: {nameservers: [ns1.example.net], policy: unsigned}}');
    expect(description.domains.get(name('a.example.'))?.policy).toMatchObject({ name: 'unsigned', signing: 'none' });
  });

  test('a parent says what its registrar takes', () => {
    const yaml =
      'parents:\n  nic: {interface: key, digests: [SHA-384, 2], max-ds: 2, replace: atomic, ttl: 2h}\ndomains: {a.example: {nameservers: [ns1.example.net], parent: nic}}\n';
    const { description, places } = described(yaml);
    expect(places).toEqual([]);
    expect(description.domains.get(name('a.example.'))?.parent).toMatchObject({
      name: 'nic',
      interface: 'key',
      digests: [2, 4],
      maxDs: 2,
      replace: 'atomic',
      registrationDelay: 86400,
      propagationDelay: 3600,
      ttl: 7200,
    });
    expect(described(yaml.replace('2]', '1]')).places).toEqual(['describe/algorithm 2:44']);
    expect(described(yaml.replace('[SHA-384, 2]', '[]')).places).toEqual(['describe/policy 2:34']);
  });

  test('a certificate says where its files are and who deploys them', () => {
    const yaml = `${zone}certificates:
  a: {chain: ../certs/a.pem, next: certs/a.csr, source: observed, renewal: {reuse-key: true}}
hosts: {mx.example.org: {services: {smtp: a}}}
`;
    const { description, places } = described(yaml);
    expect(places).toEqual([]);
    expect(description.certificates.get('a')).toMatchObject({
      chain: { value: 'certs/a.pem' },
      next: { value: 'zones/certs/a.csr' },
      source: 'observed',
      reuseKey: true,
    });
  });
});
