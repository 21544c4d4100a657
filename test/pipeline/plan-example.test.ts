/** The year of the example in zones/, in every form, and every command that the plan prints, as it prints it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import { type MemoryHost, memoryHost } from '../../src/host/memory.ts';
import { elementsOf } from '../report/well-formed.ts';
import { danezone, noon } from './run.ts';

const root = join(import.meta.dirname, '../..');
const formats = ['text', 'json', 'markdown', 'mermaid', 'ics', 'svg'] as const;

function filesBelow(folder: string, at: string): [string, Buffer][] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? filesBelow(join(folder, entry.name), `${at}/${entry.name}`)
      : [[`${at}/${entry.name}`, readFileSync(join(folder, entry.name))] as [string, Buffer]],
  );
}

interface Plan {
  readonly digest: string;
  readonly steps: readonly {
    readonly id: string;
    readonly actor: string;
    readonly state: string;
    readonly action: { readonly kind: string };
    readonly commands: readonly string[];
  }[];
  readonly lanes: readonly object[];
}

let host: MemoryHost;
const printed = new Map<string, string>();
let plan: Plan;

beforeAll(async () => {
  host = memoryHost({
    files: Object.fromEntries(filesBelow(join(root, 'zones'), '/infra/zones')),
    now: noon,
    workingFolder: '/infra',
  });
  expect((await danezone(host, 'build')).status).toBe(0);
  for (const format of formats) {
    const ran = await danezone(host, 'plan', '--format', format);
    expect(ran).toMatchObject({ status: 0, err: '' });
    printed.set(format, ran.out);
  }
  plan = JSON.parse(printed.get('json')!);
}, 300_000);

const count = (kind: string) => plan.steps.filter(({ action }) => action.kind === kind).length;
const people = () => plan.steps.filter(({ actor }) => actor !== 'tool');

describe('the year of the example', () => {
  test('has the steps that its policies make, and no others', () => {
    // 22 signed zones, each with its first DS; two of them with a ZSK lifetime of 90 days, which ends four times.
    expect(count('add-ds')).toBe(22);
    expect(count('make-key')).toBe(8);
    expect(count('sign-with')).toBe(8);
    expect(count('withdraw-dnskey')).toBe(8);
    expect(count('deploy-certificate')).toBe(1);
    expect(count('remove-ds') + count('unsign')).toBe(0);
    expect(plan.steps.length).toBeLessThan(200);
  });

  test('as text says first what is due, in few lines, and ends with its digest', () => {
    const text = printed.get('text')!;
    expect(text.indexOf('Due now')).toBeLessThan(text.indexOf('Later'));
    expect(text.split('\n').length).toBeLessThan(250);
    expect(text.trimEnd().endsWith(plan.digest)).toBe(true);
  });

  test('as JSON keeps to its schema, which refuses others', () => {
    const check = new Ajv({ allErrors: true }).compile(
      JSON.parse(readFileSync(join(root, 'schema/plan.schema.json'), 'utf8')),
    );
    expect(check(plan), JSON.stringify(check.errors?.slice(0, 3))).toBe(true);
    expect(check({ ...plan, steps: [{ ...plan.steps[0], state: 'perhaps' }] })).toBe(false);
    expect(check({ ...plan, more: 1 })).toBe(false);
  });

  test('as Markdown is one table of as many rows as there are steps', () => {
    const rows = printed
      .get('markdown')!
      .split('\n')
      .filter((line) => line.startsWith('| '));
    expect(rows).toHaveLength(plan.steps.length + 1);
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(8);
  });

  test('as Mermaid has nothing but lines of a gantt', () => {
    const lines = printed.get('mermaid')!.trimEnd().split('\n');
    expect(lines[0]).toBe('gantt');
    const forms = [
      / {4}(?:title|dateFormat|axisFormat) [^:;#]+/,
      / {4}section [^:;#]+/,
      / {4}[^:;#,%]+ :(?:done|active|crit|milestone), (\d+), (\d+)/,
    ];
    for (const line of lines.slice(1))
      expect(
        forms.some((form) => new RegExp(`^${form.source}$`).test(line)),
        line,
      ).toBe(true);
    expect(lines.filter((line) => line.includes(':milestone'))).toHaveLength(people().length);
  });

  test('as a calendar keeps to RFC 5545, with a UID that nothing else has and that is the same the next day', async () => {
    const ics = printed.get('ics')!;
    const lines = ics.split('\r\n');
    expect(lines.pop()).toBe('');
    for (const line of lines) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
      expect(line).toMatch(/^(?: |[A-Z][A-Z-]*[:;])/);
      expect(line).not.toMatch(/[\r\n]/);
    }
    const valuesOf = (text: string, property: string) =>
      [...text.replaceAll('\r\n ', '').matchAll(new RegExp(`^${property}:(.*)\r$`, 'gm'))].map(([, value]) => value);
    const uids = valuesOf(ics, 'UID');
    expect(uids).toHaveLength(people().length);
    expect(new Set(uids).size).toBe(uids.length);
    for (const property of ['DTSTAMP', 'DTSTART']) {
      expect(valuesOf(ics, property)).toHaveLength(uids.length);
      for (const value of valuesOf(ics, property)) expect(value).toMatch(/^\d{8}T\d{6}Z$/);
    }
    const tomorrow = await danezone(
      host,
      'plan',
      '--format',
      'ics',
      '--now',
      new Date((noon + 86_400) * 1000).toISOString(),
    );
    expect(valuesOf(tomorrow.out, 'UID').sort()).toEqual([...uids].sort());
  });

  test('as a drawing is well-formed and has a lane a key and certificate', () => {
    const svg = printed.get('svg')!;
    expect(elementsOf(svg)[0]).toBe('svg');
    expect(svg).toContain('prefers-color-scheme: dark');
    const names = [...svg.matchAll(/<text x="28" y="[\d.]+">/g)];
    expect(names).toHaveLength(plan.lanes.length);
  });

  test('is proved', async () => {
    expect((await danezone(host, 'prove')).status).toBe(0);
  });
});

describe('the commands that the plan prints', () => {
  const commandsIn = (text: string) => [...text.matchAll(/^ +\$ (danezone .*)$/gm)].map(([, command]) => command);

  test('of what is due work as they stand, and then nothing is due', async () => {
    const [due] = printed.get('text')!.split('\nLater\n');
    const commands = commandsIn(due);
    expect(commands.length).toBeGreaterThan(1);
    for (const command of commands) {
      const ran = await danezone(host, ...command.split(' ').slice(1));
      expect([command, ran.status]).toEqual([command, 0]);
    }
    const after = await danezone(host, 'plan', '--exit-code');
    expect(after.status).toBe(0);
    expect(after.out).toContain('Nothing is to be done now. Next, ');
  });

  test('are those of the command line: none is refused for its words, those of later steps and of the way back neither', async () => {
    const text = printed.get('text')!;
    const back = [...text.matchAll(/can be taken back until .*: (danezone .*)$/gm)].map(([, command]) => command);
    const shown = [...commandsIn(text), ...back.slice(0, 1)];
    const kinds = new Set<string>();
    for (const command of new Set([...shown, ...plan.steps.flatMap(({ commands }) => commands)])) {
      const argv = command.split(' ').slice(1);
      const kind = argv
        .filter((word) => !word.includes('.') && !word.startsWith('-'))
        .slice(0, 2)
        .join(' ');
      // One zone stands for the others.
      if (kinds.has(kind) && !shown.includes(command)) continue;
      kinds.add(kind);
      const ran = await danezone(host, ...argv);
      expect([0, 1, 10], `${command}: ${ran.err}`).toContain(ran.status);
    }
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        'confirm published',
        'confirm cert-served',
        'confirm ds-seen',
        'ds',
        'ready',
        'roll abort',
      ]),
    );
  });
});
