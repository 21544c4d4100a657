/** Input of rollovers that cannot be right: each is an error at its place, and neither keys, journals nor zones change. */
import { describe, expect, test } from 'vitest';
import type { MemoryHost } from '../../src/host/memory.ts';
import { danezone, net, repository, text, tree } from './run.ts';

const folder = '/infra/keys/example.net';
const yaml = '/infra/zones/net.yaml';
const netWith = (keys: string) => `policies: {p: ${keys}}\n${net.replace('{nameservers', '{policy: p, nameservers')}`;

async function built(policy = '{}'): Promise<MemoryHost> {
  const host = repository({ [yaml]: netWith(policy) });
  expect(await danezone(host, 'build')).toMatchObject({ status: 0 });
  return host;
}

/** All but the manifest, which says that a zone was kept and why. */
const standing = (host: MemoryHost) =>
  [...tree(host, '/infra')].filter(([path]) => !/manifest\.json$|\/\.danezone\//.test(path));

async function expectRefused(host: MemoryHost, rule: string, place: RegExp): Promise<void> {
  const before = standing(host);
  for (const command of ['check', 'build']) {
    const ran = await danezone(host, command);
    expect([command, ran.status]).toEqual([command, command === 'check' ? 1 : 4]);
    expect(ran.err).toContain(`error[${rule}]`);
    expect(ran.err).toMatch(place);
    expect(standing(host)).toEqual(before);
  }
}

const stemOf = (host: MemoryHost) =>
  host.files
    .list(folder)
    .find((file) => file.endsWith('.key'))!
    .replace(/\.key$/, '');

describe('a .state file of a zone without a journal', () => {
  test.each([
    ['an unknown state', /DNSKEYState: \S+/, 'DNSKEYState: nowhere', 'key/unreadable', '[0-9]+'],
    ['an unknown goal', /GoalState: \S+/, 'GoalState: rest', 'key/unreadable', '[0-9]+'],
    ['a line of no form', /GoalState: \S+/, 'GoalState', 'key/unreadable', '[0-9]+'],
    ['another algorithm', /Algorithm: 13/, 'Algorithm: 8', 'key/state-contradicts', '1'],
    ['another role', /KSK: yes/, 'KSK: no', 'key/state-contradicts', '1'],
    ['another length', /Length: 256/, 'Length: 2048', 'key/state-contradicts', '1'],
    ['itself as its successor', /Lifetime: 0/, 'Lifetime: 0\nSuccessor: TAG', 'key/state-contradicts', '1'],
  ])('with %s is an error at its line', async (_, from, to, rule, line) => {
    const host = await built();
    const stem = stemOf(host);
    const path = `${folder}/${stem}.state`;
    const tag = String(Number(stem.slice(-5)));
    const bad = text(host, path).replace(from, to.replace('TAG', tag));
    expect(bad).not.toBe(text(host, path));
    host.put(path, bad);
    host.files.remove(`${folder}/journal.json`);
    await expectRefused(
      host,
      rule,
      new RegExp(`--> keys/example\\.net/K\\S+\\.state:${line}:1|keys/example\\.net/K\\S+\\.state:${line}:1`),
    );
  });
});

describe('a missing key file', () => {
  test('is an error that names the file', async () => {
    const host = await built();
    host.files.remove(`${folder}/${stemOf(host)}.key`);
    await expectRefused(host, 'key/file-missing', /keys\/example\.net\/K\S+\.key/);
  });
});

describe('a policy that can never finish', () => {
  test.each([
    [
      'a ZSK that lives shorter than its roll',
      '{keys: {layout: ksk-zsk, zsk-lifetime: 1d}}',
      'rollover/lifetime-too-short',
    ],
    ['a CSK that lives shorter than its registration', '{keys: {lifetime: 2d}}', 'rollover/lifetime-too-short'],
    ['a refresh as long as the validity', '{signatures: {validity: 10d, refresh: 10d}}', 'describe/policy'],
  ])('%s is an error at its place', async (_, policy, rule) => {
    const host = await built();
    host.put(yaml, netWith(policy));
    await expectRefused(host, rule, /--> zones\/net\.yaml:1:[0-9]+/);
  });

  test('makes no keys for a new zone', async () => {
    const host = repository({ [yaml]: netWith('{keys: {lifetime: 2d}}') });
    expect(await danezone(host, 'build')).toMatchObject({ status: 4 });
    expect(host.files.list(folder)).toEqual([]);
  });
});
