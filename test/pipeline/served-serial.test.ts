/** Serials against what was put out last, which may be ahead of a state that was restored. */
import { describe, expect, test } from 'vitest';
import type { MemoryHost } from '../../src/host/memory.ts';
import { danezone, net, noon, repository, serial, text, tree } from './run.ts';

const zonePath = '/infra/build/example.net.zone';
const described = (note: string) => net.replace('}]}', `}], records: {a: {TXT: ${note}}}}`);

/** A repository with the files of others: of the first one that has the path. */
function made(changes: Record<string, string>, ...of: readonly MemoryHost[]): MemoryHost {
  const next = repository({}, noon);
  for (const path of tree(next, '/infra').keys()) next.files.remove(path);
  const all = new Map([...of.toReversed().flatMap((host) => [...tree(host, '/infra')]), ...Object.entries(changes)]);
  for (const [path, content] of all) {
    next.files.makeFolder(path.slice(0, path.lastIndexOf('/')));
    next.files.writeNew(path, Buffer.from(content), path.endsWith('.private') ? 0o600 : 0o644);
  }
  return next;
}

const yaml = '/infra/zones/net.yaml';

async function twoBuilds() {
  const first = made({ [yaml]: described('one') }, repository());
  expect(await danezone(first, 'build')).toMatchObject({ status: 0 });
  const old = made({}, first);
  const second = made({ [yaml]: described('two') }, first);
  expect(await danezone(second, 'build')).toMatchObject({ status: 0 });
  return { old, second };
}

const stateOf = (host: MemoryHost) =>
  Object.fromEntries([...tree(host, '/infra/keys')].filter(([path]) => path.startsWith('/infra/keys/example.net/')));

describe('a state that is older than the output', () => {
  test('gives no serial that was served already with other content', async () => {
    const { old, second } = await twoBuilds();
    const served = serial(text(second, zonePath));
    expect(serial(text(old, zonePath))).toBe(served - 1);
    const restored = made({ ...stateOf(old), [yaml]: described('three') }, second);
    expect(await danezone(restored, 'build')).toMatchObject({ status: 0 });
    expect(serial(text(restored, zonePath))).toBe(served + 1);
  });

  test('gives none either to content that is kept because of errors', async () => {
    const { old, second } = await twoBuilds();
    const restored = made({ ...stateOf(old), [yaml]: described('[') }, second);
    await danezone(restored, 'build');
    expect(serial(text(restored, zonePath))).toBe(serial(text(second, zonePath)) + 1);
  });

  test('is an error where no serial can be ahead of both, and the zone is signed again all the same', async () => {
    const { second } = await twoBuilds();
    const served = serial(text(second, zonePath));
    const manifest = '/infra/build/manifest.json';
    const far = served + 2 ** 31;
    const changed = JSON.parse(text(second, manifest));
    changed.zones['example.net.'].serial = far;
    const host = made({ [manifest]: JSON.stringify(changed), [yaml]: described('three') }, second);
    const ran = await danezone(host, 'build');
    expect(ran.status).toBe(3);
    expect(ran.err).toContain('error[zone/serial-not-increased]');
    expect(ran.err).not.toContain('build/failed-verification');
    expect(text(host, zonePath)).toMatch(/\tRRSIG\tSOA /);
    expect(text(host, zonePath)).toContain('"two"');
  });

  test('does not bind a preview elsewhere: it is the same each time', async () => {
    const { second } = await twoBuilds();
    const host = made({ [yaml]: described('three') }, second);
    host.files.remove('/infra/.danezone/unchanged.json');
    const preview = async () => {
      expect(await danezone(host, 'build', '--out', '/infra/preview', '--now', String(noon + 86400))).toMatchObject({
        status: 0,
      });
      return tree(host, '/infra/preview');
    };
    expect(await preview()).toEqual(await preview());
  });
});
