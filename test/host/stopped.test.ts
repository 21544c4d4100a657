import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { realFiles } from '../../src/host/real-files.ts';
import { thisProcess } from '../../src/host/this-process.ts';
import { bundled, temporaryFolder } from './bundled.ts';

test.each([
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
] as const)('a run that gets %s leaves no stage and no lock, and ends by the signal', async (signal) => {
  const root = temporaryFolder();
  const run = spawn(process.execPath, [bundled('test/host/stopped-run.ts'), root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(run.stdout, 'data');
  expect(realFiles.list(`${root}/.danezone`)).toContain('lock');
  expect(realFiles.list(`${root}/build`)).toHaveLength(1);
  run.kill(signal);
  expect(await once(run, 'exit')).toEqual([null, signal]);
  expect(realFiles.list(`${root}/.danezone`)).toEqual([]);
  expect(realFiles.list(`${root}/build`)).toEqual([]);
});

test('a run whose reader goes away ends its work, without a word', async () => {
  const run = spawn(process.execPath, [bundled('test/host/stopped-run.ts')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  run.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await once(run.stdout, 'data');
  run.stdout.destroy();
  expect(await once(run, 'exit')).toEqual([0, null]);
  expect(said).toBe('all written\n');
});

test.skipIf(!existsSync('/dev/full'))('a run whose output does not fit on the disk says so, status 1', () => {
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  const run = spawnSync(process.execPath, [bundled('test/host/stopped-run.ts')], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  expect(run.status).toBe(1);
  expect(run.stderr).toBe(
    'danezone: cannot write standard output: no space left on the device (ENOSPC)\nall written\n',
  );
});

test('the start of a process tells it from every other with its pid', async () => {
  expect(thisProcess.startOf(process.pid)).toBe(thisProcess.started);
  const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const { pid = -1 } = other;
  expect(thisProcess.startOf(pid)).toBeDefined();
  expect(thisProcess.startOf(pid)).not.toBe(thisProcess.started);
  other.stdin.end();
  await once(other, 'exit');
  expect(thisProcess.startOf(pid)).toBeUndefined();
});
