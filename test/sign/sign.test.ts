import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { presentRData } from '../../src/dns/rdata/index.ts';
import { Type } from '../../src/dns/type.ts';
import type { Zone } from '../../src/dns/zone.ts';
import { keyTag } from '../../src/dnssec/key-tag.ts';
import { inProcess } from '../../src/parallel/executor.ts';
import { reportUnsignable } from '../../src/sign/rules.ts';
import { type SigningInput, signZone } from '../../src/sign/sign.ts';
import { stripSigning } from '../../src/sign/strip.ts';
import type { SignerSpec } from '../../src/signers/signer.ts';
import { newReport } from '../../src/text/problem.ts';
import { keyOf, linesOf, publishedIn, readKey, readVector, sign, withKey, zoneOf } from './support.ts';

const csk = readKey('signed/keys/Kzone.test.+013+17325');
const zsk = readKey('signed/keys/Kzone.test.+013+32290');
const ed = readKey('signed/keys/Kzone.test.+015+60132');
const rsa = readKey('signed/keys/Kzone.test.+008+28473');

const day = 86400;
const apex = '@ SOA ns1 host 41 3600 600 86400 300\n@ NS ns1\nns1 A 192.0.2.1\n';

function zoneWith(records = ''): Zone {
  return zoneOf(`$TTL 3600\n${apex}${records}`, 'zone.test.');
}

/** `owner covered algorithm tag` of every RRSIG. */
function signaturesIn(text: string): string[] {
  return linesOf(zoneOf(text, 'zone.test.'))
    .map((line) => line.split(/[\t ]/))
    .filter(([, , , type]) => type === 'RRSIG')
    .map(([owner, , , , covered, algorithm, , , , , tag]) => `${owner} ${covered} ${algorithm} ${tag}`);
}

const ticks = (now: number) =>
  ({
    kind: 'ticks',
    now,
    validity: 21 * day,
    refresh: 10 * day,
    dnskeyValidity: 21 * day,
    tlsaValidity: 21 * day,
  }) as const;

/** Enough names for several parts, of every kind. */
function manyNames(count: number): string {
  let text = '';
  for (let i = 0; i < count; i++) {
    const label = ((i * 7919) % count).toString(36);
    text += `${label} A 192.0.2.${i % 250}\n`;
    if (i % 3 === 0) text += `${label} TXT "text ${i}"\n`;
    if (i % 5 === 0) text += `_25._tcp.${label} TLSA 3 1 1 ${createHash('sha256').update(label).digest('hex')}\n`;
    if (i % 7 === 0) text += `del${i} NS ns${i}.del${i}\nns${i}.del${i} AAAA 2001:db8::${i % 9999}\n`;
    if (i % 11 === 0) text += `del${i} DS 1 13 2 ${'0'.repeat(64)}\n`;
  }
  return text;
}

describe('the text of a signed zone', () => {
  test('starts with the SOA record, its new serial and its signature', async () => {
    const { text, summary } = await sign(withKey(zoneWith(), csk, { serial: 2026010100 }));
    const [soa, rrsig] = text.split('\n');
    expect(soa).toBe('zone.test.\t3600\tIN\tSOA\tns1.zone.test. host.zone.test. 2026010100 3600 600 86400 300');
    expect(rrsig).toMatch(
      /^zone\.test\.\t3600\tIN\tRRSIG\tSOA 13 2 3600 20260131000000 20260101000000 17325 zone\.test\. /,
    );
    expect(summary).toMatchObject({
      serial: 2026010100,
      signatures: 6,
      reused: 0,
      records: 12,
      firstExpiry: 1769817600,
    });
  });

  test('is the same for any order of the input, keys and records', async () => {
    const records = ['b MX 10 x', 'b MX 5 y', 'a A 192.0.2.3', 'a TXT "1" "2"', 'c.d A 192.0.2.4'];
    const two = (zone: Zone, keys: SignerSpec[]) =>
      sign(withKey(zone, csk, { published: keys.map(({ key }) => key), signsDnskey: keys, signsZone: keys }));
    const one = await two(zoneWith(`${records.join('\n')}\n`), [csk, ed]);
    const other = await two(zoneWith(`${records.toReversed().join('\n')}\n`), [ed, csk, csk]);
    expect(other.text).toBe(one.text);
  });

  test.each([[csk], [rsa]])('is what the writer of master files makes of it, line by line', async (key) => {
    const records = 'b MX 10 x\n\\[odd\\032name TXT "x"\n*.w A 192.0.2.1\n';
    const { text } = await sign(withKey(zoneWith(records), key, { cdnskey: [key.key.rdata] }));
    expect(text.trimEnd().split('\n').toSorted()).toEqual(linesOf(zoneOf(text, 'zone.test.')).toSorted());
  });

  test('the summary is a bug before the chunks are consumed', () => {
    expect(() => signZone(withKey(zoneWith(), csk), inProcess).summary()).toThrow(/not signed before/);
  });
});

