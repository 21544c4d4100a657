import { describe, expect, test } from 'vitest';
import { keysGenerate } from '../../src/cli/keys-generate.ts';
import { keysList } from '../../src/cli/keys-list.ts';
import { runSafely } from '../../src/cli/safely.ts';
import { name, nameToWire } from '../../src/dns/name.ts';
import { dsDigest } from '../../src/dnssec/ds.ts';
import { FileError } from '../../src/host/host.ts';
import { type MemoryHost, memoryHost } from '../../src/host/memory.ts';
import { parseKeyFile } from '../../src/keys/key-file.ts';
import { publicKeyOf } from '../../src/keys/private-key.ts';
import { parsePrivateKeyFile } from '../../src/keys/private-key-file.ts';
import { base64, hex } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';

const run = (host: MemoryHost, ...argv: string[]) => runSafely(host, '0', [keysGenerate, keysList], ['keys', ...argv]);
const keyPaths = (host: MemoryHost) => Object.keys(host.tree()).filter((path) => /\.(key|private)$/.test(path));
const json = (host: MemoryHost) => JSON.parse(host.out);
const octets = (text: string) => Buffer.from(text, 'latin1');

describe('keys generate', () => {
  test('one CSK of ECDSAP256SHA256 in the folder of its zone, the private half for the owner alone', async () => {
    const host = memoryHost();
    expect(await run(host, 'generate', 'example.org')).toBe(0);
    const [publicPath, privatePath] = keyPaths(host);
    const stem = /^\/infra\/keys\/example\.org\/(Kexample\.org\.\+013\+([0-9]{5}))\.key$/.exec(publicPath)!;
    expect(privatePath).toBe(publicPath.replace('.key', '.private'));
    expect([publicPath, privatePath].map((path) => (host.files.facts(path)!.mode & 0o777).toString(8))).toEqual([
      '644',
      '600',
    ]);
    const report = newReport();
    const key = parseKeyFile(publicPath, octets(host.text(publicPath)), report)!;
    const secret = parsePrivateKeyFile(privatePath, octets(host.text(privatePath)), report)!;
    expect(report.problems).toEqual([]);
    expect(key).toMatchObject({ zone: 'example.org.', flags: 257, algorithm: 13, tag: Number(stem[2]) });
    expect(key.timing).toEqual({ created: host.now(), publish: host.now(), activate: host.now() });
    expect(base64(publicKeyOf(secret.privateKey))).toBe(base64(key.publicKey));
    const digest = hex(dsDigest(nameToWire(name('example.org.')), key.rdata, 2)).toUpperCase();
    expect(host.out).toContain(`  example.org. IN DS ${key.tag} 13 2 ${digest}\n`);
    expect(host.out).toContain(`wrote keys/example.org/${stem[1]}.private\n`);
    expect(host.out + host.err).not.toContain(/PrivateKey: (\S+)/.exec(host.text(privatePath))![1]);
  });

  test('the options choose algorithm, layout, folder, size and time', async () => {
    const host = memoryHost();
    const args = ['--algorithm', '8', '--layout', 'ksk-zsk', '--size', '2048', '--keys', '/etc/keys'];
    expect(await run(host, 'generate', 'Example.ORG.', ...args, '--now', '20300101000000', '--format', 'json')).toBe(0);
    const { zone, keys } = json(host);
    expect(zone).toBe('example.org.');
    expect(keys).toMatchObject([
      { role: 'ksk', flags: 257, algorithm: 8, mnemonic: 'RSASHA256' },
      { role: 'zsk', flags: 256, algorithm: 8 },
    ]);
    expect(keys[0].ds).toContain(`example.org. IN DS ${keys[0].tag} 8 2 `);
    expect(keys[1].ds).toBeUndefined();
    expect(keyPaths(host)).toEqual(keys.flatMap((key: { files: string[] }) => key.files).sort());
    expect(host.text(keys[0].files[1])).toContain('; Publish: 20300101000000 (Tue Jan  1 00:00:00 2030)\n');
    expect(Object.keys(host.tree()).filter((path) => path.endsWith('.new') || path.includes('.danezone'))).toEqual([]);
  });

  test('a zone that has keys gets none unless it is asked for by name', async () => {
    const host = memoryHost();
    await run(host, 'generate', 'example.org');
    const before = host.tree();
    expect(await run(host, 'generate', 'example.org')).toBe(1);
    expect(host.err).toContain('has keys already');
    expect(host.tree()).toEqual(before);
    expect(await run(host, 'generate', 'example.org', '--additional')).toBe(0);
    expect(keyPaths(host)).toHaveLength(4);
    expect(host.tree()).toMatchObject(before);
  });

  test('a file that stands in the way is never written over, and the half before it is harmless', async () => {
    const host = memoryHost();
    const files = Object.create(host.files);
    files.renameNew = (from: string, to: string) => {
      if (to.endsWith('.key')) throw new FileError('EEXIST', to, `${to} exists`);
      host.files.renameNew(from, to);
    };
    expect(await run({ ...host, files } as MemoryHost, 'generate', 'example.org', '--keys', '/k')).toBe(1);
    expect(Object.keys(host.tree()).map((path) => path.replace(/.*\./, ''))).toEqual(['private']);
  });

  test.each([
    [['example..org'], 'empty label'],
    [['example.org', '--algorithm', '5'], 'SHA-1'],
    [['example.org', '--algorithm', 'RSASHA512'], 'RSASHA512'],
    [['example.org', '--algorithm', 'MLDSA44'], 'Internet-Draft'],
    [['example.org', '--algorithm', 'ROT13'], 'ROT13'],
    [['example.org', '--algorithm', '8', '--size', '1024'], '1024'],
    [['example.org', '--size', '2048'], 'one size'],
    [['example.org', '--size', 'big'], 'number of bits'],
    [['example.org', '--layout', 'both'], 'csk'],
    [[], 'zone'],
  ])('%j is refused before anything is written', async (args, words) => {
    const host = memoryHost();
    expect(await run(host, 'generate', ...args)).toBe(2);
    expect(host.err).toContain(words);
    expect(host.tree()).toEqual({});
  });

  test('a zone whose name cannot be a folder gets one that can', async () => {
    const host = memoryHost();
    expect(await run(host, 'generate', '0/25.2.0.192.in-addr.arpa')).toBe(0);
    expect(keyPaths(host)[0]).toMatch(/^\/infra\/keys\/0%2F25\.2\.0\.192\.in-addr\.arpa\/K0%2F25\.2\./);
    expect(await run(host, 'list', '0/25.2.0.192.in-addr.arpa')).toBe(0);
  });
});

