/**
 * The one door to the yaml package: octets to a tree with positions. Only YAML 1.2 (core schema) is read: under 1.1
 * `no` is false and `1:30` is 90. What its parser only warns of is an error here.
 */
import {
  Composer,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
} from 'yaml';
import { quote } from '../text/escape.ts';
import type { Octets } from '../text/octets.ts';
import { type Report, report } from '../text/problem.ts';
import { limits } from './limits.ts';
import { rules } from './rules.ts';
import {
  isNull,
  placeOf,
  type Source,
  type YamlEntry,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from './tree.ts';
import { reportYamlErrors } from './yaml-errors.ts';

export interface YamlDocument {
  /** The text, where the octets are UTF-8. */
  readonly text?: string;
  /** The top of the file; undefined where the file is broken and nothing of it may be used. */
  readonly root?: YamlMap;
}

/** Reads one file. Where it says anything is wrong, `root` is undefined: half a file is not a description. */
export function readYaml(file: string, octets: Octets, to: Report): YamlDocument {
  const start = { file, line: 1, column: 1 };
  if (octets.length > limits.yamlOctets) {
    report(to, rules['yaml/limit'], start, { what: 'octets', limit: limits.yamlOctets });
    return {};
  }
  const text = decode(file, octets, to);
  if (text === undefined) return {};
  const source = sourceOf(file, text);
  const document = checkCharacters(source, to) ? compose(source, to) : undefined;
  if (document === undefined) return { text };
  const before = to.problems.length;
  const root = new Conversion(source, to).root(document);
  return to.problems.length === before && root !== undefined ? { text, root } : { text };
}

function decode(file: string, octets: Octets, to: Report): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    // The replacement character stands where the first bad octet was, unless the text had one itself.
    const lenient = new TextDecoder('utf-8').decode(octets);
    const lines = lenient.slice(0, lenient.indexOf('\ufffd')).split('\n');
    const position = { file, line: lines.length, column: lines[lines.length - 1].length + 1 };
    const utf16 = (octets[0] === 0xff && octets[1] === 0xfe) || (octets[0] === 0xfe && octets[1] === 0xff);
    report(to, rules['yaml/encoding'], position, { found: utf16 ? 'UTF-16' : 'another encoding' });
    return undefined;
  }
}

function sourceOf(file: string, text: string): Source {
  const counter = new LineCounter();
  counter.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) counter.addNewLine(at + 1);
  return {
    file,
    text,
    position(from, to) {
      const { line, col } = counter.linePos(from);
      const newline = text.indexOf('\n', from);
      const lineEnd = newline === -1 ? text.length : newline;
      const end = Math.min(to, text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd);
      return { file, line, column: col, length: Math.max(1, end - from) };
    },
  };
}

/** What YAML does not take as printable, and the marks that make a text look like another one. */
const unseen = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/;

function checkCharacters(source: Source, to: Report): boolean {
  const at = source.text.search(unseen);
  if (at < 0) return true;
  const code = source.text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  report(to, rules['yaml/character'], source.position(at, at + 1), { character: `U+${code}` });
  return false;
}

/** The document of the text, or undefined with what is wrong in the report. */
function compose(source: Source, to: Report): Document.Parsed | undefined {
  const { text } = source;
  const parser = new Parser();
  const composer = new Composer({ version: '1.2', schema: 'core', uniqueKeys: false, strict: true });
  const documents: Document.Parsed[] = [];
  let tooDeep: number | undefined;
  const take = (tokens: ReturnType<Parser['next']>) => {
    for (const token of tokens)
      for (const document of composer.next(token)) documents.push(document as Document.Parsed);
  };
  // The parser keeps its open collections on a stack of its own; composing them would recurse.
  for (const lexeme of new Lexer().lex(text)) {
    take(parser.next(lexeme));
    if (parser.stack.length > limits.depth + 1) {
      tooDeep = parser.offset;
      break;
    }
  }
  if (tooDeep !== undefined) {
    report(to, rules['yaml/limit'], source.position(tooDeep - 1, tooDeep), { what: 'levels', limit: limits.depth });
    return undefined;
  }
  take(parser.end());
  for (const document of composer.end(true, text.length)) documents.push(document as Document.Parsed);

  const [document, second] = documents;
  const { yaml } = document.directives;
  if (yaml.explicit === true && yaml.version !== '1.2') {
    const at = Math.max(0, text.search(/^%YAML/m));
    report(to, rules['yaml/version'], source.position(at, text.length), { version: yaml.version });
    return undefined;
  }
  const wrong = documents.flatMap((one) => [...one.errors, ...one.warnings]);
  reportYamlErrors(wrong, source, to);
  if (second !== undefined) {
    const from = second.range[0];
    report(to, rules['yaml/syntax'], source.position(from, from + 3), {
      said: 'a second document begins here; a file holds one',
    });
    return undefined;
  }
  return wrong.length === 0 ? document : undefined;
}

const styles: Record<string, YamlScalar['style']> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_FOLDED: 'block',
  BLOCK_LITERAL: 'block',
};

/** yaml's nodes to ours, in the order of the file, so that an alias finds the anchor that stands before it. */
class Conversion {
  /** undefined while the anchored value is being read. */
  private readonly anchors = new Map<string, YamlNode | undefined>();
  private aliases = 0;
  private mergedEntries = 0;

  constructor(
    private readonly source: Source,
    private readonly to: Report,
  ) {}

