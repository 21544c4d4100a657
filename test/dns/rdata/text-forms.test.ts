/** Text that the vectors do not hold: forms that are read, and mistakes that are answered in words. */
import { describe, expect, test } from 'vitest';
import { encodeRecord } from '../../../src/dns/field-text.ts';
import { OctetWriter } from '../../../src/dns/fields.ts';
import { presentRData, wireError, writeRData } from '../../../src/dns/rdata/index.ts';
import { Type, type TypeName, typeCode } from '../../../src/dns/type.ts';
import { fromHex } from '../../../src/text/octets.ts';

/** BIND's text for a text, or the error. */
function read(type: string, text: string): string {
  const code = typeCode(type) ?? 0;
  const wire = encodeRecord(code, text);
  return wire instanceof Uint8Array ? presentRData(code, wire) : wire.error;
}

/** What named-rrchecker -p (BIND 9.18.49) makes of the same text. */
describe('forms that BIND reads', () => {
  test.each([
    ['SVCB', '1 . no-default-alpn= alpn=h2', '1 . alpn="h2" no-default-alpn'],
    ['SVCB', '1 . no-default-alpn="" alpn=h2', '1 . alpn="h2" no-default-alpn'],
    ['SVCB', '1 . key1="\\002h2"', '1 . alpn="h2"'],
    ['SVCB', '1 . key3="\\001\\187"', '1 . port=443'],
    ['SVCB', '1 . key7="/q{?x,dns}"', '1 . key7="/q{?x,dns}"'],
    ['SVCB', '1 . mandatory=key667 key667=a', '1 . mandatory=key667 key667="a"'],
    ['SVCB', '1 . mandatory="port" port="0080"', '1 . mandatory=port port=80'],
    ['SVCB', '1 . ech=', '1 . ech'],
    ['SVCB', '1 . ech="AA AA"', '1 . ech=AAAA'],
    ['SVCB', '1 . alpn="h 2;,\\"x\\""', '1 . alpn="h\\0322;,\\"x\\""'],
    ['SVCB', '1 . key667="a,b\\\\c"', '1 . key667="a,b\\\\c"'],
    ['SVCB', '1 . key65280=""', '1 . key65280'],
    ['SVCB', '1 . key8', '1 . key8'],
    ['SVCB', '0 . alpn=h2', '0 . alpn="h2"'],
    ['APL', '1:192.168.32.1/21 1:0.0.0.0/32', '1:192.168.32.1/21 1:0.0.0.0/32'],
    ['APL', '2:::/0', '2:::/0'],
    ['ISDN', '"150"', '"150"'],
    ['X25', '12345678901', '"12345678901"'],
    ['IPSECKEY', '10 0 2 . AQNR', '10 0 2 . AQNR'],
    ['IPSECKEY', '10 2 2 2001:db8::1 AQNR', '10 2 2 2001:db8::1 AQNR'],
    ['AMTRELAY', '0 1 0 .', '0 1 0 .'],
    ['KEY', '49152 3 13', '49152 3 13'],
    ['NSAP', '0x47.0005.80', '0x47000580'],
    ['DOA', '1 2 3 "text/plain" -', '1 2 3 "text/plain" -'],
    ['CERT', '8 1 254 AAAA', 'IACPKIX 1 PRIVATEOID AAAA'],
    ['CERT', 'pkix 1 ed448 AAAA', 'PKIX 1 ED448 AAAA'],
    ['NSEC3', '2 0 0 - 00G0 A', '2 0 0 - 00G0 A'],
    ['NSEC3', 'SHA-1 0 0 - 000G40O40K30E209185GO38E1S8124GJ', '1 0 0 - 000G40O40K30E209185GO38E1S8124GJ'],
    ['LOC', '51 28 38 N 0 0 5 W 0m 0.1m 0.19m 9.99m', '51 28 38.000 N 0 0 5.000 W 0.00m 0.10m 0.10m 9m'],
    ['LOC', '51 28 38 N 0 0 5 W 0m 15m', '51 28 38.000 N 0 0 5.000 W 0.00m 10m 10000m 10m'],
    ['LOC', '051 1 5. N 0 0 5 W +.5m', '51 1 5.000 N 0 0 5.000 W 0.50m 1m 10000m 10m'],
    ['TXT', 'a"b"c', '"a" "b" "c"'],
    ['AAAA', '::1.2.3.4', '::1.2.3.4'],
    ['AAAA', '::5', '::5'],
    ['AAAA', '::1:0', '::0.1.0.0'],
    ['NS', 'a@b.c.', 'a\\@b.c.'],
    ['RRSIG', 'A 13 1 0 20380119031408 0 1 . AAAA', 'A 13 1 0 20380119031408 19700101000000 1 . AAAA'],
    ['DS', `1 ED25519 SHA-1 ${'00'.repeat(20)}`, `1 15 1 ${'00'.repeat(20)}`],
    ['NAPTR', '1 1 "u" "" "!(a)!\\\\1!i" .', '1 1 "u" "" "!(a)!\\\\1!i" .'],
    ['SOA', '. . 1 1w 1D 1h30M15s 4294967295', '. . 1 604800 86400 5415 4294967295'],
  ])('%s %s', (type, text, expected) => {
    expect(read(type, text)).toBe(expected);
  });
});

