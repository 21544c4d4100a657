import { describe, expect, test } from 'vitest';
import { Type } from '../../src/dns/type.ts';
import { currentVersion } from '../../src/journal/held.ts';
import type { Journal, KeyRecord } from '../../src/journal/journal.ts';
import { planZone } from '../../src/rollover/plan-zone.ts';
import { goInsecure } from '../../src/rollover/requests.ts';
import { decideTlsa } from '../../src/rollover/tlsa.ts';
import { madeKey, policy } from './life.ts';
import {
  type Case,
  certificate,
  day,
  delays,
  host,
  hour,
  journalOf,
  owner,
  question,
  spki,
  t0,
  tlsa,
  versions,
} from './tlsa-cases.ts';

const [A, B] = [tlsa('a'), tlsa('b')];
const wait = delays.propagation + 2 * delays.tlsa;

/** A key that is in use; `ds`: everywhere at the parent, or not there yet. */
function key(ds: 'omnipresent' | 'hidden'): KeyRecord {
  const everywhere = { state: 'omnipresent', since: t0 } as const;
  const made = { ...madeKey('csk', 13, 1), role: 'csk', goal: 'omnipresent', created: t0, active: t0 } as const;
  return { ...made, dnskey: everywhere, zrrsig: everywhere, krrsig: everywhere, ds: { state: ds, since: t0 } };
}

function planned(of: Case, until = 400 * day, change = (journal: Journal) => journal) {
  const asked = question(of);
  const ds = of.secure === false ? 'hidden' : 'omnipresent';
  const journal = change({ ...asked.journal, keys: [key(ds)] });
  const plan = planZone({ journal, policy, owners: [asked] }, asked.now, t0 + until);
  const isHost = ({ subject }: { readonly subject: { readonly kind: string } }) => subject.kind === 'host';
  return { ...plan, hosts: plan.steps.filter(isHost), lanes: plan.lanes.filter(isHost) };
}

const brief = (of: Case) =>
  planned(of).hosts.map(({ at, actor, action, state }) => [at - t0, actor, action.kind, state]);
const stepOf = (of: Case, kind: string) => planned(of).hosts.find(({ action }) => action.kind === kind);

