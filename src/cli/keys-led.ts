/** What the journal of a zone says of its keys, for `keys list`: where each record of a key stands and since when. */
import type { Name } from '../dns/name.ts';
import type { Journal, KeyRecord } from '../journal/journal.ts';
import { algorithmOfKey, isShown, recordsOf } from '../rollover/key-records.ts';
import type { KeyRecordName } from '../rollover/move.ts';

/** For programs; times in ISO 8601. Records that the role of the key does not have are not in it. */
export interface LedFacts {
  readonly goal: KeyRecord['goal'];
  readonly records: { readonly [record in KeyRecordName]?: { readonly state: string; readonly since: string } };
  /** `unlimited`; `not in use yet`: it has a lifetime, which begins when it signs. */
  readonly ends: string;
  /** Key tags. */
  readonly predecessor?: number;
  readonly successor?: number;
}

export const tagOfRecord = ({ id }: Pick<KeyRecord, 'id'>) => Number(id.slice(id.indexOf('+') + 1));

export function ledFacts(record: KeyRecord, { keys }: Pick<Journal, 'keys'>): LedFacts {
  const { role, goal, lifetime, active } = record;
  const own = recordsOf[role].map((name) => [name, { state: record[name].state, since: iso(record[name].since) }]);
  const tagOf = (id: string | undefined) => {
    const other = keys.find((key) => key.id === id);
    return other && tagOfRecord(other);
  };
  const begun = active === undefined ? 'not in use yet' : iso(active + (lifetime ?? 0));
  return {
    goal,
    records: Object.fromEntries(own),
    ends: lifetime === undefined ? 'unlimited' : begun,
    predecessor: tagOf(record.predecessor),
    successor: tagOf(record.successor),
  };
}

/** What a key does by the journal. */
export function ledDuties(record: KeyRecord) {
  return {
    published: isShown(record, 'dnskey'),
    signsKeys: isShown(record, 'krrsig'),
    signsZone: isShown(record, 'zrrsig'),
    dsAsked: isShown(record, 'ds'),
  };
}

export interface LedRow {
  readonly zone: Name;
  readonly role: string;
  readonly tag: number;
  readonly journal: LedFacts;
}

export const ledHead = ['ZONE', 'ROLE', 'TAG', 'GOAL', 'RECORD', 'STATE', 'SINCE', 'ENDS', 'SUCCESSOR'];

/** A line for each record; what is said of the whole key stands in its first. */
export function ledLines({ zone, role, tag, journal }: LedRow): string[][] {
  const { goal, records, ends, successor } = journal;
  return Object.entries(records).map(([record, { state, since }], index) => {
    const own = [record.toUpperCase(), state, shortTime(since)];
    if (index > 0) return ['', '', '', '', ...own, '', ''];
    const end = /^\d/.test(ends) ? shortTime(ends) : ends;
    return [
      zone,
      role.toUpperCase(),
      String(tag),
      goal,
      ...own,
      end,
      successor === undefined ? '-' : String(successor),
    ];
  });
}

/** A key of the journal as `keys list` has keys, where no file tells more. */
export function keyWithoutFile(record: KeyRecord) {
  const algorithm = algorithmOfKey(record);
  return { algorithm, tag: tagOfRecord(record), flags: Number.parseInt(record.rdata.slice(0, 4), 16) };
}

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
const shortTime = (time: string) => `${time.slice(0, 16)}Z`;
