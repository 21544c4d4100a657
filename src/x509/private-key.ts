/**
 * Private key files: only to learn the public key that belongs to them. What this returns holds no private octet, and
 * no message quotes any.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { asBuffer, type Octets } from '../text/octets.ts';
import { derFault } from './der.ts';
import { identifyDer } from './identify.ts';
import { blockText, type PemBlock } from './pem.ts';
import { type PublicKey, readPublicKey } from './public-key.ts';

/** Why there is no public key: a sentence about the file. */
export interface PrivateKeyError {
  readonly error: string;
  readonly hint?: string;
  /** The file is in order; what is missing is the passphrase. */
  readonly needsPassphrase?: boolean;
}

/** A block `PRIVATE KEY`, `EC PRIVATE KEY`, `RSA PRIVATE KEY`, `ENCRYPTED PRIVATE KEY` or an old encrypted one. */
export function publicKeyOfBlock(block: PemBlock, passphrase?: string): PublicKey | PrivateKeyError {
  if (block.label === 'OPENSSH PRIVATE KEY') {
    return {
      error: 'is an OpenSSH private key, which TLS servers do not read',
      hint: 'a copy in PKCS#8: ssh-keygen -p -N "" -m PKCS8 -f COPY-OF-THE-FILE',
    };
  }
  const isOldEncrypted = block.headers.some(({ name, value }) => name === 'Proc-Type' && /ENCRYPTED/.test(value));
  if (isOldEncrypted) {
    return withPassphrase(passphrase, () =>
      createPrivateKey({ key: blockText(block), format: 'pem', passphrase: passphrase ?? '' }),
    );
  }
  return publicKeyOfPrivateDer(block.octets, passphrase);
}

/** PKCS#8, encrypted PKCS#8, SEC1 (RFC 5915) or PKCS#1 in DER. */
export function publicKeyOfPrivateDer(der: Octets, passphrase?: string): PublicKey | PrivateKeyError {
  const fault = derFault(der);
  if (fault !== undefined) return { error: `is a private key that ${fault.message}` };
  const key = asBuffer(der);
  switch (identifyDer(der)) {
    case 'encrypted-private-key':
      return withPassphrase(passphrase, () =>
        createPrivateKey({ key, format: 'der', type: 'pkcs8', passphrase: passphrase ?? '' }),
      );
    case 'private-key':
      for (const type of ['pkcs8', 'sec1', 'pkcs1'] as const) {
        try {
          return publicKeyOf(createPrivateKey({ key, format: 'der', type }));
        } catch {
          // The next form.
        }
      }
      return { error: 'is a private key of a kind that OpenSSL does not read' };
    default:
      return { error: 'is labelled a private key and holds something else' };
  }
}

function withPassphrase(passphrase: string | undefined, open: () => KeyObject): PublicKey | PrivateKeyError {
  if (passphrase === undefined) {
    return {
      error: 'is an encrypted private key, and no passphrase was given',
      hint: 'give the passphrase with --passphrase-file or in DANEZONE_PASSPHRASE, or use the certificate, request or public key',
      needsPassphrase: true,
    };
  }
  try {
    return publicKeyOf(open());
  } catch (error) {
    // OpenSSL's own words could be about the content: only their codes are looked at.
    const code = String((error as { code?: unknown }).code ?? '');
    return /UNSUPPORTED/.test(code)
      ? { error: 'is an encrypted private key whose cipher OpenSSL 3 does not offer' }
      : { error: 'is an encrypted private key that the given passphrase does not open' };
  }
}

/**
 * Here the public key is written out, for a private key file holds none in the form that certificates carry: named
 * curve, uncompressed point, NULL parameters for RSA, as every certificate authority and `openssl req` write it.
 */
function publicKeyOf(privateKey: KeyObject): PublicKey | PrivateKeyError {
  const key = readPublicKey(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }));
  return 'kind' in key ? { error: `is a private key whose public key ${key.message}` } : key;
}

/** Whether two public keys are the same key, even if one is written in another form (compressed point, no NULL). */
export function isSameKey(a: Octets, b: Octets): boolean {
  if (Buffer.compare(a, b) === 0) return true;
  try {
    const [left, right] = [a, b].map((key) => createPublicKey({ key: asBuffer(key), format: 'der', type: 'spki' }));
    return left.equals(right);
  } catch {
    return false;
  }
}
