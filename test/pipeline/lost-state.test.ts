/** What happens when parts of the state or of the description are lost: nothing that is served may get worse by it. */
import { describe, expect, test } from 'vitest';
import { type MemoryHost, memoryHost } from '../../src/host/memory.ts';
import { danezone, inService, noon, records, repository, serial, settled, text, tree } from './run.ts';

const zonePath = '/infra/build/example.net.zone';
const net = `
domains:
  example.net: {nameservers: ours, mail: [{host: mx1.example.org}]}
`;
const unsigned = net.replace('{nameservers', '{policy: unsigned, nameservers');

async function built(): Promise<MemoryHost> {
  const host = repository();
  expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
  return host;
}

/** The same disk with other files; `null` removes, a name that ends with a slash all below it. */
function changed(host: MemoryHost, changes: Record<string, string | null>, now = noon): MemoryHost {
  const next = memoryHost({ files: {}, now, workingFolder: '/infra' });
  const isGone = (path: string) =>
    Object.entries(changes).some(([at, to]) => path === at || (to === null && at.endsWith('/') && path.startsWith(at)));
  const put = (path: string, content: string) => {
    next.files.makeFolder(path.slice(0, path.lastIndexOf('/')));
    next.files.writeNew(path, Buffer.from(content), path.endsWith('.private') ? 0o600 : 0o644);
  };
  for (const [path, content] of tree(host, '/infra')) if (!isGone(path)) put(path, content);
  for (const [path, content] of Object.entries(changes)) if (content !== null) put(path, content);
  return next;
}

const keyFile = (host: MemoryHost, suffix: string) =>
  `/infra/keys/example.net/${host.files.list('/infra/keys/example.net').find((name) => name.endsWith(suffix))}`;

describe('a description without any domain', () => {
  test.each([
    ['is empty', { '/infra/zones/common.yaml': '', '/infra/zones/org.yaml': '', '/infra/zones/net.yaml': '' }],
    ['has no file', { '/infra/zones/common.yaml': null, '/infra/zones/org.yaml': null, '/infra/zones/net.yaml': null }],
  ])('removes no output when it %s', async (_, changes) => {
    const host = changed(await built(), changes);
    const before = text(host, zonePath);
    const ran = await danezone(host, 'build');
    expect(ran).toMatchObject({ status: 4 });
    expect(ran.err).toContain('build/nothing-declared');
    expect(text(host, zonePath)).toBe(before);
  });
});

