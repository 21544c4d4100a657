/**
 * A strict reader of DER (ITU-T X.690 section 10). It hands out ranges of the octets it was given and never writes them
 * out again: what is hashed later is what stands in the file.
 *
 * After the first fault a reader keeps answering, with empty elements, so that a grammar can be written straight down
 * and the fault looked at once in the end.
 */
import type { Octets } from '../text/octets.ts';

/** Identifier octets (X.690 section 8.1.2) of what X.509 uses. */
export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** `[number]`, constructed. */
export const context = (number: number): number => 0xa0 | number;
/** `[number]`, primitive. */
export const contextPrimitive = (number: number): number => 0x80 | number;

const constructedBit = 0x20;
/** Deeper nesting than any certificate has; stops a hostile file. */
const maxDepth = 40;
const maxOidLength = 64;

export interface DerFault {
  /**
   * cut: the octets end inside an element. trailing: octets follow the outermost element. ber: right in BER, wrong in
   * DER. shape: well formed, and not what was expected.
   */
  readonly kind: 'cut' | 'trailing' | 'ber' | 'shape';
  /** A sentence without its subject. */
  readonly message: string;
  /** Octet offset. */
  readonly offset: number;
}

export interface Element {
  readonly tag: number;
  /** Offsets into the octets that were read: identifier, content, end. */
  readonly start: number;
  readonly from: number;
  readonly end: number;
  /** Identifier, length and content, as they stand. */
  readonly der: Octets;
  readonly content: Octets;
}

/** Reads the elements of one level in turn. Readers made by `enter` share the fault of the one they came from. */
export class DerReader {
  private at: number;
  private readonly faults: { first?: DerFault };

  constructor(
    readonly octets: Octets,
    from = 0,
    private readonly end = octets.length,
    parent?: DerReader,
  ) {
    this.at = from;
    this.faults = parent?.faults ?? {};
  }

  get fault(): DerFault | undefined {
    return this.faults.first;
  }

  /** True also after a fault, so that loops end. */
  get isAtEnd(): boolean {
    return this.faults.first !== undefined || this.at >= this.end;
  }

  /** The tag of the next element; -1 at the end. */
  get next(): number {
    return this.isAtEnd ? -1 : this.octets[this.at];
  }

  /** The next element, which must have this tag. `what` names it in messages. */
  take(tag: number, what: string): Element {
    if (this.faults.first === undefined && this.at >= this.end) this.fail('shape', `ends where ${what} was expected`);
    const element = this.any();
    if (this.faults.first === undefined && element.tag !== tag) {
      this.fail('shape', `has ${tagName(element.tag)} where ${what} (${tagName(tag)}) was expected`, element.start);
    }
    return this.faults.first === undefined ? element : nothing;
  }

  /** The next element if it has this tag. */
  optional(tag: number): Element | undefined {
    return this.next === tag ? this.any() : undefined;
  }

  /** The next element, whatever it is. */
  any(): Element {
    if (this.isAtEnd) return nothing;
    const header = readHeader(this.octets, this.at, this.end);
    if ('kind' in header) {
      this.faults.first ??= header;
      return nothing;
    }
    const start = this.at;
    this.at = header.end;
    return {
      tag: this.octets[start],
      start,
      from: header.from,
      end: header.end,
      der: this.octets.subarray(start, header.end),
      content: this.octets.subarray(header.from, header.end),
    };
  }

  /** A reader of the content of the next element, which must have this tag. */
  enter(tag: number, what: string): DerReader {
    return this.into(this.take(tag, what));
  }

  /** A reader of the content of `element`. */
  into(element: Element): DerReader {
    return new DerReader(this.octets, element.from, element.end, this);
  }

  /** A reader of DER that is wrapped in the content of an OCTET STRING; its content must be exactly one element. */
  unwrap(element: Element, what: string): DerReader {
    if (this.fault !== undefined) return this.into(nothing);
    const header = readHeader(this.octets, element.from, element.end);
    if ('kind' in header) this.faults.first = header;
    else if (header.end !== element.end) this.fail('ber', `has octets after ${what}`, header.end);
    return this.into(element);
  }

  /** Nothing may follow. */
  finish(what: string): void {
    if (!this.isAtEnd) this.fail('shape', `has ${tagName(this.octets[this.at])} after the last field of ${what}`);
  }

  fail(kind: DerFault['kind'], message: string, offset = this.at): void {
    this.faults.first ??= { kind, message, offset };
  }
}

const nothing: Element = {
  tag: -1,
  start: 0,
  from: 0,
  end: 0,
  der: new Uint8Array(0),
  content: new Uint8Array(0),
};

/**
 * The first fault in the encoding as such: one element, definite and shortest lengths (X.690 section 10.1), primitive
 * strings (10.2), shortest INTEGERs (8.3.2), TRUE as 0xff (11.1). What stands inside OCTET STRING and BIT STRING is not
 * looked at.
 */
export function derFault(octets: Octets): DerFault | undefined {
  const header = readHeader(octets, 0, octets.length);
  if ('kind' in header) return header;
  const inside = walk(octets, 0, header.end, 0);
  if (inside !== undefined) return inside;
  if (header.end < octets.length) {
    const count = octets.length - header.end;
    return {
      kind: 'trailing',
      message: `has ${count} octet${count === 1 ? '' : 's'} after its end`,
      offset: header.end,
    };
  }
  return undefined;
}

