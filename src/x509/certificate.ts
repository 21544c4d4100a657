/**
 * X.509 certificates (RFC 5280 section 4.1), read only. What records are made of — the certificate and its public key —
 * are views on the octets of the file, never written out again: a key that is re-encoded can have another digest.
 */
import type { Octets } from '../text/octets.ts';
import type { Position } from '../text/problem.ts';
import { context, contextPrimitive, type DerFault, DerReader, derFault, Tag } from './der.ts';
import { type DistinguishedName, readDistinguishedName, sameName, visible } from './distinguished-name.ts';
import { type Extensions, readExtensions } from './extensions.ts';
import { integerText, type KeyAlgorithm, takePublicKey } from './public-key.ts';
import { type SignatureAlgorithm, takeSignatureAlgorithm } from './signature-algorithm.ts';

export interface Certificate extends Extensions {
  /** The whole certificate as it stands in the file: selector Cert. */
  readonly der: Octets;
  /** SubjectPublicKeyInfo as it stands in the certificate: selector SPKI. */
  readonly spki: Octets;
  /** Hexadecimal, without needless zeros. */
  readonly serial: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly commonName?: string;
  /** Unix seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly key: KeyAlgorithm;
  readonly signatureAlgorithm: SignatureAlgorithm;
  /** basicConstraints says so. A version 1 certificate has none and is false here. */
  readonly isCa: boolean;
  readonly pathLength?: number;
  /** 1, 2 or 3; only version 3 has extensions. */
  readonly version: number;
  /** Subject and issuer are the same name; says nothing about the signature. */
  readonly isSelfIssued: boolean;
  /** The line of the file where it begins. */
  readonly at?: Position;
}

/** Reads exactly one certificate in DER. */
export function readCertificate(der: Octets, at?: Position): Certificate | DerFault {
  const fault = derFault(der);
  if (fault !== undefined) return fault;
  const reader = new DerReader(der);
  const certificate = reader.enter(Tag.sequence, 'a certificate');
  const fields = certificate.enter(Tag.sequence, 'the signed part of a certificate');
  const explicit = fields.optional(context(0));
  let version = 1;
  if (explicit !== undefined) {
    const inner = fields.into(explicit);
    const value = inner.take(Tag.integer, 'the version').content;
    inner.finish('the version');
    if (reader.fault === undefined && (value.length !== 1 || value[0] > 2)) {
      reader.fail('shape', 'has a version that does not exist: expected 1, 2 or 3', explicit.start);
    }
    version = value[0] + 1;
  }
  const serial = fields.take(Tag.integer, 'the serial number');
  const innerAlgorithm = fields.take(Tag.sequence, 'the signature algorithm');
  const issuer = readDistinguishedName(fields, 'the issuer');
  const validity = fields.enter(Tag.sequence, 'the validity');
  const notBefore = takeTime(validity, 'notBefore');
  const notAfter = takeTime(validity, 'notAfter');
  validity.finish('the validity');
  const subject = readDistinguishedName(fields, 'the subject');
  const key = takePublicKey(fields);
  fields.optional(contextPrimitive(1));
  fields.optional(contextPrimitive(2));
  const wrapped = fields.optional(context(3));
  const extensions: Extensions = readExtensions(wrapped && fields.into(wrapped));
  fields.finish('the signed part');
  const outerAlgorithm = certificate.take(Tag.sequence, 'the signature algorithm');
  certificate.take(Tag.bitString, 'the signature');
  certificate.finish('the certificate');
  const signatureAlgorithm = takeSignatureAlgorithm(certificate.into(outerAlgorithm));
  // RFC 5280 section 4.1.1.2: what is signed must say how it is signed.
  if (reader.fault === undefined && Buffer.compare(innerAlgorithm.der, outerAlgorithm.der) !== 0) {
    reader.fail('shape', 'names two different signature algorithms', outerAlgorithm.start);
  }
  if (reader.fault !== undefined) return reader.fault;
  return {
    ...extensions,
    der,
    spki: key.spki,
    serial: integerText(serial.content),
    subject,
    issuer,
    commonName: subject.commonName,
    notBefore,
    notAfter,
    key: key.algorithm,
    signatureAlgorithm,
    isCa: extensions.basicConstraints?.isCa ?? false,
    pathLength: extensions.basicConstraints?.pathLength,
    version,
    isSelfIssued: sameName(subject, issuer),
    at,
  };
}

/** UTCTime or GeneralizedTime in the one form that RFC 5280 section 4.1.2.5 allows; Unix seconds. */
function takeTime(reader: DerReader, what: string): number {
  const element = reader.any();
  if (reader.fault !== undefined) return 0;
  const text = Buffer.from(element.content).toString('latin1');
  const utc = element.tag === Tag.utcTime && /^[0-9]{12}Z$/.test(text);
  const generalized = element.tag === Tag.generalizedTime && /^[0-9]{14}Z$/.test(text);
  if (!utc && !generalized) {
    reader.fail('shape', `has a ${what} that is no time of RFC 5280 (YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ)`, element.start);
    return 0;
  }
  // RFC 5280 section 4.1.2.5.1: 50 to 99 are of the twentieth century.
  const full = utc ? (Number(text.slice(0, 2)) >= 50 ? '19' : '20') + text : text;
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)(..)(..)(..)Z$/.exec(full) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const milliseconds = Date.parse(iso);
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== iso) {
    reader.fail('shape', `has a ${what} that is no date: ${text}`, element.start);
    return 0;
  }
  return milliseconds / 1000;
}

/** What people call a certificate: its common name, else its first DNS name, else its subject. Safe to print. */
export function certificateName(certificate: Certificate): string {
  const { commonName, dnsNames, subject, serial } = certificate;
  return visible(commonName ?? dnsNames[0] ?? (subject.text || `serial ${serial}`));
}