describe('a zone that was built signed', () => {
  test('gets no new keys when its keys and its journal are gone', async () => {
    const host = changed(await built(), { '/infra/keys/example.net/': null });
    const before = text(host, zonePath);
    const ran = await danezone(host, 'build');
    expect(ran).toMatchObject({ status: 4 });
    expect(ran.err).toContain('build/state-lost');
    expect(host.files.list('/infra/keys/example.net')).toEqual([]);
    expect(text(host, zonePath)).toBe(before);
  });

  test('is still protected in the next build', async () => {
    const host = changed(await built(), { '/infra/keys/example.net/': null });
    await danezone(host, 'build');
    expect((await danezone(host, 'build')).err).toContain('build/state-lost');
    expect(host.files.list('/infra/keys/example.net')).toEqual([]);
  });

  test.each([
    ['its keys and its journal', { '/infra/keys/lab.example.org/': null }],
    ['its journal', { '/infra/keys/lab.example.org/journal.json': '{' }],
  ])('keeps its DS in the parent when %s are lost', async (_, changes) => {
    const before = await built();
    await inService(before);
    const ds = (host: MemoryHost) =>
      records(text(host, '/infra/build/example.org.zone')).filter((line) => / DS /.test(line));
    expect(ds(before)).toHaveLength(1);
    const www = '/infra/zones/org.yaml';
    const edited = { ...changes, [www]: text(before, www).replace('the lab', 'a lab') };
    const host = changed(before, edited, settled);
    await danezone(host, 'build');
    expect(ds(host)).toEqual(ds(before));
  });

  test('is signed again by a clock that was put right after it had been ahead', async () => {
    const ahead = changed(await built(), {}, noon + 40 * 86400);
    expect(await danezone(ahead, 'build')).toMatchObject({ status: 0 });
    const host = changed(ahead, { '/infra/build/': null });
    const ran = await danezone(host, 'build');
    expect(ran).toMatchObject({ status: 0 });
    expect(ran.err).toContain('ops/clock-went-back');
  });

  test('is not signed by a clock that is before its keys, and is again when that was put right', async () => {
    const before = await built();
    const host = changed(before, {}, Date.UTC(2000, 0, 1) / 1000);
    const ran = await danezone(host, 'build');
    expect(ran).toMatchObject({ status: 1 });
    expect(ran.err).toContain('ops/clock-before-keys');
    expect(text(host, zonePath)).toBe(text(before, zonePath));
    expect((await danezone(host, 'resign')).status).toBe(1);
    expect(text(host, zonePath)).toBe(text(before, zonePath));
    expect((await danezone(host, 'build', '--now', '2001-01-01', '--out', '/tmp/preview')).status).toBe(0);
    host.setTime(noon + 86400);
    expect((await danezone(host, 'build')).status).toBe(0);
  });

  test('is signed on from its journal when the .state file of its key is another one, and that is written anew', async () => {
    const before = await built();
    const path = keyFile(before, '.state');
    for (const wrong of ['Algorithm: 8\nKSK: no\nZSK: yes\n', '{', '']) {
      const host = changed(before, { [path]: wrong }, noon + 3 * 86400);
      expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
      expect(text(host, path)).toContain('Algorithm: 13');
    }
  });

  test('starts anew where the operator says so by name', async () => {
    const host = changed(await built(), { '/infra/keys/example.net/': null });
    const ran = await danezone(host, 'build', '--override', 'build/state-lost=example.net.');
    expect(ran).toMatchObject({ status: 0 });
    expect(host.files.list('/infra/keys/example.net').filter((name) => name.endsWith('.private'))).toHaveLength(1);
    expect(JSON.parse(text(host, '/infra/keys/example.net/journal.json')).overrides).toContainEqual(
      expect.objectContaining({ rule: 'build/state-lost', subject: 'example.net.', by: '--override' }),
    );
  });

  test('does not become unsigned because the file that says how it was signed is lost', async () => {
    const gone = { '/infra/keys/example.net/signing.json': null, '/infra/zones/net.yaml': unsigned };
    for (const changes of [gone, { ...gone, '/infra/keys/example.net/journal.json': null }]) {
      const host = changed(await built(), changes);
      const ran = await danezone(host, 'build');
      expect(ran.err).toContain('build/unsigning');
      expect(text(host, zonePath)).toContain('\tRRSIG\t');
    }
  });

  test.each([
    ['a public half cannot be read', '.key', 'garbage', /error\[key\/[a-z-]+\]/],
    ['a private half cannot be read', '.private', 'garbage', /error\[key\/[a-z-]+\]/],
    ['a private half is gone', '.private', null, /error\[build\/no-keys\].*K\S+\.private/],
  ])('is left as it is when %s and its description is broken: the date of its signatures and what to do are said', async (_, suffix, content, error) => {
    const host = await built();
    const broken = { [keyFile(host, suffix)]: content, '/infra/zones/net.yaml': 'domains: [' };
    const manifest = JSON.parse(text(host, '/infra/build/manifest.json'));
    const expiry: string = manifest.zones['example.net.'].firstExpiry;
    const edited = text(host, '/infra/zones/org.yaml').replace('the lab', 'a lab');
    for (const days of [5, 60]) {
      const spoilt = changed(host, { ...broken, '/infra/zones/org.yaml': edited }, noon + days * 86_400);
      const ran = await danezone(spoilt, 'build', '--format', 'json');
      expect(ran.status).toBe(4);
      expect(ran.err).toContain('error[build/not-signed-again]');
      expect(ran.err).toContain(`${days === 5 ? 'run' : 'ran'} out at ${expiry.replace('T', ' ')}`);
      expect(ran.err).toMatch(error);
      const { zones } = JSON.parse(ran.out);
      expect(zones['example.net.'].state).toBe('stale');
      expect(zones['lab.example.org.'].state).toBe('built');
      expect(text(spoilt, '/infra/build/lab.example.org.zone')).toContain('a lab');
    }
  });

  test('is built as ever from its description when only that file is lost', async () => {
    const host = changed(await built(), { '/infra/keys/example.net/signing.json': '{' });
    expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
    expect(JSON.parse(text(host, '/infra/keys/example.net/signing.json'))).toMatchObject({ denial: { kind: 'nsec' } });
  });

  test('is left as it is when that file and the description are lost, and the missing file is named', async () => {
    const lost = { '/infra/keys/example.net/signing.json': null, '/infra/zones/net.yaml': 'domains: [' };
    const host = changed(await built(), lost);
    const before = text(host, zonePath);
    const ran = await danezone(host, 'build');
    expect(ran).toMatchObject({ status: 4 });
    expect(ran.err).toContain('keys/example.net/signing.json');
    expect(ran.err).not.toContain('build/failed-verification');
    expect(text(host, zonePath)).toBe(before);
  });

  test('keeps its serial going up when only the journal is lost', async () => {
    const before = await built();
    const host = changed(before, {
      '/infra/keys/example.net/journal.json': null,
      '/infra/zones/net.yaml': 'domains: {example.net: {nameservers: ours, records: {a: {TXT: new}}}}',
    });
    const ran = await danezone(host, 'build', 'example.net');
    expect(ran.status).toBe(0);
    expect(serial(text(host, zonePath))).toBe(serial(text(before, zonePath)) + 1);
  });
});

describe('folders', () => {
  test.each([
    ['--out', 'zones'],
    ['--out', 'keys/x'],
    ['--out', '.'],
    ['--state', 'zones'],
    ['--state', 'build'],
  ])('%s %s is refused: outputs, keys and what people write stay apart', async (option, folder) => {
    const host = repository();
    expect(await danezone(host, 'build', option, folder)).toMatchObject({ status: 2 });
  });
});

