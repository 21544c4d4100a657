/** One file of a zone: its records and directives, and the state that goes on through the files that it includes. */
import type { Octets } from '../text/octets.ts';
import { type Position, type Report, type Rule, report } from '../text/problem.ts';
import { FieldError, OctetWriter } from './fields.ts';
import { countOf, parseGenerateRange, parseGenerateTemplate, writeGenerated } from './master-generate.ts';
import { LexicalError, MasterLexer } from './master-lexer.ts';
import type { MasterInput } from './master-reader.ts';
import { type Name, nameFromWire, nameToWire } from './name.ts';
import type { OriginTable } from './origins.ts';
import { encodeText } from './rdata/index.ts';
import { encodeName } from './rdata/name-field.ts';
import { parsePeriod, readU32 } from './rdata/numbers.ts';
import { typeOfText } from './rdata/type-text.ts';
import { rules } from './rules.ts';
import { isMetaType, Type, type TypeCode, typeName } from './type.ts';
import { RecordCollector } from './zone-builder.ts';

export interface IncludedFile {
  readonly file: string;
  readonly octets: Octets;
}

/** RFC 2181 section 8. */
const maxTtl = 0x7fff_ffff;
const maxProblems = 100;
/** Files inside files, and files in all: more than an honest zone has. */
const maxIncludeDepth = 20;
const maxIncludes = 10_000;

type TextRule = Rule<{ readonly what: string }>;

/** A problem of the octets `from`..`to` of the file, thrown to the loop over its records. */
class SyntaxProblem extends FieldError {
  readonly rule: TextRule;
  constructor(rule: TextRule, what: string, from = -1, to = -1) {
    super(what, from, to);
    this.rule = rule;
  }
}

/** What the files of one zone share. */
export class Reading {
  readonly input: MasterInput;
  readonly origins: OriginTable;
  readonly collector = new RecordCollector();
  /** The owner of the first SOA record; -1 before there is one. */
  soaOwner = -1;
  /** $TTL, and the TTL of the record before; -1 before there is one. As in BIND, they go on behind an included file. */
  defaultTtl: number;
  lastTtl = -1;
  /** Records that $GENERATE may still make. */
  generateLeft: number;
  readonly generateLimit: number;
  includes = 0;
  /** Files that are being read, the outermost first. */
  readonly open: string[] = [];
  private readonly report: Report;
  private problems = 0;

  constructor(input: MasterInput, origins: OriginTable, to: Report) {
    this.input = input;
    this.origins = origins;
    this.report = to;
    this.defaultTtl = input.defaultTtl ?? -1;
    this.generateLimit = input.generateLimit ?? 65_536;
    this.generateLeft = 16 * this.generateLimit;
  }

  get hasProblems(): boolean {
    return this.problems > 0;
  }

  /** Nothing more is read: too many problems, or no room. */
  get stopped(): boolean {
    return this.problems >= maxProblems || this.collector.overflow !== undefined;
  }

  problem<Facts>(rule: Rule<Facts>, position: Position, facts: Facts): void {
    if (this.problems >= maxProblems) return;
    report(this.report, rule, position, facts);
    if (++this.problems < maxProblems) return;
    report(this.report, rules['master/too-many-problems'], position, { limit: maxProblems });
  }
}

export function readFile(reading: Reading, { file, octets }: IncludedFile, origin: Name | undefined): void {
  reading.open.push(file);
  new FileReader(reading, file, octets, origin).read();
  reading.open.pop();
}

/** Stands in for an origin that is not known yet; found in a name, it says that the name was relative. */
const noOrigin = Uint8Array.of(12, 0, 0xff, 1, 0xfe, 0, 0xff, 1, 0xfe, 0, 0xff, 1, 0xfe, 0);

const dollar = 0x24;

/** Values of `owner` that are no owners. */
const noOwner = -1;
const badOwner = -2;

class FileReader {
  private readonly reading: Reading;
  private readonly file: string;
  private readonly octets: Octets;
  private readonly lexer = new MasterLexer();
  private readonly originOf: (line: number) => number;
  private originKnown = false;
  /** The current owner, and the text that it was read from: in most files the next record has the same. */
  private owner = noOwner;
  private ownerFrom = 0;
  private ownerTo = 0;
  private readonly wire = new OctetWriter(512);
  /** Of the record that is being read; -1 where the TTL was left out. */
  private ttl = -1;
  private type: TypeCode = 0;

