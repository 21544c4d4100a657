// `danezone check` against what it cannot do without: reading the YAML, and starting Node. A part of `make bench`; alone:
//
//   node bench/check.mjs      (two minutes)
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { argv, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { median, run } from './measure.mjs';
import { providerRepository, smallRepository } from './repositories.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const danezone = [execPath, resolve(here, '../dist/danezone.js')];
const zones = 1000;
const certificates = 50;

/** Lines for RESULTS.md; the repositories are made in `work`. */
export function benchCheck(work, log) {
  const [provider, small] = [join(work, 'provider'), join(work, 'two-zones')];
  providerRepository(provider, zones, certificates);
  smallRepository(small);
  const folder = join(provider, 'zones');
  const texts = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const lineCount = texts.reduce((sum, name) => sum + readFileSync(join(folder, name), 'utf8').split('\n').length, 0);
  const check = (root, ...files) => [...danezone, 'check', '--root', root, ...files];
  const changed = join(folder, 'customers-3.yaml');
  const reading = [
    ['reading its YAML with the yaml package', [execPath, join(here, 'read-yaml.mjs'), folder]],
    ['reading its YAML as danezone reads it', [execPath, ownReader(work), folder]],
  ];
  const both = [
    ['danezone check', check(provider)],
    ['danezone check of one file', check(provider, changed)],
  ];
  const large = compare(5, log, [...reading, ...both]);
  const builds = buildTwice(provider, changed, log);
  const built = compare(3, log, [reading[0], ...both]);
  const start = compare(20, log, [
    ['node -e 0', [execPath, '-e', '0']],
    ['danezone check', check(small)],
    ['danezone --version', [...danezone, '--version']],
  ]);
  const size = `${zones.toLocaleString('en')} zones of 25 records, ${certificates} certificates, ${lineCount.toLocaleString('en')} lines of YAML`;
  return [
    '',
    `## check: ${size} (5 runs)`,
    '',
    'Every contender is a whole process, the start of Node in it. js-yaml, which gives no positions, is no dependency and is not measured.',
    '',
    ...large,
    '',
    'With the keys, journals and last outputs of a first build (3 runs):',
    '',
    ...built,
    '',
    `## build: ${size} (1 run)`,
    '',
    ...builds,
    '',
    '## check: two zones, one certificate (20 runs)',
    '',
    ...start,
  ];
}

/** A program that reads YAML with the reader of src/describe and does nothing else. */
function ownReader(work) {
  const outfile = join(work, 'read-own.cjs');
  const contents = `
    import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
    import { readYaml } from '../src/describe/yaml-document.ts';
    import { newReport } from '../src/text/problem.ts';
    for (const name of readdirSync(process.argv[2])) {
      if (!name.endsWith('.yaml')) continue;
      const { root } = readYaml(name, readFileSync(process.argv[2] + '/' + name), newReport());
      if (root === undefined) throw new Error(name);
    }`;
  // The careful reader and the yaml package are loaded when a file needs them, as in dist/.
  const external = ['yaml'];
  buildSync({ stdin: { contents, resolveDir: here, loader: 'ts' }, bundle: true, platform: 'node', format: 'cjs', external, outfile });
  return outfile;
}

/** The first build, one with nothing changed, and one with one file changed: everything is verified again, no signature made. */
function buildTwice(root, changed, log) {
  const build = [...danezone, 'build', '--root', root, '--quiet'];
  const settle = () => spawnSync('sleep', ['3.1']);
  const rows = ['| command | wall s | cpu s | MiB |', '|---|---|---|---|'];
  const measure = (label) => {
    const { wall, cpu, memory } = run(build);
    log(`  ${label.padEnd(44)} ${wall.toFixed(2)} s`);
    rows.push(`| ${label} | ${wall.toFixed(2)} | ${cpu.toFixed(2)} | ${memory.toFixed(0)} |`);
  };
  // What was changed two seconds ago, in whole seconds, is not taken for unchanged.
  settle();
  measure('danezone build (first)');
  measure('danezone build (nothing changed)');
  writeFileSync(changed, `${readFileSync(changed, 'utf8')}# A comment.\n`);
  settle();
  measure('danezone build (a comment in one file changed)');
  return rows;
}

/** Runs all in turn, one round to warm up, and gives a table whose ratios are to the first. */
function compare(runs, log, contenders) {
  const figures = contenders.map(() => []);
  for (const [label, command] of contenders) {
    const { status, stdout, stderr } = spawnSync(command[0], command.slice(1), { encoding: 'utf8' });
    if (status !== 0 || (label.startsWith('danezone check') && !/no problems/.test(stdout))) {
      throw new Error(`${label} ended with ${status}: ${stdout.slice(0, 2000)}${stderr.slice(0, 2000)}`);
    }
  }
  for (let round = 1; round <= runs; round++) {
    for (const [index, [, command]] of contenders.entries()) {
      const before = performance.now();
      const { cpu } = run(command);
      figures[index].push({ wall: performance.now() - before, cpu: cpu * 1000 });
    }
  }
  const rows = figures.map((list) => {
    const walls = list.map(({ wall }) => wall);
    return [median(walls), Math.min(...walls), median(list.map(({ cpu }) => cpu))];
  });
  const table = contenders.map(([label], index) => {
    const own = rows[index];
    log(`  ${label.padEnd(44)} ${own[0].toFixed(0)} ms`);
    return `| ${[label, ...own.map((ms) => ms.toFixed(0)), ...own.map((ms, at) => (ms / rows[0][at]).toFixed(2))].join(' | ')} |`;
  });
  const of = ['median', 'least', 'cpu'];
  return [`| command | median ms | least ms | cpu ms | ${of.map((word) => `${word} to the first`).join(' | ')} |`, '|---|---|---|---|---|---|---|', ...table];
}

if (argv[1] !== undefined && resolve(argv[1]) === fileURLToPath(import.meta.url)) {
  console.log(benchCheck(join(here, 'made'), (line) => console.error(line)).join('\n').trim());
}
