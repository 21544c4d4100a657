/**
 * A run that waits: `stopped-run.js ROOT` stages a file, says so and waits for a signal; `stopped-run.js` without a root writes
 * to standard output until it has written a hundred megabytes, then a word to standard error.
 */
import { realHost } from '../../src/host/real.ts';
import { withTransaction } from '../../src/host/transaction.ts';

const host = realHost();
const [root] = process.argv.slice(2);

if (root === undefined) write(0);
else {
  withTransaction(host, root, async (tx) => {
    tx.stageWhole(`${root}/build/a.zone`, Buffer.from('half'));
    host.stdout.write('staged\n');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  });
}

/** In turns, so that the error of the closed pipe can arrive. */
function write(count: number): void {
  if (count === 100) {
    host.stderr.write('all written\n');
    return;
  }
  host.stdout.write('x'.repeat(1 << 20));
  setImmediate(write, count + 1);
}