describe('mistakes', () => {
  test.each<[string, string, RegExp]>([
    ['A', '192.0.02.1', /IPv4/],
    ['SVCB', '1 . no-default-alpn', /needs alpn/],
    ['SVCB', '1 . dohpath=foo', /template/],
    ['SVCB', '1 . dohpath=/q{?dnsx}', /template/],
    ['SVCB', '1 . key0003=5', /parameter such as/],
    ['SVCB', '1 . ALPN=h2', /parameter such as/],
    ['SVCB', '1 . alpn="h2,"', /empty protocol name/],
    ['SVCB', `1 . alpn=${'a'.repeat(256)}`, /256 octets/],
    ['SVCB', '1 . alpn=a\\\\', /backslash/],
    ['SVCB', '1 . alpn', /needs a value/],
    ['SVCB', '1 . ipv4hint=1.2.3.4,', /IPv4/],
    ['SVCB', '1 . ipv6hint=1.2.3.4', /IPv6/],
    ['SVCB', '1 . mandatory=nix', /"nix"/],
    ['SVCB', '1 . "alpn=h2"', /without quotes/],
    ['SVCB', '1 . key1=h2', /alpn needs protocol names/],
    ['SVCB', '1 . alpn="h2"port=1', /space after the closing quote/],
    ['SVCB', '1 . key667= "a"', /not in quotes/],
    ['SVCB', '1 . ech=A', /Base64/],
    ['SVCB', '1 . key667=\\999', /\\999/],
    ['SVCB', '1 . =a', /parameter such as/],
    ['APL', '!!1:1.2.3.4/32', /prefix such as/],
    ['APL', '1.2.3.4/32', /prefix such as/],
    ['APL', '1:1.2.3.4', /prefix such as/],
    ['APL', '2:1.2.3.4/3', /prefix such as/],
    ['APL', '"1:1.2.3.4/3"', /without quotes/],
    ['X25', 'abcd', /4 digits/],
    ['X25', '123', /4 digits/],
    ['ISDN', 'a b c', /end of the record/],
    ['IPSECKEY', '10 4 0 192.0.2.38', /type of host/],
    ['IPSECKEY', '10 0 0 a.', /dot/],
    ['IPSECKEY', '10 1', /algorithm/],
    ['AMTRELAY', '1 2 0 .', /0 or 1/],
    ['KEY', '49152 3 13 AAAA', /no key/],
    ['KEY', '256 3 13', /missing/],
    ['NSAP', '47000580', /0x/],
    ['HIP', '2 AB', /Base64/],
    ['HIP', '2 ABC qw==', /odd/],
    ['CERT', 'NIX 1 1 AAAA', /certificate type/],
    ['SSHFP', '1 1 AA', /20 octets, not 1/],
    ['NSEC3', '1 0 0 - 00 A', /20 octets, not 1/],
    ['NSEC3', `1 0 0 - ${'0'.repeat(33)} A`, /cut short/],
    ['LOC', '51 28 38 N', /longitude/],
    ['LOC', '51 28 38.1234 N 0 0 5 W 0m', /seconds/],
    ['LOC', '90 0 0.001 N 0 0 5 W 0m', /90 degrees/],
    ['LOC', '5 1 60 N 0 0 5 W 0m', /seconds/],
    ['LOC', '5 1 n 0 0 5 w 0m', /seconds/],
    ['LOC', '5 1 N 0 0 5 W', /altitude/],
    ['LOC', '5 N 5 W 5M', /altitude/],
    ['LOC', '5 N 5 W -100000.01m', /altitude/],
    ['LOC', '5 N 5 W 0m 90000001m', /size/],
    ['LOC', '5 N 5 W 0m 1m 1m 1m 1m', /end of the record/],
    ['RRSIG', 'A 13 1 1h 20300101000000 20200101000000 1 . AAAA', /original ttl/],
    ['RRSIG', 'A 13 1 1 20230229000000 20200101000000 1 . AAAA', /YYYYMMDDHHMMSS/],
    ['RRSIG', 'A 13 1 1 20300101240000 20200101000000 1 . AAAA', /YYYYMMDDHHMMSS/],
    ['RRSIG', 'A 13 1 1 19691231235959 20200101000000 1 . AAAA', /YYYYMMDDHHMMSS/],
    ['SOA', '. . 1 1h30 1 1 1', /period/],
    ['SOA', '. . 1 h 1 1 1', /period/],
    ['SOA', '. . 1 7102w 1 1 1', /period/],
    ['URI', '1 1 x', /quotes/],
    ['URI', '1 1 ""', /empty/],
    ['DNSKEY', '257 3 13 AAA=A', /Base64/],
    ['DNSKEY', '257 3 13 AB==', /bits behind/],
    ['DNSKEY', '257 3 13 AAA', /cut short/],
    ['NAPTR', '1 1 "u" "" "!a!b" .', /2 delimiters instead of 3/],
    ['NAPTR', '1 1 "u" "" "!a!b!x" .', /flag/],
    ['NAPTR', '1 1 "u" "" "!a!\\\\1!" .', /group 1 of 0/],
    ['NAPTR', '1 1 "u" "" "!(a!b!" .', /brackets/],
    ['NAPTR', '1 1 "u" "" "1a1b1" .', /delimiter/],
    ['GPOS', '1 2', /altitude: missing/],
    ['MX', '', /preference: missing/],
  ])('%s %s', (type, text, expected) => {
    expect(read(type, text)).toMatch(expected);
    expect(read(type, text)).toMatch(new RegExp(`^${type}[ :]`));
  });
});

