/** The messages that one key has to sign in one part. A key that has nothing to sign is never opened. */
import { OctetWriter } from '../dns/fields.ts';
import type { TypeCode } from '../dns/type.ts';
import { algorithmOf } from '../dnssec/algorithm.ts';
import { openSigner } from '../signers/index.ts';
import type { Signer, SignerSpec, SigningOptions } from '../signers/signer.ts';
import type { Octets } from '../text/octets.ts';
import { SignatureForms } from './signature-forms.ts';
import { putRecords, type Records } from './signed-data.ts';

export class KeyBatch {
  readonly spec: SignerSpec;
  readonly forms: SignatureForms;
  /** Octets of a signature; 0 where the algorithm is not known. */
  readonly signatureLength: number;
  readonly #options: SigningOptions;
  #signer: Signer | undefined;
  readonly #messages = new OctetWriter(1 << 16);
  #starts = new Uint32Array(1 << 10);
  #count = 0;
  /** The signatures, in the order of their messages, after `sign`. */
  signatures: Octets = new Uint8Array(0);

  constructor(spec: SignerSpec, apex: Octets, options: SigningOptions) {
    this.spec = spec;
    this.forms = new SignatureForms(spec.key, apex);
    this.signatureLength = algorithmOf(spec.key.algorithm)?.signatureLength(spec.key.publicKey) ?? 0;
    this.#options = options;
  }

  clear(): void {
    this.#messages.length = 0;
    this.#count = 0;
  }

  /** Adds the message of an RRset behind the head of its RRSIG; the number of its signature. */
  add(head: Octets, owner: Octets, type: TypeCode, ttl: number, records: Records): number {
    this.#messages.put(head);
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
    const { buffer, byteOffset } = this.#messages.octets;
    // No Buffer: a signer takes a view of each message, and those of a plain array are made several times faster.
    const messages = new Uint8Array(buffer, byteOffset, this.#messages.length);
    this.#signer.signBatch(messages, this.#starts, this.#count, this.signatures, this.#options);
  }
}
