/**
 * For each rule of `verify` the least that breaks it: a small zone and the change that is made to it. From this table the files in
 * test/rules are written (DANEZONE_WRITE=1), which are also the examples of the documentation. Ed25519 signs the same way each
 * time, so the files can be compared.
 */
import { publicKeyFault } from '../../src/crypto/verify-signature.ts';
import type { ExpectedDenial } from '../../src/verify/denial.ts';
import { encoded, type Line, testDs, testKeys, type ZoneText, zoneName } from './zone-text.ts';

export interface RuleExample {
  /** test/vectors/signed/small-….zone, or another file of test/vectors. */
  readonly base: string;
  /** Makes the zone break the rule; absent: the options do. */
  readonly break?: (zone: ZoneText) => void;
  /** What the zone that keeps the rule needs, if the base does not keep it as it is. */
  readonly keep?: (zone: ZoneText) => void;
  /** Instead of `base` for the zone that keeps the rule. */
  readonly goodBase?: string;
  /** How to verify both. */
  readonly how?: How;
  /** How to verify the one that breaks the rule, where that is another way. */
  readonly badHow?: How;
  /** Lines of the file with the DS set; for the zone that keeps the rule `goodDs`, else the right one where `ds` is given. */
  readonly ds?: readonly string[];
  readonly goodDs?: readonly string[];
  /** Both replace the zone of `base` as it is, in the file previous.zone. */
  readonly replaces?: true;
  /** Rules that cannot but fire as well. */
  readonly beside?: readonly string[];
}

/** As how.json has it. */
export interface How {
  readonly at?: string;
  readonly own?: boolean;
  readonly refresh?: number;
  readonly expectDenial?: ExpectedDenial;
}

const key = 60132;
const zsk = 642;
const rdataOf = (tag: number) => testKeys.get(tag)!.rdata;

const change = (line: Line, from: RegExp, to: string) => {
  line.rdata = line.rdata.replace(from, to);
};
const withTypes = (zone: ZoneText, owner: string, types: string) => {
  change(zone.one(owner, 'NSEC'), / .*/, ` ${types}`);
  zone.resign(owner, 'NSEC');
};
const addKey = (zone: ZoneText, rdata: string) => {
  zone.add('@', 3600, 'DNSKEY', rdata);
  zone.resign('@', 'DNSKEY');
};

/** Ed25519 keys with the tag of the ZSK: two words exchanged, where that gives a point of the curve. */
function sameTagKeys(count: number): string[] {
  const octets = Buffer.from(encoded('DNSKEY', rdataOf(zsk)));
  const found: string[] = [];
  for (let a = 4; a < 34; a += 2) {
    for (let b = a + 2; b < 34; b += 2) {
      const other = Buffer.from(octets);
      octets.copy(other, a, b, b + 2);
      octets.copy(other, b, a, a + 2);
      if (publicKeyFault(15, other.subarray(4)) === undefined)
        found.push(`256 3 15 ${other.subarray(4).toString('base64')}`);
    }
  }
  return found.slice(0, count);
}

/** 32 octets that are no point of the curve. */
function noPoint(): string {
  for (let i = 1; ; i++) {
    const octets = Buffer.alloc(32, i);
    if (publicKeyFault(15, octets)?.part === 'point') return octets.toString('base64');
  }
}

/** Copies each signature under another algorithm and key tag: a signature that nobody here can check. */
function alsoSignedBy(zone: ZoneText, algorithm: number, tag: number): void {
  for (const line of [...zone.lines]) {
    if (line.type !== 'RRSIG' || line.rdata.startsWith('DNSKEY ') || !line.rdata.includes(` ${key} `)) continue;
    zone.lines.push({ ...line, rdata: line.rdata.replace(' 15 ', ` ${algorithm} `).replace(` ${key} `, ` ${tag} `) });
  }
}

/** The tag of a key is a sum, in which the algorithm stands as it is. */
const tagWith = (algorithm: number) => key - 15 + algorithm;

function withUncheckedKey(zone: ZoneText, algorithm: number): void {
  zone.add('@', 3600, 'DNSKEY', rdataOf(key).replace(' 15 ', ` ${algorithm} `));
  const [own] = zone.resign('@', 'DNSKEY');
  const rdata = own.rdata.replace(' 15 ', ` ${algorithm} `).replace(` ${key} `, ` ${tagWith(algorithm)} `);
  zone.add('@', 3600, 'RRSIG', rdata);
  alsoSignedBy(zone, algorithm, tagWith(algorithm));
}

