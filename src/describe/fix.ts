/**
 * Fixes as edits of a YAML file's text: comments, order, quotes and white space stay as they are. Nothing is written that does
 * not read back as what was meant: the edited text is parsed again and must differ in the fixed scalars only.
 */
import type { Octets } from '../text/octets.ts';
import { type Fix, newReport } from '../text/problem.ts';
import type { YamlMap, YamlNode, YamlScalar } from './tree.ts';
import { readYaml } from './yaml-document.ts';

/** Characters of a text and what takes their place. Offsets in UTF-16 units; a byte order mark is not counted. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export interface FixedText {
  readonly octets: Octets;
  readonly fixed: readonly Fix[];
}

/** What a fix does to the file that it was found in. */
interface Change {
  readonly fix: Fix;
  readonly edit: Edit;
  readonly scalar: YamlScalar;
  /** The content of the scalar afterwards. */
  readonly wanted: string;
}

const mark = [0xef, 0xbb, 0xbf] as const;

/** The edit that each fix stands for, where it can be written; in the order of the file, none over another. */
export function editsOf(file: string, octets: Octets, fixes: readonly Fix[]): Map<Fix, Edit> {
  const root = readYaml(file, octets, newReport()).root;
  const changes = root === undefined ? [] : changesOf(root, fixes);
  return new Map(changes.map(({ fix, edit }) => [fix, edit]));
}

/** The file with as many of the fixes as can be written, or undefined where none can. */
export function applyFixes(file: string, octets: Octets, fixes: readonly Fix[]): FixedText | undefined {
  const root = readYaml(file, octets, newReport()).root;
  if (root === undefined) return undefined;
  const hasMark = mark.every((octet, at) => octets[at] === octet);
  const { text } = root.source;
  const attempt = (changes: readonly Change[]): FixedText | undefined => {
    if (changes.length === 0) return undefined;
    const edits = changes.map((change) => change.edit);
    const edited = Buffer.from(`${hasMark ? '\ufeff' : ''}${edit(text, edits)}`);
    const after = readYaml(file, edited, newReport()).root;
    const wanted = new Map(changes.map((change) => [change.scalar, change.wanted]));
    if (after === undefined || !isSameBut(root, after, wanted)) return undefined;
    return { octets: edited, fixed: changes.map((change) => change.fix) };
  };
  const changes = changesOf(root, fixes);
  // One that reads back as something else does not stand in the way of the others.
  return attempt(changes) ?? attempt(changes.filter((change) => attempt([change]) !== undefined));
}

function edit(text: string, edits: readonly Edit[]): string {
  let made = '';
  let at = 0;
  for (const { from, to, text: written } of edits) {
    made += text.slice(at, from) + written;
    at = to;
  }
  return made + text.slice(at);
}

function changesOf(root: YamlMap, fixes: readonly Fix[]): Change[] {
  const scalars = scalarsOf(root);
  const changes = fixes.flatMap((fix) => changeOf(fix, root.source.text, scalars) ?? []);
  changes.sort((a, b) => a.edit.from - b.edit.from || a.edit.to - b.edit.to);
  // Of two that touch the same scalar the first is written; the other is found again in the next round.
  const seen = new Set<YamlScalar>();
  return changes.filter(({ scalar }) => !seen.has(scalar) && seen.add(scalar));
}

function changeOf(fix: Fix, source: string, scalars: readonly YamlScalar[]): Change | undefined {
  const { position, text } = fix;
  const from = offsetOf(source, position.line, position.column);
  const to = from + (position.length ?? 0);
  const scalar = scalars.find((one) => one.from <= from && to <= one.to);
  // A placeholder stands for another text in every domain, and a block keeps its own line breaks.
  if (scalar === undefined || to <= from || scalar.style === 'block' || source.slice(from, to).includes('\n'))
    return undefined;
  if (scalar.from === from && scalar.to === to) {
    if (scalar.text.includes('{{')) return undefined;
    const written = writtenAs(scalar.style, text);
    return written === undefined ? undefined : { fix, edit: { from, to, text: written }, scalar, wanted: text };
  }
  const start = scalar.style === 'plain' ? scalar.from : scalar.from + 1;
  const inner = source.slice(start, scalar.style === 'plain' ? scalar.to : scalar.to - 1);
  // Escapes would have to be counted; whoever writes them corrects by hand.
  if (inner !== scalar.text || /['"\\]/.test(text)) return undefined;
  const wanted = inner.slice(0, from - start) + text + inner.slice(to - start);
  return { fix, edit: { from, to, text }, scalar, wanted };
}

/** What YAML 1.2 reads as these characters wherever they stand, in braces and brackets too. */
const plainText = /^[a-z0-9_./](?:[a-z0-9_./@*+-]| (?=[a-z0-9]))*$/i;
/** Unless it reads them as something else than a string. */
const noString = /^(?:null|true|false|[0-9.+-]*|0[xo].*|[0-9.]+e[0-9+-]+|\.(?:inf|nan))$/i;

/** The text as YAML, in the quotes that stand there. */
export function writtenAs(style: YamlScalar['style'], text: string): string | undefined {
  if (/[\x00-\x1f\x7f-\x9f]/.test(text)) return undefined;
  if (style === 'double') return `"${text.replace(/["\\]/g, '\\$&')}"`;
  if (style === 'plain' && plainText.test(text) && !noString.test(text)) return text;
  return `'${text.replaceAll("'", "''")}'`;
}

function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) start = text.indexOf('\n', start) + 1;
  return start + column - 1;
}

/** The scalars of the file, keys too, each once, as they stand. */
function scalarsOf(root: YamlNode): YamlScalar[] {
  const seen = new Set<YamlNode>();
  const scalars: YamlScalar[] = [];
  const visit = (node: YamlNode) => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'scalar') scalars.push(node);
    else if (node.kind === 'list') node.items.forEach(visit);
    else
      for (const { key, value } of node.entries.values()) {
        visit(key);
        visit(value);
      }
  };
  visit(root);
  return scalars;
}

/** Whether two trees are equal, apart from the scalars of the first that were to become another text. */
export function isSameBut(before: YamlNode, after: YamlNode, wanted: ReadonlyMap<YamlScalar, string>): boolean {
  if (before.kind === 'scalar') {
    if (after.kind !== 'scalar') return false;
    const text = wanted.get(before);
    if (text !== undefined) return after.text === text;
    return after.text === before.text && Object.is(after.value, before.value);
  }
  if (before.kind === 'list') {
    if (after.kind !== 'list' || after.items.length !== before.items.length) return false;
    return before.items.every((item, at) => isSameBut(item, after.items[at], wanted));
  }
  if (after.kind !== 'map' || after.entries.size !== before.entries.size) return false;
  const others = [...after.entries.values()];
  return [...before.entries.values()].every(
    ({ key, value }, at) => isSameBut(key, others[at].key, wanted) && isSameBut(value, others[at].value, wanted),
  );
}
