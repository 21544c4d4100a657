/**
 * The marks by which a private key in a file is known without reading it: for `check`, and for whoever shows pieces of
 * files.
 */
import type { Octets } from '../text/octets.ts';
import { asBuffer } from '../text/octets.ts';
import { identifyDer } from './identify.ts';

/** Each needs more than its headline, so that a text that speaks of keys is none. */
const marks: readonly RegExp[] = [
  // PEM, but not `ENCRYPTED PRIVATE KEY`, not the old encrypted form with its Proc-Type field, not an encrypted OpenSSH
  // key.
  /-----BEGIN (?!ENCRYPTED |OPENSSH )[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----\s*(?!Proc-Type: ?4, ?ENCRYPTED)(?:[A-Za-z0-9+/=]{16}|[A-Z][A-Za-z]+: )/,
  /-----BEGIN OPENSSH PRIVATE KEY-----\s*b3BlbnNzaC1rZXktdjEAAAAABG5vbmU/,
  // BIND, ldns: K*.private.
  /^Private-key-format: ?v[0-9.]+\s*\r?\n[\s\S]*?^(?:PrivateKey|PrivateExponent|Prime1): ?[A-Za-z0-9+/=]{8}/m,
  /^PuTTY-User-Key-File-[0-9]+: ?[a-z0-9-]+\s*\r?\nEncryption: ?none/m,
  /\bAGE-SECRET-KEY-1[0-9A-Z]{50}/,
];

const hints = ['PRIVATE KEY', 'Private-key-format', 'PuTTY-User-Key-File', 'AGE-SECRET-KEY-1'];

/** Whether a file holds an unencrypted private key: PEM, BIND, PuTTY, age, or PKCS#8, SEC1 and PKCS#1 in DER. */
export function hasPrivateKeyMark(octets: Octets): boolean {
  if (octets[0] === 0x30 && identifyDer(octets) === 'private-key') return true;
  const buffer = asBuffer(octets);
  if (!hints.some((hint) => buffer.includes(hint, 0, 'latin1'))) return false;
  const text = buffer.toString('latin1');
  return marks.some((mark) => mark.test(text));
}
