/** Certification requests (PKCS#10, RFC 2986): the next key of a server, before its certificate exists. */
import type { Octets } from '../text/octets.ts';
import type { Position } from '../text/problem.ts';
import { context, type DerFault, DerReader, derFault, oidText, Tag } from './der.ts';
import { type DistinguishedName, readDistinguishedName } from './distinguished-name.ts';
import { readExtensions } from './extensions.ts';
import { type KeyAlgorithm, takePublicKey } from './public-key.ts';
import { signatureVerifies, takeSignatureAlgorithm } from './signature-algorithm.ts';

export interface CertificateRequest {
  readonly der: Octets;
  /** As it stands in the request; a certificate authority copies it into the certificate. */
  readonly spki: Octets;
  readonly key: KeyAlgorithm;
  readonly subject: DistinguishedName;
  readonly dnsNames: readonly string[];
  /** Signed by the key that it names. */
  readonly signatureVerifies: boolean;
  readonly at?: Position;
}

/** extensionRequest (RFC 2985 section 5.4.2). */
const extensionRequest = '1.2.840.113549.1.9.14';

/** Reads exactly one request in DER. */
export function readRequest(der: Octets, at?: Position): CertificateRequest | DerFault {
  const fault = derFault(der);
  if (fault !== undefined) return fault;
  const reader = new DerReader(der);
  const request = reader.enter(Tag.sequence, 'a certification request');
  const info = request.take(Tag.sequence, 'the signed part of a request');
  const fields = request.into(info);
  fields.take(Tag.integer, 'the version');
  const subject = readDistinguishedName(fields, 'the subject');
  const key = takePublicKey(fields);
  const attributes = fields.optional(context(0));
  fields.finish('the signed part of a request');
  let dnsNames: readonly string[] = [];
  if (attributes !== undefined) {
    const list = fields.into(attributes);
    while (!list.isAtEnd) {
      const attribute = list.enter(Tag.sequence, 'an attribute');
      const type = oidText(attribute.take(Tag.oid, 'the type of an attribute').content);
      const values = attribute.enter(Tag.set, 'the values of an attribute');
      if (type === extensionRequest) dnsNames = readExtensions(values).dnsNames;
    }
  }
  const algorithm = takeSignatureAlgorithm(request.enter(Tag.sequence, 'the signature algorithm'));
  const signature = request.take(Tag.bitString, 'the signature').content.subarray(1);
  request.finish('the request');
  if (reader.fault !== undefined) return reader.fault;
  return {
    der,
    spki: key.spki,
    key: key.algorithm,
    subject,
    dnsNames,
    signatureVerifies: signatureVerifies(algorithm, key.spki, info.der, signature),
    at,
  };
}
