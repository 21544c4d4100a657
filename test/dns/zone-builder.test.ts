import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeRecord } from '../../src/dns/field-text.ts';
import { compareNames, isAtOrBelow, type Name, name, nameFromWire, nameToWire, parentOf } from '../../src/dns/name.ts';
import { newOriginTable } from '../../src/dns/origins.ts';
import { presentRData } from '../../src/dns/rdata/index.ts';
import { Type, typeCode } from '../../src/dns/type.ts';
import { Role, type Zone } from '../../src/dns/zone.ts';
import { type BuilderOptions, newZoneBuilder } from '../../src/dns/zone-builder.ts';
import { newReport } from '../../src/text/problem.ts';
import orderVectors from '../vectors/rfc/rfc4034-order-bitmap.json' with { type: 'json' };

const apex = name('example.');
const soa = 'example. 60 SOA ns. host. 1 2 3 4 5';

/** A zone of lines `owner ttl type rdata`, in the order given; the line's number (from 1) is its origin. */
function build(lines: readonly string[], options?: BuilderOptions) {
  const origins = newOriginTable();
  const builder = newZoneBuilder(apex, origins, options);
  const lineOf = origins.addFile('test.zone');
  for (const [i, line] of lines.entries()) {
    const [owner, ttl, type, ...rdata] = line.split(' ');
    const code = typeCode(type)!;
    const octets = encodeRecord(code, rdata.join(' '));
    if ('error' in octets) throw new Error(`${line}: ${octets.error}`);
    builder.addRRset({ owner: name(owner), type: code, ttl: Number(ttl), records: [octets] }, lineOf(i + 1));
  }
  const report = newReport();
  return { zone: builder.finish(report), report };
}

const namesOf = (zone: Zone): Name[] => Array.from({ length: zone.nameCount }, (_, id) => zone.name(id));
const roles = Object.fromEntries(Object.entries(Role).map(([role, number]) => [number, role]));
const rolesOf = (zone: Zone) =>
  Object.fromEntries(namesOf(zone).map((each, id) => [each, roles[zone.columns.role[id]]]));
const textsOf = (zone: Zone, owner: string, type: number) =>
  (zone.rrset(zone.find(name(owner)), type)?.records ?? []).map((octets) => presentRData(type, octets));

