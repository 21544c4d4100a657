/**
 * The house (ARCHITECTURE.md): who may import whom, and which door leads outside. A new import that falls out of line is
 * either a mistake or a new line in a table here, with its reason.
 */
import { describe, expect, test } from 'vitest';
import { type Import, type SourceFile, sourceFiles } from './source-files.ts';

const files = sourceFiles();

const vocabulary = ['text', 'crypto', 'dns', 'dnssec', 'x509', 'parallel'];
/** In the order of the flow: a stage may use the types of those before it. */
const stages = [
  'describe',
  'dane',
  'keys',
  'signers',
  'journal',
  'rollover',
  'compose',
  'judge',
  'sign',
  'verify',
  'prove',
  'export',
  'report',
  'publish',
  'observe',
];
/** `catalogue` gathers the rules of every room: only edges look at it. */
const edges = ['pipeline', 'host', 'cli', 'catalogue'];

/** A vocabulary room uses those named here and itself. */
const vocabularyOf: Record<string, readonly string[]> = {
  text: [],
  work: [],
  crypto: ['text'],
  dns: ['text'],
  dnssec: ['text', 'dns', 'crypto'],
  x509: ['text', 'crypto', 'dns'],
};

/** Where a stage runs code of another. */
const stageValues: Record<string, string> = {
  'sign signers': 'a signature is made in the worker, where the job opens its keys',
  'judge dane': 'what a record says and matches is written once, whether a host asked for it or somebody wrote it',
  'rollover journal': 'the clocks of caches are read from the journal where it is written',
  'rollover keys': 'what a key file says about time is the role of a key until the engine decides it',
};

/** What of host/ works on any Host, and may be used by the pipeline: nothing that touches this machine. */
const machine = /^src\/host\/(git-history|real|real-files|this-process|worker|worker-loop|workers|jobs)\.ts$/;

/** Every other import between rooms, as `from to`, with the lines that it stands in. */
function crossings(which: (file: SourceFile, to: string, of: Import) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports
      .filter((of) => of.of.startsWith('src/') && roomOf(of) !== file.room && which(file, roomOf(of), of))
      .map((of) => `${file.path} imports ${of.of}`),
  );
}

function roomOf({ of }: Import): string {
  return of.split('/')[1].replace(/\.ts$/, '');
}

