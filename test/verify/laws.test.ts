import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OctetWriter } from '../../src/dns/fields.ts';
import { wireError, writeCanonical } from '../../src/dns/rdata/index.ts';
import { Type, typeName } from '../../src/dns/type.ts';
import type { Zone } from '../../src/dns/zone.ts';
import { newZoneBuilder } from '../../src/dns/zone-builder.ts';
import { type Executor, inProcess } from '../../src/parallel/executor.ts';
import { equalOctets, type Octets } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';
import { mustBeSigned } from '../../src/verify/standing.ts';
import { verifyZone } from '../../src/verify/verify.ts';
import { readZone, verifyText } from './support.ts';
import { signedAt as at, ZoneText } from './zone-text.ts';

const files = ['bind-nsec.zone', 'knot-nsec3.zone', 'ldns-optout.zone', 'bind-two.zone', 'knot-zonemd.zone'];

/** Records whose every bit a signature answers for, or that are signatures. */
function signedRecords({ columns }: Zone): number[] {
  const records: number[] = [];
  for (let row = 0; row < columns.type.length; row++) {
    if (columns.type[row] !== Type.RRSIG && !mustBeSigned(columns, row)) continue;
    for (let i = columns.recordStart[row]; i < columns.recordStart[row + 1]; i++) records.push(i);
  }
  return records;
}

const rowOf = ({ columns }: Zone, record: number) => columns.recordStart.findLastIndex((start) => start <= record);

function canonical(type: number, rdata: Octets): Octets {
  const out = new OctetWriter();
  writeCanonical(type, rdata, 0, rdata.length, out);
  return out.copy();
}

/** The zone with other RDATA in one record. */
function withRData(zone: Zone, changed: number, rdata: Octets): Zone {
  const builder = newZoneBuilder(zone.apex);
  for (let row = 0; row < zone.rowCount; row++) {
    const { columns } = zone;
    const owner = zone.nameWire(columns.owner[row]);
    for (let i = columns.recordStart[row]; i < columns.recordStart[row + 1]; i++) {
      const octets = i === changed ? rdata : columns.rdata.subarray(columns.rdataStart[i], columns.rdataStart[i + 1]);
      builder.add(owner, 0, columns.type[row], columns.ttl[row], octets, 0, octets.length, 0);
    }
  }
  return builder.finish(newReport());
}

describe('a change of one bit in signed data or in a signature makes the zone insecure', () => {
  for (const file of files) {
    const zone = readZone(ZoneText.read(file).octets);
    const records = signedRecords(zone);
    test(file, async () => {
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...records), fc.nat(), async (record, where) => {
          const { columns } = zone;
          const type = columns.type[rowOf(zone, record)];
          const rdata = Uint8Array.from(
            columns.rdata.subarray(columns.rdataStart[record], columns.rdataStart[record + 1]),
          );
          const bit = where % (rdata.length * 8);
          const before = canonical(type, rdata);
          rdata[bit >> 3] ^= 0x80 >> (bit & 7);
          // What is no RDATA of the type is refused before anything is verified; the case of a name is not signed.
          fc.pre(wireError(type, rdata) === undefined && !equalOctets(before, canonical(type, rdata)));
          const report = newReport();
          const verdict = await verifyZone(withRData(zone, record, rdata), { at, own: false }, report, inProcess);
          expect(verdict.secure, `bit ${bit} of ${typeName(type)}`).toBe(false);
        }),
        { numRuns: 60 },
      );
    });
  }
});

describe('the verdict does not depend on', () => {
  test('the order of the records in the file', async () => {
    const zone = ZoneText.read('knot-optout.zone');
    zone.drop(zone.signature('zz', 'A'), zone.one(zone.hashed('ns1'), 'NSEC3'));
    const expected = await verifyText(zone.octets, { at });
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(zone.lines, { minLength: zone.lines.length }), async (lines) => {
        const { verdict, problems } = await verifyText(new ZoneText(lines).octets, { at });
        expect(verdict).toEqual(expected.verdict);
        expect(problems.map(({ message }) => message)).toEqual(expected.problems.map(({ message }) => message));
      }),
      { numRuns: 30 },
    );
  });

  test('whether the work crosses into workers: what crosses survives a structured clone', async () => {
    const crossing: Executor = {
      width: 2,
      async *map(job, shared, parts) {
        const run = job.prepare(structuredClone(shared));
        for (const part of parts) yield structuredClone(run(structuredClone(part)));
      },
      async close() {},
    };
    for (const file of files) {
      const zone = ZoneText.read(file);
      zone.drop(zone.signature('zz', 'A'));
      const here = await verifyText(zone.octets, { at });
      expect(await verifyText(zone.octets, { at }, undefined, crossing)).toEqual(here);
      expect(here.errors.length).toBeGreaterThan(0);
    }
  });
});
