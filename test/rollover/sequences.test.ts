/**
 * The sequences of ROLLOVER section 2 with the defaults of danezone and everybody acting at once. A row is the hours since the
 * request and the states of the keys: DNSKEY, ZRRSIG, KRRSIG, DS, each by its first letter. The sums are those of the table of waits:
 *
 *      3h  dnskey-ttl 1h + zone-propagation-delay 1h + publish-safety 1h
 *      2h  dnskey-ttl 1h + zone-propagation-delay 1h
 *     25h  max-zone-ttl 1d + zone-propagation-delay 1h; of a DS: parent-ds-ttl 1d + parent-propagation-delay 1h
 *     26h  the same + retire-safety 1h, where a key has a predecessor or a successor
 */
import { describe, expect, test } from 'vitest';
import { goInsecure, rollAlgorithm, rollCsk, rollKsk, rollZsk } from '../../src/rollover/requests.ts';
import { Life, policy, splitKeys } from './life.ts';

const oneDs = { ...policy.parent, maxDs: 1 };
const bind = { algorithmOrder: 'bind' } as const;
const toEd25519 = <P extends typeof policy>(from: P): P => ({ ...from, keys: { ...from.keys, algorithm: 15 } });

describe('first signing', () => {
  test('one key: signatures come at once, the DS when the unsigned zone is in no cache', () => {
    expect(new Life(policy).story()).toEqual([
      [0, 'K1 RRRH'],
      [3, 'K1 OROH'],
      [25, 'K1 OOOR'],
      [50, 'K1 OOOO'],
    ]);
  });

  test('two keys', () => {
    expect(new Life(splitKeys).story()).toEqual([
      [0, 'K1 RHRH K2 RRHH'],
      [3, 'K1 OHOH K2 ORHH'],
      [25, 'K1 OHOR K2 OOHH'],
      [50, 'K1 OHOO K2 OOHH'],
    ]);
  });

  test('where DNSKEY TTL and publish safety take longer than the zone, the DS waits for them', () => {
    const slow = { ...policy, ttls: { ...policy.ttls, dnskey: 48 * 3600 } };
    expect(new Life(slow).story()).toEqual([
      [0, 'K1 RRRH'],
      [25, 'K1 RORH'],
      [50, 'K1 OOOR'],
      [75, 'K1 OOOO'],
    ]);
  });
});

describe('a ZSK is published before it signs', () => {
  test('pre-publication (RFC 6781 section 4.1.1.1)', () => {
    const life = Life.signed(splitKeys);
    expect(life.ask(rollZsk(life.journal)).story()).toEqual([
      [0, 'K1 OHOO K2 OOHH K3 RHHH'],
      [3, 'K1 OHOO K2 OUHH K3 ORHH'],
      [29, 'K1 OHOO K2 UHHH K3 OOHH'],
      [31, 'K1 OHOO K3 OOHH'],
    ]);
  });

  test('before the first DS too, which waits until no cache has the zone without signatures', () => {
    const life = new Life(splitKeys);
    life.turn();
    expect(life.ask(rollZsk(life.journal)).story()).toEqual([
      [0, 'K1 RHRH K2 RRHH K3 RHHH'],
      [3, 'K1 OHOH K2 ORHH K3 ORHH'],
      [26, 'K1 OHOR K2 OUHH K3 ORHH'],
      [29, 'K1 OHOR K2 OUHH K3 OOHH'],
      [51, 'K1 OHOO K2 OUHH K3 OOHH'],
      [52, 'K1 OHOO K2 UHHH K3 OOHH'],
      [54, 'K1 OHOO K3 OOHH'],
    ]);
  });
});

describe('a KSK', () => {
  test('is published twice, the new DS comes before the old one goes (RFC 6781 section 4.1.2)', () => {
    const life = Life.signed(splitKeys);
    expect(life.ask(rollKsk(life.journal)).story()).toEqual([
      [0, 'K1 OHOO K2 OOHH K3 RHRH'],
      [3, 'K1 OHOO K2 OOHH K3 OHOR'],
      [29, 'K1 OHOU K2 OOHH K3 OHOO'],
      [55, 'K1 UHUH K2 OOHH K3 OHOO'],
      [57, 'K2 OOHH K3 OHOO'],
    ]);
  });

  test.each([
    ['takes one DS', oneDs],
    ['replaces all at once', { ...policy.parent, replace: 'atomic' as const }],
    ['takes two DS and is given two digest types', { ...policy.parent, maxDs: 2, digests: [2, 4] }],
  ])('changes its DS in one registrar step where the parent %s', (_, parent) => {
    const life = Life.signed({ ...splitKeys, parent });
    expect(life.ask(rollKsk(life.journal)).story()).toEqual([
      [0, 'K1 OHOO K2 OOHH K3 RHRH'],
      [3, 'K1 OHOU K2 OOHH K3 OHOR'],
      [29, 'K1 UHUH K2 OOHH K3 OHOO'],
      [31, 'K2 OOHH K3 OHOO'],
    ]);
  });
});

describe('a CSK', () => {
  test('has its records move apart', () => {
    const life = Life.signed(policy);
    expect(life.ask(rollCsk(life.journal)).story()).toEqual([
      [0, 'K1 OOOO K2 RHRH'],
      [3, 'K1 OUOO K2 OROR'],
      [29, 'K1 OHOU K2 OOOO'],
      [55, 'K1 UHUH K2 OOOO'],
      [57, 'K2 OOOO'],
    ]);
  });
});

