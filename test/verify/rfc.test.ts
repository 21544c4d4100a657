import { describe, expect, test } from 'vitest';
import { encodeRecord } from '../../src/dns/field-text.ts';
import { labelCount, type Name, name, nameToWire, parentOf } from '../../src/dns/name.ts';
import { decode, type RDataOf, wireError } from '../../src/dns/rdata/index.ts';
import { Type, type TypeCode, typeCode } from '../../src/dns/type.ts';
import { encodeBase32hex } from '../../src/dnssec/base32hex.ts';
import { nsec3Hash } from '../../src/dnssec/nsec3-hash.ts';
import { equalOctets, type Octets } from '../../src/text/octets.ts';
import { parseTime } from '../../src/text/time.ts';
import { readZone, vector, vectorJson, verifyText } from './support.ts';
import { ZoneText } from './zone-text.ts';

interface Example {
  readonly file: string;
  readonly document: string;
  readonly validAt: string;
  readonly rrsigs: number;
  readonly denial: number;
  readonly keys: readonly { readonly keyTag: number }[];
}

describe('the signed zones that the RFCs print are secure at their time', () => {
  for (const { file, document, validAt, rrsigs, denial, keys } of vectorJson<Example[]>('rfc/zones.json')) {
    test(document, async () => {
      const { verdict, errors, others } = await verifyText(vector(`rfc/${file}`), { at: parseTime(validAt)! });
      expect(errors).toEqual([]);
      expect(verdict.secure).toBe(true);
      expect(verdict.counts.signatures).toBe(rrsigs);
      expect(verdict.counts.nsec + verdict.counts.nsec3).toBe(denial);
      expect(verdict.keys.map(({ tag }) => tag).sort()).toEqual(keys.map(({ keyTag }) => keyTag).sort());
      const legacy = ['key/rsa-size-legacy', 'key/rsa-size-legacy'];
      expect(others).toEqual(
        file === 'rfc5155-a.zone' ? [...legacy, 'denial/nsec3-iterations', 'denial/nsec3-salt'] : legacy,
      );
    });
  }

  test('as a zone of ours that of RFC 5155 has forbidden algorithms and too many iterations', async () => {
    const at = parseTime('20100101000000')!;
    const { errors, others } = await verifyText(vector('rfc/rfc5155-a.zone'), { at, own: true });
    expect(errors.map((error) => error.split(':')[0])).toEqual([
      'key/forbidden-algorithm',
      'key/forbidden-algorithm',
      'denial/own-nsec3-iterations',
    ]);
    expect(others).not.toContain('denial/nsec3-iterations');
  });

  test('iterations that were asked for by name are no error', async () => {
    const at = parseTime('20100101000000')!;
    const expectDenial = { kind: 'nsec3', optOut: true, iterations: 12, salt: 'AABBCCDD' } as const;
    const { errors } = await verifyText(vector('rfc/rfc5155-a.zone'), { at, own: true, expectDenial });
    expect(errors.map((error) => error.split(':')[0])).toEqual(['key/forbidden-algorithm', 'key/forbidden-algorithm']);
  });

  test('another denial than asked for is an error', async () => {
    const at = parseTime('20100101000000')!;
    const found = async (expectDenial: Parameters<typeof verifyText>[1]['expectDenial']) =>
      (await verifyText(vector('rfc/rfc5155-a.zone'), { at, expectDenial })).errors;
    expect(await found({ kind: 'nsec' })).toEqual(['denial/not-as-asked:undefined']);
    expect(await found({ kind: 'nsec3', optOut: true, iterations: 0, salt: '' })).toEqual([
      'denial/not-as-asked:undefined',
    ]);
    expect(await found({ kind: 'nsec3', optOut: false, iterations: 12, salt: 'aabbccdd' })).toEqual([
      'denial/not-as-asked:undefined',
    ]);
  });
});

/** An answer of appendix B: what it proves must follow from records that verified in the zone of appendix A. */
interface Answer {
  readonly section: string;
  readonly zone: string;
  readonly header: string;
  readonly question: { readonly name: string; readonly type: string };
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
}

interface Given {
  readonly owner: Name;
  readonly type: TypeCode;
  readonly rdata: Octets;
}

function recordsOf(lines: readonly string[]): Given[] {
  return ZoneText.parse(lines.join('\n')).lines.map(({ owner, type, rdata }) => {
    const octets = encodeRecord(typeCode(type)!, rdata);
    if (!(octets instanceof Uint8Array) || wireError(typeCode(type)!, octets) !== undefined) throw new Error(rdata);
    return { owner: name(owner.toLowerCase()), type: typeCode(type)!, rdata: octets };
  });
}

