import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { inProcess } from '../../src/parallel/executor.ts';
import type { Octets } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';
import { proveFile } from '../../src/verify/proven.ts';
import type { VerifyOptions } from '../../src/verify/verify.ts';
import { signedAt as at, ZoneText, zoneName } from './zone-text.ts';

async function prove(octets: Octets, options: Partial<VerifyOptions> = {}) {
  const report = newReport();
  const file = { file: 'build/zone.test.zone', octets, apex: name(zoneName) };
  const proven = await proveFile(file, { at, own: true, ...options }, report, inProcess);
  return { proven, rules: report.problems.filter(({ tier }) => tier === 'error').map(({ rule }) => rule) };
}

describe('a staged file', () => {
  test('that is secure is proven, tied to its octets and serial', async () => {
    const { octets } = ZoneText.read('knot-nsec.zone');
    const { proven } = await prove(octets);
    expect(proven?.file).toBe(createHash('sha256').update(octets).digest('hex'));
    expect(proven?.serial).toBe(2026010100);
    expect(proven?.verdict.firstExpiry).toBe(2082758400);
  });
  test('with a fault is not', async () => {
    const zone = ZoneText.read('knot-nsec.zone');
    zone.drop(zone.signature('zz', 'A'));
    expect(await prove(zone.octets)).toEqual({ proven: undefined, rules: ['sign/missing-signature'] });
  });
  test('with a line that cannot be read is not, though all that was read is secure', async () => {
    const octets = Buffer.concat([ZoneText.read('knot-nsec.zone').octets, Buffer.from('zone.test. 1 IN A 1.2.3\n')]);
    expect(await prove(octets)).toEqual({ proven: undefined, rules: ['master/rdata'] });
  });
  test('that ends too soon is not', async () => {
    const { octets } = ZoneText.read('ldns-nsec.zone');
    for (const part of [0.2, 0.5, 0.9]) {
      expect((await prove(octets.subarray(0, Math.floor(octets.length * part)))).proven).toBeUndefined();
    }
    expect((await prove(Buffer.alloc(0))).proven).toBeUndefined();
  });
  test('that is not signed is proven only where that is meant', async () => {
    const zone = ZoneText.read('knot-nsec.zone');
    zone.unsign();
    expect((await prove(zone.octets)).rules).toEqual(['sign/unsigned']);
    expect((await prove(zone.octets, { unsigned: true })).proven?.verdict.secure).toBe(false);
    expect((await prove(zone.octets, { unsigned: true })).rules).toEqual([]);
  });
});
