import { describe, expect, test } from 'vitest';
import { planJson } from '../../src/report/plan-json.ts';
import { planMarkdown } from '../../src/report/plan-markdown.ts';
import { planMermaid } from '../../src/report/plan-mermaid.ts';
import { day, from, lane, plan, step, until, zone } from './plans.ts';

const hostile = 'a | b &lt; <img src=x> `code` *bold* [link](x) _i_ # h ~s~ \\ two\r\nlines \u0007';

describe('a plan as Markdown', () => {
  /** Cells of the rows of the table. */
  const cells = (text: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| when'))
      .map((line) => line.slice(2, -2).split(/(?<!\\) \| /));

  test('marks of Markdown and HTML in a text are text', () => {
    const [row, ...more] = cells(planMarkdown(plan([step({ title: hostile })])));
    expect(more).toEqual([]);
    expect(row).toHaveLength(6);
    expect(row[3].replaceAll(/\\[\\`*_{}[\]<>|#~&]/g, '')).not.toMatch(/[\\`*_{}[\]<>|#~&]/);
    expect(row[3]).not.toMatch(/[\u0000-\u001f\u007f]/);
  });

  test('what is due is a list to tick off, with its commands as code', () => {
    const text = planMarkdown(plan([step()]));
    expect(text).toContain(
      '- [ ] **example.org**: Publish serial 2 (`danezone confirm published example.org --serial 2`)',
    );
  });

  test('an assumed date has a star, and a line says what that means', () => {
    const assumed = planMarkdown(plan([step({ state: 'later', assumes: 'others act' })]));
    expect(cells(assumed)[0][0]).toBe('2026-01-01 00:00Z\\*');
    expect(assumed).toMatch(/^\\\* /m);
    expect(planMarkdown(plan([step()]))).not.toMatch(/^\\\* /m);
  });

  test('nothing to do is said, without an empty table', () => {
    const text = planMarkdown(plan([]));
    expect(text).toContain('Nothing is to be done.');
    expect(text).not.toContain('| when');
  });
});

describe('a plan as a chart of Mermaid', () => {
  const tasks = (text: string) => text.split('\n').filter((line) => /:(?:done|active|crit|milestone),/.test(line));

  test('marks that end a label are gone from labels', () => {
    const label = 'x: y; z # %% a, b\nsection evil';
    const text = planMermaid(plan([step({ title: label })], { lanes: [{ ...lane, label }] }));
    expect(text.match(/^ *section /gm)).toHaveLength(1);
    for (const line of tasks(text)) expect(line).toMatch(/^ {4}[^:;#,%]+ :(?:done|active|crit|milestone), \d+, \d+$/);
    expect(tasks(text)).toHaveLength(3);
  });

  test('a label that is a word of Mermaid does not act as one', () => {
    const text = planMermaid(
      plan([step({ title: 'section evil' }), step({ id: 'x', title: 'title evil' })], { lanes: [] }),
    );
    expect(text.match(/^ *section /gm)).toHaveLength(1);
    expect(text.match(/^ *title /gm)).toHaveLength(1);
  });

  test('a zone that has actions but no lane has its section', () => {
    const text = planMermaid(plan([step({ subject: zone('b.example.') })], { lanes: [] }));
    expect(text).toContain('section b.example');
    expect(tasks(text)).toHaveLength(1);
  });

  test('bars are cut at the edges of the plan', () => {
    const spans = [{ state: 'active', from: from - day }] as const;
    const [task] = tasks(planMermaid(plan([], { lanes: [{ ...lane, spans }] })));
    expect(task).toBe(`    CSK 12345 active :active, ${from}, ${until}`);
  });
});

describe('a plan as JSON', () => {
  test('every time is ISO 8601, durations stay seconds', () => {
    const json = JSON.parse(
      planJson(
        plan(
          [
            step({
              latest: from + day,
              undoUntil: from + 2 * day,
              needs: [{ kind: 'published', built: from, what: 'DNSKEY' }],
              reason: { text: 'why', terms: [{ name: 'dnskey-ttl', seconds: 3600 }] },
            }),
          ],
          { runBefore: { at: from + day, why: 'signatures' } },
        ),
      ),
    );
    expect(json).toMatchObject({
      version: 1,
      from: '2026-01-01T00:00:00.000Z',
      until: '2027-01-01T00:00:00.000Z',
      runBefore: { at: '2026-01-02T00:00:00.000Z' },
      steps: [
        {
          at: '2026-01-01T00:00:00.000Z',
          latest: '2026-01-02T00:00:00.000Z',
          undoUntil: '2026-01-03T00:00:00.000Z',
          needs: [{ built: '2026-01-01T00:00:00.000Z' }],
          reason: { terms: [{ seconds: 3600 }] },
        },
      ],
      lanes: [{ spans: [{ from: '2025-12-02T00:00:00.000Z' }, {}] }],
    });
    // No Unix time is left.
    expect(JSON.stringify(json)).not.toMatch(/:1[0-9]{9}\b/);
  });
});
