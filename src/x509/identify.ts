/**
 * What a file is, judged by its octets: so that a file in the wrong form is refused by its name and with the command
 * that makes the right one.
 */
import type { Octets } from '../text/octets.ts';
import { context, DerReader, oidText, Tag } from './der.ts';

/** What DER octets hold. */
export type DerContent =
  | 'certificate'
  | 'request'
  | 'crl'
  | 'pkcs7'
  | 'pkcs12'
  | 'public-key'
  | 'rsa-public-key'
  | 'private-key'
  | 'encrypted-private-key'
  | 'ocsp-response'
  | 'other-der';

const kinds: readonly { readonly holds: (fields: Fields) => boolean; readonly content: DerContent }[] = [
  { content: 'pkcs7', holds: (f) => f.tags[0] === Tag.oid && /^1\.2\.840\.113549\.1\.(7|9\.16)\./.test(f.firstOid) },
  { content: 'pkcs12', holds: (f) => f.is(Tag.integer, Tag.sequence) && f.firstInteger === 3 },
  { content: 'private-key', holds: (f) => f.is(Tag.integer, Tag.sequence, Tag.octetString) },
  { content: 'private-key', holds: (f) => f.is(Tag.integer, Tag.octetString) && f.firstInteger === 1 },
  { content: 'private-key', holds: (f) => f.is(Tag.integer, Tag.integer, Tag.integer, Tag.integer) },
  { content: 'rsa-public-key', holds: (f) => f.is(Tag.integer, Tag.integer) && f.tags.length === 2 },
  { content: 'encrypted-private-key', holds: (f) => f.is(Tag.sequence, Tag.octetString) && f.inner[0] === Tag.oid },
  { content: 'public-key', holds: (f) => f.is(Tag.sequence, Tag.bitString) && f.inner[0] === Tag.oid },
  { content: 'ocsp-response', holds: (f) => f.is(Tag.enumerated) },
  { content: 'certificate', holds: (f) => f.isSigned && (f.inner[0] === context(0) || f.inner[3] === Tag.sequence) },
  {
    content: 'crl',
    holds: (f) => f.isSigned && f.inner.slice(0, 5).some((tag) => tag === Tag.utcTime || tag === Tag.generalizedTime),
  },
  { content: 'request', holds: (f) => f.isSigned && f.inner[0] === Tag.integer },
];

/** Tags of the first fields, and of the fields of the first field. */
interface Fields {
  readonly tags: readonly number[];
  readonly inner: readonly number[];
  readonly firstOid: string;
  readonly firstInteger: number;
  /** SEQUENCE, SEQUENCE, BIT STRING: something, an algorithm, a signature. */
  readonly isSigned: boolean;
  is(...tags: number[]): boolean;
}

/**
 * Undefined where the octets are no DER at all. Looks at the first two levels only; what it names may still be broken.
 */
export function identifyDer(octets: Octets): DerContent | undefined {
  const outer = new DerReader(octets);
  if (outer.next !== Tag.sequence) return undefined;
  const reader = outer.enter(Tag.sequence, 'anything');
  if (outer.fault !== undefined) return undefined;
  const tags: number[] = [];
  let inner: number[] = [];
  let firstOid = '';
  let firstInteger = -1;
  while (!reader.isAtEnd && tags.length < 6) {
    const element = reader.any();
    if (reader.fault !== undefined) break;
    if (tags.length === 0) {
      if (element.tag === Tag.oid) firstOid = oidText(element.content.subarray(0, 32));
      if (element.tag === Tag.integer && element.content.length === 1) firstInteger = element.content[0];
      if (element.tag === Tag.sequence) inner = tagsOf(new DerReader(element.content));
    }
    tags.push(element.tag);
  }
  const is = (...wanted: number[]) => wanted.every((tag, i) => tags[i] === tag);
  const isSigned = is(Tag.sequence, Tag.sequence, Tag.bitString);
  const fields: Fields = { tags, inner, firstOid, firstInteger, isSigned, is };
  return kinds.find((kind) => kind.holds(fields))?.content ?? 'other-der';
}

function tagsOf(reader: DerReader): number[] {
  const tags: number[] = [];
  while (!reader.isAtEnd && tags.length < 8) tags.push(reader.any().tag);
  return tags;
}

/** What a file is that holds no PEM block and no DER. */
export type TextContent =
  | 'empty'
  | 'blank'
  | 'utf16'
  | 'nul'
  | 'html'
  | 'xml'
  | 'json'
  | 'ssh-public-key'
  | 'openpgp'
  | 'bind-private-key'
  | 'hex'
  | 'bare-base64'
  | 'base64-of-pem'
  | 'pem'
  | 'bad-boundary'
  | 'gzip'
  | 'zip'
  | 'java-keystore'
  | 'pdf'
  | 'text'
  | 'binary';

const texts: readonly { readonly holds: (text: string, octets: Octets) => boolean; readonly content: TextContent }[] = [
  { content: 'empty', holds: (_, octets) => octets.length === 0 },
  { content: 'utf16', holds: (_, o) => (o[0] === 0xff && o[1] === 0xfe) || (o[0] === 0xfe && o[1] === 0xff) },
  { content: 'utf16', holds: (text) => /^(?:[\x09-\x7e]\0){8}|^(?:\0[\x09-\x7e]){8}/.test(text) },
  { content: 'gzip', holds: (text) => text.startsWith('\x1f\x8b') },
  { content: 'zip', holds: (text) => text.startsWith('PK\x03\x04') },
  { content: 'java-keystore', holds: (text) => text.startsWith('\xfe\xed\xfe\xed') },
  { content: 'pdf', holds: (text) => text.startsWith('%PDF-') },
  { content: 'nul', holds: (text) => text.includes('\0') },
  { content: 'blank', holds: (text) => text.trim() === '' },
  { content: 'pem', holds: (text) => /-----BEGIN [^\r\n]*-----/.test(text) },
  { content: 'openpgp', holds: (text) => text.startsWith('-----BEGIN PGP ') },
  {
    content: 'ssh-public-key',
    holds: (text) => /^(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)[a-z0-9@.-]+ |^---- BEGIN SSH2/m.test(text),
  },
  { content: 'bind-private-key', holds: (text) => /^Private-key-format:/m.test(text) },
  { content: 'bad-boundary', holds: (text) => /BEGIN [A-Z0-9 ]*(?:CERTIFICATE|KEY|PKCS7|CRL|PARAMETERS)/i.test(text) },
  {
    content: 'html',
    holds: (text) => /^\s*(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i.test(text.slice(0, 4096)),
  },
  { content: 'xml', holds: (text) => /^\s*</.test(text) },
  { content: 'json', holds: (text) => /^\s*[{[]/.test(text) && /[}\]]\s*$/.test(text) },
  { content: 'hex', holds: (text) => /^\s*30[\s:]*8[0-4][\s:]*(?:[0-9a-f]{2}[\s:]*)+$/i.test(text) },
  { content: 'base64-of-pem', holds: (text) => /^\s*LS0tLS1CRUdJTi[A-Za-z0-9+/=\s]+$/.test(text) },
  { content: 'bare-base64', holds: (text) => /^\s*MI[A-Za-z0-9+/=\s]+$/.test(text) },
  { content: 'binary', holds: (text) => /[\x01-\x08\x0e-\x1a\x1c-\x1f]/.test(text) },
];

/** `text` is the file, one character an octet, without a byte order mark. */
export function identifyText(text: string, octets: Octets): TextContent {
  return texts.find((kind) => kind.holds(text, octets))?.content ?? 'text';
}
