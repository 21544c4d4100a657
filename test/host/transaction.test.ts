import { describe, expect, test } from 'vitest';
import { readThrough } from '../../src/host/commit-record.ts';
import { FileError, type Host } from '../../src/host/host.ts';
import { Locked } from '../../src/host/lock.ts';
import { Crash, type MemoryHost, memoryHost } from '../../src/host/memory.ts';
import type { Survival } from '../../src/host/memory-disk.ts';
import { type Commit, withTransaction } from '../../src/host/transaction.ts';

const root = '/infra';
const octets = (text: string) => Buffer.from(text);

const before = {
  '/infra/build/example.org.zone': 'old zone',
  '/infra/build/gone.example.zone': 'a zone that left the description',
  '/infra/build/same.example.zone': 'same',
  '/infra/keys/example.org/journal.json': 'generation 7',
};
const keys = {
  '/infra/keys/new.example/Knew.private': 'private half',
  '/infra/keys/new.example/Knew.key': 'public half',
};
const after = {
  '/infra/build/example.org.zone': 'new zone',
  '/infra/build/new.example.zone': 'first zone',
  '/infra/build/same.example.zone': 'same',
  '/infra/keys/example.org/journal.json': 'generation 8',
  '/infra/keys/new.example/journal.json': 'generation 1',
};

/** A build as the pipeline makes it: a new zone with its keys, a changed one, one that goes, one that stays. */
async function build(host: Host, keyWritten: (path: string) => void = () => {}): Promise<Commit> {
  return withTransaction(host, root, async (tx) => {
    for (const [path, content] of Object.entries(keys)) {
      tx.writeKey(path, octets(content));
      keyWritten(path);
    }
    const zone = tx.stage('/infra/build/example.org.zone');
    zone.write(octets('new '));
    zone.write(octets('zone'));
    zone.close();
    for (const [path, content] of Object.entries(after).slice(1)) tx.stageWhole(path, octets(content));
    tx.remove('/infra/build/gone.example.zone');
    await Promise.resolve();
    expect(Buffer.from(tx.stagedRead('/infra/build/example.org.zone')).toString()).toBe('new zone');
    return tx.commit();
  });
}

/** The outputs and journals, without key files and without the transaction's own folder. */
function state(host: MemoryHost): Record<string, string> {
  return Object.fromEntries(
    Object.entries(host.tree()).filter(([path]) => !path.startsWith('/infra/.danezone/') && !(path in keys)),
  );
}

/** The same, as a command that writes nothing sees it. */
function seen(host: MemoryHost): Record<string, string> {
  const view = readThrough(host.files, root);
  const found: Record<string, string> = {};
  const visit = (folder: string) => {
    for (const name of view.list(folder)) {
      const path = `${folder}/${name}`;
      const kind = view.facts(path)?.kind;
      if (kind === 'folder' && name !== '.danezone') visit(path);
      if (kind === 'file' && !(path in keys)) found[path] = Buffer.from(view.read(path)).toString();
    }
  };
  visit(root);
  return found;
}

const survivals: readonly Survival[] = ['all', 'synced', ...Array.from({ length: 12 }, (_, seed) => seed)];

/** All of a run's steps, and the step after which each key file was safe. */
async function reference() {
  const host = memoryHost({ files: before });
  const safeAfter = new Map<string, number>();
  const commit = await build(host, (path) => safeAfter.set(path, host.steps.length));
  return { host, commit, steps: [...host.steps], safeAfter };
}

async function crashed(at: number): Promise<MemoryHost> {
  const host = memoryHost({ files: before });
  host.crashAfter(at);
  await expect(build(host)).rejects.toThrow(Crash);
  return host;
}

