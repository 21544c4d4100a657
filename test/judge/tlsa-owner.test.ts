import { describe, expect, test } from 'vitest';
import { domain, judged, leaf, leafDigest, mailHost, nameservers, reports } from './judged.ts';

const tlsa = `{TLSA: 3 1 1 ${leafDigest}}`;
const mail = '    mail: [mx1.example.test]\n';

describe('dane/wrong-owner: a client asks at _port._protocol.host and nowhere else', () => {
  const host = '      mx: {A: 192.0.2.25}\n';
  test.each([
    ['_smtp._tcp.mx', 'expected _25, found _smtp'],
    ['25._tcp.mx', 'expected _25._tcp in front of the host, found 25._tcp'],
    ['_25.tcp.mx', 'expected _25._tcp in front of the host, found _25.tcp'],
    ['_025._tcp.mx', 'expected _25._tcp in front of the host, found _025._tcp'],
    ['_tcp._25.mx', 'the port comes first, expected _25._tcp, found _tcp._25'],
    ['_tcp.mx', 'the port is missing'],
    ['_25.mx', 'the protocol is missing'],
    ['_smtp.mx', 'the protocol is missing'],
    ['mx', 'port and protocol are missing, expected _25._tcp.mx.example.test.'],
    ["'@'", 'port and protocol are missing, expected _25._tcp.example.test.'],
    ['_25._tcp.mxx', 'mxx.example.test. has neither an address nor a CNAME'],
    ['_25._tcp.*.mx', 'the asterisk is not the first label'],
    ['_25._tcp.*', 'the asterisk is not the first label'],
  ])('%s', (owner, why) => {
    const records =
      owner === 'mx' ? `      mx: {A: 192.0.2.25, ${tlsa.slice(1)}\n` : `${host}      ${owner}: ${tlsa}\n`;
    const { problems, said } = judged(`domains:\n${domain('example.test', '', records)}`);
    expect(said).toHaveLength(1);
    expect(problems[0]).toMatchObject({ rule: 'dane/wrong-owner', tier: 'error' });
    expect(problems[0].message).toContain(why);
  });

  test('the mail domain is not where senders look, unless it is its own mail host', () => {
    const elsewhere = judged(
      `${mailHost()}${domain('example.test', mail, `${reports}      _25._tcp: ${tlsa}\n`)}`,
      leaf,
    );
    expect(elsewhere.said).toEqual(['dane/wrong-owner example.test']);
    expect(elsewhere.problems[0].message).toContain('expected them at _25._tcp.mx1.example.test.');
    const own = `certificates: {mx1: {chain: certs/mx1.pem}}
hosts:
  example.test: {addresses: [192.0.2.25], services: {smtp: mx1}}
domains:
${domain('example.test', '    mail: [example.test]\n', reports)}`;
    expect(judged(own, leaf).said).toEqual([]);
  });

  test('nor where another domain of the repository has it as its MX', () => {
    const both = `${domain('example.test', mail, `${reports}      '@': {A: 192.0.2.9}\n      _25._tcp: ${tlsa}\n`)}${domain('example.org', '    mail: [example.test]\n', reports)}`;
    expect(judged(`${mailHost()}${both}`, leaf).said).toEqual(['dane/undeclared-service example.test']);
  });

  test('a host that is declared with addresses is a host, whatever its own mail does', () => {
    const yaml = `certificates: {mx1: {chain: certs/mx1.pem}}
hosts:
  mx1.example.test: {addresses: [192.0.2.25], services: {smtp: mx1}}
  example.test: {addresses: [192.0.2.26], services: {smtp: mx1}}
domains:
${domain('example.test', mail, reports)}`;
    expect(judged(yaml, leaf).said).toEqual([]);
  });

  test('a shared set may have any name that an alias leads to, or _dane in it, or none of these words', () => {
    const records = `${host}      _25._tcp.mx: {CNAME: mx.example.test}\n`;
    expect(judged(`domains:\n${domain('example.test', '', `${records}      tlsa201._dane: ${tlsa}\n`)}`).said).toEqual([
      'dane/alias-chain _25._tcp.mx.example.test',
    ]);
    const shared = `${host}      _25._tcp.mx: {CNAME: set.example.test}\n      set: {A: 192.0.2.1, ${tlsa.slice(1)}\n`;
    expect(judged(`domains:\n${domain('example.test', '', shared)}`).said).toEqual([]);
    expect(judged(`domains:\n${domain('example.test', '', `${host}      mail-tlsa: ${tlsa}\n`)}`).said).toEqual([]);
  });

  test('an address may come from a CNAME, a wildcard, or a delegation', () => {
    const records = (mx: string) => `${mx}      _25._tcp.mx: ${tlsa}\n`;
    const said = (mx: string) => judged(`domains:\n${domain('example.test', '', records(mx))}`).said;
    const undeclared = ['dane/undeclared-service mx.example.test'];
    expect(said('      mx: {AAAA: 2001:db8::1}\n')).toEqual(undeclared);
    expect(said('      mx: {CNAME: mail.example.net}\n')).toEqual(undeclared);
    // _25._tcp.mx makes mx exist, so the wildcard does not answer for it (RFC 4592 section 2.2.2).
    expect(said("      '*': {A: 192.0.2.1}\n")).toEqual(['dane/wrong-owner mx.example.test']);
  });
});

