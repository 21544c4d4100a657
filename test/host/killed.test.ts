import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seeded } from '../../src/host/memory-disk.ts';
import { realHost } from '../../src/host/real.ts';
import { realFiles } from '../../src/host/real-files.ts';
import { withTransaction } from '../../src/host/transaction.ts';
import { bundled, temporaryFolder } from './bundled.ts';

test('runs that are killed (SIGKILL) at random calls leave each generation whole on a real disk', async () => {
  const root = temporaryFolder();
  const entry = bundled('test/host/writing-run.ts');
  const run = (generation: number, dieAt: number) => {
    const ended = spawnSync(process.execPath, [entry, root, String(generation), String(dieAt)], { encoding: 'utf8' });
    if (ended.status !== 0 && ended.signal !== 'SIGKILL') throw new Error(ended.stderr);
    return ended;
  };
  const calls = Number(run(1, 0).stdout);
  expect(calls).toBeGreaterThan(30);

  const host = realHost();
  const random = seeded(20260101);
  let current = 1;
  let killed = 0;
  const outcomes = new Set<string>();
  for (let generation = 2; generation <= 31; generation++) {
    if (run(generation, 1 + Math.floor(random() * calls)).signal === 'SIGKILL') killed++;
    // The next run takes the dead one's lock over and recovers.
    await withTransaction(host, root, async () => {});
    const journal = readFileSync(join(root, 'keys/journal.json'), 'utf8');
    const now = Number(journal.split(' ')[1]);
    expect([current, generation]).toContain(now);
    outcomes.add(now === generation ? 'new' : 'old');
    current = now;
    const expected = current % 2 === 1 ? ['a.zone', 'b.zone', 'odd'] : ['a.zone', 'b.zone'];
    expect(realFiles.list(join(root, 'build'))).toEqual(expected);
    for (const name of expected)
      expect(readFileSync(join(root, 'build', name), 'utf8')).toBe(`build/${name} ${current}`);
    expect(realFiles.list(join(root, '.danezone'))).toEqual([]);
    for (const name of realFiles.list(join(root, 'keys'))) {
      if (name === 'journal.json') continue;
      expect(name).toMatch(/^K[0-9]+\.private$/);
      expect(readFileSync(join(root, 'keys', name), 'utf8')).toBe(`private ${name.slice(1, -'.private'.length)}`);
      expect(realFiles.facts(join(root, 'keys', name))?.mode).toBe(0o600);
    }
    expect(realFiles.list(join(root, 'keys'))).toContain(`K${current}.private`);
  }
  expect(killed).toBeGreaterThan(20);
  expect([...outcomes].sort()).toEqual(['new', 'old']);
});
