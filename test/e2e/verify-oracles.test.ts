/** `verify` beside the programs that sign and verify elsewhere: fresh zones of three signers, and mutated zones before three verifiers. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readMaster } from '../../src/dns/master-reader.ts';
import { inProcess } from '../../src/parallel/executor.ts';
import { newReport } from '../../src/text/problem.ts';
import { verifyZone } from '../../src/verify/verify.ts';
import { mutate } from '../verify/mutate.ts';
import { verifyText } from '../verify/support.ts';
import { signedFolder, ZoneText } from '../verify/zone-text.ts';
import { have, must, run, temporaryFolder } from './programs.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const hasBind = have('dnssec-signzone', 'dnssec-keygen', 'dnssec-verify');
const hasLdns = have('ldns-signzone', 'ldns-verify-zone');
const hasKnot = have('kzonesign', 'kzonecheck', 'keymgr');
const now = Math.floor(Date.now() / 1000);
const base = readFileSync(new URL('base.zone', signedFolder), 'utf8');

const algorithms = ['RSASHA256', 'RSASHA512', 'ECDSAP256SHA256', 'ECDSAP384SHA384', 'ED25519', 'ED448'] as const;
type AlgorithmName = (typeof algorithms)[number];

/** Keys by dnssec-keygen, made once: paths without suffix. */
const made = new Map<string, string>();
function keyOf(algorithm: AlgorithmName, isKsk: boolean): string {
  const id = `${algorithm} ${isKsk}`;
  const known = made.get(id);
  if (known !== undefined) return known;
  const size = algorithm.startsWith('RSA') ? ['-b', '2048'] : [];
  const flags = isKsk ? ['-f', 'KSK'] : [];
  const stem = must('dnssec-keygen', ['-q', '-K', folder.path, '-a', algorithm, ...size, ...flags, 'zone.test']).trim();
  made.set(id, join(folder.path, stem));
  return join(folder.path, stem);
}

let count = 0;
const fresh = (suffix: string) => join(folder.path, `${++count}.${suffix}`);

function unsignedZone(keys: readonly string[]): string {
  const path = fresh('zone');
  writeFileSync(path, base + keys.map((key) => readFileSync(`${key}.key`, 'utf8')).join(''));
  return path;
}

/** Denial as each signer is asked for it. */
const denials = {
  NSEC: { bind: [], ldns: [], knot: ['nsec3: off'] },
  NSEC3: {
    bind: ['-3', '-'],
    ldns: ['-n', '-t', '0'],
    knot: ['nsec3: on', 'nsec3-iterations: 0', 'nsec3-salt-length: 0'],
  },
  'NSEC3 with salt and iterations': {
    bind: ['-3', 'a1b2c3', '-H', '7'],
    ldns: ['-n', '-t', '7', '-s', 'a1b2c3'],
    knot: ['nsec3: on', 'nsec3-iterations: 7', 'nsec3-salt-length: 5'],
  },
  'NSEC3 with opt-out': {
    bind: ['-3', '-', '-A'],
    ldns: ['-n', '-t', '0', '-p'],
    knot: ['nsec3: on', 'nsec3-opt-out: on', 'nsec3-iterations: 0', 'nsec3-salt-length: 0'],
  },
} as const;
type DenialName = keyof typeof denials;

/** KSK and ZSK, or one key that does both. */
type KeyLayout = 'split' | 'single';
const keysIn = (algorithm: AlgorithmName, layout: KeyLayout) =>
  layout === 'split' ? [keyOf(algorithm, true), keyOf(algorithm, false)] : [keyOf(algorithm, true)];

function signByBind(algorithm: AlgorithmName, denial: DenialName, layout: KeyLayout): string {
  const keys = keysIn(algorithm, layout);
  const out = fresh('bind');
  const how = layout === 'split' ? '-x' : '-z';
  must(
    'dnssec-signzone',
    [
      '-q',
      '-P',
      how,
      '-j',
      '86400',
      '-o',
      'zone.test',
      '-f',
      out,
      ...denials[denial].bind,
      unsignedZone(keys),
      ...keys,
    ],
    { cwd: folder.path },
  );
  return out;
}

function signByLdns(
  algorithm: AlgorithmName,
  denial: DenialName,
  layout: KeyLayout,
  zonemd: readonly string[] = [],
): string {
  const keys = keysIn(algorithm, layout);
  const out = fresh('ldns');
  const hashes = zonemd.flatMap((hash) => ['-z', `simple:${hash}`]);
  must('ldns-signzone', [
    '-i',
    String(now - 3600),
    '-e',
    String(now + 86400),
    '-o',
    'zone.test',
    '-f',
    out,
    ...hashes,
    ...denials[denial].ldns,
    unsignedZone(keys),
    ...keys,
  ]);
  return out;
}

