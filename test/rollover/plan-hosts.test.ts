import { describe, expect, test } from 'vitest';
import { planHosts } from '../../src/rollover/plan-hosts.ts';
import { decideTlsa } from '../../src/rollover/tlsa.ts';
import {
  type Case,
  certificate,
  day,
  delays,
  host,
  hour,
  journalOf,
  question,
  spki,
  t0,
  tlsa,
  versions,
} from './tlsa-cases.ts';

const [A, B] = [tlsa('a'), tlsa('b')];
const wait = delays.propagation + 2 * delays.tlsa;
const plan = (of: Case, until = 400 * day) => planHosts([question(of)], t0 + until);
const brief = (of: Case) => plan(of).steps.map(({ at, actor, action, state }) => [at - t0, actor, action.kind, state]);

describe('the plan of a host', () => {
  const history = versions({ built: 0, seen: 0, records: [A] }, { built: 10, seen: 100, records: [A, B] });
  const roll = {
    at: 200,
    journal: journalOf(history, [[0, 'a']]),
    wanted: [A, B],
    certificates: [certificate('a', 'b', { notAfter: t0 + 30 * day })],
  };

  test('deploys the next key when every cache has its record, then has it confirmed, then withdraws the old record', () => {
    expect(brief(roll)).toHaveLength(3);
    const kinds = brief(roll).map(([at, , kind]) => [at, kind]);
    expect(kinds).toContainEqual([100 + wait, 'deploy-certificate']);
    expect(kinds).toContainEqual([100 + wait, 'confirm-certificate']);
    expect(kinds).toContainEqual([100 + wait + delays.retire, 'withdraw-tlsa']);
    const deploy = plan(roll).steps.find(({ action }) => action.kind === 'deploy-certificate');
    expect(deploy).toMatchObject({ latest: t0 + 30 * day, assumes: undefined, subject: { kind: 'host', name: host } });
  });

  test('is what the decision does when each acts at his date: not a second earlier', () => {
    const at = 100 + wait;
    const decidedAt = (seconds: number) =>
      decideTlsa(
        question({
          at: seconds,
          journal: journalOf(history, [
            [0, 'a'],
            [at, 'b'],
          ]),
          wanted: [B],
          certificates: [certificate('b')],
        }),
      );
    expect(decidedAt(at).certificates[0].standing).toEqual({ kind: 'settled' });
    expect(decidedAt(at + delays.retire - 1).records).toEqual([A, B]);
    expect(decidedAt(at + delays.retire).records).toEqual([B]);
  });

  test('says what its dates assume while nobody has seen the records, and when it is late', () => {
    const unseen = { ...roll, journal: journalOf(versions({ built: 0, records: [A, B] }), [[0, 'a']]) };
    const deploy = (of: Case) => plan(of).steps.find(({ action }) => action.kind === 'deploy-certificate');
    expect(deploy(unseen)).toMatchObject({ at: t0 + 200 + wait, needs: [{ kind: 'published' }] });
    expect(deploy(unseen)?.assumes).toBeDefined();
    const short = [certificate('a', 'b', { notAfter: t0 + 100 + wait - 1 })];
    expect(deploy({ ...roll, certificates: short })?.state).toBe('overdue');
    expect(deploy({ ...roll, at: 100 + wait })?.state).toBe('due');
  });

  test('asks for a look where old records stay without evidence', () => {
    const swapped = { at: 5000, journal: journalOf(history), wanted: [B], certificates: [certificate('b')] };
    expect(brief(swapped)).toEqual([
      [5000, 'operator', 'confirm-certificate', 'due'],
      [5000 + hour, 'tool', 'withdraw-tlsa', 'later'],
    ]);
    const confirm = plan(swapped).steps[0];
    expect(confirm.needs).toEqual([{ kind: 'certificate-served', host, port: 25, spki: spki('b') }]);
    expect(confirm.commands).toEqual(['danezone confirm cert-served mx.example.org --certificate mx-b']);
  });

  test('holds a first TLSA back until its certificate is confirmed', () => {
    const first = { wanted: [A], certificates: [certificate('a')] };
    expect(
      brief(first)
        .map(([, actor, kind]) => [actor, kind])
        .sort(),
    ).toEqual([
      ['operator', 'confirm-certificate'],
      ['tool', 'publish-tlsa'],
    ]);
    expect(plan(first).steps.find(({ actor }) => actor === 'tool')).toMatchObject({ state: 'later' });
  });

  test('has stable ids, nothing beyond the horizon, and a lane for each key', () => {
    expect(plan({ ...roll, at: 201 }).steps.map(({ id }) => id)).toEqual(plan(roll).steps.map(({ id }) => id));
    expect(plan(roll, 100).steps).toEqual([]);
    const { lanes } = plan(roll);
    expect(lanes.map(({ label, spans }) => [label, spans.map(({ state }) => state)])).toEqual([
      ['mx-a', ['active', 'leaving']],
      ['mx-a next', ['coming', 'active']],
    ]);
  });

  test('is empty where nothing changes', () => {
    const quiet = { journal: journalOf(versions({ built: 0, seen: 0, records: [A] }), [[0, 'a']]), wanted: [A] };
    expect(plan({ ...quiet, certificates: [certificate('a')] }).steps).toEqual([]);
  });
});
