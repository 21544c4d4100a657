/** One file of a zone: walks over its records and directives, and says what is wrong where. */
import type { Octets } from '../text/octets.ts';
import type { Position } from '../text/problem.ts';
import { FieldError, LongStringError } from './fields.ts';
import { readGenerate } from './master-generate.ts';
import { readTtl } from './master-header.ts';
import { LexicalError, MasterLexer } from './master-lexer.ts';
import { type Reading, SyntaxProblem, type SyntaxRule, shownText } from './master-reading.ts';
import { noOwner, RecordReader } from './master-record.ts';
import { type Name, nameFromWire } from './name.ts';

export interface IncludedFile {
  readonly file: string;
  readonly octets: Octets;
}

/** Files inside files, and files in all: more than an honest zone has. */
const maxIncludeDepth = 20;
const maxIncludes = 10_000;

const dollar = 0x24;
const lineFeed = 0x0a;

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
  private readonly records: RecordReader;

  constructor(reading: Reading, file: string, octets: Octets, origin: Name | undefined, owner: number) {
    this.reading = reading;
    this.file = file;
    this.octets = octets;
    this.records = new RecordReader(reading, file, this.lexer, origin, owner);
  }

  read(): void {
    const { octets, lexer, reading } = this;
    if (!this.isText()) return;
    const hasMark = octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf;
    lexer.read(octets, hasMark ? 3 : 0, octets.length);
    while (!reading.stopped && lexer.nextRecord()) {
      try {
        if (octets[lexer.at] === dollar) this.readDirective();
        else this.records.read();
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

  private readDirective(): void {
    const { lexer, octets, records, reading } = this;
    lexer.next();
    const { start, end } = lexer;
    switch (Buffer.from(octets.subarray(start, end)).toString('latin1').toUpperCase()) {
      case '$ORIGIN':
        this.needArgument('a name');
        records.readName('master/directive');
        this.endDirective();
        records.setOrigin(records.name.copy());
        return;
      case '$TTL': {
        this.needArgument('a TTL');
        const ttl = readTtl(lexer);
        this.endDirective();
        reading.defaultTtl = ttl;
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
    const { lexer, reading, file, records } = this;
    this.needArgument('a file');
    const { start, end, quoted } = lexer;
    const text = Buffer.from(this.octets.subarray(start, end)).toString('utf8');
    const path = quoted ? text.replace(/\\(.)/g, '$1') : text;
    let origin = lexer.origin;
    if (lexer.next()) {
      records.readName('master/directive');
      origin = nameFromWire(records.name.octets);
      this.endDirective();
    }
    const refuse = (why: string) => new SyntaxProblem('master/include', `${path} ${why}`, start, end);
    const { include } = reading.input;
    if (include === undefined) throw refuse('is not read: $INCLUDE is not allowed here');
    if (reading.open.length > maxIncludeDepth) throw refuse(`is nested deeper than ${maxIncludeDepth} files`);
    if (++reading.includes > maxIncludes) throw refuse(`is one more than the ${maxIncludes} files a zone may include`);
    const included = include(path, file);
    if ('error' in included) throw refuse(included.error);
    if (reading.open.includes(included.file)) throw refuse('is being read already: it includes itself');
    readFile(reading, included, origin, records.owner);
  }

  private generate(): void {
    const { lexer, reading, records } = this;
    const directive = readGenerate(lexer, records.header);
    const { count, rangeFrom, rangeTo } = directive;
    if (count > Math.min(reading.generateLimit, reading.generateLeft)) {
      const what = `the range makes ${count} records: one $GENERATE may make ${reading.generateLimit}, and all that are left in this zone ${reading.generateLeft}`;
      throw new SyntaxProblem('master/generate', what, rangeFrom, rangeTo);
    }
    reading.generateLeft -= count;
    records.generate(directive);
  }

  private tell(error: FieldError): void {
    const { at } = this.lexer;
    const position = error.from < 0 ? this.positionAt(at, at) : this.positionAt(error.from, error.to);
    const problem = error instanceof SyntaxProblem ? error : new SyntaxProblem(ruleOf(error), error.message);
    problem.addTo(this.reading, position);
  }

  /** The place of an octet in the current record or behind it; columns in UTF-16 units. */
  private positionAt(from: number, to: number): Position {
    const { octets, file, lexer } = this;
    let line = lexer.recordLine;
    for (let i = lexer.recordAt; i < from; i++) if (octets[i] === lineFeed) line++;
    const lineStart = from === 0 ? 0 : octets.lastIndexOf(lineFeed, from - 1) + 1;
    const next = octets.indexOf(lineFeed, from);
    const end = next < 0 ? to : Math.min(to, next);
    const length = Math.max(1, unitsOf(octets, from, end));
    return { file, line, column: unitsOf(octets, lineStart, from) + 1, length };
  }
}

function ruleOf(error: FieldError): SyntaxRule {
  if (error instanceof LexicalError) return error.rule;
  return error instanceof LongStringError ? 'zone/txt-too-long' : 'master/rdata';
}

/** A mark at the start of a file is not counted: no editor shows it. */
function unitsOf(octets: Octets, from: number, to: number): number {
  return Buffer.from(octets.subarray(from, to))
    .toString('utf8')
    .replace(/^\ufeff/, '').length;
}
