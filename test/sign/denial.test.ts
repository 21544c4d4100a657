import { describe, expect, test } from 'vitest';
import { Type, typeName } from '../../src/dns/type.ts';
import type { Zone } from '../../src/dns/zone.ts';
import { inProcess } from '../../src/parallel/executor.ts';
import { denialTtl } from '../../src/sign/denial.ts';
import { hashedNames, makeNsec3Chain } from '../../src/sign/nsec3-chain.ts';
import { partsOf } from '../../src/sign/parts.ts';
import type { SigningInput } from '../../src/sign/sign.ts';
import rfc9077 from '../vectors/rfc/rfc9077.json';
import { linesOf, readKey, sign, withKey, zoneOf } from './support.ts';

const key = readKey('signed/keys/Kzone.test.+013+17325');
const apex = '@ SOA ns1 host 1 3600 600 86400 300\n@ NS ns1\nns1 A 192.0.2.1\n';

function zoneWith(records: string): Zone {
  return zoneOf(`$TTL 3600\n${apex}${records}`, 'zone.test.');
}

const nsec = { kind: 'nsec' } as const;
const nsec3 = { kind: 'nsec3', optOut: false, iterations: 0, salt: '' } as const;

/** owner → fields behind the type, of all records of the types. */
async function recordsOf(zone: Zone, type: string, denial: SigningInput['denial'] = nsec) {
  const { text } = await sign(withKey(zone, key, { denial }));
  const lines = linesOf(zoneOf(text, 'zone.test.')).map((line) => line.split('\t'));
  return Object.fromEntries(lines.filter((line) => line[3] === type).map((line) => [line[0], line[4]]));
}

/** `owner type` of everything that is signed. */
async function signedIn(zone: Zone): Promise<string[]> {
  const { text } = await sign(withKey(zone, key));
  const signed = zoneOf(text, 'zone.test.');
  const rows = Array.from({ length: signed.rowCount }, (_, row) => row);
  const { covered, owner } = signed.columns;
  return rows.flatMap((row) =>
    covered[row] === 0
      ? []
      : [`${signed.name(owner[row]).replace(/\.?zone\.test\.$/, '') || '@'} ${typeName(covered[row])}`],
  );
}

describe('what is signed', () => {
  test('at a cut DS and the denial record are signed, NS and glue are not', async () => {
    const zone = zoneWith(
      'sub NS sub\nsub DS 1 13 2 {D}\nsub A 192.0.2.9\nsub TXT "of the child"\n'.replace('{D}', '00'.repeat(32)),
    );
    expect((await signedIn(zone)).filter((each) => each.startsWith('sub '))).toEqual(['sub DS', 'sub NSEC']);
    expect((await recordsOf(zone, 'NSEC'))['sub.zone.test.']).toBe('zone.test. NS DS RRSIG NSEC');
  });

  test('glue and occluded data below a cut are neither signed nor listed', async () => {
    const zone = zoneWith(
      'sub NS ns.sub\nns.sub A 192.0.2.9\na.b.sub TXT "occluded"\ncut.sub NS ns1\ntu A 192.0.2.2\n',
    );
    expect((await signedIn(zone)).filter((each) => each.includes('sub'))).toEqual(['sub NSEC']);
    expect((await recordsOf(zone, 'NSEC'))['sub.zone.test.']).toBe('tu.zone.test. NS RRSIG NSEC');
  });

  test('data below a DNAME is occluded, the DNAME and what stands beside it are signed', async () => {
    const zone = zoneWith('alias DNAME other.test.\nalias A 192.0.2.9\nx.alias A 192.0.2.9\n');
    expect((await signedIn(zone)).filter((each) => each.includes('alias'))).toEqual([
      'alias A',
      'alias DNAME',
      'alias NSEC',
    ]);
    expect((await recordsOf(zone, 'NSEC'))['alias.zone.test.']).toBe('ns1.zone.test. A DNAME RRSIG NSEC');
  });

  test('NS of the zone itself is signed, and records of a wildcard are signed under its own name', async () => {
    const signed = await signedIn(zoneWith('*.w MX 10 ns1\n'));
    expect(signed).toContain('@ NS');
    expect(signed).toContain('*.w MX');
  });

  test('a DNSKEY that does not stand at the apex is data like any other', async () => {
    const dnskey = Buffer.from(key.key.publicKey).toString('base64');
    const zone = zoneWith(`x DNSKEY 256 3 13 ${dnskey}\nx CDS 0 0 0 00\n`);
    expect((await signedIn(zone)).filter((each) => each.startsWith('x '))).toEqual(['x NSEC', 'x DNSKEY', 'x CDS']);
  });
});

