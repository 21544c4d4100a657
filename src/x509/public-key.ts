/** Public keys: SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), and what algorithm and size it holds. */
import { hex, type Octets } from '../text/octets.ts';
import { type DerFault, DerReader, derElement, derFault, type Element, oidText, Tag } from './der.ts';

export type KeyAlgorithm =
  | { readonly kind: 'RSA' | 'RSA-PSS' | 'DSA'; readonly bits: number }
  /** A curve's name, its OID where it has none here, `explicit` for parameters in place of a name. */
  | { readonly kind: 'ECDSA'; readonly curve: string }
  | { readonly kind: 'Ed25519' | 'Ed448' | 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87' }
  | { readonly kind: 'other'; readonly oid: string };

export interface PublicKey {
  /**
   * SubjectPublicKeyInfo, octet for octet as it stands in the file: what a TLSA record with selector SPKI is made of.
   */
  readonly spki: Octets;
  readonly algorithm: KeyAlgorithm;
}

const rsaEncryption = '1.2.840.113549.1.1.1';

const curves: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.1': 'P-192',
  '1.3.132.0.33': 'P-224',
  '1.2.840.10045.3.1.7': 'P-256',
  '1.3.132.0.34': 'P-384',
  '1.3.132.0.35': 'P-521',
  '1.3.132.0.10': 'secp256k1',
  '1.3.36.3.3.2.8.1.1.7': 'brainpoolP256r1',
  '1.3.36.3.3.2.8.1.1.11': 'brainpoolP384r1',
  '1.3.36.3.3.2.8.1.1.13': 'brainpoolP512r1',
};

/** Algorithm OID → how the algorithm is read from its parameters and the key. */
const algorithms: Readonly<Record<string, (parameters: Element | undefined, key: Octets) => KeyAlgorithm>> = {
  [rsaEncryption]: (_, key) => ({ kind: 'RSA', bits: modulusBits(key) }),
  '1.2.840.113549.1.1.10': (_, key) => ({ kind: 'RSA-PSS', bits: modulusBits(key) }),
  '1.2.840.10040.4.1': (parameters) => ({ kind: 'DSA', bits: parameters === undefined ? 0 : primeBits(parameters) }),
  '1.2.840.10045.2.1': (parameters) => ({ kind: 'ECDSA', curve: curveOf(parameters) }),
  '1.3.101.112': () => ({ kind: 'Ed25519' }),
  '1.3.101.113': () => ({ kind: 'Ed448' }),
  '2.16.840.1.101.3.4.3.17': () => ({ kind: 'ML-DSA-44' }),
  '2.16.840.1.101.3.4.3.18': () => ({ kind: 'ML-DSA-65' }),
  '2.16.840.1.101.3.4.3.19': () => ({ kind: 'ML-DSA-87' }),
};

/** Reads a SubjectPublicKeyInfo at the reader's place. */
export function takePublicKey(reader: DerReader): PublicKey {
  const element = reader.take(Tag.sequence, 'the public key');
  const fields = reader.into(element);
  const identifier = fields.enter(Tag.sequence, 'the algorithm of the public key');
  const oid = oidText(identifier.take(Tag.oid, 'the algorithm of the public key').content);
  const parameters = identifier.isAtEnd ? undefined : identifier.any();
  identifier.finish('the algorithm of the public key');
  const bits = fields.take(Tag.bitString, 'the public key itself');
  fields.finish('the public key');
  if (reader.fault !== undefined) return { spki: element.der, algorithm: { kind: 'other', oid } };
  const read = Object.hasOwn(algorithms, oid) ? algorithms[oid] : undefined;
  const algorithm = read?.(parameters, bits.content.subarray(1)) ?? { kind: 'other', oid };
  if ('bits' in algorithm && algorithm.bits === 0) reader.fail('shape', `has no readable ${algorithm.kind} key`);
  return { spki: element.der, algorithm };
}

/** Reads a whole SubjectPublicKeyInfo. */
export function readPublicKey(der: Octets): PublicKey | DerFault {
  const fault = derFault(der);
  if (fault !== undefined) return fault;
  const reader = new DerReader(der);
  const key = takePublicKey(reader);
  return reader.fault ?? key;
}

/**
 * Reads an RSAPublicKey (PKCS#1, RFC 8017 appendix A.1.1) and puts the SubjectPublicKeyInfo around it that certificates
 * carry: the parameters are NULL (RFC 3279 section 2.3.1).
 */
export function readRsaPublicKey(der: Octets): PublicKey | DerFault {
  const fault = derFault(der);
  if (fault !== undefined) return fault;
  const reader = new DerReader(der);
  const numbers = reader.enter(Tag.sequence, 'an RSA public key');
  numbers.take(Tag.integer, 'the modulus');
  numbers.take(Tag.integer, 'the public exponent');
  numbers.finish('an RSA public key');
  if (reader.fault !== undefined) return reader.fault;
  const identifier = Buffer.from('300d06092a864886f70d0101010500', 'hex');
  return readPublicKey(derElement(Tag.sequence, identifier, derElement(Tag.bitString, Uint8Array.of(0), der)));
}

/** `RSA 2048`, `ECDSA P-256`, `Ed25519`: for people. */
export function algorithmText(algorithm: KeyAlgorithm): string {
  if ('bits' in algorithm) return `${algorithm.kind} ${algorithm.bits}`;
  if ('curve' in algorithm)
    return `ECDSA ${algorithm.curve === 'explicit' ? 'with explicit parameters' : algorithm.curve}`;
  return 'oid' in algorithm ? `algorithm ${algorithm.oid}` : algorithm.kind;
}

function modulusBits(key: Octets): number {
  const reader = new DerReader(key);
  const modulus = reader.enter(Tag.sequence, 'an RSA public key').take(Tag.integer, 'the modulus');
  return reader.fault === undefined ? bitLength(modulus.content) : 0;
}

function primeBits(parameters: Element): number {
  const reader = new DerReader(parameters.der);
  const prime = reader.enter(Tag.sequence, 'DSA parameters').take(Tag.integer, 'the prime');
  return reader.fault === undefined ? bitLength(prime.content) : 0;
}

function bitLength(integer: Octets): number {
  const first = integer.findIndex((octet) => octet !== 0);
  return first < 0 ? 0 : (integer.length - first - 1) * 8 + (32 - Math.clz32(integer[first]));
}

function curveOf(parameters: Element | undefined): string {
  if (parameters?.tag !== Tag.oid) return parameters?.tag === Tag.sequence ? 'explicit' : 'unnamed';
  const oid = oidText(parameters.content);
  return Object.hasOwn(curves, oid) ? curves[oid] : oid;
}

/**
 * The content of the BIT STRING alone, without algorithm: never what a record is made of, but often what it was made of
 * by mistake.
 */
export function bareKey(spki: Octets): Octets {
  const fields = new DerReader(spki).enter(Tag.sequence, 'the public key');
  fields.any();
  return fields.any().content.subarray(1);
}

/** Serial numbers and identifiers: hexadecimal without needless zeros, `-` in front of a negative one. */
export function integerText(content: Octets): string {
  if (content.length > 0 && content[0] >= 0x80) {
    const magnitude = (1n << BigInt(content.length * 8)) - BigInt(`0x${hex(content)}`);
    const text = magnitude.toString(16);
    return `-${text.length % 2 === 0 ? text : `0${text}`}`;
  }
  return hex(content).replace(/^(?:00)+(?=..)/, '');
}
