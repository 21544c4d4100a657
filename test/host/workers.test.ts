import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { jobs } from '../../src/host/jobs.ts';
import { realHost } from '../../src/host/real.ts';
import { packed } from '../../src/host/worker-messages.ts';
import { workerThreads } from '../../src/host/workers.ts';
import { type Executor, inProcess, type Job } from '../../src/parallel/executor.ts';
import { bundled, keptFolder } from './bundled.ts';
import { countJob, dyingJob, failingJob, octetsJob, squareJob } from './jobs-of-tests.ts';

let entry: string;
const folder = keptFolder();
beforeAll(() => {
  entry = bundled('test/host/worker-of-tests.ts', folder.path);
});
afterAll(folder.remove);

function threads(width: number): Executor {
  const executor = workerThreads(entry, width);
  onTestFinished(() => executor.close());
  return executor;
}

async function all<Shared, Part, Result>(
  executor: Executor,
  job: Job<Shared, Part, Result>,
  shared: Shared,
  parts: readonly Part[],
): Promise<Result[]> {
  const results: Result[] = [];
  for await (const result of executor.map(job, shared, parts)) results.push(result);
  return results;
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('worker threads', () => {
  test('give the results in the order of the parts, as one process does', async () => {
    const executor = threads(2);
    for (const count of [0, 1, 2, 3, 100]) {
      const results = await all(executor, squareJob, { plus: 7 }, numbers(count));
      expect(results.map(({ square }) => square)).toEqual(numbers(count).map((part) => part * part + 7));
    }
  });

  test('share the parts', async () => {
    const results = await all(threads(2), squareJob, { plus: 0 }, numbers(40));
    expect(new Set(results.map(({ thread }) => thread)).size).toBe(2);
  });

  test('are not started for fewer than three parts', async () => {
    const nowhere = workerThreads('/nowhere/worker.js', 2);
    expect(await all(nowhere, squareJob, { plus: 0 }, [3, 4])).toMatchObject([{ square: 9 }, { square: 16 }]);
    await expect(all(nowhere, squareJob, { plus: 0 }, [3, 4, 5])).rejects.toThrow(/nowhere/);
  });

  test('do several jobs at once without mixing them', async () => {
    const executor = threads(2);
    const sums = await Promise.all([1, 2, 3].map((plus) => all(executor, squareJob, { plus }, numbers(30))));
    for (const [index, results] of sums.entries()) {
      expect(results.map(({ square }) => square)).toEqual(numbers(30).map((part) => part * part + index + 1));
    }
  });

  test('are held back by a slow consumer: at most three parts a thread are begun ahead of it', async () => {
    const begun = new Int32Array(new SharedArrayBuffer(4));
    const executor = threads(2);
    let taken = 0;
    for await (const part of executor.map(countJob, begun, numbers(200))) {
      expect(part).toBe(taken++);
      if (taken % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(Atomics.load(begun, 0)).toBeLessThanOrEqual(taken + 2 * 3);
    }
    expect(taken).toBe(200);
  });

  test('stop when the consumer does, and do the next job', async () => {
    const begun = new Int32Array(new SharedArrayBuffer(4));
    const executor = threads(2);
    for await (const part of executor.map(countJob, begun, numbers(1000))) if (part === 10) break;
    expect(await all(executor, countJob, begun, [5, 6, 7])).toEqual([5, 6, 7]);
    expect(Atomics.load(begun, 0)).toBeLessThan(30);
  });

  test('hand over octets: only their own, whole, without what lay beside them', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(8)).fill(9);
    const results = await all(threads(2), octetsJob, shared, numbers(6));
    for (const [part, { alone, piece, shared: view, list }] of results.entries()) {
      expect([...alone]).toEqual(Array(1000).fill(part));
      expect([...piece]).toEqual(Array(10).fill(part));
      expect(piece.buffer.byteLength).toBe(10);
      expect(view.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(list).toEqual([
        new Uint32Array([part]),
        'text',
        null,
        undefined,
        [1, 2, 3],
        new Uint8Array(Buffer.from('pooled')),
      ]);
    }
  });

  test('report what a part threw, in its turn, and go on working', async () => {
    const executor = threads(2);
    const seen: number[] = [];
    const failing = (async () => {
      for await (const part of executor.map(failingJob, { at: 5, prepare: false }, numbers(20))) seen.push(part);
    })();
    await expect(failing).rejects.toThrow('cannot do part 5');
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    await expect(all(executor, failingJob, { at: 0, prepare: true }, numbers(4))).rejects.toThrow('cannot prepare');
    expect(await all(executor, failingJob, { at: -1, prepare: false }, numbers(4))).toEqual([0, 1, 2, 3]);
  });

  test('that die fail the job, not the next one', async () => {
    const executor = threads(2);
    await expect(all(executor, dyingJob, null, numbers(20))).rejects.toThrow('a worker thread ended with status 3');
    expect(await all(executor, failingJob, { at: -1, prepare: false }, numbers(9))).toEqual(numbers(9));
  });

  test('know only registered jobs', async () => {
    const stranger: Job<null, number, number> = { name: 'stranger', prepare: () => (part) => part };
    await expect(all(threads(2), stranger, null, numbers(5))).rejects.toThrow('no job is named stranger');
  });

  test('that are idle do not keep the process alive', () => {
    const source = 'test/host/idle-run.ts';
    const run = spawnSync(process.execPath, [bundled(source, folder.path), entry], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(run).toMatchObject({ status: 0, stdout: '0 1 4 9 16 25 36 49 64 81\n' });
  });
});

test('every job of the product stands in the table under its own name', () => {
  for (const [name, job] of jobs) expect(job.name).toBe(name);
  expect(jobs.size).toBeGreaterThanOrEqual(3);
});

test('without a worker bundle, or for one job at a time, the work is done in process', () => {
  expect(realHost().executor(4)).toBe(inProcess);
  expect(realHost({ workerEntry: '/x' }).executor(1)).toBe(inProcess);
});

test('octets that own their memory are given away, not copied', () => {
  const alone = new Uint8Array(8);
  const { value, transfer } = packed({ alone });
  expect((value as { alone: Uint8Array }).alone).toBe(alone);
  expect(transfer).toEqual([alone.buffer]);
});