function signByKnot(algorithm: AlgorithmName, denial: DenialName, layout: KeyLayout, zonemd?: string): string {
  const home = fresh('knot');
  mkdirSync(join(home, 'zones'), { recursive: true });
  const zoneFile = join(home, 'zones', 'zone.test.zone');
  writeFileSync(zoneFile, base);
  const config = join(home, 'knot.conf');
  const lines = (of: readonly string[]) => of.map((line) => `    ${line}\n`).join('');
  writeFileSync(
    config,
    `server:
    rundir: "${home}"
database:
    storage: "${home}"
    kasp-db: "${home}/keys"
policy:
  - id: p
    manual: on
    cds-cdnskey-publish: always
${lines([...denials[denial].knot, `single-type-signing: ${layout === 'single' ? 'on' : 'off'}`])}template:
  - id: default
    storage: "${home}/zones"
    zonefile-sync: 0
    journal-content: none
zone:
  - domain: zone.test
    dnssec-signing: on
    dnssec-policy: p
${lines(zonemd === undefined ? [] : [`zonemd-generate: ${zonemd}`])}`,
  );
  for (const key of keysIn(algorithm, layout)) {
    const id = /^[0-9a-f]{40}/m.exec(must('keymgr', ['-c', config, 'zone.test', 'import-bind', `${key}.key`]))![0];
    const duty = layout === 'single' ? ['ksk=yes', 'zsk=yes'] : [];
    const times = ['created', 'publish', 'ready', 'active'].map((state) => `${state}=${now - 86400}`);
    must('keymgr', ['-c', config, 'zone.test', 'set', id, ...duty, ...times]);
  }
  must('kzonesign', ['-c', config, '-o', join(home, 'out'), 'zone.test']);
  const out = fresh('knot');
  copyFileSync(join(home, 'out', 'zone.test.zone'), out);
  return out;
}

/** Every algorithm with NSEC and NSEC3; every denial and layout with one of them. */
const configurations = algorithms
  .flatMap((algorithm) =>
    (['NSEC', 'NSEC3'] as DenialName[]).map((denial) => ({ algorithm, denial, layout: 'split' as KeyLayout })),
  )
  .concat(
    (Object.keys(denials) as DenialName[]).map((denial) => ({
      algorithm: 'ECDSAP256SHA256',
      denial,
      layout: 'single',
    })),
    (['NSEC3 with salt and iterations', 'NSEC3 with opt-out'] as const).map((denial) => ({
      algorithm: 'ECDSAP256SHA256',
      denial,
      layout: 'split',
    })),
  );

async function expectSecure(file: string, denial: DenialName, origin?: string): Promise<void> {
  const octets = readFileSync(file);
  const { verdict, errors, others } = await verifyText(octets, { at: now }, origin);
  expect(errors).toEqual([]);
  expect(verdict.secure).toBe(true);
  const legacy = denial === 'NSEC3 with salt and iterations' ? ['denial/nsec3-iterations', 'denial/nsec3-salt'] : [];
  // Knot makes its salt only in a key roll.
  const expected = file.endsWith('.knot') ? legacy.slice(0, 1) : legacy;
  expect(others.filter((rule) => rule.startsWith('denial/'))).toEqual(expected);
  expect(verdict.counts.nsec > 0).toBe(denial === 'NSEC');
}

const signers = [
  { name: 'dnssec-signzone', has: hasBind, sign: signByBind },
  { name: 'ldns-signzone', has: hasLdns && hasBind, sign: signByLdns },
  { name: 'kzonesign', has: hasKnot && hasBind, sign: signByKnot },
] as const;

for (const { name, has, sign } of signers) {
  describe.skipIf(!has)(`fresh zones of ${name} are secure`, () => {
    for (const { algorithm, denial, layout } of configurations) {
      test(`${algorithm}, ${denial}, ${layout === 'split' ? 'KSK and ZSK' : 'one key'}`, async () => {
        await expectSecure(sign(algorithm, denial, layout), denial);
      });
    }
  });
}

