/** `keys list` of zones that were built here: what the journal says, and where it and the folder differ. */
import { describe, expect, test } from 'vitest';
import type { MemoryHost } from '../../src/host/memory.ts';
import { danezone, inService, noon, repository, settled, text } from './run.ts';

const zone = 'example.net';
const folder = `/infra/keys/${zone}`;
const lifetime = { '/infra/zones/policy.yaml': 'policies: {default: {keys: {lifetime: 100d}}}' };
const journalPath = `${folder}/journal.json`;

async function listed(host: MemoryHost, ...args: string[]) {
  const ran = await danezone(host, 'keys', 'list', ...args, '--format', 'json');
  return { status: ran.status, err: ran.err, ...JSON.parse(ran.out) };
}

const filesOf = (host: MemoryHost, suffix: string) =>
  host.files
    .list(folder)
    .filter((file) => file.endsWith(suffix))
    .map((file) => `${folder}/${file}`);

async function rolling(): Promise<MemoryHost> {
  const host = repository(lifetime);
  await danezone(host, 'build');
  await inService(host);
  expect(await danezone(host, 'roll', 'csk', zone)).toMatchObject({ status: 0 });
  expect((await danezone(host, 'build')).status).toBe(0);
  return host;
}

describe('keys list', () => {
  test('says where each record of a key stands since when, what it becomes, when it ends and what follows', async () => {
    const host = await rolling();
    const { status, keys, problems } = await listed(host, zone);
    expect([status, problems]).toEqual([0, []]);
    const [old, next] = [...keys].sort((a, b) => a.timing.created.localeCompare(b.timing.created));
    expect(old).toMatchObject({
      role: 'csk',
      published: true,
      signsZone: true,
      dsAsked: true,
      privateHalf: true,
      journal: {
        goal: 'hidden',
        records: {
          dnskey: { state: 'omnipresent', since: new Date(settled * 1000).toISOString() },
          ds: { state: 'rumoured', since: new Date(settled * 1000).toISOString() },
        },
        // Signs since the first build.
        ends: new Date((noon + 100 * 86_400) * 1000).toISOString(),
        successor: next.tag,
      },
    });
    expect(next).toMatchObject({
      published: true,
      signsKeys: true,
      signsZone: false,
      dsAsked: false,
      journal: { goal: 'omnipresent', predecessor: old.tag, ends: 'not in use yet' },
    });
    expect(next.state).toBeUndefined();
  });

  test('has a line for each record, for people', async () => {
    const host = await rolling();
    const ran = await danezone(host, 'keys', 'list', zone);
    const [, states] = ran.out.split('\n\n');
    const lines = states.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^ZONE +ROLE +TAG +GOAL +RECORD +STATE +SINCE +ENDS +SUCCESSOR$/);
    expect(lines.filter((line) => line.startsWith('example.net.  CSK'))).toHaveLength(2);
    expect(lines.filter((line) => / DS +hidden +2026-06-03T12:00Z$/.test(line))).toHaveLength(1);
    expect(ran.out).not.toContain('PrivateKey');
  });

  test('names a key of the journal whose file is missing, what it does and what to do', async () => {
    const host = await rolling();
    for (const path of filesOf(host, '.key')) host.files.remove(path);
    const { status, keys, problems } = await listed(host, zone);
    expect(status).toBe(1);
    const missing = problems.filter(({ rule }: { rule: string }) => rule === 'key/file-missing');
    expect(
      missing.map(({ position: { file, line, column } }: { position: Record<string, unknown> }) => [
        file,
        line,
        column,
      ]),
    ).toEqual(
      filesOf(host, '.private').map((path) => [path.slice('/infra/'.length).replace('.private', '.key'), 1, 1]),
    );
    expect(keys.map(({ file, published }: Record<string, unknown>) => [file, published])).toEqual([
      [undefined, true],
      [undefined, true],
    ]);
    const all = await danezone(host, 'keys', 'list');
    expect(all.out.match(/its file is missing/g)).toHaveLength(2);
  });

  test('names files of which the journal does not know', async () => {
    const host = await rolling();
    const other = await rolling();
    const strangers = filesOf(other, '.key');
    for (const path of strangers) host.files.writeNew(path, Buffer.from(text(other, path)), 0o644);
    const { status, keys, problems } = await listed(host, zone);
    expect(status).toBe(1);
    const named = problems.filter(({ rule }: { rule: string }) => rule === 'key/unauthorised');
    expect(named.map(({ position }: { position: { file: string } }) => `/infra/${position.file}`).sort()).toEqual(
      [...strangers].sort(),
    );
    expect(keys.filter(({ journal }: { journal?: object }) => journal === undefined)).toHaveLength(2);
  });

  test('says that a journal cannot be read, and lists the files by their dates', async () => {
    const host = await rolling();
    host.put(journalPath, '{');
    const { status, keys, problems } = await listed(host, zone);
    expect([status, problems.map(({ rule }: { rule: string }) => rule)]).toEqual([1, ['ops/journal-unreadable']]);
    expect(keys.map(({ state }: { state?: { goal: string } }) => state?.goal).sort()).toEqual([
      'hidden',
      'omnipresent',
    ]);
  });
});