describe('wire form that is not valid', () => {
  test.each<[TypeName, string, RegExp]>([
    ['A', 'c00002', /address: needs 4 octets, found 3/],
    ['A', 'c000020101', /1 octet too many/],
    ['MX', '000a', /exchange/],
    ['NS', 'c000', /compression/],
    ['NS', '0161', /past the end/],
    ['TXT', '', /string/],
    ['TXT', '0361', /3 octets runs past the end/],
    ['CAA', '000100', /tag/],
    ['CAA', '00012d', /tag/],
    ['TLSA', '030101', /at least 1 octet/],
    ['NSEC3', '0100000004aa', /salt/],
    ['NSEC3', '010000000000', /next hash/],
    ['SVCB', '00010000050001', /past the end/],
    ['SVCB', '000100000300020050000100', /past the end/],
    ['SVCB', '0001000003000200500001000 0', /alpn stands after port/],
    ['SVCB', '00010000010003026832ff', /past the end/],
    ['SVCB', '00010000040002c000', /IPv4/],
    ['SVCB', '00010000000002ffff', /key65535, which is missing/],
    ['SVCB', '000100000000040003000 1', /key1 after key3/],
    ['LOC', '00a00000800000008000000000989680', /power of ten/],
    ['LOC', '00000000000000008000000000989680', /latitude/],
    ['APL', '00012100', /32 bits/],
    ['APL', '0001200101 00'.replace(' ', ''), /4 octets for an item/],
    ['APL', '0001200200 00'.replace(' ', ''), /zero octet/],
    ['APL', '00012005 0101010101'.replace(' ', ''), /IPv4 has 4 octets/],
    ['HIP', '0502000161', /do not fit/],
    ['HIP', '0102', /4 octets/],
    ['IPSECKEY', '0a0500', /type of host/],
    ['NAPTR', '00010001000003214121 00'.replace(' ', ''), /delimiters/],
  ])('%s %s', (type, octets, expected) => {
    const wire = fromHex(octets.replaceAll(' ', '')) ?? Buffer.alloc(0);
    expect(wireError(Type[type], wire)).toMatch(expected);
    // What is not valid is still shown, as octets.
    expect(presentRData(Type[type], wire)).toMatch(/^\\# /);
  });

  test.each<[TypeName, string]>([
    ['LOC', '01000000800000008000000000989680'],
    ['APL', '00031500'],
    ['AMTRELAY', '0a0401'],
  ])('%s %s has a form that only later versions know: opaque, but valid', (type, octets) => {
    const wire = fromHex(octets) ?? Buffer.alloc(0);
    expect(wireError(Type[type], wire)).toBeUndefined();
    expect(presentRData(Type[type], wire)).toBe(`\\# ${wire.length} ${octets.toUpperCase()}`);
  });

  test('no RDATA is longer than 65535 octets', () => {
    expect(wireError(65280, Buffer.alloc(65535))).toBeUndefined();
    expect(wireError(65280, Buffer.alloc(65536))).toMatch(/65536/);
  });
});

describe('text for zone files: BIND, NSD, Knot, PowerDNS and ldns read it', () => {
  const portable = (type: TypeName, text: string) => {
    const wire = encodeRecord(Type[type], text);
    if (!(wire instanceof Uint8Array)) throw new Error(wire.error);
    const out = new OctetWriter(1);
    writeRData(Type[type], wire, 0, wire.length, out);
    return Buffer.from(out.copy()).toString('latin1');
  };
  test.each<[TypeName, string, string]>([
    ['PTR', "a+b'c.d_e-f.*.0/25.", 'a\\043b\\039c.d_e-f.*.0/25.'],
    ['PTR', '\\@\\000.', '\\064\\000.'],
    ['NID', '10 14:0:ff20:ee64', '10 0014:0000:ff20:ee64'],
    ['HIP', '2 AB qw==', '\\# 6 01020001ABAB'],
    ['NSEC', 'a. A HIP ANY RRSIG', 'a. A RRSIG TYPE55 TYPE255'],
    [
      'RRSIG',
      'HIP 13 1 0 20300101000000 20200101000000 1 . AAAA',
      'TYPE55 13 1 0 20300101000000 20200101000000 1 . AAAA',
    ],
    ['TXT', '"a+b\\"c"', '"a+b\\"c"'],
  ])('%s %s', (type, text, expected) => {
    expect(portable(type, text)).toBe(expected);
  });
});
