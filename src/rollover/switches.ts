/** For the tests of the proof alone: each safety rule, each term of a wait and each rule of the policy can be taken away. */
import type { PolicyRuleId } from './policy-rules.ts';
import type { TermName } from './time.ts';

/**
 * `ds-seen`: the parent's side goes by what it was asked for, not by what is seen there. `certificate-served`: certificates count as
 * served as soon as the description has them.
 */
export type Switch =
  | `rule-${1 | 2 | 3}`
  | TermName
  | `policy-${PolicyRuleId}`
  | 'published'
  | 'ds-seen'
  | 'certificate-served';

export const noSwitches: Switches = { off: new Set() };

export interface Switches {
  readonly off: ReadonlySet<Switch>;
}
