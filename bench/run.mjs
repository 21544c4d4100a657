// `make bench`: measures dist/danezone.js against the programs that do the same work, in alternation in one run, and writes
// bench/RESULTS.md; `check` against reading YAML and starting Node (check.mjs). What is measured is what `make zones` runs: the same executable, the same functions.
//
//   node bench/run.mjs [--runs N] [--only PATTERN] [--small]     (--small: a tenth of the names, for a quick look)
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchCheck } from './check.mjs';
import { alternate } from './measure.mjs';
import { delegationZone, mixedZone } from './zones.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const work = join(here, 'made');
const danezone = [process.execPath, resolve(here, '../dist/danezone.js')];
const argument = (flag) => (process.argv.includes(flag) ? process.argv[process.argv.indexOf(flag) + 1] : undefined);
const small = process.argv.includes('--small');
const runs = Number(argument('--runs') ?? 2);
const only = new RegExp(argument('--only') ?? '.');
const log = (line) => console.error(line);

const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const needed = ['openssl', 'dnssec-signzone', 'kzonesign', 'ldns-signzone', 'dnssec-verify', 'kzonecheck', 'dnssec-keygen'];
const missing = needed.filter((program) => !has(program));
if (missing.length > 0 || !existsSync('/usr/bin/time')) {
  log(`bench: ${[...missing, ...(existsSync('/usr/bin/time') ? [] : ['time'])].join(', ')} missing; install with: make e2e-install`);
  process.exit(2);
}

const scale = small ? 10 : 1;
const sets = [
  { name: 'small', origin: 'small.example.', text: mixedZone('small.example.', 1000), runs: Math.max(runs, 5), warmups: 1 },
  { name: 'mixed', origin: 'mixed.example.', text: mixedZone('mixed.example.', 100_000 / scale), runs, warmups: 0 },
  { name: 'delegations', origin: 'delegations.example.', text: delegationZone('delegations.example.', 300_000 / scale), runs, warmups: 0 },
];

function quiet(program, args, options = {}) {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28, ...options });
}

/** A folder for one zone: the plain file, a KSK and a ZSK of dnssec-keygen, Knot's key store with the same keys. */
function prepare(set) {
  const folder = join(work, set.name);
  mkdirSync(folder, { recursive: true });
  const plain = join(folder, 'plain.zone');
  writeFileSync(plain, set.text);
  const keys = join(folder, 'keys');
  mkdirSync(keys);
  const ksk = quiet('dnssec-keygen', ['-q', '-K', keys, '-a', '13', '-f', 'KSK', set.origin]).trim();
  const zsk = quiet('dnssec-keygen', ['-q', '-K', keys, '-a', '13', set.origin]).trim();
  // ldns-signzone and dnssec-signzone differ in whether they add the keys to the zone themselves.
  const withKeys = join(folder, 'with-keys.zone');
  writeFileSync(withKeys, set.text + [ksk, zsk].map((key) => readFileSync(join(keys, `${key}.key`), 'utf8')).join(''));
  for (const denial of ['nsec', 'nsec3']) {
    const knot = join(folder, `knot-${denial}`);
    mkdirSync(join(knot, 'db'), { recursive: true });
    cpSync(plain, join(knot, `${set.origin}zone`));
    writeFileSync(
      join(knot, 'knot.conf'),
      `policy:
  - id: bench
    manual: on
    signing-threads: 2
    nsec3: ${denial === 'nsec3' ? 'on\n    nsec3-iterations: 0\n    nsec3-salt-length: 0' : 'off'}
    rrsig-lifetime: 30d
    rrsig-refresh: 7d
database:
  storage: ${knot}/db
template:
  - id: default
    storage: ${knot}
    file: '%s.zone'
    dnssec-signing: on
    dnssec-policy: bench
    zonefile-load: difference-no-serial
    journal-content: all
zone:
  - domain: ${set.origin}
    file: ${set.origin}zone
`,
    );
    for (const key of [ksk, zsk]) quiet('keymgr', ['-c', join(knot, 'knot.conf'), set.origin, 'import-bind', join(keys, `${key}.key`)]);
  }
  return { ...set, folder, plain, keys, ksk, zsk, withKeys };
}

/** What signs: each takes the plain zone and writes a signed one. */
function signers(set, denial) {
  const nsec3 = denial === 'nsec3';
  const ours = (label, extra) => ({
    label,
    command: [...danezone, 'sign', set.plain, '--origin', set.origin, '--keys', set.keys, ...(nsec3 ? ['--nsec3'] : []), '--serial', 'keep', ...extra, '-o', join(set.folder, `ours-${denial}.zone`)],
  });
  const knot = join(set.folder, `knot-${denial}`);
  return [
    ours('danezone sign --no-verify', ['--no-verify']),
    ours('danezone sign', []),
    {
      label: 'dnssec-signzone -n 2 -P',
      command: ['dnssec-signzone', '-n', '2', '-P', '-S', '-q', '-K', set.keys, '-d', set.folder, '-o', set.origin, '-N', 'keep', ...(nsec3 ? ['-3', '-', '-H', '0'] : []), '-f', join(set.folder, `bind-${denial}.zone`), set.plain],
    },
    {
      label: 'kzonesign (2 threads)',
      before: () => rmSync(join(knot, 'out'), { recursive: true, force: true }),
      command: ['kzonesign', '-c', join(knot, 'knot.conf'), '-o', join(knot, 'out'), set.origin],
    },
    {
      label: 'ldns-signzone',
      command: ['ldns-signzone', ...(nsec3 ? ['-n', '-t', '0'] : []), '-o', set.origin, '-f', join(set.folder, `ldns-${denial}.zone`), set.withKeys, join(set.keys, set.ksk), join(set.keys, set.zsk)],
    },
  ];
}