describe('names', () => {
  test('RFC 4034 section 6.1: the canonical order, from any input order', () => {
    const { canonicalOrder } = orderVectors.find((vector) => vector.section === '6.1')!;
    const expected = canonicalOrder!.map((text) => nameFromWire(nameToWire(name(text.toLowerCase()))));
    const { zone } = build([...canonicalOrder!].reverse().map((owner) => `${owner} 60 A 192.0.2.1`));
    expect(namesOf(zone)).toEqual(expected);
  });

  const label = fc
    .array(fc.oneof(fc.constantFrom(0, 1, 2, 0x2d, 0x2e, 0x61, 0x62), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 5,
    })
    .map((octets) => octets.map((octet) => `\\${String(octet).padStart(3, '0')}`).join(''));
  const owner = fc.array(label, { maxLength: 6 }).map((labels) => name([...labels, 'example.'].join('.')));

  test('any set of names stands in the order of RFC 4034 section 6.1, with all its empty non-terminals', () => {
    fc.assert(
      fc.property(fc.array(owner, { maxLength: 60 }), (owners) => {
        const builder = newZoneBuilder(apex);
        for (const each of owners)
          builder.addRRset({ owner: each, type: Type.A, ttl: 1, records: [new Uint8Array(4)] });
        const zone = builder.finish(newReport());
        const expected = new Set<Name>([apex]);
        for (const each of owners) {
          for (let at = each; at !== apex; at = parentOf(at)!) expected.add(at);
        }
        expect(namesOf(zone)).toEqual([...expected].sort(compareNames));
        for (const [id, each] of namesOf(zone).entries()) {
          expect(zone.find(each)).toBe(id);
          const below = [...expected].filter((other) => isAtOrBelow(other, each)).length;
          expect(zone.columns.subtreeEnd[id]).toBe(id + below);
          const hasRecords = owners.includes(each);
          expect(zone.columns.role[id]).toBe(id === 0 ? Role.apex : hasRecords ? Role.data : Role.empty);
        }
      }),
    );
  });

  test('many names with long common ends are ordered too', () => {
    const owners = Array.from({ length: 3000 }, (_, i) =>
      name(`${'x'.repeat(i % 50)}${i}.${'y'.repeat(60)}.${i % 7}.example.`),
    );
    const builder = newZoneBuilder(apex);
    for (const each of owners) builder.addRRset({ owner: each, type: Type.A, ttl: 1, records: [new Uint8Array(4)] });
    const names = namesOf(builder.finish(newReport()));
    expect(names).toEqual([...names].sort(compareNames));
    expect(names.length).toBe(3000 + 7 + 7 + 1);
  });

  test('owners are the same in any case and stand in lower case', () => {
    const builder = newZoneBuilder(apex);
    for (const text of ['WWW', 'www', 'wWw']) {
      const wire = Buffer.from([3, ...Buffer.from(text), 7, ...Buffer.from('Example'), 0]);
      builder.add(wire, 0, Type.A, 60, Buffer.from([1, 2, 3, text.charCodeAt(0)]), 0, 4, 0);
    }
    const zone = builder.finish(newReport());
    expect(namesOf(zone)).toEqual(['example.', 'www.example.']);
    expect(zone.recordCount).toBe(2);
  });

  test('the apex is the first name even without records', () => {
    const { zone } = build(['b.example. 60 A 192.0.2.1']);
    expect(namesOf(zone)).toEqual(['example.', 'b.example.']);
    expect(zone.apex).toBe('example.');
    expect(zone.columns.rrsetStart[1]).toBe(0);
  });

  test('an empty zone has its apex', () => {
    const { zone } = build([]);
    expect(namesOf(zone)).toEqual(['example.']);
    expect(zone.rowCount).toBe(0);
    expect(zone.columns.subtreeEnd[0]).toBe(1);
  });

  test('the root zone', () => {
    const builder = newZoneBuilder(name('.'));
    for (const owner of ['.', 'b.', 'a.b.c.', 'a.']) {
      builder.addRRset({ owner: name(owner), type: Type.TXT, ttl: 1, records: [Buffer.from([0])] });
    }
    const zone = builder.finish(newReport());
    expect(namesOf(zone)).toEqual(['.', 'a.', 'b.', 'c.', 'b.c.', 'a.b.c.']);
  });

  test('names out of the zone are refused once each, at their first record, and left out', () => {
    const { zone, report } = build([
      soa,
      'example.org. 60 A 192.0.2.1',
      'www.example.org. 60 A 192.0.2.1',
      'www.example.org. 60 A 192.0.2.2',
      'badexample. 60 A 192.0.2.1',
      'a\\.example. 60 A 192.0.2.1',
      '. 60 A 192.0.2.1',
    ]);
    expect(namesOf(zone)).toEqual(['example.']);
    expect(zone.recordCount).toBe(1);
    expect(report.problems.map(({ rule, position }) => [rule, position?.line])).toEqual([
      ['zone/out-of-zone', 2],
      ['zone/out-of-zone', 3],
      ['zone/out-of-zone', 5],
      ['zone/out-of-zone', 6],
      ['zone/out-of-zone', 7],
    ]);
  });
});

describe('roles', () => {
  test('NS makes a cut, except at the apex; what is below a cut or a DNAME is below; names without records are empty', () => {
    const { zone } = build([
      soa,
      'example. 60 NS ns.example.',
      'ns.example. 60 A 192.0.2.1',
      'sub.example. 60 NS ns.sub.example.',
      'ns.sub.example. 60 A 192.0.2.2',
      'deep.er.sub.example. 60 NS ns.example.',
      'd.example. 60 DNAME example.org.',
      'x.y.d.example. 60 A 192.0.2.3',
      '_25._tcp.mx.example. 60 A 192.0.2.4',
      'subb.example. 60 A 192.0.2.4',
    ]);
    expect(rolesOf(zone)).toEqual({
      'example.': 'apex',
      'd.example.': 'data',
      'y.d.example.': 'below',
      'x.y.d.example.': 'below',
      'mx.example.': 'empty',
      '_tcp.mx.example.': 'empty',
      '_25._tcp.mx.example.': 'data',
      'ns.example.': 'data',
      'sub.example.': 'cut',
      'er.sub.example.': 'below',
      'deep.er.sub.example.': 'below',
      'ns.sub.example.': 'below',
      'subb.example.': 'data',
    });
    const above = (of: string) => zone.cutAbove(zone.find(name(of)));
    expect(above('deep.er.sub.example.')).toBe(zone.find(name('sub.example.')));
    expect(above('x.y.d.example.')).toBe(zone.find(name('d.example.')));
    expect(above('sub.example.')).toBe(-1);
    expect(above('ns.example.')).toBe(-1);
  });

  test('a DNAME at the apex hides everything else (RFC 6672 section 2.4)', () => {
    const { zone } = build([soa, 'example. 60 DNAME example.org.', 'www.example. 60 A 192.0.2.1']);
    expect(rolesOf(zone)).toEqual({ 'example.': 'apex', 'www.example.': 'below' });
    expect(zone.cutAbove(1)).toBe(0);
  });
});

