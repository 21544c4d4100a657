import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readMaster } from '../../src/dns/master-reader.ts';
import { name, nameToWire } from '../../src/dns/name.ts';
import { presentRData } from '../../src/dns/rdata/index.ts';
import { Type } from '../../src/dns/type.ts';
import { hashOfName, Role, Zone } from '../../src/dns/zone.ts';
import { newReport } from '../../src/text/problem.ts';

const file = 'rfc4035-a.zone';
const octets = readFileSync(new URL(`../vectors/rfc/${file}`, import.meta.url));
const zone = readMaster({ file, octets }, newReport())!;
const id = (of: string) => zone.find(name(of));

describe('the zone of RFC 4035 appendix A', () => {
  test('names are found in any case, by text and by wire form; others are not', () => {
    expect(zone.apex).toBe('example.');
    expect(id('ns1.example.')).toBeGreaterThan(0);
    expect(id('ns3.example.')).toBe(-1);
    expect(id('example.org.')).toBe(-1);
    expect(id('.')).toBe(-1);
    const wire = Buffer.from('\x03NS1\x07ExAmPlE\x00', 'latin1');
    expect(zone.findWire(wire, 0, wire.length)).toBe(id('ns1.example.'));
    expect(hashOfName(wire, 0, wire.length)).toBe(hashOfName(nameToWire(name('ns1.example.')), 0, wire.length));
    expect([...zone.nameWire(id('ns1.example.'))]).toEqual([...nameToWire(name('ns1.example.'))]);
  });

  test('the order of the names is that of their NSEC records', () => {
    const owners = Array.from({ length: zone.nameCount }, (_, each) => each).filter(
      (each) => zone.row(each, Type.NSEC) >= 0,
    );
    for (const [i, owner] of owners.entries()) {
      const next = presentRData(Type.NSEC, zone.rrset(owner, Type.NSEC)!.records[0]).split(' ')[0];
      expect(next).toBe(zone.name(owners[(i + 1) % owners.length]));
    }
  });

  test('roles: two cuts, their glue below them, and empty non-terminals on the way to x.y.w', () => {
    const { role, subtreeEnd, rrsetStart } = zone.columns;
    expect(role[id('a.example.')]).toBe(Role.cut);
    expect(role[id('ns1.a.example.')]).toBe(Role.below);
    expect(zone.cutAbove(id('ns1.a.example.'))).toBe(id('a.example.'));
    for (const empty of ['w.example.', 'y.w.example.']) {
      expect(role[id(empty)]).toBe(Role.empty);
      expect(rrsetStart[id(empty)]).toBe(rrsetStart[id(empty) + 1]);
    }
    expect(subtreeEnd[0]).toBe(zone.nameCount);
    expect(subtreeEnd[id('w.example.')] - id('w.example.')).toBe(5);
    expect(subtreeEnd[id('b.example.')]).toBe(id('ns2.b.example.') + 1);
  });

  test('an RRset has its owner, type, TTL and records; its signatures are another row', () => {
    expect(zone.rrset(0, Type.MX)).toMatchObject({ owner: 'example.', type: Type.MX, ttl: 3600 });
    expect(zone.rrset(0, Type.DNSKEY)?.records).toHaveLength(2);
    expect(zone.rrset(0, Type.TXT)).toBeUndefined();
    const signatures = zone.row(0, Type.RRSIG, Type.DNSKEY);
    expect(zone.rdataOf(signatures)).toHaveLength(2);
    expect(zone.columns.owner[signatures]).toBe(0);
  });

  test('the closest encloser is the nearest name that exists', () => {
    const encloser = (of: string) => {
      const found = zone.closestEncloser(nameToWire(name(of)));
      return found < 0 ? undefined : zone.name(found);
    };
    // RFC 4035 appendix B.2 (name error), B.6 (wildcard) and B.5 (referral)
    expect(encloser('ml.example.')).toBe('example.');
    expect(encloser('a.z.w.example.')).toBe('w.example.');
    expect(encloser('mc.b.example.')).toBe('b.example.');
    expect(encloser('a.x.y.w.example.')).toBe('x.y.w.example.');
    expect(encloser('org.')).toBeUndefined();
  });

  test('the columns survive the way into a worker without a copy', () => {
    const columns = structuredClone(zone.columns);
    expect(columns.rdata.buffer).toBeInstanceOf(SharedArrayBuffer);
    const there = new Zone(columns);
    expect(there.rrset(there.find(name('xx.example.')), Type.AAAA)).toEqual(zone.rrset(id('xx.example.'), Type.AAAA));
    expect(there.positionOf(0)).toBeUndefined();
    expect(zone.positionOf(0)?.file).toBe(file);
  });
});
