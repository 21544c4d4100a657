/**
 * The checks around an engine. Each fresh signature is verified with the public key of the DNSKEY by node:crypto (which has made
 * none of the ECDSA arithmetic), and one in 256, chosen at random, is made again by the reference engine and compared octet
 * for octet.
 */

import type { Verifier } from '../crypto/verify-signature.ts';
import type { ZoneKey } from '../keys/key.ts';
import { asBuffer, type Octets } from '../text/octets.ts';
import { type Entropy, FaultySignature, type RawSigner } from './engine.ts';
import type { Signer } from './signer.ts';

export interface Checks {
  /** Of the public key in the zone. */
  readonly verifier: Verifier;
  /** The reference engine with the same private key, loaded when the first sample falls; undefined: no samples. */
  readonly reference: (() => RawSigner) | undefined;
  readonly entropy: Entropy;
}

export function checkedSigner(key: ZoneKey, engine: RawSigner, { verifier, reference, entropy }: Checks): Signer {
  const { signatureLength, deterministic } = engine;
  let opened: RawSigner | undefined;

  function checkEach(messages: Octets, starts: Uint32Array, count: number, out: Octets): void {
    for (let i = 0; i < count; i++) {
      const signature = out.subarray(i * signatureLength, (i + 1) * signatureLength);
      if (!verifier.verify(messages.subarray(starts[i], starts[i + 1]), signature)) {
        throw new FaultySignature(`a signature just made with ${key.path} does not verify`);
      }
    }
  }

  function checkSamples(messages: Octets, starts: Uint32Array, count: number, out: Octets): void {
    if (reference === undefined || count === 0) return;
    const dice = entropy(count);
    const again = new Uint8Array(signatureLength);
    for (let i = 0; i < count; i++) {
      if (dice[i] !== 0) continue;
      opened ??= reference();
      opened.sign(messages, starts.subarray(i, i + 2), 1, again);
      if (!asBuffer(again).equals(out.subarray(i * signatureLength, (i + 1) * signatureLength))) {
        throw new FaultySignature(`the reference engine makes another signature than the one made with ${key.path}`);
      }
    }
  }

  return {
    key,
    signatureLength,
    deterministic,
    signBatch(messages, starts, count, out, options = { check: 'each' }) {
      engine.sign(messages, starts, count, out);
      if (options.check === 'each') checkEach(messages, starts, count, out);
      checkSamples(messages, starts, count, out);
    },
  };
}