describe('the layout changes', () => {
  test('from KSK and ZSK to one key: two signatures until the new ones are in every cache', () => {
    const life = Life.signed(splitKeys);
    life.policy = policy;
    expect(life.ask(rollAlgorithm(life.journal, policy)).story()).toEqual([
      [0, 'K1 OHOO K2 OOHH K3 RHRH'],
      [3, 'K1 OHOO K2 OOHH K3 OROR'],
      [29, 'K1 OHOU K2 OUHH K3 OOOO'],
      [54, 'K1 OHOU K2 UHHH K3 OOOO'],
      [55, 'K1 UHUH K2 UHHH K3 OOOO'],
      [56, 'K1 UHUH K3 OOOO'],
      [57, 'K3 OOOO'],
    ]);
  });

  test('from one key to KSK and ZSK', () => {
    const life = Life.signed(policy);
    life.policy = splitKeys;
    expect(life.ask(rollAlgorithm(life.journal, splitKeys)).story()).toEqual([
      [0, 'K1 OOOO K2 RHRH K3 RHHH'],
      [3, 'K1 OOOO K2 OHOR K3 ORHH'],
      [28, 'K1 OUOO K2 OHOR K3 OOHH'],
      [29, 'K1 OUOU K2 OHOO K3 OOHH'],
      [54, 'K1 OHOU K2 OHOO K3 OOHH'],
      [55, 'K1 UHUH K2 OHOO K3 OOHH'],
      [57, 'K2 OHOO K3 OOHH'],
    ]);
  });

  test('only on request: another layout or algorithm in the policy alone moves nothing', () => {
    const life = Life.signed(policy);
    life.policy = toEd25519(splitKeys);
    expect(life.story()).toEqual([[0, 'K1 OOOO']]);
  });
});

describe('a new algorithm', () => {
  test('conservative: signatures before keys, keys before signatures go (RFC 6781 section 4.1.4)', () => {
    const life = Life.signed(policy);
    life.policy = toEd25519(policy);
    expect(life.ask(rollAlgorithm(life.journal, life.policy)).story()).toEqual([
      [0, 'K1 OOOO K2 HRHH'],
      [25, 'K1 OOOO K2 RORH'],
      [28, 'K1 OOOO K2 OOOR'],
      [53, 'K1 OOOU K2 OOOO'],
      [78, 'K1 UOUH K2 OOOO'],
      [80, 'K1 HUHH K2 OOOO'],
      [105, 'K2 OOOO'],
    ]);
  });

  test('conservative, KSK and ZSK', () => {
    const life = Life.signed(splitKeys);
    life.policy = toEd25519(splitKeys);
    expect(life.ask(rollAlgorithm(life.journal, life.policy)).story()).toEqual([
      [0, 'K1 OHOO K2 OOHH K3 HHHH K4 HRHH'],
      [25, 'K1 OHOO K2 OOHH K3 RHRH K4 ROHH'],
      [28, 'K1 OHOO K2 OOHH K3 OHOR K4 OOHH'],
      [53, 'K1 OHOU K2 OOHH K3 OHOO K4 OOHH'],
      [78, 'K1 UHUH K2 UOHH K3 OHOO K4 OOHH'],
      [80, 'K2 HUHH K3 OHOO K4 OOHH'],
      [105, 'K3 OHOO K4 OOHH'],
    ]);
  });

  test('with a parent that takes one DS', () => {
    const life = Life.signed({ ...policy, parent: oneDs });
    life.policy = toEd25519(life.policy);
    expect(life.ask(rollAlgorithm(life.journal, life.policy)).story()).toEqual([
      [0, 'K1 OOOO K2 HRHH'],
      [25, 'K1 OOOO K2 RORH'],
      [28, 'K1 OOOU K2 OOOR'],
      [53, 'K1 UOUH K2 OOOO'],
      [55, 'K1 HUHH K2 OOOO'],
      [80, 'K2 OOOO'],
    ]);
  });

  test("in BIND's order keys and signatures come and go together", () => {
    const life = Life.signed({ ...policy, ...bind });
    life.policy = toEd25519(life.policy);
    expect(life.ask(rollAlgorithm(life.journal, life.policy)).story()).toEqual([
      [0, 'K1 OOOO K2 RRRH'],
      [3, 'K1 OOOO K2 OROH'],
      [25, 'K1 OOOO K2 OOOR'],
      [50, 'K1 OOOU K2 OOOO'],
      [75, 'K1 UUUH K2 OOOO'],
      [77, 'K1 HUHH K2 OOOO'],
      [100, 'K2 OOOO'],
    ]);
  });
});

describe('going insecure', () => {
  test('the DS goes, then everything at once', () => {
    const life = Life.signed(policy);
    expect(life.ask(goInsecure(life.journal, life.now, 'operator')).story()).toEqual([
      [0, 'K1 OOOU'],
      [25, 'K1 UUUH'],
      [27, 'K1 HUHH'],
      [50, ''],
    ]);
    expect(life.look()).toMatchObject({ wanted: [], blocked: [], withdrawTlsa: true });
  });

  test('KSK and ZSK', () => {
    const life = Life.signed(splitKeys);
    expect(life.ask(goInsecure(life.journal, life.now, 'operator')).story()).toEqual([
      [0, 'K1 OHOU K2 OOHH'],
      [25, 'K1 UHUH K2 UUHH'],
      [27, 'K2 HUHH'],
      [50, ''],
    ]);
  });
});
