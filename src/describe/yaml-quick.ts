/**
 * The quick reading: the YAML that people write for this program, from the text to the tree in one pass, with the same
 * places as the careful reading (yaml-composed.ts) and some thirty times as fast. Every character has to be one that
 * stands where it is expected; for whatever else there is (tags, explicit keys, empty values, plain text over several
 * lines, anything wrong) it gives up, and the careful reading says what is to be said.
 * test/describe/yaml-readings.test.ts holds the two together.
 */
import { newReport } from '../text/problem.ts';
import { coreValue } from './core-schema.ts';
import { limits } from './limits.ts';
import type { Source, YamlMap, YamlNode, YamlScalar } from './tree.ts';
import { type MapDraft, TreeBuilder } from './tree-builder.ts';
import { LineReader, Unsure } from './yaml-lines.ts';
import { endOfPlain, readBlock, readQuoted } from './yaml-scalars.ts';

/** Tabs, lone carriage returns, byte order marks inside a text: readers of YAML disagree on them. */
const contested = /[\t\ufeff]|\r(?!\n)/;

/** The careful reading counts levels in another way; it decides about those near the limit. */
const deepest = limits.depth - 4;

/** YAML takes 1,024 characters for a key. */
const longestKey = 1000;

/** The top of the file, or undefined where this reader is not sure. */
export function readQuickly(source: Source): YamlMap | undefined {
  if (contested.test(source.text)) return undefined;
  try {
    return new QuickReader(source).read();
  } catch (error) {
    if (error instanceof Unsure) return undefined;
    throw error;
  }
}

const marker = /---\r?\n/y;
const colon = / *:(?=[ \r\n]|$)/y;
const flowColon = / *: +/y;
const anchor = /&([\w-]+)(?=[ \r\n])/y;
const alias = /\*([\w-]+)(?=[ \r\n,\]}]|$)/y;

class QuickReader extends LineReader {
  private readonly problems = newReport();
  private readonly builder: TreeBuilder;
  private depth = 0;

  constructor(source: Source) {
    super(source.text);
    this.builder = new TreeBuilder(source, this.problems);
  }

  read(): YamlMap | undefined {
    this.skipLines();
    if (this.at === this.lineStart && this.text.startsWith('---', this.at)) {
      this.demand(this.skip(marker) !== undefined);
      this.skipLines();
    }
    this.atLine();
    this.demand(this.column === 0);
    const root = this.text[this.at] === '{' ? this.thenLine(this.flow(-1)) : this.blockNode(-1);
    this.demand(this.at === this.text.length);
    const top = this.builder.root(root);
    return this.problems.problems.length === 0 ? top : undefined;
  }

  private thenLine(node: YamlNode): YamlNode {
    this.nextLine();
    return node;
  }

  private deeper<T extends YamlNode>(read: () => T): T {
    this.demand(++this.depth < deepest);
    const node = read();
    this.depth--;
    return node;
  }

  /** A block collection or a value that begins here, the first on its line or behind `- `. `outer`: the collection around it. */
  private blockNode(outer: number): YamlNode {
    const column = this.at - this.lineStart;
    if (this.isDash()) return this.deeper(() => this.blockList(column));
    const key = this.keyHere();
    return key === undefined ? this.thenLine(this.value(outer)) : this.deeper(() => this.blockMap(column, key));
  }

  /** The key that begins here; its colon is next. */
  private keyHere(): YamlScalar | undefined {
    const from = this.at;
    const character = this.text[from];
    let key: YamlScalar | undefined;
    if (character === '"' || character === "'") key = this.quoted(-1);
    else if (endOfPlain(this.text, from, false) !== undefined) key = this.plain(false);
    colon.lastIndex = this.at;
    if (key === undefined || !colon.test(this.text)) {
      this.at = from;
      return undefined;
    }
    this.demand(this.at - from < longestKey && !this.text.slice(from, this.at).includes('\n'));
    return key;
  }

  private blockMap(column: number, first: YamlScalar): YamlMap {
    const start = first.from;
    const draft: MapDraft = { entries: new Map(), merged: [] };
    for (let key: YamlScalar | undefined = first; ; key = this.keyHere()) {
      this.demand(key !== undefined && this.builder.isKey(key));
      this.skip(colon);
      this.builder.add(key, this.blockValue(column, true), draft);
      this.demand(this.column <= column);
      if (this.column < column) return this.builder.map(start, undefined, draft);
    }
  }

  private blockList(column: number): YamlNode {
    const start = this.at;
    const items: YamlNode[] = [];
    do {
      this.demand(this.isDash());
      this.at++;
      items.push(this.blockValue(column, false));
      this.demand(this.column <= column);
    } while (this.column === column && this.isDash());
    return this.builder.list(start, undefined, items);
  }

