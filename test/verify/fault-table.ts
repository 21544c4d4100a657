/** Single faults, each with the one rule that must find it. The zones and their names stand in test/vectors/signed. */
import type { Octets } from '../../src/text/octets.ts';
import { parseTime } from '../../src/text/time.ts';
import { encoded, type Line, testDs, type ZoneText, zoneName } from './zone-text.ts';

/** nsec: KSK and ZSK; nsec3: KSK and ZSK, RSA; optout: one key; two: one key each of two algorithms; zonemd: one key. */
export type Layout = 'nsec' | 'nsec3' | 'optout' | 'two' | 'zonemd';

export const keysOf: Record<Layout, { ksk: number; zsk: number }> = {
  nsec: { ksk: 17325, zsk: 32290 },
  nsec3: { ksk: 979, zsk: 28473 },
  optout: { ksk: 17325, zsk: 17325 },
  two: { ksk: 17325, zsk: 17325 },
  zonemd: { ksk: 60132, zsk: 60132 },
};

export const signersOf = (layout: Layout) => (layout === 'zonemd' ? ['knot', 'ldns'] : ['bind', 'knot', 'ldns']);

export interface Fault {
  /** What was done to the zone. */
  readonly title: string;
  readonly rule: string;
  readonly in: readonly Layout[];
  /** Changes the zone; the line that the message must point at, or undefined where it points at none. */
  readonly put: (zone: ZoneText, keys: { ksk: number; zsk: number }) => Line | undefined;
  /** Messages of the rule; 1 if absent. */
  readonly messages?: number;
  readonly at?: number;
  /** Instead of the DS of the KSK; empty: without a DS set. */
  readonly ds?: (keys: { ksk: number; zsk: number }) => Octets[];
}

const nsec: readonly Layout[] = ['nsec', 'two'];
const nsec3: readonly Layout[] = ['nsec3', 'optout'];
const every: readonly Layout[] = ['nsec', 'nsec3', 'optout', 'two'];
const split: readonly Layout[] = ['nsec', 'nsec3'];

/** Another character of the same alphabet in the middle of a base64 or hexadecimal text. */
const flip = (text: string) => {
  const at = Math.floor(text.length / 2);
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
};

const setBitmap = (line: Line, change: (types: string[]) => string[]) => {
  const head = line.type === 'NSEC' ? 1 : 5;
  const fields = line.rdata.split(' ');
  line.rdata = [...fields.slice(0, head), ...change(fields.slice(head))].join(' ');
};

/** The NSEC or NSEC3 of a name. */
const denialOf = (zone: ZoneText, owner: string): { owner: string; line: Line; type: string } => {
  const hashed = zone.nsec3.length > 0;
  const at = hashed ? zone.hashed(owner) : owner;
  const type = hashed ? 'NSEC3' : 'NSEC';
  return { owner: at, line: zone.one(at, type), type };
};

const relative = (line: Line) => line.owner.toLowerCase().replace(`.${zoneName}`, '').replace(zoneName, '@');

/** Changes a bitmap and signs it again. */
const withBitmap = (zone: ZoneText, name: string, change: (types: string[]) => string[]) => {
  const { owner, line, type } = denialOf(zone, name);
  setBitmap(line, change);
  zone.resign(owner, type);
  return line;
};

/** Gives one NSEC or NSEC3 another field, and signs it again. */
const withField = (zone: ZoneText, line: Line, index: number, to: string | ((old: string) => string)) => {
  zone.setField(line, index, to);
  zone.resign(relative(line), line.type);
  return line;
};

