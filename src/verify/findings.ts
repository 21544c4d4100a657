/** Says what was found, with its place, and keeps one fault in ten thousand records from making ten thousand messages. */
import type { Zone } from '../dns/zone.ts';
import { type Extra, type Report, type Rule, report } from '../text/problem.ts';

/** Messages of one rule; what comes after them is counted. */
export const shownPerRule = 20;

/** A record to point at, or -1. */
export type Place = number;

export class Findings {
  readonly zone: Zone;
  /** Whether an error was found. */
  hasErrors = false;
  private readonly to: Report;
  private readonly counts = new Map<string, { readonly rule: Rule<never>; shown: number; more: number }>();

  constructor(to: Report, zone: Zone) {
    this.to = to;
    this.zone = zone;
  }

  /** Reports a fault at a record, or only counts it where the rule has had its messages. */
  say<Facts>(rule: Rule<Facts>, record: Place, facts: Facts, extra: Extra = {}): void {
    const count = this.count(rule);
    if (count.shown === shownPerRule) {
      count.more++;
      return;
    }
    count.shown++;
    const position = record < 0 ? undefined : this.zone.origins.positionOf(this.zone.columns.origin[record]);
    report(this.to, rule, position, facts, { subject: this.zone.apex, ...extra });
  }

  /** Faults that a worker counted and did not describe. */
  more<Facts>(rule: Rule<Facts>, count: number): void {
    if (count > 0) this.count(rule).more += count;
  }

  /** How often a rule has fired. */
  total<Facts>(rule: Rule<Facts>): number {
    const count = this.counts.get(rule.id);
    return count === undefined ? 0 : count.shown + count.more;
  }

  /** Says how much was only counted; the last call. */
  finish(): void {
    for (const { rule, shown, more } of this.counts.values()) {
      if (more === 0) continue;
      this.to.add({
        rule: rule.id,
        tier: rule.tier,
        message: `${more} more like the ${shown} shown: ${rule.title}`,
        subject: this.zone.apex,
        hint: rule.fix,
        source: rule.source,
      });
    }
  }

  private count<Facts>(rule: Rule<Facts>) {
    if (rule.tier === 'error') this.hasErrors = true;
    let count = this.counts.get(rule.id);
    if (count === undefined) {
      count = { rule: rule as unknown as Rule<never>, shown: 0, more: 0 };
      this.counts.set(rule.id, count);
    }
    return count;
  }
}
