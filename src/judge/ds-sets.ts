/** DS sets in the zones of this repository against the keys of the children that are declared here too. */
import type { Description } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { dsRules } from '../dnssec/ds-rules.ts';
import { checkDsAlone, checkDsSet, dsSetLabel, type KeyUnderDs, type SayOfDs } from '../dnssec/ds-set.ts';
import type { Findings } from './findings.ts';
import type { Placed, Survey } from './survey.ts';

/** The DNSKEY RRset that a signed zone is to publish. */
export interface ZoneKeys {
  readonly keys: readonly KeyUnderDs[];
  /** Those that sign the DNSKEY RRset, as indices. */
  readonly signers: ReadonlySet<number>;
}

/** `keysOf` has no zone whose keys are not known: in a checkout without them only the set itself is judged. */
export function judgeDsSets(
  { ds }: Survey,
  { domains }: Description,
  keysOf: ReadonlyMap<Name, ZoneKeys>,
  findings: Findings,
): void {
  for (const placed of ds) {
    const { held, id, row, owner } = placed;
    const rdata = held.zone.rdataOf(row);
    const say: SayOfDs = (rule, facts, about) =>
      findings.say(held.apex, rule, positionOf(placed, about.ds), facts, { subject: owner });
    const child = domains.get(owner);
    if (child?.policy.signing === 'none') {
      say(dsRules['parent/unsigned-under-ds'], { zone: owner, ds: dsSetLabel(rdata) }, { ds: 0 });
      continue;
    }
    const known = child === undefined ? undefined : keysOf.get(owner);
    if (known === undefined) checkDsAlone(rdata, say);
    else checkDsSet({ owner: held.zone.nameWire(id), ds: rdata, ...known }, say);
  }
}

function positionOf({ held: { zone }, row }: Placed, index: number) {
  const { recordStart, origin } = zone.columns;
  return zone.origins.positionOf(origin[recordStart[row] + index]);
}