/** A hundred RRsets at one name; `day` gives the day of January 2036 on which a signature ends. */
function manyTypes(zone: ZoneText, day: (i: number) => number): void {
  const types = Array.from({ length: 100 }, (_, i) => `TYPE${65281 + i}`);
  for (const [i, type] of types.entries()) {
    zone.add('www', 3600, type, '\\# 1 00');
    zone.resign('www', type, { keys: [key], expiration: `203601${String(day(i)).padStart(2, '0')}000000` });
  }
  withTypes(zone, 'www', `A RRSIG NSEC ${types.join(' ')}`);
}

const ds = `${zoneName} 3600 IN DS 60132 15 2 5AA5FB66AEF2C5611F50276F7875A48D31C95A0D490265B87EC3FD0B7EEDA6B3`;
const sha1Ds = `${zoneName} 3600 IN DS 60132 15 1 D4699E80C935EF10621A36018CC9F3246C913152`;
const otherDs = (tag: number, digestType = 2) =>
  `${zoneName} 3600 IN DS ${tag} 15 ${digestType} ${'00'.repeat(digestType === 4 ? 48 : 32)}`;
if (!testDs.has(key)) throw new Error('the DS of the key is gone');

const oldZone = 'rfc/rfc4035-a.zone';
const oldTime = '20040501000000';
const nsec3 = 'small-nsec3';

