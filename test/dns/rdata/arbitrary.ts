/** Random valid RDATA of every type with a row in the table, as typed objects. */
import fc from 'fast-check';
import { type Name, nameFromWire } from '../../../src/dns/name.ts';
import type { KnownType, RDataOf } from '../../../src/dns/rdata/index.ts';
import type { Octets } from '../../../src/text/octets.ts';

const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffffffff);

/** Octets of 0 to 255, with a bias to those that text must escape. */
const octet = fc.oneof(
  { weight: 3, arbitrary: u8 },
  fc.constantFrom(0, 0x20, 0x22, 0x2e, 0x3b, 0x40, 0x5c, 0x7f, 0xff),
);
export const octets = (minLength: number, maxLength: number): fc.Arbitrary<Octets> =>
  fc.array(octet, { minLength, maxLength }).map((values) => Uint8Array.from(values));

const label = fc.oneof(octets(1, 8), octets(1, 63));

/** Wire names of any octets, the longest among them. */
export const wireName: fc.Arbitrary<Octets> = fc.array(label, { maxLength: 6 }).map((labels) => {
  const parts: number[] = [];
  for (const each of labels) if (parts.length + each.length + 2 <= 255) parts.push(each.length, ...each);
  return Uint8Array.from([...parts, 0]);
});
export const name: fc.Arbitrary<Name> = wireName.map((wire) => nameFromWire(wire));

const string = fc.oneof(octets(0, 20), octets(250, 255));
const strings = fc.array(string, { minLength: 1, maxLength: 5 });
const data = octets(1, 120);
const types = (minLength: number) =>
  fc
    .uniqueArray(fc.oneof({ weight: 3, arbitrary: fc.nat(300) }, u16), { minLength, maxLength: 12 })
    .map((codes) => codes.sort((a, b) => a - b));

const numbers = (arbitrary: fc.Arbitrary<number>, count: number) =>
  fc.array(arbitrary, { minLength: count, maxLength: count });
const ipv4 = numbers(u8, 4).map((parts) => parts.join('.'));
/** In the form that inet_ntop gives it, so that it survives the wire. */
const ipv6 = numbers(
  u16.filter((group) => group > 0),
  8,
).map((groups) => groups.map((group) => group.toString(16)).join(':'));
const locator = numbers(u16, 4).map((groups) => groups.map((group) => group.toString(16)).join(':'));
const eui = (size: number) =>
  numbers(u8, size).map((parts) => parts.map((part) => part.toString(16).padStart(2, '0')).join('-'));
const host = fc.oneof(
  fc.constant({ type: 0, host: '.' }),
  fc.record({ type: fc.constant(1), host: ipv4 }),
  fc.record({ type: fc.constant(2), host: ipv6 }),
  fc.record({ type: fc.constant(3), host: name as fc.Arbitrary<string> }),
);
const precision = fc
  .record({ digit: fc.integer({ min: 1, max: 9 }), power: fc.nat(9) })
  .map((p) => p.digit * 10 ** p.power);

const oneName = fc.record({ target: name });
const exchange = fc.record({ preference: u16, exchange: name });
const text = fc.record({ strings });
const key = fc.record({ flags: u16, protocol: u8, algorithm: u8, publicKey: data });
const association = fc.record({ usage: u8, selector: u8, matchingType: u8, data });
const ds = fc.record({ keyTag: u16, algorithm: u8, digestType: u8 }).chain((head) => {
  const length = [undefined, 20, 32, 32, 48][head.digestType];
  return (length === undefined ? data : octets(length, length)).map((digest) => ({ ...head, digest }));
});
const signature = fc.record({
  typeCovered: u16,
  algorithm: u8,
  labels: u8,
  originalTtl: u32,
  expiration: u32,
  inception: u32,
  keyTag: u16,
  signer: name,
  signature: data,
});

