/** PKCS#8 (RFC 5208, RFC 5915, RFC 8410) of the curve keys of DNSSEC: a fixed prefix and the scalar or the seed. */
import { asBuffer, concatOctets, type Octets } from '../text/octets.ts';

const prefixes: Readonly<Record<number, { readonly prefix: Buffer; readonly length: number }>> = {
  13: row('3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420', 32),
  14: row('304e020100301006072a8648ce3d020106052b81040022043730350201010430', 48),
  15: row('302e020100300506032b657004220420', 32),
  16: row('3047020100300506032b6571043b0439', 57),
};

function row(prefix: string, length: number) {
  return { prefix: Buffer.from(prefix, 'hex'), length };
}

/** Octets of the scalar (ECDSA) or seed (EdDSA) of an algorithm; undefined for others. */
export function secretLength(algorithm: number): number | undefined {
  return prefixes[algorithm]?.length;
}

/** PKCS#8 DER of a scalar or seed of the right length. */
export function pkcs8OfSecret(algorithm: number, secret: Octets): Octets {
  const { prefix, length } = prefixes[algorithm];
  if (secret.length !== length) throw new Error(`a private key of ${secret.length} octets, expected ${length}`);
  return concatOctets([prefix, secret]);
}

/** The scalar or seed, a view; undefined where the DER is not what `pkcs8OfSecret` makes. */
export function secretOfPkcs8(algorithm: number, pkcs8: Octets): Octets | undefined {
  const form = prefixes[algorithm];
  if (form === undefined || pkcs8.length !== form.prefix.length + form.length) return undefined;
  if (!asBuffer(pkcs8.subarray(0, form.prefix.length)).equals(form.prefix)) return undefined;
  return pkcs8.subarray(form.prefix.length);
}