describe('the direction of imports', () => {
  test('every room of src has its place', () => {
    const rooms = new Set(files.map(({ room }) => room));
    expect([...rooms].filter((room) => ![...vocabulary, ...stages, ...edges].includes(room))).toEqual([]);
  });

  test('every import of our own names a file that exists', () => {
    const paths = new Set(files.map(({ path }) => path));
    const lost = files.flatMap(({ path, imports }) =>
      imports.filter(({ of }) => of.startsWith('src/') && !paths.has(of)).map(({ of }) => `${path} imports ${of}`),
    );
    expect(lost).toEqual([]);
  });

  test('the vocabulary uses only the vocabulary below it', () => {
    expect(crossings((file, to) => vocabulary.includes(file.room) && !vocabularyOf[file.room].includes(to))).toEqual(
      [],
    );
  });

  test('a stage uses the vocabulary and the types of the stages before it', () => {
    const wrong = crossings((file, to, { typesOnly }) => {
      if (!stages.includes(file.room) || vocabulary.includes(to)) return false;
      const isBefore = stages.indexOf(to) < stages.indexOf(file.room) && stages.includes(to);
      return !isBefore || !(typesOnly || `${file.room} ${to}` in stageValues);
    });
    expect(wrong).toEqual([]);
  });

  test('the pipeline uses the stages, and of the host what works on any', () => {
    const wrong = crossings(
      (file, to, { of }) => file.room === 'pipeline' && (to === 'cli' || (to === 'host' && machine.test(of))),
    );
    expect(wrong).toEqual([]);
  });

  test('the host knows neither pipeline nor commands, and of the stages only the jobs of the workers', () => {
    const wrong = crossings((file, to) => {
      if (file.room !== 'host' || vocabulary.includes(to)) return false;
      return !(file.path === 'src/host/jobs.ts' && (to === 'sign' || to === 'verify'));
    });
    expect(wrong).toEqual([]);
  });

  test('of the commands only the start of the program touches this machine', () => {
    const wrong = crossings(
      (file, _, { of }) => file.room === 'cli' && machine.test(of) && file.path !== 'src/cli/main.ts',
    );
    expect(wrong).toEqual([]);
  });

  test('verify takes nothing from sign or signers, sign nothing from verify, prove nothing from rollover', () => {
    const apart: Record<string, readonly string[]> = {
      verify: ['sign', 'signers'],
      sign: ['verify'],
      signers: ['verify'],
      prove: ['rollover'],
      rollover: ['prove'],
    };
    expect(crossings((file, to) => apart[file.room]?.includes(to) ?? false)).toEqual([]);
    // Not through a third file either, as far as code goes.
    expect(reached('verify').filter((path) => /^src\/(sign|signers)\//.test(path))).toEqual([]);
    expect(reached('sign').filter((path) => /^src\/verify\//.test(path))).toEqual([]);
    expect(reached('prove').filter((path) => /^src\/rollover\//.test(path))).toEqual([]);
  });

  test('no two files need each other to run', () => {
    expect(cycles()).toEqual([]);
  });
});

describe('the doors', () => {
  /** Package → the only files that may import it, types apart. */
  const doors: Record<string, RegExp> = {
    yaml: /^src\/describe\/yaml-composed\.ts$/,
    // The shape of the YAML, and of the JSON files that a stage writes and reads back.
    zod: /^src\/(describe\/|export\/manifest\.ts$|pipeline\/(settings-file|unchanged)\.ts$)/,
    'dns-packet': /^src\/dns\/message\.ts$/,
    commander: /^src\/cli\/program\.ts$/,
    '@noble/curves': /^src\/crypto\/noble\.ts$/,
    '@noble/hashes': /^src\/crypto\/noble\.ts$/,
    'node:fs': /^src\/(host\/(real-files|this-process)|cli\/loader)\.ts$/,
    'node:worker_threads': /^src\/host\/workers?\.ts$/,
    'node:child_process': /^src\/host\/(git-history|this-process)\.ts$/,
    'node:os': /^src\/(host\/(real|this-process)|cli\/loader)\.ts$/,
    'node:vm': /^src\/cli\/loader\.ts$/,
    'node:net': /^src\/(host|observe|publish)\//,
    'node:dgram': /^src\/(host|observe|publish)\//,
    'node:tls': /^src\/(host|observe|publish)\//,
    'node:dns': /^$/,
    'node:http': /^$/,
    'node:https': /^$/,
    // Pure functions: no door.
    'node:crypto': /./,
    'node:path': /./,
    'node:url': /./,
    'node:util': /./,
  };
  const packageOf = (specifier: string) =>
    specifier.startsWith('node:')
      ? specifier
      : specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');

  test('each package is imported only through its own', () => {
    const wrong = files.flatMap(({ path, imports }) =>
      imports
        .filter(({ of, typesOnly }) => !of.startsWith('src/') && !typesOnly && !doors[packageOf(of)]?.test(path))
        .map(({ of }) => `${path} imports ${of}`),
    );
    expect(wrong).toEqual([]);
  });

  /** Calls that read the machine or write to it, and the only files in which they may stand. */
  const calls: [string, RegExp, RegExp][] = [
    [
      'the clock',
      /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bhrtime\b/,
      /^src\/(host\/real|cli\/loader)\.ts$/,
    ],
    ['the console', /\bconsole\b/, /^$/],
    [
      'streams and signals',
      /\bprocess\.(std(in|out|err)|on|once|off|exit|exitCode|kill|cwd|argv)\b/,
      /^src\/(host\/(real|this-process)|cli\/(main|loader))\.ts$/,
    ],
    [
      'the environment',
      /\bprocess\.(env|platform|versions?|arch)\b/,
      /^src\/(host\/(git-history|real|this-process)|cli\/loader)\.ts$/,
    ],
    ['chance without a source', /\bMath\.random\b/, /^$/],
    // Keys are made from it, and private arithmetic is blinded with it: no octet of a signature depends on it (SECURITY.md).
    [
      'entropy',
      /\b(randomBytes|randomFillSync|randomInt|randomUUID|getRandomValues|generateKeyPairSync)\b/,
      /^src\/(host\/real|keys\/generate|x509\/make-request|crypto\/rsa-arithmetic|signers\/[\w-]+)\.ts$/,
    ],
    ['timers', /\bset(Timeout|Interval)\b/, /^src\/(host|observe|publish)\//],
  ];
  test.each(calls)('%s is used only where it is declared to be', (_, call, where) => {
    const wrong = files.filter(({ path, code }) => call.test(code) && !where.test(path)).map(({ path }) => path);
    expect(wrong).toEqual([]);
  });
});

describe('a file', () => {
  test('has the name of its concept', () => {
    const nameless = /(^|[/-])(utils?|helpers?|common|misc|manager|service|stuff|lib)(-|\.ts$|\/)/;
    expect(files.filter(({ path }) => nameless.test(path)).map(({ path }) => path)).toEqual([]);
    expect(files.filter(({ path }) => !/^[a-z0-9/-]+\.ts$/.test(path)).map(({ path }) => path)).toEqual([]);
  });

  test('says at its top what it is for', () => {
    expect(
      files.filter(({ text }) => !text.startsWith('/**') && !text.startsWith('#!')).map(({ path }) => path),
    ).toEqual([]);
  });

  /** Files that hold one concept in more than 350 lines, and why. */
  const long: Record<string, string> = {
    'src/describe/rules.ts': 'a table of rules, one after the other',
  };
  test('over 350 lines holds more than one concept, unless it is named here', () => {
    const over = files.filter(({ text }) => text.split('\n').length - 1 > 350).map(({ path }) => path);
    expect(over.filter((path) => !(path in long))).toEqual([]);
  });
});

/** Files that run when a room's files do. */
function reached(room: string): string[] {
  const seen = new Set(files.filter((file) => file.room === room).map(({ path }) => path));
  const byPath = new Map(files.map((file) => [file.path, file]));
  for (const path of seen)
    for (const { of, typesOnly } of byPath.get(path)?.imports ?? []) if (!typesOnly) seen.add(of);
  return [...seen];
}

/** Each file that runs itself again through its imports (lazy ones apart: they run later). */
function cycles(): string[] {
  const next = new Map(
    files.map(({ path, imports }) => [path, imports.filter((of) => !of.typesOnly && !of.lazy).map(({ of }) => of)]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]) => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      found.push([...trail.slice(at), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const of of next.get(path) ?? []) visit(of, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return found;
}
