/** The actions of people as calendar events (RFC 5545). */
import type { Plan, PlanStep } from '../rollover/plan.ts';
import { escapeControls } from '../text/escape.ts';
import { dnssecTime } from '../text/time.ts';
import { actionsOf, actorNames, subjectName } from './plan-words.ts';

/** One event an action. UIDs are those of the steps: a calendar that reads the next plan moves the events that it has. */
export function planIcs(plan: Plan): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//danezone//plan//EN',
    'CALSCALE:GREGORIAN',
    'NAME:danezone',
    'X-WR-CALNAME:danezone',
    ...actionsOf(plan).flatMap((step) => event(step, plan.from)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function event(step: PlanStep, stamp: number): string[] {
  const { id, at, assumes, title, reason, ifLate, commands } = step;
  const assumed = assumes === undefined ? '' : ' (assumed)';
  const description = [
    `For ${actorNames[step.actor]}.`,
    `Why: ${reason.text}`,
    `If late: ${ifLate}`,
    ...(assumes === undefined ? [] : [`The date holds if ${assumes}.`]),
    ...commands,
  ];
  return [
    'BEGIN:VEVENT',
    `UID:${id}@danezone`,
    `DTSTAMP:${utc(stamp)}`,
    `DTSTART:${utc(at)}`,
    'DURATION:PT15M',
    `SUMMARY:${escaped(`${subjectName(step)}: ${title}${assumed}`)}`,
    `DESCRIPTION:${escaped(description.join('\n'))}`,
    `STATUS:${assumes === undefined ? 'CONFIRMED' : 'TENTATIVE'}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

/** `20260101T000000Z`. */
function utc(seconds: number): string {
  const text = dnssecTime(seconds);
  return `${text.slice(0, 8)}T${text.slice(8)}Z`;
}

/** RFC 5545 section 3.3.11. */
function escaped(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => escapeControls(line).replace(/[\\;,]/g, (mark) => `\\${mark}`));
  return lines.join('\\n');
}

/** Lines of at most 75 octets, never cut inside a character (RFC 5545 section 3.1). */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  let length = 0;
  for (const character of line) {
    const octets = Buffer.byteLength(character);
    if (length + octets > (parts.length === 0 ? 75 : 74)) {
      parts.push(part);
      part = '';
      length = 0;
    }
    part += character;
    length += octets;
  }
  return [...parts, part].join('\r\n ');
}
