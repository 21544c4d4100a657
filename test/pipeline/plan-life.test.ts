/**
 * Whoever does what the plan prints, as it prints it, gets what it has foretold: every step at its minute. Builds run every few days, and at the
 * dates that the plan names; people run the commands of the steps that are due, the ACME client deploys a next key as soon as it may.
 */
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { Type, typeName } from '../../src/dns/type.ts';
import { type MemoryHost, memoryHost } from '../../src/host/memory.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { newReport } from '../../src/text/problem.ts';
import { danezone, files, noon } from './run.ts';

const day = 86_400;
const apex = 'example.org';

/** `next`: the certificate has a next key; else that one has taken its place. */
const yaml = (policy: string, next: boolean) => `
nameserver-sets: {ours: [ns1.example.org, ns2.example.net]}
certificates:
  mx1: {chain: certs/${next ? 'p256' : 'p384'}.pem${next ? ', next: certs/p384.pem' : ''}}
hosts:
  ns1.example.org: {addresses: [192.0.2.1]}
  mx1.example.org: {addresses: [192.0.2.25], services: {smtp: [mx1], submission: [mx1]}}
policies: {default: ${policy}}
domains: {example.org: {nameservers: ours, mail: [{host: mx1.example.org}]}}
`;

interface Step {
  readonly at: string;
  readonly actor: string;
  readonly state: string;
  readonly action: { readonly kind: string };
  readonly commands: readonly string[];
}

interface Plan {
  readonly runBefore: { readonly at: string };
  readonly steps: readonly Step[];
}

const minute = (time: string | number) => Math.round((typeof time === 'string' ? Date.parse(time) / 1000 : time) / 60);

async function planned(host: MemoryHost): Promise<Plan> {
  return JSON.parse((await danezone(host, 'plan', '--format', 'json', '--until', '120d')).out);
}

async function must(host: MemoryHost, command: string): Promise<void> {
  const [program, ...argv] = command.split(' ');
  const ran = await danezone(host, ...argv);
  expect([program, ran.status], `${command}: ${ran.err}`).toEqual(['danezone', 0]);
}

function journalOf(host: MemoryHost): Journal {
  const octets = host.files.read(`/infra/keys/${apex}/journal.json`);
  return parseJournal('journal.json', octets, name(`${apex}.`), newReport())!;
}

/** One moment: build, and do what is due until nothing is; `deploy` is done when the plan says that it may be. */
async function act(host: MemoryHost, deploy: () => void): Promise<Plan> {
  for (let round = 0; ; round++) {
    expect(round).toBeLessThan(20);
    await danezone(host, 'build');
    const plan = await planned(host);
    const open = plan.steps.filter(({ state, actor }) => actor === 'acme' && (state === 'open' || state === 'due'));
    const due = plan.steps.filter(({ state, actor }) => state === 'due' && actor !== 'acme');
    if (open.length > 0) {
      for (const command of open.flatMap(({ commands }) => commands)) await must(host, command);
      deploy();
    } else if (due.length === 0) return plan;
    for (const command of due.flatMap(({ commands }) => commands)) await must(host, command);
  }
}

/** What stands in the zone and is asked of its parent. */
function standing({ rrsets, content, parentDs, zone }: Journal): ReadonlyMap<string, readonly string[]> {
  const last = (versions: readonly { readonly records: readonly string[] }[]) => versions.at(-1)?.records ?? [];
  return new Map([
    ...rrsets
      .filter(({ owner, type }) => type === Type.TLSA || (type === Type.DNSKEY && owner === zone))
      .map(({ owner, type, versions }) => [`${typeName(type).toLowerCase()} ${owner}`, last(versions)] as const),
    ['ds', last(parentDs)] as const,
    ['signers', content.at(-1)?.signed?.signers ?? []] as const,
  ]);
}

function changes(before: Journal, after: Journal, now: number): string[] {
  const old = standing(before);
  return [...standing(after)].flatMap(([what, records]) => {
    const had = old.get(what) ?? [];
    const came = records.some((record) => !had.includes(record));
    const went = had.some((record) => !records.includes(record));
    const [kind] = what.split(' ');
    if (kind === 'ds') return came ? [`${minute(now)} add-ds`] : [];
    if (kind === 'signers') return came ? [`${minute(now)} sign-with`] : [];
    return [...(came ? [`${minute(now)} publish-${kind}`] : []), ...(went ? [`${minute(now)} withdraw-${kind}`] : [])];
  });
}

const kinds = new Set(['publish-tlsa', 'withdraw-tlsa', 'publish-dnskey', 'withdraw-dnskey', 'add-ds', 'sign-with']);

const foretold = ({ steps }: Plan, from: number, until: number) =>
  [
    ...new Set(
      steps
        .filter(({ action, at }) => kinds.has(action.kind) && minute(at) > minute(from) && minute(at) < minute(until))
        .map(({ action, at }) => `${minute(at)} ${action.kind}`),
    ),
  ].sort();

describe('a plan that is followed', () => {
  test.each([
    ['one key', '{}', 7, 2],
    [
      'KSK and ZSK, each rolled by its lifetime',
      '{keys: {layout: ksk-zsk, zsk-lifetime: 20d, ksk-lifetime: 25d}}',
      2,
      12,
    ],
    [
      'publication by build',
      '{publication: {by-build: {after: 10m}}, keys: {layout: ksk-zsk, zsk-lifetime: 20d}}',
      7,
      8,
    ],
  ])(
    'comes true, step by step, over sixty days: %s',
    async (_, policy, days, least) => {
      const host = memoryHost({
        files: {
          '/infra/zones/all.yaml': yaml(policy, true),
          '/infra/zones/certs/p256.pem': files['/infra/zones/certs/p256.pem'],
          '/infra/zones/certs/p384.pem': files['/infra/zones/certs/p384.pem'],
        },
        now: noon,
        workingFolder: '/infra',
      });
      await danezone(host, 'build');
      const first = await planned(host);
      const until = noon + 60 * day;
      let now = noon;
      const happened = new Set<string>();
      for (let next = noon + days * day; now < until; ) {
        const before = journalOf(host);
        const plan = await act(host, () => host.put('/infra/zones/all.yaml', yaml(policy, false)));
        for (const change of now === noon ? [] : changes(before, journalOf(host), now)) happened.add(change);
        const dates = [plan.runBefore, ...plan.steps].map(({ at }) => Date.parse(at) / 1000).filter((at) => at > now);
        now = Math.min(next, ...dates);
        if (now === next) next += days * day;
        host.setTime(now);
      }
      expect([...happened].sort()).toEqual(foretold(first, noon, until));
      expect(happened.size).toBeGreaterThanOrEqual(least);
      expect((await danezone(host, 'prove')).status).toBe(0);
    },
    600_000,
  );
});