  /** What stands behind a colon or dash: on the same line, or indented on the next ones. Ends at the next line. */
  private blockValue(outer: number, isInMap: boolean): YamlNode {
    const name = this.spacesAndAnchor();
    let node: YamlNode;
    if (this.endsLine()) {
      this.nextLine();
      // A list may stand below its key without indentation.
      const isListHere = isInMap && name === undefined && this.column === outer && this.isDash();
      this.demand(this.column > outer || isListHere);
      node = this.blockNode(outer);
    } else if (isInMap || name !== undefined) {
      node = this.thenLine(this.value(outer));
    } else {
      node = this.blockNode(outer);
    }
    if (name !== undefined) this.builder.closeAnchor(name, node);
    return node;
  }

  /** The spaces behind a colon, dash or comma, and the anchor that may follow them. */
  private spacesAndAnchor(): string | undefined {
    while (this.text[this.at] === ' ') this.at++;
    if (this.text[this.at] !== '&') return undefined;
    const name = this.skip(anchor)?.[1];
    this.demand(name !== undefined);
    this.builder.openAnchor(name);
    while (this.text[this.at] === ' ') this.at++;
    this.demand(this.text[this.at] !== '*');
    return name;
  }

  /** A value that is no block collection; the lines of it lie behind the column. */
  private value(outer: number): YamlNode {
    switch (this.text[this.at]) {
      case '[':
      case '{':
        return this.flow(outer);
      case '|':
      case '>':
        return this.block(outer);
      case '"':
      case "'":
        return this.quoted(outer);
      case '*':
        return this.alias();
      default:
        return this.plain(false);
    }
  }

  private plain(isFlow: boolean): YamlScalar {
    const from = this.at;
    const end = endOfPlain(this.text, from, isFlow);
    this.demand(end !== undefined);
    this.at = end;
    const text = this.text.slice(from, end);
    return this.builder.scalar(from, end, text, coreValue(text), 'plain');
  }

  private quoted(outer: number): YamlScalar {
    const from = this.at;
    const quoted = readQuoted(this.text, from, outer);
    this.demand(quoted !== undefined);
    this.at = quoted.end;
    return this.builder.scalar(from, quoted.end, quoted.text, quoted.text, quoted.style);
  }

  private block(outer: number): YamlScalar {
    const from = this.at;
    const block = readBlock(this.text, from, Math.max(outer, 0));
    this.demand(block !== undefined);
    // At the line break, which ends every value.
    this.at = block.end - 1;
    return this.builder.scalar(from, block.end, block.text, block.text, 'block');
  }

  private alias(): YamlNode {
    const from = this.at;
    const name = this.skip(alias)?.[1];
    this.demand(name !== undefined);
    const node = this.builder.alias(name, from, this.at);
    this.demand(node !== undefined);
    return node;
  }

  private flow(outer: number): YamlNode {
    return this.deeper(() => (this.text[this.at] === '[' ? this.flowList(outer) : this.flowMap(outer)));
  }

  private flowList(outer: number): YamlNode {
    const start = this.at++;
    const items: YamlNode[] = [];
    this.flowSpace(outer, true);
    while (this.text[this.at] !== ']') {
      items.push(this.flowValue(outer));
      this.flowComma(']', outer);
    }
    return this.builder.list(start, ++this.at, items);
  }

  private flowMap(outer: number): YamlNode {
    const start = this.at++;
    const draft: MapDraft = { entries: new Map(), merged: [] };
    this.flowSpace(outer, true);
    while (this.text[this.at] !== '}') {
      const from = this.at;
      const key = this.text[from] === '"' || this.text[from] === "'" ? this.quoted(-1) : this.plain(true);
      this.demand(this.at - from < longestKey && !this.text.slice(from, this.at).includes('\n'));
      this.demand(this.skip(flowColon) !== undefined && this.builder.isKey(key));
      this.builder.add(key, this.flowValue(outer), draft);
      this.flowComma('}', outer);
    }
    return this.builder.map(start, ++this.at, draft);
  }

  private flowValue(outer: number): YamlNode {
    const name = this.spacesAndAnchor();
    const isCollection = this.text[this.at] === '[' || this.text[this.at] === '{';
    const isQuoted = this.text[this.at] === '"' || this.text[this.at] === "'";
    const node = isCollection
      ? this.flow(outer)
      : isQuoted
        ? this.quoted(outer)
        : this.text[this.at] === '*'
          ? this.alias()
          : this.plain(true);
    if (name !== undefined) this.builder.closeAnchor(name, node);
    return node;
  }

  /** What follows a value: a comma, or the bracket that ends the collection. */
  private flowComma(bracket: ']' | '}', outer: number): void {
    this.flowSpace(outer, false);
    if (this.text[this.at] === bracket) return;
    this.demand(this.text[this.at] === ',');
    this.at++;
    this.flowSpace(outer, true);
  }
}