/** Zones whose shape is out of the ordinary. */
const shapes = {
  'one name': {
    origin: 'one.test.',
    text: '@ SOA ns.example.net. h.example.net. 1 1800 900 604800 3600\n@ NS ns.example.net.\n',
  },
  'the root': {
    origin: '.',
    text: '. SOA ns.example. h.example. 1 1800 900 604800 3600\n. NS ns.example.\nexample. NS ns.example.\nns.example. A 192.0.2.1\norg. NS ns.org.\norg. DS 1 13 2 0d6fce3b2c5d1e9f7a8b4c6d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b\nns.org. A 192.0.2.2\n*. TXT "wild"\n',
  },
  'a DNAME at the apex': {
    origin: 'dname.test.',
    text: '@ SOA ns.example.net. h.example.net. 1 1800 900 604800 3600\n@ NS ns.example.net.\n@ DNAME other.test.\n@ MX 0 .\n',
  },
  'odd names': {
    origin: 'odd.test.',
    text: `@ SOA ns h 1 1800 900 604800 3600
@ NS ns
ns A 192.0.2.1
\\000 A 192.0.2.1
a\\000b A 192.0.2.1
\\001.a\\000b A 192.0.2.1
Z.A.b TXT "upper"
\\255 TXT "last"
sub.*.inner A 192.0.2.9
* A 192.0.2.8
${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)} A 192.0.2.1
`,
  },
  'many delegations': {
    origin: 'many.test.',
    text: `@ SOA ns.example.net. h.example.net. 1 1800 900 604800 3600\n@ NS ns.example.net.\n${Array.from(
      { length: 400 },
      (_, i) =>
        `d${i} NS ns.d${i}\nns.d${i} A 192.0.2.1\n${i % 7 === 0 ? `d${i} DS ${i} 13 2 0d6fce3b2c5d1e9f7a8b4c6d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b\n` : ''}${i % 5 === 0 ? `x.e${i} NS ns.example.net.\n` : ''}`,
    ).join('')}`,
  },
} as const;

function signShape(
  signer: 'bind' | 'ldns',
  { origin, text }: { origin: string; text: string },
  denial: DenialName,
): string {
  const zone = fresh('zone');
  const stem = must('dnssec-keygen', ['-q', '-K', folder.path, '-a', 'ED25519', '-f', 'KSK', origin]).trim();
  const key = join(folder.path, stem);
  writeFileSync(zone, `$ORIGIN ${origin}\n$TTL 3600\n${text}\n${readFileSync(`${key}.key`, 'utf8')}`);
  const out = fresh(signer);
  const from = ['-i', String(now - 3600), '-e', String(now + 86400)];
  if (signer === 'ldns') must('ldns-signzone', [...from, '-o', origin, '-f', out, ...denials[denial].ldns, zone, key]);
  else
    must('dnssec-signzone', ['-q', '-P', '-z', '-o', origin, '-f', out, ...denials[denial].bind, zone, key], {
      cwd: folder.path,
    });
  return out;
}

describe.skipIf(!hasBind)('zones of unusual shapes are secure', () => {
  for (const [shape, zone] of Object.entries(shapes)) {
    for (const denial of ['NSEC', 'NSEC3', 'NSEC3 with opt-out'] as const) {
      for (const signer of ['bind', 'ldns'] as const) {
        const id = `${shape}, ${denial}, signed by ${signer}`;
        test.skipIf(signer === 'ldns' && !hasLdns)(id, async () => {
          await expectSecure(signShape(signer, zone, denial), denial, zone.origin);
        });
      }
    }
  }
});

describe('ZONEMD of other signers is checked', () => {
  test.skipIf(!hasLdns || !hasBind)('ldns-signzone, SHA-384 and SHA-512', async () => {
    await expectSecure(signByLdns('ED25519', 'NSEC', 'single', ['sha384', 'sha512']), 'NSEC');
  });
  for (const hash of ['zonemd-sha384', 'zonemd-sha512']) {
    test.skipIf(!hasKnot || !hasBind)(`kzonesign, ${hash}`, async () => {
      await expectSecure(signByKnot('ED25519', 'NSEC3', 'single', hash), 'NSEC3');
    });
  }
});

/** Changes per zone. */
const seeds = 30;
const firstSeed = Number(process.env.DANEZONE_SEED ?? 5000);

interface Opinion {
  readonly file: string;
  readonly what: string;
  /** Errors of ours. */
  readonly rules: readonly string[];
  /** Which verifiers refuse, and what they say. */
  readonly refusals: readonly { readonly by: string; readonly says: string }[];
}

/**
 * Where the verifiers and we do not agree, and why we are right. Who agrees with at least one of them when refusing needs no
 * explanation: they differ among themselves, above all in whether all three look at a part of the zone.
 */
