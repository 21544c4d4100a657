/** One record of a master file after the other: owner, TTL, class, type and RDATA, and what is left out of them. */
import type { Octets } from '../text/octets.ts';
import { FieldError, OctetWriter } from './fields.ts';
import { type GenerateDirective, writeGenerated } from './master-generate.ts';
import { maxTtl, type RecordHeader, readHeader } from './master-header.ts';
import { MasterLexer } from './master-lexer.ts';
import { type Reading, SyntaxProblem, type SyntaxRule } from './master-reading.ts';
import { type Name, nameFromWire, nameToWire } from './name.ts';
import { encodeText } from './rdata/index.ts';
import { encodeName } from './rdata/name-field.ts';
import { readU32 } from './rdata/numbers.ts';
import { Type } from './type.ts';

/** Stands in for an origin that is not known; found in a name, it says that the name was relative. */
const unknownOrigin = Buffer.of(12, 0, 0xff, 1, 0xfe, 0, 0xff, 1, 0xfe, 0, 0xff, 1, 0xfe, 0);

/** Values of `owner` that are no owners: none above, and one that could not be read. */
export const noOwner = -1;
const badOwner = -2;

/** Reads the records of one file, which the lexer walks over, into the collector of `reading`. All methods throw FieldError. */
export class RecordReader {
  readonly header: RecordHeader = { ttl: -1, type: 0 };
  /** The name that was read last. */
  readonly name = new OctetWriter(512);
  /** The current owner in the collector, and the text that it was read from: in most files the next record has the same. */
  owner: number;
  private ownerFrom = 0;
  private ownerTo = 0;
  private readonly reading: Reading;
  private readonly lexer: MasterLexer;
  private readonly originOf: (line: number) => number;
  private originKnown = false;

  constructor(reading: Reading, file: string, lexer: MasterLexer, origin: Name | undefined, owner: number) {
    this.reading = reading;
    this.lexer = lexer;
    this.owner = owner;
    this.originOf = reading.origins.addFile(file);
    lexer.originWire = unknownOrigin;
    if (origin !== undefined) this.setOrigin(nameToWire(origin));
  }

  setOrigin(wire: Octets): void {
    this.lexer.originWire = wire;
    this.lexer.origin = nameFromWire(wire);
    this.originKnown = true;
    // The same text means another owner now.
    this.ownerTo = this.ownerFrom;
  }

  /** The record at which the lexer stands. */
  read(): void {
    const { lexer, reading, header } = this;
    const first = lexer.octets[lexer.at];
    if (first !== 0x20 && first !== 0x09) {
      if (!this.readOwner()) return;
    } else if (this.owner === noOwner) {
      const what = 'a record that starts with a blank has the owner of the one above, and there is none above';
      throw new SyntaxProblem('master/owner', what, lexer.at, lexer.at + 1);
    } else if (!lexer.more()) {
      return;
    }
    readHeader(lexer, header);
    if (header.type === Type.SOA && !this.originKnown && this.owner >= 0) this.setOrigin(this.ownerWire());
    const start = reading.collector.rdata.length;
    try {
      this.readRData(lexer);
      this.add(start, this.originOf(lexer.recordLine));
    } catch (error) {
      reading.collector.rdata.length = start;
      throw error;
    }
  }

  /** False where the line has nothing but parentheses. */
  private readOwner(): boolean {
    const { lexer } = this;
    if (!lexer.next()) return false;
    const { octets, start, end } = lexer;
    if (this.owner >= 0 && end - start === this.ownerTo - this.ownerFrom) {
      let i = 0;
      while (start + i < end && octets[start + i] === octets[this.ownerFrom + i]) i++;
      if (start + i === end) return true;
    }
    this.owner = badOwner;
    this.readName('master/owner');
    this.owner = this.reading.collector.owner(this.name.octets, 0, this.name.length);
    this.ownerFrom = start;
    this.ownerTo = end;
    return true;
  }

