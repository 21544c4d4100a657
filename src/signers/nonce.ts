/**
 * Deterministic ECDSA nonces (RFC 6979 section 3.2): HMAC_DRBG over the private key and the digest of the message.
 *
 * HMAC is written out over one-shot digests: the ten of a nonce cost some 4 µs, createHmac four times that.
 */
import { readWords, viewOf, writeWords } from '../crypto/bigint.ts';
import type { EcdsaCurve } from '../crypto/curve.ts';
import { type DigestName, digestInto, digestLength } from '../crypto/digest.ts';
import type { Octets } from '../text/octets.ts';

/** Octets of a block of the digest (RFC 2104 section 2). */
const blockLength: Readonly<Record<DigestName, number>> = { sha1: 64, sha256: 64, sha384: 128, sha512: 128 };

const innerPad = 0x36;
const outerPad = 0x5c;

export interface NonceSource {
  /**
   * The nonce for the message digest (reduced modulo the order: `bits2octets`) that the caller has put into `digest`. Its
   * octets are in `octets` until the next call.
   */
  next(): bigint;
  readonly digest: Octets;
  readonly octets: Buffer;
}

/** Holds the private key, and the last nonce, in its buffers. */
export function openNonceSource(curve: EcdsaCurve, digestName: DigestName, secret: Octets): NonceSource {
  const { length, order } = curve;
  const hash = digestLength[digestName];
  const block = blockLength[digestName];
  const words = length / 8;

  // inner = (K xor ipad) ‖ V ‖ one octet ‖ x ‖ digest; outer = (K xor opad) ‖ inner digest
  const inner = Buffer.alloc(block + hash + 1 + 2 * length);
  const outer = Buffer.alloc(block + hash);
  const seeded = inner;
  const chained = inner.subarray(0, block + hash);
  const separator = block + hash;
  const key = new Uint8Array(hash);
  inner.set(secret, separator + 1);
  const digest = inner.subarray(separator + 1 + length);

  // Room for whole blocks of V, of which the left-most octets are the nonce.
  const blocks = Math.ceil(length / hash);
  const drawn = Buffer.alloc(blocks * hash);
  const octets = drawn.subarray(0, length);
  const view = viewOf(octets);

  function setKey(): void {
    for (let i = 0; i < hash; i++) {
      inner[i] = key[i] ^ innerPad;
      outer[i] = key[i] ^ outerPad;
    }
  }

  /** HMAC over `message`, which is `inner` or its head. */
  function mac(message: Octets, out: Octets, at: number): void {
    digestInto(digestName, message, outer, block);
    digestInto(digestName, outer, out, at);
  }

  function reseed(octet: number): void {
    inner[separator] = octet;
    mac(seeded, key, 0);
    setKey();
    mac(chained, inner, block);
  }

  return {
    digest,
    octets,
    next() {
      inner.fill(innerPad, 0, block);
      outer.fill(outerPad, 0, block);
      inner.fill(1, block, block + hash);
      reseed(0);
      reseed(1);
      for (;;) {
        for (let i = 0; i < blocks; i++) {
          mac(chained, inner, block);
          inner.copy(drawn, i * hash, block, block + hash);
        }
        const nonce = readWords(view, 0, words);
        if (nonce > 0n && nonce < order) return nonce;
        // Step h.3. The seeded form without x and digest: K = HMAC(K, V ‖ 0).
        inner[separator] = 0;
        mac(inner.subarray(0, separator + 1), key, 0);
        setKey();
        mac(chained, inner, block);
      }
    },
  };
}

/**
 * bits2int, then modulo the order (RFC 6979 section 2.3.2 and 2.3.4), of the digest in `octets`; both orders here are whole
 * octets long. Writes bits2octets into `out`.
 */
export function reduceDigest(curve: EcdsaCurve, octets: Octets, out: Octets, outView: DataView): bigint {
  const { length, order } = curve;
  const words = length / 8;
  const kept = Math.min(length, octets.length);
  out.fill(0, 0, length - kept);
  for (let i = 0; i < kept; i++) out[length - kept + i] = octets[i];
  const value = readWords(outView, 0, words);
  if (value < order) return value;
  writeWords(value - order, words, outView, 0);
  return value - order;
}