function walk(octets: Octets, from: number, end: number, depth: number): DerFault | undefined {
  if (depth > maxDepth) return { kind: 'shape', message: `nests deeper than ${maxDepth} levels`, offset: from };
  for (let at = from; at < end; ) {
    const header = readHeader(octets, at, end);
    if ('kind' in header) return header;
    const fault =
      (octets[at] & constructedBit) !== 0
        ? walk(octets, header.from, header.end, depth + 1)
        : primitiveFault(octets, at, header.from, header.end);
    if (fault !== undefined) return fault;
    at = header.end;
  }
  return undefined;
}

function primitiveFault(octets: Octets, at: number, from: number, end: number): DerFault | undefined {
  const ber = (message: string): DerFault => ({ kind: 'ber', message, offset: at });
  const length = end - from;
  switch (octets[at]) {
    case Tag.boolean:
      if (length !== 1) return { kind: 'shape', message: `has a BOOLEAN of ${length} octets`, offset: at };
      return octets[from] === 0 || octets[from] === 0xff ? undefined : ber('has a TRUE that is not 0xff');
    case Tag.integer:
      if (length === 0) return { kind: 'shape', message: 'has an empty INTEGER', offset: at };
      return length > 1 &&
        ((octets[from] === 0 && octets[from + 1] < 0x80) || (octets[from] === 0xff && octets[from + 1] >= 0x80))
        ? ber('has an INTEGER with a needless leading octet')
        : undefined;
    case Tag.bitString:
      if (length === 0 || octets[from] > 7 || (length === 1 && octets[from] !== 0)) {
        return { kind: 'shape', message: 'has a broken BIT STRING', offset: at };
      }
      return undefined;
    case Tag.null:
      return length === 0 ? undefined : { kind: 'shape', message: 'has a NULL with content', offset: at };
    case Tag.oid:
      return length === 0 || length > maxOidLength || octets[end - 1] >= 0x80
        ? { kind: 'shape', message: 'has a broken OBJECT IDENTIFIER', offset: at }
        : undefined;
    default:
      return undefined;
  }
}

/** Where the content of the element at `at` starts and ends. */
function readHeader(octets: Octets, at: number, limit: number): { from: number; end: number } | DerFault {
  const cut = (message: string): DerFault => ({ kind: 'cut', message, offset: at });
  if (at + 2 > limit) return cut(`ends after ${limit} octets, inside an element that starts at octet ${at}`);
  const tag = octets[at];
  if ((tag & 0x1f) === 0x1f) return { kind: 'shape', message: 'has a tag that X.509 does not use', offset: at };
  if (tag === 0x00) return { kind: 'shape', message: 'has a tag of 0', offset: at };
  // Universal 2 to 30 except SEQUENCE, SET, EXTERNAL and EMBEDDED PDV: a string or a value in pieces is BER.
  if (tag > 0x20 && tag < 0x40 && tag !== Tag.sequence && tag !== Tag.set && tag !== 0x28 && tag !== 0x2b) {
    return { kind: 'ber', message: `has ${tagName(tag & 0x1f)} in constructed form`, offset: at };
  }
  let length = octets[at + 1];
  let from = at + 2;
  if (length === 0x80) return { kind: 'ber', message: 'has an element of indefinite length', offset: at };
  if (length > 0x80) {
    const count = length & 0x7f;
    if (count > 4) return { kind: 'shape', message: 'has a length of more than four octets', offset: at };
    if (from + count > limit) return cut(`ends after ${limit} octets, inside a length`);
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + octets[from + i];
    if (length < 0x80 || octets[from] === 0) {
      return { kind: 'ber', message: 'has a length that is not in its shortest form', offset: at };
    }
    from += count;
  }
  if (from + length > limit) {
    return cut(`is cut off: an element at octet ${at} needs ${length} octets and ${limit - from} are left`);
  }
  return { from, end: from + length };
}

function tagName(tag: number): string {
  const known = Object.entries(Tag).find(([, value]) => value === tag)?.[0];
  if (known !== undefined) return tagWords[known] ?? known.toUpperCase();
  if ((tag & 0xc0) === 0x80) return `[${tag & 0x1f}]`;
  return `tag 0x${tag.toString(16).padStart(2, '0')}`;
}

const tagWords: Readonly<Record<string, string>> = {
  bitString: 'BIT STRING',
  octetString: 'OCTET STRING',
  oid: 'OBJECT IDENTIFIER',
  utf8String: 'UTF8String',
  numericString: 'NumericString',
  printableString: 'PrintableString',
  teletexString: 'TeletexString',
  ia5String: 'IA5String',
  utcTime: 'UTCTime',
  generalizedTime: 'GeneralizedTime',
  visibleString: 'VisibleString',
  universalString: 'UniversalString',
  bmpString: 'BMPString',
};

/** Dotted decimal form of the content of an OBJECT IDENTIFIER. */
export function oidText(content: Octets): string {
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const octet of content) {
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if (octet < 0x80) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  if (arcs.length === 0) return '';
  const top = arcs[0] < 80n ? arcs[0] / 40n : 2n;
  return [top, arcs[0] - top * 40n, ...arcs.slice(1)].join('.');
}

/** One element: identifier, shortest length, content. */
export function derElement(tag: number, ...content: readonly Octets[]): Octets {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  const lengthOctets: number[] = [];
  if (length < 0x80) lengthOctets.push(length);
  else {
    for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) lengthOctets.unshift(rest % 256);
    lengthOctets.unshift(0x80 | lengthOctets.length);
  }
  return Buffer.concat([Uint8Array.from([tag, ...lengthOctets]), ...content]);
}
