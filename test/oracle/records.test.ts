/** RDATA by another program: BIND's named-rrchecker reads our text, and we present what it presents. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeRecord } from '../../src/dns/field-text.ts';
import { OctetWriter } from '../../src/dns/fields.ts';
import { name } from '../../src/dns/name.ts';
import { encode, type KnownType, presentRData, type RDataOf, writeRData } from '../../src/dns/rdata/index.ts';
import { writeTypeName } from '../../src/dns/rdata/type-text.ts';
import { Type, typeCode } from '../../src/dns/type.ts';
import { hex, type Octets } from '../../src/text/octets.ts';
import { knownTypes, rdata } from '../dns/rdata/arbitrary.ts';

const isMissing = spawnSync('named-rrchecker', ['-h']).error !== undefined;
if (isMissing) console.warn('oracle/records: skipped, there is no named-rrchecker');

/** What named-rrchecker prints for `IN type rdata` behind the type; undefined where it refuses. */
function check(option: '-p' | '-u', record: string): string | undefined {
  const run = spawnSync('named-rrchecker', [option, '-o', 'example.test.'], { input: ` IN ${record}` });
  return run.status === 0 ? run.stdout.toString('latin1').trimEnd().split('\t').slice(2).join('\t') : undefined;
}

/** The wire form that named-rrchecker finds. */
function wireAtBind(record: string): string | undefined {
  const generic = check('-u', record);
  return generic === undefined ? undefined : generic.split(' ').slice(2).join('').toLowerCase();
}

function portable(type: number, wire: Octets): string {
  const out = new OctetWriter(64);
  writeTypeName(type, out);
  out.u8(0x20);
  writeRData(type, wire, 0, wire.length, out);
  return Buffer.from(out.copy()).toString('latin1');
}

interface Vector {
  readonly type: string;
  readonly rdataText: string;
}
const vectors = (file: string) => JSON.parse(readFileSync(`test/vectors/records/${file}`, 'utf8')) as Vector[];
const origin = name('example.test.');

describe.skipIf(isMissing)('the vectors of shared texts', () => {
  test('BIND and we read the same octets, and BIND reads our text for zone files', () => {
    for (const { type, rdataText } of vectors('records.json')) {
      const wire = encodeRecord(typeCode(type) ?? 0, rdataText, origin);
      const ours = wire instanceof Uint8Array ? hex(wire) : wire.error;
      expect(`${type} ${rdataText}: ${ours}`).toBe(`${type} ${rdataText}: ${wireAtBind(`${type} ${rdataText}`)}`);
      if (!(wire instanceof Uint8Array)) continue;
      expect(wireAtBind(portable(typeCode(type) ?? 0, wire))).toBe(ours);
    }
  });

  test('BIND refuses what we refuse', () => {
    for (const { type, rdataText } of [...vectors('invalid.json'), ...vectors('invalid-bind-only.json')]) {
      const code = typeCode(type);
      const isOurs = code !== undefined && encodeRecord(code, rdataText, origin) instanceof Uint8Array;
      expect([type, rdataText, isOurs]).toEqual([type, rdataText, check('-p', `${type} ${rdataText}`) !== undefined]);
    }
  });
});

/** Random records that BIND refuses where RFC and registry do not, or whose text it takes from the clock. */
const leftOut: { readonly [K in KnownType]?: (values: RDataOf<K>) => boolean } = {
  // Algorithms 253 and 254 start with a name or an object identifier (RFC 4034 appendix A.1.1).
  KEY: ({ algorithm }) => algorithm >= 253,
  DNSKEY: ({ algorithm }) => algorithm >= 253,
  CDNSKEY: ({ algorithm }) => algorithm >= 253,
  // A key of RKEY has flags 0, and IPSECKEY has a key in BIND.
  RKEY: () => true,
  IPSECKEY: ({ publicKey }) => publicKey.length === 0,
  // Times are shown as the nearest to now; fewer labels than the signer has are refused.
  RRSIG: () => true,
  SIG: () => true,
};

/** What BIND writes, but for mnemonics of types that we write by number. */
const withoutNewerTypes = (text: string) =>
  text.replace(/ (?:DSYNC|HHIT|BRID|NXNAME|MAILB|MAILA|RESINFO|WALLET|CLA|IPN)\b/g, '');

describe.skipIf(isMissing)('random records', () => {
  test.each(knownTypes)('%s', (type) => {
    const isLeftOut = leftOut[type] as ((values: unknown) => boolean) | undefined;
    const samples = fc.sample(rdata[type] as fc.Arbitrary<RDataOf<KnownType>>, { numRuns: 3, seed: 20261122 });
    for (const values of samples.filter((each) => isLeftOut?.(each) !== true)) {
      const wire = encode(type, values);
      const theirs = check('-p', `${type} \\# ${wire.length} ${hex(wire)}`);
      if (!['NSEC', 'NSEC3', 'CSYNC'].includes(type)) expect(presentRData(Type[type], wire)).toBe(theirs ?? 'refused');
      else
        expect(presentRData(Type[type], wire).replace(/ TYPE[0-9]+/g, '')).toBe(
          withoutNewerTypes(theirs ?? 'refused').replace(/ TYPE[0-9]+/g, ''),
        );
      expect(wireAtBind(portable(Type[type], wire))).toBe(hex(wire));
    }
  });

  test('RRSIG, with times around today', () => {
    const near = fc.integer({ min: 1_600_000_000, max: 2_000_000_000 });
    const samples = fc.sample(fc.tuple(rdata.RRSIG, near, near), { numRuns: 12, seed: 20261122 });
    for (const [values, inception, expiration] of samples) {
      const wire = encode('RRSIG', { ...values, labels: 127, inception, expiration, typeCovered: Type.TLSA });
      expect(presentRData(Type.RRSIG, wire)).toBe(check('-p', `RRSIG \\# ${wire.length} ${hex(wire)}`) ?? 'refused');
      expect(wireAtBind(portable(Type.RRSIG, wire))).toBe(hex(wire));
    }
  });
});