describe('dane/undeclared-service: nothing knows the certificate behind these records', () => {
  test('is said once for each host', () => {
    const records = `      www: {A: 192.0.2.80}\n      _443._tcp.www: ${tlsa}\n      _443._udp.www: ${tlsa}\n`;
    const { problems } = judged(`domains:\n${domain('example.test', '', records)}`);
    expect(problems.map(({ rule, message }) => [rule, message])).toEqual([
      [
        'dane/undeclared-service',
        'www.example.test. has TLSA records at _443._tcp.www.example.test. and _443._udp.www.example.test., and is not declared under hosts:',
      ],
    ]);
  });

  test('a declared host with another port', () => {
    const yaml = `${mailHost()}${domain('example.test', '', `      _465._tcp.mx1: ${tlsa}\n`)}`;
    expect(judged(yaml, leaf).said).toEqual(['dane/undeclared-service mx1.example.test']);
  });

  test('a wildcard for all ports needs some service of that protocol', () => {
    const yaml = (services: string) => `certificates: {mx1: {chain: certs/mx1.pem}}
hosts:
  mx1.example.test: {addresses: [192.0.2.25], services: {${services}}, tlsa: []}
domains:
${domain('example.test', '', `      '*._tcp.mx1': ${tlsa}\n`)}`;
    expect(judged(yaml('smtp: mx1, submissions: mx1'), leaf).said).toEqual([]);
    expect(judged(yaml('https/udp: mx1'), leaf).said).toEqual(['dane/undeclared-service mx1.example.test']);
  });

  test('or the reverse: one service has records, another has none', () => {
    const yaml = `certificates: {mx1: {chain: certs/mx1.pem}}
hosts:
  mx1.example.test: {addresses: [192.0.2.25], services: {smtp: mx1, submissions: mx1}, tlsa: []}
domains:
${domain('example.test', '', `      _25._tcp.mx1: ${tlsa}\n`)}`;
    const { problems, said } = judged(yaml, leaf);
    expect(said).toEqual(['dane/undeclared-service mx1.example.test']);
    expect(problems[0].message).toContain('none for submissions');
  });
});

describe('dane/unsigned-zone: records that nobody can trust', () => {
  const unsigned = '    policy: unsigned\n';

  test('is said once for a zone, and nothing else about its records', () => {
    const records = `      mx: {A: 192.0.2.25}\n      _25._tcp.mx: ${tlsa}\n      _465._tcp.mx: 4 1 1 00\n`.replace(
      '4 1 1 00',
      '{TLSA: 4 1 1 00}',
    );
    const { problems, said } = judged(`domains:\n${domain('example.test', unsigned, records)}`);
    expect(said).toEqual(['dane/unsigned-zone example.test']);
    expect(problems[0].message).toContain('2 TLSA RRsets');
  });

  test('a signed zone below an unsigned one is an island', () => {
    const yaml = `domains:\n${domain('example.test', unsigned)}${domain('in.example.test', '', `      mx: {A: 192.0.2.25}\n      _25._tcp.mx: ${tlsa}\n`)}`;
    const { problems } = judged(yaml);
    expect(problems.map(({ rule }) => rule)).toContain('dane/unsigned-zone');
    expect(problems.find(({ rule }) => rule === 'dane/unsigned-zone')?.message).toContain('a zone above it is not');
  });

  test('a signed _tcp zone below a host in an unsigned one', () => {
    const yaml = `domains:\n${domain('example.test', unsigned, '      mx: {A: 192.0.2.25}\n')}${domain('_tcp.mx.example.test', '', `      _25: ${tlsa}\n`)}`;
    expect(judged(yaml).said.filter((one) => one.startsWith('dane/'))).toEqual([
      'dane/unsigned-zone _tcp.mx.example.test',
    ]);
  });
});

test('records of an adopted file count like those of YAML, at their line', () => {
  const zone = `$TTL 1h
@ SOA ns1.example.net. hostmaster.example.test. 1 30m 10m 7d 5m
@ NS ns1.example.net.
@ NS ns2.example.net.
@ MX 10 mx
mx A 192.0.2.25
_25._tcp TLSA 3 1 1 ${leafDigest}
`;
  const { problems, said } = judged(`domains:\n  example.test:\n    include: example.test.zone\n`, {
    'example.test.zone': zone,
  });
  expect(said).toEqual(['dane/wrong-owner example.test']);
  expect(problems[0].position).toMatchObject({ file: 'zones/example.test.zone', line: 7 });
  expect(nameservers).toContain('ns1');
});
