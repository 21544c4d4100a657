/**
 * Two ways to write RDATA. `canonical` is what BIND writes and people compare with. `portable` is for zone files: the same octets, in
 * the text that BIND, NSD, Knot, PowerDNS and ldns all read.
 */
import { Form, octetForms } from '../name-text.ts';
import { Type, type TypeCode, type TypeName, typeName } from '../type.ts';

export interface TextStyle {
  /** Octet → Form, in names. */
  readonly nameForms: Uint8Array;
  /** Locators of NID and L64 keep the zeros at the start of a group. */
  readonly paddedGroups: boolean;
  /** Whether a type stands by its mnemonic, and its RDATA in fields; else `TYPEnnn` and `\# length hex` (RFC 3597). */
  readonly byName: (type: TypeCode) => boolean;
}

export const canonical: TextStyle = { nameForms: octetForms, paddedGroups: false, byName: () => true };

/** Types that not all of these programs read by name: obsolete, experimental, or too new for one of them. */
const unfamiliar: readonly TypeName[] = [
  ...([
    'MD',
    'MF',
    'MB',
    'MG',
    'MR',
    'NULL',
    'WKS',
    'X25',
    'ISDN',
    'RT',
    'NSAP',
    'NSAP-PTR',
    'SIG',
    'PX',
    'GPOS',
    'NXT',
  ] as const),
  ...([
    'EID',
    'NIMLOC',
    'ATMA',
    'A6',
    'SINK',
    'OPT',
    'HIP',
    'NINFO',
    'RKEY',
    'TALINK',
    'UINFO',
    'UID',
    'GID',
    'UNSPEC',
  ] as const),
  ...(['TKEY', 'TSIG', 'IXFR', 'AXFR', 'ANY', 'AVC', 'DOA', 'AMTRELAY', 'TA', 'DLV'] as const),
];
const generic = new Set<TypeCode>(unfamiliar.map((mnemonic) => Type[mnemonic]));

/**
 * Characters that stand for themselves in a name; all others are written as `\DDD`. Knot reads others only behind a backslash, `\[` starts
 * a bit label for BIND and NSD (RFC 2673), and NSD takes the dot behind `\\` for a part of the label.
 */
const bare = /[-A-Za-z0-9_*/]/;

export const portable: TextStyle = {
  nameForms: octetForms.map((_, octet) => (bare.test(String.fromCharCode(octet)) ? Form.plain : Form.decimal)),
  paddedGroups: true,
  byName: (type) => !generic.has(type),
};

/** The mnemonic or `TYPEnnn` of a type. */
export function typeText(type: TypeCode, style: TextStyle): string {
  return style.byName(type) ? typeName(type) : `TYPE${type}`;
}
