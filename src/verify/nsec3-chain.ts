/** One NSEC3 chain: a record for the hash of every name with authority, each pointing to the next hash (RFC 5155 section 7.1). */
import type { NameId, Zone } from '../dns/zone.ts';
import { encodeBase32hex } from '../dnssec/base32hex.ts';
import { nsec3HashLength } from '../dnssec/nsec3-hash.ts';
import { asBuffer, hex, type Octets } from '../text/octets.ts';
import type { Findings } from './findings.ts';
import { nsec3Flags, nsec3Next, optOutFlag } from './nsec3-parameters.ts';
import type { Nsec3Records } from './nsec3-records.ts';
import { rules } from './rules.ts';
import { Standing } from './standing.ts';
import { TypeList } from './type-bitmap.ts';

const digits = (hash: Octets) => asBuffer(encodeBase32hex(hash)).toString('latin1');

/** `hashes`: NameId → 20 octets, with the parameters of the chain. */
export function checkNsec3Chain(
  zone: Zone,
  standings: Uint8Array,
  hashes: Octets,
  records: Nsec3Records,
  findings: Findings,
): void {
  const { rdata, rdataStart } = zone.columns;
  if (records.count === 0) return;
  const types = new TypeList();
  /** Position → whether a name has this hash. */
  const isNamed = new Uint8Array(records.count);
  /** Hashes of names without a record: whoever points to one of them was right. */
  const missing = new Set<string>();

  for (let id = 0; id < standings.length; id++) {
    if (standings[id] < Standing.emptyAboveUnsigned) continue;
    const position = records.find(hashes, id * nsec3HashLength);
    if (position >= 0) {
      isNamed[position] = 1;
      checkTypes(id, position);
    } else if (sayMissing(id, -1 - position)) missing.add(hex(hashOf(id)));
  }
  for (let position = 0; position < records.count; position++) {
    checkNext(position);
    if (isNamed[position] === 1) continue;
    const what = `the NSEC3 of ${zone.name(records.owner[position])} stands for no name of the zone`;
    findings.say(rules['denial/extraneous'], records.record[position], { what });
  }

  function hashOf(id: NameId): Octets {
    return hashes.subarray(id * nsec3HashLength, (id + 1) * nsec3HashLength);
  }

  function checkTypes(id: NameId, position: number): void {
    const record = records.record[position];
    const next = nsec3Next(rdata, rdataStart[record]);
    const from = next + 1 + rdata[next];
    types.expect(zone.columns, id, 'NSEC3');
    if (types.isListedBy(rdata, from, rdataStart[record + 1])) return;
    const facts = { owner: zone.name(records.owner[position]), name: zone.name(id), type: 'NSEC3' };
    findings.say(rules['denial/bitmap'], record, {
      ...facts,
      ...types.difference(rdata, from, rdataStart[record + 1]),
    });
  }

  /** False where opt-out allows it. */
  function sayMissing(id: NameId, covering: number): boolean {
    const isOptOut = (nsec3Flags(rdata, rdataStart[records.record[covering]]) & optOutFlag) !== 0;
    const standing = standings[id];
    if (isOptOut && (standing === Standing.unsignedDelegation || standing === Standing.emptyAboveUnsigned))
      return false;
    const name = zone.name(id);
    const record = recordOf(id);
    const facts = { name, type: 'NSEC3' };
    if (standing === Standing.empty || standing === Standing.emptyAboveUnsigned) {
      findings.say(rules['denial/empty-non-terminal'], record, facts);
    } else if (isOptOut && standing === Standing.signedDelegation) {
      findings.say(rules['denial/opt-out-signed-delegation'], record, facts);
    } else if (name.startsWith('*.')) {
      findings.say(rules['denial/wildcard'], record, facts);
    } else {
      const what = `no NSEC3 record stands for ${name} (its hash is ${digits(hashOf(id))})`;
      findings.say(rules['denial/chain-broken'], record, { what });
    }
    return true;
  }

  /** The first record at or below a name: an empty non-terminal has none of its own. */
  function recordOf(id: NameId): number {
    const { recordStart, rrsetStart } = zone.columns;
    return recordStart[rrsetStart[id]];
  }

  function checkNext(position: number): void {
    const record = records.record[position];
    const next = nsec3Next(rdata, rdataStart[record]);
    const found = rdata.subarray(next + 1, next + 1 + rdata[next]);
    const last = records.count - 1;
    const following = position === last ? 0 : position + 1;
    const expected = records.hashes.subarray(following * nsec3HashLength, (following + 1) * nsec3HashLength);
    if (asBuffer(found).equals(expected) || isExcused(position, found)) return;
    const facts = {
      owner: zone.name(records.owner[position]),
      type: 'NSEC3',
      expected: digits(expected),
      found: digits(found),
    };
    if (position === last) findings.say(rules['denial/apex-wrap'], record, facts);
    else {
      const what = `the NSEC3 of ${facts.owner} points to ${facts.found}, the next hash is ${facts.expected}`;
      findings.say(rules['denial/chain-broken'], record, { what });
    }
  }

  /** One fault, one message: the link leads to a record whose absence was reported, or passes over ones that stand for no name. */
  function isExcused(position: number, found: Octets): boolean {
    if (found.length !== nsec3HashLength) return false;
    const target = records.find(found, 0);
    if (target < 0) return missing.has(hex(found)) && -1 - target === position;
    for (let between = (position + 1) % records.count; between !== target; between = (between + 1) % records.count) {
      if (isNamed[between] === 1 || between === position) return false;
    }
    return true;
  }
}
