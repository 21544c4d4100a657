/** The serial of a zone against that of the version which it replaces. */
import { decode } from '../dns/rdata/index.ts';
import { isAhead } from '../dns/serial.ts';
import { Type, typeName } from '../dns/type.ts';
import type { Row, Zone } from '../dns/zone.ts';
import { equalOctets } from '../text/octets.ts';
import type { Findings } from './findings.ts';
import { rules } from './rules.ts';

/**
 * Everything is content, signatures too: what a secondary does not transfer, it does not serve. A zone without its SOA has a fault of
 * its own.
 */
export function checkSerial(zone: Zone, previous: Zone, findings: Findings): void {
  const soa = zone.row(0, Type.SOA);
  const [serial, before] = [serialOf(zone), serialOf(previous)];
  if (serial === undefined || before === undefined || isAhead(serial, before)) return;
  const difference = firstDifference(previous, zone);
  if (difference === undefined) return;
  const facts = { serial, previous: before, difference };
  findings.say(rules['zone/serial-not-increased'], zone.columns.recordStart[soa], facts);
}

function serialOf(zone: Zone): number | undefined {
  const row = zone.row(0, Type.SOA);
  return row < 0 ? undefined : decode('SOA', zone.rdataOf(row)[0]).serial;
}

/** Both are in canonical order: the first row that is not in both at the same place. Undefined where the zones are equal. */
function firstDifference(before: Zone, after: Zone): string | undefined {
  const rows = Math.max(before.rowCount, after.rowCount);
  for (let row = 0; row < rows; row++) {
    if (row >= before.rowCount) return labelOf(after, row);
    if (row >= after.rowCount) return labelOf(before, row);
    if (isSameSet(before, after, row)) {
      if (isSameData(before, after, row)) continue;
      return labelOf(after, row);
    }
    return labelOf(isEarlier(before, after, row) ? before : after, row);
  }
  return undefined;
}

const ownerOf = (zone: Zone, row: Row) => zone.nameWire(zone.columns.owner[row]);

function isSameSet(before: Zone, after: Zone, row: Row): boolean {
  const [a, b] = [before.columns, after.columns];
  return (
    a.type[row] === b.type[row] &&
    a.covered[row] === b.covered[row] &&
    equalOctets(ownerOf(before, row), ownerOf(after, row))
  );
}

function isSameData(before: Zone, after: Zone, row: Row): boolean {
  if (before.columns.ttl[row] !== after.columns.ttl[row]) return false;
  const [a, b] = [before.rdataOf(row), after.rdataOf(row)];
  return a.length === b.length && a.every((rdata, i) => equalOctets(rdata, b[i]));
}

/** Whether the set at `row` of `before` comes first: it left, and the one of `after` stood later all along. */
function isEarlier(before: Zone, after: Zone, row: Row): boolean {
  const found = after.find(before.name(before.columns.owner[row]));
  return found < 0 || after.row(found, before.columns.type[row], before.columns.covered[row]) < 0;
}

function labelOf(zone: Zone, row: Row): string {
  const { type, covered, owner } = zone.columns;
  const name = zone.name(owner[row]);
  return type[row] === Type.RRSIG
    ? `the signature over ${name} ${typeName(covered[row])}`
    : `${name} ${typeName(type[row])}`;
}