  root(document: Document.Parsed): YamlMap | undefined {
    const root = this.node(document.contents, 0, 0);
    if (root === undefined) return undefined;
    if (Math.max(root.weight, this.mergedEntries) > limits.nodes) {
      report(this.to, rules['yaml/limit'], placeOf(root), { what: 'values', limit: limits.nodes });
      return undefined;
    }
    if (root.kind === 'map') return root;
    if (isNull(root)) return { ...root, kind: 'map', entries: new Map() };
    report(this.to, rules['yaml/syntax'], placeOf(root), { said: 'the top of the file is not a map of sections' });
    return undefined;
  }

  /** `from` and `to` place a value of which nothing is written. */
  private node(node: unknown, from: number, to: number): YamlNode | undefined {
    if (isAlias(node)) return this.alias(node.source, node.range?.[0] ?? from, node.range?.[1] ?? to);
    if (isScalar(node)) return this.anchor(node.anchor, this.scalar(node.value, node.source, node.type, node.range));
    if (!isCollection(node)) return this.scalar(null, '', undefined, [from, to]);
    const { anchor } = node;
    if (anchor !== undefined) this.anchors.set(anchor, undefined);
    const made = isMap(node)
      ? this.map(node.items, node.range)
      : isSeq(node)
        ? this.list(node.items, node.range)
        : undefined;
    return made === undefined ? undefined : this.anchor(anchor, made);
  }

  private anchor(name: string | undefined, node: YamlNode): YamlNode {
    if (name !== undefined) this.anchors.set(name, node);
    return node;
  }

  private scalar(
    value: unknown,
    written: string | undefined,
    type: string | undefined,
    range: readonly number[] | null | undefined,
  ): YamlScalar {
    const [from, to] = range ?? [0, 0];
    const style = styles[type ?? ''] ?? 'plain';
    const text = typeof value === 'string' ? value : (written ?? '');
    const known = typeof value === 'number' || typeof value === 'boolean' || value === null ? value : text;
    // The value-end of a block scalar lies behind its last line break.
    return { kind: 'scalar', source: this.source, from, to, weight: 1, text, value: known, style };
  }

  private alias(name: string, from: number, to: number): YamlNode | undefined {
    const position = this.source.position(from, to);
    const complain = (why: string) => {
      report(this.to, rules['yaml/alias'], position, { alias: name, why });
      return undefined;
    };
    if (++this.aliases > limits.aliases) {
      if (this.aliases === limits.aliases + 1) {
        report(this.to, rules['yaml/limit'], position, { what: 'aliases', limit: limits.aliases });
      }
      return undefined;
    }
    if (!this.anchors.has(name)) return complain('no anchor of this name stands before it');
    return this.anchors.get(name) ?? complain('it stands inside the value that it means, so that value has no end');
  }

  private list(items: readonly unknown[], range: readonly number[] | null | undefined): YamlList {
    const [from, to] = range ?? [0, 0];
    const made = items.map((item) => this.node(item, from, to)).filter((item) => item !== undefined);
    return { kind: 'list', source: this.source, from, to, weight: weightOf(made), items: made };
  }

  private map(items: readonly unknown[], range: readonly number[] | null | undefined): YamlMap {
    const [from, to] = range ?? [0, 0];
    const entries = new Map<string, YamlEntry>();
    const merged: YamlMap[] = [];
    for (const pair of items) {
      if (!isPair(pair)) continue;
      const key = this.key(pair.key, from);
      if (key === undefined) continue;
      const value = this.node(pair.value, key.to, key.to);
      if (value === undefined) continue;
      if (key.text === '<<' && key.style === 'plain') {
        this.merge(key, value, merged);
        continue;
      }
      const before = entries.get(key.text);
      if (before !== undefined) {
        report(
          this.to,
          rules['yaml/duplicate-key'],
          placeOf(key),
          { key: key.text },
          { related: [{ position: placeOf(before.key), message: 'first written here' }] },
        );
        continue;
      }
      entries.set(key.text, { key, value });
    }
    for (const map of merged) {
      this.mergedEntries += map.entries.size;
      if (this.mergedEntries > limits.nodes) break;
      for (const [text, entry] of map.entries) if (!entries.has(text)) entries.set(text, entry);
    }
    const weight = weightOf([...entries.values()].map((entry) => entry.value));
    return { kind: 'map', source: this.source, from, to, weight, entries };
  }

  private key(node: unknown, from: number): YamlScalar | undefined {
    const before = this.to.problems.length;
    const key = this.node(node, from, from);
    if (key === undefined || this.to.problems.length > before) return undefined;
    if (key.kind === 'scalar' && key.text !== '' && key.text !== '__proto__') return key;
    const hint =
      key.kind === 'map' && /^\{\{/.test(this.source.text.slice(key.from - 1, key.from + 1))
        ? 'put the text with {{…}} in quotes'
        : undefined;
    report(this.to, rules['yaml/key'], placeOf(key), { found: describeKey(key) }, { hint });
    return undefined;
  }

  /** `<<`: the entries of another map (or of several, the first first) stand here, unless the map has its own. */
  private merge(key: YamlScalar, value: YamlNode, into: YamlMap[]): void {
    const maps = value.kind === 'list' ? value.items : [value];
    for (const map of maps) {
      if (map.kind === 'map') into.push(map);
      else report(this.to, rules['yaml/key'], placeOf(key), { found: 'a merge key (<<) whose value is not a map' });
    }
  }
}

function describeKey(key: YamlNode): string {
  if (key.kind !== 'scalar') return `a ${key.kind}`;
  return key.text === '' ? 'nothing' : quote(key.text);
}

function weightOf(nodes: readonly YamlNode[]): number {
  return nodes.reduce((sum, node) => sum + node.weight, 1);
}
