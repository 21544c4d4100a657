/** One file of a zone: its records and directives. */
import type { Octets } from '../text/octets.ts';
import type { Position } from '../text/problem.ts';
import { FieldError, OctetWriter } from './fields.ts';
import { readGenerate, writeGenerated } from './master-generate.ts';
import { maxTtl, type RecordHeader, readHeader, readTtl } from './master-header.ts';
import { type LexicalError, MasterLexer } from './master-lexer.ts';
import { type Reading, SyntaxProblem, type SyntaxRule, shownText } from './master-reading.ts';
import { type Name, nameFromWire, nameToWire } from './name.ts';
import { encodeText } from './rdata/index.ts';
import { encodeName } from './rdata/name-field.ts';
import { readU32 } from './rdata/numbers.ts';
import { Type } from './type.ts';

export interface IncludedFile {
  readonly file: string;
  readonly octets: Octets;
}

/** Files inside files, and files in all: more than an honest zone has. */
const maxIncludeDepth = 20;
const maxIncludes = 10_000;

/** Stands in for an origin that is not known; found in a name, it says that the name was relative. */
const noOrigin = Buffer.of(12, 0, 0xff, 1, 0xfe, 0, 0xff, 1, 0xfe, 0, 0xff, 1, 0xfe, 0);

/** Values of `owner` that are no owners: none above, and one that could not be read. */
const noOwner = -1;
const badOwner = -2;

/** Reads a file into the collector of `reading`; `owner` is the one above an $INCLUDE, which a file goes on with, as in BIND. */
export function readFile(
  reading: Reading,
  { file, octets }: IncludedFile,
  origin: Name | undefined,
  owner = noOwner,
): void {
  reading.open.push(file);
  new FileReader(reading, file, octets, origin, owner).read();
  reading.open.pop();
}

class FileReader {
  private readonly reading: Reading;
  private readonly file: string;
  private readonly octets: Octets;
  private readonly lexer = new MasterLexer();
  private readonly originOf: (line: number) => number;
  private originKnown = false;
  /** The current owner, and the text that it was read from: in most files the next record has the same. */
  private owner: number;
  private ownerFrom = 0;
  private ownerTo = 0;
  private readonly wire = new OctetWriter(512);
  private readonly header: RecordHeader = { ttl: -1, type: 0 };

  constructor(reading: Reading, file: string, octets: Octets, origin: Name | undefined, owner: number) {
    this.reading = reading;
    this.file = file;
    this.octets = octets;
    this.owner = owner;
    this.originOf = reading.origins.addFile(file);
    this.lexer.originWire = noOrigin;
    if (origin !== undefined) this.setOrigin(nameToWire(origin));
  }

  read(): void {
    const { octets, lexer, reading } = this;
    if (!this.isText()) return;
    const hasMark = octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf;
    lexer.read(octets, hasMark ? 3 : 0, octets.length);
    while (!reading.stopped && lexer.nextRecord()) {
      try {
        if (octets[lexer.at] === 0x24) this.readDirective();
        else this.readRecord();
      } catch (error) {
        if (!(error instanceof FieldError)) throw error;
        this.tell(lexer.failure ?? error);
        const unclosed = lexer.skipRecord();
        if (unclosed !== undefined) this.tell(unclosed);
      }
    }
  }

  private isText(): boolean {
    const { octets, reading } = this;
    const at = octets.indexOf(0);
    if (at < 0) return true;
    const start = Buffer.from(octets.subarray(0, 4)).toString('hex');
    const guess = /^0000000[23]/.test(start)
      ? " (it looks like BIND's raw format)"
      : /^(?:fffe|feff|00..00|..00..00)/.test(start)
        ? ' (it looks like UTF-16)'
        : '';
    const what = `the file has a NUL octet${guess}; a master file in text form was expected`;
    new SyntaxProblem('master/not-text', what).addTo(reading, this.positionAt(at, at + 1));
    return false;
  }

