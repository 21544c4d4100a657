/**
 * What the files declare, by kind and name: first noted with its place, read when its turn comes, marked where it is
 * used.
 */
import type { Extra, Position, Problem, Report } from '../text/problem.ts';
import { report } from '../text/problem.ts';
import { didYouMean } from './did-you-mean.ts';
import { limits } from './limits.ts';
import { complain, type Reading, watch } from './reading.ts';
import { rules } from './rules.ts';
import type { Section } from './schema.ts';
import { checkShape } from './shape.ts';
import { fits } from './shape-fit.ts';
import { shapes } from './shape-table.ts';
import { isNull, placeOf, placeOfEntry, type YamlEntry, type YamlNode } from './tree.ts';

export interface Declaration {
  /** As it is known: a word, or a Name. */
  readonly name: string;
  readonly entry: YamlEntry;
  /** Where it is declared; more than one where that is a fault. */
  readonly files: string[];
  readonly at: Position;
  /** The errors of its shape, of its double and of reading it; whatever uses it has them too. */
  readonly faults: Problem[];
  used: boolean;
}

export class Declarations {
  readonly all = new Map<string, Declaration>();

  constructor(
    /** `policy`, `host`, for messages. */
    readonly what: string,
    private readonly section: Section,
    private readonly bad: Set<YamlNode>,
    /** Files in which a declaration that is missed may stand. */
    readonly broken: readonly string[],
  ) {}

  declare(name: string, entry: YamlEntry, to: Report, subject?: string): void {
    const own = watch(to);
    const before = this.all.get(name);
    const at = placeOf(entry.key);
    if (before !== undefined) {
      const related = [{ position: before.at, message: 'first declared here' }];
      const facts = { what: this.what, name: entry.key.text };
      report(own, rules['describe/duplicate'], at, facts, { subject, related });
      before.faults.push(...own.errors);
      before.files.push(entry.key.source.file);
      return;
    }
    if (!this.bad.has(entry.value) && !fits(shapes[this.section], entry.value)) {
      checkShape(this.section, this.what, entry, this.bad, own, subject);
    }
    const files = [entry.key.source.file];
    this.all.set(name, { name, entry, files, at, faults: [...own.errors], used: false });
  }

  /** The declaration that a reference means; reports one that nothing declares. */
  find(name: string, at: Position, reading: Reading, shown = name): Declaration | undefined {
    const declaration = this.all.get(name);
    if (declaration !== undefined) {
      declaration.used = true;
      return declaration;
    }
    const facts = { what: this.what, name: shown, broken: this.broken };
    complain(reading, rules['describe/unknown-reference'], at, facts, this.meant(name, at));
    return undefined;
  }

  /** No fix while a file that may declare the name cannot be read. */
  private meant(name: string, at: Position): Pick<Extra, 'hint' | 'fix'> {
    const meant = didYouMean(name, this.all.keys(), at);
    return this.broken.length === 0 ? meant : { hint: meant.hint };
  }

  reportUnused(to: Report, except?: string): void {
    for (const { used, name, at } of this.all.values()) {
      if (!used && name !== except) report(to, rules['describe/unused'], at, { what: this.what, name });
    }
  }
}

/** The declaration and all that it is like, the nearest first; stops where `like` leads nowhere or in a circle. */
export function likeChain(
  start: Declaration,
  reading: Reading,
  next: (name: string, at: Position) => Declaration | undefined,
): Declaration[] {
  const chain = [start];
  for (;;) {
    const last = chain[chain.length - 1];
    const like = likeOf(last);
    if (like === undefined || reading.bad.has(like.value)) return chain;
    const above = like.value.kind === 'scalar' ? next(like.value.text, placeOfEntry(like)) : undefined;
    if (above === undefined) return chain;
    if (chain.includes(above) || chain.length >= limits.likeDepth) {
      reportCycle(chain.includes(above) ? chain.slice(chain.indexOf(above)) : chain, reading);
      return chain;
    }
    chain.push(above);
  }
}

/** Begins at the first name of the alphabet, so that a circle is one problem from wherever it is entered. */
function reportCycle(circle: readonly Declaration[], reading: Reading): void {
  const first = circle.reduce((least, one) => (one.name < least.name ? one : least));
  const from = circle.indexOf(first);
  const turned = [...circle.slice(from), ...circle.slice(0, from)];
  const places = turned.flatMap((one) => likeOf(one) ?? []).map(placeOfEntry);
  const path = [...turned, first].map((one) => one.name);
  const related = places.slice(1).map((position) => ({ position, message: 'by way of this' }));
  complain(reading, rules['describe/like-cycle'], places[0], { path }, { related });
}

function likeOf(declaration: Declaration): YamlEntry | undefined {
  const { value } = declaration.entry;
  const like = value.kind === 'map' ? value.entries.get('like') : undefined;
  return like === undefined || isNull(like.value) ? undefined : like;
}
