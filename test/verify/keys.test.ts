import { describe, expect, test } from 'vitest';
import { name, nameToWire } from '../../src/dns/name.ts';
import { dsDigest } from '../../src/dnssec/ds.ts';
import { ruleExamples } from './rule-examples.ts';
import { verifyText } from './support.ts';
import { signedAt as at, encoded, testDs, testKeys, ZoneText, zoneName } from './zone-text.ts';

const rsaZsk = 28473;
const rulesIn = (errors: readonly string[]) => errors.map((error) => error.split(':')[0]);

/** An RSA key with one word of its modulus changed, so that its tag moves by `difference`. */
function twin(tag: number, difference: number): string {
  const octets = Buffer.from(encoded('DNSKEY', testKeys.get(tag)!.rdata));
  for (let at = 40; ; at += 2) {
    const word = octets.readUInt16BE(at) + difference;
    if (word > 0xffff) continue;
    octets.writeUInt16BE(word, at);
    return `256 3 8 ${octets.subarray(4).toString('base64')}`;
  }
}

/** An RSA key with the same tag: two words of the modulus exchanged. */
function sameTag(tag: number, at: number): string {
  const octets = Buffer.from(encoded('DNSKEY', testKeys.get(tag)!.rdata));
  const [a, b] = [octets.readUInt16BE(at), octets.readUInt16BE(at + 2)];
  octets.writeUInt16BE(b, at);
  octets.writeUInt16BE(a, at + 2);
  return `256 3 8 ${octets.subarray(4).toString('base64')}`;
}

function withKeys(...rdatas: readonly string[]): ZoneText {
  const zone = ZoneText.read('bind-nsec3.zone');
  for (const rdata of rdatas) zone.add('@', 3600, 'DNSKEY', rdata);
  zone.resign('@', 'DNSKEY');
  return zone;
}

describe('keys that share a tag', () => {
  test('two of them are an error, three also a warning; the signatures verify all the same', async () => {
    const two = await verifyText(withKeys(sameTag(rsaZsk, 40)).octets, { at });
    expect([rulesIn(two.errors), two.others]).toEqual([['key/tag-collision'], []]);
    const three = await verifyText(withKeys(sameTag(rsaZsk, 40), sameTag(rsaZsk, 60)).octets, { at });
    expect([rulesIn(three.errors), three.others]).toEqual([['key/tag-collision'], ['key/too-many']]);
  });
  test('once one is revoked are an error in a zone of ours only', async () => {
    const { octets } = withKeys(twin(rsaZsk, 128));
    expect((await verifyText(octets, { at })).errors).toEqual([]);
    expect(rulesIn((await verifyText(octets, { at, own: true })).errors)).toEqual(['key/tag-collision']);
  });
  test('of different algorithms do not collide', async () => {
    const zone = ZoneText.read('bind-two.zone');
    expect((await verifyText(zone.octets, { at, own: true })).errors).toEqual([]);
  });
});

describe('algorithms that cannot be checked here', () => {
  /** The zone with the algorithm of every key and signature replaced: nobody can check it any more. */
  const renumbered = (only?: string) => {
    const zone = ZoneText.read('bind-two.zone');
    for (const line of zone.lines) {
      if (line.type === 'DNSKEY')
        line.rdata = line.rdata.replace(/^(257 3) (13|15) /, (all, head, algorithm) =>
          only === undefined || algorithm === only ? `${head} ${algorithm === '13' ? 253 : 254} ` : all,
        );
      if (line.type === 'RRSIG')
        line.rdata = line.rdata.replace(/^(\S+) (13|15) (.*) [0-9]+ zone/, (all, head, algorithm, rest) =>
          only === undefined || algorithm === only ? `${head} ${algorithm === '13' ? 253 : 254} ${rest} TAG zone` : all,
        );
    }
    return zone;
  };
  const withTags = (zone: ZoneText, tags: Record<number, number>) => {
    for (const line of zone.lines) {
      if (line.type === 'RRSIG')
        line.rdata = line.rdata.replace(
          /^(\S+) (\d+) (.*) TAG /,
          (_, head, algorithm, rest) => `${head} ${algorithm} ${rest} ${tags[algorithm]} `,
        );
    }
    return zone;
  };
  // The algorithm is a part of what the tag is computed over: 13 → 253 adds 240, 15 → 254 adds 239.
  const tags = { 253: 17325 + 240, 254: 60132 + 239 };

  test('alone make the zone as good as unsigned', async () => {
    const zone = withTags(renumbered(), tags);
    const { verdict, errors } = await verifyText(zone.octets, { at });
    expect(verdict.secure).toBe(false);
    expect(rulesIn(errors)).toContain('key/no-known-algorithm');
    expect(rulesIn(errors)).not.toContain('sign/missing-signature');
  });
  test('beside a known one are a warning, and their signatures must be there', async () => {
    const zone = withTags(renumbered('15'), tags);
    zone.drop(...zone.signatures('@', 'DNSKEY').filter(({ rdata }) => rdata.startsWith('DNSKEY 13 ')));
    const [own] = zone.resign('@', 'DNSKEY', { keys: [17325] });
    zone.add('@', 3600, 'RRSIG', own.rdata.replace('DNSKEY 13 ', 'DNSKEY 254 ').replace(' 17325 ', ` ${tags[254]} `));
    const beside = await verifyText(zone.octets, { at });
    expect([beside.errors.filter((error) => !error.startsWith('cds/')), beside.others]).toEqual([
      [],
      ['key/unknown-algorithm'],
    ]);
    zone.drop(zone.signatures('zz', 'A').find(({ rdata }) => rdata.startsWith('A 254 '))!);
    expect(rulesIn((await verifyText(zone.octets, { at })).errors)).toContain('sign/missing-signature');
  });
});