describe('keys list', () => {
  async function hostWithKeys(): Promise<MemoryHost> {
    const host = memoryHost();
    await run(host, 'generate', 'example.org', '--layout', 'ksk-zsk', '--quiet');
    await run(host, 'generate', 'example.net', '--quiet');
    expect(host.out).toBe('');
    return host;
  }

  test('all zones in canonical order, with what each key does', async () => {
    const host = await hostWithKeys();
    expect(await run(host, 'list', '--format', 'json')).toBe(0);
    const { keys, problems } = json(host);
    expect(problems).toEqual([]);
    expect(keys).toMatchObject([
      { zone: 'example.net.', role: 'csk', signsKeys: true, signsZone: true, published: true, privateHalf: true },
      { zone: 'example.org.', role: 'ksk', flags: 257, signsKeys: true, signsZone: false },
      { zone: 'example.org.', role: 'zsk', flags: 256, signsKeys: false, signsZone: true, mnemonic: 'ECDSAP256SHA256' },
    ]);
  });

  test('one line a key, aligned, for people', async () => {
    const host = await hostWithKeys();
    expect(await run(host, 'list', 'example.org')).toBe(0);
    const [head, ksk, zsk, ...rest] = host.out.trimEnd().split('\n');
    expect(rest).toEqual([]);
    expect(head).toMatch(/^ZONE +ROLE +TAG +ALGORITHM +PRIVATE +NOW +DATES$/);
    expect(ksk).toMatch(/^example\.org\. +KSK +[0-9]+ +ECDSAP256SHA256 +yes +published, signs keys +publish 20/);
    expect(zsk).toMatch(/^example\.org\. +ZSK +[0-9]+ +ECDSAP256SHA256 +yes +published, signs zone +publish 20/);
    expect(ksk.indexOf('KSK')).toBe(head.indexOf('ROLE'));
  });

  test('before its time a key is not published', async () => {
    const host = await hostWithKeys();
    expect(await run(host, 'list', 'example.net', '--now', '2020-01-01', '--format', 'json')).toBe(0);
    expect(json(host).keys).toMatchObject([{ published: false, signsKeys: false, signsZone: false }]);
  });

  test('private files are not opened, and one that is missing shows', async () => {
    const host = await hostWithKeys();
    const secret = keyPaths(host).filter((path) => path.endsWith('.private'));
    host.files.remove(secret[0]);
    const files = Object.create(host.files);
    files.read = (path: string) => (path.endsWith('.private') ? expect.fail('opened') : host.files.read(path));
    const out: string[] = [];
    const stdout = { ...host.stdout, write: (text: string) => out.push(text) };
    expect(await run({ ...host, files, stdout } as unknown as MemoryHost, 'list', '--format', 'json')).toBe(0);
    expect(JSON.parse(out.join('')).keys.map((key: { privateHalf: boolean }) => key.privateHalf)).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('a folder of keys of several zones, with BIND states', async () => {
    const host = await hostWithKeys();
    const [path] = keyPaths(host).filter((one) => one.includes('example.net') && one.endsWith('.key'));
    host.put(
      path.replace('.key', '.state'),
      'Algorithm: 13\nKSK: yes\nZSK: yes\nGoalState: omnipresent\nDSState: rumoured\n',
    );
    const folder = path.slice(0, path.lastIndexOf('/'));
    expect(await run(host, 'list', '--keys', folder, '--format', 'json')).toBe(0);
    expect(json(host).keys).toMatchObject([{ state: { goal: 'omnipresent', ds: 'rumoured' } }]);
  });

  test('what is wrong is said with its place, and the status is 1', async () => {
    const host = await hostWithKeys();
    const [path] = keyPaths(host).filter((one) => one.endsWith('.key'));
    host.put(path, host.text(path).replace(' 257 3 13 ', ' 257 3 5 '));
    expect(await run(host, 'list')).toBe(1);
    expect(host.err).toContain('key/file-name');
    expect(host.err).toContain('keys/example.net/Kexample.net.+013+');
    expect(host.out).toContain('refused');
  });

  test('a key of two zones is a warning', async () => {
    const host = await hostWithKeys();
    const paths = keyPaths(host).filter((one) => one.includes('example.net'));
    for (const path of paths) {
      const text = host.text(path).replaceAll('example.net.', 'example.com.');
      const twin = path.replaceAll('example.net', 'example.com');
      host.files.makeFolder(twin.slice(0, twin.lastIndexOf('/')));
      host.files.writeNew(twin, octets(text), 0o600);
    }
    expect(await run(host, 'list', '--format', 'json')).toBe(0);
    expect(json(host).problems).toMatchObject([{ rule: 'key/used-by-two-zones' }]);
  });

  test('a zone without keys is said', async () => {
    const host = memoryHost();
    expect(await run(host, 'list', 'example.com')).toBe(1);
    expect(host.err).toBe('danezone: example.com. has no keys\n');
    expect(await run(memoryHost(), 'list')).toBe(0);
  });
});
