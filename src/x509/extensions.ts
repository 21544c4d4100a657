/** The certificate extensions that this program reads (RFC 5280 section 4.2.1). Others stay where they are. */
import { asBuffer, hex } from '../text/octets.ts';
import { contextPrimitive, type DerReader, type Element, oidText, Tag } from './der.ts';
import { type GeneralName, takeGeneralName } from './general-name.ts';
import { type NameConstraints, readNameConstraints } from './name-constraints.ts';

export interface BasicConstraints {
  readonly isCa: boolean;
  /** How many intermediate certificates may follow; undefined: any number. */
  readonly pathLength?: number;
}

/** RFC 5280 section 4.2.1.3, in the order of the bits. */
export const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
export type KeyUsage = (typeof keyUsages)[number];

export interface Extensions {
  /** dNSName entries as they are written; case kept. */
  readonly dnsNames: readonly string[];
  /** All entries of the subjectAltName. */
  readonly alternativeNames: readonly GeneralName[];
  readonly basicConstraints?: BasicConstraints;
  /** Undefined without the extension: every usage. */
  readonly keyUsage?: readonly KeyUsage[];
  /** OIDs; undefined without the extension: every purpose. */
  readonly extendedKeyUsage?: readonly string[];
  /** `unreadable`: there is one, and no path below it can be judged. */
  readonly nameConstraints?: NameConstraints | 'unreadable';
  /** Hexadecimal. */
  readonly subjectKeyIdentifier?: string;
  readonly authorityKeyIdentifier?: string;
  /** OIDs of the extensions that are marked critical. */
  readonly criticalExtensions: readonly string[];
}

type Draft = { -readonly [Field in keyof Extensions]: Extensions[Field] };

const readers: Readonly<Record<string, (reader: DerReader, value: Element, into: Draft) => void>> = {
  '2.5.29.14': (reader, value, into) => {
    const identifier = reader.unwrap(value, 'the subject key identifier');
    into.subjectKeyIdentifier = hex(identifier.take(Tag.octetString, 'the subject key identifier').content);
  },
  '2.5.29.15': (reader, value, into) => {
    const bits = reader.unwrap(value, 'the key usage').take(Tag.bitString, 'the key usage').content;
    into.keyUsage = keyUsages.filter((_, bit) => ((bits[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0);
  },
  '2.5.29.17': (reader, value, into) => {
    const names = reader.unwrap(value, 'the alternative names').enter(Tag.sequence, 'the alternative names');
    const all: GeneralName[] = [];
    while (!names.isAtEnd) all.push(takeGeneralName(names));
    into.alternativeNames = all;
    into.dnsNames = all.filter(({ form }) => form === 'dns').map(({ octets }) => asBuffer(octets).toString('latin1'));
  },
  '2.5.29.19': (reader, value, into) => {
    const fields = reader.unwrap(value, 'the basic constraints').enter(Tag.sequence, 'the basic constraints');
    const isCa = fields.optional(Tag.boolean)?.content[0] === 0xff;
    const pathLength = fields.optional(Tag.integer)?.content;
    into.basicConstraints = { isCa, ...(pathLength && { pathLength: Number.parseInt(hex(pathLength), 16) }) };
    fields.finish('the basic constraints');
  },
  // What is wrong in here says nothing about the certificate itself: DANE-EE never looks at it.
  '2.5.29.30': (_, value, into) => {
    into.nameConstraints = readNameConstraints(value.content) ?? 'unreadable';
  },
  '2.5.29.35': (reader, value, into) => {
    const fields = reader
      .unwrap(value, 'the authority key identifier')
      .enter(Tag.sequence, 'the authority key identifier');
    const identifier = fields.optional(contextPrimitive(0));
    if (identifier !== undefined) into.authorityKeyIdentifier = hex(identifier.content);
  },
  '2.5.29.37': (reader, value, into) => {
    const purposes = reader.unwrap(value, 'the extended key usage').enter(Tag.sequence, 'the extended key usage');
    const oids: string[] = [];
    while (!purposes.isAtEnd) oids.push(oidText(purposes.take(Tag.oid, 'a purpose').content));
    into.extendedKeyUsage = oids;
  },
};

/** Reads an Extensions value (a SEQUENCE OF Extension) at the reader's place. */
export function readExtensions(outer: DerReader | undefined): Extensions {
  const into: Draft = { dnsNames: [], alternativeNames: [], criticalExtensions: [] };
  if (outer === undefined) return into;
  const extensions = outer.enter(Tag.sequence, 'the extensions');
  const seen = new Set<string>();
  const critical: string[] = [];
  while (!extensions.isAtEnd) {
    const extension = extensions.enter(Tag.sequence, 'an extension');
    const oid = oidText(extension.take(Tag.oid, 'the type of an extension').content);
    if (extension.optional(Tag.boolean)?.content[0] === 0xff) critical.push(oid);
    const value = extension.take(Tag.octetString, 'the value of an extension');
    extension.finish('an extension');
    if (seen.has(oid)) extension.fail('shape', `has the extension ${oid} twice`);
    seen.add(oid);
    if (Object.hasOwn(readers, oid)) readers[oid](extension, value, into);
  }
  into.criticalExtensions = critical;
  return into;
}