/** What checks: each reads the zone that dnssec-signzone signed. */
function verifiers(set, denial) {
  const signed = join(set.folder, `bind-${denial}.zone`);
  return [
    { label: 'danezone verify', command: [...danezone, 'verify', signed, '--origin', set.origin] },
    { label: 'dnssec-verify', command: ['dnssec-verify', '-q', '-o', set.origin, signed] },
    { label: 'kzonecheck -d on', command: ['kzonecheck', '-d', 'on', '-o', set.origin, signed] },
  ];
}

/** `danezone build` of a repository that holds the zone as an included file: the first build, then one with nothing to do. */
function builders(set, denial) {
  const root = join(set.folder, `repository-${denial}`);
  mkdirSync(join(root, 'zones'), { recursive: true });
  writeFileSync(join(root, 'zones/included.zone'), set.text);
  writeFileSync(
    join(root, 'zones/zone.yaml'),
    `policies: {bench: {denial: ${denial}, keys: {layout: ksk-zsk}}}\ndomains: {${set.origin}: {policy: bench, include: included.zone}}\n`,
  );
  const clear = () => {
    for (const made of ['build', 'keys', '.danezone']) rmSync(join(root, made), { recursive: true, force: true });
  };
  const build = [...danezone, 'build', '--root', root, '--quiet'];
  return [
    { label: 'danezone build (first)', before: clear, command: build },
    { label: 'danezone build (nothing changed)', command: build },
  ];
}

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const version = (program, args) => `${spawnSync(program, args, { encoding: 'utf8' }).stdout}${spawnSync(program, args, { encoding: 'utf8' }).stderr}`.trim().split('\n')[0];
const lines = [
  '# Benchmark',
  '',
  `Made by \`make bench\`${small ? ' with `--small`' : ''}: whole processes, medians of alternating runs; processor time is user + system; memory is the largest resident`,
  'set. Every contender signs with ECDSAP256SHA256, a KSK and a ZSK. Figures of one machine: read the ratios, not the seconds.',
  '',
  `Machine: ${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB. Node ${process.version}; ${version('dnssec-signzone', ['-V'])}; ${version('kzonesign', ['--version'])}; ${version('ldns-signzone', ['-v'])}.`,
];

if (only.test('check')) lines.push(...benchCheck(work, log));

for (const plainSet of sets.filter(({ name }) => only.test(name))) {
  const set = prepare(plainSet);
  const records = set.text.split('\n').filter((line) => line !== '' && !line.startsWith('$')).length;
  for (const denial of ['nsec', 'nsec3']) {
    log(`${set.name}, ${denial.toUpperCase()}`);
    const rows = [];
    const measure = (contenders, peers, base) => {
      const medians = alternate(contenders, set.runs, set.warmups, log);
      for (const { label } of contenders) {
        const own = medians.get(label);
        const ratios = peers.map((peer) => (label.startsWith('danezone') && base !== undefined ? `${(own.wall / medians.get(peer).wall).toFixed(2)} / ${(own.memory / medians.get(peer).memory).toFixed(2)}` : ''));
        rows.push(`| ${label} | ${own.wall.toFixed(2)} | ${own.cpu.toFixed(2)} | ${own.memory.toFixed(0)} | ${ratios.join(' | ')} |`);
      }
    };
    const table = (peers) => [`| command | wall s | cpu s | MiB | ${peers.map((peer) => `wall / memory to ${peer}`).join(' | ')} |`, `|---|---|---|---|${peers.map(() => '---|').join('')}`];
    const section = (title, contenders, peers) => {
      rows.length = 0;
      measure(contenders, peers, peers[0]);
      lines.push('', `### ${title}`, '', ...table(peers), ...rows);
    };
    const times = `${set.runs} ${set.runs === 1 ? 'run' : 'runs'}${set.warmups > 0 ? ' after a warm-up' : ''}`;
    lines.push('', `## ${set.name}: ${records.toLocaleString('en')} records, ${denial.toUpperCase()} (${times})`);
    section('sign', signers(set, denial), ['dnssec-signzone -n 2 -P', 'kzonesign (2 threads)', 'ldns-signzone']);
    section('verify', verifiers(set, denial), ['dnssec-verify', 'kzonecheck -d on']);
    rows.length = 0;
    const built = builders(set, denial);
    measure(built, []);
    lines.push('', '### build', '', '| command | wall s | cpu s | MiB |', '|---|---|---|---|', ...rows.map((row) => row.replace(/\|\s+\|$/, '|')));
    lines.push('', 'Commands:', '', ...[...signers(set, denial), ...verifiers(set, denial), ...built].map(({ command }) => `- \`${command.map((word) => word.replace(danezone[0], 'node').replace(resolve(here, '..'), '.').replaceAll(work, 'bench/made')).join(' ')}\``));
    writeFileSync(join(here, small ? 'made/RESULTS-small.md' : 'RESULTS.md'), `${lines.join('\n')}\n`);
  }
}
writeFileSync(join(here, small ? 'made/RESULTS-small.md' : 'RESULTS.md'), `${lines.join('\n')}\n`);
log(`written: bench/${small ? 'made/RESULTS-small.md' : 'RESULTS.md'}`);
