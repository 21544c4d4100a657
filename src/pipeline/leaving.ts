/** A zone on its way from signed to unsigned, as `danezone roll insecure` has asked for it. */
import type { Domain } from '../describe/description.ts';
import { Type } from '../dns/type.ts';
import type { RRsetVersion } from '../journal/journal.ts';
import { isShown } from '../rollover/key-records.ts';
import { keyRecords } from '../rollover/move.ts';
import { type Report, report } from '../text/problem.ts';
import { rules } from './rules.ts';
import type { ServedContent } from './zone-outcome.ts';
import type { ZoneState } from './zone-state.ts';

type Led = Pick<ZoneState, 'journal' | 'rolled'>;

const ledOf = ({ journal, rolled }: Led) => rolled?.after.journal ?? journal;

export function isLeaving(state: Led): boolean {
  return ledOf(state)?.requests.insecure !== undefined;
}

/** The DS has left every cache: nothing is published or signed with any key, and the zone is built unsigned. */
export function hasLeft(state: Led): boolean {
  const keys = ledOf(state)?.keys ?? [];
  return isLeaving(state) && keys.every((key) => keyRecords.every((record) => !isShown(key, record)));
}

/** TLSA records of hosts are withdrawn by the build; what people have written themselves is theirs. */
export function reportTlsaLeft({ name: zone, at }: Domain, { journal }: ServedContent, to: Report): void {
  const stands = ({ dropped, records }: RRsetVersion) => dropped === undefined && records.length > 0;
  const owners = (journal?.rrsets ?? []).filter(({ type, versions }) => type === Type.TLSA && versions.some(stands));
  for (const { owner } of owners) report(to, rules['build/tlsa-holds-ds'], at, { zone, owner }, { subject: zone });
}
