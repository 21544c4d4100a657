// `make fuzz`: random lives of zones (test/rollover/random-lives.ts) on every processor, with new seeds each time.
//
//   LIVES=10000 SEED=1 node test/fuzz.mjs        so many lives, from this seed
//   LIVES=100 SEED=17 LIFE=42 node test/fuzz.mjs  life 42 of seed 17 again
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
const outfile = join(folder, 'lives.mjs');
const entry = fileURLToPath(new URL('rollover/fuzz-lives.ts', import.meta.url));
const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile, banner, logLevel: 'error' });
const began = Date.now();
console.log(`${lives} lives from seed ${first}, ${workers} at a time`);
const share = Math.ceil(lives / workers);
const codes = await Promise.all(
  Array.from({ length: workers }, (_, worker) => {
    const own = Math.min(share, lives - worker * share);
    const args = [outfile, String(own), String(first + worker * Math.ceil(share / 100)), ...(life === undefined ? [] : [life])];
    return new Promise((resolve) => spawn(process.execPath, args, { stdio: 'inherit' }).on('close', resolve));
  }),
);
rmSync(folder, { recursive: true });
console.log(`${Math.round((Date.now() - began) / 1000)} s`);
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
