import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Ajv from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../src/catalogue.ts';
import type { Edits } from '../../src/text/annotations.ts';
import type { Problem } from '../../src/text/problem.ts';
import { sarifLog } from '../../src/text/sarif.ts';
import { hostile } from './hostile.ts';

/**
 * The JSON Schema of SARIF 2.1.0 (rtm.5, which differs from the OASIS Standard in its address only) as Microsoft's SARIF SDK for
 * JavaScript ships it, with the validator that the SDK uses.
 */
const load = createRequire(import.meta.url);
const schema = JSON.parse(
  readFileSync(load.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'),
);
const ajv = new Ajv({ schemaId: 'auto', allErrors: true });
ajv.addMetaSchema(load('ajv/lib/refs/json-schema-draft-04.json'));
const validate = ajv.compile(schema);

const offered = (problems: readonly Problem[]): Edits =>
  new Map(problems.flatMap(({ fix }) => (fix ? [[fix, fix]] : [])));
const write = (problems: readonly Problem[], edits = offered(problems)) =>
  sarifLog(problems, { version: '0.1.0', rules: catalogue, edits });

function valid(text: string) {
  const log = JSON.parse(text);
  expect(validate(log) ? [] : validate.errors).toEqual([]);
  const [run] = log.runs;
  return run;
}

const plain: Problem = {
  rule: 'describe/duration',
  tier: 'error',
  message: '"1 hour" is no duration',
  position: { file: 'zones/a b.yaml', line: 3, column: 10, length: 6 },
  hint: 'write 1h',
  related: [{ position: { file: 'zones/b.yaml', line: 1, column: 1 }, message: 'first here' }],
};

describe('SARIF 2.1.0', () => {
  test('the schema refuses what is none, so that the tests below mean something', () => {
    expect(validate({ version: '2.1.0' })).toBe(false);
    expect(validate({ version: '2.1.0', runs: [{}] })).toBe(false);
    expect(validate({ version: '2.1.0', runs: [], more: 1 })).toBe(false);
  });

  test('no problems are a run without results', () => {
    expect(valid(write([]))).toMatchObject({ results: [], tool: { driver: { name: 'danezone', version: '0.1.0' } } });
  });

  test('a problem is a result at its region, and its rule stands in the run', () => {
    const run = valid(write([plain]));
    expect(run.columnKind).toBe('utf16CodeUnits');
    expect(run.results[0]).toMatchObject({
      ruleId: 'describe/duration',
      ruleIndex: 0,
      level: 'error',
      message: { text: '"1 hour" is no duration. Help: write 1h' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'zones/a%20b.yaml', uriBaseId: 'SRCROOT' },
            region: { startLine: 3, startColumn: 10, endLine: 3, endColumn: 16 },
          },
        },
      ],
      relatedLocations: [{ id: 0, message: { text: 'first here' } }],
    });
    expect(run.tool.driver.rules).toMatchObject([
      {
        id: 'describe/duration',
        defaultConfiguration: { level: 'error' },
        shortDescription: { text: expect.any(String) },
      },
    ]);
  });

  test('every rule of the catalogue can be told', () => {
    const all = [...catalogue.values()].map(({ id, tier }): Problem => ({ rule: id, tier, message: id }));
    const { tool, results } = valid(write(all));
    expect(tool.driver.rules.length).toBe(catalogue.size);
    for (const result of results) expect(tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
  });

  test('information is a note', () => {
    const run = valid(write([{ ...plain, tier: 'information' }]));
    expect(run.results[0].level).toBe('note');
  });

  test('a fix names the characters that go and those that come; without its edit it is not told', () => {
    const fix = { position: plain.position!, text: '1h' };
    const run = valid(write([{ ...plain, fix }], new Map([[fix, { text: "'1h'" }]])));
    expect(run.results[0].fixes[0].artifactChanges[0].replacements).toEqual([
      {
        deletedRegion: { startLine: 3, startColumn: 10, endLine: 3, endColumn: 16 },
        insertedContent: { text: "'1h'" },
      },
    ]);
    expect(valid(write([{ ...plain, fix }], new Map())).results[0].fixes).toBeUndefined();
  });

  test('a problem stays the same finding when lines are added above it', () => {
    const moved = { ...plain, position: { ...plain.position!, line: 30 } };
    const print = (problem: Problem) => valid(write([problem])).results[0].partialFingerprints;
    expect(print(moved)).toEqual(print(plain));
    expect(print({ ...plain, message: 'other' })).not.toEqual(print(plain));
  });

  test('nothing of the input is a placeholder, a link, a control character or a broken address', () => {
    const text = write(hostile);
    const run = valid(text);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/);
    for (const one of run.results) {
      // Section 3.11.5 and 3.11.6 of the standard.
      expect(one.message.text).not.toMatch(/(?<!\{)\{(?!\{)|(?<!\})\}(?!\})/);
      expect(one.message.text).not.toMatch(/\]\(/);
      for (const { physicalLocation } of one.locations) {
        const { uri, uriBaseId } = physicalLocation.artifactLocation;
        expect(() => new URL(uri, 'file:///root/')).not.toThrow();
        expect(uri).toMatch(/^[A-Za-z0-9%/._~!*'():-]+$/);
        expect(uriBaseId === undefined).toBe(uri.startsWith('file://'));
      }
    }
  });

  test('is valid whatever the texts are', () => {
    const any = fc.string({ unit: 'binary', maxLength: 20 });
    fc.assert(
      fc.property(any, any, any, fc.nat(99), (message, file, hint, line) => {
        const position = { file: `z${file}`, line: line + 1, column: line + 1 };
        valid(write([{ rule: 'zone/apex', tier: 'error', message, hint, subject: hint, position }]));
      }),
      { numRuns: 100 },
    );
  });
});
