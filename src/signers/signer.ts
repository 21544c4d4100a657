/**
 * A private key that signs. Synchronous, called in a worker; one per key and worker. What is signed is laid out by the
 * stage `sign`; a signer knows nothing of records.
 */

import type { PrivateKey, ZoneKey } from '../keys/key.ts';
import type { Octets } from '../text/octets.ts';

export interface SigningOptions {
  /**
   * `each` (the default): every fresh signature is verified with the public key before `signBatch` returns. `none`: the caller
   * verifies its whole output before anything uses it, as the pipeline does with the staged bytes, or the user said
   * `--no-verify`. The random comparison with the reference engine takes place either way.
   */
  readonly check: 'each' | 'none';
}

export interface Signer {
  readonly key: ZoneKey;
  /** Octets of every signature. */
  readonly signatureLength: number;
  /** Equal messages give equal signatures. */
  readonly deterministic: boolean;
  /**
   * Signs message i = `messages[starts[i] .. starts[i + 1]]` for each i < count and writes signature i at
   * `out[i * signatureLength]`. Unless `check` is `none`, each fresh signature has been verified by another code path when this
   * returns. A failure throws `FaultySignature`, and nothing may use `out`.
   */
  signBatch(messages: Octets, starts: Uint32Array, count: number, out: Octets, options?: SigningOptions): void;
}

/** Plain data that crosses into a worker: what `openSigner` needs. */
export interface SignerSpec {
  readonly key: ZoneKey;
  readonly privateKey: PrivateKey;
  /** `node`: node:crypto; `noble`: the reference engine. */
  readonly engine: 'node' | 'noble';
}
