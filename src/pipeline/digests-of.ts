/** Of which digest types the DS records of a zone are. */
import type { KeyDuties } from '../rollover/duties.ts';
import type { Settings } from './settings-file.ts';

/** DS digest types of the policy; a roll in flight goes on with those that it began with. */
export function digestsOf({ parentSets }: KeyDuties, { digests }: Pick<Settings, 'digests'>): readonly number[] {
  const found = [...new Set(parentSets?.ds.map((rdata) => rdata[3]))];
  return found.length > 0 ? found : digests;
}
