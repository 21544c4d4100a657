/** What a look at the parent adds to the journal. */
import { expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { withDs } from '../../src/journal/evidence.ts';
import { type Journal, type KeyRecord, newJournal } from '../../src/journal/journal.ts';

const t0 = 1_767_225_600;
const by = { by: 'ann', servers: [], records: ['00010d02aa'], ttl: 60 };

function keyLeavingSince(since: number): KeyRecord {
  const hidden = { state: 'hidden', since } as const;
  const id = '013+00002';
  const ds = { state: 'unretentive', since } as const;
  return {
    id,
    role: 'csk',
    rdata: '0101030dbb',
    goal: 'hidden',
    created: t0,
    dnskey: hidden,
    zrrsig: hidden,
    krrsig: hidden,
    ds,
  };
}

const seenOnce = withDs(newJournal(name('example.org.'), t0), { ...by, at: t0 }).journal as Journal;

test('a look that shows the same DS set as the one before adds nothing', () => {
  expect(withDs(seenOnce, { ...by, at: t0 + 60 }).journal).toBe(seenOnce);
});

test('after a DS was withdrawn it does: only such a look shows that the DS is gone', () => {
  const leaving: Journal = { ...seenOnce, keys: [keyLeavingSince(t0 + 30)] };
  const seen = withDs(leaving, { ...by, at: t0 + 60 }).journal as Journal;
  expect(seen.evidence.map(({ at }) => at)).toEqual([t0, t0 + 60]);
  expect(withDs(seen, { ...by, at: t0 + 90 }).journal).toBe(seen);
});
