/**
 * The things that a certificate or key file holds, in the order of the file; what is whole, what is broken, what is
 * foreign.
 */
import { asBuffer, type Octets } from '../text/octets.ts';
import type { Position } from '../text/problem.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { type DerFault, DerReader, Tag } from './der.ts';
import { identifyDer, identifyText } from './identify.ts';
import { type PemBlock, readPem } from './pem.ts';
import { type PrivateKeyError, publicKeyOfBlock, publicKeyOfPrivateDer } from './private-key.ts';
import { type PublicKey, readPublicKey, readRsaPublicKey } from './public-key.ts';
import type { Content } from './refusal.ts';
import { type CertificateRequest, readRequest } from './request.ts';

export type Form = 'pem' | 'der';

export type Item = { readonly at: Position } & (
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | { readonly kind: 'request'; readonly request: CertificateRequest }
  | { readonly kind: 'public-key'; readonly key: PublicKey }
  /** Only the public half is kept. */
  | { readonly kind: 'private-key'; readonly key: PublicKey | PrivateKeyError; readonly isEncrypted: boolean }
  /** Something whole that is neither; `mislabelled`: its PEM label says otherwise. */
  | { readonly kind: 'foreign'; readonly content: Content; readonly form: Form; readonly mislabelled: boolean }
  /** A PEM block with a label that is not known here. */
  | { readonly kind: 'unknown'; readonly label: string }
  /** Almost what it is called. */
  | { readonly kind: 'broken'; readonly content: Content; readonly form: Form; readonly fault: DerFault }
  /** The PEM text itself is damaged. */
  | { readonly kind: 'damaged'; readonly reason: string; readonly hint?: string }
);

type Reader = (octets: Octets, at: Position) => Item | DerFault;

const readers: { readonly [Kind in Content]?: Reader } = {
  certificate: (octets, at) => {
    const certificate = readCertificate(octets, at);
    return isFault(certificate) ? certificate : { kind: 'certificate', at, certificate };
  },
  request: (octets, at) => {
    const request = readRequest(octets, at);
    return isFault(request) ? request : { kind: 'request', at, request };
  },
  'public-key': (octets, at) => {
    const key = readPublicKey(octets);
    return isFault(key) ? key : { kind: 'public-key', at, key };
  },
  'rsa-public-key': (octets, at) => {
    const key = readRsaPublicKey(octets);
    return isFault(key) ? key : { kind: 'public-key', at, key };
  },
};

/** PEM labels: RFC 7468, and what OpenSSL and others write. */
const labels: Readonly<Record<string, Content>> = {
  CERTIFICATE: 'certificate',
  'X509 CERTIFICATE': 'certificate',
  'TRUSTED CERTIFICATE': 'certificate',
  'CERTIFICATE REQUEST': 'request',
  'NEW CERTIFICATE REQUEST': 'request',
  'PUBLIC KEY': 'public-key',
  'RSA PUBLIC KEY': 'rsa-public-key',
  'PRIVATE KEY': 'private-key',
  'RSA PRIVATE KEY': 'private-key',
  'EC PRIVATE KEY': 'private-key',
  'DSA PRIVATE KEY': 'private-key',
  'ENCRYPTED PRIVATE KEY': 'private-key',
  'OPENSSH PRIVATE KEY': 'private-key',
  PKCS7: 'pkcs7',
  CMS: 'pkcs7',
  'PKCS #7 SIGNED DATA': 'pkcs7',
  'X509 CRL': 'crl',
};

/** Never empty: a file without anything is one foreign item. The passphrase is for encrypted private keys. */
export function readContents(file: string, octets: Octets, passphrase?: string): Item[] {
  const start: Position = { file, line: 1, column: 1, isUnquotable: true };
  if (looksLikeDer(octets)) return [readDer(identifyDer(octets) ?? 'certificate', octets, start, passphrase)];
  const hasMark = octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf;
  const text = asBuffer(hasMark ? octets.subarray(3) : octets).toString('latin1');
  const { blocks, faults } = readPem(file, text);
  if (blocks.length === 0 && faults.length === 0) {
    const content = identifyText(text, octets);
    return [{ kind: 'foreign', at: start, content, form: 'der', mislabelled: false }];
  }
  return [
    ...faults.map(({ at, message, hint }): Item => ({ kind: 'damaged', at, reason: message, hint })),
    ...blocks.map((block) => readBlock(block, passphrase)),
  ];
}

/** Binary, beginning with a SEQUENCE: its length octets are no text, or say exactly how long the file is. */
function looksLikeDer(octets: Octets): boolean {
  return octets[0] === Tag.sequence && (octets[1] >= 0x80 || octets[1] + 2 === octets.length);
}

function readDer(content: Content, octets: Octets, at: Position, passphrase?: string): Item {
  if (content === 'private-key' || content === 'encrypted-private-key') {
    const key = publicKeyOfPrivateDer(octets, passphrase);
    return { kind: 'private-key', at, key, isEncrypted: content === 'encrypted-private-key' };
  }
  const read = readers[content]?.(octets, at);
  if (read === undefined) return { kind: 'foreign', at, content, form: 'der', mislabelled: false };
  return isFault(read) ? { kind: 'broken', at, content, form: 'der', fault: read } : read;
}

function readBlock(block: PemBlock, passphrase?: string): Item {
  const { label, at, headers } = block;
  const content = Object.hasOwn(labels, label) ? labels[label] : undefined;
  if (content === undefined) return { kind: 'unknown', at, label };
  if (content === 'private-key') {
    const isEncrypted = label === 'ENCRYPTED PRIVATE KEY' || headers.length > 0;
    return { kind: 'private-key', at, key: publicKeyOfBlock(block, passphrase), isEncrypted };
  }
  const octets = label === 'TRUSTED CERTIFICATE' ? withoutTrust(block.octets) : block.octets;
  const read = readers[content]?.(octets, at);
  if (read === undefined) return { kind: 'foreign', at, content, form: 'pem', mislabelled: false };
  if (!isFault(read)) return read;
  const held =
    octets[0] === Tag.sequence ? identifyDer(octets) : identifyText(asBuffer(octets).toString('latin1'), octets);
  return held === undefined || held === content || held === 'other-der'
    ? { kind: 'broken', at, content, form: 'pem', fault: read }
    : { kind: 'foreign', at, content: held, form: 'pem', mislabelled: true };
}

/**
 * The certificate of a block TRUSTED CERTIFICATE, without the trust settings that OpenSSL appends as one more SEQUENCE.
 */
function withoutTrust(octets: Octets): Octets {
  const reader = new DerReader(octets);
  const certificate = reader.take(Tag.sequence, 'a certificate');
  if (!reader.isAtEnd) reader.take(Tag.sequence, 'trust settings');
  reader.finish('trust settings');
  return reader.fault === undefined ? certificate.der : octets;
}

function isFault(read: object): read is DerFault {
  return 'offset' in read;
}
