import { describe, expect, test } from 'vitest';
import { readMaster } from '../../src/dns/master-reader.ts';
import { inProcess } from '../../src/parallel/executor.ts';
import { newReport, type Problem } from '../../src/text/problem.ts';
import { type Verdict, verifyZone } from '../../src/verify/verify.ts';
import { type Fault, faults, keysOf, type Layout, signersOf } from './fault-table.ts';
import { signedAt, testDs, ZoneText } from './zone-text.ts';

const layouts = Object.keys(keysOf) as Layout[];
const files = layouts.flatMap((layout) => signersOf(layout).map((signer) => ({ signer, layout })));
const zones = new Map(
  files.map(({ signer, layout }) => [`${signer}-${layout}`, ZoneText.read(`${signer}-${layout}.zone`)]),
);

async function verify(
  file: string,
  zone: ZoneText,
  { at = signedAt, ds }: Pick<Fault, 'at'> & { ds: readonly Uint8Array[] },
): Promise<{ verdict: Verdict; problems: readonly Problem[] }> {
  const report = newReport();
  const read = readMaster({ file, octets: zone.octets }, report);
  if (read === undefined) throw new Error(`${file} cannot be read`);
  const verdict = await verifyZone(read, { at, ds, own: false }, report, inProcess);
  return { verdict, problems: report.problems };
}

describe('zones of other signers are secure as they are', () => {
  for (const { signer, layout } of files) {
    test(`${layout} by ${signer}`, async () => {
      const file = `${signer}-${layout}`;
      const { verdict, problems } = await verify(file, zones.get(file)!, { ds: [testDs.get(keysOf[layout].ksk)!] });
      expect(problems).toEqual([]);
      expect(verdict.secure).toBe(true);
    });
  }
});

const signed = faults.map((fault) => ({
  ...fault,
  files: fault.in.flatMap((layout) => signersOf(layout).map((signer) => ({ signer, layout }))),
}));
const byThree = signed.filter(({ files }) => new Set(files.map(({ signer }) => signer)).size === 3);

describe(`each of ${faults.length} single faults is found under its own rule and no other`, () => {
  for (const [i, fault] of signed.entries()) {
    test(`${i + 1} (${fault.files.length} zones): ${fault.title}: ${fault.rule}`, async () => {
      for (const { signer, layout } of fault.files) await check(`${signer}-${layout}`, layout, fault);
    });
  }
});

async function check(file: string, layout: Layout, fault: Fault): Promise<void> {
  const zone = zones.get(file)!.copy();
  const line = fault.put(zone, keysOf[layout]);
  const ds = fault.ds?.(keysOf[layout]) ?? [testDs.get(keysOf[layout].ksk)!];
  const { verdict, problems } = await verify(file, zone, { at: fault.at, ds });
  const errors = problems.filter(({ tier }) => tier === 'error');
  const found = errors.map(({ rule }) => rule);
  const said = `${file}: ${errors.map(({ message }) => message).join('; ')}`;
  expect(found, said).toEqual(Array.from({ length: fault.messages ?? 1 }, () => fault.rule));
  expect(verdict.secure, file).toBe(false);
  if (fault.messages !== undefined) return;
  expect(errors[0].position?.line, said).toBe(line === undefined ? undefined : zone.lineNumber(line));
}

test(`${byThree.length} of the faults were put into zones of three signers`, () => {
  expect(byThree.length).toBeGreaterThanOrEqual(30);
});
