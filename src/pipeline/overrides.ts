/**
 * Errors that an operator may take upon himself for one run: by name, for one zone or host (`build --override RULE=NAME`). What was
 * overridden is written into the journal of the zone; a name that stood against nothing is not.
 */
import type { Domain } from '../describe/description.ts';
import type { Journal } from '../journal/journal.ts';
import { rules as keyRules } from '../keys/rules.ts';
import { rules as rolloverRules } from '../rollover/rules.ts';
import type { RunOptions } from './build-zone.ts';
import { hasLeft } from './leaving.ts';
import { isSigned } from './repository.ts';
import { rules } from './rules.ts';
import type { StagedZone } from './stage-safely.ts';
import type { ZoneState } from './zone-state.ts';

/** No other error stands between a zone and its build by a decision: the others are wrong, whoever takes them upon himself. */
export const overridable: readonly string[] = [
  rules['build/state-lost'].id,
  rules['build/unsigning'].id,
  keyRules['key/unauthorised'].id,
  rolloverRules['rollover/first-tlsa-unserved'].id,
  rules['rollover/unsafe-transition'].id,
  rolloverRules['rollover/withdrawn-too-early'].id,
];

type Run = Pick<RunOptions, 'before' | 'overrides' | 'now'>;

/** The journal with what would have kept its zone as it was and was overridden in this run; the very same where nothing was. */
export function withOverridden(
  journal: Journal,
  domain: Domain | undefined,
  state: ZoneState,
  staged: StagedZone,
  run: Run,
): Journal {
  const { now } = run;
  const rows = overriddenIn(domain, state, staged, run).map((rule) => {
    return { at: now, rule, subject: journal.zone, by: '--override' };
  });
  if (rows.length === 0) return journal;
  const changed = Math.max(journal.changed, now);
  return { ...journal, generation: journal.generation + 1, changed, overrides: [...journal.overrides, ...rows] };
}

function overriddenIn(
  domain: Domain | undefined,
  state: ZoneState,
  { isUnsafe }: StagedZone,
  { before, overrides, now }: Run,
): readonly string[] {
  const { zone, generation, keys } = state;
  const [lost, unsigning] = [rules['build/state-lost'].id, rules['build/unsigning'].id];
  const isNew = generation === undefined && keys.keys.every(({ timing }) => timing.created === now);
  const isAnew = domain !== undefined && isSigned(domain) && isNew && before?.zones[zone]?.signed === true;
  const isUnsigned = domain !== undefined && !isSigned(domain) && state.wasSigned() && !hasLeft(state);
  return [
    ...(isAnew && overrides.has(`${lost}=${zone}`) ? [lost] : []),
    ...(isUnsigned && overrides.has(`${unsigning}=${zone}`) ? [unsigning] : []),
    ...(isUnsafe === true ? [rules['rollover/unsafe-transition'].id] : []),
  ];
}