describe('who signs', () => {
  test('KSK and ZSK: the KSK signs DNSKEY, CDS and CDNSKEY, the ZSK everything else', async () => {
    const { text } = await sign({
      ...withKey(zoneWith(), csk),
      published: [csk.key, zsk.key],
      signsZone: [zsk],
      cds: [Buffer.from('43ad0d0200', 'hex')],
      cdnskey: [csk.key.rdata],
    });
    expect(signaturesIn(text)).toEqual([
      'zone.test. NS 13 32290',
      'zone.test. SOA 13 32290',
      'zone.test. NSEC 13 32290',
      'zone.test. DNSKEY 13 17325',
      'zone.test. CDS 13 17325',
      'zone.test. CDNSKEY 13 17325',
      'ns1.zone.test. A 13 32290',
      'ns1.zone.test. NSEC 13 32290',
    ]);
  });

  test('two algorithms sign every RRset', async () => {
    const keys = [ed, csk, rsa];
    const { text } = await sign(
      withKey(zoneWith(), csk, { published: keys.map(({ key }) => key), signsDnskey: keys, signsZone: keys }),
    );
    const ns = signaturesIn(text).filter((each) => each.startsWith('zone.test. NS '));
    expect(ns).toEqual(['zone.test. NS 8 28473', 'zone.test. NS 13 17325', 'zone.test. NS 15 60132']);
    expect(signaturesIn(text)).toHaveLength(6 * 3);
  });

  test('a revoked key signs the DNSKEY RRset and nothing else', async () => {
    const rdata = Uint8Array.from(csk.key.rdata);
    rdata[1] |= 0x80;
    const revoked = { ...csk, key: { ...csk.key, rdata, flags: 385, tag: keyTag(rdata) } };
    const { text } = await sign({
      ...withKey(zoneWith(), ed),
      published: [ed.key, revoked.key],
      signsDnskey: [ed, revoked],
      cdnskey: [ed.key.rdata],
    });
    expect(signaturesIn(text).filter((each) => each.includes(' 13 '))).toEqual([
      `zone.test. DNSKEY 13 ${revoked.key.tag}`,
    ]);
  });

  test('a published key that does not sign, and the key of another signer, stand in the DNSKEY RRset', async () => {
    const zone = zoneWith(`@ DNSKEY ${presentRData(Type.DNSKEY, rsa.key.rdata)}\n`);
    const { text } = await sign(
      withKey(zone, csk, { published: [csk.key, zsk.key], foreignDnskeys: [ed.key.rdata, zsk.key.rdata] }),
    );
    const tags = publishedIn(zoneOf(text, 'zone.test.')).map(({ tag }) => tag);
    expect(tags.sort()).toEqual([csk.key.tag, zsk.key.tag, ed.key.tag].sort());
  });
});

