/** What the judge found, each finding with the zones that have it; the same thing is said once. */
import type { Name } from '../dns/name.ts';
import { type Extra, newReport, type Position, type Problem, type Report, type Rule, report } from '../text/problem.ts';

export class Findings {
  /** Zone → its errors: such a zone keeps its last content. */
  readonly errorsOf = new Map<Name, Problem[]>();
  readonly #to: Report;
  readonly #said = new Set<string>();

  constructor(to: Report) {
    this.#to = to;
  }

  /** `zones` hold the record that is wrong. */
  say<Facts>(
    zones: Name | readonly Name[],
    rule: Rule<Facts>,
    position: Position | undefined,
    facts: Facts,
    extra: Extra = {},
  ): void {
    this.within(zones, (to) => report(to, rule, position, facts, extra));
  }

  /** As `say`, for a stage that reports by itself. */
  within(zones: Name | readonly Name[], work: (to: Report) => void): void {
    const own = newReport();
    work(own);
    const named = typeof zones === 'string' ? [zones] : zones;
    for (const problem of own.problems) this.#add({ ...problem, zones: named }, named);
  }

  #add(problem: Problem, zones: readonly Name[]): void {
    const { rule, message, position } = problem;
    const key = `${rule} ${position?.file}:${position?.line}:${position?.column} ${message}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#to.add(problem);
    if (problem.tier !== 'error') return;
    for (const zone of zones) {
      const errors = this.errorsOf.get(zone);
      if (errors === undefined) this.errorsOf.set(zone, [problem]);
      else errors.push(problem);
    }
  }
}

/** `a.example.` or `a.example. and 11 others`. */
export function firstAndOthers(names: readonly string[], what = 'others'): string {
  const [first, ...others] = names;
  if (others.length === 0) return first;
  return others.length === 1 ? `${first} and ${others[0]}` : `${first} and ${others.length} ${what}`;
}
