/** What stands against signing a zone, or against not signing it, whatever it holds. */
import { relative } from 'node:path';
import type { Domain } from '../describe/description.ts';
import { newReport, type Problem, type Report, report } from '../text/problem.ts';
import { lacks, makingError, reportKeyPolicy } from './key-policy.ts';
import { hasLeft } from './leaving.ts';
import { type Places, zoneFolder } from './places.ts';
import { isSigned } from './repository.ts';
import { rules } from './rules.ts';
import type { ZoneState } from './zone-state.ts';

export interface RefusalFacts {
  readonly places: Places;
  /** Unix seconds. */
  readonly now: number;
  /** `rule=zone`. */
  readonly overrides: ReadonlySet<string>;
  /** It was built signed before, and its state is gone. */
  readonly isLost: boolean;
}

/** The errors, of the state too; all that is found goes to `to`, but for what the state has told already. */
export function refusals(
  domain: Domain,
  state: ZoneState,
  { places, now, overrides, isLost }: RefusalFacts,
  to: Report,
): readonly Problem[] {
  const { name: zone } = domain;
  const own = newReport();
  const subject = { subject: zone };
  if (!isSigned(domain)) {
    if (state.wasSigned() && !overrides.has(`build/unsigning=${zone}`) && !hasLeft(state))
      report(own, rules['build/unsigning'], domain.at, { zone }, subject);
  } else if (state.isNew && isLost) {
    const folder = relative(places.root, zoneFolder(places, zone));
    report(own, rules['build/state-lost'], domain.at, { zone, folder }, subject);
  } else if (state.isNew && makingError(domain) === undefined) {
    report(own, rules['build/no-keys-made'], domain.at, { zone }, subject);
  } else if (hasLeft(state)) {
    const { at, by } = state.journal?.requests.insecure ?? { at: now, by: '' };
    report(own, rules['build/left-dnssec'], domain.at, { zone, at, by }, subject);
  } else if (state.errors.length === 0) {
    reportKeyPolicy(domain, state, own);
    if (!state.isNew)
      for (const what of lacks(state)) report(own, rules['build/no-keys'], domain.at, { zone, what }, subject);
  }
  for (const problem of own.problems) to.add(problem);
  return [...state.errors, ...state.keyErrors, ...own.problems.filter(({ tier }) => tier === 'error')];
}
