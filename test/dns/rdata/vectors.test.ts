import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeRecord } from '../../../src/dns/field-text.ts';
import { OctetWriter } from '../../../src/dns/fields.ts';
import { name } from '../../../src/dns/name.ts';
import { presentRData, wireError, writeRData } from '../../../src/dns/rdata/index.ts';
import { typeCode } from '../../../src/dns/type.ts';
import { hex } from '../../../src/text/octets.ts';

interface Valid {
  readonly type: string;
  readonly typeNumber: number;
  readonly rdataText: string;
  readonly rdataHex: string;
  readonly canonicalText: string;
  readonly note?: string;
}
interface Invalid {
  readonly type: string;
  readonly rdataText: string;
  readonly reason: string;
}

function vectors<T>(file: string): T[] {
  return JSON.parse(readFileSync(`test/vectors/records/${file}`, 'utf8')) as T[];
}

const origin = name('example.test.');
const titled = <T extends { type: string; rdataText: string }>(entries: T[]) =>
  entries.map((entry) => [entry.type, entry.rdataText.slice(0, 60).replaceAll('\n', ' '), entry] as const);

describe('every valid record', () => {
  test.each(titled(vectors<Valid>('records.json')))("%s %s has BIND's wire form and text", (_type, _text, entry) => {
    const type = typeCode(entry.type);
    expect(type).toBe(entry.typeNumber);
    const wire = encodeRecord(entry.typeNumber, entry.rdataText, origin);
    if (!(wire instanceof Uint8Array)) throw new Error(wire.error);
    expect(hex(wire)).toBe(entry.rdataHex);
    expect(wireError(entry.typeNumber, wire)).toBeUndefined();
    expect(presentRData(entry.typeNumber, wire)).toBe(entry.canonicalText);
  });

  test.each(
    titled(vectors<Valid>('records.json')),
  )("%s %s is read from BIND's text and from ours", (_type, _text, entry) => {
    const wire = Buffer.from(entry.rdataHex, 'hex');
    const ours = new OctetWriter(64);
    writeRData(entry.typeNumber, wire, 0, wire.length, ours);
    for (const text of [entry.canonicalText, Buffer.from(ours.copy()).toString('latin1')]) {
      const again = encodeRecord(entry.typeNumber, text);
      expect(again instanceof Uint8Array ? hex(again) : again).toBe(entry.rdataHex);
    }
  });
});

describe('every invalid record is refused, with a reason that is a sentence', () => {
  const invalid = [...vectors<Invalid>('invalid.json'), ...vectors<Invalid>('invalid-bind-only.json')];
  test.each(titled(invalid))('%s %s', (_type, _text, entry) => {
    const type = typeCode(entry.type);
    if (type === undefined) {
      expect(entry.reason).toMatch(/type/);
      return;
    }
    const result = encodeRecord(type, entry.rdataText, origin);
    if (result instanceof Uint8Array) throw new Error(`read as ${hex(result)}: ${entry.reason}`);
    expect(result.error.startsWith(entry.type)).toBe(true);
    expect(result.error.length).toBeGreaterThan(entry.type.length + 15);
    expect(result.from).toBeGreaterThanOrEqual(0);
    expect(result.to).toBeLessThanOrEqual(entry.rdataText.length);
  });
});