describe('the plan of a host', () => {
  const history = versions({ built: 0, seen: 0, records: [A] }, { built: 10, seen: 100, records: [A, B] });
  const roll = {
    at: 200,
    journal: journalOf(history, [[0, 'a']]),
    wanted: [A, B],
    certificates: [certificate('a', 'b', { notAfter: t0 + 30 * day })],
  };

  test('deploys the next key when every cache has its record, then has it confirmed, then withdraws the old record', () => {
    const at = 100 + wait;
    expect(brief(roll)).toEqual([
      [at, 'acme', 'deploy-certificate', 'later'],
      [at, 'operator', 'confirm-certificate', 'later'],
      [at + delays.retire, 'tool', 'withdraw-tlsa', 'later'],
    ]);
    expect(stepOf(roll, 'deploy-certificate')).toMatchObject({
      latest: t0 + 30 * day,
      assumes: undefined,
      undoUntil: t0 + at + delays.retire,
      subject: { kind: 'host', name: host },
    });
    const { history: end } = planned(roll);
    expect(currentVersion(end, owner, Type.TLSA)?.records).toEqual([B]);
  });

  test('is what the decision does when each acts at his date: not a second earlier', () => {
    const at = 100 + wait;
    const seen = journalOf(history, [
      [0, 'a'],
      [at, 'b'],
    ]);
    const decidedAt = (seconds: number) =>
      decideTlsa(question({ at: seconds, journal: seen, wanted: [B], certificates: [certificate('b')] }));
    expect(decidedAt(at).certificates[0].standing).toEqual({ kind: 'settled' });
    expect(decidedAt(at + delays.retire - 1).records).toEqual([A, B]);
    expect(decidedAt(at + delays.retire).records).toEqual([B]);
  });

  test('says what its dates assume while nobody has seen the records', () => {
    const unseen = { ...roll, journal: journalOf(versions({ built: 0, records: [A, B] }), [[0, 'a']]) };
    const deploy = stepOf(unseen, 'deploy-certificate');
    expect(deploy).toMatchObject({ at: t0 + 200 + wait, needs: [{ kind: 'published' }], state: 'later' });
    expect(deploy?.assumes).toBeDefined();
  });

  test('a next key that may go into service is open until the current certificate comes near its end, then due, then overdue', () => {
    const at = 100 + wait;
    const states = [100 * day, 30 * day, 0].map((left) => {
      const certificates = [certificate('a', 'b', { notAfter: t0 + at + left - (left === 0 ? 1 : 0) })];
      return stepOf({ ...roll, at, certificates }, 'deploy-certificate')?.state;
    });
    expect(states).toEqual(['open', 'due', 'overdue']);
  });

  test('asks for a look where old records stay without evidence', () => {
    const swapped = { at: 5000, journal: journalOf(history), wanted: [B], certificates: [certificate('b')] };
    expect(brief(swapped)).toEqual([
      [5000, 'operator', 'confirm-certificate', 'due'],
      [5000 + hour, 'tool', 'withdraw-tlsa', 'later'],
    ]);
    const confirm = planned(swapped).hosts[0];
    expect(confirm.needs).toEqual([{ kind: 'certificate-served', host, port: 25, spki: spki('b') }]);
    expect(confirm.commands).toEqual(['danezone confirm cert-served mx.example.org --certificate mx-b']);
  });

  test('holds a first TLSA back until its certificate is confirmed', () => {
    expect(brief({ wanted: [A], certificates: [certificate('a')] })).toEqual([
      [0, 'operator', 'confirm-certificate', 'due'],
      [0, 'tool', 'publish-tlsa', 'later'],
    ]);
  });

  test('what a look holds up is said of the heaviest: the first DS, then new records, then old ones', () => {
    const certificates = [certificate('a')];
    const ifLate = (of: Case) => stepOf({ certificates, ...of }, 'confirm-certificate')?.ifLate;
    const first = ifLate({ wanted: [A] });
    const beforeDs = ifLate({ wanted: [A], secure: false });
    const old = ifLate({ wanted: [A], journal: journalOf(versions({ built: 0, seen: 0, records: [A, B] })) });
    expect(new Set([first, beforeDs, old]).size).toBe(3);
    expect(beforeDs).toContain('first DS waits');
    expect(first).toContain('held back');
    expect(old).toContain('stay');
  });

  test('the first DS comes when its certificates were seen, and when caches have their records', () => {
    const late = { at: 50 * hour, wanted: [A], secure: false, certificates: [certificate('a')] };
    const { steps } = planned(late);
    const kinds = steps.map(({ action }) => action.kind);
    expect(kinds.indexOf('add-ds')).toBeGreaterThan(kinds.indexOf('confirm-certificate'));
    // The only record was of another key until now: caches lose it after propagation + 2 × TTL, if nobody knows what is served.
    const changed = { ...late, journal: journalOf(versions({ built: 0, seen: 0, records: [B] })) };
    const ds = planned(changed).steps.find(({ action }) => action.kind === 'add-ds');
    expect(ds!.at - t0 - 50 * hour).toBe(delays.propagation + delays.tlsa);
  });

  test('a zone that leaves DNSSEC withdraws its records before its DS', () => {
    const quiet = { journal: journalOf(versions({ built: 0, seen: 0, records: [A] }), [[0, 'a']]), wanted: [A] };
    const leaving = (journal: Journal) => {
      const answer = goInsecure(journal, t0, 'operator');
      if ('error' in answer) throw new Error(answer.error);
      return answer.journal;
    };
    const { steps } = planned({ ...quiet, certificates: [certificate('a')] }, 400 * day, leaving);
    expect(steps.filter(({ actor }) => actor === 'tool').map(({ action, at }) => [action.kind, at - t0])).toEqual([
      ['withdraw-tlsa', 0],
      ['unsign', delays.propagation + delays.tlsa + policy.parent.ttl + policy.parent.propagationDelay],
    ]);
    expect(steps.find(({ action }) => action.kind === 'remove-ds')?.at).toBe(t0 + delays.propagation + delays.tlsa);
  });

  test('has stable ids, nothing beyond the horizon, and a lane for each key', () => {
    const ids = ({ hosts }: ReturnType<typeof planned>) => hosts.map(({ id }) => id);
    expect(ids(planned({ ...roll, at: 201 }))).toEqual(ids(planned(roll)));
    expect(planned(roll, 100).hosts).toEqual([]);
    expect(planned(roll).lanes.map(({ label, spans }) => [label, spans.map(({ state }) => state)])).toEqual([
      ['mx-a', ['active', 'leaving']],
      ['mx-a, next key', ['coming', 'active']],
    ]);
  });

  test('is empty where nothing changes', () => {
    const quiet = { journal: journalOf(versions({ built: 0, seen: 0, records: [A] }), [[0, 'a']]), wanted: [A] };
    expect(planned({ ...quiet, certificates: [certificate('a')] }).hosts).toEqual([]);
  });
});
