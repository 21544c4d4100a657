import { describe, expect, test } from 'vitest';
import { parseTime } from '../../src/text/time.ts';
import { secondsBetween, unixTime } from '../../src/verify/rrsig.ts';
import { verifyText } from './support.ts';
import { signedAt, testDs, testKeys, ZoneText, zoneName } from './zone-text.ts';

const at = signedAt;
const ksk = 17325;
const zsk = 32290;

describe('times of signatures are 32 bits and wrap around (RFC 4034 section 3.1.5, RFC 1982)', () => {
  test('a time just after the wrap comes after one just before it', () => {
    expect(secondsBetween(10, 0xffff_fff0)).toBe(26);
    expect(secondsBetween(0xffff_fff0, 10)).toBe(-26);
  });
  test('a Unix time beyond 32 bits is compared modulo 2^32', () => {
    expect(secondsBetween(10, 2 ** 32 + 4)).toBe(6);
    expect(unixTime(10, 2 ** 32 - 90)).toBe(2 ** 32 + 10);
  });
  test('a window across February 2106 holds on both sides of the wrap', async () => {
    const zone = ZoneText.read('bind-nsec.zone');
    const window = { inception: '4294967000', expiration: '300' };
    for (const line of [...zone.lines]) {
      if (line.type !== 'RRSIG') continue;
      const covered = line.rdata.split(' ')[0];
      const owner = line.owner.toLowerCase();
      const relative = owner === zoneName ? '@' : owner.slice(0, -zoneName.length - 1);
      if (zone.lines.includes(line)) zone.resign(relative, covered, window);
    }
    const { verdict, errors } = await verifyText(zone.octets, { at: 2 ** 32 + 20 });
    expect(errors).toEqual([]);
    expect(verdict.firstExpiry).toBe(2 ** 32 + 300);
    expect((await verifyText(zone.octets, { at: 2 ** 32 - 20 })).errors).toEqual([]);
    expect((await verifyText(zone.octets, { at: 2 ** 32 + 301 })).verdict.secure).toBe(false);
  });
  test('inception and expiration are themselves inside the window', async () => {
    const octets = ZoneText.read('bind-nsec.zone').octets;
    expect((await verifyText(octets, { at: parseTime('20260101000000')! })).errors).toEqual([]);
    expect((await verifyText(octets, { at: parseTime('20360101000000')! })).errors).toEqual([]);
    expect((await verifyText(octets, { at: parseTime('20251231235959')! })).verdict.secure).toBe(false);
    expect((await verifyText(octets, { at: parseTime('20360101000001')! })).verdict.secure).toBe(false);
  });
  test('clock skew widens the window at both ends', async () => {
    const octets = ZoneText.read('bind-nsec.zone').octets;
    for (const moment of ['20251231235900', '20360101000100']) {
      expect((await verifyText(octets, { at: parseTime(moment)!, skew: 60 })).errors).toEqual([]);
      expect((await verifyText(octets, { at: parseTime(moment)!, skew: 59 })).verdict.secure).toBe(false);
    }
  });
});

describe('signatures beyond the one that is needed', () => {
  test('more than two over one RRset are a warning', async () => {
    const zone = ZoneText.read('bind-nsec.zone');
    zone.resign('mx1', 'A', { keys: [zsk, ksk] });
    expect((await verifyText(zone.octets, { at })).others).toEqual([]);
    const more = zone.resign('mx1', 'A', { keys: [zsk, ksk] });
    zone.add('mx1', 3600, 'RRSIG', more[0].rdata.replace(/ 2036[0-9]+/, ' 20350101000000'));
    const { errors, others } = await verifyText(zone.octets, { at });
    expect(others).toEqual(['sign/too-many']);
    expect(errors).toHaveLength(1);
  });
  test('one that is wrong beside a good one is still an error', async () => {
    const zone = ZoneText.read('bind-nsec.zone');
    const [line] = zone.resign('mx1', 'A', { keys: [zsk] });
    const bad = zone.add('mx1', 3600, 'RRSIG', line.rdata.replace(/ 2036[0-9]+/, ' 20350101000000'));
    expect((await verifyText(zone.octets, { at })).errors).toEqual([`sign/bad-signature:${zone.lineNumber(bad)}`]);
  });
});

