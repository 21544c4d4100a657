import { describe, expect, test } from 'vitest';
import { parsePort, parseService, tlsaOwner } from '../../src/dane/services.ts';
import { name } from '../../src/dns/name.ts';

describe('services', () => {
  test.each([
    ['smtp', 25, 'tcp'],
    ['SUBMISSION', 587, 'tcp'],
    ['submissions', 465, 'tcp'],
    ['imap', 143, 'tcp'],
    ['imaps', 993, 'tcp'],
    ['pop3', 110, 'tcp'],
    ['pop3s', 995, 'tcp'],
    ['sieve', 4190, 'tcp'],
    ['https', 443, 'tcp'],
    ['https/udp', 443, 'udp'],
    ['xmpp-client', 5222, 'tcp'],
    ['xmpp-server', 5269, 'tcp'],
    ['ldaps', 636, 'tcp'],
    ['domain-s', 853, 'tcp'],
    ['domain-s/udp', 853, 'udp'],
    ['sips', 5061, 'tcp'],
    ['ircs-u', 6697, 'tcp'],
    ['8443/tcp', 8443, 'tcp'],
    ['65535/SCTP', 65535, 'sctp'],
  ])('%s', (text, port, protocol) => {
    expect(parseService(text)).toEqual({ name: text.toLowerCase(), port, protocol });
  });

  test.each([
    '',
    '25',
    '0/tcp',
    '65536/tcp',
    '025/tcp',
    '25/',
    '/tcp',
    '25/tcp/x',
    '25/dccp',
    'smtp/udp',
    'smtps',
    'constructor',
    '_25._tcp',
  ])('%j is refused with a reason', (text) => {
    expect(parseService(text)).toHaveProperty('error');
  });

  test('a slip of the keyboard gets a suggestion', () => {
    expect(parseService('submision')).toMatchObject({ error: expect.stringContaining('submission') });
  });

  test('ports have no leading zero, for the owner name has none (RFC 6698 section 3)', () => {
    expect(['25', '65535', '1'].map(parsePort)).toEqual([25, 65535, 1]);
    expect(['0', '025', '65536', '', '2 5', '+25'].map(parsePort)).toEqual(Array(6).fill(undefined));
  });
});

describe('owners', () => {
  test('port and protocol stand before the host (RFC 6698 section 3)', () => {
    expect(tlsaOwner(name('www.example.com.'), 443, 'tcp')).toBe('_443._tcp.www.example.com.');
  });

  test('a host name that leaves no room is an error', () => {
    const long = name(`${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(59)}.`);
    expect(tlsaOwner(long, 25, 'tcp')).toHaveProperty('error');
  });
});