describe('a committed transaction', () => {
  test('replaces, adds and removes its targets and leaves nothing else', async () => {
    const { host, commit } = await reference();
    expect(host.tree()).toEqual({ ...after, ...keys });
    expect(commit).toEqual({
      kind: 'committed',
      changed: [
        '/infra/build/example.org.zone',
        '/infra/build/new.example.zone',
        '/infra/keys/example.org/journal.json',
        '/infra/keys/new.example/journal.json',
        '/infra/build/gone.example.zone',
      ],
      unchanged: ['/infra/build/same.example.zone'],
    });
  });

  test('does not touch a file whose content it would not change', async () => {
    const host = memoryHost({ files: before });
    const modified = () => host.files.facts('/infra/build/same.example.zone');
    const then = modified();
    await build(host);
    expect(modified()).toEqual(then);
  });

  test('writes private keys with mode 0600', async () => {
    const { host } = await reference();
    expect(host.files.facts('/infra/keys/new.example/Knew.private')?.mode).toBe(0o600);
  });

  test('survives a power failure at once, whole', async () => {
    const { host } = await reference();
    expect(state(host.restart('synced'))).toEqual(after);
  });
});

describe('a run that dies', () => {
  test('before any step, under any loss: the next run finds all old or all new, and no stage is left', async () => {
    const { steps, safeAfter } = await reference();
    const outcomes = new Set<string>();
    for (let at = 1; at <= steps.length; at++) {
      const dead = await crashed(at);
      for (const survival of survivals) {
        const where = `before ${steps[at - 1]}, ${survival} survives`;
        const host = dead.restart(survival);
        const readers = seen(host);
        expect([before, after], where).toContainEqual(readers);
        await withTransaction(host, root, async () => {});
        expect(state(host), where).toEqual(readers);
        expect(
          Object.keys(host.tree()).filter((path) => path.includes('danezone')),
          where,
        ).toEqual([]);
        for (const [path, content] of Object.entries(keys)) {
          const found = host.tree()[path];
          expect([undefined, content], where).toContain(found);
          if (at > safeAfter.get(path)!) expect(found, where).toBe(content);
        }
        outcomes.add(readers['/infra/build/example.org.zone']);
      }
    }
    expect([...outcomes].sort()).toEqual(['new zone', 'old zone']);
  });

  test('and dies again at any step of the recovery: recovering twice is recovering once', async () => {
    const { steps } = await reference();
    for (let at = 1; at <= steps.length; at++) {
      for (const survival of ['all', 'synced'] as const) {
        const first = await crashed(at);
        const expected = seen(first.restart(survival));
        for (let again = 1; ; again++) {
          const second = first.restart(survival);
          second.crashAfter(again);
          let finished = false;
          await withTransaction(second, root, async () => {}).then(
            () => {
              finished = true;
            },
            (error) => expect(error).toBeInstanceOf(Crash),
          );
          const third = second.restart(survival);
          await withTransaction(third, root, async () => {});
          expect(state(third), `${steps[at - 1]}; then step ${again}; ${survival}`).toEqual(expected);
          if (finished) break;
        }
      }
    }
  });

  test('can simply be run again', async () => {
    const { steps } = await reference();
    for (let at = 1; at <= steps.length; at += 3) {
      const host = (await crashed(at)).restart('all');
      const rerun = withTransaction(host, root, async (tx) => {
        for (const [path, content] of Object.entries(after)) tx.stageWhole(path, octets(content));
        tx.remove('/infra/build/gone.example.zone');
        return tx.commit();
      });
      expect(await rerun).toHaveProperty('kind', 'committed');
      expect(state(host)).toEqual(after);
    }
  });
});

describe('a disk that refuses', () => {
  test('any one step stops the run with its reason, or does no harm; all is old or all is new after the next', async () => {
    const { steps } = await reference();
    for (let at = 1; at <= steps.length; at++) {
      for (const survival of ['all', 'synced'] as const) {
        const where = `${steps[at - 1]} refused, ${survival} survives`;
        const host = memoryHost({ files: before });
        host.failAfter(at, 'ENOSPC');
        await build(host).catch((error) => expect(error, where).toMatchObject({ code: 'ENOSPC' }));
        const next = host.restart(survival);
        const readers = seen(next);
        expect([before, after], where).toContainEqual(readers);
        await withTransaction(next, root, async () => {});
        expect(state(next), where).toEqual(readers);
        expect(
          Object.keys(next.tree()).filter((path) => path.includes('danezone')),
          where,
        ).toEqual([]);
      }
    }
  });
});