  constructor(reading: Reading, file: string, octets: Octets, origin: Name | undefined) {
    this.reading = reading;
    this.file = file;
    this.octets = octets;
    this.originOf = reading.origins.addFile(file);
    this.lexer.originWire = noOrigin;
    if (origin !== undefined) this.setOrigin(nameToWire(origin));
  }

  read(): void {
    const { octets, lexer, reading } = this;
    if (!this.isText()) return;
    const hasMark = octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf;
    lexer.read(octets, hasMark ? 3 : 0, octets.length);
    while (lexer.nextRecord() && !reading.stopped) {
      try {
        if (octets[lexer.at] === dollar) this.readDirective();
        else this.readRecord();
        this.endRecord();
      } catch (error) {
        if (!(error instanceof FieldError)) throw error;
        this.tell(error);
        lexer.skipRecord();
      }
    }
  }

  private isText(): boolean {
    const at = this.octets.indexOf(0);
    if (at < 0) return true;
    const start = Buffer.from(this.octets.subarray(0, 4)).toString('hex');
    const isRaw = /^0000000[23]/.test(start);
    const isUtf16 = /^(?:fffe|feff)/.test(start) || /^(?:00..00|..00..00)/.test(start);
    const guess = isRaw ? " (it looks like BIND's raw format)" : isUtf16 ? ' (it looks like UTF-16)' : '';
    this.reading.problem(rules['master/not-text'], this.positionAt(at, at + 1), {
      what: `the file has a NUL octet${guess}; a master file in text form was expected`,
    });
    return false;
  }

  private readRecord(): void {
    const { lexer, reading } = this;
    const { rdata } = reading.collector;
    const start = rdata.length;
    const first = this.octets[lexer.at];
    if (first === 0x20 || first === 0x09) {
      if (this.owner === noOwner) {
        const what = 'the record starts with a blank, which repeats the owner above, and there is none above';
        throw new SyntaxProblem(rules['master/owner'], what, lexer.at, lexer.at + 1);
      }
    } else {
      this.readOwner();
    }
    this.readHeader();
    if (this.type === Type.SOA && !this.originKnown && this.owner >= 0) this.setOrigin(this.ownerWire());
    try {
      this.readRData(lexer);
      this.addRecord(start, this.originOf(lexer.recordLine));
    } catch (error) {
      rdata.length = start;
      throw error;
    }
  }

  private readOwner(): void {
    const { lexer, octets } = this;
    if (!lexer.next()) throw new SyntaxProblem(rules['master/type'], 'a record was expected, but the line ends');
    const { start, end } = lexer;
    if (this.owner >= 0 && end - start === this.ownerTo - this.ownerFrom) {
      let i = 0;
      while (start + i < end && octets[start + i] === octets[this.ownerFrom + i]) i++;
      if (start + i === end) return;
    }
    this.owner = badOwner;
    if (lexer.quoted) throw new SyntaxProblem(rules['master/owner'], 'an owner is not in quotes', start - 1, end + 1);
    this.readName(rules['master/owner']);
    this.owner = this.reading.collector.owner(this.wire.octets, 0, this.wire.length);
    this.ownerFrom = start;
    this.ownerTo = end;
  }

  /** The current field as a name, into `wire`. */
  private readName(rule: TextRule): void {
    const { lexer, wire } = this;
    const { start, end } = lexer;
    wire.length = 0;
    try {
      encodeName(this.octets, start, end, lexer.originWire, wire);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      throw new SyntaxProblem(rule, error.message, start, end);
    }
    if (!this.originKnown) this.refuseRelative(wire, 0, start, end);
  }

  private refuseRelative(out: OctetWriter, from: number, start: number, end: number): void {
    if (Buffer.from(out.octets.subarray(from, out.length)).includes(Buffer.from(noOrigin))) {
      throw new SyntaxProblem(rules['master/origin'], 'this name is relative, and no origin is known', start, end);
    }
  }

