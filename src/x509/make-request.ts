/**
 * A new key of a server and the certification request for it (PKCS#10, RFC 2986). node:crypto makes keys and signatures; requests it
 * does not make. The entropy is OpenSSL's.
 */
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { fromHex, type Octets } from '../text/octets.ts';
import { context, contextPrimitive, derElement, Tag } from './der.ts';
import type { KeyAlgorithm } from './public-key.ts';

/** Algorithms whose certificates public authorities issue. */
export const keyChoices = ['ecdsa-p256', 'ecdsa-p384', 'rsa-2048', 'rsa-3072', 'rsa-4096'] as const;
export type KeyChoice = (typeof keyChoices)[number];

export interface NewKey {
  readonly choice: KeyChoice;
  /** PKCS#8, PEM: goes into its file and nowhere else. */
  readonly privatePem: string;
  /** SubjectPublicKeyInfo. */
  readonly spki: Octets;
}

interface Kind {
  readonly digest: string;
  /** AlgorithmIdentifier of the signature; RFC 5758 section 3.2: ECDSA has no parameters; RFC 4055 section 5: RSA has NULL. */
  readonly signature: Octets;
  readonly curve?: string;
  readonly bits?: number;
}

const oid = (content: string): Octets => derElement(Tag.oid, octetsOf(content));
const sequence = (...parts: readonly Octets[]): Octets => derElement(Tag.sequence, ...parts);

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const ecdsaWithSha384 = sequence(oid('2a8648ce3d040303'));
const sha256WithRsa = sequence(oid('2a864886f70d01010b'), derElement(Tag.null));

const kinds: Readonly<Record<KeyChoice, Kind>> = {
  'ecdsa-p256': { digest: 'sha256', signature: ecdsaWithSha256, curve: 'prime256v1' },
  'ecdsa-p384': { digest: 'sha384', signature: ecdsaWithSha384, curve: 'secp384r1' },
  'rsa-2048': { digest: 'sha256', signature: sha256WithRsa, bits: 2048 },
  'rsa-3072': { digest: 'sha256', signature: sha256WithRsa, bits: 3072 },
  'rsa-4096': { digest: 'sha256', signature: sha256WithRsa, bits: 4096 },
};

/** extensionRequest (RFC 2985 section 5.4.2), subjectAltName (RFC 5280 section 4.2.1.6). */
const extensionRequest = oid('2a864886f70d01090e');
const subjectAltName = oid('551d11');
const yes = derElement(Tag.boolean, Uint8Array.of(0xff));

/** The choice that makes a key like this one, undefined where none does. */
export function choiceLike(key: KeyAlgorithm): KeyChoice | undefined {
  const text =
    key.kind === 'ECDSA'
      ? `ecdsa-${key.curve.replace('-', '').toLowerCase()}`
      : key.kind === 'RSA'
        ? `rsa-${key.bits}`
        : '';
  return keyChoices.find((choice) => choice === text);
}

export function newKey(choice: KeyChoice): NewKey {
  const { curve, bits } = kinds[choice];
  const publicKeyEncoding = { type: 'spki', format: 'der' } as const;
  const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;
  const { publicKey, privateKey } =
    curve !== undefined
      ? generateKeyPairSync('ec', { namedCurve: curve, publicKeyEncoding, privateKeyEncoding })
      : generateKeyPairSync('rsa', { modulusLength: bits ?? 0, publicKeyEncoding, privateKeyEncoding });
  return { choice, privatePem: privateKey, spki: publicKey };
}

/**
 * The request for these names, in DER, signed by the key. Names are A-labels without the dot at the end, a wildcard among them is
 * `*.example.org`. The subject is empty, as authorities take the names from subjectAltName; it is critical therefore.
 */
export function makeRequest(key: NewKey, dnsNames: readonly string[]): Octets {
  const wrong = dnsNames.find((name) => !/^[!-~]{1,253}$/.test(name));
  if (dnsNames.length === 0 || wrong !== undefined) throw new Error(`no name for a request: ${wrong ?? 'none given'}`);
  const { digest, signature } = kinds[key.choice];
  const names = sequence(...dnsNames.map((name) => derElement(contextPrimitive(2), Buffer.from(name, 'latin1'))));
  const extensions = sequence(sequence(subjectAltName, yes, derElement(Tag.octetString, names)));
  const info = sequence(
    derElement(Tag.integer, Uint8Array.of(0)),
    sequence(),
    key.spki,
    derElement(context(0), sequence(extensionRequest, derElement(Tag.set, extensions))),
  );
  const signed = sign(digest, info, { key: createPrivateKey(key.privatePem), dsaEncoding: 'der' });
  return sequence(info, signature, derElement(Tag.bitString, Uint8Array.of(0), signed));
}

function octetsOf(text: string): Octets {
  const octets = fromHex(text);
  if (octets === undefined) throw new Error(`no octets: ${text}`);
  return octets;
}
