// Whole processes, measured by GNU time: wall, processor time, largest resident set; commands alternate, so that a machine
// that slows down slows all of them.
import { spawnSync } from 'node:child_process';

/** One run: seconds of wall and processor time, MiB of resident memory, exit status. Memory of a process group is its largest. */
export function run(command, { allowFailure = false } = {}) {
  const result = spawnSync('/usr/bin/time', ['-q', '-f', '\n@@ %e %U %S %M', ...command], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const figures = /@@ ([0-9.]+) ([0-9.]+) ([0-9.]+) ([0-9]+)\s*$/.exec(result.stderr ?? '');
  if (figures === null || (result.status !== 0 && !allowFailure)) {
    throw new Error(`${command.join(' ')} ended with ${result.status}: ${(result.stderr ?? String(result.error)).slice(-2000)}`);
  }
  const [wall, user, system, kibibytes] = figures.slice(1).map(Number);
  return { wall, cpu: user + system, memory: kibibytes / 1024 };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Runs every contender in turn, `runs` rounds after `warmups`, and gives the medians by contender. */
export function alternate(contenders, runs, warmups, log) {
  const figures = new Map(contenders.map(({ label }) => [label, []]));
  for (let round = 1 - warmups; round <= runs; round++) {
    for (const { label, command, before, allowFailure } of contenders) {
      before?.();
      const figure = run(command, { allowFailure });
      if (round > 0) figures.get(label).push(figure);
      log(`  ${round < 1 ? 'warm-up' : `run ${round}`}  ${label.padEnd(44)} ${figure.wall.toFixed(2)} s wall, ${figure.cpu.toFixed(2)} s cpu, ${figure.memory.toFixed(0)} MiB`);
    }
  }
  return new Map(
    [...figures].map(([label, list]) => [
      label,
      { wall: median(list.map((f) => f.wall)), cpu: median(list.map((f) => f.cpu)), memory: median(list.map((f) => f.memory)) },
    ]),
  );
}
