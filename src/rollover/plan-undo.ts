/** Until when a step of the plan can be taken back without harm: `danezone roll abort`, or a change of the description. */
import type { KeyId, KeyRecord } from '../journal/journal.ts';
import { keyOf } from './key-records.ts';
import type { PlanStep } from './plan.ts';

/**
 * Of a roll, until the old key leaves the zone; of a zone that leaves DNSSEC, until it is built without signatures, and of that, until
 * the description says so; of a next key's record, until that key is in service; of a deployment, until the old record leaves.
 * Undefined: there is nothing to go back to.
 */
export function undoUntil(step: PlanStep, steps: readonly PlanStep[], keys: readonly KeyRecord[]): number | undefined {
  const { action, at, subject } = step;
  const firstAfter = (is: (other: PlanStep['action']) => boolean) =>
    steps.find((other) => other.at > at && other.subject.name === subject.name && is(other.action))?.at;
  switch (action.kind) {
    case 'make-key':
    case 'publish-dnskey':
    case 'sign-with':
    case 'stop-signing-with':
    case 'add-ds':
    case 'remove-ds':
    case 'replace-ds': {
      const unsigned = firstAfter(({ kind }) => kind === 'unsign');
      if (unsigned !== undefined && action.kind === 'remove-ds') return unsigned;
      const own = 'key' in action ? [action.key] : action.keys;
      const isLeaving = action.kind === 'stop-signing-with' || action.kind === 'remove-ds';
      const old = isLeaving ? own : own.flatMap((id) => replacedBy(id, keys));
      return firstAfter((other) => other.kind === 'withdraw-dnskey' && old.includes(other.key));
    }
    case 'unsign':
      return firstAfter(({ kind }) => kind === 'declare-unsigned');
    case 'publish-tlsa':
      return firstAfter(({ kind }) => kind === 'deploy-certificate');
    case 'withdraw-tlsa':
      return steps.find((other) => other.at > at && other.action.kind === 'unsign')?.at;
    case 'deploy-certificate':
      return firstAfter(({ kind }) => kind === 'withdraw-tlsa');
    case 'withdraw-dnskey':
    case 'declare-unsigned':
    case 'confirm-published':
    case 'confirm-certificate':
      return undefined;
  }
}

/** With another algorithm or layout no key is the successor of one: all that were there before are replaced. */
function replacedBy(id: KeyId, keys: readonly KeyRecord[]): readonly KeyId[] {
  const key = keyOf(keys, id);
  if (key?.predecessor !== undefined) return [key.predecessor];
  return keys
    .filter(({ created, successor }) => key !== undefined && created < key.created && successor === undefined)
    .map((other) => other.id);
}
