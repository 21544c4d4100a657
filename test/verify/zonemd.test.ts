import { describe, expect, test } from 'vitest';
import { hex } from '../../src/text/octets.ts';
import { parseTime } from '../../src/text/time.ts';
import { zoneDigest } from '../../src/verify/zone-digest.ts';
import { readZone, vector, vectorJson, verifyText } from './support.ts';

interface Example {
  readonly file: string;
  readonly origin: string;
  readonly section: string;
  readonly dnssec: boolean;
  readonly validAt?: string;
  readonly zonemd: readonly {
    readonly serial: number;
    readonly scheme: number;
    readonly hashAlgorithm: number;
    readonly digest: string;
  }[];
}

const examples = vectorJson<Example[]>('rfc/zonemd.json');
const hashes = { 1: 'sha384', 2: 'sha512' } as const;

describe('the digest over a zone is that of RFC 8976', () => {
  for (const { file, origin, section, zonemd } of examples) {
    const zone = readZone(vector(`rfc/${file}`), origin);
    for (const { scheme, hashAlgorithm, digest } of zonemd) {
      if (scheme !== 1 || (hashAlgorithm !== 1 && hashAlgorithm !== 2)) continue;
      test(`${section}, hash ${hashAlgorithm}`, () => {
        expect(hex(zoneDigest(zone.columns, hashes[hashAlgorithm]))).toBe(digest);
      });
    }
  }
});

describe('ZONEMD records at the apex are checked', () => {
  for (const { file, origin, section, dnssec, validAt, zonemd } of examples) {
    test(`${section}: match; private schemes and hashes are skipped with a word`, async () => {
      const at = parseTime(validAt ?? '20260101000000')!;
      const { errors, others } = await verifyText(vector(`rfc/${file}`), { at, unsigned: !dnssec }, origin);
      // The draft's form has an unsigned ZONEMD, which the NSEC does not list either.
      const beside = file === 'zonemd-draft-uri-arpa.zone' ? ['sign/missing-signature', 'denial/bitmap'] : [];
      expect(errors.map((error) => error.split(':')[0])).toEqual(beside);
      const unknown = zonemd.filter(({ scheme, hashAlgorithm }) => scheme !== 1 || hashAlgorithm > 2);
      expect(others.filter((rule) => rule.startsWith('zonemd/'))).toEqual(unknown.map(() => 'zonemd/unknown'));
    });
  }

  const text = Buffer.from(vector('rfc/rfc8976-a3-multiple.zone')).toString('latin1');
  const verify = (changed: string) =>
    verifyText(Buffer.from(changed), { at: 0, unsigned: true }, 'example.').then(({ errors }) =>
      errors.map((e) => e.split(':')[0]),
    );

  test('every record of a known scheme and hash must match, not one of them', async () => {
    expect(await verify(text.replace('08cfa1115c7b948c', '08cfa1115c7b948d'))).toEqual(['zonemd/digest']);
  });
  test('data outside a signed RRset counts too', async () => {
    expect(await verify(text.replace('203.0.113.63', '203.0.113.64'))).toEqual(['zonemd/digest', 'zonemd/digest']);
  });
  test('the SOA serial must be the one in ZONEMD', async () => {
    const changed = text.replace(/(SOA\s+\S+\s+\S+\s+)2018031900/, '$12018031901');
    expect(new Set(await verify(changed))).toEqual(new Set(['zonemd/serial']));
  });
});
