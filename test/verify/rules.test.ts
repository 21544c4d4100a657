import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMaster } from '../../src/dns/master-reader.ts';
import { inProcess } from '../../src/parallel/executor.ts';
import { newReport, type Problem } from '../../src/text/problem.ts';
import { parseTime } from '../../src/text/time.ts';
import { rules } from '../../src/verify/rules.ts';
import { anchorsOf, readTrustAnchors } from '../../src/verify/trust-anchors.ts';
import { verifyZone } from '../../src/verify/verify.ts';
import { type How, type RuleExample, ruleExamples } from './rule-examples.ts';
import { vector } from './support.ts';
import { ZoneText } from './zone-text.ts';

const root = join(import.meta.dirname, '../rules');
const rightDs = 'zone.test. 3600 IN DS 60132 15 2 5AA5FB66AEF2C5611F50276F7875A48D31C95A0D490265B87EC3FD0B7EEDA6B3';

/** Name of the file → content, as the table of examples makes them. */
function filesOf(example: RuleExample, side: 'bad' | 'good'): Record<string, string> {
  const base = side === 'good' ? (example.goodBase ?? example.base) : example.base;
  const path = base.includes('/') ? base : `signed/${base}.zone`;
  const original = ZoneText.parse(Buffer.from(vector(path)).toString('utf8'));
  const zone = original.copy();
  (side === 'bad' ? example.break : example.keep)?.(zone);
  const how = side === 'bad' ? (example.badHow ?? example.how) : example.how;
  const ds = side === 'bad' ? example.ds : example.ds === undefined ? undefined : (example.goodDs ?? [rightDs]);
  // The time of an old zone is not that of the one beside it.
  const shown: How = side === 'good' && example.goodBase !== undefined ? { ...how, at: undefined } : { ...how };
  return {
    'zone.test.zone': Buffer.from(zone.octets).toString('utf8'),
    ...(Object.values(shown).some((value) => value !== undefined)
      ? { 'how.json': `${JSON.stringify(shown, undefined, 2)}\n` }
      : {}),
    ...(example.replaces === undefined ? {} : { 'previous.zone': Buffer.from(original.octets).toString('utf8') }),
    ...(ds === undefined ? {} : { ds: `${ds.join('\n')}\n` }),
  };
}

async function verifyFolder(folder: string): Promise<readonly Problem[]> {
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file)) : undefined);
  const { at = '20260601000000', ...how } = JSON.parse(read('how.json')?.toString() ?? '{}') as How;
  const octets = read('zone.test.zone')!;
  const zone = readMaster({ file: 'zone.test.zone', octets }, newReport())!;
  const ds = read('ds');
  const old = read('previous.zone');
  const previous = old && readMaster({ file: 'previous.zone', octets: old }, newReport());
  const anchors = ds === undefined ? undefined : readTrustAnchors({ file: 'ds', octets: ds }, newReport());
  const report = newReport();
  const options = { own: false, ...how, previous, at: parseTime(at)!, ds: anchors && anchorsOf(anchors, zone.apex) };
  await verifyZone(zone, options, report, inProcess);
  return report.problems;
}

const folderOf = (id: string) => join(root, ...id.split('/'));

if (process.env.DANEZONE_WRITE === '1') {
  for (const [id, example] of Object.entries(ruleExamples)) {
    rmSync(folderOf(id), { recursive: true, force: true });
    for (const side of ['bad', 'good'] as const) {
      mkdirSync(join(folderOf(id), side), { recursive: true });
      for (const [file, text] of Object.entries(filesOf(example, side)))
        writeFileSync(join(folderOf(id), side, file), text);
    }
  }
}

describe('each rule has a zone that breaks it, and nothing else, and one that keeps it', () => {
  for (const id of Object.keys(rules)) {
    test(id, async () => {
      const example = ruleExamples[id];
      const bad = await verifyFolder(join(folderOf(id), 'bad'));
      const found = new Set(bad.map(({ rule }) => rule));
      expect([...found].sort()).toEqual([...new Set([id, ...(example.beside ?? [])])].sort());
      expect(bad.find(({ rule }) => rule === id)).toMatchObject({
        subject: expect.any(String),
        hint: expect.any(String),
      });
      expect(await verifyFolder(join(folderOf(id), 'good'))).toEqual([]);
    });
  }
});

describe('the files of the examples are what their table makes', () => {
  for (const [id, example] of Object.entries(ruleExamples)) {
    test.each(['bad', 'good'] as const)(`${id}: %s`, (side) => {
      const folder = join(folderOf(id), side);
      const files = Object.fromEntries(
        readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
      );
      expect(files).toEqual(filesOf(example, side));
    });
  }
});

test('the table names rules of verify only', () => {
  expect(Object.keys(ruleExamples).filter((id) => !(id in rules))).toEqual([]);
});