export const faults: readonly Fault[] = [
  {
    title: 'a bit of a signature is flipped',
    rule: 'sign/bad-signature',
    in: every,
    put: (zone) => {
      const line = zone.signature('mx1', 'A');
      zone.setField(line, -1, flip);
      return line;
    },
  },
  {
    title: 'an address is changed after signing',
    rule: 'sign/bad-signature',
    in: split,
    put: (zone) => {
      zone.one('mx1', 'A').rdata = '192.0.2.26';
      return zone.signature('mx1', 'A');
    },
  },
  {
    title: 'a name in RDATA is changed after signing',
    rule: 'sign/bad-signature',
    in: split,
    put: (zone) => {
      zone.setField(zone.one('_sip._udp', 'SRV'), 3, 'sip.example.com.');
      return zone.signature('_sip._udp', 'SRV');
    },
  },
  {
    title: 'a record is taken out of an RRset',
    rule: 'sign/bad-signature',
    in: split,
    put: (zone) => {
      zone.drop(zone.one('@', 'NS'));
      return zone.signature('@', 'NS');
    },
  },
  {
    title: 'a record is added to an RRset',
    rule: 'sign/bad-signature',
    in: split,
    put: (zone) => {
      zone.add('@', 3600, 'MX', '5 mail.example.com.');
      return zone.signature('@', 'MX');
    },
  },
  {
    title: 'a signature is dropped',
    rule: 'sign/missing-signature',
    in: split,
    put: (zone) => {
      zone.drop(zone.signature('mx1', 'A'));
      return zone.one('mx1', 'A');
    },
  },
  {
    title: 'the signature of one of two algorithms is dropped',
    rule: 'sign/missing-signature',
    in: ['two'],
    put: (zone) => {
      zone.drop(zone.signatures('mx1', 'AAAA')[1]);
      return zone.one('mx1', 'AAAA');
    },
  },
  {
    title: 'the signature of a denial record is dropped',
    rule: 'sign/missing-signature',
    in: split,
    put: (zone) => {
      const { owner, line, type } = denialOf(zone, 'mx1');
      zone.drop(zone.signature(owner, type));
      return line;
    },
  },
  {
    title: 'a DNSKEY RRset is signed by the ZSK only, without a DS at hand',
    rule: 'sign/missing-signature',
    in: split,
    ds: () => [],
    put: (zone, { ksk, zsk }) => {
      zone.drop(...zone.signatures('@', 'DNSKEY'));
      zone.resign('@', 'DNSKEY', { keys: [zsk] });
      for (const type of ['CDS', 'CDNSKEY']) zone.resign('@', type, { keys: [zsk] });
      return zone.all('@', 'DNSKEY').find(({ rdata }) => rdata === zone.keyRdata(ksk));
    },
  },
  {
    title: 'the key tag of a signature is changed',
    rule: 'sign/unknown-key',
    in: every,
    put: (zone) => {
      const line = zone.signature('www', 'CNAME');
      zone.setField(line, 6, '1');
      return line;
    },
  },
  {
    title: 'the label count of a signature is changed',
    rule: 'sign/labels',
    in: split,
    put: (zone) => {
      const line = zone.signature('ns1', 'A');
      zone.setField(line, 2, '2');
      return line;
    },
  },
  {
    title: 'the signature of a wildcard counts the asterisk',
    rule: 'sign/labels',
    in: split,
    put: (zone) => {
      const line = zone.signature('*.wild', 'TXT');
      zone.setField(line, 2, '4');
      return line;
    },
  },
  {
    title: 'a signature names the parent as signer',
    rule: 'sign/signer-name',
    in: split,
    put: (zone) => {
      const line = zone.signature('ns1', 'AAAA');
      zone.setField(line, 7, 'test.');
      return line;
    },
  },
  {
    title: 'the original TTL of a signature is changed',
    rule: 'sign/original-ttl',
    in: split,
    put: (zone) => {
      const line = zone.signature('www', 'CNAME');
      zone.setField(line, 3, '7200');
      return line;
    },
  },
  {
    title: 'the TTL of an RRset is changed after signing',
    rule: 'sign/original-ttl',
    in: split,
    put: (zone) => {
      zone.one('www', 'CNAME').ttl = 300;
      return zone.signature('www', 'CNAME');
    },
  },
  {
    title: 'the TTL of an RRSIG record is changed',
    rule: 'sign/ttl',
    in: split,
    put: (zone) => {
      const line = zone.signature('www', 'CNAME');
      line.ttl = 300;
      return line;
    },
  },
  {
    title: 'the TTL of one record of an RRset is raised after signing',
    rule: 'sign/mixed-ttl',
    in: split,
    put: (zone) => {
      zone.all('@', 'NS')[0].ttl = 7200;
      return zone.all('@', 'NS').find(({ rdata }) => /example/i.test(rdata));
    },
  },
  {
    title: 'one signature has expired',
    rule: 'sign/window',
    in: ['nsec', 'nsec3', 'optout'],
    put: (zone, { zsk }) => zone.resign('zz', 'A', { keys: [zsk], expiration: '20260531235959' })[0],
  },
  {
    title: 'one signature is not valid yet',
    rule: 'sign/window',
    in: split,
    put: (zone) => zone.resign('zz', 'A', { inception: '20260601000001' })[0],
  },
  {
    title: 'a signature expires before its inception',
    rule: 'sign/window',
    in: split,
    put: (zone) => zone.resign('zz', 'A', { inception: '20260501000000', expiration: '20260401000000' })[0],
  },
  {
    title: 'the whole zone has expired',
    rule: 'sign/window',
    in: every,
    at: parseTime('20360101000001'),
    messages: 21,
    put: () => undefined,
  },
  {
    title: 'the whole zone is not valid yet',
    rule: 'sign/window',
    in: every,
    at: parseTime('20250601000000'),
    messages: 21,
    put: () => undefined,
  },
  {
    title: 'glue is signed',
    rule: 'sign/below-cut',
    in: every,
    put: (zone, { zsk }) => zone.resign('ns.insecure', 'A', { keys: [zsk] })[0],
  },
  {
    title: 'the NS RRset of a delegation is signed',
    rule: 'sign/below-cut',
    in: split,
    put: (zone, { zsk }) => zone.resign('insecure', 'NS', { keys: [zsk] })[0],
  },
  {
    title: 'what is hidden below a delegation is signed',
    rule: 'sign/below-cut',
    in: split,
    put: (zone, { zsk }) => zone.resign('lost.insecure', 'TXT', { keys: [zsk] })[0],
  },
  {
    title: 'a signature is left where its RRset is gone',
    rule: 'sign/orphan',
    in: split,
    put: (zone) => {
      zone.drop(zone.one('zz', 'HINFO'));
      withBitmap(zone, 'zz', (types) => types.filter((type) => type !== 'HINFO'));
      return zone.signature('zz', 'HINFO');
    },
  },
  {
    title: 'CDS is signed by the ZSK only',
    rule: 'sign/cds-not-signed-by-ksk',
    in: split,
    put: (zone, { zsk }) => {
      zone.resign('@', 'CDS', { keys: [zsk] });
      return zone.one('@', 'CDS');
    },
  },

  {
    title: 'the NSEC of a name is dropped',
    rule: 'denial/chain-broken',
    in: nsec,
    put: (zone) => {
      zone.dropSet('ns1', 'NSEC');
      return zone.all('ns1', 'A').at(0);
    },
  },
  {
    title: 'the NSEC chain passes over a name',
    rule: 'denial/chain-broken',
    in: nsec,
    put: (zone) => withField(zone, zone.one('_25._tcp.mx1', 'NSEC'), 0, `odd\\.label.${zoneName}`),
  },
  {
    title: 'the NSEC chain is shortened: a name has no NSEC, and the one before points past it',
    rule: 'denial/chain-broken',
    in: nsec,
    put: (zone) => {
      zone.dropSet('ns1', 'NSEC');
      withField(zone, zone.one('_25._tcp.mx1', 'NSEC'), 0, `odd\\.label.${zoneName}`);
      return zone.all('ns1', 'A').at(0);
    },
  },
  {
    title: 'an NSEC points to a name that does not exist',
    rule: 'denial/chain-broken',
    in: nsec,
    put: (zone) => withField(zone, zone.one('ns1', 'NSEC'), 0, `nt.${zoneName}`),
  },
  {
    title: 'an NSEC points back to the apex too early',
    rule: 'denial/chain-broken',
    in: nsec,
    put: (zone) => withField(zone, zone.one('www', 'NSEC'), 0, zoneName),
  },
  {
    title: 'a name has two NSEC records',
    rule: 'denial/chain-broken',
    in: nsec,
    put: (zone) => {
      // The shorter label comes first in canonical order.
      const line = zone.add('ns1', 1800, 'NSEC', `p.${zoneName} A AAAA RRSIG NSEC`);
      zone.resign('ns1', 'NSEC');
      return line;
    },
  },
  {
    title: 'the last NSEC does not point back to the apex',
    rule: 'denial/apex-wrap',
    in: nsec,
    put: (zone) => withField(zone, zone.one('zz', 'NSEC'), 0, `mx1.${zoneName}`),
  },
  {
    title: 'a bitmap lacks a type',
    rule: 'denial/bitmap',
    in: every,
    put: (zone) => withBitmap(zone, 'mx1', (types) => types.filter((type) => type !== 'AAAA')),
  },
  {
    title: 'a bitmap has a type too much',
    rule: 'denial/bitmap',
    in: every,
    put: (zone) => withBitmap(zone, 'mx1', (types) => [...types, 'CAA']),
  },
  {
    title: 'a bitmap lacks a type above 255',
    rule: 'denial/bitmap',
    in: every,
    put: (zone) => withBitmap(zone, 'private', (types) => types.filter((type) => type !== 'TYPE65280')),
  },
  {
    title: 'the bitmap of a delegation lacks DS',
    rule: 'denial/bitmap',
    in: every,
    put: (zone) => withBitmap(zone, 'secure', (types) => types.filter((type) => type !== 'DS')),
  },
  {
    title: 'the bitmap of a delegation lacks NS',
    rule: 'denial/bitmap',
    in: every,
    put: (zone) => withBitmap(zone, 'secure', (types) => types.filter((type) => type !== 'NS')),
  },
  {
    title: 'the bitmap of a delegation lists glue',
    rule: 'denial/bitmap',
    in: split,
    put: (zone) => {
      zone.add('insecure', 3600, 'A', '192.0.2.54');
      return withBitmap(zone, 'insecure', (types) => [...types, 'A']);
    },
  },
  {
    title: 'the NSEC of a wildcard is dropped',
    rule: 'denial/wildcard',
    in: nsec,
    put: (zone) => {
      zone.dropSet('*.wild', 'NSEC');
      return zone.one('*.wild', 'MX');
    },
  },
  {
    title: 'an NSEC stands at an empty non-terminal',
    rule: 'denial/extraneous',
    in: nsec,
    put: (zone, { zsk }) => {
      const line = zone.add('deep.ent', 1800, 'NSEC', `host.deep.ent.${zoneName} RRSIG NSEC`);
      zone.resign('deep.ent', 'NSEC', { keys: zone.zoneKeys(zsk) });
      withField(zone, zone.one('alias', 'NSEC'), 0, `deep.ent.${zoneName}`);
      return line;
    },
  },
  {
    title: 'an NSEC stands at a name that does not exist',
    rule: 'denial/extraneous',
    in: nsec,
    put: (zone, { zsk }) => {
      const line = zone.add('nothing', 1800, 'NSEC', `ns1.${zoneName} RRSIG NSEC`);
      zone.resign('nothing', 'NSEC', { keys: zone.zoneKeys(zsk) });
      withField(zone, zone.one('_25._tcp.mx1', 'NSEC'), 0, `nothing.${zoneName}`);
      return line;
    },
  },
  {
    title: 'an NSEC stands at glue',
    rule: 'denial/extraneous',
    in: nsec,
    put: (zone, { zsk }) => {
      const line = zone.add('ns.insecure', 1800, 'NSEC', `mx1.${zoneName} A RRSIG NSEC`);
      zone.resign('ns.insecure', 'NSEC', { keys: zone.zoneKeys(zsk) });
      return line;
    },
  },
  {
    title: 'an NSEC stands in an NSEC3 zone',
    rule: 'denial/extraneous',
    in: nsec3,
    put: (zone, { zsk }) => {
      const line = zone.add('ns1', 1800, 'NSEC', `www.${zoneName} A AAAA RRSIG NSEC`);
      zone.resign('ns1', 'NSEC', { keys: [zsk] });
      return line;
    },
  },
  {
    title: 'the next name of an NSEC was folded to lower case when it was signed',
    rule: 'denial/next-canonical',
    in: ['nsec'],
    put: (zone) => {
      zone.setField(zone.one('www', 'NSEC'), 0, (next) => next.toUpperCase());
      return zone.resign('www', 'NSEC', { foldNext: true })[0];
    },
  },
  {
    title: 'one NSEC or NSEC3 has another TTL',
    rule: 'denial/ttl',
    in: every,
    put: (zone) => {
      const { owner, line, type } = denialOf(zone, 'mx1');
      line.ttl = 3600;
      zone.resign(owner, type);
      return line;
    },
  },
  {
    title: 'the SOA MINIMUM is below the TTL of NSEC and NSEC3',
    rule: 'zone/negative-ttl',
    in: every,
    put: (zone) => {
      zone.setField(zone.one('@', 'SOA'), -1, '900');
      zone.resign('@', 'SOA');
      return zone.firstDenial();
    },
  },
  {
    title: 'the SOA TTL is below the TTL of NSEC and NSEC3',
    rule: 'zone/negative-ttl',
    in: every,
    put: (zone) => {
      zone.one('@', 'SOA').ttl = 600;
      zone.resign('@', 'SOA');
      return zone.firstDenial();
    },
  },

  {
    title: 'the NSEC3 of a name is dropped',
    rule: 'denial/chain-broken',
    in: nsec3,
    put: (zone) => {
      zone.dropSet(zone.hashed('ns1'), 'NSEC3');
      return zone.all('ns1', 'A').at(0);
    },
  },
  {
    title: 'the NSEC3 of an unsigned delegation is dropped without opt-out',
    rule: 'denial/chain-broken',
    in: ['nsec3'],
    put: (zone) => {
      zone.dropSet(zone.hashed('outside'), 'NSEC3');
      return zone.one('outside', 'NS');
    },
  },
  {
    title: 'the NSEC3 of an empty non-terminal (_tcp under a mail host) is dropped',
    rule: 'denial/empty-non-terminal',
    in: nsec3,
    put: (zone) => {
      zone.dropSet(zone.hashed('_tcp.mx1'), 'NSEC3');
      return zone.firstRecord('_25._tcp.mx1');
    },
  },
  {
    title: 'the NSEC3 of an empty non-terminal above an unsigned delegation is dropped without opt-out',
    rule: 'denial/empty-non-terminal',
    in: ['nsec3'],
    put: (zone) => {
      zone.dropSet(zone.hashed('region'), 'NSEC3');
      return zone.one('child.region', 'NS');
    },
  },
  {
    title: 'the NSEC3 of a wildcard is dropped',
    rule: 'denial/wildcard',
    in: nsec3,
    put: (zone) => {
      zone.dropSet(zone.hashed('*.wild'), 'NSEC3');
      return zone.one('*.wild', 'MX');
    },
  },
  {
    title: 'the NSEC3 of a signed delegation is dropped under opt-out',
    rule: 'denial/opt-out-signed-delegation',
    in: ['optout'],
    put: (zone) => {
      zone.dropSet(zone.hashed('secure'), 'NSEC3');
      return zone.one('secure', 'NS');
    },
  },
  {
    title: 'an NSEC3 points past the next hash',
    rule: 'denial/chain-broken',
    in: nsec3,
    put: (zone) => withField(zone, zone.nsec3[2], 4, relative(zone.nsec3[4])),
  },
  {
    title: 'the last NSEC3 does not point to the first',
    rule: 'denial/apex-wrap',
    in: nsec3,
    put: (zone) => withField(zone, zone.nsec3.at(-1)!, 4, relative(zone.nsec3[1])),
  },
  {
    title: 'one NSEC3 has a salt',
    rule: 'denial/nsec3-params-differ',
    in: nsec3,
    put: (zone) => withField(zone, zone.nsec3[3], 3, 'aabb'),
  },
  {
    title: 'one NSEC3 has iterations',
    rule: 'denial/nsec3-params-differ',
    in: nsec3,
    put: (zone) => withField(zone, zone.nsec3[3], 2, '1'),
  },
  {
    title: 'one NSEC3 has an unknown flag',
    rule: 'denial/nsec3-params-differ',
    in: ['nsec3'],
    put: (zone) => withField(zone, zone.nsec3[3], 1, '2'),
  },
  {
    title: 'NSEC3PARAM announces other iterations than the chain has',
    rule: 'denial/nsec3param',
    in: nsec3,
    put: (zone) => withField(zone, zone.one('@', 'NSEC3PARAM'), 2, '1'),
  },
  {
    title: 'NSEC3PARAM is gone',
    rule: 'denial/nsec3param',
    in: nsec3,
    put: (zone) => {
      zone.dropSet('@', 'NSEC3PARAM');
      withBitmap(zone, '@', (types) => types.filter((type) => type !== 'NSEC3PARAM'));
      return undefined;
    },
  },
  {
    title: 'NSEC3PARAM has a flag, so that servers ignore it',
    rule: 'denial/nsec3param',
    in: nsec3,
    put: (zone) => withField(zone, zone.one('@', 'NSEC3PARAM'), 1, '1'),
  },
  {
    title: 'an NSEC3 stands for a name that does not exist',
    rule: 'denial/extraneous',
    in: nsec3,
    put: (zone, { zsk }) => {
      const owner = zone.hashed('nothing');
      const before = zone.nsec3.findLast((line) => relative(line) < owner) ?? zone.nsec3.at(-1)!;
      const [, flags, , , next] = before.rdata.split(' ');
      const line = zone.add(owner, 1800, 'NSEC3', `1 ${flags} 0 - ${next} A RRSIG`);
      zone.resign(owner, 'NSEC3', { keys: [zsk] });
      withField(zone, before, 4, owner);
      return line;
    },
  },
  {
    title: 'the owner of an NSEC3 is not a hash',
    rule: 'denial/nsec3-owner',
    in: nsec3,
    put: (zone, { zsk }) => {
      const line = zone.add('not-a-hash', 1800, 'NSEC3', `1 0 0 - ${relative(zone.nsec3[0])} A RRSIG`);
      zone.resign('not-a-hash', 'NSEC3', { keys: [zsk] });
      return line;
    },
  },
  {
    title: 'an NSEC3 does not stand directly under the apex',
    rule: 'denial/nsec3-owner',
    in: nsec3,
    put: (zone, { zsk }) => {
      const owner = `${relative(zone.nsec3[0])}.ent`;
      const line = zone.add(owner, 1800, 'NSEC3', `1 0 0 - ${relative(zone.nsec3[0])} A RRSIG`);
      zone.resign(owner, 'NSEC3', { keys: [zsk] });
      return line;
    },
  },

  {
    title: 'a DNSKEY has no zone key flag',
    rule: 'key/bad-flags',
    in: split,
    put: (zone, { zsk }) => {
      const line = zone.add('@', 3600, 'DNSKEY', zone.keyRdata(zsk).replace(/^256/, '0'));
      zone.resign('@', 'DNSKEY');
      return line;
    },
  },
  {
    title: 'a DNSKEY has another protocol than 3',
    rule: 'key/bad-flags',
    in: split,
    put: (zone, { zsk }) => {
      const line = zone.add('@', 3600, 'DNSKEY', zone.keyRdata(zsk).replace(/^256 3/, '256 4'));
      zone.resign('@', 'DNSKEY');
      return line;
    },
  },
  {
    title: 'a DNSKEY stands elsewhere than at the apex',
    rule: 'key/not-at-apex',
    in: split,
    put: (zone, { zsk }) => {
      const line = zone.add('zz', 3600, 'DNSKEY', zone.keyRdata(zsk));
      zone.resign('zz', 'DNSKEY', { keys: [zsk] });
      withBitmap(zone, 'zz', (types) => [...types, 'DNSKEY']);
      return line;
    },
  },
  {
    title: 'an ECDSA key is no point of its curve',
    rule: 'key/point-not-on-curve',
    in: ['nsec', 'optout'],
    put: (zone) => {
      const line = zone.add('@', 3600, 'DNSKEY', `256 3 13 ${Buffer.alloc(64, 7).toString('base64')}`);
      zone.resign('@', 'DNSKEY');
      return line;
    },
  },
  {
    title: 'two keys share algorithm and tag',
    rule: 'key/tag-collision',
    in: ['nsec3'],
    put: (zone, { zsk }) => {
      // The tag is a sum of 16-bit words: two words exchanged give another key with the same tag.
      const octets = encoded('DNSKEY', zone.keyRdata(zsk));
      const other = Buffer.from(octets);
      other.set(octets.subarray(40, 42), 42);
      other.set(octets.subarray(42, 44), 40);
      zone.add('@', 3600, 'DNSKEY', `256 3 8 ${other.subarray(4).toString('base64')}`);
      zone.resign('@', 'DNSKEY');
      return zone.lastOfSet('@', 'DNSKEY', encoded('DNSKEY', zone.keyRdata(zsk)), other);
    },
  },

  {
    title: 'the DS is of another key',
    rule: 'parent/ds-without-key',
    in: every,
    ds: ({ ksk }) => [testDs.get(ksk === 979 ? 17325 : 979)!],
    put: (zone) => zone.one('@', 'DNSKEY'),
  },
  {
    title: 'the digest of the DS is wrong',
    rule: 'parent/ds-without-key',
    in: every,
    ds: ({ ksk }) => {
      const ds = Uint8Array.from(testDs.get(ksk)!);
      ds[20] ^= 1;
      return [ds];
    },
    put: (zone) => zone.one('@', 'DNSKEY'),
  },
  {
    title: 'the key behind the DS does not sign the DNSKEY RRset',
    rule: 'parent/ds-without-signatures',
    in: split,
    put: (zone, { ksk, zsk }) => {
      zone.resign('@', 'DNSKEY', { keys: [zsk] });
      return zone.all('@', 'DNSKEY').find(({ rdata }) => rdata === zone.keyRdata(ksk));
    },
  },
  {
    title: 'the DS set has a stronger digest, but not for the key that signs',
    rule: 'parent/digest-mixed',
    in: every,
    ds: ({ ksk }) => {
      const ds = testDs.get(ksk)!;
      return [ds, Buffer.concat([Uint8Array.of(1, 1, ds[2], 4), Buffer.alloc(48)])];
    },
    put: (zone) => zone.one('@', 'DNSKEY'),
  },
  {
    title: 'the signature of the DNSKEY RRset is broken under a DS',
    rule: 'sign/bad-signature',
    in: split,
    put: (zone) => {
      const line = zone.signature('@', 'DNSKEY');
      zone.setField(line, -1, flip);
      return line;
    },
  },
  {
    title: 'nothing is signed, with a DS at the parent',
    rule: 'parent/unsigned-under-ds',
    in: every,
    put: (zone) => {
      zone.unsign();
      return undefined;
    },
  },
  {
    title: 'nothing is signed, without a DS at hand',
    rule: 'sign/unsigned',
    in: every,
    ds: () => [],
    put: (zone) => {
      zone.unsign();
      return undefined;
    },
  },

  {
    title: 'the digest in CDS is not that of the key',
    rule: 'cds/differs',
    in: split,
    put: (zone, { ksk }) => {
      const line = zone.one('@', 'CDS');
      line.rdata = line.rdata.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
      zone.resign('@', 'CDS', { keys: [ksk] });
      return line;
    },
  },
  {
    title: 'CDNSKEY is another key than CDS',
    rule: 'cds/differs',
    in: split,
    put: (zone, { ksk, zsk }) => {
      zone.one('@', 'CDNSKEY').rdata = zone.keyRdata(zsk);
      zone.resign('@', 'CDNSKEY', { keys: [ksk] });
      return zone.one('@', 'CDS');
    },
  },
  {
    title: 'the deletion in CDS stands beside other records',
    rule: 'cds/delete-mixed',
    in: split,
    put: (zone, { ksk }) => {
      const ttl = zone.one('@', 'CDS').ttl;
      const line = zone.add('@', ttl, 'CDS', '0 0 0 00');
      zone.resign('@', 'CDS', { keys: [ksk] });
      zone.dropSet('@', 'CDNSKEY');
      withBitmap(zone, '@', (types) => types.filter((type) => type !== 'CDNSKEY'));
      return line;
    },
  },
  {
    title: 'CDS asks for deletion, CDNSKEY does not',
    rule: 'cds/delete-mixed',
    in: split,
    put: (zone, { ksk }) => {
      zone.one('@', 'CDS').rdata = '0 0 0 00';
      zone.resign('@', 'CDS', { keys: [ksk] });
      return zone.one('@', 'CDNSKEY');
    },
  },

  {
    title: 'the digest in ZONEMD is changed',
    rule: 'zonemd/digest',
    in: ['zonemd'],
    put: (zone) =>
      withField(zone, zone.one('@', 'ZONEMD'), 3, (digest) => digest.replace(/^./, (c) => (c === '0' ? '1' : '0'))),
  },
  {
    title: 'glue is changed under ZONEMD',
    rule: 'zonemd/digest',
    in: ['zonemd'],
    put: (zone) => {
      zone.one('ns.insecure', 'A').rdata = '192.0.2.55';
      return zone.one('@', 'ZONEMD');
    },
  },
  {
    title: 'the NS RRset of a delegation is changed under ZONEMD',
    rule: 'zonemd/digest',
    in: ['zonemd'],
    put: (zone) => {
      zone.one('outside', 'NS').rdata = 'ns.example.com.';
      return zone.one('@', 'ZONEMD');
    },
  },
  {
    title: 'the serial in ZONEMD is not that of the SOA',
    rule: 'zonemd/serial',
    in: ['zonemd'],
    put: (zone) => withField(zone, zone.one('@', 'ZONEMD'), 0, '2026010099'),
  },
];
