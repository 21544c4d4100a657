/**
 * The seam between text and RDATA: a `FieldReader` hands out the fields of one record, from a line of a master file, a YAML
 * scalar or a test; an `OctetWriter` takes the wire form. Both work on octets, so that no string is made per field.
 */
import type { Octets } from '../text/octets.ts';
import type { Name } from './name.ts';

/** A field that is not what was expected. Caught by the reader, which knows the file and line; never seen by users. */
export class FieldError extends Error {
  /** Octet range in the reader's text; -1 where the record ends too soon. */
  readonly from: number;
  readonly to: number;
  constructor(message: string, from = -1, to = -1) {
    super(message);
    this.from = from;
    this.to = to;
  }
}

/** A character-string of more than 255 octets where none can be split (RFC 1035 section 3.3). */
export class LongStringError extends FieldError {}

/**
 * The fields of one record in presentation form. `next` moves to the next field of this record and sets `start`, `end` and
 * `quoted`; escapes are still in place. Octets between `start` and `end` exclude the quotes of a quoted string.
 */
export interface FieldReader {
  readonly octets: Octets;
  start: number;
  end: number;
  quoted: boolean;
  /** False at the end of the record. */
  next(): boolean;
  /** Whether another field follows, without moving. */
  more(): boolean;
  /** What relative names are completed with; undefined where names without a final dot are absolute. */
  readonly origin: Name | undefined;
  /** `origin` in wire form. */
  readonly originWire: Octets | undefined;
}

/** A growing octet buffer. */
export class OctetWriter {
  octets: Uint8Array;
  length = 0;

  constructor(capacity = 512) {
    this.octets = Buffer.allocUnsafeSlow(capacity);
  }

  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.octets.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.octets.length * 2));
    larger.set(this.octets.subarray(0, this.length));
    this.octets = larger;
  }

  u8(value: number): void {
    this.reserve(1);
    this.octets[this.length++] = value;
  }

  u16(value: number): void {
    this.reserve(2);
    this.octets[this.length++] = value >>> 8;
    this.octets[this.length++] = value;
  }

  u32(value: number): void {
    this.reserve(4);
    this.octets[this.length++] = value >>> 24;
    this.octets[this.length++] = value >>> 16;
    this.octets[this.length++] = value >>> 8;
    this.octets[this.length++] = value;
  }

  put(octets: Octets): void {
    this.reserve(octets.length);
    this.octets.set(octets, this.length);
    this.length += octets.length;
  }

  /** A copy of what was written; the writer can be used again after `length = 0`. */
  copy(): Octets {
    return Uint8Array.prototype.slice.call(this.octets, 0, this.length);
  }
}
