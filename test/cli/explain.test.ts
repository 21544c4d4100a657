import { describe, expect, test } from 'vitest';
import { catalogue } from '../../src/catalogue.ts';
import { danezone, repository } from '../pipeline/run.ts';

const explain = (...args: string[]) => danezone(repository(), 'explain', ...args);

describe('danezone explain', () => {
  test('a rule with all that is known of it', async () => {
    const { status, out, err } = await explain('dane/nothing-matches');
    const rule = catalogue.get('dane/nothing-matches')!;
    expect([status, err]).toEqual([0, '']);
    const words = out.replace(/\s+/g, ' ');
    expect(out.startsWith(`${rule.tier}[${rule.id}] ${rule.title}\n`)).toBe(true);
    for (const text of [rule.why, rule.fix, rule.source!, ...rule.supersedes!]) expect(words).toContain(text);
    expect(words).toMatch(/hidden by (?:[a-z/-]+, )*dane\/wrong-input-digest/);
  });

  test('every rule can be explained, in lines that fit a terminal', async () => {
    const { out } = await explain(...catalogue.keys());
    for (const { id, tier } of catalogue.values()) expect(out).toContain(`${tier}[${id}] `);
    expect(out.split('\n').filter((line) => line.length > 160)).toEqual([]);
  });

  test('without a rule all are listed, a line each', async () => {
    const { status, out } = await explain();
    expect(status).toBe(0);
    const ids = out
      .split('\n')
      .flatMap((line) => /^ {2}(\S+\/\S+) +(?:error|warning|information) /.exec(line)?.[1] ?? []);
    expect(ids.sort()).toEqual([...catalogue.keys()]);
  });

  test.each([
    ['dane/nothing-machtes', 'dane/nothing-matches'],
    ['nothing-matches', 'dane/nothing-matches'],
    ['dane/single-ns', 'zone/single-ns'],
  ])('%s: did you mean %s?', async (id, meant) => {
    const { status, out, err } = await explain(id);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(`did you mean ${meant}?`);
  });

  test('an id that is like none says where all are listed', async () => {
    const { status, err } = await explain('x\u001b[31m');
    expect(status).toBe(2);
    expect(err).toContain('`danezone explain` lists all');
    expect(err).not.toContain('\u001b');
  });

  test('--format json', async () => {
    const { rules } = JSON.parse((await explain('zone/single-ns', 'zone/soa-timers', '--format', 'json')).out);
    expect(rules).toMatchObject([
      { id: 'zone/single-ns', tier: 'warning', reach: 'offline', title: expect.any(String), why: expect.any(String) },
      { id: 'zone/soa-timers', supersededBy: ['zone/ttl-too-long'] },
    ]);
    const all = JSON.parse((await explain('--format', 'json')).out);
    expect(all.rules.length).toBe(catalogue.size);
  });
});
