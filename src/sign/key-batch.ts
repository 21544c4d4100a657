/** The messages that one key has to sign in one part. A key that has nothing to sign is never opened. */
import { OctetWriter } from '../dns/fields.ts';
import type { TypeCode } from '../dns/type.ts';
import { algorithmOf } from '../dnssec/algorithm.ts';
import { openSigner } from '../signers/index.ts';
import type { Signer, SignerSpec, SigningOptions } from '../signers/signer.ts';
import type { Octets } from '../text/octets.ts';
import { putRecords, putSignatureHead, type Records } from './signed-data.ts';

export class KeyBatch {
  readonly spec: SignerSpec;
  /** Octets of a signature; 0 where the algorithm is not known. */
  readonly signatureLength: number;
  /** The apex in wire form: the signer's name. */
  readonly #apex: Octets;
  readonly #options: SigningOptions;
  #signer: Signer | undefined;
  readonly #messages = new OctetWriter(1 << 16);
  #starts = new Uint32Array(1 << 10);
  #count = 0;
  /** The signatures, in the order of their messages, after `sign`. */
  signatures: Octets = new Uint8Array(0);

  constructor(spec: SignerSpec, apex: Octets, options: SigningOptions) {
    this.spec = spec;
    this.signatureLength = algorithmOf(spec.key.algorithm)?.signatureLength(spec.key.publicKey) ?? 0;
    this.#apex = apex;
    this.#options = options;
  }

  /** Messages since the last `clear`. */
  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#messages.length = 0;
    this.#count = 0;
  }

  /** RRSIG RDATA of this key without its signature. */
  putHead(out: OctetWriter, type: TypeCode, labels: number, ttl: number, inception: number, expiration: number): void {
    const { algorithm, tag } = this.spec.key;
    putSignatureHead(out, { type, algorithm, labels, ttl, expiration, inception, tag }, this.#apex);
  }

  /**
   * Starts a message with the head of its RRSIG and returns the head, a view that is valid until the next call. The message
   * counts only once `add` completes it.
   */
  begin(type: TypeCode, labels: number, ttl: number, inception: number, expiration: number): Octets {
    const messages = this.#messages;
    messages.length = this.#starts[this.#count];
    this.putHead(messages, type, labels, ttl, inception, expiration);
    return messages.octets.subarray(this.#starts[this.#count], messages.length);
  }

  /** Completes the message and returns its number. */
  add(owner: Octets, type: TypeCode, ttl: number, records: Records): number {
    putRecords(this.#messages, owner, type, ttl, records);
    if (this.#count + 2 > this.#starts.length) {
      const larger = new Uint32Array(this.#starts.length * 2);
      larger.set(this.#starts);
      this.#starts = larger;
    }
    this.#starts[++this.#count] = this.#messages.length;
    return this.#count - 1;
  }

  /** Signs every message. Throws `FaultySignature` where a check fails. */
  sign(): void {
    if (this.#count === 0) return;
    this.#signer ??= openSigner(this.spec);
    const needed = this.#count * this.signatureLength;
    if (this.signatures.length < needed) this.signatures = new Uint8Array(needed);
    this.#signer.signBatch(this.#messages.octets, this.#starts, this.#count, this.signatures, this.#options);
  }
}
