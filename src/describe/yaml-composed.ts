/**
 * The careful reading, by the yaml package: says of every file what is wrong with it and where. Only YAML 1.2 (core
 * schema) is read: under 1.1 `no` is false and `1:30` is 90. What its parser only warns of is an error here.
 */
import { Composer, type Document, isAlias, isCollection, isMap, isPair, isScalar, isSeq, Lexer, Parser } from 'yaml';
import { type Report, report } from '../text/problem.ts';
import { limits } from './limits.ts';
import { rules } from './rules.ts';
import type { Source, YamlMap, YamlNode, YamlScalar } from './tree.ts';
import { type MapDraft, TreeBuilder } from './tree-builder.ts';
import { reportYamlErrors } from './yaml-errors.ts';

/** The top of the file; what is wrong is in the report, and then the tree is not to be used. */
export function readComposed(source: Source, to: Report): YamlMap | undefined {
  const document = compose(source, to);
  if (document === undefined) return undefined;
  const conversion = new Conversion(source, to);
  return conversion.builder.root(conversion.node(document.contents, 0, 0));
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

type Range = readonly number[] | null | undefined;

/** yaml's nodes to ours. */
class Conversion {
  readonly builder: TreeBuilder;

  constructor(
    source: Source,
    private readonly to: Report,
  ) {
    this.builder = new TreeBuilder(source, to);
  }

  /** `from` and `to` place a value of which nothing is written. */
  node(node: unknown, from: number, to: number): YamlNode | undefined {
    const { builder } = this;
    if (isAlias(node)) return builder.alias(node.source, node.range?.[0] ?? from, node.range?.[1] ?? to);
    if (isScalar(node)) return this.anchored(node.anchor, this.scalar(node.value, node.source, node.type, node.range));
    if (!isCollection(node)) return this.scalar(null, '', undefined, [from, to]);
    const { anchor, range } = node;
    if (anchor !== undefined) builder.openAnchor(anchor);
    const start = range?.[0] ?? from;
    const end = node.flow === true ? (range?.[1] ?? to) : undefined;
    if (isSeq(node)) {
      const items = node.items.map((item) => this.node(item, start, end ?? start)).filter((item) => item !== undefined);
      return this.anchored(anchor, builder.list(start, end, items));
    }
    return isMap(node) ? this.anchored(anchor, builder.map(start, end, this.entries(node.items, start))) : undefined;
  }

  private anchored(name: string | undefined, node: YamlNode): YamlNode {
    if (name !== undefined) this.builder.closeAnchor(name, node);
    return node;
  }

  private scalar(value: unknown, written: string | undefined, type: string | undefined, range: Range): YamlScalar {
    const [from, to] = range ?? [0, 0];
    const text = typeof value === 'string' ? value : (written ?? '');
    const known = typeof value === 'number' || typeof value === 'boolean' || value === null ? value : text;
    // The value-end of a block scalar lies behind its last line break.
    return this.builder.scalar(from, to, text, known, styles[type ?? ''] ?? 'plain');
  }

  private entries(items: readonly unknown[], from: number): MapDraft {
    const { builder } = this;
    const draft: MapDraft = { entries: new Map(), merged: [] };
    for (const pair of items) {
      if (!isPair(pair)) continue;
      const before = this.to.problems.length;
      const key = this.node(pair.key, from, from);
      if (key === undefined || this.to.problems.length > before || !builder.isKey(key)) continue;
      const value = this.node(pair.value, key.to, key.to);
      if (value !== undefined) builder.add(key, value, draft);
    }
    return draft;
  }
}
