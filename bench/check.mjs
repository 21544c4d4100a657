// `danezone check` against what it cannot do without: reading the YAML, and starting Node. A part of `make bench`; alone:
//
//   node bench/check.mjs      (half a minute)
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { argv, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { median } from './measure.mjs';
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
  const texts = readdirSync(join(provider, 'zones')).filter((name) => name.endsWith('.yaml'));
  const lineCount = texts.reduce((sum, name) => sum + readFileSync(join(provider, 'zones', name), 'utf8').split('\n').length, 0);
  const check = (root, ...files) => [...danezone, 'check', '--root', root, ...files];
  const large = compare(5, log, [
    ['reading its YAML with the yaml package', [execPath, join(here, 'read-yaml.mjs'), join(provider, 'zones')]],
    ['danezone check', check(provider)],
    ['danezone check of one file', check(provider, join(provider, 'zones/customers-3.yaml'))],
  ]);
  const start = compare(20, log, [
    ['node -e 0', [execPath, '-e', '0']],
    ['danezone check', check(small)],
    ['danezone --version', [...danezone, '--version']],
  ]);
  return [
    '',
    `## check: ${zones.toLocaleString('en')} zones of 25 records, ${certificates} certificates, ${lineCount.toLocaleString('en')} lines of YAML (5 runs)`,
    '',
    ...large,
    '',
    '## check: two zones, one certificate (20 runs)',
    '',
    ...start,
  ];
}

/** Runs all in turn, one round to warm up, and gives a table whose ratios are to the first. */
function compare(runs, log, contenders) {
  const times = contenders.map(() => []);
  for (let round = 0; round <= runs; round++) {
    for (const [index, [label, command]] of contenders.entries()) {
      const before = performance.now();
      const { status, stdout, stderr } = spawnSync(command[0], command.slice(1), { encoding: 'utf8' });
      const milliseconds = performance.now() - before;
      if (status !== 0 || (label.startsWith('danezone check') && !/no problems/.test(stdout))) {
        throw new Error(`${label} ended with ${status}: ${stdout.slice(0, 2000)}${stderr.slice(0, 2000)}`);
      }
      if (round > 0) times[index].push(milliseconds);
    }
  }
  const base = median(times[0]);
  const rows = contenders.map(([label], index) => {
    const own = median(times[index]);
    const least = Math.min(...times[index]);
    log(`  ${label.padEnd(44)} ${own.toFixed(0)} ms`);
    return `| ${label} | ${own.toFixed(0)} | ${least.toFixed(0)} | ${(own / base).toFixed(2)} | ${(least / Math.min(...times[0])).toFixed(2)} |`;
  });
  return ['| command | median ms | least ms | median to the first | least to the first |', '|---|---|---|---|---|', ...rows];
}

if (argv[1] !== undefined && resolve(argv[1]) === fileURLToPath(import.meta.url)) {
  console.log(benchCheck(join(here, 'made'), (line) => console.error(line)).join('\n').trim());
}
