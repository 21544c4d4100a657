/** Issuer catalogues of the repository: which files hold the certificates of an authority, and what they are. */
import { parseTime } from '../text/time.ts';
import type { Declaration } from './declarations.ts';
import type { IssuerFileStatus, IssuerSource } from './description.ts';
import { complain, Fields, itemsOf, type Reading, readPath } from './reading.ts';
import { rules } from './rules.ts';

const statusOf: Readonly<Record<string, IssuerFileStatus>> = {
  active: 'active',
  backup: 'backup',
  retired: 'retired',
  roots: 'root',
};

export function readIssuers(declaration: Declaration, reading: Reading): IssuerSource | undefined {
  const fields = new Fields([declaration.entry.value], reading);
  const files = Object.entries(statusOf).flatMap(([key, status]) => {
    const entry = fields.entry(key);
    const items = entry === undefined ? [] : itemsOf(entry, reading);
    return items.flatMap((item) => {
      const path = readPath(item, reading);
      return path === undefined ? [] : [{ ...path, status }];
    });
  });
  const once = files.filter(({ value, at }, i) => {
    const before = files.slice(0, i).find((other) => other.value === value);
    if (before === undefined) return true;
    const related = [{ position: before.at, message: 'first named here' }];
    complain(reading, rules['describe/duplicate'], at, { what: 'issuer file', name: value }, { related });
    return false;
  });
  return { name: declaration.name, at: declaration.at, files: once, asOf: readDay(fields, reading) };
}

function readDay(fields: Fields, reading: Reading): string | undefined {
  const day = fields.text('as-of');
  if (day === undefined) return undefined;
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(day.value) && parseTime(day.value) !== undefined) return day.value;
  const facts = { expected: 'a day, such as 2026-11-22', found: JSON.stringify(day.value) };
  complain(reading, rules['describe/wrong-value'], day.at, facts);
  return undefined;
}
