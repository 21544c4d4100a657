/** A key in the folder of a zone counts when somebody has asked for it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { MemoryHost } from '../../src/host/memory.ts';
import { fixtureProblems } from './fixtures.ts';
import { danezone, noon, repository, text, tree } from './run.ts';

const folder = '/infra/keys/example.test';
const zonePath = '/infra/build/example.test.zone';
const description = (note = 'one') =>
  `domains: {example.test: {nameservers: [ns1.example.net, ns2.example.net], records: {a: {TXT: ${note}}}}}`;

const vector = (file: string) => readFileSync(new URL(`../vectors/keys/plain/${file}`, import.meta.url), 'utf8');
const halves = (stem: string): Record<string, string> =>
  Object.fromEntries([`${stem}.key`, `${stem}.private`].map((file) => [`${folder}/${file}`, vector(file)]));
const ksk = 'Kexample.test.+013+08721';
const zsk = 'Kexample.test.+013+07956';
const stray = 'Kexample.test.+015+46215';

function hostWith(changes: Record<string, string>, before?: MemoryHost): MemoryHost {
  const next = repository({}, noon);
  for (const path of tree(next, '/infra').keys()) next.files.remove(path);
  const all = new Map([...(before === undefined ? [] : tree(before, '/infra')), ...Object.entries(changes)]);
  for (const [path, content] of all) {
    next.files.makeFolder(path.slice(0, path.lastIndexOf('/')));
    next.files.writeNew(path, Buffer.from(content), path.endsWith('.private') ? 0o600 : 0o644);
  }
  return next;
}

const yaml = '/infra/zones/a.yaml';
const policy = `policies: {default: {keys: {layout: ksk-zsk}}}\n`;

async function built(): Promise<MemoryHost> {
  const host = hostWith({ [yaml]: policy + description(), ...halves(ksk), ...halves(zsk) });
  const ran = await danezone(host, 'build');
  expect(ran).toMatchObject({ status: 0 });
  return host;
}

const dnskeys = (host: MemoryHost) =>
  text(host, zonePath)
    .split('\n')
    .filter((line) => line.split('\t')[3] === 'DNSKEY').length;
const overrides = (host: MemoryHost) => JSON.parse(text(host, `${folder}/journal.json`)).overrides;
const isStranger = (ran: { err: string }) => ran.err.includes('error[key/unauthorised]');

describe('the fixtures of the rule', () => {
  test('show a key that stands there beside those of the journal', () => {
    const bad = fixtureProblems('key/unauthorised', 'bad');
    expect(bad.map(({ rule }) => rule)).toEqual(['key/unauthorised']);
    expect(bad[0]).toMatchObject({ tier: 'error', subject: 'example.test.', position: { line: 1 } });
    expect(fixtureProblems('key/unauthorised', 'good')).toEqual([]);
  });
});

describe('the keys that a zone comes with', () => {
  test('but for revoked ones: they are said, with what was found, and neither published nor used (RFC 5011 section 2.1)', async () => {
    const revoked = 'Kexample.test.+015+46343';
    const file = vector(`${stray}.key`).replace('DNSKEY 257', 'DNSKEY 385').replaceAll('46215', '46343');
    const own = { [`${folder}/${revoked}.key`]: file };
    const host = hostWith({ [yaml]: policy + description(), ...own, ...halves(ksk), ...halves(zsk) });
    const ran = await danezone(host, 'build');
    expect(ran).toMatchObject({ status: 0 });
    expect(ran.err).toContain('warning[key/revoked-left-out]');
    expect(ran.err).toContain(`keys/example.test/${revoked}.key`);
    expect(text(host, zonePath)).not.toContain('DNSKEY\t385');
  });

  test('are taken, those too that wait for a later day', async () => {
    const later = vector(`${stray}.key`).replaceAll(/(Publish|Activate): \d{14}/g, '$1: 20400101000000');
    const waiting: Record<string, string> = { ...halves(stray), [`${folder}/${stray}.key`]: later };
    const privateLater = vector(`${stray}.private`).replaceAll(/(Publish|Activate): \d{14}/g, '$1: 20400101000000');
    waiting[`${folder}/${stray}.private`] = privateLater;
    const host = hostWith({ [yaml]: policy + description(), ...halves(ksk), ...halves(zsk), ...waiting });
    expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
    const again = hostWith({ [yaml]: policy + description('two') }, host);
    const ran = await danezone(again, 'build');
    expect([ran.status, isStranger(ran)]).toEqual([0, false]);
  });
});

describe('a key that somebody puts there later', () => {
  test('is an error of its zone, for `check` as for `build`', async () => {
    const host = hostWith(halves(stray), await built());
    const checked = await danezone(host, 'check');
    expect([checked.status, isStranger(checked)]).toEqual([1, true]);
    expect(checked.err).toContain(`--> keys/example.test/${stray}.key:1:1`);
    const ran = await danezone(host, 'build');
    expect([ran.status, isStranger(ran)]).toEqual([4, true]);
  });

  test('is neither published nor signs, while the zone is signed again with its own keys', async () => {
    const before = await built();
    const host = hostWith({ ...halves(stray), [yaml]: policy + description('two') }, before);
    await danezone(host, 'build');
    expect(dnskeys(host)).toBe(dnskeys(before));
    expect(text(host, zonePath)).not.toMatch(/\tRRSIG\tSOA 15 /);
    expect(text(host, zonePath)).toMatch(/\tRRSIG\tSOA 13 /);
    expect(text(host, zonePath)).toContain('"one"');
  });

  test('does not take the place of the keys that were there', async () => {
    const before = await built();
    const gone = [...tree(before, '/infra')].filter(([path]) => !path.includes(ksk) && !path.includes(zsk));
    const host = hostWith({ ...Object.fromEntries(gone), ...halves(stray) });
    const ran = await danezone(host, 'build');
    expect([ran.status, isStranger(ran)]).toEqual([1, true]);
    expect(text(host, zonePath)).toBe(text(before, zonePath));
  });

  test('is known by the last output where the journal is lost', async () => {
    const before = await built();
    const files = [...tree(before, '/infra')].filter(([path]) => !path.endsWith('journal.json'));
    expect(isStranger(await danezone(hostWith(Object.fromEntries(files)), 'check'))).toBe(false);
    expect(isStranger(await danezone(hostWith({ ...Object.fromEntries(files), ...halves(stray) }), 'check'))).toBe(
      true,
    );
  });

  test('is taken when the operator says so by name, once, and the journal says who', async () => {
    const host = hostWith(halves(stray), await built());
    const ran = await danezone(host, 'build', '--override', 'key/unauthorised=example.test.');
    expect([ran.status, isStranger(ran)]).toEqual([0, false]);
    const later = hostWith({ [yaml]: policy + description('two') }, host);
    expect(isStranger(await danezone(later, 'build'))).toBe(false);
  });
});

describe('`keys generate --additional`', () => {
  test('writes down what it makes', async () => {
    const host = hostWith({}, await built());
    expect(await danezone(host, 'keys', 'generate', 'example.test', '--additional')).toMatchObject({ status: 0 });
    expect(overrides(host)).toMatchObject([{ rule: 'key/unauthorised', by: 'keys generate' }]);
    expect(isStranger(await danezone(host, 'check'))).toBe(false);
    expect(isStranger(await danezone(host, 'build'))).toBe(false);
  });

  test('of another key with the same tag is no permission', async () => {
    const host = hostWith({}, await built());
    await danezone(host, 'keys', 'generate', 'example.test', '--additional');
    const journal = JSON.parse(text(host, `${folder}/journal.json`));
    expect(journal.overrides[0].subject).toMatch(/^example\.test\. 013\+[0-9]{5} [0-9a-f]{64}$/);
  });

  test('into a folder of its own choice says that the journal there does not know the keys', async () => {
    const host = hostWith({}, await built());
    const ran = await danezone(host, 'keys', 'generate', 'example.test', '--additional', '--keys', folder);
    expect(ran).toMatchObject({ status: 0 });
    expect(ran.err).toContain('--override key/unauthorised=example.test.');
    expect(isStranger(await danezone(host, 'check'))).toBe(true);
  });
});
