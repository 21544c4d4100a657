/** The timing lines of key files: one table for reading and printing the public and the private half. */
import { dnssecTime, parseTime } from '../text/time.ts';
import type { KeyTiming } from './key.ts';

/** In the order in which BIND prints them. */
const labels: readonly (readonly [field: keyof KeyTiming, label: string])[] = [
  ['created', 'Created'],
  ['publish', 'Publish'],
  ['activate', 'Activate'],
  ['revoke', 'Revoke'],
  ['inactive', 'Inactive'],
  ['delete', 'Delete'],
  ['syncPublish', 'SyncPublish'],
  ['syncDelete', 'SyncDelete'],
];

const fields = new Map(labels.map(([field, label]) => [label.toLowerCase(), field]));

/** The field of a label such as `Publish`, in any case. */
export function timingField(label: string): keyof KeyTiming | undefined {
  return fields.get(label.toLowerCase());
}

/** Unix seconds of `20200101000000`, with or without the readable time in parentheses behind it. */
export function parseTimingValue(text: string): number | undefined {
  const value = /^([0-9]{14})(?:\s+\(.*\))?$/.exec(text.trim());
  return value === null ? undefined : parseTime(value[1]);
}

/** `label value` lines in BIND's order, each finished by `line`. */
export function timingLines(timing: KeyTiming, line: (label: string, seconds: number) => string): string {
  return labels.map(([field, label]) => (timing[field] === undefined ? '' : line(label, timing[field]))).join('');
}

/** `20200101000000 (Wed Jan  1 00:00:00 2020)`, as C's ctime writes it, in UTC. */
export function commentTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const [week, day, month, year] = date.toUTCString().replace(',', '').split(' ');
  const clock = date.toISOString().slice(11, 19);
  return `${dnssecTime(seconds)} (${week} ${month} ${String(Number(day)).padStart(2)} ${clock} ${year})`;
}

export function equalTiming(a: KeyTiming, b: KeyTiming): boolean {
  return labels.every(([field]) => a[field] === b[field]);
}

/** Whether a file says anything about time. */
export function hasTiming(timing: KeyTiming): boolean {
  return labels.some(([field]) => timing[field] !== undefined);
}
