// Builds dist/: danezone.js (loader), program.js (everything else), worker.js (what runs in worker threads).
// `node build.mjs --schema` writes schema/danezone.schema.json from the code instead.
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const { values } = parseArgs({
  options: {
    schema: { type: 'boolean', default: false },
    /** Another folder than dist/, for tests. */
    out: { type: 'string', default: 'dist' },
  },
});

/** @type {import('esbuild').BuildOptions} */
const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  charset: 'ascii',
  // One file, so `await import` of our own modules stays lazy: esbuild runs a module when it is asked for.
  splitting: false,
  legalComments: 'linked',
  define: { DANEZONE_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
};

if (values.schema) await writeSchema();
else await buildAll(resolve(root, values.out));

async function buildAll(out) {
  mkdirSync(out, { recursive: true });
  // V8's code caches of earlier bundles are of no use any more, and are not to be packed.
  for (const name of readdirSync(out)) if (name.endsWith('.cache')) rmSync(join(out, name));
  const loader = join(out, 'danezone.js');
  await Promise.all([
    build({ ...shared, entryPoints: ['src/cli/loader.ts'], outfile: loader, banner: { js: '#!/usr/bin/env node' } }),
    buildProgram(join(out, 'program.js')),
    build({ ...shared, entryPoints: ['src/host/worker.ts'], outfile: join(out, 'worker.js') }),
  ]);
  chmodSync(loader, 0o755);
}

/**
 * The loader reads the program as one octet a character, which takes a fifth of the time. esbuild escapes what is not ASCII in
 * code, but not in comments: these lose it here, after a look that nothing else has any.
 */
async function buildProgram(outfile) {
  const program = { ...shared, entryPoints: ['src/cli/main.ts'], outfile };
  const { outputFiles } = await build({ ...program, minifyWhitespace: true, write: false });
  const code = outputFiles.find(({ path }) => path === outfile).text;
  const foreign = /[^\0-\x7f]/.exec(code);
  if (foreign !== null) throw new Error(`not ASCII: ${code.slice(foreign.index - 60, foreign.index + 20)}`);
  await build(program);
  writeFileSync(outfile, readFileSync(outfile, 'utf8').replace(/[^\0-\x7f]/g, '?'), 'latin1');
}

async function writeSchema() {
  const outfile = join(root, 'dist', 'schema.cjs');
  await build({ ...shared, legalComments: 'none', entryPoints: ['src/describe/json-schema.ts'], outfile });
  try {
    const { printJsonSchema } = createRequire(import.meta.url)(outfile);
    writeFileSync(join(root, 'schema', 'danezone.schema.json'), printJsonSchema());
  } finally {
    rmSync(outfile, { force: true });
  }
}