describe('NSEC', () => {
  test('an empty non-terminal has no record and no place in the chain', async () => {
    expect(await recordsOf(zoneWith('a.b.c A 192.0.2.2\n'), 'NSEC')).toEqual({
      'zone.test.': 'a.b.c.zone.test. NS SOA RRSIG NSEC DNSKEY',
      'a.b.c.zone.test.': 'ns1.zone.test. A RRSIG NSEC',
      'ns1.zone.test.': 'zone.test. A RRSIG NSEC',
    });
  });

  test('a zone of one name points at itself', async () => {
    const zone = zoneOf('$TTL 60\n@ SOA ns.other.test. h 1 1 1 1 60\n@ NS ns.other.test.\n', 'zone.test.');
    expect(await recordsOf(zone, 'NSEC')).toEqual({ 'zone.test.': 'zone.test. NS SOA RRSIG NSEC DNSKEY' });
  });

  test('types of many windows are listed in order', async () => {
    const zone = zoneWith('x TYPE65280 \\# 1 00\nx CAA 0 issue "ca"\nx A 192.0.2.2\nx TYPE1234 \\# 0\n');
    expect((await recordsOf(zone, 'NSEC'))['x.zone.test.']).toBe('zone.test. A RRSIG NSEC CAA TYPE1234 TYPE65280');
  });
});