describe('a zone that no validator can check', () => {
  test('has only revoked keys', async () => {
    const zone = ZoneText.read('small-nsec.zone');
    zone.one('@', 'DNSKEY').rdata = testKeys.get(60132)!.rdata.replace('257', '385');
    const [line] = zone.resign('@', 'DNSKEY', { keys: [60132] });
    line.rdata = line.rdata.replace(' 60132 ', ` ${60132 + 128} `);
    const { verdict, errors } = await verifyText(zone.octets, { at });
    expect([verdict.secure, rulesIn(errors).includes('key/no-known-algorithm')]).toEqual([false, true]);
  });
  test('has a DS only for an algorithm that is not known', async () => {
    const example = ruleExamples['key/unknown-algorithm'];
    const zone = ZoneText.read(`${example.base}.zone`);
    example.break?.(zone);
    const unknown = encoded('DNSKEY', testKeys.get(60132)!.rdata.replace(' 15 ', ' 253 '));
    const tag = 60132 - 15 + 253;
    const set = (algorithm: number, digest: Uint8Array) => [
      Buffer.concat([Uint8Array.of(tag >> 8, tag & 255, algorithm, 2), digest]),
    ];
    const owner = nameToWire(name(zoneName));
    const { errors } = await verifyText(zone.octets, { at, ds: set(253, dsDigest(owner, unknown, 2)) });
    expect(rulesIn(errors)).toEqual(['parent/ds-without-key']);
    const known = await verifyText(zone.octets, { at, ds: [testDs.get(60132)!] });
    expect(known.errors).toEqual([]);
  });
});

describe('keys and the kind of denial', () => {
  test('an algorithm that was defined before NSEC3 cannot go with it (RFC 5155 section 2)', async () => {
    const zone = withKeys(testKeys.get(rsaZsk)!.rdata.replace('256 3 8', '256 3 5'));
    expect(rulesIn((await verifyText(zone.octets, { at })).errors)).toContain('denial/nsec3-algorithm');
  });
});

describe('the zone as a whole', () => {
  test('has exactly one SOA record', async () => {
    const zone = ZoneText.read('bind-nsec.zone');
    const second = zone.one('@', 'SOA').rdata.replace('2026010100', '2026010101');
    zone.add('@', 1800, 'SOA', second);
    zone.resign('@', 'SOA');
    expect(rulesIn((await verifyText(zone.octets, { at })).errors)).toEqual(['zone/one-soa']);
    zone.dropSet('@', 'SOA');
    expect(rulesIn((await verifyText(zone.octets, { at }, zoneName)).errors)).toContain('zone/one-soa');
  });
  test('needs a proof of what does not exist', async () => {
    const zone = ZoneText.read('bind-nsec.zone');
    zone.drop(...zone.lines.filter(({ type, rdata }) => type === 'NSEC' || rdata.startsWith('NSEC ')));
    expect(rulesIn((await verifyText(zone.octets, { at })).errors)).toEqual(['denial/chain-broken']);
  });
});
