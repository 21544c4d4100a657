/** What an engine offers to the checks around it, and what it needs. */
import type { Octets } from '../text/octets.ts';

/** Random octets in fresh memory. Blinds and chooses samples; no octet of a signature depends on it. */
export type Entropy = (count: number) => Octets;

/** Signs without looking at what it made; everything else as in `Signer.signBatch`. */
export interface RawSigner {
  readonly signatureLength: number;
  readonly deterministic: boolean;
  /** Public key field of the DNSKEY that belongs to the private key. */
  readonly publicKey: Octets;
  sign(messages: Octets, starts: Uint32Array, count: number, out: Octets): void;
}

/** A signature that is wrong, or not what the reference engine makes: a fault of the machine or of this program. */
export class FaultySignature extends Error {}