describe('rows', () => {
  test('rows stand by owner, type and covered type; RRSIGs make a row per covered type', () => {
    const signature = (covered: string, tag: number) =>
      `RRSIG ${covered} 13 1 60 20260101000000 20250101000000 ${tag} example. AAAA`;
    const { zone } = build([
      `example. 60 ${signature('SOA', 1)}`,
      'example. 60 MX 10 mx.example.',
      `example. 60 ${signature('NS', 2)}`,
      soa,
      `example. 60 ${signature('SOA', 2)}`,
      'example. 60 NS ns.example.',
    ]);
    const { type, covered, recordStart } = zone.columns;
    expect([...type]).toEqual([Type.NS, Type.SOA, Type.MX, Type.RRSIG, Type.RRSIG]);
    expect([...covered]).toEqual([0, 0, 0, Type.NS, Type.SOA]);
    expect([...recordStart]).toEqual([0, 1, 2, 3, 4, 6]);
    expect(zone.row(0, Type.RRSIG, Type.SOA)).toBe(4);
    expect(zone.row(0, Type.RRSIG)).toBe(-1);
  });

  test('RFC 4034 section 6.3: records stand in canonical order, names in lower case for the comparison', () => {
    const { zone } = build([
      'example. 60 MX 10 b.example.',
      'example. 60 MX 10 A.example.',
      'example. 60 MX 5 zz.example.',
      'example. 60 TXT "b"',
      'example. 60 TXT "aa"',
      'example. 60 TXT "a" "a"',
    ]);
    // A name compares by its octets, the label lengths among them.
    expect(textsOf(zone, 'example.', Type.MX)).toEqual(['5 zz.example.', '10 A.example.', '10 b.example.']);
    expect(textsOf(zone, 'example.', Type.TXT)).toEqual(['"a" "a"', '"b"', '"aa"']);
  });

  test('duplicates are removed, also when names differ only in case (RFC 2181 section 5)', () => {
    const lines = ['example. 60 MX 10 mx.example.', 'example. 60 MX 10 MX.example.', 'example. 60 MX 10 mx.example.'];
    const forward = build(lines).zone;
    const backward = build(lines.reverse()).zone;
    expect(forward.recordCount).toBe(1);
    expect(forward.columns.rdata).toEqual(backward.columns.rdata);
  });

  test('many records of one owner are ordered', () => {
    const lines = Array.from({ length: 500 }, (_, i) => `example. 60 A 192.0.${(i * 37) % 5}.${(i * 91) % 100}`);
    const { zone } = build(lines);
    const octets = zone.rdataOf(0).map((record) => Buffer.from(record).toString('hex'));
    expect(octets).toEqual([...new Set(octets)].sort());
  });

  test('RFC 2181 section 5.2: mixed TTLs become the lowest, with a warning at the record that differs', () => {
    const { zone, report } = build([
      'example. 60 A 192.0.2.1',
      'a.example. 60 A 192.0.2.1',
      'example. 60 A 192.0.2.2',
      'example. 30 A 192.0.2.3',
      'example. 90 A 192.0.2.4',
    ]);
    expect(zone.rrset(0, Type.A)?.ttl).toBe(30);
    expect(report.problems).toMatchObject([
      {
        rule: 'zone/mixed-ttl-included',
        tier: 'warning',
        position: { file: 'test.zone', line: 4 },
        subject: 'example.',
      },
    ]);
    expect(zone.mixedTtl).toEqual([zone.row(0, Type.A)]);
    expect(
      build([soa, 'example. 61 SOA ns. host. 2 2 3 4 5'], { mixedTtl: 'zone/mixed-ttl' }).report.problems,
    ).toMatchObject([{ rule: 'zone/mixed-ttl', tier: 'error' }]);
  });

  test('RRSIGs of different covered types may differ in TTL, those of one type may not', () => {
    const { zone, report } = build([
      'example. 60 RRSIG A 13 1 60 20260101000000 20250101000000 1 example. AAAA',
      'example. 30 RRSIG NS 13 1 60 20260101000000 20250101000000 1 example. AAAA',
      'example. 50 RRSIG A 13 1 60 20260101000000 20250101000000 2 example. AAAA',
    ]);
    expect(report.problems).toMatchObject([{ rule: 'zone/mixed-ttl-included', position: { line: 3 } }]);
    expect(zone.mixedTtl).toEqual([zone.row(0, Type.RRSIG, Type.A)]);
    expect(zone.columns.ttl[zone.row(0, Type.RRSIG, Type.A)]).toBe(50);
    expect(zone.columns.ttl[zone.row(0, Type.RRSIG, Type.NS)]).toBe(30);
  });

  test('the origin of a record is kept through the sorting', () => {
    const { zone } = build(['b.example. 60 A 192.0.2.1', 'a.example. 60 A 192.0.2.1', soa]);
    const row = zone.row(zone.find(name('b.example.')), Type.A);
    expect(zone.positionOf(row)).toEqual({ file: 'test.zone', line: 1, column: 1 });
    expect(zone.positionOf(zone.row(0, Type.SOA))?.line).toBe(3);
  });
});