  /** The current field as a name; `rule` says what is wrong with it. */
  readName(rule: SyntaxRule): void {
    const { octets, start, end } = this.lexer;
    try {
      this.encodeName(octets, start, end);
    } catch (error) {
      if (!(error instanceof FieldError) || error instanceof SyntaxProblem) throw error;
      throw new SyntaxProblem(rule, error.message, start, end);
    }
  }

  private encodeName(text: Octets, from: number, to: number): void {
    const { name } = this;
    name.length = 0;
    encodeName(text, from, to, this.lexer.originWire, name);
    if (!this.originKnown) this.refuseRelative(name, 0);
  }

  private refuseRelative(out: OctetWriter, from: number): void {
    if (!Buffer.from(out.octets.subarray(from, out.length)).includes(unknownOrigin)) return;
    const { recordAt, at } = this.lexer;
    throw new SyntaxProblem('master/origin', 'a name here is relative, and no origin is known', recordAt, at);
  }

  private ownerWire(): Octets {
    const { names, nameStart } = this.reading.collector;
    return Uint8Array.prototype.slice.call(names.octets, nameStart[this.owner], nameStart[this.owner + 1]);
  }

  private readRData(fields: MasterLexer): void {
    const { rdata } = this.reading.collector;
    const start = rdata.length;
    encodeText(this.header.type, fields, rdata);
    if (!this.originKnown) this.refuseRelative(rdata, start);
  }

  /** Adds the record whose RDATA was written from `start` on. */
  private add(start: number, origin: number): void {
    const { reading, header } = this;
    const ttl = this.ttlOf();
    reading.lastTtl = ttl;
    if (this.owner < 0) {
      reading.collector.rdata.length = start;
      return;
    }
    if (header.type === Type.SOA && reading.soaOwner < 0) reading.soaOwner = this.owner;
    reading.collector.record(this.owner, header.type, ttl, start, origin);
  }

  private ttlOf(): number {
    const { reading, header, lexer } = this;
    if (header.ttl >= 0) return header.ttl;
    if (reading.defaultTtl >= 0) return reading.defaultTtl;
    if (reading.lastTtl >= 0) return reading.lastTtl;
    if (header.type === Type.SOA) {
      // As BIND does for a zone that starts without any TTL: the MINIMUM, also as the default.
      const { rdata } = reading.collector;
      reading.defaultTtl = Math.min(maxTtl, readU32(rdata.octets, rdata.length - 4));
      return reading.defaultTtl;
    }
    const what = 'the record has no TTL, and none is set above it';
    throw new SyntaxProblem('master/ttl', what, lexer.recordAt, lexer.recordAt + 1);
  }

  /** The records of a $GENERATE whose TTL and type are in `header`; the owner above stays. */
  generate({ start, step, count, owner: owners, fields }: GenerateDirective): void {
    const { lexer, reading } = this;
    const { rdata } = reading.collector;
    const ownerAbove = this.owner;
    const origin = this.originOf(lexer.recordLine);
    const line = new OctetWriter();
    const generated = new MasterLexer();
    generated.origin = lexer.origin;
    generated.originWire = lexer.originWire;
    for (let i = 0, number = start; i < count; i++, number += step) {
      const rdataStart = rdata.length;
      let { from, to } = owners;
      try {
        line.length = 0;
        writeGenerated(owners, number, line);
        this.encodeName(line.octets, 0, line.length);
        this.owner = reading.collector.owner(this.name.octets, 0, this.name.length);
        ({ from, to } = fields);
        line.length = 0;
        writeGenerated(fields, number, line);
        generated.read(line.octets, 0, line.length);
        this.readRData(generated);
        this.add(rdataStart, origin);
      } catch (error) {
        rdata.length = rdataStart;
        this.owner = ownerAbove;
        if (!(error instanceof FieldError) || error instanceof SyntaxProblem) throw error;
        throw new SyntaxProblem('master/generate', `for ${number}: ${error.message}`, from, to);
      }
    }
    this.owner = ownerAbove;
  }
}
