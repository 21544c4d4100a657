/** `make fuzz`: random lives without end, from the command line: how many, and from which seed. */
import fc from 'fast-check';
import { live, lives, years } from './random-lives.ts';

const [count, seed, only] = process.argv.slice(2).map(Number);
/** A seed for so many lives: a report names both, and one life is made again without those before it. */
const batch = 100;
let done = 0;
let runs = 0;
let broken = 0;
let violations = 0;
for (let part = 0; done < count; part++) {
  const numRuns = Math.min(batch, count - done);
  for (const [number, story] of fc.sample(lives, { numRuns, seed: seed + part }).entries()) {
    if (only !== undefined && number !== only) continue;
    const { failures, world } = live(story);
    runs += world.runs;
    violations += failures.length;
    if (failures.length === 0) continue;
    broken++;
    console.log(
      `life ${number} of seed ${seed + part}:\n  ${failures.slice(0, 5).join('\n  ')}\n  ${JSON.stringify(story)}`,
    );
  }
  done += numRuns;
  if (done % 500 === 0) console.error(`seed ${seed}: ${done} of ${count} lives, ${broken} broken`);
}
const lived = only === undefined ? done : 1;
console.log(JSON.stringify({ seed, lives: lived, years: lived * years, runs, broken, violations }));
process.exitCode = broken > 0 ? 1 : 0;