  private setOrigin(wire: Octets): void {
    this.lexer.originWire = wire;
    this.lexer.origin = nameFromWire(wire);
    this.originKnown = true;
    this.ownerTo = this.ownerFrom;
  }

  private ownerWire(): Octets {
    const { names, nameStart } = this.reading.collector;
    return Uint8Array.prototype.slice.call(names.octets, nameStart[this.owner], nameStart[this.owner + 1]);
  }

  /** TTL and class, in either order and each optional, and the type. */
  private readHeader(): void {
    const { lexer, octets } = this;
    this.ttl = -1;
    let hasClass = false;
    for (;;) {
      if (!lexer.next()) throw new SyntaxProblem(rules['master/type'], 'a type was expected, but the record ends');
      const { start, end } = lexer;
      if (lexer.quoted) {
        throw new SyntaxProblem(rules['master/type'], 'a type was expected, found a quoted string', start - 1, end + 1);
      }
      const first = octets[start] - 0x30;
      if (first >= 0 && first <= 9) {
        if (this.ttl >= 0) throw new SyntaxProblem(rules['master/ttl'], 'the record has two TTLs', start, end);
        this.ttl = this.readTtl();
        continue;
      }
      if (!hasClass && this.readClass()) {
        hasClass = true;
        continue;
      }
      this.type = typeOfText(octets, start, end);
      if (this.type >= 0 && !isMetaType(this.type)) return;
      const shown = this.fieldText();
      const what =
        this.type >= 0
          ? `the type ${typeName(this.type)} never stands in a zone`
          : octets[start] === dollar
            ? `${shown} is no type; a directive starts in the first column`
            : `${shown} is no known type`;
      throw new SyntaxProblem(rules['master/type'], what, start, end);
    }
  }

  private readTtl(): number {
    const { start, end } = this.lexer;
    const ttl = parsePeriod(this.octets, start, end);
    if (ttl >= 0 && ttl <= maxTtl) return ttl;
    const what =
      ttl < 0
        ? `${this.fieldText()} is no TTL: seconds or units such as 1h30m were expected`
        : `the TTL ${this.fieldText()} is above ${maxTtl} seconds`;
    throw new SyntaxProblem(rules['master/ttl'], what, start, end);
  }

  /** Whether the current field is the class IN; another class is a problem. */
  private readClass(): boolean {
    const { octets, lexer } = this;
    const { start, end } = lexer;
    const length = end - start;
    const first = octets[start] & 0xdf;
    if (length === 2 && first === 0x49) return (octets[start + 1] & 0xdf) === 0x4e;
    // CH, CS, HS, NONE and CLASSnnn
    if (first !== 0x43 && first !== 0x48 && first !== 0x4e) return false;
    const text = this.fieldText().toUpperCase();
    if (text === 'CLASS1') return true;
    if (!/^(?:CH|CHAOS|CS|HS|HESIOD|NONE|CLASS[0-9]{1,5})$/.test(text)) return false;
    this.reading.problem(rules['zone/class'], this.positionAt(start, end), { class: text });
    this.lexer.skipRecord();
    throw new SkippedRecord();
  }

  private readRData(fields: MasterLexer): void {
    const { rdata } = this.reading.collector;
    const start = rdata.length;
    encodeText(this.type, fields, rdata);
    if (fields.more()) {
      fields.next();
      const what = `${typeName(this.type)} has no field for ${shownText(fields.octets, fields.start, fields.end)}`;
      throw new FieldError(what, fields.start, fields.end);
    }
    if (!this.originKnown) this.refuseRelative(rdata, start, -1, -1);
  }

