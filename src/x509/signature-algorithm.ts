/** Signature algorithms of certificates and requests, and the check of one with node:crypto. */
import { constants, createPublicKey, verify } from 'node:crypto';
import type { Octets } from '../text/octets.ts';
import { context, type DerReader, oidText, Tag } from './der.ts';

export interface SignatureAlgorithm {
  readonly oid: string;
  /** Such as `ecdsa-with-SHA256`; the OID where it has no name here. */
  readonly name: string;
  /** Node's name of the digest; absent where the algorithm has none of its own. */
  readonly digest?: string;
  /** RSA-PSS: octets of salt. */
  readonly saltLength?: number;
}

const pss = '1.2.840.113549.1.1.10';

const known: Readonly<Record<string, { readonly name: string; readonly digest?: string }>> = {
  '1.2.840.113549.1.1.2': { name: 'md2WithRSAEncryption', digest: 'md2' },
  '1.2.840.113549.1.1.4': { name: 'md5WithRSAEncryption', digest: 'md5' },
  '1.2.840.113549.1.1.5': { name: 'sha1WithRSAEncryption', digest: 'sha1' },
  '1.2.840.113549.1.1.14': { name: 'sha224WithRSAEncryption', digest: 'sha224' },
  '1.2.840.113549.1.1.11': { name: 'sha256WithRSAEncryption', digest: 'sha256' },
  '1.2.840.113549.1.1.12': { name: 'sha384WithRSAEncryption', digest: 'sha384' },
  '1.2.840.113549.1.1.13': { name: 'sha512WithRSAEncryption', digest: 'sha512' },
  [pss]: { name: 'RSASSA-PSS', digest: 'sha1' },
  '1.2.840.10045.4.1': { name: 'ecdsa-with-SHA1', digest: 'sha1' },
  '1.2.840.10045.4.3.1': { name: 'ecdsa-with-SHA224', digest: 'sha224' },
  '1.2.840.10045.4.3.2': { name: 'ecdsa-with-SHA256', digest: 'sha256' },
  '1.2.840.10045.4.3.3': { name: 'ecdsa-with-SHA384', digest: 'sha384' },
  '1.2.840.10045.4.3.4': { name: 'ecdsa-with-SHA512', digest: 'sha512' },
  '1.2.840.10040.4.3': { name: 'dsa-with-SHA1', digest: 'sha1' },
  '2.16.840.1.101.3.4.3.2': { name: 'dsa-with-SHA256', digest: 'sha256' },
  '1.3.101.112': { name: 'Ed25519' },
  '1.3.101.113': { name: 'Ed448' },
  '2.16.840.1.101.3.4.3.17': { name: 'ML-DSA-44' },
  '2.16.840.1.101.3.4.3.18': { name: 'ML-DSA-65' },
  '2.16.840.1.101.3.4.3.19': { name: 'ML-DSA-87' },
};

const digests: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Reads the fields of an AlgorithmIdentifier; `fields` stands at its first one. */
export function takeSignatureAlgorithm(fields: DerReader): SignatureAlgorithm {
  const oid = oidText(fields.take(Tag.oid, 'the signature algorithm').content);
  const entry = Object.hasOwn(known, oid) ? known[oid] : { name: oid };
  const parameters = fields.isAtEnd ? undefined : fields.any();
  fields.finish('the signature algorithm');
  if (oid !== pss) return { oid, ...entry };
  // RFC 4055 section 3.1: SHA-1 and 20 octets of salt unless it says otherwise.
  let digest = 'sha1';
  let saltLength = 20;
  if (parameters?.tag === Tag.sequence) {
    const values = fields.into(parameters);
    const hash = values.optional(context(0));
    if (hash !== undefined) {
      const hashOid = oidText(values.into(hash).enter(Tag.sequence, 'a hash').take(Tag.oid, 'a hash').content);
      digest = Object.hasOwn(digests, hashOid) ? digests[hashOid] : hashOid;
    }
    values.optional(context(1));
    const salt = values.optional(context(2));
    if (salt !== undefined) {
      saltLength = [...values.into(salt).take(Tag.integer, 'the salt length').content].reduce((n, o) => n * 256 + o, 0);
    }
  }
  return { oid, name: entry.name, digest, saltLength };
}

/** Whether `signature` over `message` verifies. False too for what Node cannot read or does not know. */
export function signatureVerifies(
  algorithm: SignatureAlgorithm,
  spki: Octets,
  message: Octets,
  signature: Octets,
): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    const padding =
      algorithm.oid === pss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.saltLength ?? 20 } : {};
    return verify(algorithm.digest ?? null, message, { key, ...padding }, signature);
  } catch {
    return false;
  }
}