describe('serial and content digest', () => {
  const digestOf = async (more: Partial<SigningInput>, zone = zoneWith('a A 192.0.2.7\n')) =>
    (await sign(withKey(zone, csk, more))).summary.contentDigest;

  test('the serial is decided by the content digest, which does not depend on it', async () => {
    const asked: string[] = [];
    const decide = (serial: number) => (digest: string) => {
      asked.push(digest);
      return serial;
    };
    for (const denial of [{ kind: 'nsec' }, { kind: 'nsec3', optOut: false, iterations: 0, salt: 'ab' }] as const) {
      for (const zonemd of [[], ['sha384', 'sha512']] as const) {
        const one = await sign(withKey(zoneWith(), csk, { serial: decide(7), denial, zonemd }));
        const other = await sign(withKey(zoneWith(), csk, { serial: decide(8), denial, zonemd }));
        const fixed = await sign(withKey(zoneWith(), csk, { serial: 7, denial, zonemd }));
        expect(one.summary).toMatchObject({ serial: 7, contentDigest: asked.at(-1) });
        expect(other.summary).toEqual({ ...one.summary, serial: 8 });
        expect(fixed).toEqual(one);
      }
    }
    expect(new Set(asked).size).toBe(4);
  });

  test.each<[string, Partial<SigningInput>, Zone?]>([
    ['a record', {}, zoneWith('a A 192.0.2.8\n')],
    ['a TTL', {}, zoneWith('a 60 A 192.0.2.7\n')],
    [
      'a timer of the SOA',
      {},
      zoneOf(
        '$TTL 3600\n@ SOA ns1 host 41 3601 600 86400 300\n@ NS ns1\nns1 A 192.0.2.1\na A 192.0.2.7\n',
        'zone.test.',
      ),
    ],
    ['the windows', { windows: { kind: 'fixed', inception: 1767225601, expiration: 1769817600 } }],
    ['a key', { published: [csk.key, zsk.key] }],
    ['ZONEMD', { zonemd: ['sha384'] }],
    ['the denial', { denial: { kind: 'nsec3', optOut: false, iterations: 0, salt: '' } }],
  ])('%s moves the digest', async (_, more, zone) => {
    expect(await digestOf(more, zone)).not.toBe(await digestOf({}));
  });

  test('another hash for ZONEMD moves the digest', async () => {
    expect(await digestOf({ zonemd: ['sha384', 'sha512'] })).not.toBe(await digestOf({ zonemd: ['sha384'] }));
  });

  test('the serial of the input does not move the digest', async () => {
    const other = zoneOf(
      '$TTL 3600\n@ SOA ns1 host 99 3600 600 86400 300\n@ NS ns1\nns1 A 192.0.2.1\na A 192.0.2.7\n',
      'zone.test.',
    );
    expect(await digestOf({}, other)).toBe(await digestOf({}));
  });

  test('a window of the SOA alone moves the digest, so that its new signature reaches the secondaries', async () => {
    const now = 1_767_225_600;
    const digests = new Map<string, string>();
    for (let at = now; at < now + 11 * day; at += 3600) {
      const { text, summary } = await sign(withKey(zoneWith(), csk, { windows: ticks(at), checkSignatures: 'none' }));
      const [, soa] = text.split('\n');
      const window = soa.split(' ').slice(4, 6).join(' ');
      expect(digests.get(summary.contentDigest) ?? window).toBe(window);
      digests.set(summary.contentDigest, window);
    }
    expect(new Set(digests.values()).size).toBe(2);
  });
});

describe('signatures of the last zone', () => {
  const input = (records: string, now: number, more: Partial<SigningInput> = {}) =>
    withKey(zoneWith(records), csk, {
      windows: ticks(now),
      denial: { kind: 'nsec3', optOut: false, iterations: 0, salt: '' },
      zonemd: ['sha384'],
      serial: (digest) => Number.parseInt(digest.slice(0, 8), 16),
      ...more,
    });

  test('an incremental build equals one from nothing, octet for octet', async () => {
    const now = 1_767_225_600;
    const before = manyNames(300);
    const after = before
      .replaceAll('"text 30"', '"changed"')
      .replace(/^5 A .*$/m, '5 300 A 192.0.2.5')
      .replace(/^del7 .*\n/m, '');
    const first = await sign(input(before, now));
    const previous = zoneOf(first.text, 'zone.test.');
    for (const [records, at] of [
      [before, now + 600],
      [after, now],
      [after, now + 5 * day],
    ] as const) {
      const fresh = await sign(input(records, at));
      const incremental = await sign(input(records, at, { previous }));
      expect(incremental.text).toBe(fresh.text);
      expect(incremental.summary).toEqual({ ...fresh.summary, reused: incremental.summary.reused });
      expect(fresh.summary.reused).toBe(0);
      expect(incremental.summary.reused).toBeGreaterThan(fresh.summary.signatures / 4);
    }
    const again = await sign(input(before, now + 600, { previous }));
    expect(again.summary.reused).toBe(again.summary.signatures);
  });

  test('a signature is taken only for equal records, TTL, window, algorithm and tag', async () => {
    const now = 1_767_225_600;
    const base = await sign(input('a A 192.0.2.1\n', now));
    const reusedWith = async (records: string, more: Partial<SigningInput> = {}) => {
      const previous = zoneOf(base.text, 'zone.test.');
      const { text } = await sign(input(records, now, { previous, ...more }));
      const signature = (of: string) =>
        of.split('\n').find((line) => line.startsWith('a.') && line.includes('RRSIG\tA '));
      return signature(text) === signature(base.text);
    };
    expect(await reusedWith('a A 192.0.2.1\n')).toBe(true);
    expect(await reusedWith('a A 192.0.2.1\na A 192.0.2.2\n')).toBe(false);
    expect(await reusedWith('a 3601 A 192.0.2.1\n')).toBe(false);
    expect(await reusedWith('a A 192.0.2.1\n', { windows: ticks(now + 20 * day) })).toBe(false);
    expect(await reusedWith('a A 192.0.2.1\n', { signsZone: [zsk], published: [csk.key, zsk.key] })).toBe(false);
  });

  test('names in RDATA that differ in case only are the same to a signature', async () => {
    const mx = await sign(withKey(zoneWith('a MX 10 Mail\n'), csk));
    const previous = zoneOf(mx.text, 'zone.test.');
    const { text, summary } = await sign(withKey(zoneWith('a MX 10 mAIL\n'), csk, { previous }));
    expect(summary.reused).toBe(summary.signatures);
    expect(text).toBe(mx.text.replace('10 Mail.', '10 mAIL.'));
  });
});

