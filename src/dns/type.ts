/** Resource record types: numbers and mnemonics (IANA registry "Domain Name System (DNS) Parameters"). */

/** A 16-bit RR type number. */
export type TypeCode = number;

export const Type = {
  A: 1,
  NS: 2,
  MD: 3,
  MF: 4,
  CNAME: 5,
  SOA: 6,
  MB: 7,
  MG: 8,
  MR: 9,
  NULL: 10,
  WKS: 11,
  PTR: 12,
  HINFO: 13,
  MINFO: 14,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  X25: 19,
  ISDN: 20,
  RT: 21,
  NSAP: 22,
  'NSAP-PTR': 23,
  SIG: 24,
  KEY: 25,
  PX: 26,
  GPOS: 27,
  AAAA: 28,
  LOC: 29,
  NXT: 30,
  EID: 31,
  NIMLOC: 32,
  SRV: 33,
  ATMA: 34,
  NAPTR: 35,
  KX: 36,
  CERT: 37,
  A6: 38,
  DNAME: 39,
  SINK: 40,
  OPT: 41,
  APL: 42,
  DS: 43,
  SSHFP: 44,
  IPSECKEY: 45,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  DHCID: 49,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  HIP: 55,
  NINFO: 56,
  RKEY: 57,
  TALINK: 58,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  CSYNC: 62,
  ZONEMD: 63,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  UINFO: 100,
  UID: 101,
  GID: 102,
  UNSPEC: 103,
  NID: 104,
  L32: 105,
  L64: 106,
  LP: 107,
  EUI48: 108,
  EUI64: 109,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
  URI: 256,
  CAA: 257,
  AVC: 258,
  DOA: 259,
  AMTRELAY: 260,
  TA: 32768,
  DLV: 32769,
} as const satisfies Record<string, TypeCode>;

/** Types that name servers in use do not all know by name: read by their mnemonic, but written as `TYPEnnn`. */
export const newerTypes = {
  DSYNC: 66,
  HHIT: 67,
  BRID: 68,
  NXNAME: 128,
  MAILB: 253,
  MAILA: 254,
  RESINFO: 261,
  WALLET: 262,
  CLA: 263,
  IPN: 264,
} as const satisfies Record<string, TypeCode>;

export type TypeName = keyof typeof Type;

const mnemonics = new Map<TypeCode, string>(Object.entries(Type).map(([mnemonic, code]) => [code, mnemonic]));
const codes = new Map<string, TypeCode>([...Object.entries(Type), ...Object.entries(newerTypes)]);

/** The mnemonic, or `TYPEnnn` (RFC 3597 section 5). */
export function typeName(code: TypeCode): string {
  return mnemonics.get(code) ?? `TYPE${code}`;
}

/** The number of a mnemonic or of `TYPEnnn`, in any case; undefined where the text is neither. */
export function typeCode(text: string): TypeCode | undefined {
  // Outside ASCII, upper case may be an ASCII letter: ſ becomes S.
  if (!/^[\x21-\x7e]*$/.test(text)) return undefined;
  const upper = text.toUpperCase();
  const known = codes.get(upper);
  if (known !== undefined) return known;
  const generic = /^TYPE([0-9]{1,5})$/.exec(upper);
  const code = generic === null ? Number.NaN : Number(generic[1]);
  return code <= 0xffff ? code : undefined;
}

/** Types that exist only in queries, messages or transfers and never stand in a zone (RFC 6895 section 3.1). */
export function isMetaType(code: TypeCode): boolean {
  return code === Type.OPT || (code >= 128 && code <= 255) || code === 0;
}
