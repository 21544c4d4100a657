/** The `.state` files of the keys: what the journal says, in the form in which BIND's dnssec-policy takes a zone over mid-roll. */
import type { KeyRecord } from '../journal/journal.ts';
import type { ZoneKey } from '../keys/key.ts';
import { bitsOf } from '../keys/key-bits.ts';
import type { KeyStateFile, StateEntry } from '../keys/state-file.ts';
import { isShown, recordsOf } from './key-records.ts';
import type { KeyRecordName } from './move.ts';

/** The state file of one key. The journal decides; this is its projection, and nothing reads it back while the journal can be believed. */
export function stateFileOf(record: KeyRecord, key: ZoneKey): KeyStateFile {
  const { role, goal, lifetime, active, created } = record;
  const own = (name: KeyRecordName): StateEntry | undefined =>
    recordsOf[role].includes(name) ? { state: record[name].state, changed: record[name].since } : undefined;
  const tagOf = (id: string | undefined) => (id === undefined ? undefined : Number(id.slice(id.indexOf('+') + 1)));
  const signature = record[role === 'ksk' ? 'krrsig' : 'zrrsig'];
  const ends = active !== undefined && lifetime !== undefined ? active + lifetime : undefined;
  return {
    algorithm: key.algorithm,
    length: bitsOf(key),
    lifetime: lifetime ?? 0,
    predecessor: tagOf(record.predecessor),
    successor: tagOf(record.successor),
    ksk: role !== 'zsk',
    zsk: role !== 'ksk',
    goal,
    dnskey: own('dnskey'),
    zoneSignatures: own('zrrsig'),
    keySignatures: own('krrsig'),
    ds: own('ds'),
    dates: {
      generated: key.timing.created ?? created,
      published:
        record.dnskey.state === 'hidden' && goal === 'omnipresent' ? undefined : (key.timing.publish ?? created),
      active,
      retired:
        goal === 'omnipresent'
          ? ends
          : isShown(record, role === 'ksk' ? 'krrsig' : 'zrrsig')
            ? undefined
            : signature.since,
      removed: goal === 'hidden' && record.dnskey.state === 'hidden' ? record.dnskey.since : undefined,
      dsPublish: record.ds.state === 'omnipresent' ? record.ds.since : undefined,
    },
  };
}
