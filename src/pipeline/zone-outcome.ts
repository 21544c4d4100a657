/** What a build has made of one zone. */

import type { Name } from '../dns/name.ts';
import type { Journal } from '../journal/journal.ts';
import { type Problem, type Report, report } from '../text/problem.ts';
import { rules as verifyRules } from '../verify/rules.ts';
import type { Verdict } from '../verify/verify.ts';
import { rules } from './rules.ts';
import type { Settings } from './settings-file.ts';
import type { ProvenZone } from './sign-zone.ts';

/** What is known of staged content. The zone itself is let go: a repository may hold many large ones. */
export interface ServedContent extends Pick<ProvenZone, 'contentDigest' | 'ds' | 'signatures' | 'reused'> {
  /** SHA-256 of the zone file. */
  readonly sha256: string;
  readonly serial: number;
  readonly verdict: Verdict;
  /** With this build in it; undefined: it cannot be read, and stays as it is. */
  readonly journal: Journal | undefined;
  readonly settings: Settings | undefined;
}

export type ZoneOutcome =
  | { readonly state: 'built'; readonly content: ServedContent }
  /** The last content, signed again. `failed`: the new content did not pass verification. */
  | {
      readonly state: 'kept';
      readonly content: ServedContent;
      readonly errors: readonly Problem[];
      readonly failed: boolean;
    }
  /** The last output is left as it is: without its keys it cannot be signed again. */
  | { readonly state: 'stale'; readonly errors: readonly Problem[]; readonly failed: boolean }
  /** Nothing to serve. */
  | { readonly state: 'absent'; readonly errors: readonly Problem[]; readonly failed: boolean };

/** What lasts of a staged zone. */
export function contentOf({ proven, contentDigest, ds, signatures, reused }: ProvenZone) {
  const { file: sha256, serial, verdict } = proven;
  return { sha256, serial, verdict, contentDigest, ds, signatures, reused };
}

const serialRule = verifyRules['zone/serial-not-increased'];

/** What the verifier has against a staged zone, as problems of the zone; the same problems. */
export function reportFailed(zone: Name, problems: readonly Problem[], to: Report): readonly Problem[] {
  for (const problem of problems) {
    const { rule, message } = problem;
    // No fault of the program: what is served and what is in the state do not go together.
    const what = `${rule}: ${message}`;
    if (rule === serialRule.id) to.add({ ...problem, subject: zone });
    else report(to, rules['build/failed-verification'], undefined, { zone, what }, { subject: zone });
  }
  return problems;
}
