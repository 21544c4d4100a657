/** The NSEC chain: one record at every name with authority, each pointing to the next (RFC 4034 section 4, RFC 4035 section 2.3). */
import { presentName, wireNameLength } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import type { NameId, Zone } from '../dns/zone.ts';
import type { Findings } from './findings.ts';
import { rules } from './rules.ts';
import { isOwner, Standing } from './standing.ts';
import { TypeList } from './type-bitmap.ts';

const extraneous: Readonly<Record<number, string>> = {
  [Standing.absent]: 'a name that has no other records',
  [Standing.occluded]: 'a name below a delegation or a DNAME',
  [Standing.emptyAboveUnsigned]: 'an empty non-terminal',
  [Standing.empty]: 'an empty non-terminal',
};

export function checkNsecChain(zone: Zone, standings: Uint8Array, findings: Findings): void {
  const { recordStart, rdataStart, rdata } = zone.columns;
  const types = new TypeList();
  const rowOf = new Int32Array(standings.length);
  for (let id = 0; id < standings.length; id++) {
    const row = zone.row(id, Type.NSEC);
    rowOf[id] = row;
    if (row < 0) {
      if (isOwner(standings[id])) sayMissing(zone, id, findings);
    } else if (!isOwner(standings[id])) {
      const what = `an NSEC stands at ${zone.name(id)}, ${extraneous[standings[id]]}`;
      findings.say(rules['denial/extraneous'], recordStart[row], { what });
    }
  }

  for (let id = 0; id < standings.length; id++) {
    const row = rowOf[id];
    if (row < 0 || !isOwner(standings[id])) continue;
    const record = recordStart[row];
    if (recordStart[row + 1] - record > 1) {
      const what = `${zone.name(id)} has ${recordStart[row + 1] - record} NSEC records, expected one`;
      findings.say(rules['denial/chain-broken'], record, { what });
      continue;
    }
    const from = rdataStart[record];
    const to = rdataStart[record + 1];
    const bitmap = from + wireNameLength(rdata, from);
    types.expect(zone.columns, id, 'NSEC');
    if (!types.isListedBy(rdata, bitmap, to)) {
      const owner = zone.name(id);
      const facts = { owner, name: owner, type: 'NSEC', ...types.difference(rdata, bitmap, to) };
      findings.say(rules['denial/bitmap'], record, facts);
    }
    checkNext(id, zone.findWire(rdata, from, bitmap), record, presentName(rdata, from));
  }

  function checkNext(id: NameId, next: NameId, record: number, found: string): void {
    let expected = id + 1;
    while (expected < standings.length && !isOwner(standings[expected])) expected++;
    if (expected === standings.length) expected = 0;
    if (next === expected || isExcused(id, next, expected)) return;
    const facts = { owner: zone.name(id), type: 'NSEC', expected: zone.name(expected), found };
    if (expected === 0) findings.say(rules['denial/apex-wrap'], record, facts);
    else {
      const what = `the NSEC of ${facts.owner} points to ${found}, the next name with authority is ${facts.expected}`;
      findings.say(rules['denial/chain-broken'], record, { what });
    }
  }

  /** One fault, one message: the link passes over names whose missing NSEC was reported, or goes through one that stands wrongly. */
  function isExcused(id: NameId, next: NameId, expected: NameId): boolean {
    if (next < 0) return false;
    const end = next === 0 ? standings.length : next;
    if (end <= id) return false;
    if (next !== 0 && !isOwner(standings[next])) return rowOf[next] >= 0 && (expected === 0 || next < expected);
    for (let between = id + 1; between < end; between++) {
      if (isOwner(standings[between]) && rowOf[between] >= 0) return false;
    }
    return true;
  }
}

function sayMissing(zone: Zone, id: NameId, findings: Findings): void {
  const name = zone.name(id);
  const record = zone.columns.recordStart[zone.columns.rrsetStart[id]];
  if (name.startsWith('*.')) findings.say(rules['denial/wildcard'], record, { name, type: 'NSEC' });
  else findings.say(rules['denial/chain-broken'], record, { what: `${name} has no NSEC record, and it has records` });
}
