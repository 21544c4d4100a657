import { describe, expect, test } from 'vitest';
import { danezone, repository } from '../pipeline/run.ts';

/** Rules that `check` names for an MX that points to mx.w.example.net. */
async function rulesFor(records: string): Promise<string[]> {
  const net = `
domains:
  example.net:
    nameservers: ours
    records: {'@': {MX: 10 mx.w.example.net}, ${records}}
`;
  const { err } = await danezone(repository({ '/infra/zones/net.yaml': net }), 'check');
  return [...err.matchAll(/^(?:error|warning)\[(zone\/[a-z-]+)\]/gm)].map(([, rule]) => rule);
}

describe('a target inside the zone', () => {
  test.each([
    "'*.w': {A: 192.0.2.1}",
    "'*.w': {AAAA: '2001:db8::1'}",
    "'*': {A: 192.0.2.1}",
  ])('may be a name that the wildcard %s answers for', async (records) => {
    expect(await rulesFor(records)).toEqual([]);
  });

  test.each([
    ["'*.w': {TXT: text}", 'has no address'],
    ["'*.w': {A: 192.0.2.1}, mx.w: {TXT: text}", 'does not answer for a name that exists'],
    ["'*.mx.w': {A: 192.0.2.1}", 'stands below the target, which exists and is empty'],
    ["'*': {A: 192.0.2.1}, w: {TXT: text}", 'stands above the closest encloser'],
  ])('dangles where the wildcard in %s %s', async (records) => {
    expect(await rulesFor(records)).toEqual(['zone/dangling-target']);
  });
});