const big = (...values: number[]) => Uint8Array.from(values);
/** Values by key; a record takes some of them. */
const paramValues: readonly [number, fc.Arbitrary<Octets>][] = [
  [
    1,
    fc
      .array(octets(1, 12), { minLength: 1, maxLength: 3 })
      .map((ids) => big(...ids.flatMap((id) => [id.length, ...id]))),
  ],
  [3, octets(2, 2)],
  [4, fc.array(octets(4, 4), { minLength: 1, maxLength: 3 }).map((list) => big(...list.flatMap((each) => [...each])))],
  [5, octets(0, 40)],
  [
    6,
    fc.array(octets(16, 16), { minLength: 1, maxLength: 3 }).map((list) => big(...list.flatMap((each) => [...each]))),
  ],
  [7, fc.constant(Buffer.from('/dns-query{?dns}'))],
  [8, fc.constant(big())],
];
const params = fc
  .record({
    known: fc.tuple(
      ...paramValues.map(([key, value]) =>
        fc.option(
          value.map((each) => ({ key, value: each })),
          { nil: undefined },
        ),
      ),
    ),
    others: fc.uniqueArray(fc.record({ key: fc.integer({ min: 9, max: 0xffff }), value: octets(0, 20) }), {
      selector: (each) => each.key,
      maxLength: 3,
    }),
    mandatory: fc.boolean(),
  })
  .map(({ known, others, mandatory }) => {
    const list = [...known.filter((each) => each !== undefined), ...others].sort((a, b) => a.key - b.key);
    if (!mandatory || list.length === 0) return list;
    return [{ key: 0, value: big(...list.flatMap(({ key: each }) => [each >> 8, each & 0xff])) }, ...list];
  });
const service = fc.record({ priority: u16, target: name, params });

