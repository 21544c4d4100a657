/** The laws of the engine with fresh seeds, from the command line: how many lives of each, and from which seed. */
import { laws } from './random-laws.ts';

const [numRuns, seed] = process.argv.slice(2).map(Number);
const found = laws.flatMap(({ text, findIn }) => {
  const broken = findIn({ seed, numRuns });
  return broken === undefined ? [] : [`${text}\n${broken}`];
});
for (const each of found) console.log(each);
console.log(JSON.stringify({ seed, laws: laws.length, lives: numRuns * laws.length, broken: found.length }));
process.exitCode = found.length > 0 ? 1 : 0;
