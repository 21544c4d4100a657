/** Files of keys that the journal leads and that are not there. Nothing is made in their place: the parent's DS points to these keys. */
import type { Journal, KeyRecord } from '../journal/journal.ts';
import { keyId } from '../journal/journal.ts';
import { keyFileStem } from '../keys/key-file-name.ts';
import type { KeySet } from '../keys/key-set.ts';
import { rules } from '../keys/rules.ts';
import { algorithmOfKey, isShown } from '../rollover/key-records.ts';
import { type Report, report } from '../text/problem.ts';

/** `folder`: as messages name it. Where private halves are not read, in a clone without them say, only public ones can be missing. */
export function reportMissing(
  { zone, keys }: Journal,
  set: KeySet,
  folder: string,
  privateHalves: 'read' | 'ignore',
  to: Report,
): void {
  for (const record of keys) {
    const suffix = missingHalf(record, set, privateHalves);
    if (suffix === undefined) continue;
    const tag = Number(record.id.slice(record.id.indexOf('+') + 1));
    const file = `${folder}/${keyFileStem(zone, algorithmOfKey(record), tag)}.${suffix}`;
    const position = { file, line: 1, column: 1, isUnquotable: true } as const;
    report(to, rules['key/file-missing'], position, { file, role: record.role.toUpperCase() }, { subject: zone });
  }
}

/** That a key signs and has no private half is said by the build, which cannot sign without it. */
function missingHalf(record: KeyRecord, set: KeySet, privateHalves: 'read' | 'ignore'): 'key' | 'private' | undefined {
  const signs = isShown(record, 'krrsig') || isShown(record, 'zrrsig');
  if (record.goal === 'hidden' && !signs && !isShown(record, 'dnskey')) return undefined;
  const key = [...set.keys, ...set.refused].find(({ algorithm, tag }) => keyId(algorithm, tag) === record.id);
  if (key === undefined) return 'key';
  // That of a stand-by key may be kept elsewhere until it takes over.
  const comes = record.goal === 'omnipresent' && !signs && record.standby !== true;
  return privateHalves === 'read' && comes && !set.hasPrivateHalf(key) ? 'private' : undefined;
}
