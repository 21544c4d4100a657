/**
 * The ground under the quick reading (yaml-quick.ts): a place in the text, and the ways over spaces, comments and ends
 * of lines. What stands where nothing else may ends the quick reading.
 */

/** Ends the quick reading. */
export class Unsure extends Error {}

/** Markers of documents. */
const markers = /(?:---|\.\.\.)/y;

export class LineReader {
  protected at = 0;
  /** Of the first character of the line that is being read, -1 at the end; and where that line begins. */
  protected column = 0;
  protected lineStart = 0;

  constructor(protected readonly text: string) {}

  protected demand(holds: boolean): asserts holds {
    if (!holds) throw new Unsure();
  }

  /** Moves behind what the pattern takes; undefined where it takes nothing. */
  protected skip(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match;
  }

  /** From the beginning of a line to the first that says something. */
  protected skipLines(): void {
    const { text } = this;
    for (let at = this.at; ; at++) {
      this.lineStart = at;
      while (text[at] === ' ') at++;
      this.at = at;
      if (text[at] === '#') at = this.lineEnd(at);
      if (text[at] === '\r') at++;
      if (text[at] === undefined) this.at = at;
      if (text[at] !== '\n') return;
    }
  }

  protected lineEnd(from: number): number {
    const newline = this.text.indexOf('\n', from);
    return newline < 0 ? this.text.length : newline;
  }

  /** At the first character of a line. */
  protected atLine(): void {
    this.column = this.at === this.text.length ? -1 : this.at - this.lineStart;
    if (this.column !== 0) return;
    markers.lastIndex = this.at;
    this.demand(!markers.test(this.text));
  }

  /** To the next line that says something; nothing but a comment may stand before it. */
  protected nextLine(): void {
    const { text } = this;
    while (text[this.at] === ' ') this.at++;
    if (text[this.at] === '#' && text[this.at - 1] === ' ') this.at = this.lineEnd(this.at);
    if (text[this.at] === '\r') this.at++;
    this.demand(this.at === text.length || text[this.at] === '\n');
    this.at = Math.min(this.at + 1, text.length);
    this.skipLines();
    this.atLine();
  }

  protected isDash(): boolean {
    const next = this.text[this.at + 1];
    return this.text[this.at] === '-' && (next === ' ' || next === '\n' || next === '\r');
  }

  protected endsLine(): boolean {
    const character = this.text[this.at];
    return character === '\n' || character === '\r' || character === '#' || character === undefined;
  }

  /**
   * Lines of a flow collection begin behind the column of what is around it. Comments may follow a bracket or comma; behind
   * a value they are contested.
   */
  protected flowSpace(outer: number, mayComment: boolean): void {
    const { text } = this;
    let start: number | undefined;
    for (; ; this.at++) {
      if (mayComment && text[this.at] === '#' && (text[this.at - 1] === ' ' || text[this.at - 1] === '\n')) {
        this.at = this.lineEnd(this.at);
      }
      if (text[this.at] === '\n') start = this.at + 1;
      else if (text[this.at] !== ' ' && text[this.at] !== '\r') break;
    }
    this.demand(start === undefined || this.at - start > outer);
  }
}