test('columns lie on shared memory, so that workers copy nothing', () => {
  const { zone } = build([soa]);
  for (const column of Object.values(zone.columns)) expect(column.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test('more octets than offsets reach are an error, not a wrong zone', () => {
  const lines = Array.from({ length: 20 }, (_, i) => `n${i}.example. 60 A 192.0.2.1`);
  expect(build(lines, { limit: 50 }).report.problems).toMatchObject([{ rule: 'zone/too-large', tier: 'error' }]);
  expect(build(lines, { limit: 1000 }).report.problems).toEqual([]);
});

test('closestEncloser finds the nearest name that exists, the apex at last, and nothing outside', () => {
  const { zone } = build([soa, 'a.b.example. 60 A 192.0.2.1']);
  const encloser = (of: string) => {
    const id = zone.closestEncloser(nameToWire(name(of)));
    return id < 0 ? undefined : zone.name(id);
  };
  expect(encloser('x.y.a.b.example.')).toBe('a.b.example.');
  expect(encloser('x.b.example.')).toBe('b.example.');
  expect(encloser('x.example.')).toBe('example.');
  expect(encloser('example.')).toBe('example.');
  expect(encloser('org.')).toBeUndefined();
});

describe('origins', () => {
  test('a key gives back file and line, in any order and over block borders', () => {
    const origins = newOriginTable();
    const a = origins.addFile('a.zone');
    const b = origins.addFile('b.zone');
    const lines = [1, 2, 4095, 4096, 4097, 1_000_000, 3];
    const keys = lines.map((line) => [a(line), b(line)]);
    for (const [i, line] of lines.entries()) {
      expect(origins.positionOf(keys[i][0])).toEqual({ file: 'a.zone', line, column: 1 });
      expect(origins.positionOf(keys[i][1])).toEqual({ file: 'b.zone', line, column: 1 });
    }
  });

  test('positions keep column and length', () => {
    const origins = newOriginTable();
    const positions = Array.from({ length: 10_000 }, (_, i) => ({ file: 'x.yaml', line: i + 1, column: 7, length: 3 }));
    const keys = positions.map((position) => origins.add(position));
    expect(keys.map((key) => origins.positionOf(key))).toEqual(positions);
    expect(origins.add(positions.at(-1)!)).toBe(keys.at(-1));
  });

  test('key 0 is unknown', () => {
    expect(newOriginTable().positionOf(0)).toBeUndefined();
    expect(newOriginTable().positionOf(123_456)).toBeUndefined();
  });
});

test('a label that ends in the octets of the apex is no apex', () => {
  const { zone, report } = build([soa, '\\007example. 60 A 192.0.2.1', '\\007example\\000.example. 60 A 192.0.2.1']);
  expect(report.problems.map(({ rule, position }) => [rule, position?.line])).toEqual([['zone/out-of-zone', 2]]);
  expect(namesOf(zone)).toEqual(['example.', '\\007example\\000.example.']);
});