  /** Adds the record of the RDATA from `start` on. */
  private addRecord(start: number, origin: number): void {
    const { reading, type } = this;
    const { rdata } = reading.collector;
    let ttl = this.ttl;
    if (ttl < 0) {
      ttl = reading.defaultTtl >= 0 ? reading.defaultTtl : reading.lastTtl;
      if (ttl < 0 && type === Type.SOA) {
        // BIND takes the SOA MINIMUM for a zone without any TTL.
        ttl = readU32(rdata.octets, rdata.length - 4);
        reading.defaultTtl = ttl;
      }
      if (ttl < 0 || ttl > maxTtl) {
        const { recordAt } = this.lexer;
        throw new SyntaxProblem(
          rules['master/ttl'],
          'the record has no TTL and no $TTL is above it',
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
    if (type === Type.SOA && reading.soaOwner < 0) reading.soaOwner = this.owner;
    reading.collector.record(this.owner, type, ttl, start, origin);
  }

  private readDirective(): void {
    const { lexer } = this;
    lexer.next();
    const directive = this.fieldText().toUpperCase();
    if (directive === '$ORIGIN') this.readOrigin();
    else if (directive === '$TTL') this.readDefaultTtl();
    else if (directive === '$INCLUDE') this.readInclude();
    else if (directive === '$GENERATE') this.readGenerate();
    else {
      const what = `the directive ${this.fieldText()} is unknown`;
      throw new SyntaxProblem(rules['master/directive'], what, lexer.start, lexer.end);
    }
  }

  /** Moves to the argument of a directive. */
  private needArgument(what: string): void {
    if (!this.lexer.next())
      throw new SyntaxProblem(rules['master/directive'], `${what} was expected, but the line ends`);
  }

  private readOrigin(): void {
    this.needArgument('a name');
    this.readName(rules['master/directive']);
    this.endRecord();
    this.setOrigin(this.wire.copy());
  }

  private readDefaultTtl(): void {
    this.needArgument('a TTL');
    const ttl = this.readTtl();
    this.endRecord();
    this.reading.defaultTtl = ttl;
  }

  private readInclude(): void {
    const { lexer, reading } = this;
    this.needArgument('a file');
    const { start, end, quoted } = lexer;
    const text = Buffer.from(this.octets.subarray(start, end)).toString('utf8');
    const path = quoted ? text.replace(/\\(.)/g, '$1') : text;
    let origin = lexer.origin;
    if (lexer.next()) {
      this.readName(rules['master/directive']);
      origin = nameFromWire(this.wire.octets);
    }
    this.endRecord();
    const refuse = (why: string) => new SyntaxProblem(rules['master/include'], `${path} ${why}`, start, end);
    if (reading.input.include === undefined) throw refuse('is not read: $INCLUDE is not allowed here');
    if (reading.open.length > maxIncludeDepth) throw refuse(`is the ${maxIncludeDepth + 1}th file inside another`);
    if (++reading.includes > maxIncludes)
      throw refuse(`is one file more than the ${maxIncludes} that a zone may include`);
    const included = reading.input.include(path, this.file);
    if ('error' in included) throw refuse(included.error);
    if (reading.open.includes(included.file)) throw refuse('includes itself');
    readFile(reading, included, origin);
  }

  private readGenerate(): void {
    const { lexer, reading } = this;
    const refuse = (why: string, from = lexer.start, to = lexer.end) =>
      new SyntaxProblem(rules['master/generate'], why, from, to);
    this.needArgument('a range');
    const range = parseGenerateRange(this.fieldText());
    if (typeof range === 'string') throw refuse(range);
    const rangeFrom = lexer.start;
    const rangeTo = lexer.end;
    this.needArgument('an owner');
    const ownerFrom = lexer.start;
    const ownerTo = lexer.end;
    const owners = parseGenerateTemplate(this.octets.subarray(ownerFrom, ownerTo));
    if (typeof owners === 'string') throw refuse(owners);
    this.readHeader();
    const { text, from, to } = this.readGeneratedFields();
    const fields = parseGenerateTemplate(text);
    if (typeof fields === 'string') throw refuse(fields, from, to);
    const count = countOf(range);
    if (count > Math.min(reading.generateLimit, reading.generateLeft)) {
      const limit =
        count > reading.generateLimit
          ? `at most ${reading.generateLimit} are allowed`
          : `at most ${reading.generateLimit * 16} are allowed for all $GENERATE of a zone`;
      throw refuse(`this range makes ${count} records; ${limit}`, rangeFrom, rangeTo);
    }
    reading.generateLeft -= count;

    const origin = this.originOf(lexer.recordLine);
    const { owner } = this;
    const { collector } = reading;
    const line = new OctetWriter(256);
    const generated = new MasterLexer();
    generated.origin = lexer.origin;
    generated.originWire = lexer.originWire;
    try {
      for (let number = range.start, left = count; left > 0; number += range.step, left--) {
        const start = collector.rdata.length;
        try {
          line.length = 0;
          const wrong = writeGenerated(owners, number, line);
          if (wrong !== undefined) throw refuse(wrong, ownerFrom, ownerTo);
          this.wire.length = 0;
          encodeName(line.octets, 0, line.length, lexer.originWire, this.wire);
          if (!this.originKnown) this.refuseRelative(this.wire, 0, ownerFrom, ownerTo);
          this.owner = collector.owner(this.wire.octets, 0, this.wire.length);
        } catch (error) {
          if (!(error instanceof FieldError) || error instanceof SyntaxProblem) throw error;
          throw refuse(`for ${number}: ${error.message}`, ownerFrom, ownerTo);
        }
        try {
          line.length = 0;
          const wrong = writeGenerated(fields, number, line);
          if (wrong !== undefined) throw refuse(wrong, from, to);
          generated.read(line.octets, 0, line.length);
          this.readRData(generated);
          this.addRecord(start, origin);
        } catch (error) {
          collector.rdata.length = start;
          if (!(error instanceof FieldError) || error instanceof SyntaxProblem) throw error;
          throw refuse(`for ${number}: ${error.message}`, from, to);
        }
      }
    } finally {
      this.owner = owner;
    }
  }

  /** What is left of the record as one text; a single quoted string is taken without its quotes, as BIND does. */
  private readGeneratedFields(): { text: Octets; from: number; to: number } {
    const { lexer } = this;
    const parts: string[] = [];
    let from = -1;
    let to = -1;
    let quoted = false;
    while (lexer.next()) {
      quoted = lexer.quoted;
      if (from < 0) from = quoted ? lexer.start - 1 : lexer.start;
      to = quoted ? lexer.end + 1 : lexer.end;
      const text = this.fieldText();
      parts.push(quoted ? `"${text}"` : text);
    }
    const text = quoted && parts.length === 1 ? parts[0].slice(1, -1).replaceAll('\\"', '"') : parts.join(' ');
    return { text: Buffer.from(text, 'latin1'), from, to };
  }

  private endRecord(): void {
    const { lexer } = this;
    if (!lexer.more()) return;
    lexer.next();
    throw new SyntaxProblem(
      rules['master/directive'],
      `${this.fieldText()} is one field too many`,
      lexer.start,
      lexer.end,
    );
  }

  /** The octets of the current field as code points 0 to 255. */
  private fieldText(): string {
    return Buffer.from(this.octets.subarray(this.lexer.start, this.lexer.end)).toString('latin1');
  }

  private tell(thrown: FieldError): void {
    if (thrown instanceof SkippedRecord) return;
    const { at, failure } = this.lexer;
    const error = failure ?? thrown;
    const [from, to] = error.from < 0 ? [at, at] : [error.from, error.to];
    const rule =
      error instanceof SyntaxProblem ? error.rule : rules[error instanceof LexicalError ? error.rule : 'master/rdata'];
    this.reading.problem(rule, this.positionAt(from, to), { what: error.message });
  }

  /** Counted only when there is something to say: lines from the top, columns in UTF-16 units. */
  private positionAt(from: number, to: number): Position {
    const { octets, file } = this;
    let line = 1;
    let lineStart = 0;
    for (let i = octets.indexOf(0x0a); i >= 0 && i < from; i = octets.indexOf(0x0a, i + 1)) {
      line++;
      lineStart = i + 1;
    }
    const units = (a: number, b: number) =>
      Buffer.from(octets.subarray(a, b))
        .toString('utf8')
        .replace(/^\ufeff/, '').length;
    const lineEnd = octets.indexOf(0x0a, from);
    const end = lineEnd < 0 ? to : Math.min(to, lineEnd);
    return { file, line, column: units(lineStart, from) + 1, length: Math.max(1, units(from, end)) };
  }
}

/** A record that was reported already and is left out. */
class SkippedRecord extends FieldError {
  constructor() {
    super('');
  }
}

function shownText(octets: Octets, from: number, to: number): string {
  return JSON.stringify(Buffer.from(octets.subarray(from, Math.min(to, from + 60))).toString('utf8'));
}