export const rdata: { readonly [K in KnownType]: fc.Arbitrary<RDataOf<K>> } = {
  A: fc.record({ address: ipv4 }),
  NS: oneName,
  MD: oneName,
  MF: oneName,
  CNAME: oneName,
  SOA: fc.record({ primary: name, contact: name, serial: u32, refresh: u32, retry: u32, expire: u32, minimum: u32 }),
  MB: oneName,
  MG: oneName,
  MR: oneName,
  PTR: oneName,
  HINFO: fc.record({ cpu: string, os: string }),
  MINFO: fc.record({ responsible: name, errors: name }),
  MX: exchange,
  TXT: text,
  RP: fc.record({ mailbox: name, text: name }),
  AFSDB: fc.record({ subtype: u16, host: name }),
  X25: fc.record({ address: fc.stringMatching(/^[0-9]{4,20}$/).map((digits) => Buffer.from(digits)) }),
  ISDN: fc.record({ address: string, subaddress: fc.option(string, { nil: undefined }) }),
  RT: fc.record({ preference: u16, host: name }),
  NSAP: fc.record({ address: data }),
  'NSAP-PTR': oneName,
  SIG: signature,
  KEY: key.map((each) => (each.flags >= 0xc000 ? { ...each, publicKey: big() } : each)),
  PX: fc.record({ preference: u16, map822: name, mapX400: name }),
  GPOS: fc.record({ longitude: string, latitude: string, altitude: string }),
  AAAA: fc.record({ address: ipv6 }),
  LOC: fc.record({
    location: fc.record({
      latitude: fc.integer({ min: -324000000, max: 324000000 }),
      longitude: fc.integer({ min: -648000000, max: 648000000 }),
      altitude: fc.integer({ min: -10000000, max: 4284967295 }),
      size: precision,
      horizontalPrecision: precision,
      verticalPrecision: fc.oneof(precision, fc.constant(0)),
    }),
  }),
  EID: fc.record({ identifier: data }),
  NIMLOC: fc.record({ locator: data }),
  SRV: fc.record({ priority: u16, weight: u16, port: u16, target: name }),
  NAPTR: fc.record({
    order: u16,
    preference: u16,
    flags: string,
    services: string,
    regexp: fc
      .constantFrom('', '!^.*$!sip:info@example.test!', '!^\\+44(.*)$!tel:\\1!i', '/a\\/b[]x]/"/', '\xff.\xff\xff')
      .map((each) => Buffer.from(each, 'latin1')),
    replacement: name,
  }),
  KX: exchange,
  CERT: fc.record({ type: u16, keyTag: u16, algorithm: u8, certificate: data }),
  DNAME: oneName,
  APL: fc.record({
    prefixes: fc.array(
      fc.oneof(
        fc.record({ family: fc.constant(1), negated: fc.boolean(), prefix: fc.nat(32), address: ipv4 }),
        fc.record({ family: fc.constant(2), negated: fc.boolean(), prefix: fc.nat(128), address: ipv6 }),
      ),
      { maxLength: 4 },
    ),
  }),
  DS: ds,
  SSHFP: fc.record({ algorithm: u8, type: u8 }).chain((head) => {
    const length = [undefined, 20, 32][head.type];
    return (length === undefined ? data : octets(length, length)).map((fingerprint) => ({ ...head, fingerprint }));
  }),
  IPSECKEY: fc.record({ precedence: u8, algorithm: u8, host, publicKey: octets(0, 60) }).map((each) => ({
    precedence: each.precedence,
    gateway: { algorithm: each.algorithm, ...each.host },
    publicKey: each.publicKey,
  })),
  RRSIG: signature,
  NSEC: fc.record({ next: name, types: types(1) }),
  DNSKEY: key,
  DHCID: fc.record({ data }),
  NSEC3: fc.record({
    hashAlgorithm: fc.constantFrom(1, 2),
    flags: u8,
    iterations: u16,
    salt: octets(0, 255),
    nextHash: octets(20, 20),
    types: types(0),
  }),
  NSEC3PARAM: fc.record({ hashAlgorithm: u8, flags: u8, iterations: u16, salt: octets(0, 255) }),
  TLSA: association,
  SMIMEA: association,
  HIP: fc.record({
    identity: fc.record({ algorithm: u8, tag: octets(1, 40), publicKey: data }),
    servers: fc.array(name, { maxLength: 3 }),
  }),
  NINFO: text,
  RKEY: key,
  TALINK: fc.record({ previous: name, next: name }),
  CDS: ds,
  CDNSKEY: key,
  OPENPGPKEY: fc.record({ key: data }),
  CSYNC: fc.record({ serial: u32, flags: u16, types: types(0) }),
  ZONEMD: fc.record({ serial: u32, scheme: u8, hashAlgorithm: u8 }).chain((head) => {
    const length = [undefined, 48, 64][head.hashAlgorithm];
    return (length === undefined ? octets(12, 80) : octets(length, length)).map((digest) => ({ ...head, digest }));
  }),
  SVCB: service,
  HTTPS: service,
  SPF: text,
  NID: fc.record({ preference: u16, nodeId: locator }),
  L32: fc.record({ preference: u16, locator: ipv4 }),
  L64: fc.record({ preference: u16, locator: locator }),
  LP: fc.record({ preference: u16, target: name }),
  EUI48: fc.record({ address: eui(6) }),
  EUI64: fc.record({ address: eui(8) }),
  URI: fc.record({ priority: u16, weight: u16, target: octets(1, 300) }),
  CAA: fc.record({ flags: u8, tag: fc.stringMatching(/^[A-Za-z0-9]{1,15}$/), value: octets(0, 300) }),
  AVC: text,
  DOA: fc.record({ enterprise: u32, type: u32, location: u8, mediaType: string, data: octets(0, 100) }),
  AMTRELAY: fc.record({ precedence: u8, discoveryOptional: fc.boolean(), host }).map((each) => ({
    precedence: each.precedence,
    relay: { discoveryOptional: each.discoveryOptional, ...each.host },
  })),
  TA: ds,
  DLV: ds,
};

export const knownTypes = Object.keys(rdata) as KnownType[];
