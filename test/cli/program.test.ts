import { describe, expect, test } from 'vitest';
import { type CommandSpec, Exit, type Globals, UsageError } from '../../src/cli/command.ts';
import { commands as table } from '../../src/cli/commands.ts';
import { runProgram } from '../../src/cli/program.ts';
import { runSafely } from '../../src/cli/safely.ts';
import { FileError } from '../../src/host/host.ts';
import { Locked } from '../../src/host/lock.ts';
import { type MemoryHost, type MemoryHostOptions, memoryHost } from '../../src/host/memory.ts';

interface Call {
  readonly globals: Globals;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** Two commands that note how they were called. */
async function run(argv: readonly string[], given: MemoryHostOptions = {}, act: () => Exit = () => Exit.done) {
  const calls: Call[] = [];
  const note: CommandSpec['run'] = async (_, globals, args, options) => {
    calls.push({ globals, args, options });
    return act();
  };
  const commands: CommandSpec[] = [
    {
      name: 'build',
      arguments: [{ flags: '[zone...]', description: 'zones' }],
      summary: 'builds',
      options: [
        { flags: '--out <folder>', description: 'where to' },
        { flags: '--digest <type>', description: 'digests', many: true },
        { flags: '--no-verify', description: 'trust' },
        { flags: '--jobs <count>', description: 'workers', default: '2' },
      ],
      formats: ['text', 'json'],
      run: note,
    },
    { name: 'keys list', summary: 'lists', options: [], formats: ['text'], run: note },
  ];
  const host: MemoryHost = memoryHost(given);
  const status = await runSafely(host, '1.2.3', commands, argv);
  return { status, call: calls[0], host };
}

describe('arguments and options', () => {
  test('reach the command', async () => {
    const { status, call } = await run([
      'build',
      'b.example',
      'a.example',
      '--out',
      'x',
      '--digest',
      '2',
      '--digest',
      '4',
    ]);
    expect(status).toBe(Exit.done);
    expect(call.args).toEqual(['b.example', 'a.example']);
    expect(call.options).toMatchObject({ out: 'x', digest: ['2', '4'], verify: true, jobs: '2' });
    expect((await run(['build', '--no-verify'])).call.options.verify).toBe(false);
    expect((await run(['keys', 'list'])).call.args).toEqual([]);
  });

  test('that are global may stand before the command or after it; after it wins', async () => {
    for (const argv of [
      ['--root', 'infra', '--now', '20260101000000', '--format', 'json', '-q', 'build'],
      ['build', '--root', 'infra', '--now', '2026-01-01', '--format', 'json', '--quiet'],
      [
        '--root',
        'other',
        '--format',
        'text',
        '--now',
        '1',
        'build',
        '--root=infra',
        '--now=1767225600',
        '--format=json',
        '-q',
      ],
    ]) {
      expect((await run(argv)).call.globals).toEqual({
        version: '1.2.3',
        root: '/infra/infra',
        now: 1_767_225_600,
        format: 'json',
        quiet: true,
        colour: false,
      });
    }
  });

  test('have defaults', async () => {
    expect((await run(['build'])).call.globals).toEqual({
      version: '1.2.3',
      root: '/infra',
      now: undefined,
      format: 'text',
      quiet: false,
      colour: false,
    });
  });

  test('say whether to use colours: on a terminal, unless told otherwise', async () => {
    const isTerminal = true;
    expect((await run(['build'], { isTerminal })).call.globals.colour).toBe(true);
    expect((await run(['build', '--no-color'], { isTerminal })).call.globals.colour).toBe(false);
    expect((await run(['--no-color', 'build'], { isTerminal })).call.globals.colour).toBe(false);
    const environment = { NO_COLOR: '1' };
    expect((await run(['build'], { isTerminal, environment })).call.globals.colour).toBe(false);
    expect((await run(['build'], { isTerminal, environment: { NO_COLOR: '' } })).call.globals.colour).toBe(true);
  });
});

describe('a wrong call is answered with status 2, a word on standard error and nothing on standard output', () => {
  test.each([
    [['biuld'], 'Did you mean build?'],
    [['build', '--uot', 'x'], 'Did you mean --out?'],
    [['build', '--now', 'tomorrow'], '"tomorrow"'],
    [['build', '--format', 'yaml'], 'text, json'],
    [['--format', 'yaml', 'build'], 'text, json'],
    [['build', '--out'], "'--out <folder>' argument missing"],
    [['keys', 'list', 'extra'], 'too many arguments'],
    [['keys'], 'Usage: danezone keys'],
    [['keys', 'lisst'], 'lisst'],
    [[], 'Usage: danezone'],
    [['bu\x1b[2Jild'], 'bu\\x1b[2Jild'],
  ])('%j', async (argv, word) => {
    const { status, call, host } = await run(argv);
    expect(status).toBe(Exit.usage);
    expect(call).toBeUndefined();
    expect(host.err).toContain(word);
    expect(host.out).toBe('');
  });

  test('also when the command finds out', async () => {
    const { status, host } = await run(['build'], {}, () => {
      throw new UsageError('--out is missing');
    });
    expect(status).toBe(Exit.usage);
    expect(host.err).toBe('danezone: --out is missing\n');
  });
});

describe('what a command cannot handle', () => {
  const refused = (error: unknown, environment: Record<string, string> = {}) =>
    run(['build'], { environment }, () => {
      throw error;
    });

  test('in a file is said with its path, status 1', async () => {
    const { status, host } = await refused(
      new FileError('EACCES', '/infra/x', 'cannot read /infra/x: permission denied (EACCES)'),
    );
    expect(status).toBe(Exit.problems);
    expect(host.err).toBe('danezone: cannot read /infra/x: permission denied (EACCES)\n');
  });

  test('because another run holds the lock passes by itself: status 75', async () => {
    expect((await refused(new Locked('/infra/.danezone/lock', 'another danezone writes'))).status).toBe(Exit.temporary);
  });

  test('is otherwise a bug: status 70, one line, the trace only on request', async () => {
    const plain = await refused(new TypeError('x is \x1b undefined'));
    expect(plain.status).toBe(Exit.internal);
    expect(plain.host.err.trimEnd().split('\n')).toHaveLength(1);
    expect(plain.host.err).toContain('x is \\x1b undefined');
    expect(plain.host.err).toContain('DANEZONE_DEBUG=1');
    const traced = await refused(new TypeError('x'), { DANEZONE_DEBUG: '1' });
    expect(traced.host.err).toContain('program.test.ts');
  });
});

describe('help and version', () => {
  test('go to standard output with status 0', async () => {
    expect(await run(['--version'])).toMatchObject({ status: Exit.done, host: { out: '1.2.3\n', err: '' } });
    for (const argv of [['--help'], ['help', 'build'], ['build', '--help'], ['keys', '--help']]) {
      const { status, host } = await run(argv);
      expect(status).toBe(Exit.done);
      expect(host.out).toContain('Usage: danezone');
      expect(host.err).toBe('');
    }
  });

  test('every command of the table has its help', async () => {
    for (const { name, summary } of table) {
      const host = memoryHost();
      expect(await runProgram(host, '1.2.3', table, [...name.split(' '), '--help'])).toBe(Exit.done);
      expect(host.out).toContain(`Usage: danezone ${name}`);
      expect(summary).not.toMatch(/\.$/);
    }
  });
});

describe('help of what is not there', () => {
  test.each([
    ['no-such', '--help'],
    ['--help', 'no-such'],
    ['--format', 'json', 'no-such', '-h'],
    ['help', 'no-such'],
    ['keys', 'no-such', '--help'],
    ['keys', 'no-such'],
    ['help', 'keys', 'no-such'],
    ['no-such'],
  ])('%s %s %s %s is a mistake of usage that names the word', async (...argv) => {
    const { status, host, call } = await run(argv);
    expect([status, call]).toEqual([Exit.usage, undefined]);
    expect(host.err).toContain("unknown command 'no-such'");
  });

  test.each([
    ['--help'],
    ['help'],
    ['build', '--help'],
    ['--root', 'no-such', 'build', '--help'],
    ['keys', '--help'],
    ['keys', 'list', '-h'],
    ['help', 'build'],
    ['help', 'keys'],
  ])('%s %s of what is there ends well', async (...argv) => {
    const { status, host } = await run(argv);
    expect([status, host.err]).toEqual([Exit.done, '']);
    expect(host.out).toContain('Usage: danezone');
  });
});
