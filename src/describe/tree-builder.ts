/**
 * Makes the tree from the nodes that a reader finds, in the order of the file, so that an alias finds the anchor that
 * stands before it: resolves aliases and merge keys, refuses double keys, counts what a file made to exhaust the
 * machine would be.
 */
import { quote } from '../text/escape.ts';
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

export class TreeBuilder {
  /** undefined while the anchored value is being read. */
  private readonly anchors = new Map<string, YamlNode | undefined>();
  private aliases = 0;
  private mergedEntries = 0;

  constructor(
    private readonly source: Source,
    private readonly to: Report,
  ) {}

  /** The top of the file. */
  root(root: YamlNode | undefined): YamlMap | undefined {
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

  /** Of a block, `to` may lie behind the empty lines after it. */
  scalar(from: number, to: number, text: string, value: YamlScalar['value'], style: YamlScalar['style']): YamlScalar {
    const end = style === 'block' ? this.endOfBlock(from, to) : to;
    return { kind: 'scalar', source: this.source, from, to: end, weight: 1, text, value, style };
  }

  /** Behind the last line that says something. */
  private endOfBlock(from: number, to: number): number {
    const written = this.source.text.slice(from, to).trimEnd();
    return Math.min(to, this.source.text.indexOf('\n', from + written.length - 1) + 1 || to);
  }

  /** `to` undefined: a block collection; what is shown of it ends with its first line. */
  list(from: number, to: number | undefined, items: readonly YamlNode[]): YamlList {
    let weight = 1;
    for (const item of items) weight += item.weight;
    return { kind: 'list', source: this.source, from, to: to ?? this.source.text.length, weight, items };
  }

  /** `to` as for a list. */
  map(from: number, to: number | undefined, { entries, merged }: MapDraft): YamlMap {
    for (const map of merged) {
      this.mergedEntries += map.entries.size;
      if (this.mergedEntries > limits.nodes) break;
      for (const [text, entry] of map.entries) if (!entries.has(text)) entries.set(text, entry);
    }
    let weight = 1;
    for (const { value } of entries.values()) weight += value.weight;
    return { kind: 'map', source: this.source, from, to: to ?? this.source.text.length, weight, entries };
  }

  /** The value of the anchor comes; until then it has none. */
  openAnchor(name: string): void {
    this.anchors.set(name, undefined);
  }

  closeAnchor(name: string, node: YamlNode): void {
    this.anchors.set(name, node);
  }

  alias(name: string, from: number, to: number): YamlNode | undefined {
    const complain = (why: string) => {
      report(this.to, rules['yaml/alias'], this.source.position(from, to), { alias: name, why });
      return undefined;
    };
    if (++this.aliases > limits.aliases) {
      if (this.aliases === limits.aliases + 1) {
        const facts = { what: 'aliases', limit: limits.aliases };
        report(this.to, rules['yaml/limit'], this.source.position(from, to), facts);
      }
      return undefined;
    }
    if (!this.anchors.has(name)) return complain('no anchor of this name stands before it');
    return this.anchors.get(name) ?? complain('it stands inside the value that it means, so that value has no end');
  }

  /** Whether the node can be a key. */
  isKey(key: YamlNode): key is YamlScalar {
    if (key.kind === 'scalar' && key.text !== '' && key.text !== '__proto__') return true;
    const hint =
      key.kind === 'map' && /^\{\{/.test(this.source.text.slice(key.from - 1, key.from + 1))
        ? 'put the text with {{…}} in quotes'
        : undefined;
    report(this.to, rules['yaml/key'], placeOf(key), { found: describeKey(key) }, { hint });
    return false;
  }

  /** Adds an entry to the map that is being read. */
  add(key: YamlScalar, value: YamlNode, { entries, merged }: MapDraft): void {
    if (key.text === '<<' && key.style === 'plain') {
      this.merge(key, value, merged);
      return;
    }
    const before = entries.get(key.text);
    if (before === undefined) {
      entries.set(key.text, { key, value });
      return;
    }
    const related = [{ position: placeOf(before.key), message: 'first written here' }];
    report(this.to, rules['yaml/duplicate-key'], placeOf(key), { key: key.text }, { related });
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

/** A map while its entries are read. */
export interface MapDraft {
  readonly entries: Map<string, YamlEntry>;
  /** The maps of its merge keys. */
  readonly merged: YamlMap[];
}

function describeKey(key: YamlNode): string {
  if (key.kind !== 'scalar') return `a ${key.kind}`;
  return key.text === '' ? 'nothing' : quote(key.text);
}
