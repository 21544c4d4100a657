/** What operators ask the engine for: rolls, going insecure, taking a roll back, the word for manual steps. Values in, values out. */
import { algorithmName } from '../dnssec/algorithm.ts';
import type { Journal, KeyRecord, KeyRole } from '../journal/journal.ts';
import { algorithmOfKey, isDone, isHidden, keyOf } from './key-records.ts';
import type { WantedKey } from './move.ts';
import type { RolloverPolicy } from './policy.ts';
import { rolesOfLayout, servingKeys, successorOf } from './wanted-keys.ts';

/** The journal with the request in it, and the keys to make and add with `withNewKey`; or why not, as a sentence. */
export type Answer =
  | { readonly journal: Journal; readonly wanted: readonly WantedKey[] }
  | { readonly error: string; readonly hint: string };

export interface RollOptions {
  /** A key is compromised: also while another roll of the same kind is under way. */
  readonly emergency?: boolean;
}

export const rollZsk = (journal: Journal, options?: RollOptions) => rollRole('zsk', journal, options);
export const rollKsk = (journal: Journal, options?: RollOptions) => rollRole('ksk', journal, options);
export const rollCsk = (journal: Journal, options?: RollOptions) => rollRole('csk', journal, options);

function rollRole(role: KeyRole, journal: Journal, { emergency = false }: RollOptions = {}): Answer {
  const refusal = leavesDnssec(journal);
  if (refusal !== undefined) return refusal;
  const staying = servingKeys(journal.keys);
  const key = staying.find((each) => each.role === role);
  if (key === undefined) {
    const roles = staying.map((each) => `${each.role.toUpperCase()} ${each.id}`).join(', ');
    return {
      error: `has no ${role.toUpperCase()}`,
      hint: roles === '' ? 'build the zone first' : `its keys are ${roles}`,
    };
  }
  const before = keyOf(journal.keys, key.predecessor);
  if (!emergency && before !== undefined && before.goal === 'hidden' && !isHidden(before)) {
    return {
      error: `${before.id} is still being replaced by ${key.id}`,
      hint: 'see danezone plan for when that is done; roll again with --emergency only if the new key is compromised',
    };
  }
  return { journal, wanted: [successorOf(key, 'request')] };
}

function leavesDnssec({ requests }: Journal): Answer | undefined {
  if (requests.insecure === undefined) return undefined;
  return { error: 'is leaving DNSSEC', hint: 'take that back first: danezone roll abort' };
}

/** To the algorithm and the layout of the policy. */
export function rollAlgorithm(journal: Journal, policy: RolloverPolicy): Answer {
  const refusal = leavesDnssec(journal);
  if (refusal !== undefined) return refusal;
  const { algorithm, layout } = policy.keys;
  const staying = servingKeys(journal.keys);
  const roles: readonly KeyRole[] = rolesOfLayout[layout];
  const isNew = (role: KeyRole) => !staying.some((key) => key.role === role && algorithmOfKey(key) === algorithm);
  const wantedRoles = roles.filter(isNew);
  if (staying.length === 0) return { error: 'has no keys', hint: 'build the zone first' };
  if (wantedRoles.length === 0) {
    const what = `${algorithmName(algorithm)} and ${layout === 'csk' ? 'one key' : 'KSK and ZSK'}`;
    return {
      error: `the keys are those of its policy already: ${what}`,
      hint: 'set the new algorithm or layout in the policy of the zone first, under keys:',
    };
  }
  const moving = journal.keys.find((key) => key.goal === 'hidden' && !isHidden(key));
  if (moving !== undefined) {
    return {
      error: `${moving.id} is still being replaced`,
      hint: 'an algorithm or layout is changed when no other roll is under way: see danezone plan for when that is',
    };
  }
  const leaves = (key: KeyRecord) => !(roles.includes(key.role) && algorithmOfKey(key) === algorithm);
  const retires = staying.filter(leaves);
  const standby = journal.keys.filter((key) => key.standby === true && key.goal === 'omnipresent' && leaves(key));
  const reason = staying.some((key) => algorithmOfKey(key) !== algorithm) ? 'algorithm' : 'layout';
  return {
    journal,
    // With the first of the new keys all old ones are on their way out: what they may not do yet, policy and safety hold back.
    wanted: wantedRoles.map((role, index) => ({
      role,
      algorithm,
      // Within an algorithm the new secure entry point follows the old one; across algorithms nothing follows.
      predecessor: role === 'zsk' ? undefined : retires.find((key) => followsOn(key, algorithm))?.id,
      retires: index === 0 ? [...retires, ...standby].map(({ id }) => id) : [],
      reason,
    })),
  };
}

const followsOn = (key: KeyRecord, algorithm: number) => key.role !== 'zsk' && algorithmOfKey(key) === algorithm;

/** From signed to unsigned: TLSA records go, then the DS, then everything. */
export function goInsecure(journal: Journal, now: number, by: string): Answer {
  if (journal.requests.insecure !== undefined) return { journal, wanted: [] };
  if (journal.keys.every(isDone)) return { error: 'is not signed', hint: 'there is nothing to do' };
  const keys = journal.keys.map((key): KeyRecord => ({ ...key, goal: 'hidden' }));
  return { journal: { ...journal, keys, requests: { ...journal.requests, insecure: { at: now, by } } }, wanted: [] };
}

/** Manual steps that are due at `now` may be taken. */
export function approveSteps(journal: Journal, now: number, by: string): Answer {
  return { journal: { ...journal, requests: { ...journal.requests, approved: { at: now, by } } }, wanted: [] };
}
