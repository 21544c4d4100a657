import { describe, expect, test } from 'vitest';
import { name, nameToWire } from '../../src/dns/name.ts';
import { dsDigest } from '../../src/dnssec/ds.ts';
import type { Octets } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';
import { anchorsOf, readTrustAnchors } from '../../src/verify/trust-anchors.ts';
import { verifyText } from './support.ts';
import { signedAt as at, encoded, testDs, testKeys, ZoneText, zoneName } from './zone-text.ts';

const ksk = 17325;
const apex = nameToWire(name(zoneName));

function ds(tag: number, digestType: number): Octets {
  const dnskey = encoded('DNSKEY', testKeys.get(tag)!.rdata);
  return Buffer.concat([Uint8Array.of(tag >> 8, tag & 255, dnskey[3], digestType), dsDigest(apex, dnskey, digestType)]);
}

const verify = (file: string, set: readonly Octets[]) => verifyText(ZoneText.read(file).octets, { at, ds: set });

describe('the DS set of the parent', () => {
  test('leads to the keys through SHA-256 or SHA-384', async () => {
    for (const type of [2, 4]) expect((await verify('bind-nsec.zone', [ds(ksk, type)])).problems).toEqual([]);
    expect(Buffer.from(ds(ksk, 2)).equals(testDs.get(ksk)!)).toBe(true);
  });
  test('with SHA-1 is a warning', async () => {
    const { verdict, others } = await verify('bind-nsec.zone', [ds(ksk, 1)]);
    expect([verdict.secure, others]).toEqual([true, ['parent/digest-type']]);
  });
  test('may hold a stand-by DS beside one that leads to a key', async () => {
    const standby = Uint8Array.from(ds(ksk, 2));
    standby[0] ^= 0x10;
    const { verdict, others } = await verify('bind-nsec.zone', [ds(ksk, 2), standby]);
    expect([verdict.secure, others]).toEqual([true, ['parent/standby-ds']]);
  });
  test('with an unknown digest type alone leads nowhere', async () => {
    const unknown = Buffer.concat([ds(ksk, 2).subarray(0, 3), Uint8Array.of(99), Buffer.alloc(32)]);
    expect((await verify('bind-nsec.zone', [unknown])).errors.map((error) => error.split(':')[0])).toEqual([
      'parent/ds-without-key',
    ]);
  });
  test('must lead to a key of each of its algorithms', async () => {
    const { errors } = await verify('bind-nsec.zone', [ds(ksk, 2), testDs.get(979)!]);
    expect(errors.map((error) => error.split(':')[0])).toEqual(['parent/ds-without-key']);
    expect((await verify('bind-two.zone', [ds(ksk, 2), testDs.get(60132)!])).errors).toEqual([]);
  });
  test('of one of two algorithms of the zone is enough', async () => {
    expect((await verify('bind-two.zone', [testDs.get(60132)!])).errors).toEqual([]);
  });
  test('with SHA-256 and SHA-1 is judged by SHA-256', async () => {
    const wrong = Uint8Array.from(ds(ksk, 2));
    wrong[30] ^= 1;
    const { errors } = await verify('bind-nsec.zone', [wrong, ds(ksk, 1)]);
    expect(errors.map((error) => error.split(':')[0])).toEqual(['parent/ds-without-key', 'parent/digest-mixed']);
  });
  test('of more than eight records is a warning', async () => {
    const many = Array.from({ length: 8 }, (_, i) => {
      const other = Uint8Array.from(ds(ksk, 2));
      other[0] = i;
      return other;
    });
    const { verdict, others } = await verify('bind-nsec.zone', [ds(ksk, 2), ...many]);
    expect([verdict.secure, others.includes('parent/too-many-ds')]).toEqual([true, true]);
  });
});

describe('files of trust anchors', () => {
  const read = (text: string) => {
    const report = newReport();
    const anchors = readTrustAnchors({ file: 'ds', octets: Buffer.from(text) }, report);
    return { found: anchorsOf(anchors, name(zoneName)), problems: report.problems };
  };
  const rdata = `17325 13 2 476FA2EE147D548CD0D5D5075C8AAE99238C2C5F081A0AB8D3663A95 65CAE711`;
  const forms = {
    'as dnssec-dsfromkey writes them': `zone.test. IN DS ${rdata}\n`,
    'as a zone file has them': `$ORIGIN test.\n$TTL 3600\nzone DS ${rdata} ; comment\n`,
    'as a registrar shows them': `${rdata}\n`,
    'with the mnemonic of the algorithm': `${rdata.replace(' 13 ', ' ECDSAP256SHA256 ')}\n`,
    'as DNSKEY': `zone.test. 3600 IN DNSKEY ${testKeys.get(ksk)!.rdata}\n`,
    'among those of other zones': `other.test. IN DS 1 8 2 ${'00'.repeat(32)}\nZONE.test. IN DS ${rdata}\n`,
  };
  for (const [form, text] of Object.entries(forms)) {
    test(`DS records ${form}`, () => {
      const { found, problems } = read(text);
      expect(problems).toEqual([]);
      expect(found.map((octets) => Buffer.from(octets))).toEqual([Buffer.from(testDs.get(ksk)!)]);
    });
  }
  test('what is no DS is reported at its line', () => {
    const { problems } = read(`zone.test. IN DS ${rdata}\nzone.test. IN DS 1 2\n17325 13 2 47\n`);
    expect(problems.map(({ position }) => position?.line)).toEqual([2, 3]);
  });
});
