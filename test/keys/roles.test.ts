import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import type { KeyTiming, ZoneKey } from '../../src/keys/key.ts';
import { rolesOf } from '../../src/keys/roles.ts';
import { zoneKey } from '../../src/keys/zone-key.ts';

const zone = name('example.org.');
const now = 1_000_000;

function key(id: string, flags: number, timing: KeyTiming = {}, algorithm = 13): ZoneKey {
  return zoneKey({ zone, flags, algorithm, publicKey: Buffer.alloc(64, id), timing, path: id });
}

function roles(keys: ZoneKey[], at?: number) {
  const { published, signsKeys, signsZone, withoutSigner } = rolesOf(keys, at);
  const ids = (list: readonly ZoneKey[]) => list.map((one) => one.path).join(' ');
  return { published: ids(published), signsKeys: ids(signsKeys), signsZone: ids(signsZone), withoutSigner };
}

describe('what keys without timing do', () => {
  test('a KSK signs the DNSKEY RRset and a ZSK the zone', () => {
    expect(roles([key('ksk', 257), key('zsk', 256)], now)).toEqual({
      published: 'ksk zsk',
      signsKeys: 'ksk',
      signsZone: 'zsk',
      withoutSigner: [],
    });
  });

  test.each([257, 256])('a single key with flags %i signs both', (flags) => {
    expect(roles([key('one', flags)])).toMatchObject({ signsKeys: 'one', signsZone: 'one' });
  });

  test('each algorithm is divided for itself', () => {
    const keys = [key('ksk8', 257, {}, 8), key('zsk8', 256, {}, 8), key('csk13', 257), key('zsk15', 256, {}, 15)];
    expect(roles(keys)).toMatchObject({ signsKeys: 'ksk8 csk13 zsk15', signsZone: 'zsk8 csk13 zsk15' });
  });

  test('a revoked key is published, signs the DNSKEY RRset and nothing else (RFC 5011 section 2.1)', () => {
    expect(roles([key('old', 385), key('csk', 257)])).toEqual({
      published: 'old csk',
      signsKeys: 'old csk',
      signsZone: 'csk',
      withoutSigner: [],
    });
  });

  test('a revoked key does not take the place of a KSK', () => {
    expect(roles([key('old', 385), key('zsk', 256)])).toMatchObject({ signsKeys: 'old zsk', signsZone: 'zsk' });
  });
});

describe('what timing says', () => {
  const csk = (timing: KeyTiming) => roles([key('csk', 257, { created: 1, ...timing })], now);
  const all: ReturnType<typeof roles> = { published: 'csk', signsKeys: 'csk', signsZone: 'csk', withoutSigner: [] };
  const none: typeof all = { published: '', signsKeys: '', signsZone: '', withoutSigner: [] };
  const passive: typeof all = { published: 'csk', signsKeys: '', signsZone: '', withoutSigner: [13] };

  test.each<[string, KeyTiming, typeof all]>([
    ['publication and activation have come', { publish: now, activate: now }, all],
    ['publication is to come', { publish: now + 1, activate: now + 1 }, none],
    ['activation is to come', { publish: now, activate: now + 1 }, passive],
    ['no activation', { publish: now }, passive],
    ['activation has come, no publication date', { activate: now }, all],
    ['activation is to come, no publication date', { activate: now + 1 }, none],
    ['no longer active, no publication date', { activate: 1, inactive: now }, none],
    ['only a date of creation', {}, none],
    ['inactive from now on', { publish: 1, activate: 1, inactive: now }, passive],
    ['inactive later', { publish: 1, activate: 1, inactive: now + 1 }, all],
    ['deleted from now on', { publish: 1, activate: 1, delete: now }, none],
    ['deleted later', { publish: 1, activate: 1, inactive: 2, delete: now + 1 }, passive],
    ['active before it is published', { publish: now + 1, activate: now }, none],
  ])('%s', (_, timing, expected) => {
    expect(csk(timing)).toEqual(expected);
  });

  test('without a time, timing does not count', () => {
    expect(roles([key('csk', 257, { created: 1, publish: now + 1 })])).toEqual(all);
  });

  test('from its revocation on, a published key bears the REVOKE bit and signs the DNSKEY RRset, active or not', () => {
    const timing = { created: 1, publish: 1, activate: 1, inactive: 2, revoke: now };
    const revoked = rolesOf([key('old', 257, timing), key('csk', 257)], now);
    expect(revoked.published.map(({ flags, path }) => [path, flags])).toEqual([
      ['old', 385],
      ['csk', 257],
    ]);
    expect(revoked.published[0].tag).not.toBe(key('old', 257).tag);
    expect(revoked.signsKeys.map(({ flags }) => flags)).toEqual([385, 257]);
    expect(revoked.signsZone.map(({ path }) => path)).toEqual(['csk']);
    expect(rolesOf([key('old', 257, { ...timing, revoke: now + 1 })], now).published[0].flags).toBe(257);
  });

  test('a KSK signs the zone while no ZSK of its algorithm is active yet', () => {
    const keys = [key('ksk', 257), key('zsk', 256, { publish: 1, activate: now + 1 })];
    expect(roles(keys, now)).toMatchObject({ published: 'ksk zsk', signsKeys: 'ksk', signsZone: 'ksk' });
    expect(roles(keys, now + 1)).toMatchObject({ signsKeys: 'ksk', signsZone: 'zsk' });
  });

  test('an algorithm that is published before it signs is named', () => {
    const keys = [key('csk', 257), key('next', 257, { publish: 1, activate: now + 1 }, 15)];
    expect(roles(keys, now).withoutSigner).toEqual([15]);
  });
});
