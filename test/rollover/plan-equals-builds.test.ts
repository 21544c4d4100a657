/**
 * The plan is what happens: builds that run every day, and at the dates that the engine names, with everybody acting at once, make
 * the same versions of the same RRsets at the same seconds.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Journal, newJournal } from '../../src/journal/journal.ts';
import { planZone } from '../../src/rollover/plan-zone.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import { type Answer, goInsecure, rollAlgorithm, rollCsk, rollKsk, rollZsk } from '../../src/rollover/requests.ts';
import { publish, run, showDs, type VirtualZone } from '../../src/rollover/virtual-zone.ts';
import { withNewKey } from '../../src/rollover/wanted-keys.ts';
import { day, hour, madeKey } from './life.ts';
import { policies } from './random-lives.ts';
import { apex, start } from './random-world.ts';

/** Everything that is to be done now: build, publish, bring the DS to the parent, until nothing moves. */
function turn(zone: VirtualZone, now: number): { zone: VirtualZone; nextEvent?: number } {
  for (;;) {
    const ran = run(zone, now);
    const isSaid = zone.policy.publication.kind === 'evidence';
    const after = showDs(isSaid ? publish(ran.zone, now) : ran.zone, now);
    const isDone = ran.moves.length === 0 && ran.made.length === 0 && after.journal === ran.zone.journal;
    zone = after;
    if (isDone) return { zone, nextEvent: ran.nextEvent };
  }
}

function buildDaily(zone: VirtualZone, from: number, until: number, hours: number): Journal {
  let here = turn(zone, from);
  for (let at = from + hours * hour, now = from; ; ) {
    const next = Math.min(at, Math.max(now + 1, here.nextEvent ?? Number.POSITIVE_INFINITY));
    if (next > until) return here.zone.journal;
    now = next;
    if (now === at) at += hours * hour;
    here = turn(here.zone, now);
  }
}

function made({ content, rrsets, parentDs, keys }: Journal) {
  const signers = ({ signed }: { readonly signed?: { readonly signers: readonly string[] } }) => signed?.signers;
  return {
    keys: keys.map(({ id, role, goal, created, dnskey, zrrsig, krrsig, ds }) => ({
      id,
      role,
      goal,
      created,
      dnskey,
      zrrsig,
      krrsig,
      ds,
    })),
    content: content.map((version) => [version.built, version.dropped, signers(version)]),
    rrsets: rrsets.map(({ owner, type, versions }) => [
      owner,
      type,
      versions.map((version) => [version.built, version.dropped, version.records, version.ttl, signers(version)]),
    ]),
    parentDs: parentDs.map(({ built, dropped, records }) => [built, dropped, records]),
  };
}

type Request = (zone: VirtualZone, now: number) => { readonly policy: RolloverPolicy; readonly answer: Answer };

const requests: Readonly<Record<string, Request>> = {
  nothing: ({ policy, journal }) => ({ policy, answer: { journal, wanted: [] } }),
  zsk: ({ policy, journal }) => ({ policy, answer: rollZsk(journal) }),
  ksk: ({ policy, journal }) => ({ policy, answer: rollKsk(journal) }),
  csk: ({ policy, journal }) => ({ policy, answer: rollCsk(journal) }),
  insecure: ({ policy, journal }, now) => ({ policy, answer: goInsecure(journal, now, 'operator') }),
  algorithm: ({ policy: before, journal }) => {
    const policy = { ...before, keys: { ...before.keys, algorithm: before.keys.algorithm === 15 ? 13 : 15 } };
    return { policy, answer: rollAlgorithm(journal, policy) };
  },
};

function asked(zone: VirtualZone, request: Request, now: number): VirtualZone {
  const { policy, answer } = request(zone, now);
  if ('error' in answer) return zone;
  const keys = answer.wanted.reduce(
    (all, wanted, index) => withNewKey(all, madeKey(wanted.role, wanted.algorithm, index), wanted, policy, now),
    answer.journal.keys,
  );
  return { ...zone, policy, journal: { ...answer.journal, keys } };
}

describe('the plan equals what daily builds do when everybody acts at the earliest date', () => {
  test.each(Object.entries(requests))('after a request: %s', (_, request) => {
    fc.assert(
      fc.property(policies, fc.constantFrom(11, 24, 36), fc.integer({ min: 0, max: 30 }), (policy, hours, quiet) => {
        const { zone } = turn({ journal: newJournal(apex, start), policy }, start);
        const grown = buildDaily(zone, start, start + quiet * day, 24);
        const from = start + quiet * day;
        const begin = asked({ ...zone, journal: grown }, request, from);
        const until = from + 150 * day;
        expect(made(buildDaily(begin, from, until, hours))).toEqual(made(planZone(begin, from, until).history));
      }),
      { numRuns: 9, seed: 1 },
    );
  });
});
