/**
 * How values are taken from the tree: each reader gives a value with its place, or reports what is wrong and gives
 * undefined.
 */
import { posix } from 'node:path';
import { labelCount, type Name, parseName } from '../dns/name.ts';
import { meantDuration, parseDuration } from '../text/duration.ts';
import { type Extra, type Position, type Problem, type Report, type Rule, report } from '../text/problem.ts';
import type { At } from './description.ts';
import { placeholderError, substitute } from './placeholder.ts';
import { rules } from './rules.ts';
import {
  found,
  isNull,
  placeInside,
  placeOfEntry,
  type YamlEntry,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from './tree.ts';

/** What the readers of one declaration, or of one domain, share. */
export interface Reading {
  readonly to: Report;
  /** Values that the check of the shape has reported; nobody reads them. */
  readonly bad: ReadonlySet<YamlNode>;
  readonly subject?: string;
  /** What `{{domain}}` stands for; undefined where it is not taken. */
  readonly domain?: Name;
}

/** The largest TTL and SOA timer (RFC 2181 section 8). */
const largestTtl = 0x7fffffff;

export function complain<Facts>(
  reading: Reading,
  rule: Rule<Facts>,
  position: Position,
  facts: Facts,
  extra: Extra = {},
): void {
  report(reading.to, rule, position, facts, { subject: reading.subject, ...extra });
}

/** A report of one declaration's own problems, which passes them on. */
export function watch(to: Report): Report & { readonly errors: readonly Problem[] } {
  const problems: Problem[] = [];
  const errors: Problem[] = [];
  return {
    problems,
    errors,
    get hasErrors() {
      return errors.length > 0;
    },
    add(problem) {
      problems.push(problem);
      if (problem.tier === 'error') errors.push(problem);
      to.add(problem);
    },
  };
}

/** The text of a scalar, its placeholders replaced. */
export function textOf(node: YamlScalar, reading: Reading): string | undefined {
  if (!node.text.includes('{{')) return node.text;
  const wrong = placeholderError(node.text, reading.domain !== undefined);
  if (wrong !== undefined) {
    const { from, to, reason, hint, meant } = wrong;
    const facts = { text: node.text.slice(from, to), reason };
    const position = placeInside(node, from, to);
    const fix = meant === undefined ? undefined : { position, text: meant };
    complain(reading, rules['describe/placeholder'], position, facts, { hint, fix });
    return undefined;
  }
  return reading.domain === undefined ? node.text : substitute(node.text, reading.domain).text;
}

/** A single value as text with its place. */
export function readText(entry: YamlEntry, reading: Reading): At<string> | undefined {
  const { value } = entry;
  if (reading.bad.has(value) || value.kind !== 'scalar' || isNull(value)) return undefined;
  const text = textOf(value, reading);
  return text === undefined ? undefined : { value: text, at: placeOfEntry(entry) };
}

/** Seconds. */
export function readDuration(entry: YamlEntry, reading: Reading): number | undefined {
  const text = readText(entry, reading);
  if (text === undefined) return undefined;
  const seconds = parseDuration(text.value);
  if (seconds === undefined) {
    const meant = meantDuration(text.value);
    const fix = meant === undefined ? undefined : { position: text.at, text: meant };
    complain(reading, rules['describe/duration'], text.at, { text: text.value }, { fix });
  }
  return seconds;
}

/** Seconds that fit into a TTL field. */
export function readTtl(entry: YamlEntry, reading: Reading): number | undefined {
  const seconds = readDuration(entry, reading);
  if (seconds === undefined || seconds <= largestTtl) return seconds;
  complain(reading, rules['describe/ttl'], placeOfEntry(entry), { seconds });
  return undefined;
}

/** A name that something points to: absolute, of at least two labels. */
export function readTarget(entry: YamlEntry, reading: Reading): At<Name> | undefined {
  const text = readText(entry, reading);
  return text === undefined ? undefined : targetOf(text, reading);
}

export function targetOf(text: At<string>, reading: Reading): At<Name> | undefined {
  const name = parseName(text.value);
  if (typeof name !== 'string') {
    complain(reading, rules['describe/name'], text.at, { text: text.value, error: name.error });
    return undefined;
  }
  const labels = labelCount(name);
  if (labels >= 2) return { value: name, at: text.at };
  if (labels === 1) complain(reading, rules['describe/single-label'], text.at, { text: text.value });
  else complain(reading, rules['describe/name'], text.at, { text: text.value, error: 'is the root, and no host' });
  return undefined;
}

/** A path from the root of the repository; written relative to the folder of its YAML file. */
export function readPath(entry: YamlEntry, reading: Reading): At<string> | undefined {
  const text = readText(entry, reading);
  if (text === undefined) return undefined;
  const why = pathError(text.value, entry.value.source.file);
  if (why === undefined) return { value: pathFrom(text.value, entry.value.source.file), at: text.at };
  const turned = text.value.replaceAll('\\', '/');
  const isMeant = turned !== text.value && pathError(turned, entry.value.source.file) === undefined;
  const fix = isMeant ? { position: text.at, text: turned } : undefined;
  complain(reading, rules['describe/path'], text.at, { path: text.value, why }, { fix });
  return undefined;
}

export function pathFrom(path: string, file: string): string {
  return posix.normalize(posix.join(posix.dirname(file), path));
}

function pathError(path: string, file: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.includes('\0')) return 'holds a NUL character';
  if (path.includes('\\')) return 'holds a backslash';
  if (posix.isAbsolute(path)) return 'is absolute';
  if (/^\.\.(?:\/|$)/.test(pathFrom(path, file))) return 'leads out of the repository';
  return undefined;
}