const explained: readonly { readonly why: string; readonly holds: (of: Opinion) => boolean }[] = [
  {
    why: 'kzonecheck also judges what a zone may hold, signed or not (glue, names below a DNAME): here the task of `check`',
    holds: ({ rules, refusals }) =>
      rules.length === 0 &&
      refusals.every(
        ({ by, says }) => by === 'kzonecheck' && /missing glue|child record exists under DNAME/.test(says),
      ),
  },
  {
    why: 'none of them compares the TTL of RRSIG (RFC 4034 section 3) or of NSEC and NSEC3 (RFC 9077 section 3) with what it must be',
    holds: ({ rules, refusals }) =>
      refusals.length === 0 &&
      rules.every((rule) => ['sign/ttl', 'sign/mixed-ttl', 'denial/ttl', 'zone/negative-ttl'].includes(rule)),
  },
  {
    why: 'of a DNSKEY RRset with two algorithms dnssec-verify and ldns-verify-zone want one good signature, RFC 4035 section 2.2 one of each',
    holds: ({ file, what, rules, refusals }) =>
      refusals.length === 0 &&
      file.includes('-two') &&
      what.includes('DNSKEY') &&
      rules.every((rule) => rule.startsWith('sign/')),
  },
  {
    why: 'dnssec-verify and ldns-verify-zone do not look for signatures over what the zone has no authority over (RFC 4035 section 2.2)',
    holds: ({ rules, refusals }) => refusals.length === 0 && rules.every((rule) => rule === 'sign/below-cut'),
  },
  {
    why: 'none of them compares CDS, CDNSKEY and DNSKEY (RFC 7344 section 4.1)',
    holds: ({ rules, refusals }) => refusals.length === 0 && rules.every((rule) => rule === 'cds/differs'),
  },
];

const signedFiles = ['nsec', 'nsec3', 'optout', 'two', 'zonemd'].flatMap((layout) =>
  ['bind', 'knot', 'ldns']
    .filter((signer) => layout !== 'zonemd' || signer !== 'bind')
    .map((signer) => `${signer}-${layout}.zone`),
);

async function opinionOn(file: string, seed: number): Promise<Opinion> {
  const { zone, what } = mutate(ZoneText.read(file), seed);
  const path = join(folder.path, 'mutated');
  const { octets } = zone;
  writeFileSync(path, octets);
  const report = newReport();
  const read = readMaster({ file, octets }, report);
  if (read !== undefined) await verifyZone(read, { at: now, own: false }, report, inProcess);
  const rules = report.problems.filter(({ tier }) => tier === 'error').map(({ rule }) => rule);
  const single = /two|optout|zonemd/.test(file) ? ['-z'] : [];
  const zonemd = file.includes('zonemd') ? ['-Z'] : [];
  const timeout = 20_000;
  const verifiers = [
    { by: 'dnssec-verify', result: run('dnssec-verify', ['-q', ...single, '-o', 'zone.test', path], { timeout }) },
    { by: 'ldns-verify-zone', result: run('ldns-verify-zone', [...zonemd, path], { timeout }) },
  ];
  // Knot 3.2 refuses zones with two algorithms, its own too.
  if (!file.includes('-two')) {
    verifiers.push({ by: 'kzonecheck', result: run('kzonecheck', ['-o', 'zone.test', '-d', 'on', path], { timeout }) });
  }
  const refusals = verifiers
    .filter(({ result }) => result.status !== 0)
    .map(({ by, result }) => ({ by, says: result.stdout + result.stderr }));
  return { file, what: `${seed}: ${what}`, rules, refusals };
}

describe.skipIf(!(hasBind && hasLdns && hasKnot))(
  `${seeds} random changes of one record in each of ${signedFiles.length} zones: what one of three verifiers refuses we refuse`,
  () => {
    for (const file of signedFiles) {
      test(file, async () => {
        const counts = new Map<string, number>();
        const unexplained: string[] = [];
        for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
          const opinion = await opinionOn(file, seed);
          const { what, rules, refusals } = opinion;
          const agrees = rules.length > 0 === refusals.length > 0;
          const why = agrees ? 'agreed' : explained.find(({ holds }) => holds(opinion))?.why;
          if (why === undefined) {
            unexplained.push(
              `${what}: ours ${rules.join(' ') || 'secure'}; ${refusals.map(({ by, says }) => `${by}: ${says}`).join('; ')}`,
            );
          } else counts.set(why, (counts.get(why) ?? 0) + 1);
        }
        for (const [why, number] of counts)
          if (why !== 'agreed') console.info(`${file}: ${number} of ${seeds}: ${why}`);
        expect(unexplained).toEqual([]);
      });
    }
  },
);