describe('signatures of an algorithm without DNSKEY', () => {
  const ahead = (owners: 'one' | 'all'): ZoneText => {
    const zone = ZoneText.read('bind-nsec.zone');
    for (const line of [...zone.lines]) {
      if (line.type !== 'RRSIG' || line.rdata.startsWith('DNSKEY ')) continue;
      if (owners === 'one' && !line.owner.startsWith('www')) continue;
      // A signature of algorithm 15 by a key that is not published; nobody can check it.
      zone.lines.push({
        ...line,
        rdata: line.rdata
          .replace(/^(\S+) 13 (.*) 32290 /, '$1 15 $2 4711 ')
          .replace(/^(\S+) 13 (.*) 17325 /, '$1 15 $2 4711 '),
      });
    }
    return zone;
  };
  test('over every RRset they are a step of an algorithm roll, and said once', async () => {
    const { verdict, errors, others } = await verifyText(ahead('all').octets, { at });
    expect([errors, others, verdict.secure]).toEqual([[], ['sign/ahead-of-dnskey'], true]);
  });
  test('CDS and CDNSKEY are signed by the keys of the DNSKEY RRset, and no other is missed there', async () => {
    const zone = ahead('all');
    for (const line of [...zone.lines]) if (/^(CDS|CDNSKEY) 15 /.test(line.rdata)) zone.drop(line);
    expect(zone.lines.filter(({ rdata }) => /^(CDS|CDNSKEY) 13 /.test(rdata)).length).toBeGreaterThan(0);
    const { errors, others } = await verifyText(zone.octets, { at });
    expect([errors, others]).toEqual([[], ['sign/ahead-of-dnskey']]);
  });
  test('over some RRsets they are unknown, unless the caller knows of a roll', async () => {
    const zone = ahead('one');
    expect((await verifyText(zone.octets, { at })).errors.map((error) => error.split(':')[0])).toEqual([
      'sign/unknown-key',
      'sign/unknown-key',
    ]);
    expect((await verifyText(zone.octets, { at, ahead: [15] })).errors).toEqual([]);
  });
  test('they do not hide that the key behind the DS signs nothing', async () => {
    const zone = ahead('all');
    const [line] = zone.resign('@', 'DNSKEY', { keys: [zsk] });
    zone.lines.push({ ...line, rdata: line.rdata.replace('DNSKEY 13 ', 'DNSKEY 15 ').replace(' 32290 ', ' 4711 ') });
    const { errors } = await verifyText(zone.octets, { at, ds: [testDs.get(ksk)!] });
    expect(errors.map((error) => error.split(':')[0])).toEqual(['parent/ds-without-signatures']);
    const without = await verifyText(zone.octets, { at });
    expect(without.errors.map((error) => error.split(':')[0])).toContain('sign/missing-signature');
  });
  test('they do not stand in for a signature of the DNSKEY algorithm', async () => {
    const zone = ahead('all');
    const own = zone.signatures('mx1', 'A').find(({ rdata }) => rdata.startsWith('A 13 '))!;
    zone.drop(own);
    expect((await verifyText(zone.octets, { at, ahead: [15] })).errors).toEqual([
      `sign/missing-signature:${zone.lineNumber(zone.one('mx1', 'A'))}`,
    ]);
  });
});