describe('a run that ends without a commit', () => {
  test('by an error in the computation leaves everything as it was, apart from key files', async () => {
    const host = memoryHost({ files: before });
    const failing = withTransaction(host, root, async (tx) => {
      tx.writeKey('/infra/keys/new.example/Knew.private', octets('private half'));
      tx.stage('/infra/build/example.org.zone').write(octets('half'));
      tx.stageWhole('/infra/build/new.example.zone', octets('x'));
      throw new RangeError('a bug');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(host.tree()).toEqual({ ...before, '/infra/keys/new.example/Knew.private': 'private half' });
  });

  test('by a signal gives the lock back and leaves no stage', async () => {
    const host = memoryHost({ files: before });
    let interrupted = false;
    const stopped = withTransaction(host, root, async (tx) => {
      tx.stageWhole('/infra/build/example.org.zone', octets('x'));
      host.interrupt();
      interrupted = true;
      await tx.commit();
    });
    await expect(stopped).rejects.toThrow(Crash);
    expect(interrupted).toBe(true);
    const next = host.restart('all');
    expect(next.tree()).toEqual(before);
  });

  test('because the state was changed by somebody else changes nothing and says what', async () => {
    const host = memoryHost({ files: before });
    const journal = '/infra/keys/example.org/journal.json';
    const commit = await withTransaction(host, root, async (tx) => {
      const read = host.text(journal);
      tx.stageWhole(journal, octets('generation 8'));
      tx.expectGeneration(() =>
        host.text(journal) === read ? undefined : 'example.org. has generation 9, 7 was read',
      );
      host.put(journal, 'generation 9');
      return tx.commit();
    });
    expect(commit).toEqual({ kind: 'conflict', message: 'example.org. has generation 9, 7 was read' });
    expect(host.tree()).toEqual({ ...before, [journal]: 'generation 9' });
  });
});

describe('key files', () => {
  test('never replace another file', async () => {
    const host = memoryHost({ files: { '/infra/keys/K.private': 'older' } });
    const writing = withTransaction(host, root, async (tx) => tx.writeKey('/infra/keys/K.private', octets('newer')));
    await expect(writing).rejects.toMatchObject({ code: 'EEXIST' });
    expect(host.tree()).toEqual({ '/infra/keys/K.private': 'older' });
  });
});

describe('a stage', () => {
  test('that is staged again counts with its later content', async () => {
    const host = memoryHost();
    await withTransaction(host, root, async (tx) => {
      tx.stageWhole('/infra/a', octets('first'));
      tx.stageWhole('/infra/a', octets('second'));
      tx.stageWhole('/infra/b', octets('never'));
      tx.remove('/infra/b');
      return tx.commit();
    });
    expect(host.tree()).toEqual({ '/infra/a': 'second' });
  });

  test('larger than what is held in memory is written as it comes, and is not touched either where it changes nothing', async () => {
    const host = memoryHost();
    const chunk = Buffer.alloc(400_000, 'zone');
    const write = () =>
      withTransaction(host, root, async (tx) => {
        const stage = tx.stage('/infra/build/large.zone');
        const reused = Buffer.alloc(chunk.length);
        for (let count = 0; count < 5; count++) {
          reused.set(chunk);
          stage.write(reused);
          reused.fill(0);
        }
        stage.close();
        expect(tx.stagedRead('/infra/build/large.zone').length).toBe(5 * chunk.length);
        return tx.commit();
      });
    expect(await write()).toMatchObject({ changed: ['/infra/build/large.zone'] });
    expect(Object.keys(host.tree())).toEqual(['/infra/build/large.zone']);
    expect(host.text('/infra/build/large.zone')).toBe(Buffer.concat(Array(5).fill(chunk)).toString());
    const facts = host.files.facts('/infra/build/large.zone');
    expect(await write()).toMatchObject({ changed: [], unchanged: ['/infra/build/large.zone'] });
    expect(host.files.facts('/infra/build/large.zone')).toEqual(facts);
    expect(Object.keys(host.tree())).toEqual(['/infra/build/large.zone']);
  });

  test('that changes nothing is written nowhere, is read from its target, and sees when that is touched', async () => {
    const host = memoryHost({ files: { '/infra/a': 'same' } });
    const commit = await withTransaction(host, root, async (tx) => {
      tx.stageWhole('/infra/a', octets('same'));
      expect(Buffer.from(tx.stagedRead('/infra/a')).toString()).toBe('same');
      expect(host.steps.filter((step) => step.startsWith('create')).every((step) => step.includes('/lock'))).toBe(true);
      host.put('/infra/a', 'other');
      return tx.commit();
    });
    expect(commit).toHaveProperty('kind', 'conflict');
    expect(host.tree()).toEqual({ '/infra/a': 'other' });
  });

  test('can be taken back, also after it was closed', async () => {
    const host = memoryHost({ files: { '/infra/a': 'old' } });
    await withTransaction(host, root, async (tx) => {
      const first = tx.stage('/infra/a');
      first.write(octets('new'));
      first.close();
      first.abandon();
      const second = tx.stage('/infra/b');
      second.write(octets('new'));
      second.abandon();
      return tx.commit();
    });
    expect(host.tree()).toEqual({ '/infra/a': 'old' });
  });

  test('cannot take the place of a folder, and says so before the commit point', async () => {
    const host = memoryHost({ files: { '/infra/build/a/x': '' } });
    const staging = withTransaction(host, root, async (tx) => tx.stageWhole('/infra/build/a', octets('x')));
    await expect(staging).rejects.toMatchObject({ code: 'EISDIR', path: '/infra/build/a' });
  });

  test('has the SHA-256 of its content (FIPS 180-2 appendix B.1)', async () => {
    const digest = await withTransaction(memoryHost(), root, async (tx) => tx.stageWhole('/infra/a', octets('abc')));
    expect(digest).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('two runs at once', () => {
  test('the second is told who writes, and changes nothing', async () => {
    const first = memoryHost({ files: before });
    const second = first.sibling();
    await withTransaction(first, root, async (tx) => {
      tx.stageWhole('/infra/build/example.org.zone', octets('new zone'));
      const refused = await build(second).catch((error) => error);
      expect(refused).toBeInstanceOf(Locked);
      expect(refused).toMatchObject({ code: 'ELOCKED' });
      expect(refused.message).toContain(`pid ${first.process.pid} on memory`);
      return tx.commit();
    });
    expect(first.text('/infra/build/example.org.zone')).toBe('new zone');
    expect(await build(second)).toHaveProperty('kind', 'committed');
  });

  test('a lock whose process is gone is taken over; so is one whose pid belongs to another process now', async () => {
    const lock = (pid: number, started: string) =>
      JSON.stringify({ host: 'memory', pid, started, since: 0, token: '0123456789abcdef' });
    for (const content of [lock(99, 'boot/1'), lock(101, 'boot/1')]) {
      const host = memoryHost({ files: { ...before, '/infra/.danezone/lock': content } });
      expect(await build(host)).toHaveProperty('kind', 'committed');
    }
  });

  test('a lock of another machine, or one that cannot be read, is left alone, with a word on what to do', async () => {
    for (const content of [JSON.stringify({ host: 'other', pid: 1, started: 'x', since: 0, token: 'x' }), 'torn {']) {
      const host = memoryHost({ files: { ...before, '/infra/.danezone/lock': content } });
      const refused = await build(host).catch((error) => error);
      expect(refused).toBeInstanceOf(Locked);
      expect(refused.message).toContain('remove');
      expect(host.tree()).toEqual({ ...before, '/infra/.danezone/lock': content });
    }
  });

  test('a run that lost its lock finds out at its commit and changes nothing', async () => {
    const host = memoryHost({ files: before });
    const thief = host.sibling();
    const commit = await withTransaction(host, root, async (tx) => {
      tx.stageWhole('/infra/build/example.org.zone', octets('lost'));
      thief.files.remove('/infra/.danezone/lock');
      expect(await build(thief)).toHaveProperty('kind', 'committed');
      return tx.commit();
    });
    expect(commit).toHaveProperty('kind', 'conflict');
    expect(state(host)).toEqual(after);
    expect(Object.keys(host.tree()).filter((path) => path.includes('danezone'))).toEqual([]);
  });

  test('a run whose lock is held by another at its commit leaves that lock alone', async () => {
    const host = memoryHost({ files: before });
    const other = JSON.stringify({ host: 'memory', pid: 99, started: 'x', since: 0, token: 'x' });
    const commit = await withTransaction(host, root, async (tx) => {
      tx.stageWhole('/infra/build/example.org.zone', octets('lost'));
      host.put('/infra/.danezone/lock', other);
      return tx.commit();
    });
    expect(commit).toHaveProperty('kind', 'conflict');
    expect(host.tree()).toEqual({ ...before, '/infra/.danezone/lock': other });
  });

  test('a run that meets the commit of another leaves it alone', async () => {
    const host = memoryHost({ files: before });
    const commit = await withTransaction(host, root, async (tx) => {
      tx.stageWhole('/infra/build/example.org.zone', octets('lost'));
      host.put('/infra/.danezone/commit.json', 'of another');
      return tx.commit();
    });
    expect(commit).toHaveProperty('kind', 'conflict');
    expect(host.tree()).toEqual({ ...before, '/infra/.danezone/commit.json': 'of another' });
  });

  test('whoever dies while taking over a stale lock is no obstacle to the next', async () => {
    const stale = JSON.stringify({ host: 'memory', pid: 99, started: 'boot/1', since: 0, token: '0123456789abcdef' });
    for (let at = 1; at <= 14; at++) {
      const host = memoryHost({ files: { ...before, '/infra/.danezone/lock': stale } });
      host.crashAfter(at);
      await withTransaction(host, root, async () => {}).catch((error) => expect(error).toBeInstanceOf(Crash));
      const next = host.restart('all');
      expect(await build(next)).toHaveProperty('kind', 'committed');
      expect(Object.keys(next.tree()).filter((path) => path.includes('danezone'))).toEqual([]);
    }
  });
});

describe('a commit record', () => {
  const record = (entries: unknown) => JSON.stringify({ version: 1, token: '0123456789abcdef', entries });
  const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

  test.each([
    ['of a newer danezone', JSON.stringify({ version: 2 })],
    ['that is no JSON', '{'],
    ['that moves a file that is no stage', record([{ kind: 'rename', stage: '../x', target: '../y', digest }])],
    [
      'that moves a stage to another folder',
      record([{ kind: 'rename', stage: 'a/.danezone-0123456789abcdef-1', target: 'b/y', digest }]),
    ],
    ['without digest', record([{ kind: 'rename', stage: '.danezone-0123456789abcdef-1', target: 'y' }])],
  ])('%s stops the run before it changes anything', async (_, content) => {
    const files = { '/infra/a/.danezone-0123456789abcdef-1': 'abc', '/infra/.danezone/commit.json': content };
    const host = memoryHost({ files });
    await expect(withTransaction(host, root, async () => {})).rejects.toMatchObject({ code: 'EDAMAGED' });
    expect(host.tree()).toEqual(files);
    expect(() => readThrough(host.files, root)).toThrow(FileError);
  });

  test('whose stage has lost its content stops the run before the first rename', async () => {
    const entry = (number: number) => ({
      kind: 'rename',
      stage: `build/.danezone-0123456789abcdef-${number}`,
      target: `build/${number}`,
      digest,
    });
    const files = {
      '/infra/build/.danezone-0123456789abcdef-1': 'abc',
      '/infra/build/.danezone-0123456789abcdef-2': 'ab',
      '/infra/.danezone/commit.json': record([entry(1), entry(2)]),
    };
    const host = memoryHost({ files });
    const refused = await withTransaction(host, root, async () => {}).catch((error) => error);
    expect(refused).toMatchObject({ code: 'EDAMAGED', path: '/infra/build/.danezone-0123456789abcdef-2' });
    expect(host.tree()).toEqual(files);
  });

  test('removes only files that one of our runs has marked', async () => {
    const files = {
      '/etc/passwd': 'x',
      '/infra/.danezone/commit.json': record([
        { kind: 'remove', stage: '../etc/.danezone-0123456789abcdef-1', target: '../etc/passwd' },
      ]),
    };
    const host = memoryHost({ files });
    await withTransaction(host, root, async () => {});
    expect(host.tree()).toEqual({ '/etc/passwd': 'x' });
  });
});
