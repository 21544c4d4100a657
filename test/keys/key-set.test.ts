import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Name, name } from '../../src/dns/name.ts';
import { revokedKeyTag } from '../../src/dnssec/key-tag.ts';
import { generateKey } from '../../src/keys/generate.ts';
import type { PrivateKey, ZoneKey } from '../../src/keys/key.ts';
import { printKeyFile } from '../../src/keys/key-file.ts';
import { checkRoles, type KeyFileInput, readKeySet, reportSharedKeys } from '../../src/keys/key-set.ts';
import { printPrivateKeyFile } from '../../src/keys/private-key-file.ts';
import { rolesOf } from '../../src/keys/roles.ts';
import { revokedKey, zoneKey } from '../../src/keys/zone-key.ts';
import { newReport } from '../../src/text/problem.ts';
import index from '../vectors/keys/index.json';

const zone = name('example.test.');
const now = 1_600_000_000;

function vectorFiles(folder: string): KeyFileInput[] {
  const path = fileURLToPath(new URL(`../vectors/keys/${folder}/`, import.meta.url));
  return readdirSync(path).map((file) => ({ path: `${path}${file}`, octets: () => readFileSync(`${path}${file}`) }));
}

function made(flags = 257, algorithm = 13, of: Name = zone) {
  return generateKey({ zone: of, flags, algorithm, avoidTags: [], now });
}

function publicFile(key: ZoneKey, stem = key.path): KeyFileInput {
  return { path: `keys/${stem}.key`, octets: () => printKeyFile(key) };
}

function privateFile(key: ZoneKey, privateKey: PrivateKey, mode = 0o600, stem = key.path): KeyFileInput {
  return { path: `keys/${stem}.private`, octets: () => printPrivateKeyFile(key, privateKey), mode };
}

function read(files: readonly KeyFileInput[], of: Name = zone) {
  const report = newReport();
  const set = readKeySet(of, files, report);
  return { set, problems: report.problems, rules: report.problems.map((problem) => problem.rule) };
}

describe('the keys of a zone from its files', () => {
  test.each(['plain', 'policy'])('the keys of dnssec-keygen are read as they are: %s', (folder) => {
    const { set, problems } = read(vectorFiles(folder));
    expect(problems).toEqual([]);
    const expected = index.filter(({ file }) => file.startsWith(folder));
    expect(new Set(set.keys.map((key) => key.tag))).toEqual(new Set(expected.map(({ keyTag }) => keyTag)));
    expect(set.keys.every((key) => set.privateKeyOf(key)?.algorithm === key.algorithm)).toBe(true);
    const order = set.keys.map((key) => [key.algorithm, 257 - key.flags, key.tag]);
    expect(order).toEqual([...order].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]));
  });

  test('the state files of dnssec-policy are read', () => {
    const { set } = read(vectorFiles('policy'));
    const csk = set.keys.find((key) => key.algorithm === 13 && set.stateOf(key)?.zsk && set.stateOf(key)?.ksk);
    expect(csk?.tag).toBe(12956);
    expect(set.stateOf(csk!)).toMatchObject({ algorithm: 13, lifetime: 0 });
  });

  test('files of other zones and other files are passed over', () => {
    const { key, privateKey } = made(257, 13, name('other.test.'));
    const junk = { path: 'keys/Kexample.test.+013+12345.ds', octets: () => Buffer.from('') };
    const { set, problems } = read([publicFile(key), privateFile(key, privateKey), junk]);
    expect(set.keys).toEqual([]);
    expect(problems).toEqual([]);
  });

  test('zones whose names need escapes in file names are found', () => {
    for (const of of ['0/25.2.0.192.in-addr.arpa.', 'a\\.b.test.', '.', 'x\\032y\\200.test.'].map(name)) {
      const { key, privateKey } = made(257, 15, of);
      expect(read([publicFile(key), privateFile(key, privateKey)], of).set.keys).toHaveLength(1);
    }
  });

  test('a private file is not opened where only its existence counts', () => {
    const { key } = made();
    const report = newReport();
    const secret = { path: `keys/${key.path}.private`, octets: () => expect.fail('opened'), mode: 0o600 };
    const set = readKeySet(zone, [publicFile(key), secret], report, { privateHalves: 'ignore' });
    expect(report.problems).toEqual([]);
    expect(set.keys.map((one) => [one.tag, set.hasPrivateHalf(one)])).toEqual([[key.tag, true]]);
    expect(set.privateKeyOf(set.keys[0])).toBeUndefined();
  });
});