export const ruleExamples: Readonly<Record<string, RuleExample>> = {
  'sign/unsigned': { base: 'small-nsec', break: (zone) => zone.unsign() },
  'sign/missing-signature': { base: 'small-nsec', break: (zone) => zone.drop(zone.signature('www', 'A')) },
  'sign/bad-signature': { base: 'small-nsec', break: (zone) => change(zone.one('www', 'A'), /1$/, '2') },
  'sign/unknown-key': { base: 'small-nsec', break: (zone) => change(zone.signature('www', 'A'), / 60132 /, ' 60133 ') },
  'sign/labels': { base: 'small-nsec', break: (zone) => zone.setField(zone.signature('www', 'A'), 2, '2') },
  'sign/signer-name': { base: 'small-nsec', break: (zone) => zone.setField(zone.signature('www', 'A'), 7, 'test.') },
  'sign/original-ttl': {
    base: 'small-nsec',
    break: (zone) => {
      zone.one('www', 'A').ttl = 300;
    },
  },
  'sign/ttl': {
    base: 'small-nsec',
    break: (zone) => {
      zone.signature('www', 'A').ttl = 300;
    },
  },
  'sign/mixed-ttl': {
    base: 'small-nsec',
    keep: (zone) => {
      zone.add('www', 3600, 'A', '192.0.2.2');
      zone.resign('www', 'A');
    },
    break: (zone) => {
      zone.add('www', 3600, 'A', '192.0.2.2');
      zone.resign('www', 'A');
      zone.one('www', 'A').ttl = 7200;
    },
  },
  'sign/window': {
    base: 'small-nsec',
    break: (zone) => void zone.resign('www', 'A', { expiration: '20260531000000' }),
  },
  'sign/below-cut': { base: 'small-cut', break: (zone) => void zone.resign('ns.sub', 'A', { keys: [key] }) },
  'sign/orphan': {
    base: 'small-nsec',
    break: (zone) => {
      zone.add('www', 3600, 'TXT', '"gone"');
      zone.resign('www', 'TXT', { keys: [key] });
      zone.drop(zone.one('www', 'TXT'));
    },
  },
  'sign/cds-not-signed-by-ksk': {
    base: 'small-cds',
    keep: (zone) => addKey(zone, rdataOf(zsk)),
    break: (zone) => {
      addKey(zone, rdataOf(zsk));
      zone.resign('@', 'CDS', { keys: [zsk] });
    },
    ds: [ds],
  },
  'sign/refresh-missed': {
    base: 'small-nsec',
    how: { refresh: 864000 },
    break: (zone) => void zone.resign('www', 'A', { expiration: '20260605000000' }),
  },
  'sign/too-many': {
    base: 'small-nsec',
    break: (zone) => {
      const lines = ['20340101000000', '20350101000000'].map((expiration) => {
        const [{ rdata }] = zone.resign('www', 'A', { expiration });
        return rdata;
      });
      zone.resign('www', 'A');
      for (const rdata of lines) zone.add('www', 3600, 'RRSIG', rdata);
    },
  },
  'sign/same-instant-expiry': {
    base: 'small-nsec',
    break: (zone) => manyTypes(zone, () => 1),
    keep: (zone) => manyTypes(zone, (i) => 1 + (i % 20)),
  },
  'sign/ahead-of-dnskey': { base: 'small-nsec', break: (zone) => alsoSignedBy(zone, 13, 4711) },

  'denial/chain-broken': { base: 'small-nsec', break: (zone) => zone.dropSet('www', 'NSEC') },
  'denial/apex-wrap': {
    base: 'small-nsec',
    break: (zone) => {
      zone.setField(zone.one('www', 'NSEC'), 0, `zzz.${zoneName}`);
      zone.resign('www', 'NSEC');
    },
  },
  'denial/bitmap': { base: 'small-nsec', break: (zone) => withTypes(zone, 'www', 'TXT RRSIG NSEC') },
  'denial/empty-non-terminal': {
    base: 'small-tlsa',
    break: (zone) => zone.dropSet(zone.hashed('_tcp.www'), 'NSEC3'),
  },
  'denial/wildcard': { base: 'small-wildcard', break: (zone) => zone.dropSet('*.www', 'NSEC') },
  'denial/opt-out-signed-delegation': {
    base: 'small-optout',
    break: (zone) => zone.dropSet(zone.hashed('sub'), 'NSEC3'),
  },
  'denial/nsec3-params-differ': {
    base: nsec3,
    break: (zone) => {
      const owner = zone.hashed('www');
      zone.setField(zone.one(owner, 'NSEC3'), 3, 'a1b2');
      zone.resign(owner, 'NSEC3');
    },
  },
  'denial/nsec3-owner': {
    base: nsec3,
    break: (zone) => {
      zone.add('hash', 3600, 'NSEC3', `1 0 0 - ${zone.hashed('www')} A RRSIG`);
      zone.resign('hash', 'NSEC3', { keys: [key] });
    },
  },
  'denial/nsec3param': {
    base: nsec3,
    break: (zone) => {
      zone.setField(zone.one('@', 'NSEC3PARAM'), 2, '10');
      zone.resign('@', 'NSEC3PARAM');
    },
  },
  'denial/nsec3-algorithm': {
    base: nsec3,
    break: (zone) => withUncheckedKey(zone, 3),
    beside: ['key/unknown-algorithm'],
  },
  'denial/next-canonical': {
    base: 'small-nsec',
    break: (zone) => {
      zone.setField(zone.one('@', 'NSEC'), 0, `WWW.${zoneName}`);
      zone.resign('@', 'NSEC', { foldNext: true });
    },
    keep: (zone) => {
      zone.setField(zone.one('@', 'NSEC'), 0, `WWW.${zoneName}`);
      zone.resign('@', 'NSEC');
    },
  },
  'denial/extraneous': {
    base: 'small-cut',
    break: (zone) => {
      zone.add('ns.sub', 3600, 'NSEC', `${zoneName} A RRSIG NSEC`);
      zone.resign('ns.sub', 'NSEC', { keys: [key] });
    },
  },
  'denial/ttl': {
    base: 'small-wildcard',
    keep: (zone) => threeNsec(zone, 3600),
    break: (zone) => threeNsec(zone, 7200),
  },
  'denial/nsec3-iterations': { base: 'small-iterations', goodBase: nsec3 },
  'denial/own-nsec3-iterations': { base: 'small-iterations', goodBase: nsec3, how: { own: true } },
  'denial/nsec3-salt': { base: 'small-salt', goodBase: nsec3 },
  'denial/not-as-asked': { base: nsec3, goodBase: 'small-nsec', how: { expectDenial: { kind: 'nsec' } } },
  'zone/negative-ttl': {
    base: 'small-nsec',
    break: (zone) => {
      zone.setField(zone.one('@', 'SOA'), -1, '300');
      zone.resign('@', 'SOA');
    },
  },

  'key/bad-flags': { base: 'small-nsec', break: (zone) => addKey(zone, rdataOf(zsk).replace('256', '512')) },
  'key/not-at-apex': {
    base: 'small-nsec',
    break: (zone) => {
      zone.add('www', 3600, 'DNSKEY', rdataOf(zsk));
      zone.resign('www', 'DNSKEY', { keys: [key] });
      withTypes(zone, 'www', 'A RRSIG NSEC DNSKEY');
    },
  },
  'key/point-not-on-curve': { base: 'small-nsec', break: (zone) => addKey(zone, `256 3 15 ${noPoint()}`) },
  'key/rsa-size-legacy': { base: oldZone, how: { at: oldTime }, goodBase: 'small-nsec' },
  'key/too-many': {
    base: 'small-nsec',
    break: (zone) => {
      for (const rdata of [rdataOf(zsk), ...sameTagKeys(2)]) zone.add('@', 3600, 'DNSKEY', rdata);
      zone.resign('@', 'DNSKEY');
    },
    beside: ['key/tag-collision'],
  },
  'key/tag-collision': {
    base: 'small-nsec',
    break: (zone) => {
      for (const rdata of [rdataOf(zsk), ...sameTagKeys(1)]) zone.add('@', 3600, 'DNSKEY', rdata);
      zone.resign('@', 'DNSKEY');
    },
  },
  'key/forbidden-algorithm': {
    base: oldZone,
    how: { own: true },
    badHow: { at: oldTime, own: true },
    goodBase: 'small-nsec',
    beside: ['key/rsa-size-legacy'],
  },
  'key/unknown-algorithm': { base: 'small-nsec', break: (zone) => withUncheckedKey(zone, 253) },
  'key/no-known-algorithm': {
    base: 'small-nsec',
    break: (zone) => {
      change(zone.one('@', 'DNSKEY'), / 15 /, ' 253 ');
      for (const line of zone.lines) {
        if (line.type === 'RRSIG')
          line.rdata = line.rdata.replace(' 15 ', ' 253 ').replace(' 60132 ', ` ${tagWith(253)} `);
      }
    },
  },

  'parent/ds-without-key': { base: 'small-nsec', ds: [otherDs(4711)] },
  'parent/standby-ds': { base: 'small-nsec', ds: [ds, otherDs(4711)] },
  'parent/ds-without-signatures': {
    base: 'small-nsec',
    keep: (zone) => addKey(zone, rdataOf(zsk)),
    break: (zone) => {
      zone.add('@', 3600, 'DNSKEY', rdataOf(zsk));
      zone.resign('@', 'DNSKEY', { keys: [zsk] });
    },
    ds: [ds],
  },
  'parent/unsigned-under-ds': { base: 'small-nsec', break: (zone) => zone.unsign(), ds: [ds] },
  'parent/digest-mixed': { base: 'small-nsec', ds: [ds, otherDs(4711, 4)], beside: ['parent/standby-ds'] },
  'parent/digest-type': { base: 'small-nsec', ds: [sha1Ds] },
  'parent/too-many-ds': {
    base: 'small-nsec',
    ds: [ds, ...Array.from({ length: 8 }, (_, i) => otherDs(i + 1))],
    beside: ['parent/standby-ds'],
  },

  'cds/differs': {
    base: 'small-cds',
    break: (zone) => {
      change(zone.one('@', 'CDS'), /.$/, '0');
      zone.resign('@', 'CDS');
    },
  },
  'cds/delete-mixed': {
    base: 'small-cds',
    break: (zone) => {
      zone.one('@', 'CDS').rdata = '0 0 0 00';
      zone.resign('@', 'CDS');
    },
    keep: (zone) => {
      zone.one('@', 'CDS').rdata = '0 0 0 00';
      zone.one('@', 'CDNSKEY').rdata = '0 3 0 AA==';
      for (const type of ['CDS', 'CDNSKEY']) zone.resign('@', type);
    },
  },

  'zonemd/digest': {
    base: 'small-zonemd',
    break: (zone) => {
      zone.one('www', 'A').rdata = '192.0.2.2';
      zone.resign('www', 'A');
    },
  },
  'zonemd/serial': {
    base: 'small-zonemd',
    break: (zone) => {
      zone.setField(zone.one('@', 'ZONEMD'), 0, '2');
      zone.resign('@', 'ZONEMD');
    },
  },
  'zonemd/unknown': {
    base: 'small-zonemd',
    break: (zone) => {
      zone.setField(zone.one('@', 'ZONEMD'), 1, '240');
      zone.resign('@', 'ZONEMD');
    },
  },
  'zone/one-soa': {
    base: 'small-nsec',
    break: (zone) => {
      const { rdata, ttl } = zone.one('@', 'SOA');
      zone.add('@', ttl, 'SOA', rdata.replace(' 1 1800', ' 2 1800'));
      zone.resign('@', 'SOA');
    },
  },
  'zone/serial-not-increased': {
    base: 'small-nsec',
    replaces: true,
    break: (zone) => {
      zone.one('www', 'A').rdata = '192.0.2.2';
      zone.resign('www', 'A');
    },
    keep: (zone) => {
      zone.one('www', 'A').rdata = '192.0.2.2';
      zone.resign('www', 'A');
      zone.setField(zone.one('@', 'SOA'), 2, '2');
      zone.resign('@', 'SOA');
    },
  },
};

/** Three NSEC records, the last with this TTL. */
function threeNsec(zone: ZoneText, ttl: number): void {
  zone.add('zzz', 3600, 'A', '192.0.2.3');
  zone.resign('zzz', 'A', { keys: [key] });
  zone.add('zzz', ttl, 'NSEC', `${zoneName} A RRSIG NSEC`);
  zone.resign('zzz', 'NSEC', { keys: [key] });
  zone.setField(zone.one('*.www', 'NSEC'), 0, `zzz.${zoneName}`);
  zone.resign('*.www', 'NSEC');
}