  private readRecord(): void {
    const { lexer, reading, header } = this;
    const first = this.octets[lexer.at];
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
      this.addRecord(start, this.originOf(lexer.recordLine));
    } catch (error) {
      reading.collector.rdata.length = start;
      throw error;
    }
  }

  /** False where the line has nothing but parentheses. */
  private readOwner(): boolean {
    const { lexer, octets } = this;
    if (!lexer.next()) return false;
    const { start, end } = lexer;
    if (this.owner >= 0 && end - start === this.ownerTo - this.ownerFrom) {
      let i = 0;
      while (start + i < end && octets[start + i] === octets[this.ownerFrom + i]) i++;
      if (start + i === end) return true;
    }
    this.owner = badOwner;
    this.readName('master/owner');
    this.owner = this.reading.collector.owner(this.wire.octets, 0, this.wire.length);
    this.ownerFrom = start;
    this.ownerTo = end;
    return true;
  }

  /** The current field as a name, into `wire`. */
  private readName(rule: SyntaxRule): void {
    const { start, end } = this.lexer;
    try {
      this.encodeOwner(this.octets, start, end);
    } catch (error) {
      if (!(error instanceof FieldError) || error instanceof SyntaxProblem) throw error;
      throw new SyntaxProblem(rule, error.message, start, end);
    }
  }

  private encodeOwner(text: Octets, from: number, to: number): void {
    const { wire } = this;
    wire.length = 0;
    encodeName(text, from, to, this.lexer.originWire, wire);
    if (!this.originKnown) this.refuseRelative(wire, 0);
  }

  private refuseRelative(out: OctetWriter, from: number): void {
    if (!Buffer.from(out.octets.subarray(from, out.length)).includes(noOrigin)) return;
    const { recordAt, at } = this.lexer;
    throw new SyntaxProblem('master/origin', 'a name here is relative, and no origin is known', recordAt, at);
  }

  private setOrigin(wire: Octets): void {
    this.lexer.originWire = wire;
    this.lexer.origin = nameFromWire(wire);
    this.originKnown = true;
    // The same text means another owner now.
    this.ownerTo = this.ownerFrom;
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
  private addRecord(start: number, origin: number): void {
    const { reading, header } = this;
    const { rdata } = reading.collector;
    let ttl = header.ttl;
    if (ttl < 0) {
      ttl = reading.defaultTtl >= 0 ? reading.defaultTtl : reading.lastTtl;
      if (ttl < 0 && header.type === Type.SOA) {
        // As BIND does for a zone that starts without any TTL.
        ttl = Math.min(maxTtl, readU32(rdata.octets, rdata.length - 4));
        reading.defaultTtl = ttl;
      }
      if (ttl < 0) {
        const { recordAt } = this.lexer;
        throw new SyntaxProblem(
          'master/ttl',
          'the record has no TTL, and none is set above it',
          recordAt,
          recordAt + 1,
        );
      }
    }
    reading.lastTtl = ttl;
    if (this.owner < 0) {
      rdata.length = start;
      return;
    }
    if (header.type === Type.SOA && reading.soaOwner < 0) reading.soaOwner = this.owner;
    reading.collector.record(this.owner, header.type, ttl, start, origin);
  }

  private readDirective(): void {
    const { lexer, octets } = this;
    lexer.next();
    const { start, end } = lexer;
    switch (Buffer.from(octets.subarray(start, end)).toString('latin1').toUpperCase()) {
      case '$ORIGIN':
        this.needArgument('a name');
        this.readName('master/directive');
        this.endDirective();
        this.setOrigin(this.wire.copy());
        return;
      case '$TTL': {
        this.needArgument('a TTL');
        const ttl = readTtl(lexer);
        this.endDirective();
        this.reading.defaultTtl = ttl;
        return;
      }
      case '$INCLUDE':
        this.include();
        return;
      case '$GENERATE':
        this.generate();
        return;
      default:
        throw new SyntaxProblem('master/directive', `${shownText(octets, start, end)} is no directive`, start, end);
    }
  }

  private needArgument(what: string): void {
    if (!this.lexer.next()) throw new SyntaxProblem('master/directive', `${what} was expected, but the line ends`);
  }

  private endDirective(): void {
    const { lexer } = this;
    if (!lexer.next()) return;
    const what = `${shownText(lexer.octets, lexer.start, lexer.end)} is one field too many`;
    throw new SyntaxProblem('master/directive', what, lexer.start, lexer.end);
  }

  private include(): void {
    const { lexer, reading, file } = this;
    this.needArgument('a file');
    const { start, end, quoted } = lexer;
    const text = Buffer.from(this.octets.subarray(start, end)).toString('utf8');
    const path = quoted ? text.replace(/\\(.)/g, '$1') : text;
    let origin = lexer.origin;
    if (lexer.next()) {
      this.readName('master/directive');
      origin = nameFromWire(this.wire.octets);
      this.endDirective();
    }
    const refuse = (why: string) => new SyntaxProblem('master/include', `${path} ${why}`, start, end);
    const { include } = reading.input;
    if (include === undefined) throw refuse('is not read: $INCLUDE is not allowed here');
    if (reading.open.length > maxIncludeDepth) throw refuse(`is nested deeper than ${maxIncludeDepth} files`);
    if (++reading.includes > maxIncludes)
      throw refuse(`is one more than the ${maxIncludes} files that a zone may include`);
    const included = include(path, file);
    if ('error' in included) throw refuse(included.error);
    if (reading.open.includes(included.file)) throw refuse('is being read already: it includes itself');
    readFile(reading, included, origin, this.owner);
  }

  private generate(): void {
    const { lexer, reading, header } = this;
    const { start, step, count, rangeFrom, rangeTo, owner, fields } = readGenerate(lexer, header);
    if (count > Math.min(reading.generateLimit, reading.generateLeft)) {
      const what = `the range makes ${count} records: one $GENERATE may make ${reading.generateLimit}, and all of this zone ${reading.generateLeft} more`;
      throw new SyntaxProblem('master/generate', what, rangeFrom, rangeTo);
    }
    reading.generateLeft -= count;
    const { rdata } = reading.collector;
    const ownerAbove = this.owner;
    const line = new OctetWriter();
    const generated = new MasterLexer();
    generated.origin = lexer.origin;
    generated.originWire = lexer.originWire;
    const origin = this.originOf(lexer.recordLine);
    for (let i = 0, number = start; i < count; i++, number += step) {
      const rdataStart = rdata.length;
      let { from, to } = owner;
      try {
        line.length = 0;
        writeGenerated(owner, number, line);
        this.encodeOwner(line.octets, 0, line.length);
        this.owner = reading.collector.owner(this.wire.octets, 0, this.wire.length);
        ({ from, to } = fields);
        line.length = 0;
        writeGenerated(fields, number, line);
        generated.read(line.octets, 0, line.length);
        this.readRData(generated);
        this.addRecord(rdataStart, origin);
      } catch (error) {
        rdata.length = rdataStart;
        this.owner = ownerAbove;
        if (!(error instanceof FieldError) || error instanceof SyntaxProblem) throw error;
        throw new SyntaxProblem('master/generate', `for ${number}: ${error.message}`, from, to);
      }
    }
    this.owner = ownerAbove;
  }

  private tell(error: FieldError | LexicalError): void {
    const { at } = this.lexer;
    const position = error.from < 0 ? this.positionAt(at, at) : this.positionAt(error.from, error.to);
    const problem =
      error instanceof SyntaxProblem
        ? error
        : new SyntaxProblem('rule' in error ? error.rule : 'master/rdata', error.message);
    problem.addTo(this.reading, position);
  }

  /** The place of an octet in the current record or behind it; columns in UTF-16 units. */
  private positionAt(from: number, to: number): Position {
    const { octets, file, lexer } = this;
    let line = lexer.recordLine;
    for (let i = lexer.recordAt; i < from; i++) if (octets[i] === 0x0a) line++;
    const lineStart = from === 0 ? 0 : octets.lastIndexOf(0x0a, from - 1) + 1;
    const next = octets.indexOf(0x0a, from);
    const end = next < 0 ? to : Math.min(to, next);
    return {
      file,
      line,
      column: unitsOf(octets, lineStart, from) + 1,
      length: Math.max(1, unitsOf(octets, from, end)),
    };
  }
}

/** A mark at the start of a file is not counted: no editor shows it. */
function unitsOf(octets: Octets, from: number, to: number): number {
  return Buffer.from(octets.subarray(from, to))
    .toString('utf8')
    .replace(/^\ufeff/, '').length;
}
