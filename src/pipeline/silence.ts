/**
 * Silences: warnings and information that a domain has accepted, with a reason and until a date (`silences:`). A problem that
 * concerns several zones is silent when each of them silences it. Errors are never silent.
 */
import { catalogue } from '../catalogue.ts';
import type { Domain } from '../describe/description.ts';
import { ancestors, type Name, parseName } from '../dns/name.ts';
import { newReport, type Position, type Problem, report } from '../text/problem.ts';
import { suggest } from '../text/suggest.ts';
import type { Repository } from './repository.ts';
import { rules } from './rules.ts';

type Silence = Domain['silences'][number];

/** One silence where it is written; a template's belongs to many zones. */
interface Written {
  readonly silence: Silence;
  readonly zones: Name[];
  used: boolean;
}

/** The problems that are left, and those of the silences themselves. */
export function withoutSilenced(
  problems: readonly Problem[],
  repository: Repository,
  now: number,
): { readonly left: readonly Problem[]; readonly about: readonly Problem[] } {
  const { domains } = repository.description;
  const written = new Map<string, Written>();
  const inForce = new Map<string, Written[]>();
  for (const [zone, { silences }] of domains) {
    for (const silence of silences) {
      const key = `${placeText(silence.at)} ${silence.rule} ${silence.until}`;
      const one = written.get(key) ?? { silence, zones: [], used: false };
      written.set(key, one);
      one.zones.push(zone);
      if (now >= silence.until) continue;
      const of = `${zone} ${silence.rule}`;
      inForce.set(of, [...(inForce.get(of) ?? []), one]);
    }
  }
  if (written.size === 0) return { left: problems, about: [] };
  const left = problems.filter((problem) => !isSilenced(problem));
  const own = newReport();
  for (const one of written.values()) reportSilence(one, now, own.add);
  return { left, about: own.problems };

  function isSilenced(problem: Problem): boolean {
    if (problem.tier === 'error') return false;
    const zones = zonesOf(problem, repository);
    const silences = zones.map((zone) => inForce.get(`${zone} ${problem.rule}`) ?? []);
    for (const one of silences.flat()) one.used = true;
    return zones.length > 0 && silences.every((of) => of.length > 0);
  }
}

function zonesOf({ zones, subject }: Problem, { description: { domains, faulty } }: Repository): readonly string[] {
  if (zones !== undefined) return zones;
  const name = subject === undefined ? undefined : parseName(subject);
  if (typeof name !== 'string') return [];
  for (const at of ancestors(name)) if (domains.has(at) || faulty.has(at)) return [at];
  return [];
}

function reportSilence({ silence, zones, used }: Written, now: number, add: (problem: Problem) => void): void {
  const { rule, reason, until, at } = silence;
  const own = newReport();
  const extra = { subject: zones[0], zones };
  const known = catalogue.get(rule);
  if (known === undefined) {
    const near = suggest(rule, catalogue.keys());
    const hint = near === undefined ? undefined : `did you mean ${near}?`;
    report(own, rules['ops/silence-unknown-rule'], at, { rule }, { ...extra, hint });
  } else if (known.tier === 'error') report(own, rules['ops/silence-of-error'], at, { rule }, extra);
  else if (now >= until) report(own, rules['ops/silence-expired'], at, { rule, reason, until }, extra);
  else if (!used) report(own, rules['ops/silence-unused'], at, { rule }, extra);
  for (const problem of own.problems) add(problem);
}

const placeText = ({ file, line, column }: Position) => `${file}:${line}:${column}`;
