import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { planSvg } from '../../src/report/plan-svg.ts';
import { day, from, lane, plan, step, until, zone } from './plans.ts';
import { elementsOf } from './well-formed.ts';

const hour = 3600;

describe('the check of well-formed XML can fail', () => {
  test.each([
    '<a>',
    '<a></b>',
    '<a>&</a>',
    '<a b=c/>',
    '<a b="1" b="2"/>',
    '<a><</a>',
    '<a>\u0007</a>',
    'x<a/>',
  ])('%j', (xml) => {
    expect(() => elementsOf(xml)).toThrow();
  });
});

interface Box {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** The rounded boxes of marks; those of one row are at one height. */
function marksOf(svg: string): Box[] {
  return [...svg.matchAll(/<g class="mark[^>]*><rect x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)"/g)].map(
    ([, x, y, width]) => ({ left: Number(x), right: Number(x) + Number(width), y: Number(y) }),
  );
}

function expectApart(boxes: readonly Box[]): void {
  for (const [index, box] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) {
      expect(
        box.y !== other.y || box.right <= other.left || other.right <= box.left,
        JSON.stringify([box, other]),
      ).toBe(true);
    }
  }
}

describe('a plan as a drawing', () => {
  test('it is well-formed, with and without anything to do', () => {
    expect(elementsOf(planSvg(plan([step()])))[0]).toBe('svg');
    expect(elementsOf(planSvg(plan([])))[0]).toBe('svg');
    expect(elementsOf(planSvg(plan([], { lanes: [] })))[0]).toBe('svg');
  });

  test('names, labels and titles are escaped', () => {
    const hostile = '<script>alert("&")</script>\u0007';
    const svg = planSvg(
      plan([step({ title: hostile, subject: { kind: 'host', name: name('a\\<b\\&\\".example.org.') } })], {
        lanes: [{ ...lane, label: '<b>"&', subject: { kind: 'host', name: name('a\\<b\\&\\".example.org.') } }],
      }),
    );
    expect(elementsOf(svg)).not.toContain('script');
    expect(elementsOf(svg)).not.toContain('b');
  });

  test('nothing is fetched from elsewhere and nothing runs', () => {
    const svg = planSvg(plan([step()])).replace('xmlns="http://www.w3.org/2000/svg"', '');
    expect(svg).not.toMatch(/href|url\(|@import|https?:|<script|<image|<use|<foreignObject|\son[a-z]+=/i);
  });

  test('it has colours for light and for dark', () => {
    expect(planSvg(plan([]))).toContain('prefers-color-scheme: dark');
  });

  test('marks do not cover each other, and each stays in the drawing', () => {
    const near = [0, 0, hour, day, 2 * day, 3 * day, 40 * day, 41 * day, 364 * day, 365 * day, 365 * day];
    const steps = near.map((after, index) =>
      step({
        id: `${index}`,
        at: from + after,
        state: after === 0 ? 'due' : 'later',
        assumes: index % 2 === 1 ? 'the parent shows it' : undefined,
      }),
    );
    const marks = marksOf(planSvg(plan(steps)));
    expect(marks.length).toBeGreaterThan(2);
    expectApart(marks);
    for (const { left, right } of marks) {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(1200);
    }
  });

  test('every action of people has its line below the drawing, the tool has none', () => {
    const svg = planSvg(
      plan([
        step({ title: 'First thing' }),
        step({ id: 't', actor: 'tool', title: 'Tool thing', state: 'later', at: from + day }),
        step({ id: 'b', title: 'Second thing', state: 'later', at: from + day, subject: zone('b.example.') }),
      ]),
    );
    expect(svg).toContain('you: First thing');
    expect(svg).toContain('you: Second thing');
    expect(svg).not.toContain('Tool thing');
  });

  test('a bar ends at the horizon, and what lies outside of it has none', () => {
    const spans = [
      { state: 'coming', from: from - 10 * day, until: from - day },
      { state: 'active', from: from - day },
      { state: 'leaving', from: until + day },
    ] as const;
    const svg = planSvg(plan([], { lanes: [{ ...lane, spans }] }));
    const bars = [
      ...svg.matchAll(/<rect class="(coming|active|leaving)" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"[^>]*><title>/g),
    ];
    expect(bars.map(([, state, x, width]) => [state, Number(x) + Number(width)])).toEqual([['active', 1176]]);
  });
});

describe('many zones with the same to do', () => {
  const zones = Array.from({ length: 9 }, (_, index) => `z${index}.example.`);
  const steps = zones.map((apex) => step({ id: apex, subject: zone(apex) }));

  test('have one line below the drawing, and each its mark with the number of that line', () => {
    const svg = planSvg(plan(steps, { lanes: [] }));
    expect(svg.match(/>you: [^<]*<title>/g)).toHaveLength(1);
    expect([...svg.matchAll(/class="number"[^>]*>([^<]*)</g)].map(([, label]) => label)).toEqual(zones.map(() => '1'));
  });

  test('the whole of a name that is too long for its lane is there to be asked for', () => {
    const long = `${'a-long-name.'.repeat(6)}example.`;
    const svg = planSvg(plan([step({ subject: zone(long) })]));
    expect(svg).toContain(`<title>${long.slice(0, -1)}</title>`);
  });
});
