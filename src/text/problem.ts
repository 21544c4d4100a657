/**
 * Problems are data: collected, sorted by file and offset, rendered once at the edge.
 * A stage reports and goes on; `throw` means a bug.
 */

/** A place in a file, for messages. Lines and columns count from 1; columns count UTF-16 units. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters that the caret line underlines; 1 if absent. */
  readonly length?: number;
  /** The line is never shown: it may be part of a key. */
  readonly isUnquotable?: true;
}

export type Tier = 'error' | 'warning' | 'information';

/** What a rule needs to be checked: the repository alone, or the live network. */
export type Reach = 'offline' | 'live';

export interface RelatedPlace {
  readonly position: Position;
  readonly message: string;
}

/**
 * A safe correction: there is one thing that can have been meant, and it changes nothing else. `check --fix` writes it.
 */
export interface Fix {
  /** The characters that change: a whole scalar of a YAML file with its quotes, or a part of one. Has a length. */
  readonly position: Position;
  /** What they are to say: of a whole scalar its content, which is quoted where it must be. */
  readonly text: string;
}

/** One finding, ready to be rendered in any format. */
export interface Problem {
  /** Rule id, such as `zone/missing-glue`. */
  readonly rule: string;
  readonly tier: Tier;
  readonly message: string;
  readonly position?: Position;
  /** What the problem is about: a zone, a host or an owner name; groups work on it. */
  readonly subject?: string;
  /** The zones that have the problem; each may silence it for itself. */
  readonly zones?: readonly string[];
  /** An action, in the imperative. */
  readonly hint?: string;
  /** RFC and section. */
  readonly source?: string;
  readonly related?: readonly RelatedPlace[];
  readonly fix?: Fix;
  /** Rules whose findings about the same subject this one explains; see `withoutSuperseded`. */
  readonly supersedes?: readonly string[];
}

/** The fixed part of a rule; `message` makes the sentence from the facts of one finding. */
export interface RuleDefinition<Facts> {
  readonly tier: Tier;
  readonly reach: Reach;
  /** What is wrong, in one line. */
  readonly title: string;
  /** What happens to mail or to the zone if it stays. */
  readonly why: string;
  /** What to do. */
  readonly fix: string;
  /** RFC and section, such as `RFC 7671 section 5.2.2`. */
  readonly source?: string;
  /** Rules that this one hides at the same subject. */
  readonly supersedes?: readonly string[];
  readonly message: (facts: Facts) => string;
  readonly hint?: (facts: Facts) => string | undefined;
}

export interface Rule<Facts = never> extends RuleDefinition<Facts> {
  readonly id: string;
}

type FactsOf<D> = D extends { readonly message: (facts: infer F) => string } ? F : never;

/**
 * Declares the rules of one folder. The ids are the keys.
 *
 *     export const rules = defineRules({
 *       'zone/out-of-zone': { tier: 'error', …, message: (f: { owner: string; apex: string }) => `…` },
 *     });
 */
export function defineRules<
  const T extends Record<string, Omit<RuleDefinition<never>, 'hint'> & { hint?: (facts: never) => string | undefined }>,
>(table: T): { readonly [Id in keyof T]: Rule<FactsOf<T[Id]>> } {
  const rules: Record<string, unknown> = {};
  for (const [id, definition] of Object.entries(table)) rules[id] = Object.freeze({ id, ...definition });
  return rules as { readonly [Id in keyof T]: Rule<FactsOf<T[Id]>> };
}

/** What a stage is handed to say what it found. */
export interface Report {
  readonly problems: readonly Problem[];
  readonly hasErrors: boolean;
  add(problem: Problem): void;
}

export interface Extra {
  readonly subject?: string;
  readonly zones?: readonly string[];
  readonly related?: readonly RelatedPlace[];
  /** Overrides the rule's own hint. */
  readonly hint?: string;
  readonly fix?: Fix;
}

export function newReport(): Report {
  const problems: Problem[] = [];
  let hasErrors = false;
  return {
    problems,
    get hasErrors() {
      return hasErrors;
    },
    add(problem) {
      problems.push(problem);
      if (problem.tier === 'error') hasErrors = true;
    },
  };
}

/** Makes the problem that `rule` says about `facts` and adds it to the report. */
export function report<Facts>(
  to: Report,
  rule: Rule<Facts>,
  position: Position | undefined,
  facts: Facts,
  extra: Extra = {},
): void {
  to.add({
    rule: rule.id,
    tier: rule.tier,
    message: rule.message(facts),
    position,
    subject: extra.subject,
    zones: extra.zones,
    hint: extra.hint ?? rule.hint?.(facts) ?? rule.fix,
    source: rule.source,
    related: extra.related,
    fix: extra.fix,
    supersedes: rule.supersedes,
  });
}

/** The problems without those that another one about the same subject explains better. */
export function withoutSuperseded(problems: readonly Problem[]): Problem[] {
  const hidden = new Set(
    problems.flatMap(({ subject, supersedes = [] }) => supersedes.map((rule) => `${rule} ${subject}`)),
  );
  return hidden.size === 0 ? [...problems] : problems.filter(({ rule, subject }) => !hidden.has(`${rule} ${subject}`));
}

/**
 * One problem where a rule says the same of one place for many zones: of a template, or of a host that they share. The first
 * stands for all; its message says how many there are.
 */
export function joinedByPlace(problems: readonly Problem[]): Problem[] {
  const first = new Map<string, Problem>();
  const others = new Map<Problem, Set<string>>();
  const left = problems.filter((problem) => {
    const { rule, position, zones = [] } = problem;
    if (position === undefined || zones.length === 0) return true;
    const key = `${rule} ${position.file}:${position.line}:${position.column}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, problem);
    // Of one zone, two things may be said of one place.
    if (before === undefined || zones.some((zone) => before.zones?.includes(zone))) return true;
    const more = others.get(before) ?? new Set();
    for (const zone of zones) more.add(zone);
    others.set(before, more);
    return false;
  });
  return left.map((problem) => {
    const more = others.get(problem);
    if (more === undefined) return problem;
    const message = `${problem.message} (and ${more.size} other ${more.size === 1 ? 'zone' : 'zones'})`;
    return { ...problem, message, zones: [...(problem.zones ?? []), ...more] };
  });
}

/** Sorted by file, line, column, then rule: the order of every output. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...problems].sort(
    (a, b) =>
      text(a.position?.file ?? '', b.position?.file ?? '') ||
      (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
      (a.position?.column ?? 0) - (b.position?.column ?? 0) ||
      text(a.rule, b.rule) ||
      text(a.message, b.message),
  );
}
