import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkKey } from '../../src/keys/check.ts';
import { parseKeyFile, printKeyFile } from '../../src/keys/key-file.ts';
import { positionOfKey } from '../../src/keys/key-set.ts';
import { parsePrivateKeyFile } from '../../src/keys/private-key-file.ts';
import { parseStateFile } from '../../src/keys/state-file.ts';
import { hex } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';

const vector = (file: string) => readFileSync(new URL(`../vectors/keys/policy/${file}`, import.meta.url));

/** A file with some of its octets replaced, doubled or taken away. */
const damaged = (original: Buffer) =>
  fc
    .array(
      fc.record({
        at: fc.nat(original.length - 1),
        kind: fc.constantFrom('replace', 'insert', 'remove'),
        octets: fc.uint8Array({ minLength: 1, maxLength: 3 }),
      }),
      { maxLength: 4 },
    )
    .map((edits) => {
      let octets = original;
      for (const { at, kind, octets: put } of edits) {
        const tail = octets.subarray(kind === 'insert' ? at : at + put.length);
        octets = Buffer.concat([octets.subarray(0, at), kind === 'remove' ? Buffer.alloc(0) : put, tail]);
      }
      return octets;
    });

const anything = fc.uint8Array({ maxLength: 400 }).map((octets) => Buffer.from(octets));

describe('whatever a file holds, reading it ends in a value or in a problem', () => {
  test('.key', () => {
    const check = (octets: Buffer) => {
      const report = newReport();
      const key = parseKeyFile('x.key', octets, report);
      expect(key === undefined).toBe(report.hasErrors);
      if (key === undefined) return;
      const again = parseKeyFile('x.key', printKeyFile(key), newReport());
      expect(hex(again!.rdata)).toBe(hex(key.rdata));
      expect(again!.timing).toEqual(key.timing);
      const usable = checkKey(key, positionOfKey(key), report);
      expect(usable).toBe(!report.hasErrors);
    };
    fc.assert(fc.property(fc.oneof(anything, damaged(vector('Kexample.test.+013+12956.key'))), check), {
      numRuns: 300,
    });
    fc.assert(fc.property(damaged(vector('Kexample.test.+008+12046.key')), check), { numRuns: 300 });
  });

  test('.private', () => {
    const check = (octets: Buffer) => {
      const report = newReport();
      const found = parsePrivateKeyFile('x.private', octets, report);
      expect(found === undefined).toBe(report.hasErrors);
    };
    fc.assert(fc.property(fc.oneof(anything, damaged(vector('Kexample.test.+013+12956.private'))), check), {
      numRuns: 300,
    });
    fc.assert(fc.property(damaged(vector('Kexample.test.+008+12046.private')), check), { numRuns: 100 });
  });

  test('.state', () => {
    const check = (octets: Buffer) => {
      const report = newReport();
      expect(parseStateFile('x.state', octets, report) === undefined).toBe(report.hasErrors);
    };
    fc.assert(fc.property(fc.oneof(anything, damaged(vector('Kexample.test.+013+12956.state'))), check), {
      numRuns: 300,
    });
  });
});
