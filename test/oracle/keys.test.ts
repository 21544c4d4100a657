/** Keys against the programs of BIND and ldns: each reads what the other made. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Name, name, nameToWire } from '../../src/dns/name.ts';
import { dsDigest, dsRData, dsText } from '../../src/dnssec/ds.ts';
import { generateKey, takenTags } from '../../src/keys/generate.ts';
import type { PrivateKey, ZoneKey } from '../../src/keys/key.ts';
import { printKeyFile } from '../../src/keys/key-file.ts';
import { type KeySet, readKeySet } from '../../src/keys/key-set.ts';
import { printPrivateKeyFile } from '../../src/keys/private-key-file.ts';
import { rolesOf } from '../../src/keys/roles.ts';
import { hex } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';

const bind = ['dnssec-keygen', 'dnssec-dsfromkey', 'dnssec-signzone', 'dnssec-revoke'].every(isInstalled);
const ldns = ['ldns-keygen', 'ldns-key2ds', 'ldns-signzone', 'ldns-verify-zone'].every(isInstalled);
if (!bind) console.warn('skipped: the key tests against BIND, whose programs are not installed');
if (!ldns) console.warn('skipped: the key tests against ldns, whose programs are not installed');

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'danezone-keys-'));
  folders.push(folder);
  return folder;
}

function run(folder: string, program: string, ...args: string[]): string {
  return execFileSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
}

function readFolder(folder: string, zone: Name): KeySet {
  const report = newReport();
  const files = readdirSync(folder).map((file) => ({
    path: join(folder, file),
    octets: () => readFileSync(join(folder, file)),
    mode: statSync(join(folder, file)).mode,
  }));
  const set = readKeySet(zone, files, report);
  expect(report.problems).toEqual([]);
  return set;
}

/** Digests by type of `… IN DS tag algorithm type digest` lines. */
function digestsOf(text: string): Record<string, string> {
  const lines = [...text.matchAll(/\sDS\s+[0-9]+ [0-9]+ ([0-9]) ([0-9A-Fa-f ]+)/g)];
  return Object.fromEntries(lines.map(([, type, digest]) => [type, digest.replace(/ /g, '').toLowerCase()]));
}

const zone = name('example.test.');
const ours = (key: ZoneKey) =>
  Object.fromEntries([2, 4].map((type) => [type, hex(dsDigest(nameToWire(key.zone), key.rdata, type))]));

const zoneText = `$TTL 3600
@ IN SOA ns.example.test. hostmaster.example.test. 1 3600 900 604800 300
@ IN NS ns.example.test.
ns IN A 192.0.2.1
`;

describe.skipIf(!bind)('BIND', () => {
  test.each([
    ['8', '-b 2048'],
    ['10', '-b 2048'],
    ['13', ''],
    ['14', ''],
    ['15', ''],
    ['16', ''],
  ])('keys of dnssec-keygen -a %s %s are used as they are', (algorithm, size) => {
    const folder = newFolder();
    const args = ['-q', '-a', algorithm, ...size.split(' ').filter((word) => word !== '')];
    const [ksk, zsk] = [['-f', 'KSK', '-L', '3600'], ['-C']].map((more) =>
      run(folder, 'dnssec-keygen', ...args, ...more, zone).trim(),
    );
    const set = readFolder(folder, zone);
    expect(set.keys.map((key) => key.path.split('/').pop())).toEqual([ksk, zsk]);
    for (const key of set.keys) {
      expect(set.privateKeyOf(key)?.algorithm).toBe(Number(algorithm));
      expect(digestsOf(run(folder, 'dnssec-dsfromkey', '-2', '-a', 'SHA-384', key.path))).toEqual(ours(key));
      for (const type of [2, 4])
        expect(run(folder, 'dnssec-dsfromkey', '-a', String(type), key.path)).toBe(
          `${zone} IN DS ${dsText(dsRData(zone, key.rdata, type))}\n`,
        );
      const { timing } = key;
      expect(timing.publish).toBe(key.path.endsWith(zsk) ? undefined : timing.created);
    }
  });

  test('the names of key files of zones with unusual names are those of dnssec-keygen', () => {
    for (const of of ['a\\.b.Exa_mple.', '.', 'x\\032y\\200*\\@.test.', 'xn--bcher-kva.example.'].map(name)) {
      const folder = newFolder();
      run(folder, 'dnssec-keygen', '-q', '-a', '15', of);
      expect(readFolder(folder, of).keys).toHaveLength(1);
    }
  });

  test('a key of dnssec-revoke has the tag that was foreseen, and its twin is left out', () => {
    const folder = newFolder();
    const stem = run(folder, 'dnssec-keygen', '-q', '-a', '13', '-f', 'KSK', zone).trim();
    const before = readFolder(folder, zone).keys[0];
    run(folder, 'dnssec-revoke', '-r', stem);
    const set = readFolder(folder, zone);
    expect(takenTags([before])).toEqual(new Set([before.tag, set.keys[0].tag]));
    expect(set.keys.map((key) => key.flags)).toEqual([385]);
    const file = readFileSync(`${set.keys[0].path}.key`, 'utf8');
    expect(Buffer.from(printKeyFile(set.keys[0])).toString()).toBe(file);
  });

  test.each([8, 13, 14, 15, 16])('our keys of algorithm %i sign with dnssec-signzone -S', (algorithm) => {
    const folder = newFolder();
    const now = Math.floor(Date.now() / 1000) - 60;
    writeKeys(folder, algorithm, now);
    const set = readFolder(folder, zone);
    for (const key of set.keys) {
      expect(digestsOf(run(folder, 'dnssec-dsfromkey', '-2', '-a', 'SHA-384', key.path))).toEqual(ours(key));
    }
    const times = run(folder, 'dnssec-settime', '-u', '-p', 'all', set.keys[0].path);
    expect(times).toContain(`Publish: ${now}`);
    expect(times).toContain(`Activate: ${now}`);
    writeFileSync(join(folder, 'zone'), zoneText);
    // dnssec-signzone verifies what it made, and fails if it does not verify.
    run(folder, 'dnssec-signzone', '-q', '-S', '-x', '-o', zone, '-f', 'signed', 'zone');
    expect(readFileSync(join(folder, 'signed'), 'utf8')).toContain('RRSIG');
  });

  test('a CSK signs what it signs for dnssec-signzone -S -z', () => {
    const folder = newFolder();
    run(folder, 'dnssec-keygen', '-q', '-a', '15', '-f', 'KSK', zone);
    expectEqualRoles(folder, '-z');
  });

  // Every date may be missing, past or to come: one key for each combination, in one zone beside a plain KSK and ZSK.
  const day = 86_400;
  test.each([
    [256, ['publish', 'activate', 'inactive', 'delete']],
    [257, ['publish', 'activate', 'inactive', 'revoke', 'delete']],
  ] as const)('the dates of keys with flags %i mean what they mean to dnssec-signzone -S', (flags, fields) => {
    const folder = newFolder();
    const now = Math.floor(Date.now() / 1000) - 60;
    const avoidTags = writeKeys(folder, 15, now);
    for (let i = 0; i < 3 ** fields.length; i++) {
      const made = generateKey({ zone, flags, algorithm: 15, avoidTags, now });
      const timing: Record<string, number> = { created: now };
      for (const [at, field] of fields.entries()) {
        const choice = Math.floor(i / 3 ** at) % 3;
        if (choice > 0) timing[field] = now + (choice === 1 ? -day : day);
      }
      // BIND signs with a key that is active and not yet published; we do not.
      if (timing.publish > now && timing.activate < now) continue;
      const key = { ...made.key, timing };
      for (const tag of takenTags([key])) avoidTags.add(tag);
      writeKey(folder, key, made.privateKey);
    }
    expectEqualRoles(folder);
  });
});

