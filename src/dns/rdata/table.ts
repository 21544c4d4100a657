/**
 * The RDATA of every type, as a row of fields in wire order. Text, wire and canonical form, validity and the typed objects of
 * `decode` and `encode` follow from here. A type that has no row is opaque (RFC 3597).
 *
 * `name` is a name that canonical form lower-cases, `casedName` one that it does not: RFC 4034 section 6.2 lists the former;
 * RFC 6840 section 5.1 takes NSEC from that list.
 */
import { eui48, eui64, ipv4, ipv6, locator64 } from './address.ts';
import { addressPrefixes, hasOtherFamily } from './apl.ts';
import { rrType, typeBitmap, typeBitmapOrNothing } from './bitmap.ts';
import { checkDsDigest, checkKeyPresence, checkNsec3Hash, checkSshfpLength, checkZonemdDigest } from './checks.ts';
import { base64OrHyphen, base64Rest, base64RestOrNothing, hexRest, nsapAddress } from './data.ts';
import { row } from './field.ts';
import { hostIdentity } from './host-identity.ts';
import { hasLaterVersion, location } from './loc.ts';
import { algorithm, certificateAlgorithm, certificateType, dsDigestType, nsec3HashAlgorithm } from './mnemonics.ts';
import { casedName, casedNames, name } from './name-field.ts';
import { naptrRegexp } from './naptr-regexp.ts';
import { base32hexHash, salt } from './nsec3-fields.ts';
import { period, time, u8, u16, u32 } from './numbers.ts';
import { gateway, hasUnknownRelay, relay } from './relay.ts';
import { characterString, characterStrings, digits, optionalString, restText, restUri, tag } from './strings.ts';
import { svcParams } from './svc-params.ts';

const oneName = { target: name };
const exchange = { preference: u16, exchange: name };
const ds = { keyTag: u16, algorithm, digestType: dsDigestType, digest: hexRest };
const key = { flags: u16, protocol: u8, algorithm, publicKey: base64Rest };
const association = { usage: u8, selector: u8, matchingType: u8, data: hexRest };
const service = { priority: u16, target: casedName, params: svcParams };
const signature = {
  typeCovered: rrType,
  algorithm,
  labels: u8,
  originalTtl: u32,
  expiration: time,
  inception: time,
  keyTag: u16,
  signer: name,
  signature: base64Rest,
};

export const table = {
  A: row({ address: ipv4 }),
  NS: row(oneName),
  MD: row(oneName),
  MF: row(oneName),
  CNAME: row(oneName),
  SOA: row({
    primary: name,
    contact: name,
    serial: u32,
    refresh: period,
    retry: period,
    expire: period,
    minimum: period,
  }),
  MB: row(oneName),
  MG: row(oneName),
  MR: row(oneName),
  PTR: row(oneName),
  HINFO: row({ cpu: characterString, os: characterString }),
  MINFO: row({ responsible: name, errors: name }),
  MX: row(exchange),
  TXT: row({ strings: characterStrings }),
  RP: row({ mailbox: name, text: name }),
  AFSDB: row({ subtype: u16, host: name }),
  X25: row({ address: digits }),
  ISDN: row({ address: characterString, subaddress: optionalString }),
  RT: row({ preference: u16, host: name }),
  NSAP: row({ address: nsapAddress }),
  'NSAP-PTR': row({ target: casedName }),
  SIG: row(signature),
  KEY: row({ ...key, publicKey: base64RestOrNothing }, { check: checkKeyPresence }),
  PX: row({ preference: u16, map822: name, mapX400: name }),
  GPOS: row({ longitude: characterString, latitude: characterString, altitude: characterString }),
  AAAA: row({ address: ipv6 }),
  LOC: row({ location }, { opaque: hasLaterVersion }),
  EID: row({ identifier: hexRest }),
  NIMLOC: row({ locator: hexRest }),
  SRV: row({ priority: u16, weight: u16, port: u16, target: name }),
  NAPTR: row({
    order: u16,
    preference: u16,
    flags: characterString,
    services: characterString,
    regexp: naptrRegexp,
    replacement: name,
  }),
  KX: row(exchange),
  CERT: row({ type: certificateType, keyTag: u16, algorithm: certificateAlgorithm, certificate: base64Rest }),
  DNAME: row(oneName),
  APL: row({ prefixes: addressPrefixes }, { opaque: hasOtherFamily }),
  DS: row(ds, { check: checkDsDigest }),
  SSHFP: row({ algorithm: u8, type: u8, fingerprint: hexRest }, { check: checkSshfpLength }),
  IPSECKEY: row({ precedence: u8, gateway, publicKey: base64RestOrNothing }),
  RRSIG: row(signature),
  NSEC: row({ next: casedName, types: typeBitmap }),
  DNSKEY: row(key),
  DHCID: row({ data: base64Rest }),
  NSEC3: row(
    {
      hashAlgorithm: nsec3HashAlgorithm,
      flags: u8,
      iterations: u16,
      salt,
      nextHash: base32hexHash,
      types: typeBitmapOrNothing,
    },
    { check: checkNsec3Hash },
  ),
  NSEC3PARAM: row({ hashAlgorithm: nsec3HashAlgorithm, flags: u8, iterations: u16, salt }),
  TLSA: row(association),
  SMIMEA: row(association),
  HIP: row({ identity: hostIdentity, servers: casedNames }),
  NINFO: row({ strings: characterStrings }),
  RKEY: row(key),
  TALINK: row({ previous: casedName, next: casedName }),
  CDS: row(ds, { check: checkDsDigest }),
  CDNSKEY: row(key),
  OPENPGPKEY: row({ key: base64Rest }),
  CSYNC: row({ serial: u32, flags: u16, types: typeBitmapOrNothing }),
  ZONEMD: row({ serial: u32, scheme: u8, hashAlgorithm: u8, digest: hexRest }, { check: checkZonemdDigest }),
  SVCB: row(service),
  HTTPS: row(service),
  SPF: row({ strings: characterStrings }),
  NID: row({ preference: u16, nodeId: locator64 }),
  L32: row({ preference: u16, locator: ipv4 }),
  L64: row({ preference: u16, locator: locator64 }),
  LP: row({ preference: u16, target: casedName }),
  EUI48: row({ address: eui48 }),
  EUI64: row({ address: eui64 }),
  URI: row({ priority: u16, weight: u16, target: restUri }),
  CAA: row({ flags: u8, tag, value: restText }),
  AVC: row({ strings: characterStrings }),
  DOA: row({ enterprise: u32, type: u32, location: u8, mediaType: characterString, data: base64OrHyphen }),
  AMTRELAY: row({ precedence: u8, relay }, { opaque: hasUnknownRelay }),
  TA: row(ds, { check: checkDsDigest }),
  DLV: row(ds, { check: checkDsDigest }),
} as const;

/** The mnemonics that have a row. */
export type KnownType = keyof typeof table;