/** The items of a list, or the one value that stands for a list of one, each as an entry under the same key. */
export function itemsOf(entry: YamlEntry, reading: Reading): YamlEntry[] {
  const { value } = entry;
  if (reading.bad.has(value)) return [];
  if (value.kind !== 'list') return [entry];
  return value.items.filter((item) => !reading.bad.has(item)).map((item) => ({ key: entry.key, value: item }));
}

/** The fields of a declaration and of those that it is like: of each field, the nearest that is written counts. */
export class Fields {
  /** The nearest first. */
  readonly maps: readonly YamlMap[];
  readonly reading: Reading;

  constructor(nodes: readonly YamlNode[], reading: Reading) {
    this.maps = nodes.filter((node) => node.kind === 'map');
    this.reading = reading;
  }

  entry(...path: readonly string[]): YamlEntry | undefined {
    for (const map of this.maps) {
      const entry = entryAt(map, path);
      if (entry !== undefined && !this.reading.bad.has(entry.value)) return entry;
    }
    return undefined;
  }

  /** Whether any map has the key, be its value good or bad. */
  says(key: string): boolean {
    return this.maps.some((map) => map.entries.has(key));
  }

  /** The fields of the nearest map that says anything about `key`: it is taken whole, or not at all. */
  only(key: string): Fields {
    const map = this.maps.find((one) => one.entries.has(key));
    return new Fields(map === undefined ? [] : [map], this.reading);
  }

  text(...path: readonly string[]): At<string> | undefined {
    const entry = this.entry(...path);
    return entry === undefined ? undefined : readText(entry, this.reading);
  }

  duration(otherwise: number, ...path: readonly string[]): number {
    const entry = this.entry(...path);
    return (entry === undefined ? undefined : readDuration(entry, this.reading)) ?? otherwise;
  }

  ttl(otherwise: number, ...path: readonly string[]): number {
    const entry = this.entry(...path);
    return (entry === undefined ? undefined : readTtl(entry, this.reading)) ?? otherwise;
  }

  /** A scalar whose kind the shape has checked: a whole number, a boolean or one of some words. */
  plain<T extends string | number | boolean>(otherwise: T, ...path: readonly string[]): T {
    const value = this.entry(...path)?.value;
    return value?.kind === 'scalar' && typeof value.value === typeof otherwise ? (value.value as T) : otherwise;
  }
}

function entryAt(map: YamlMap, path: readonly string[]): YamlEntry | undefined {
  const [first, ...rest] = path;
  const entry = map.entries.get(first);
  if (entry === undefined || rest.length === 0) return entry;
  return entry.value.kind === 'map' ? entryAt(entry.value, rest) : undefined;
}

/** Reports a scalar that the shape could not judge. */
export function wrongType(reading: Reading, entry: YamlEntry, expected: string): void {
  const facts = { expected, found: found(entry.value) };
  complain(reading, rules['describe/wrong-type'], placeOfEntry(entry), facts);
}