describe('`resign`', () => {
  test('needs the state and nothing else of the repository', async () => {
    const host = changed(await built(), { '/infra/zones/': null, '/infra/build/': null });
    expect(host.files.facts('/infra/zones')).toBeUndefined();
    expect(await danezone(host, 'resign')).toMatchObject({ status: 0 });
    expect(text(host, zonePath)).toContain('\tRRSIG\tSOA ');
  });
});

describe('`ds`', () => {
  test('answers from the state, and with status 1, when the description cannot be read', async () => {
    const host = await built();
    const whole = await danezone(host, 'ds', 'example.net');
    const broken = changed(host, { '/infra/zones/net.yaml': 'domains: [' });
    for (const args of [['ds'], ['ds', 'example.net']]) {
      const ran = await danezone(broken, ...args);
      expect(ran.status).toBe(1);
      expect(ran.out).toContain(whole.out);
      expect(ran.err).toContain('yaml/syntax');
    }
  });

  test('is an error, not an empty answer, where the public halves of a built zone are gone', async () => {
    const host = await built();
    const ran = await danezone(changed(host, { [keyFile(host, '.key')]: null }), 'ds', 'example.net');
    expect(ran).toMatchObject({ status: 1, out: '' });
    expect(ran.err).toContain('key/file-missing');
  });

  test('names what a zone waits for whose key is not active yet, and its date', async () => {
    const host = await built();
    const path = keyFile(host, '.key');
    const future = text(host, path).replaceAll(/(Publish|Activate): \d{14}/g, '$1: 20300102030405');
    const keyState = keyFile(host, '.state');
    const gone = { [keyState]: null, '/infra/keys/example.net/journal.json': null };
    const ran = await danezone(changed(host, { ...gone, [path]: future }), 'ds', 'example.net');
    expect(ran).toMatchObject({ status: 0, out: '' });
    expect(ran.err).toContain('2030-01-02 03:04:05Z');
  });

  test('says of a zone that is asked for and not signed that it is not', async () => {
    const host = repository({ '/infra/zones/net.yaml': unsigned });
    const ran = await danezone(host, 'ds', 'example.net');
    expect(ran).toMatchObject({ status: 0, out: '' });
    expect(ran.err).toContain('not signed');
  });
});

describe('keys and policy', () => {
  const policy = (keys: string) => `policies: {default: {keys: ${keys}}}\n${net}`;

  test('an algorithm of which no keys are made is the error of its zone and stops no other', async () => {
    const host = repository({
      '/infra/zones/net.yaml': `policies: {old: {keys: {algorithm: RSASHA512}}}${unsigned.replace('unsigned', 'old')}`,
    });
    const ran = await danezone(host, 'build');
    expect(ran).toMatchObject({ status: 4 });
    expect(ran.err).toContain('build/no-keys');
    expect(ran.err).not.toContain('build/no-keys-made');
    expect(host.files.facts('/infra/build/example.org.zone')).toBeDefined();
    expect(host.files.facts(zonePath)).toBeUndefined();
    expect((await danezone(host, 'check')).err).toContain('build/no-keys');
  });

  test.each([
    '{algorithm: ED25519}',
    '{layout: ksk-zsk}',
  ])('a policy that later asks for %s changes no key, and says so', async (keys) => {
    const host = await built();
    const after = changed(host, { '/infra/zones/net.yaml': policy(keys) });
    for (const command of ['build', 'check']) {
      const ran = await danezone(after, command);
      expect(ran.status).toBe(0);
      expect(ran.err).toContain('build/keys-differ');
    }
    expect(after.files.list('/infra/keys/example.net')).toEqual(host.files.list('/infra/keys/example.net'));
  });

  test('keys that are on their way to what the policy says are not talked about', async () => {
    const host = changed(await built(), { '/infra/zones/net.yaml': policy('{algorithm: ED25519, layout: ksk-zsk}') });
    await inService(host);
    expect(await danezone(host, 'roll', 'algorithm', 'example.net')).toMatchObject({ status: 0 });
    const begun = await danezone(host, 'build');
    expect(text(host, zonePath)).toContain('RRSIG\tSOA 15 ');
    expect(begun.err).not.toContain('the policy of example.net.');
    expect(begun.err).toContain('the policy of example.org.');
  });

  test('keys that are as the policy says are not talked about', async () => {
    for (const keys of ['{algorithm: ED25519}', '{layout: ksk-zsk}', '{layout: ksk-zsk, algorithm: RSASHA256}']) {
      const host = repository({ '/infra/zones/net.yaml': policy(keys) });
      expect((await danezone(host, 'build')).err).not.toContain('build/keys-differ');
    }
  });
});

describe('the manifest', () => {
  test('is the same, octet for octet, after a build of one zone in which nothing changed', async () => {
    const host = await built();
    const before = tree(host, '/infra/build');
    expect(await danezone(host, 'build', 'example.net')).toMatchObject({ status: 0 });
    expect(tree(host, '/infra/build')).toEqual(before);
  });
});
