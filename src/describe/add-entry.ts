/**
 * One more entry in a map of a YAML file, as an edit of its text: comments, order, quotes and white space stay. As with fixes, nothing is
 * written that does not read back as what was meant.
 */
import type { Octets } from '../text/octets.ts';
import { newReport } from '../text/problem.ts';
import { isSameBut, writtenAs } from './fix.ts';
import type { YamlMap, YamlScalar } from './tree.ts';
import { readYaml } from './yaml-document.ts';

export interface NewEntry {
  /** Keys from the top of the file to the map. */
  readonly path: readonly string[];
  /** The key behind whose value the entry goes: a scalar that stands in the map itself. */
  readonly after: string;
  readonly key: string;
  readonly text: string;
}

/** Undefined where the shape of the file is none in which that can be done by one line or one more word. */
export function withEntry(file: string, octets: Octets, entry: NewEntry): Octets | undefined {
  const root = readYaml(file, octets, newReport()).root;
  const map = root && mapAt(root, entry.path);
  const before = map?.entries.get(entry.after)?.value;
  const written = writtenAs('plain', entry.text);
  if (root === undefined || map === undefined || before?.kind !== 'scalar' || written === undefined) return undefined;
  if (map.entries.has(entry.key) || !stands(before, map)) return undefined;
  const { text } = root.source;
  const start = text.lastIndexOf('\n', before.from - 1) + 1;
  const indent = /^ */.exec(text.slice(start))?.[0] ?? '';
  const end = text.slice(before.to).search(/\r?\n|$/) + before.to;
  const lineEnd = /\r\n/.test(text) ? '\r\n' : '\n';
  const edits = [
    // A map with a line for each entry; behind the whole line, its comment included.
    { at: end, added: `${lineEnd}${indent}${entry.key}: ${written}` },
    // In braces.
    { at: before.to, added: `, ${entry.key}: ${written}` },
  ];
  const mark = Buffer.from(octets).toString('utf8').startsWith('\ufeff') ? '\ufeff' : '';
  for (const { at, added } of edits) {
    const edited = Buffer.from(`${mark}${text.slice(0, at)}${added}${text.slice(at)}`);
    const again = readYaml(file, edited, newReport()).root;
    if (again !== undefined && isMeant(root, again, entry)) return edited;
  }
  return undefined;
}

function mapAt(root: YamlMap, path: readonly string[]): YamlMap | undefined {
  let at: YamlMap = root;
  for (const key of path) {
    const value = at.entries.get(key)?.value;
    if (value?.kind !== 'map') return undefined;
    at = value;
  }
  return at;
}

/** And does not come from an anchor or a merged map elsewhere. */
function stands(scalar: YamlScalar, map: YamlMap): boolean {
  return scalar.style !== 'block' && scalar.source === map.source && map.from <= scalar.from && scalar.to <= map.to;
}

/** Whether the tree is the one before with the entry where it was meant, and nowhere else. */
function isMeant(before: YamlMap, after: YamlMap, { path, key, text }: NewEntry): boolean {
  const value = mapAt(after, path)?.entries.get(key)?.value;
  return value?.kind === 'scalar' && value.value === text && isSameBut(before, without(after, path, key), new Map());
}

function without(map: YamlMap, [head, ...path]: readonly string[], key: string): YamlMap {
  const entries = new Map(map.entries);
  const entry = head === undefined ? undefined : entries.get(head);
  if (head === undefined) entries.delete(key);
  else if (entry?.value.kind === 'map') entries.set(head, { ...entry, value: without(entry.value, path, key) });
  return { ...map, entries };
}
