import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { MemoryHost } from '../../src/host/memory.ts';
import { hex } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';
import { readCertificateFile } from '../../src/x509/read-file.ts';
import { danezone, description, repository, text } from '../pipeline/run.ts';

const certificate = (name: string) => readFileSync(new URL(`../vectors/certs/made/${name}`, import.meta.url), 'utf8');
const csr = '/infra/zones/certs/mx1.next.csr';
const keyOut = '/secret/mx1.key';

const hostWith = (changes: Record<string, string> = {}) => repository({ '/secret/place': '', ...changes });
const named = (more: Record<string, string> = {}) =>
  hostWith({
    '/infra/zones/common.yaml': description.replace(
      '{chain: certs/p256.pem}',
      '{chain: certs/p256.pem, next: certs/mx1.next.csr}',
    ),
    ...more,
  });
const roll = (host: MemoryHost, ...more: string[]) =>
  danezone(host, 'roll', 'cert', 'mx1.example.org', '--key-out', keyOut, ...more);

function requestAt(host: MemoryHost, path: string) {
  const report = newReport();
  const read = readCertificateFile(path, host.files.read(path), report);
  expect(report.problems).toEqual([]);
  if (read?.kind !== 'request') throw new Error('no request');
  return read.request;
}

describe('roll cert', () => {
  test('writes the key for its owner alone, and the request of that key and of the names of the current certificate', async () => {
    const host = named();
    const ran = await roll(host);
    expect(ran).toMatchObject({ status: 0, err: '' });
    expect(host.files.facts(keyOut)?.mode).toBe(0o600);
    const request = requestAt(host, csr);
    const key = createPrivateKey(text(host, keyOut));
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    expect(hex(request.spki)).toBe(hex(spki));
    const current = readCertificateFile('p256.pem', Buffer.from(certificate('p256.pem')), newReport());
    if (current?.kind !== 'chain') throw new Error('no chain');
    expect(current.certificates[0].dnsNames.length).toBeGreaterThan(0);
    expect(request).toMatchObject({
      signatureVerifies: true,
      key: { kind: 'ECDSA', curve: 'P-256' },
      dnsNames: current.certificates[0].dnsNames,
    });
  });

  test('shows no line of the private key, in text or JSON', async () => {
    for (const format of ['text', 'json']) {
      const host = named();
      const { out, err } = await roll(host, '--format', format);
      const body = text(host, keyOut).split('\n').slice(1, -2);
      expect(body.length).toBeGreaterThan(1);
      for (const line of body) expect(out + err).not.toContain(line);
      const secret = createPrivateKey(text(host, keyOut)).export({ format: 'jwk' }).d ?? '';
      expect(out + err).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
      expect(Object.entries(host.tree()).filter(([, content]) => content.includes('PRIVATE KEY'))).toHaveLength(1);
    }
  });

  test('the next build publishes the record of the new key beside the current one', async () => {
    const host = named();
    const made = JSON.parse((await roll(host, '--format', 'json')).out);
    expect(made).toMatchObject({ certificate: 'mx1', request: 'zones/certs/mx1.next.csr', key: keyOut });
    expect(made.add).toBeUndefined();
    expect(made.waits).toMatchObject([{ host: 'mx1.example.org.', service: 'smtp', zone: 'example.org.' }]);
    // 1 h to the name servers, and twice 15 min: the defaults of docs/acme.md.
    expect(made.waits[0].seconds).toBe(5400);
    expect((await danezone(host, 'build')).status).toBe(0);
    const zone = text(host, '/infra/build/example.org.zone');
    expect(zone.toLowerCase()).toContain(`3 1 1 ${made.spki.slice(0, 56)} ${made.spki.slice(56)}`);
    expect(zone.match(/\tTLSA\t/g)).toHaveLength(2);
  });

  test('without next: the description gets it, and nothing else of it changes; the change is shown', async () => {
    const host = hostWith();
    const { status, out } = await roll(host);
    expect(status).toBe(0);
    const line = '  mx1: {chain: certs/p256.pem}';
    const after = '  mx1: {chain: certs/p256.pem, next: certs/mx1.next.csr}';
    expect(text(host, '/infra/zones/common.yaml')).toBe(description.replace(line, after));
    expect(out).toContain(`    - ${line}\n    + ${after}\n`);
    expect((await danezone(host, 'check')).status).toBe(0);
    await danezone(host, 'build');
    expect(text(host, '/infra/build/example.org.zone').match(/\tTLSA\t/g)).toHaveLength(2);
  });

  test('another file under next: gives way to the one that was named with --csr-out', async () => {
    const host = named({ '/infra/zones/certs/other/x': '' });
    const { changed, add } = JSON.parse(
      (await roll(host, '--csr-out', 'zones/certs/other/new.csr', '--format', 'json')).out,
    );
    expect([changed, add]).toEqual(['zones/common.yaml', undefined]);
    expect(text(host, '/infra/zones/common.yaml')).toContain('next: certs/other/new.csr}');
  });

  test('a description of an unusual shape stays as it is: the line that is missing and its place are said', async () => {
    const shared = description.replace(
      '  mx1: {chain: certs/p256.pem}',
      '  old: &mx {chain: certs/p256.pem}\n  mx1: *mx',
    );
    const host = hostWith({ '/infra/zones/common.yaml': shared });
    const { add, changed } = JSON.parse((await roll(host, '--format', 'json')).out);
    expect(add).toEqual({ file: 'zones/common.yaml', line: 4, text: 'next: certs/mx1.next.csr' });
    expect(changed).toBeUndefined();
    expect(text(host, '/infra/zones/common.yaml')).toBe(shared);
    expect(requestAt(host, csr).signatureVerifies).toBe(true);
  });

  test('the key is of the kind of the current one unless --algorithm says otherwise', async () => {
    const of = async (...more: string[]) => {
      const host = named(p384);
      expect((await roll(host, ...more)).status).toBe(0);
      return requestAt(host, csr).key;
    };
    const p384 = { '/infra/zones/certs/p256.pem': certificate('p384.pem') };
    expect(await of()).toEqual({ kind: 'ECDSA', curve: 'P-384' });
    expect(await of('--algorithm', 'ecdsa-p256')).toEqual({ kind: 'ECDSA', curve: 'P-256' });
    expect(await of('--algorithm', 'rsa-2048')).toEqual({ kind: 'RSA', bits: 2048 });
  });

  test('a certificate without DNS names is asked for the host, as A-labels', async () => {
    const host = hostWith({
      '/infra/zones/certs/p256.pem': certificate('no-san.pem'),
      '/infra/zones/common.yaml': description.replaceAll('mx1.example.org', 'mx1.bücher.example.org'),
      '/infra/zones/org.yaml': 'domains: {example.org: {nameservers: ours}, example.net: {nameservers: ours}}',
      '/infra/zones/net.yaml': '{}',
    });
    const ran = await danezone(host, 'roll', 'cert', 'mx1.xn--bcher-kva.example.org', '--key-out', keyOut);
    expect(ran).toMatchObject({ status: 0, err: '' });
    expect(requestAt(host, csr).dnsNames).toEqual(['mx1.xn--bcher-kva.example.org']);
  });

  test('of several certificates one must be named, or the service that has one', async () => {
    const files = {
      '/infra/zones/common.yaml': description
        .replace('  mx1: ', '  other: {chain: certs/p384.pem}\n  mx1: ')
        .replace('{smtp: [mx1]}', '{smtp: [mx1, other], imaps: other}'),
    };
    const refused = await roll(hostWith(files));
    expect(refused.status).toBe(2);
    expect(refused.err).toContain('mx1, other');
    expect((await roll(hostWith(files), '--certificate', 'third')).status).toBe(2);
    expect((await roll(hostWith(files), '--service', 'xmpp-client')).status).toBe(2);
    expect((await roll(hostWith(files), '--service', 'nonsense')).status).toBe(2);
    for (const choice of [
      ['--certificate', 'other'],
      ['--service', 'imaps'],
    ]) {
      const made = JSON.parse((await roll(hostWith(files), ...choice, '--format', 'json')).out);
      expect(made).toMatchObject({ certificate: 'other', request: 'zones/certs/other.next.csr' });
      // Both services show it: both have to be ready.
      expect(made.waits.map(({ service }: { service: string }) => service)).toEqual(['smtp', 'imaps']);
    }
  });

  test('no wait is promised where no record is made of a key without its certificate', async () => {
    const host = named({
      '/infra/zones/common.yaml': description
        .replace('{chain: certs/p256.pem}', '{chain: certs/p256.pem, next: certs/mx1.next.csr}')
        .replace('services: {smtp: [mx1]}', 'services: {smtp: [mx1]}, tlsa: [DANE-EE Cert SHA2-256]'),
    });
    const { waits } = JSON.parse((await roll(host, '--format', 'json')).out);
    expect(waits).toEqual([{ host: 'mx1.example.org.', service: 'smtp', zone: 'example.org.' }]);
  });

  test.each([
    ['an unknown host', ['nobody.example.org', '--key-out', keyOut]],
    ['a host without services', ['ns1.example.org', '--key-out', keyOut]],
    ['no --key-out', ['mx1.example.org']],
    ['a key inside the root', ['mx1.example.org', '--key-out', '/infra/zones/mx1.key']],
    ['a key inside the root, by a link', ['mx1.example.org', '--key-out', '/way/mx1.key']],
    ['a key inside a git work tree', ['mx1.example.org', '--key-out', '/other/deep/mx1.key']],
    ['a key in a folder that is missing', ['mx1.example.org', '--key-out', '/nowhere/mx1.key']],
    ['a key over a file', ['mx1.example.org', '--key-out', '/secret/place']],
    ['a key over a link that leads nowhere', ['mx1.example.org', '--key-out', '/secret/link']],
    ['an algorithm that no authority signs', ['mx1.example.org', '--key-out', keyOut, '--algorithm', 'ed25519']],
    ['a request outside the root', ['mx1.example.org', '--key-out', keyOut, '--csr-out', '/secret/mx1.csr']],
    ['a request in keys/', ['mx1.example.org', '--key-out', keyOut, '--csr-out', '/infra/keys/mx1.csr']],
  ])('%s is refused, and nothing is made', async (_, args) => {
    const host = hostWith({ '/other/.git/HEAD': '', '/other/deep/file': '', '/infra/keys/place': '' });
    host.link('/infra/zones', '/way');
    host.link('/secret/gone', '/secret/link');
    const before = host.tree();
    const ran = await danezone(host, 'roll', 'cert', ...args);
    expect(ran.status).toBe(2);
    expect(ran.out).toBe('');
    expect(host.tree()).toEqual(before);
  });

  test('a request that stands there is replaced only with --force', async () => {
    const host = named();
    await roll(host);
    const before = host.tree();
    const again = (...more: string[]) =>
      danezone(host, 'roll', 'cert', 'mx1.example.org', '--key-out', '/secret/second.key', ...more);
    expect((await again()).status).toBe(1);
    expect(host.tree()).toEqual(before);
    expect((await again('--force')).status).toBe(0);
    expect(host.text(csr)).not.toBe(before[csr]);
    expect(host.text(keyOut)).toBe(before[keyOut]);
  });

  test('wherever it dies, no request stands there without its key, and no key is open to others', async () => {
    for (let step = 1; ; step++) {
      const host = named();
      host.crashAfter(step);
      let died = false;
      await roll(host).catch(() => {
        died = true;
      });
      const left = host.restart('synced');
      const { [csr]: request } = left.tree();
      const key = left.tree()[keyOut];
      if (request !== undefined) {
        const spki = createPublicKey(createPrivateKey(key)).export({ format: 'der', type: 'spki' });
        expect(hex(requestAt(left, csr).spki)).toBe(hex(spki));
      }
      const mode = left.files.facts(keyOut)?.mode;
      if (mode !== undefined) expect(mode & 0o077).toBe(0);
      if (!died && request !== undefined) break;
      expect(step).toBeLessThan(50);
    }
  });

  test('when the disk refuses a step, either both files are there or neither', async () => {
    for (let step = 1; step < 50; step++) {
      const host = named();
      host.failAfter(step);
      const { status } = await roll(host);
      const tree = host.tree();
      expect([step, keyOut in tree]).toEqual([step, csr in tree]);
      if (status === 0) return;
    }
    throw new Error('it never came to its end');
  });
});
