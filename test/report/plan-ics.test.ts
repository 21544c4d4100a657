import { describe, expect, test } from 'vitest';
import { planIcs } from '../../src/report/plan-ics.ts';
import { day, from, plan, step, zone } from './plans.ts';

/** RFC 5545 section 3.1: a line that starts with a space goes on with the one before. */
const unfolded = (ics: string) => ics.replaceAll('\r\n ', '').trimEnd().split('\r\n');

function valuesOf(ics: string, property: string): string[] {
  return unfolded(ics).flatMap((line) => (line.startsWith(`${property}:`) ? line.slice(property.length + 1) : []));
}

/** RFC 5545 section 3.3.11, read back. */
const plainText = (value: string) => value.replace(/\\(.)/g, (_, mark: string) => (mark === 'n' ? '\n' : mark));

describe('a plan as a calendar (RFC 5545)', () => {
  test('a calendar has a version, a product and dates without a local time', () => {
    const lines = unfolded(planIcs(plan([step({ at: from + day })])));
    expect(lines[0]).toBe('BEGIN:VCALENDAR');
    expect(lines.at(-1)).toBe('END:VCALENDAR');
    expect(lines).toContain('VERSION:2.0');
    expect(lines.some((line) => line.startsWith('PRODID:'))).toBe(true);
    expect(lines).toContain('DTSTART:20260102T000000Z');
    expect(lines).toContain('DTSTAMP:20260101T000000Z');
  });

  test('lines have at most 75 octets, end with CRLF, and are not cut inside a character', () => {
    const title = `Gib dem Registrar den DS von ${'Bäckerei und Küche 🧁 '.repeat(20)}`;
    const ics = planIcs(plan([step({ title })]));
    expect(ics.endsWith('\r\n')).toBe(true);
    expect(ics.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    const lines = ics.split('\r\n');
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeGreaterThan(70);
    expect(valuesOf(ics, 'SUMMARY').map(plainText)).toEqual([`example.org: ${title}`]);
  });

  test.each([
    ['a comma, a semicolon; a backslash \\', 'a comma\\, a semicolon\\; a backslash \\\\'],
    ['two\nlines', 'two\\nlines'],
    ['two\r\nlines', 'two\\nlines'],
  ])('%j is escaped', (title, expected) => {
    expect(valuesOf(planIcs(plan([step({ title })])), 'SUMMARY')).toEqual([`example.org: ${expected}`]);
  });

  test('nothing in a text begins a property or ends the event', () => {
    const hostile = 'x\r\nEND:VEVENT\r\nBEGIN:VALARM\rATTENDEE:mailto:x@example.org\u0085\u2028y\u0007';
    const ics = planIcs(plan([step({ title: hostile, ifLate: hostile, reason: { text: hostile, terms: [] } })]));
    const properties = unfolded(ics).map((line) => /^[A-Z-]+/.exec(line)?.[0]);
    expect(properties.filter((property) => property === 'END')).toHaveLength(2);
    expect(properties).not.toContain('ATTENDEE');
    expect(ics.replaceAll('\r\n', '')).not.toMatch(/[\u0000-\u001f\u007f]/);
  });

  test('one event an action of a person, none for what the tool does', () => {
    const ics = planIcs(
      plan([
        step({ id: 'a1' }),
        step({ id: 'a2', actor: 'tool', state: 'later' }),
        step({ id: 'a3', actor: 'registrar', state: 'later' }),
        step({ id: 'a4', actor: 'acme', state: 'later' }),
      ]),
    );
    expect(valuesOf(ics, 'UID')).toEqual(['a1@danezone', 'a3@danezone', 'a4@danezone']);
    expect(valuesOf(ics, 'BEGIN')).toEqual(['VCALENDAR', 'VEVENT', 'VEVENT', 'VEVENT']);
    expect(valuesOf(ics, 'END')).toEqual(['VEVENT', 'VEVENT', 'VEVENT', 'VCALENDAR']);
  });

  test('a date that hangs on others is tentative and says what it hangs on', () => {
    const ics = planIcs(
      plan([step({ assumes: 'the parent shows it' }), step({ id: 'b', subject: zone('b.example.') })]),
    );
    expect(valuesOf(ics, 'STATUS')).toEqual(['TENTATIVE', 'CONFIRMED']);
    expect(valuesOf(ics, 'SUMMARY').map((text) => text.includes('(assumed)'))).toEqual([true, false]);
    expect(plainText(valuesOf(ics, 'DESCRIPTION')[0])).toContain('the parent shows it');
  });

  test('the commands stand in the description', () => {
    const [text] = valuesOf(planIcs(plan([step()])), 'DESCRIPTION').map(plainText);
    expect(text.split('\n').at(-1)).toBe('danezone confirm published example.org --serial 2');
  });

  test('without anything to do it is a calendar without events', () => {
    expect(valuesOf(planIcs(plan([])), 'BEGIN')).toEqual(['VCALENDAR']);
  });
});