describe('when signatures end', () => {
  test('the verdict has the first expiration of all', async () => {
    const zone = ZoneText.read('knot-nsec.zone');
    zone.resign('zz', 'A', { expiration: '20261224120000' });
    const { verdict } = await verifyText(zone.octets, { at });
    expect(verdict.firstExpiry).toBe(parseTime('20261224120000'));
  });
  test('one that should have been renewed is a warning', async () => {
    const zone = ZoneText.read('knot-nsec.zone');
    const [line] = zone.resign('zz', 'A', { expiration: '20260610000000' });
    const days = (count: number) => verifyText(zone.octets, { at, refresh: count * 86400 });
    expect((await days(9)).others).toEqual([]);
    const { problems, verdict } = await days(10);
    expect(problems.map(({ rule, position }) => [rule, position?.line])).toEqual([
      ['sign/refresh-missed', zone.lineNumber(line)],
    ]);
    expect(verdict.secure).toBe(true);
  });
  test('all in the same second are worth a word in a zone with many', async () => {
    const zone = ZoneText.read('bind-nsec.zone');
    for (let i = 0; i < 70; i++) {
      zone.add(`h${i}`, 3600, 'A', '192.0.2.1');
      zone.resign(`h${i}`, 'A', { keys: [zsk] });
    }
    expect((await verifyText(zone.octets, { at })).others).toEqual(['sign/same-instant-expiry']);
  });
});

describe('keys and what they sign', () => {
  test('the verdict says which key has which duty', async () => {
    const dutiesIn = async (file: string) =>
      (await verifyText(ZoneText.read(file).octets, { at })).verdict.keys
        .map(({ tag, duty }) => `${tag} ${duty}`)
        .sort();
    expect(await dutiesIn('ldns-nsec.zone')).toEqual(['17325 ksk', '32290 zsk']);
    expect(await dutiesIn('ldns-two.zone')).toEqual(['17325 csk', '60132 csk']);
    const zone = ZoneText.read('bind-nsec.zone');
    zone.add('@', 3600, 'DNSKEY', testKeys.get(60132)!.rdata.replace(/^257 3 15/, '256 3 15'));
    zone.resign('@', 'DNSKEY');
    const { verdict } = await verifyText(zone.octets, { at });
    expect(verdict.keys.map(({ duty }) => duty).sort()).toEqual(['ksk', 'none', 'zsk']);
  });
  test('a revoked key may sign the DNSKEY RRset and nothing else, and asks for no signatures (RFC 5011)', async () => {
    const zone = ZoneText.read('bind-nsec.zone');
    const revoked = testKeys.get(60132)!.rdata.replace(/^257/, '385');
    zone.add('@', 3600, 'DNSKEY', revoked);
    zone.resign('@', 'DNSKEY');
    expect((await verifyText(zone.octets, { at })).errors).toEqual([]);
    const [line] = zone.resign('zz', 'A', { keys: [60132, zsk] });
    // The REVOKE bit moves the tag by 128 (RFC 5011 section 2.1).
    line.rdata = line.rdata.replace(' 60132 ', ` ${60132 + 128} `);
    expect((await verifyText(zone.octets, { at })).errors).toEqual([`sign/unknown-key:${zone.lineNumber(line)}`]);
  });
  test('both engines agree', async () => {
    const zone = ZoneText.read('bind-two.zone');
    expect((await verifyText(zone.octets, { at, engine: 'noble' })).errors).toEqual([]);
    const line = zone.signatures('zz', 'A')[1];
    zone.setField(line, -1, (signature) =>
      signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`,
    );
    for (const engine of ['node', 'noble'] as const) {
      expect((await verifyText(zone.octets, { at, engine })).errors).toEqual([
        `sign/bad-signature:${zone.lineNumber(line)}`,
      ]);
    }
  });
});

describe('many faults of one kind', () => {
  test('twenty are shown in zone order, the rest is counted', async () => {
    const zone = ZoneText.read('bind-nsec.zone');
    const { problems } = await verifyText(zone.octets, { at: parseTime('20400101000000')! });
    expect(problems.map(({ rule }) => rule)).toEqual(Array.from({ length: 21 }, () => 'sign/window'));
    expect(problems[20].message).toMatch(/^20 more /);
    expect(problems[20].position).toBeUndefined();
  });
});
