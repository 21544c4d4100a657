/** A second provider with its own keys (RFC 8901 model 2): what stands in our zone and at the parent, and the proof of both. */
import { describe, expect, test } from 'vitest';
import { Type } from '../../src/dns/type.ts';
import { currentVersion } from '../../src/journal/held.ts';
import { prove } from '../../src/prove/prove.ts';
import { dsCapacity, dsOf, leadsNowhere } from '../../src/rollover/ds-records.ts';
import { engineDuties } from '../../src/rollover/engine-duties.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { goInsecure, rollKsk } from '../../src/rollover/requests.ts';
import { cdsWanted, dsWanted } from '../../src/rollover/rrsets.ts';
import { hour, Life, madeKey, splitKeys, zone } from './life.ts';

const ksk = madeKey('ksk', 13, 101);
const zsk = madeKey('zsk', 13, 102);
const together = (serves = false): RolloverPolicy => ({
  ...splitKeys,
  foreign: { keys: [ksk.rdata, zsk.rdata].sort(), serves },
});
const theirs = dsOf(zone, ksk, 2);
const dnskeys = (life: Life) => currentVersion(life.journal, zone, Type.DNSKEY)?.records ?? [];

/** The zone in service; the keys of the other provider were named just now, and the build is on the servers. */
function joined(): Life {
  const life = Life.signed(splitKeys);
  life.policy = together();
  life.turn();
  return life;
}

const violations = (life: Life) =>
  prove({ zones: [{ journal: life.journal, policy: together(true) }], from: life.now }).violations.map(
    ({ kind }) => kind,
  );

describe('keys of another provider', () => {
  test('stand in the DNSKEY RRset and never sign; their KSK has a DS, CDS and CDNSKEY beside ours', () => {
    const life = joined();
    expect(dnskeys(life)).toEqual(expect.arrayContaining([ksk.rdata, zsk.rdata]));
    expect(dnskeys(life).length).toBe(4);
    const signers = [
      ...life.journal.content.map(({ signed }) => signed?.signers),
      ...life.journal.rrsets.flatMap(({ versions }) => versions.map(({ signed }) => signed?.signers)),
    ].flat();
    expect(signers).not.toContain(ksk.id);
    expect(signers).not.toContain(zsk.id);
    expect(dsWanted(life.journal, life.policy).length).toBe(2);
    expect(dsWanted(life.journal, life.policy)).toContain(theirs);
    expect(cdsWanted(life.journal, life.policy).cdnskey).toContain(ksk.rdata);
    expect(cdsWanted(life.journal, life.policy).cdnskey).not.toContain(zsk.rdata);
    const duties = engineDuties(life.journal, [], life.policy, []);
    expect(duties.published.length).toBe(4);
    expect([duties.signsDnskey.length, duties.signsZone.length, duties.inParent.length]).toEqual([1, 1, 2]);
  });

  test('take the room of a DS at the parent', () => {
    expect([dsCapacity(splitKeys), dsCapacity(together())]).toEqual([4, 3]);
  });

  test('have no DS before ours has one, unless it is at the parent already', () => {
    const life = new Life(together());
    life.turn();
    expect(dsWanted(life.journal, life.policy)).toEqual([]);
    life.showDs([theirs]);
    expect(dsWanted(life.journal, life.policy)).toEqual([theirs]);
    expect(leadsNowhere(life.journal)).toBe(false);
  });

  test('go on through a roll of ours, which takes no other course', () => {
    const life = Life.signed(together());
    expect(life.ask(rollKsk(life.journal)).story()).toEqual([
      [0, 'K1 OHOO K2 OOHH K3 RHRH'],
      [3, 'K1 OHOO K2 OOHH K3 OHOR'],
      [29, 'K1 OHOU K2 OOHH K3 OHOO'],
      [55, 'K1 UHUH K2 OOHH K3 OHOO'],
      [57, 'K2 OOHH K3 OHOO'],
    ]);
    expect(dsWanted(life.journal, life.policy)).toContain(theirs);
    expect(
      prove({ zones: [{ journal: life.journal, policy: life.policy }], from: life.now - 57 * hour }).violations,
    ).toEqual([]);
  });

  test('leave the parent with ours when the zone goes insecure', () => {
    const life = joined();
    life.ask(goInsecure(life.journal, life.now, 'ann')).turn();
    expect(dsWanted(life.journal, life.policy)).toEqual([]);
    expect(cdsWanted(life.journal, life.policy).cds).toEqual(['0000000000']);
  });

  test('one with algorithm and tag of ours is left out', () => {
    const life = Life.signed(splitKeys);
    const [own] = life.journal.keys;
    life.policy = { ...splitKeys, foreign: { keys: [own.rdata], serves: false } };
    life.turn();
    expect(dnskeys(life).length).toBe(2);
  });
});

describe('the proof, when servers of the other provider answer too', () => {
  test('is red while caches may hold DNSKEY or DS sets without its keys, and green from the date on', () => {
    const life = joined();
    expect(new Set(violations(life))).toEqual(new Set(['no-key-for-ds', 'no-key-for-rrset']));
    life.now += 25 * hour - 1;
    expect(violations(life)).toContain('no-key-for-ds');
    life.now += 1;
    expect(violations(life)).toEqual([]);
  });

  test('is red as long as its keys are not in our DNSKEY RRset, or its DS not at the parent', () => {
    const without = Life.signed(splitKeys);
    without.now += 100 * hour;
    expect(new Set(violations(without))).toEqual(new Set(['no-key-for-ds', 'no-key-for-rrset']));
    const unseen = Life.signed(splitKeys);
    unseen.policy = together();
    unseen.build();
    unseen.publish();
    unseen.now += 100 * hour;
    expect(new Set(violations(unseen))).toEqual(new Set(['no-key-for-ds']));
  });

  test('is red when its keys leave while it serves', () => {
    const life = joined();
    life.now += 100 * hour;
    expect(violations(life)).toEqual([]);
    life.policy = splitKeys;
    life.turn();
    expect(new Set(violations(life))).toContain('no-key-for-rrset');
  });
});
