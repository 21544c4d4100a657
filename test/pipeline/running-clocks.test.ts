import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { newJournal } from '../../src/journal/journal.ts';
import { following } from '../../src/pipeline/running-clocks.ts';
import { publish, run, type VirtualZone } from '../../src/rollover/virtual-zone.ts';
import { policy } from '../rollover/life.ts';

const t0 = 1_767_225_600;
const { dnskey, max } = policy.ttls;
const delay = policy.zonePropagationDelay;

describe('what follows from evidence', () => {
  const built: VirtualZone = run({ journal: newJournal(name('example.org.'), t0), policy }, t0).zone;
  const seen = publish(built, t0 + 60);
  const follows = following(built.journal, seen.journal, policy, t0 + 60);

  test('is which clocks run, and until when caches hold what was before', () => {
    expect(follows.clocks).toContainEqual({
      what: 'example.org. DNSKEY',
      since: t0 + 60,
      until: t0 + 60 + dnskey + delay,
    });
    expect(follows.clocks.map(({ what }) => what)).not.toContain('DS at the parent');
  });

  test('is which steps of the keys wait for which date, the first one first, and when to build again', () => {
    const [first] = follows.waiting;
    // DNSKEY and the signatures over it: dnskey-ttl + zone-propagation-delay + publish-safety (ROLLOVER section 2).
    const earliest = t0 + 60 + dnskey + delay + policy.publishSafety;
    expect(follows.waiting.filter(({ record }) => record === 'dnskey')).toMatchObject([
      { to: 'omnipresent', earliest },
    ]);
    expect(first.earliest).toBe(Math.min(earliest, t0 + 60 + max + delay));
    expect(follows.nextEvent).toBeLessThanOrEqual(earliest);
  });

  test('is nothing that waits without a policy, and no clock where nothing new was said', () => {
    expect(following(built.journal, seen.journal, undefined, t0 + 60)).toMatchObject({ due: 0, waiting: [] });
    expect(following(seen.journal, seen.journal, policy, t0 + 60).clocks).toEqual([]);
  });
});