describe('what is wrong with the keys of a zone', () => {
  test('halves of different keys', () => {
    const [one, two] = [made(), made()];
    const { set, rules, problems } = read([publicFile(one.key), privateFile(one.key, two.privateKey)]);
    expect(rules).toEqual(['key/private-does-not-match']);
    expect(problems[0]).toMatchObject({ subject: zone, position: { file: `keys/${one.key.path}.private` } });
    expect(set.keys).toEqual([]);
    expect(set.refused).toHaveLength(1);
  });

  test('a name that disagrees with the content', () => {
    const { key, privateKey } = made();
    const stem = key.path.replace(/[0-9]{5}$/, key.tag === 1 ? '00002' : '00001');
    expect(read([publicFile(key, stem), privateFile(key, privateKey, 0o600, stem)]).rules).toEqual(['key/file-name']);
  });

  test('a public half without a private one, where the key must sign', () => {
    const { key } = made();
    const { set, rules } = read([publicFile(key)]);
    expect(rules).toEqual([]);
    const report = newReport();
    expect(checkRoles(set, rolesOf(set.keys, now), report)).toBe(false);
    expect(report.problems).toMatchObject([{ rule: 'key/no-private-half', subject: zone }]);
    expect(checkRoles(set, rolesOf(set.keys, now - 1), newReport())).toBe(true);
  });

  test.each([257, 256, 385])('a private half without a public one tells what its key with flags %i was', (flags) => {
    const { privateKey, key: made257 } = made(257);
    const key = zoneKey({ ...made257, flags, path: undefined });
    const { set, rules } = read([privateFile(key, privateKey)]);
    expect(rules).toEqual(['key/no-public-half']);
    expect(set.keys).toEqual([]);
    expect(set.orphans.map((one) => Buffer.from(printKeyFile(one)).toString())).toEqual([printKeyFile(key).toString()]);
    expect(set.privateKeyOf(set.orphans[0])).toBeDefined();
  });

  test('an algorithm that is published without signing', () => {
    const { key, privateKey } = made();
    const waiting = { ...key, timing: { publish: 1, activate: now + 1 } };
    const { set } = read([publicFile(waiting), privateFile(waiting, privateKey)]);
    const report = newReport();
    expect(checkRoles(set, rolesOf(set.keys, now), report)).toBe(false);
    expect(report.problems).toMatchObject([{ rule: 'key/algorithm-without-signer' }]);
  });

  test.each([
    [0o600, []],
    [0o640, []],
    [0o644, ['key/readable-by-others']],
    [0o602, ['key/readable-by-others']],
  ])('a private file of mode %o', (mode, expected) => {
    const { key, privateKey } = made();
    expect(read([publicFile(key), privateFile(key, privateKey, mode)]).rules).toEqual(expected);
  });

  test.each([
    [5, 'key/forbidden-algorithm'],
    [7, 'key/forbidden-algorithm'],
    [12, 'key/forbidden-algorithm'],
    [18, 'key/unusable-algorithm'],
    [99, 'key/unusable-algorithm'],
  ])('a key of algorithm %i', (algorithm, rule) => {
    const key = zoneKey({ zone, flags: 257, algorithm, publicKey: Buffer.alloc(64, 7) });
    const { set, rules } = read([publicFile(key)]);
    expect(rules).toEqual([rule]);
    expect(set.refused).toHaveLength(1);
  });

  test.each([
    ['1024 bits', `03010001${'ff'.repeat(128)}`, 'key/rsa-size'],
    ['4104 bits', `03010001${'ff'.repeat(513)}`, 'key/rsa-size'],
    ['an even exponent', `03010000${'ff'.repeat(256)}`, 'key/rsa-exponent'],
    ['no modulus', '03010001', 'key/unreadable'],
  ])('an RSA key with %s', (_, publicKey, rule) => {
    const key = zoneKey({ zone, flags: 257, algorithm: 8, publicKey: Buffer.from(publicKey, 'hex') });
    expect(read([publicFile(key)]).rules).toEqual([rule]);
  });

  test.each([13, 14, 15, 16])('a public key of algorithm %i that is no point', (algorithm) => {
    const { key } = made(257, algorithm);
    for (let i = 1; ; i++) {
      const publicKey = Buffer.from(key.publicKey);
      publicKey[5] ^= i;
      const { rules } = read([publicFile(zoneKey({ zone, flags: 257, algorithm, publicKey }))]);
      if (rules.length === 0) continue;
      expect(rules).toEqual(['key/point-not-on-curve']);
      break;
    }
  });

  /** RDATA of `length` random-looking octets whose sum makes the tag wanted: the tag is a sum, so it can be steered. */
  function rsaWithTag(tag: number, flags: number, filler: number): ZoneKey {
    for (let low = 0; low <= 0xffff; low++) {
      const publicKey = Buffer.concat([Buffer.from('03010001', 'hex'), Buffer.alloc(256, filler)]);
      publicKey[255] = 1;
      publicKey.writeUInt16BE(low, 100);
      publicKey[259] |= 1;
      const key = zoneKey({ zone, flags, algorithm: 8, publicKey });
      if (key.tag === tag) return key;
    }
    throw new Error('no such key');
  }

  test('two keys with one tag', () => {
    const files = [rsaWithTag(4711, 257, 0xaa), rsaWithTag(4711, 256, 0xbb)].map((key, i) => ({
      ...publicFile(key),
      path: `keys/${i}/${key.path}.key`,
    }));
    const { rules, problems } = read(files);
    expect(rules).toEqual(['key/tag-collision']);
    expect(problems[0].related).toMatchObject([{ position: { file: files[0].path } }]);
  });

  test('two keys of which one would have the tag of the other once it is revoked', () => {
    const first = rsaWithTag(4711, 257, 0xaa);
    const second = rsaWithTag(revokedKeyTag(first.rdata), 257, 0xbb);
    expect(read([publicFile(first), publicFile(second)]).rules).toEqual(['key/tag-collision']);
    const other = rsaWithTag(4712, 257, 0xbb);
    expect(read([publicFile(first), publicFile(other)]).rules).toEqual([]);
  });

  test('one tag in two algorithms is no collision', () => {
    const first = rsaWithTag(4711, 257, 0xaa);
    const key = { ...first, algorithm: 10 };
    const second = zoneKey({ ...key, path: undefined });
    expect(read([publicFile(first), publicFile(second)]).rules).toEqual([]);
  });

  test('the form of a key from before its revocation is left out', () => {
    const { key, privateKey } = made();
    const revoked = zoneKey({ ...revokedKey(key), path: undefined });
    const files = [
      publicFile(key),
      privateFile(key, privateKey),
      publicFile(revoked),
      privateFile(revoked, privateKey),
    ];
    const { set, rules } = read(files);
    expect(rules).toEqual(['key/revoked-twin']);
    expect(set.keys.map((one) => one.tag)).toEqual([revoked.tag]);
  });

  test('dates of the private half count, and a difference is said', () => {
    const { key, privateKey } = made();
    const later = { ...key, timing: { ...key.timing, activate: now + 5 } };
    const { set, rules } = read([publicFile(key), privateFile(later, privateKey)]);
    expect(rules).toEqual(['key/timing-differs']);
    expect(set.keys[0].timing.activate).toBe(now + 5);
  });

  test('the private half of a key that is revoked by its date is found', () => {
    const { key, privateKey } = made();
    const timed = { ...key, timing: { ...key.timing, revoke: now } };
    const { set } = read([publicFile(timed), privateFile(timed, privateKey)]);
    const roles = rolesOf(set.keys, now);
    expect(roles.signsKeys[0].flags).toBe(385);
    expect(set.privateKeyOf(roles.signsKeys[0])).toBeDefined();
  });

  test('two zones with one key', () => {
    const { key } = made();
    const twin = zoneKey({ ...key, zone: name('other.test.'), path: undefined });
    const report = newReport();
    reportSharedKeys([key, twin, made().key], report);
    expect(report.problems).toMatchObject([{ rule: 'key/used-by-two-zones', subject: 'other.test.' }]);
  });
});
