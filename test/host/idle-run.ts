/** A process that uses worker threads and never closes them: `idle-run.js WORKER`. */
import { workerThreads } from '../../src/host/workers.ts';
import { squareJob } from './jobs-of-tests.ts';

async function run() {
  const results: number[] = [];
  const parts = Array.from({ length: 10 }, (_, index) => index);
  for await (const { square } of workerThreads(process.argv[2], 2).map(squareJob, { plus: 0 }, parts))
    results.push(square);
  process.stdout.write(`${results.join(' ')}\n`);
}
run();
