/**
 * A YAML file as values that know where they were written. Aliases and merge keys are resolved; made by
 * yaml-document.ts.
 */
import type { Position } from '../text/problem.ts';

/** A file's text and its lines. */
export interface Source {
  readonly file: string;
  readonly text: string;
  /** Offsets in UTF-16 units. The underlined part ends with the line. */
  position(from: number, to: number): Position;
}

interface Part {
  readonly source: Source;
  /** UTF-16 offsets in the text of the source, quotes included. */
  readonly from: number;
  readonly to: number;
  /** This value and all below it, aliases counted with all they stand for. */
  readonly weight: number;
}

export interface YamlScalar extends Part {
  readonly kind: 'scalar';
  /** What was written: the content of a string, the digits of a number as they stand in the file (`0123`, `12e10`). */
  readonly text: string;
  /** What YAML 1.2 makes of it. */
  readonly value: string | number | boolean | null;
  readonly style: 'plain' | 'single' | 'double' | 'block';
}

export interface YamlList extends Part {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}

export interface YamlEntry {
  readonly key: YamlScalar;
  readonly value: YamlNode;
}

export interface YamlMap extends Part {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

export type YamlNode = YamlScalar | YamlList | YamlMap;

/** Where a value stands; of a list or map that goes over several lines, its first line. */
export function placeOf(node: YamlNode): Position {
  return node.source.position(node.from, node.to);
}

/**
 * Where an entry is to be shown: its value, or its key where the value is a collection over several lines or nothing.
 */
export function placeOfEntry(entry: YamlEntry): Position {
  const { value } = entry;
  if (value.kind === 'scalar' && value.to > value.from) return placeOf(value);
  if (value.kind !== 'scalar') {
    const key = placeOf(entry.key);
    const start = placeOf(value);
    if (value.source === entry.key.source && start.line === key.line) return start;
  }
  return placeOf(entry.key);
}

export function isNull(node: YamlNode): node is YamlScalar & { readonly value: null } {
  return node.kind === 'scalar' && node.value === null;
}

/** The value as zod takes it: plain objects, lists, strings, numbers, booleans, null. */
export function plainOf(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      // What YAML writes as .inf or .nan is a text wherever this program reads it.
      return typeof node.value === 'number' && !Number.isFinite(node.value) ? node.text : node.value;
    case 'list':
      return node.items.map(plainOf);
    case 'map': {
      const plain: Record<string, unknown> = {};
      for (const [key, entry] of node.entries) plain[key] = plainOf(entry.value);
      return plain;
    }
  }
}

/** What stands there, for a message: `the text "x"`, `the number 5`, `a list`, `nothing`. */
export function found(node: YamlNode): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a map';
  if (node.value === null) return 'nothing';
  const shown = node.text.length > 60 ? `${node.text.slice(0, 59)}…` : node.text;
  if (typeof node.value === 'string') return `the text ${JSON.stringify(shown)}`;
  return `the ${typeof node.value === 'number' ? 'number' : 'value'} ${shown}`;
}

/**
 * The place of the characters `from`–`to` of a scalar's text: inside the quotes, escapes counted. Of texts over several
 * lines, the whole scalar.
 */
export function placeInside(node: YamlScalar, from: number, to: number): Position {
  const whole = node.source.text.slice(node.from, node.to);
  if (node.style === 'block' || whole.includes('\n')) return placeOf(node);
  if (node.style === 'plain') return node.source.position(node.from + from, node.from + to);
  // Where each character of the text begins in the file: an escape is one character (or two, outside the BMP) of the
  // text.
  const starts: number[] = [];
  const piece = node.style === 'single' ? /''|./gsu : /\\(?:x..|u.{4}|U.{8}|.)|./gsu;
  for (const match of whole.slice(1, -1).matchAll(piece)) {
    const units = match[0].startsWith('\\U') && Number.parseInt(match[0].slice(2), 16) > 0xffff ? 2 : 1;
    const count = match[0].startsWith('\\') || match[0] === "''" ? units : match[0].length;
    for (let i = 0; i < count; i++) starts.push(node.from + 1 + match.index);
  }
  starts.push(node.to - 1);
  const at = (index: number) => starts[Math.min(index, starts.length - 1)];
  return node.source.position(at(from), Math.max(at(to), at(from) + 1));
}