function expectEqualRoles(folder: string, ...args: string[]): void {
  const before = readFolder(folder, zone);
  writeFileSync(join(folder, 'zone'), zoneText);
  run(folder, 'dnssec-signzone', '-q', '-S', '-x', ...args, '-O', 'full', '-o', zone, '-f', 'signed', 'zone');
  const signed = readFileSync(join(folder, 'signed'), 'utf8').split('\n');
  const found = (pattern: RegExp) => [...new Set(signed.flatMap((line) => pattern.exec(line)?.slice(1) ?? []))].sort();
  const roles = rolesOf(before.keys, Math.floor(Date.now() / 1000));
  const tags = (list: readonly ZoneKey[]) => list.map((key) => String(key.tag)).sort();
  expect(found(/\sRRSIG\s+DNSKEY(?: \S+){5} ([0-9]+) /)).toEqual(tags(roles.signsKeys));
  expect(found(/\sRRSIG\s+SOA(?: \S+){5} ([0-9]+) /)).toEqual(tags(roles.signsZone));
  const record = (key: ZoneKey) => `${key.flags} 3 15 ${Buffer.from(key.publicKey).toString('base64')}`;
  expect(found(/\sDNSKEY\s+([0-9]+ 3 15 \S+)/)).toEqual(roles.published.map(record).sort());
}

/** A KSK and a ZSK; returns their tags. */
function writeKeys(folder: string, algorithm: number, now: number): Set<number> {
  const avoidTags = new Set<number>();
  for (const flags of [257, 256]) {
    const { key, privateKey } = generateKey({ zone, flags, algorithm, avoidTags, now, ttl: 3600 });
    for (const tag of takenTags([key])) avoidTags.add(tag);
    writeKey(folder, key, privateKey);
  }
  return avoidTags;
}

function writeKey(folder: string, key: ZoneKey, privateKey: PrivateKey): void {
  writeFileSync(join(folder, `${key.path}.key`), printKeyFile(key));
  writeFileSync(join(folder, `${key.path}.private`), printPrivateKeyFile(key, privateKey), { mode: 0o600 });
}

describe.skipIf(!ldns)('ldns', () => {
  test.each([
    'RSASHA256',
    'RSASHA512',
    'ECDSAP256SHA256',
    'ECDSAP384SHA384',
    'ED25519',
    'ED448',
  ])('keys of ldns-keygen -a %s are used as they are', (algorithm) => {
    const folder = newFolder();
    const size = algorithm.startsWith('RSA') ? ['-b', '2048'] : [];
    const stem = run(folder, 'ldns-keygen', '-a', algorithm, ...size, '-k', 'Example.TEST').trim();
    const set = readFolder(folder, zone);
    expect(set.keys.map((key) => [key.path.split('/').pop(), key.flags, key.timing])).toEqual([[stem, 257, {}]]);
    expect(set.privateKeyOf(set.keys[0])).toBeDefined();
    const ds = run(folder, 'ldns-key2ds', '-n', '-f', '-2', `${stem}.key`);
    expect(digestsOf(ds)[2]).toBe(ours(set.keys[0])[2]);
  });

  test.each([8, 13, 14, 15, 16])('our keys of algorithm %i sign with ldns-signzone', (algorithm) => {
    const folder = newFolder();
    writeKeys(folder, algorithm, 0);
    const stems = readFolder(folder, zone).keys.map((key) => key.path);
    writeFileSync(join(folder, 'zone'), zoneText);
    run(folder, 'ldns-signzone', '-o', zone, '-f', 'signed', 'zone', ...stems);
    expect(run(folder, 'ldns-verify-zone', 'signed')).toContain('verified and complete');
  });
});