describe.each(['rfc4035-b.json', 'rfc5155-b.json'])('the answers of %s', (file) => {
  for (const example of vectorJson<Answer[]>(`rfc/${file}`)) {
    const zone = readZone(vector(`rfc/${example.zone}`));
    const given = recordsOf([...example.answer, ...example.authority, ...example.additional]);
    const question = nameToWire(name(example.question.name.toLowerCase()));
    const encloser = zone.name(zone.closestEncloser(question));
    const wildcard = encloser === zone.apex ? `*.${zone.apex}` : `*.${encloser}`;

    test(`${example.section}: every record is in the zone, or expanded from a wildcard`, () => {
      for (const { owner, type, rdata } of given) {
        const covered = type === Type.RRSIG ? decode('RRSIG', rdata).typeCovered : 0;
        const signature = type === Type.RRSIG ? decode('RRSIG', rdata) : undefined;
        const expanded = zone.find(owner) < 0 || (signature !== undefined && signature.labels < labelCount(owner));
        const from = zone.find(expanded || zone.find(owner) < 0 ? name(wildcard) : owner);
        const row = zone.row(from, type, covered);
        expect(
          zone.rdataOf(row).some((octets) => equalOctets(octets, rdata)),
          `${owner} ${type}`,
        ).toBe(true);
      }
    });

    const isNegative = example.answer.length === 0 && /RCODE=[03]/.test(example.header) && / AA/.test(example.header);
    if (!isNegative) continue;
    test(`${example.section}: the closest encloser and what is denied follow from the zone`, () => {
      const nsec3 = given.filter(({ type }) => type === Type.NSEC3);
      const nsec = given.filter(({ type }) => type === Type.NSEC);
      if (example.header.includes('RCODE=3')) expect(zone.findWire(question, 0, question.length)).toBe(-1);
      if (nsec3.length > 0)
        expect(provesWithNsec3(name(example.question.name.toLowerCase()), encloser, nsec3)).toBe(true);
      else expect(nsec.length).toBeGreaterThan(0);
    });
  }
});

/** RFC 5155 section 8: a record matches the name itself, or one matches the closest encloser and one covers the name below it. */
function provesWithNsec3(asked: Name, encloser: Name, records: readonly Given[]): boolean {
  const chain = records.map(({ owner, rdata }) => ({ owner: owner.split('.')[0], ...decode('NSEC3', rdata) }));
  const hashOf = (of: Name, { salt, iterations }: RDataOf<'NSEC3'>) =>
    Buffer.from(encodeBase32hex(nsec3Hash(nameToWire(of), salt, iterations))).toString('latin1');
  const matches = (of: Name) => chain.some((record) => record.owner === hashOf(of, record));
  const covers = (of: Name) =>
    chain.some((record) => {
      const [hash, next] = [hashOf(of, record), Buffer.from(encodeBase32hex(record.nextHash)).toString('latin1')];
      return record.owner < next ? record.owner < hash && hash < next : record.owner < hash || hash < next;
    });
  if (matches(asked)) return true;
  let nextCloser = asked;
  while (parentOf(nextCloser) !== encloser) nextCloser = parentOf(nextCloser)!;
  return matches(encloser) && covers(nextCloser);
}

describe('the TTL of NSEC and NSEC3 is the lower one of SOA TTL and SOA MINIMUM', () => {
  interface Case {
    readonly soaTtl: number;
    readonly soaMinimum: number;
    readonly nsecTtl: number;
    readonly nsec3Ttl: number;
  }
  for (const { soaTtl, soaMinimum, nsecTtl, nsec3Ttl } of vectorJson<Case[]>('rfc/rfc9077.json')) {
    test.each(['bind-nsec.zone', 'bind-nsec3.zone'])(`SOA TTL ${soaTtl}, MINIMUM ${soaMinimum}: %s`, async (file) => {
      const zone = ZoneText.read(file);
      const expected = file === 'bind-nsec.zone' ? nsecTtl : nsec3Ttl;
      zone.one('@', 'SOA').ttl = soaTtl;
      zone.setField(zone.one('@', 'SOA'), -1, String(soaMinimum));
      zone.resign('@', 'SOA');
      const findings = async (ttl: number) => {
        for (const line of zone.lines) if (line.type === 'NSEC' || line.type === 'NSEC3') line.ttl = ttl;
        const { errors } = await verifyText(zone.octets, { at: parseTime('20260601000000')! });
        return errors.filter((error) => error.startsWith('zone/'));
      };
      expect(await findings(expected)).toEqual([]);
      expect(await findings(expected + 1)).toEqual([`zone/negative-ttl:${zone.lineNumber(zone.firstDenial())}`]);
    });
  }
});
