/**
 * The fields of master files (RFC 1035 section 5.1): blanks, comments, parentheses over lines, quoted strings. Escapes stay in
 * place: they are read by whoever reads the field. Where RFC 1035 is silent, fields end where BIND ends them.
 */
import type { Octets } from '../text/octets.ts';
import { FieldError, type FieldReader } from './fields.ts';
import type { Name } from './name.ts';

/** What an octet is outside of quotes. */
const Kind = { text: 0, blank: 1, lineFeed: 2, carriageReturn: 3, comment: 4, open: 5, close: 6, quote: 7, escape: 8 };
const kinds = new Uint8Array(256);
for (const [character, kind] of Object.entries({
  ' ': Kind.blank,
  '\t': Kind.blank,
  '\n': Kind.lineFeed,
  '\r': Kind.carriageReturn,
  ';': Kind.comment,
  '(': Kind.open,
  ')': Kind.close,
  '"': Kind.quote,
  '\\': Kind.escape,
})) {
  kinds[character.charCodeAt(0)] = kind;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;
const backslash = 0x5c;
const closeParenthesis = 0x29;

/** Why a field could not even be cut out of the line. */
export class LexicalError extends FieldError {
  readonly rule: 'master/parenthesis' | 'master/quote';
  constructor(rule: LexicalError['rule'], message: string, from: number, to: number) {
    super(message, from, to);
    this.rule = rule;
  }
}

/** Walks over one text, one record (a logical line) after the other. */
export class MasterLexer implements FieldReader {
  octets: Octets = new Uint8Array(0);
  start = 0;
  end = 0;
  quoted = false;
  origin: Name | undefined;
  originWire: Octets | undefined;
  /** The next octet to look at, and its line, from 1. */
  at = 0;
  line = 1;
  /** Where the current record starts. */
  recordAt = 0;
  recordLine = 1;
  /** What went wrong in the current record: RDATA codecs put their own words around what is thrown. */
  failure: LexicalError | undefined;
  private limit = 0;
  /** Parentheses that are open, and where the first one stands. */
  private depth = 0;
  private openAt = 0;

  read(octets: Octets, from: number, to: number): void {
    this.octets = octets;
    this.at = from;
    this.recordAt = from;
    this.limit = to;
    this.line = 1;
    this.recordLine = 1;
    this.depth = 0;
  }

  /** Moves to the next line that has more than blanks and comments; false at the end of the text. */
  nextRecord(): boolean {
    const { octets, limit } = this;
    this.depth = 0;
    this.failure = undefined;
    let at = this.at;
    let lineStart = at;
    while (at < limit) {
      switch (kinds[octets[at]]) {
        case Kind.lineFeed:
          this.line++;
          lineStart = ++at;
          continue;
        case Kind.carriageReturn:
          lineStart = ++at;
          continue;
        case Kind.blank:
          at++;
          continue;
        case Kind.comment:
          at = this.lineEnd(at);
          continue;
        default:
          // A leading blank means "the owner above", so it belongs to the record.
          this.at = lineStart;
          this.recordAt = lineStart;
          this.recordLine = this.line;
          return true;
      }
    }
    this.at = limit;
    return false;
  }

  more(): boolean {
    const { octets, limit } = this;
    let at = this.at;
    while (at < limit) {
      switch (kinds[octets[at]]) {
        case Kind.blank:
          at++;
          continue;
        case Kind.lineFeed:
          if (this.depth === 0) {
            this.at = at;
            return false;
          }
          this.line++;
          at++;
          continue;
        case Kind.carriageReturn:
          if (this.depth === 0) {
            this.at = at;
            return false;
          }
          at++;
          continue;
        case Kind.comment:
          at = this.lineEnd(at);
          continue;
        case Kind.open:
          if (this.depth++ === 0) this.openAt = at;
          at++;
          continue;
        case Kind.close:
          this.at = at + 1;
          if (this.depth === 0) {
            throw this.fail('master/parenthesis', 'this ) closes no parenthesis', at, at + 1);
          }
          this.depth--;
          at++;
          continue;
        default:
          this.at = at;
          return true;
      }
    }
    this.at = limit;
    if (this.depth > 0) {
      this.depth = 0;
      throw this.fail('master/parenthesis', 'this parenthesis is not closed', this.openAt, this.openAt + 1);
    }
    return false;
  }

  next(): boolean {
    if (!this.more()) return false;
    const { octets, limit } = this;
    let i = this.at;
    if (octets[i] === quote) {
      this.nextQuoted(i + 1);
      return true;
    }
    this.start = i;
    this.quoted = false;
    for (; i < limit; i++) {
      const kind = kinds[octets[i]];
      if (kind === Kind.text) continue;
      if (kind !== Kind.escape) break;
      // Not even an escape carries a field past the end of its line.
      if (i + 1 < limit && octets[i + 1] !== lineFeed && octets[i + 1] !== carriageReturn) i++;
    }
    this.end = i;
    this.at = i;
    return true;
  }

  private nextQuoted(from: number): void {
    const { octets, limit } = this;
    for (let i = from; i < limit; i++) {
      const octet = octets[i];
      if (octet === quote) {
        this.start = from;
        this.end = i;
        this.quoted = true;
        this.at = i + 1;
        return;
      }
      if (octet === lineFeed) {
        this.at = i;
        throw this.fail('master/quote', 'this quoted string has no end on its line', from - 1, i);
      }
      // An escaped line break belongs to the string.
      if (octet === backslash && i + 1 < limit && octets[++i] === lineFeed) this.line++;
    }
    this.at = limit;
    throw this.fail('master/quote', 'this quoted string has no end', from - 1, limit);
  }

  /**
   * Skips what is left of a record after an error, with the lines that its parentheses hold. Where they hold the rest of the file,
   * goes on after the line of the error, and returns the problem of the parenthesis.
   */
  skipRecord(): LexicalError | undefined {
    const { at, line } = this;
    for (;;) {
      try {
        while (this.next());
        return undefined;
      } catch (error) {
        if (!(error instanceof LexicalError)) throw error;
        if (error.rule !== 'master/parenthesis' || this.at < this.limit) continue;
        if (error.from === this.at - 1 && this.octets[error.from] === closeParenthesis) continue;
        this.at = this.lineEnd(at);
        this.line = line;
        return error;
      }
    }
  }

  private fail(rule: LexicalError['rule'], message: string, from: number, to: number): LexicalError {
    this.failure = new LexicalError(rule, message, from, to);
    return this.failure;
  }

  private lineEnd(at: number): number {
    const { octets, limit } = this;
    let end = at;
    while (end < limit && octets[end] !== lineFeed) end++;
    return end;
  }
}
