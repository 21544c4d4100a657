import { describe, expect, test } from 'vitest';
import { isAhead } from '../../src/dns/serial.ts';
import { nextSerial } from '../../src/pipeline/serial.ts';

const now = Date.UTC(2026, 10, 22, 12) / 1000;
const last = (serial: number) => ({ serial, contentDigest: 'a' });

describe('serials', () => {
  test('order is that of RFC 1982 section 3.2 for 32 bits', () => {
    expect(isAhead(1, 0)).toBe(true);
    expect(isAhead(0, 0xffffffff)).toBe(true);
    expect(isAhead(44, 44)).toBe(false);
    expect(isAhead(0x80000000, 0)).toBe(false);
    expect(isAhead(0, 0x80000000)).toBe(false);
  });

  test('equal content keeps its serial under every policy', () => {
    for (const policy of ['counter', 'unixtime', 'date'] as const) {
      expect(nextSerial({ policy, last: last(7), floors: [], now }, 'a')).toBe(7);
    }
  });

  test('other content moves it forward', () => {
    expect(nextSerial({ policy: 'counter', last: last(7), floors: [], now }, 'b')).toBe(8);
    expect(nextSerial({ policy: 'unixtime', last: last(7), floors: [], now }, 'b')).toBe(now);
    expect(nextSerial({ policy: 'date', last: last(7), floors: [], now }, 'b')).toBe(2026112200);
  });

  test('the second change of a day, and a change in the same second, still move forward', () => {
    expect(nextSerial({ policy: 'date', last: last(2026112200), floors: [], now }, 'b')).toBe(2026112201);
    expect(nextSerial({ policy: 'unixtime', last: last(now), floors: [], now }, 'b')).toBe(now + 1);
  });

  test('it wraps past 2^32 − 1', () => {
    expect(nextSerial({ policy: 'counter', last: last(0xffffffff), floors: [], now }, 'b')).toBe(0);
  });

  test('a served or adopted serial is a floor, also for content that did not change', () => {
    expect(nextSerial({ policy: 'counter', floors: [2026010199], now }, 'b')).toBe(2026010200);
    expect(nextSerial({ policy: 'counter', last: last(5), floors: [9], now }, 'a')).toBe(10);
    expect(nextSerial({ policy: 'counter', last: last(9), floors: [5], now }, 'a')).toBe(9);
  });

  test('a first zone starts at 1 when it counts', () => {
    expect(nextSerial({ policy: 'counter', floors: [], now }, 'b')).toBe(1);
  });
});
