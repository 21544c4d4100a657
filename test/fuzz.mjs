// `make fuzz`: the laws of the engine (test/rollover/random-laws.ts) and whole lives of zones (test/rollover/random-lives.ts) on
// every processor, with new seeds each time.
//
//   LIVES=10000 SEED=1 node test/fuzz.mjs        so many lives for each law, and so many whole ones, from this seed
//   LIVES=100 SEED=17 LIFE=42 node test/fuzz.mjs  whole life 42 of seed 17 again
//   FUZZ_RUNS=10000 SEED=1 npx vitest run test/rollover/random.test.ts   the laws again
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const lives = Number(process.env.LIVES ?? 10_000);
const first = Number(process.env.SEED ?? (Date.now() & 0xffffff));
const life = process.env.LIFE;
const workers = life === undefined ? Math.max(1, Math.min(cpus().length, Math.ceil(lives / 100))) : 1;
const folder = mkdtempSync(join(tmpdir(), 'danezone-fuzz-'));
const names = ['fuzz-laws', 'fuzz-lives'];
const entryPoints = names.map((name) => fileURLToPath(new URL(`rollover/${name}.ts`, import.meta.url)));
const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
const outExtension = { '.js': '.mjs' };
await build({ entryPoints, outdir: folder, outExtension, bundle: true, platform: 'node', format: 'esm', banner, logLevel: 'error' });
const run = (name, ...args) =>
  new Promise((resolve) =>
    spawn(process.execPath, [join(folder, `${name}.mjs`), ...args.map(String)], { stdio: 'inherit' }).on('close', resolve),
  );
const began = Date.now();
const laws = life === undefined ? [await run('fuzz-laws', lives, first)] : [];
console.log(`${lives} lives from seed ${first}, ${workers} at a time`);
const share = Math.ceil(lives / workers);
const whole = await Promise.all(
  Array.from({ length: workers }, (_, worker) => {
    const own = Math.min(share, lives - worker * share);
    return run('fuzz-lives', own, first + worker * Math.ceil(share / 100), ...(life === undefined ? [] : [life]));
  }),
);
rmSync(folder, { recursive: true });
console.log(`${Math.round((Date.now() - began) / 1000)} s`);
process.exitCode = [...laws, ...whole].every((code) => code === 0) ? 0 : 1;
