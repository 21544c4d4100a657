import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { name, nameToWire } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import { clockSkew, tick, type WindowPolicy, windowOf } from '../../src/sign/windows.ts';

const day = 86400;
const zone = nameToWire(name('example.org.'));
const owner = nameToWire(name('www.example.org.'));
const keyTypes = [Type.DNSKEY, Type.CDS, Type.CDNSKEY];

type Ticks = Extract<WindowPolicy, { kind: 'ticks' }>;

function ticks(now: number, more: Partial<Ticks> = {}): Ticks {
  const lengths = { validity: 21 * day, refresh: 10 * day, dnskeyValidity: 21 * day, tlsaValidity: 21 * day };
  return { kind: 'ticks', now, ...lengths, ...more };
}

const times = fc.integer({ min: 1_600_000_000, max: 4_000_000_000 });
const owners = fc.stringMatching(/^[a-z0-9]{1,20}$/).map((label) => nameToWire(name(`${label}.example.org.`)));
const types = fc.constantFrom(Type.A, Type.SOA, Type.TLSA, Type.DNSKEY, Type.CDS, Type.NSEC3);
const policies = fc
  .record({
    refresh: fc.integer({ min: 0, max: 60 * day }),
    periods: fc.array(fc.integer({ min: tick, max: 60 * day }), { minLength: 3, maxLength: 3 }),
  })
  .map(({ refresh, periods: [zoneP, keyP, tlsaP] }) => ({
    refresh,
    validity: refresh + zoneP,
    dnskeyValidity: refresh + keyP,
    tlsaValidity: refresh + tlsaP,
  }));

const validityOf = (policy: Ticks, type: number) =>
  keyTypes.some((each) => each === type)
    ? policy.dnskeyValidity
    : type === Type.TLSA
      ? policy.tlsaValidity
      : policy.validity;

describe('signature windows', () => {
  test('what remains is at most the validity, and more than the refresh time less one tick', () => {
    fc.assert(
      fc.property(times, owners, types, policies, (now, of, type, lengths) => {
        const policy = ticks(now, lengths);
        const { inception, expiration } = windowOf(policy, zone, of, type);
        const remaining = expiration - now;
        expect(remaining).toBeLessThanOrEqual(validityOf(policy, type));
        expect(remaining).toBeGreaterThan(policy.refresh - tick);
        expect(expiration - inception).toBe(validityOf(policy, type) + clockSkew);
        expect(inception + clockSkew).toBeLessThanOrEqual(now);
      }),
    );
  });

  test('two builds within a tick have the same windows', () => {
    fc.assert(
      fc.property(times, owners, types, fc.nat({ max: tick - 1 }), (now, of, type, later) => {
        const start = Math.floor(now / tick) * tick;
        expect(windowOf(ticks(start + later), zone, of, type)).toEqual(windowOf(ticks(start), zone, of, type));
      }),
    );
  });

  test('a window moves by a whole period, once in every period', () => {
    const period = 11 * day;
    const starts = new Set<number>();
    for (let now = 1_767_225_600; now < 1_767_225_600 + 3 * period; now += tick) {
      starts.add(windowOf(ticks(now), zone, owner, Type.A).inception);
    }
    const [first, ...rest] = [...starts];
    expect(rest.slice(0, 2)).toEqual([first + period, first + 2 * period]);
    expect(starts.size).toBeLessThanOrEqual(4);
  });

  test('renewals are spread over the ticks of a period', () => {
    const period = (11 * day) / tick;
    const counts = new Map<number, number>();
    const count = 200 * period;
    for (let i = 0; i < count; i++) {
      const { inception } = windowOf(ticks(1_767_225_600), zone, nameToWire(name(`h${i}.example.org.`)), Type.A);
      counts.set(inception, (counts.get(inception) ?? 0) + 1);
    }
    expect(counts.size).toBe(period);
    // 200 expected a tick; six standard deviations of a fair draw.
    expect(Math.max(...counts.values())).toBeLessThan(285);
    expect(Math.min(...counts.values())).toBeGreaterThan(115);
  });

  test('owner, type and zone each move the phase', () => {
    // A period of 40 years, so that no two phases meet by chance.
    const long = ticks(1_767_225_600, { validity: 14_610 * day });
    const inceptions = [
      windowOf(long, zone, owner, Type.A),
      windowOf(long, zone, owner, Type.AAAA),
      windowOf(long, zone, zone, Type.A),
      windowOf(long, nameToWire(name('example.net.')), owner, Type.A),
    ].map(({ inception }) => inception);
    expect(new Set(inceptions).size).toBe(4);
  });

  // SHA-256 by coreutils: printf '\7example\3org\0\3www\7example\3org\0\0\1' | sha256sum, and modulo 264 by Python.
  test('the phase is the SHA-256 of zone, owner and type, as a number, modulo the ticks of the period', () => {
    const phase = 227;
    const { inception } = windowOf(ticks(1_767_225_600), zone, owner, Type.A);
    expect((inception + clockSkew) % (11 * day)).toBe(phase * tick);
  });

  test.each(keyTypes)('a window of type %i starts no earlier than the first build of its version', (type) => {
    const firstBuilt = 1_767_225_600 + 1234;
    for (let now = firstBuilt; now < firstBuilt + 25 * day; now += 6 * tick) {
      const free = windowOf(ticks(now), zone, zone, type);
      const { inception } = windowOf(ticks(now, { firstBuilt }), zone, zone, type);
      expect(inception).toBe(Math.max(free.inception, firstBuilt - clockSkew));
    }
    const other = windowOf(ticks(firstBuilt, { firstBuilt }), zone, zone, Type.SOA);
    expect(other).toEqual(windowOf(ticks(firstBuilt), zone, zone, Type.SOA));
  });

  test('the inception of DNSKEY never goes back when the policy changes', () => {
    fc.assert(
      fc.property(times, fc.nat({ max: 30 * day }), policies, policies, (now, later, before, after) => {
        const notBefore = windowOf(ticks(now, before), zone, zone, Type.DNSKEY).inception;
        const { inception, expiration } = windowOf(
          ticks(now + later, { ...after, notBefore }),
          zone,
          zone,
          Type.DNSKEY,
        );
        expect(inception).toBeGreaterThanOrEqual(notBefore);
        expect(expiration - (now + later)).toBeLessThanOrEqual(after.dnskeyValidity);
      }),
    );
  });

  test('a validity that leaves no tick before the refresh is a bug', () => {
    const policy = ticks(1_767_225_600, { validity: 10 * day, refresh: 10 * day });
    expect(() => windowOf(policy, zone, owner, Type.A)).toThrow(/less than a tick/);
  });

  test('a fixed window is the same for all', () => {
    const policy = { kind: 'fixed', inception: 1, expiration: 2 } as const;
    expect(windowOf(policy, zone, owner, Type.DNSKEY)).toEqual({ inception: 1, expiration: 2 });
  });
});
