/**
 * ECDSA over P-256 and P-384 with the nonces of RFC 6979.
 *
 * OpenSSL multiplies the base point (one ECDH object, reused; constant-time), BigInt does the arithmetic modulo the order.
 * BigInt is not constant-time, so it never meets k⁻¹ or r·d bare: for a fresh random b per signature,
 * s = (k·b)⁻¹ · (b·z + r·(b·d)). The inverses of a batch are taken together (Montgomery), over the blinded k·b only.
 */
import { createECDH } from 'node:crypto';
import { readWords, viewOf, writeWords } from '../crypto/bigint.ts';
import type { EcdsaCurve } from '../crypto/curve.ts';
import { type DigestName, digestInto, digestLength } from '../crypto/digest.ts';
import { modInverse } from '../crypto/modular.ts';
import type { Octets } from '../text/octets.ts';
import type { Entropy, RawSigner } from './engine.ts';
import { openNonceSource, reduceDigest } from './nonce.ts';

/** Messages whose inverses are taken together: enough to forget the cost of one, little enough to stay in the cache. */
const batchSize = 128;

/** `secret` is the private scalar. `digestName` differs from the curve's own only in the vectors of RFC 6979. */
export function openEcdsa(
  curve: EcdsaCurve,
  secret: Octets,
  entropy: Entropy,
  digestName: DigestName = curve.digest,
): RawSigner & { readonly publicKey: Octets } {
  const { length, order } = curve;
  const words = length / 8;
  const ecdh = createECDH(curve.openssl);
  ecdh.setPrivateKey(secret);
  const publicKey = Uint8Array.from(ecdh.getPublicKey().subarray(1));
  const nonces = openNonceSource(curve, digestName, secret);
  const d = readWords(viewOf(Uint8Array.from(secret)), 0, words);

  const digest = new Uint8Array(digestLength[digestName]);
  const reducedView = viewOf(nonces.digest);
  const blindedNonce: bigint[] = new Array(batchSize);
  const numerator: bigint[] = new Array(batchSize);
  /** product[i] = blindedNonce[0] · … · blindedNonce[i − 1] */
  const product: bigint[] = new Array(batchSize + 1);
  product[0] = 1n;

  /** Signs messages first..last of at most one batch. */
  function signSome(messages: Octets, starts: Uint32Array, first: number, last: number, out: Octets, view: DataView) {
    const random = entropy(length * (last - first));
    const randomView = viewOf(random);
    for (let i = first, n = 0; i < last; i++, n++) {
      digestInto(digestName, messages.subarray(starts[i], starts[i + 1]), digest);
      const z = reduceDigest(curve, digest, nonces.digest, reducedView);
      const k = nonces.next();
      ecdh.setPrivateKey(nonces.octets);
      const point = ecdh.getPublicKey(null, 'compressed') as unknown as Buffer;
      const at = i * 2 * length;
      for (let j = 0; j < length; j++) out[at + j] = point[j + 1];
      let r = readWords(view, at, words);
      if (r >= order) {
        r -= order;
        writeWords(r, words, view, at);
      }
      const b = blinding(readWords(randomView, n * length, words));
      blindedNonce[n] = (k * b) % order;
      numerator[n] = (b * z + r * ((b * d) % order)) % order;
      product[n + 1] = (product[n] * blindedNonce[n]) % order;
      if (r === 0n || numerator[n] === 0n) throw new Error('a nonce that gives no signature: the digest is broken');
    }
    let inverse = modInverse(product[last - first], order);
    for (let i = last - 1, n = last - first - 1; i >= first; i--, n--) {
      const s = (((inverse * product[n]) % order) * numerator[n]) % order;
      inverse = (inverse * blindedNonce[n]) % order;
      writeWords(s, words, view, i * 2 * length + length);
    }
  }

  /** Between 1 and the order: what lies above is rare and loses nothing by being folded. */
  function blinding(value: bigint): bigint {
    const folded = value < order ? value : value - order;
    return folded === 0n ? 1n : folded;
  }

  return {
    publicKey,
    signatureLength: 2 * length,
    deterministic: true,
    sign(messages, starts, count, out) {
      const view = viewOf(out);
      for (let first = 0; first < count; first += batchSize) {
        signSome(messages, starts, first, Math.min(count, first + batchSize), out, view);
      }
      ecdh.setPrivateKey(secret);
      nonces.octets.fill(0);
      blindedNonce.fill(0n);
      numerator.fill(0n);
      product.fill(0n, 1);
    },
  };
}