describe('a zone that was signed before', () => {
  test('loses RRSIG, NSEC, NSEC3, NSEC3PARAM and apex ZONEMD, and the names that had nothing else', () => {
    for (const file of ['bind-nsec3', 'knot-zonemd']) {
      const { zone, dropped } = stripSigning(zoneOf(readVector(`signed/${file}.zone`), 'zone.test.'));
      const types = new Set(zone.columns.type);
      for (const type of [Type.RRSIG, Type.NSEC, Type.NSEC3, Type.NSEC3PARAM, Type.ZONEMD])
        expect(types).not.toContain(type);
      expect(dropped.get(Type.RRSIG)).toBeGreaterThan(20);
      const base = zoneOf(readVector('signed/base.zone'), 'zone.test.');
      // Knot writes names in lower case.
      const lower = (lines: string[]) => lines.map((line) => line.toLowerCase());
      const kept = linesOf(zone).filter((line) => !/\t(DNSKEY|CDS|CDNSKEY)\t/.test(line));
      expect(lower(kept)).toEqual(lower(linesOf(base)));
    }
  });

  test('is signed as if it had not been', async () => {
    const signed = zoneOf(readVector('signed/knot-optout.zone'), 'zone.test.');
    const fresh = await sign(withKey(stripSigning(signed).zone, csk));
    expect((await sign(withKey(signed, csk))).text).toBe(fresh.text);
  });

  test('a ZONEMD that does not stand at the apex is data', () => {
    const zone = zoneWith(`x ZONEMD 1 1 1 ${'00'.repeat(48)}\n`);
    expect(stripSigning(zone)).toEqual({ zone, dropped: new Map() });
  });
});

describe('what cannot be signed', () => {
  test.each([
    [222, []],
    [223, ['sign/nsec3-owner-too-long']],
  ])('an apex of %i octets with NSEC3', async (length, rules) => {
    const rest = length - 1 - 3 * 64;
    const origin = `${'a'.repeat(rest - 1)}.${`${'b'.repeat(63)}.`.repeat(3)}`;
    const zone = zoneOf('$TTL 1\n@ SOA . . 1 1 1 1 1\n@ NS .\n', origin);
    expect(zone.nameWire(0)).toHaveLength(length);
    const denial = { kind: 'nsec3', optOut: false, iterations: 0, salt: '' } as const;
    const report = newReport();
    reportUnsignable(zone, denial, report);
    reportUnsignable(zone, { kind: 'nsec' }, report);
    expect(report.problems.map(({ rule }) => rule)).toEqual(rules);
    const key = { ...csk, key: keyOf(zone.apex, csk.key.rdata) };
    if (rules.length === 0) expect((await sign(withKey(zone, key, { denial }))).text).toContain('\tNSEC3\t');
  });
});