describe('NSEC3', () => {
  const bitmaps = async (zone: Zone, optOut = false) => {
    const records = await recordsOf(zone, 'NSEC3', { ...nsec3, optOut });
    return Object.values(records)
      .map((rdata) => rdata.split(' ').slice(5).join(' '))
      .sort();
  };

  test('empty non-terminals have records without types, and an insecure delegation lists NS alone', async () => {
    const zone = zoneWith('a.b.c A 192.0.2.2\nsub NS ns1\nns.sub A 192.0.2.3\n');
    expect(await bitmaps(zone)).toEqual(['', '', 'A RRSIG', 'A RRSIG', 'NS', 'NS SOA RRSIG DNSKEY NSEC3PARAM']);
  });

  test('opt-out leaves out insecure delegations and the empty non-terminals that lead to nothing else', async () => {
    const zone = zoneWith(
      `a.only.deep NS ns1\nb.only.deep NS ns1\nmixed.x NS ns1\ndata.x A 192.0.2.2\nsafe.y NS ns1\nsafe.y DS 1 13 2 ${'00'.repeat(32)}\n`,
    );
    const names = (optOut: boolean) => [...hashedNames(zone.columns, optOut)].map((id) => zone.name(id));
    expect(names(true)).toEqual([
      'zone.test.',
      'ns1.zone.test.',
      'x.zone.test.',
      'data.x.zone.test.',
      'y.zone.test.',
      'safe.y.zone.test.',
    ]);
    expect(names(false)).toHaveLength(11);
    expect(
      Object.values(await recordsOf(zone, 'NSEC3', { ...nsec3, optOut: true })).every((rdata) =>
        rdata.startsWith('1 1 0 - '),
      ),
    ).toBe(true);
  });

  test('names below a cut or a DNAME have no hash', () => {
    const zone = zoneWith('sub NS ns.sub\nns.sub A 192.0.2.2\na.b.sub A 192.0.2.2\nd DNAME x.\ne.d A 192.0.2.2\n');
    expect([...hashedNames(zone.columns, false)].map((id) => zone.name(id))).toEqual([
      'zone.test.',
      'd.zone.test.',
      'ns1.zone.test.',
      'sub.zone.test.',
    ]);
  });

  test('the chain is in hash order and its owners stand among the names in canonical order', async () => {
    const zone = zoneWith(Array.from({ length: 3000 }, (_, i) => `${(i * 7919).toString(36)} A 192.0.2.2\n`).join(''));
    const { text } = await sign(withKey(zone, key, { denial: nsec3, checkSignatures: 'none' }));
    const owners = text
      .split('\n')
      .map((line) => line.slice(0, line.indexOf('\t')))
      .slice(1, -1);
    const signed = zoneOf(text, 'zone.test.');
    const ranks = [...new Set(owners)].map((owner) => signed.find(owner as never));
    expect(ranks).toEqual(Array.from({ length: signed.nameCount }, (_, id) => id));
    const chain = linesOf(signed)
      .filter((line) => line.includes('\tNSEC3\t'))
      .map((line) => line.split(/[\t ]/));
    for (const [i, [, , , , , , , , next]] of chain.entries()) {
      expect(`${next.toLowerCase()}.zone.test.`).toBe(chain[(i + 1) % chain.length][0]);
    }
  });

  test('an NSEC3 owner that is also a name of the zone comes right behind it, in the same part', async () => {
    const plainChain = await makeNsec3Chain(zoneWith(''), { iterations: 0, salt: new Uint8Array(0) }, false, inProcess);
    if ('collision' in plainChain) throw new Error('no chain');
    const label = Object.keys(await recordsOf(zoneWith(''), 'NSEC3', nsec3))[0].split('.')[0];
    const zone = zoneWith(`${label} A 192.0.2.77\n`);
    const chain = await makeNsec3Chain(zone, { iterations: 0, salt: new Uint8Array(0) }, false, inProcess);
    if ('collision' in chain) throw new Error('no chain');
    expect(chain.twins).toHaveLength(1);
    for (const { from, to, rankFrom, rankTo } of partsOf(zone.columns, chain, 1)) {
      for (const rank of chain.twins) {
        const twin = chain.before[rank] - 1;
        expect(twin >= from && twin < to).toBe(rank >= rankFrom && rank < rankTo);
      }
    }
    const { text } = await sign(withKey(zone, key, { denial: nsec3 }));
    const own = linesOf(zoneOf(text, 'zone.test.')).filter((line) => line.startsWith(label));
    expect(own.map((line) => line.split('\t')[3])).toEqual(['A', 'RRSIG', 'RRSIG', 'NSEC3']);
  });
});

describe('TTL of denial records', () => {
  test.each(rfc9077)('RFC 9077: SOA TTL $soaTtl, MINIMUM $soaMinimum', async ({
    soaTtl,
    soaMinimum,
    nsecTtl,
    nsec3Ttl,
  }) => {
    expect(denialTtl(soaTtl, soaMinimum)).toBe(nsecTtl);
    const zone = zoneOf(
      `$TTL 777\n@ ${soaTtl} SOA ns h 1 1 1 1 ${soaMinimum}\n@ NS ns\nns A 192.0.2.1\n`,
      'zone.test.',
    );
    for (const [denial, type, ttl] of [
      [nsec, Type.NSEC, nsecTtl],
      [nsec3, Type.NSEC3, nsec3Ttl],
    ] as const) {
      const { text } = await sign(withKey(zone, key, { denial }));
      const { columns } = zoneOf(text, 'zone.test.');
      const rows = [...columns.type.keys()].filter((row) => columns.type[row] === type);
      expect(rows.length).toBeGreaterThan(1);
      expect(new Set(rows.map((row) => columns.ttl[row]))).toEqual(new Set([ttl]));
    }
  });
});
