/** The first check of an entry: zod's issues as problems, each at the key or value that it is about. */
import type * as z from 'zod';
import { type Extra, type Report, report } from '../text/problem.ts';
import { suggest } from '../text/suggest.ts';
import { didYouMean } from './did-you-mean.ts';
import { rules } from './rules.ts';
import { entries, type Section } from './schema.ts';
import { found, isNull, placeOf, placeOfEntry, plainOf, type YamlEntry, type YamlNode } from './tree.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * Checks the value of `entry` against the schema of its section and reports what does not fit. Values of another kind than expected are
 * added to `bad`: whoever reads the entry passes over them, so that one mistake is one problem and all others are still
 * found.
 */
export function checkShape(
  section: Section,
  what: string,
  entry: YamlEntry,
  bad: Set<YamlNode>,
  to: Report,
  subject?: string,
): void {
  const result = entries[section].safeParse(plainOf(entry.value));
  if (result.success) return;
  const check = new ShapeCheck(`${what} ${entry.key.text}`, entry, bad, to, subject);
  // Unknown keys first: a key that is missing may stand there misspelt, and then that is the one problem.
  const { issues } = result.error;
  for (const issue of issues) check.unknownKeys(issue, []);
  for (const issue of issues) check.other(issue, []);
}

class ShapeCheck {
  private readonly name: string;
  private readonly entry: YamlEntry;
  private readonly bad: Set<YamlNode>;
  private readonly to: Report;
  private readonly subject: string | undefined;
  /** Paths of keys that an unknown key was probably meant to be. */
  private readonly meant = new Set<string>();

  constructor(name: string, entry: YamlEntry, bad: Set<YamlNode>, to: Report, subject: string | undefined) {
    this.name = name;
    this.entry = entry;
    this.bad = bad;
    this.to = to;
    this.subject = subject;
  }

  unknownKeys(issue: Issue, prefix: Path): void {
    const path = [...prefix, ...issue.path];
    if (issue.code === 'invalid_union') {
      for (const inner of branchOf(issue.errors) ?? []) this.unknownKeys(inner, path);
    }
    const at = entryAt(this.entry, path);
    if (issue.code !== 'unrecognized_keys' || at?.value.kind !== 'map') return;
    const { subject } = this;
    const [where, ...known] = issue.message.split('\n');
    for (const key of issue.keys) {
      const unknown = at.value.entries.get(key);
      if (unknown === undefined) continue;
      const near = suggest(key, known);
      if (near !== undefined) this.meant.add(keyOfPath([...path, near]));
      const place = placeOf(unknown.key);
      const meant = didYouMean(key, known, place, `known are ${known.join(', ')}`);
      report(this.to, rules['describe/unknown-key'], place, { key, where }, { subject, ...meant });
    }
  }

  other(issue: Issue, prefix: Path): void {
    if (issue.code === 'unrecognized_keys') return;
    const path = [...prefix, ...issue.path];
    const { subject } = this;
    const at = entryAt(this.entry, path);
    if (at === undefined) {
      const place = entryAt(this.entry, path.slice(0, -1)) ?? this.entry;
      this.bad.add(place.value);
      if (this.meant.has(keyOfPath(path))) return;
      const facts = { key: path.map(String).join('.'), where: this.name, expected: issue.message };
      report(this.to, rules['describe/missing-key'], placeOf(place.key), facts, { subject });
      return;
    }
    const branch = issue.code === 'invalid_union' ? branchOf(issue.errors) : undefined;
    if (branch !== undefined) {
      for (const inner of branch) this.other(inner, path);
      return;
    }
    this.bad.add(at.value);
    const facts = { expected: issue.message, found: found(at.value) };
    const rule = ofValue.has(issue.code) && !isNull(at.value) ? 'describe/wrong-value' : 'describe/wrong-type';
    report(this.to, rules[rule], placeOfEntry(at), facts, { subject, ...correction(issue, at) });
  }
}

/** Issues about what a value says; the others are about its kind. */
const ofValue = new Set(['invalid_value', 'too_small', 'too_big']);

const keyOfPath = (path: Path) => path.map(String).join('\n');

/**
 * The branch of a union that the value was meant for: the only one that does not already fail on the kind of the value.
 */
function branchOf(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const fitting = branches
    .map((issues) => {
      const [only] = issues;
      const nested = issues.length === 1 && only.code === 'invalid_union' && only.path.length === 0;
      return nested ? (branchOf(only.errors) ?? issues) : issues;
    })
    .filter((issues) => !issues.some((issue) => issue.path.length === 0 && issue.code !== 'unrecognized_keys'));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function correction(issue: Issue, entry: YamlEntry): Pick<Extra, 'hint' | 'fix'> {
  const { value } = entry;
  if (isNull(value)) return { hint: 'write a value, or remove the key' };
  if (issue.code !== 'invalid_value' || value.kind !== 'scalar') return {};
  return didYouMean(value.text, issue.values.map(String), placeOfEntry(entry));
}

/** The entry that a path leads to; items of lists stand as entries under the key of their list. */
function entryAt(entry: YamlEntry, path: Path): YamlEntry | undefined {
  let at: YamlEntry = entry;
  for (const step of path) {
    const { value } = at;
    if (value.kind === 'map') {
      const inner = value.entries.get(String(step));
      if (inner === undefined) return undefined;
      at = inner;
    } else if (value.kind === 'list') {
      const item = value.items[Number(step)];
      if (item === undefined) return undefined;
      at = { key: at.key, value: item };
    } else {
      return undefined;
    }
  }
  return at;
}
