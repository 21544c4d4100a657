import { describe, expect, test } from 'vitest';
import { dueText, planText } from '../../src/report/plan-text.ts';
import type { PlanStep } from '../../src/rollover/plan.ts';
import { day, from, plan, step, zone } from './plans.ts';

/** Steps of a section, by their first line. */
function sections(text: string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  let section = '';
  for (const line of text.split('\n')) {
    if (/^[A-Z][a-z]+( [a-z]+)*$/.test(line)) section = line;
    else if (/^ {2}\S/.test(line)) found[section] = [...(found[section] ?? []), line.trim()];
  }
  return found;
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `z${index}.example.`);

const confirm = (apex: string): PlanStep =>
  step({
    id: apex,
    subject: zone(apex),
    title: 'Publish serial 2',
    commands: [`danezone confirm published ${apex.slice(0, -1)} --serial 2`],
  });

const look = { kind: 'declare-unsigned' } as const;

describe('a plan as text', () => {
  test('steps stand below what they are: overdue, due, done by this run, later', () => {
    const text = planText(
      plan([
        step({ id: 'a', title: 'A', state: 'overdue', latest: from - day }),
        step({ id: 'b', title: 'B', state: 'due' }),
        step({ id: 'c', title: 'C', state: 'done-by-tool', actor: 'tool' }),
        step({ id: 'd', title: 'D', state: 'later', at: from + day, action: look }),
        step({
          id: 'e',
          title: 'E',
          state: 'later',
          at: from + day,
          assumes: 'others act',
          actor: 'registrar',
          action: look,
        }),
      ]),
    );
    expect(sections(text)).toEqual({
      Overdue: ['overdue  you: A'],
      'Due now': ['now  you: B'],
      'Done by the next danezone build': ['now  danezone: C'],
      Later: ['2026-01-02 00:00Z  you: D', '2026-01-02 00:00Z*  the registrar: E'],
    });
    expect(text).toMatch(/^ {6}at the latest 2025-12-31 00:00Z$/m);
    expect(text).toMatch(/^\* /m);
  });

  test('without assumptions nothing is said of them', () => {
    expect(planText(plan([step()]))).not.toMatch(/^\* /m);
  });

  test('nothing to do is said', () => {
    expect(planText(plan([]))).toContain('Nothing is to be done.');
    expect(dueText(plan([]))).toBe('');
    expect(dueText(plan([step({ state: 'later', at: from + day })]))).toBe('');
  });

  test('one zone has its own title and command', () => {
    const text = planText(plan([confirm('z0.example.')]));
    expect(sections(text)['Due now']).toEqual(['now  you: Publish serial 2']);
    expect(text).toMatch(/^ {6}for z0\.example$/m);
    expect(text).toMatch(/^ {6}\$ danezone confirm published z0\.example --serial 2$/m);
  });

  test.each([
    [2, 'z0.example, z1.example'],
    [6, 'z0.example, z1.example, z2.example, z3.example, z4.example, z5.example'],
    [9, 'z0.example, z1.example, z2.example, z3.example, z4.example, z5.example and 3 more'],
  ])('%i zones with the same to do are one entry', (count, subject) => {
    const text = planText(plan(names(count).map(confirm)));
    expect(sections(text)['Due now']).toHaveLength(1);
    expect(text).toContain(`      for ${subject}\n`);
    expect(text.match(/^ {6}\$ .*$/gm)).toEqual(['      $ danezone confirm published --all']);
    expect(dueText(plan(names(count).map(confirm)))).toContain(`(${subject})`);
  });

  test('the commands of many zones name every one of them', () => {
    const ds = names(9).map((apex) =>
      step({ id: apex, subject: zone(apex), action: { kind: 'add-ds', keys: [], ds: [] }, title: `Add ${apex}` }),
    );
    const all = names(9)
      .map((apex) => apex.slice(0, -1))
      .join(' ');
    expect(planText(plan(ds)).match(/^ {6}\$ .*$/gm)).toEqual([
      `      $ danezone ds ${all}`,
      `      $ danezone confirm ds-seen ${all}`,
    ]);
  });

  test('children whose parent is in the repository are shown with one publication, and stand apart from the others', () => {
    const add = (apex: string, parent?: string): PlanStep =>
      step({
        id: apex,
        subject: zone(apex),
        action: { kind: 'add-ds', keys: [], ds: [], parent: parent === undefined ? undefined : zone(parent).name },
        title: `Add ${apex}`,
        commands: parent === undefined ? [`danezone ds ${apex}`] : [`danezone confirm published ${parent}`],
      });
    const steps = [add('a.one.', 'one.'), add('b.one.', 'one.'), add('c.two.', 'two.'), add('d.example.')];
    const text = planText(plan(steps));
    expect(sections(text)['Due now']).toHaveLength(3);
    expect(text).toContain('      for a.one, b.one\n');
    expect(text.match(/\$ .*/g)).toEqual([
      '$ danezone confirm published one.',
      '$ danezone confirm published two.',
      '$ danezone ds d.example.',
    ]);
  });

  test('an action without words for many has the commands of each', () => {
    const deploy = (host: string): PlanStep =>
      step({
        id: host,
        subject: { kind: 'host', name: zone(host).name },
        actor: 'acme',
        action: { kind: 'deploy-certificate', certificate: 'mx' },
        title: 'Deploy',
        commands: [`danezone ready ${host.slice(0, -1)}`],
      });
    const text = planText(plan([deploy('a.example.'), deploy('b.example.')]));
    expect(text.match(/\$ .*/g)).toEqual(['$ danezone ready a.example', '$ danezone ready b.example']);
  });

  test('of many zones the earliest latest date counts', () => {
    const late = (apex: string, latest: number): PlanStep => ({ ...confirm(apex), state: 'overdue', latest });
    const text = planText(plan([late('z0.example.', from - day), late('z1.example.', from - 3 * day)]));
    expect(text.match(/at the latest .*/g)).toEqual(['at the latest 2025-12-29 00:00Z']);
  });

  test('zones that differ in date, actor or reason to be there are not one entry', () => {
    const one = confirm('z0.example.');
    const text = planText(
      plan([
        one,
        { ...confirm('z1.example.'), at: from + day, state: 'later' },
        { ...confirm('z2.example.'), state: 'overdue', latest: from - 1 },
        { ...confirm('z3.example.'), action: { kind: 'make-key', key: '013+00001' }, title: 'Do something else' },
      ]),
    );
    expect(Object.values(sections(text)).flat()).toHaveLength(4);
  });

  test('what the tool has to do at a time stands before what people do with it, whatever the zone', () => {
    const at = from + day;
    const sign = (apex: string, title: string) =>
      step({
        id: title,
        subject: zone(apex),
        actor: 'tool',
        state: 'later',
        at,
        title,
        commands: [],
        action: { kind: 'sign-with', key: '013+00001' },
      });
    const text = planText(
      plan([
        sign('z0.example.', 'Sign with key 1'),
        { ...confirm('z0.example.'), at, state: 'later' },
        sign('z1.example.', 'Sign with key 2'),
        { ...confirm('z1.example.'), at, state: 'later' },
      ]),
    );
    expect(sections(text).Later).toEqual([
      '2026-01-02 00:00Z  danezone: Sign the zones with the new keys',
      '2026-01-02 00:00Z  you: Publish and confirm',
    ]);
    expect(text).toContain('$ danezone confirm published z0.example z1.example\n');
  });

  test('what nobody waits for is no action of today, and the next one is named', () => {
    const deploy = { id: 'd', title: 'Deploy', actor: 'acme', state: 'open' } as const;
    const text = planText(plan([step(deploy), step({ id: 'l', title: 'Look', state: 'later', at: from + day })]));
    expect(sections(text)['Whenever you like']).toEqual(['now  the ACME client: Deploy']);
    expect(text).toContain('Nothing is to be done now. Next, 2026-01-02 00:00Z: ');
    expect(dueText(plan([step(deploy)]))).toBe('');
  });

  test('the minute of a step is never before its second', () => {
    const later = step({ state: 'later', at: from + 1, latest: from + 119 });
    expect(planText(plan([{ ...later, title: 'Look', action: { kind: 'declare-unsigned' } }]))).toMatch(
      /2026-01-01 00:01Z {2}you: Look[\s\S]*at the latest 2026-01-01 00:01Z/,
    );
  });

  test('until when a roll can be taken back, and by which command', () => {
    expect(planText(plan([step({ undoUntil: from + day })]))).toMatch(
      /^ {6}can be taken back until 2026-01-02 00:00Z: danezone roll abort example\.org$/m,
    );
  });

  test('control characters from names and titles do not reach the terminal', () => {
    const hostile = 'x\u001b[2Jy\u202e\nz';
    for (const text of [planText(plan([step({ title: hostile })])), dueText(plan([step({ title: hostile })]))]) {
      expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      expect(text).toContain('\\x1b[2Jy');
    }
  });
});
