// Builds dist/: danezone.js (loader), program.js (everything else), worker.js (what runs in worker threads).
// `node build.mjs --schema` writes schema/danezone.schema.json from the code instead, `--docs` docs/rules.md, `--issuers FOLDER`
// src/dane/issuer-data.ts from the certificates in a folder (docs/issuers.md).
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const { values } = parseArgs({
  options: {
    schema: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
    issuers: { type: 'string' },
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

/**
 * Modules of functions that are run when one of these is first called: what they bring along (yaml, zod, threads) takes longer
 * to load than a small repository takes to check.
 */
const lazyModules = new Map([
  ['src/describe/yaml-composed.ts', ['readComposed']],
  ['src/describe/shape.ts', ['checkShape']],
  ['src/host/workers.ts', ['workerThreads']],
  ['src/pipeline/settings-file.ts', ['parseSettings']],
  // Of this program and of commander.
  ['node:child_process', ['execFileSync', 'spawn']],
]);

/** @type {import('esbuild').Plugin} */
const lazily = {
  name: 'lazily',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\..*\.ts$|^node:child_process$/ }, ({ path, resolveDir, namespace }) => {
      const module = path.startsWith('.') ? join(resolveDir, path) : path;
      const isLazy = namespace !== 'lazily' && lazyModules.has(nameOf(module));
      return isLazy ? { path: module, namespace: 'lazily', sideEffects: false } : undefined;
    });
    onLoad({ filter: /./, namespace: 'lazily' }, ({ path }) => {
      const load = `require(${JSON.stringify(path)})`;
      const functions = lazyModules.get(nameOf(path));
      const contents = functions.map((name) => `export function ${name}() { return ${load}.${name}(...arguments); }`);
      return { contents: contents.join('\n'), resolveDir: root };
    });
  },
};

/**
 * The table of shapes as it comes out, without the schema it is made of.
 * @returns {import('esbuild').Plugin}
 */
function withShapes(shapes) {
  return {
    name: 'shapes',
    setup({ onLoad }) {
      const contents = `export const shapes = JSON.parse(${JSON.stringify(JSON.stringify(shapes))});`;
      onLoad({ filter: /[\\/]describe[\\/]shape-table\.ts$/ }, () => ({ contents }));
    },
  };
}

/** Of a file, its path from the root. */
function nameOf(module) {
  return isAbsolute(module) ? relative(root, module).split(sep).join('/') : module;
}

if (values.schema) await writeSchema();
else if (values.docs) await writeDocs();
else if (values.issuers !== undefined) await writeIssuers(resolve(values.issuers));
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
  const { examples } = await ruleBook();
  const { shapes } = await modulesOf("export { shapes } from './src/describe/shape-table.ts';");
  // A string: it costs nothing until `explain` parses it.
  const define = { ...shared.define, DANEZONE_EXAMPLES: JSON.stringify(JSON.stringify([...examples])) };
  const plugins = [lazily, withShapes(shapes)];
  const program = { ...shared, define, plugins, entryPoints: ['src/cli/main.ts'], outfile };
  const { outputFiles } = await build({ ...program, minifyWhitespace: true, write: false });
  const code = outputFiles.find(({ path }) => path === outfile).text;
  const foreign = /[^\0-\x7f]/.exec(code);
  if (foreign !== null) throw new Error(`not ASCII: ${code.slice(foreign.index - 60, foreign.index + 20)}`);
  await build(program);
  writeFileSync(outfile, readFileSync(outfile, 'utf8').replace(/[^\0-\x7f]/g, '?'), 'latin1');
}

async function writeSchema() {
  const { printJsonSchema } = await modulesOf("export { printJsonSchema } from './src/describe/json-schema.ts';");
  writeFileSync(join(root, 'schema', 'danezone.schema.json'), printJsonSchema());
}

async function writeDocs() {
  const { rulesPage, ...book } = await ruleBook();
  writeFileSync(join(root, 'docs', 'rules.md'), rulesPage(book));
}

/** The built-in issuer catalogue, from issuers.json in a folder and the certificates that it names there. */
async function writeIssuers(folder) {
  const { printCatalogue, readCatalogueList } = await modulesOf(`
    export { readCatalogueList } from './src/dane/catalogue-list.ts';
    export { printCatalogue } from './src/dane/print-catalogue.ts';`);
  const list = join(folder, 'issuers.json');
  if (!existsSync(list)) {
    process.stderr.write(`${list} does not exist: it says what each certificate is (docs/issuers.md)\n`);
    process.exitCode = 1;
    return;
  }
  const read = (path) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path)) : undefined);
  const catalogue = readCatalogueList(readFileSync(list, 'utf8'), read);
  if ('errors' in catalogue) {
    for (const error of catalogue.errors) process.stderr.write(`${error}\n`);
    process.exitCode = 1;
    return;
  }
  writeFileSync(join(root, 'src', 'dane', 'issuer-data.ts'), printCatalogue(catalogue));
  const count = (status) => catalogue.keys.filter((key) => key.status === status).length;
  process.stdout.write(
    `${catalogue.name} as of ${catalogue.asOf}: ${catalogue.keys.length} keys, ${count('active')} active, ${count('backup')} backup\n`,
  );
}

/** The rules, and their examples from the smallest inputs that the tests know. */
async function ruleBook() {
  const { exampleOf, catalogue, ...book } = await modulesOf(`
    export { catalogue, families, tierMeaning } from './src/catalogue.ts';
    export { exampleOf } from './src/report/rule-example.ts';
    export { rulesPage } from './src/report/rules-page.ts';`);
  const examples = new Map();
  for (const id of catalogue.keys()) {
    const folder = join(root, 'test', 'rules', id);
    const example = exampleOf(textsBelow(join(folder, 'bad')), textsBelow(join(folder, 'good')));
    if (example !== undefined) examples.set(id, example);
  }
  return { rules: catalogue, examples, ...book };
}

/** Path from the folder → text; empty where there is no such folder, as in an installed package. */
function textsBelow(folder) {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')]));
}

/** What `contents`, a module in the root, exports. */
async function modulesOf(contents) {
  const stdin = { contents, resolveDir: root, loader: 'ts' };
  const { outputFiles } = await build({ ...shared, legalComments: 'none', stdin, write: false });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(
    module,
    module.exports,
    createRequire(import.meta.url),
  );
  return module.exports;
}
