/** Rolls that were asked for and that no build has begun yet. The build that makes the new keys ends the request. */
import type { Journal, Requests, RollRequest } from '../journal/journal.ts';
import { algorithmOfKey, isHidden } from './key-records.ts';
import type { WantedKey } from './move.ts';
import type { RolloverPolicy } from './policy.ts';
import { type Answer, rollAlgorithm, rollCsk, rollKsk, rollZsk } from './requests.ts';

export type Asked =
  | { readonly journal: Journal }
  /** A sentence, and what to do. */
  | { readonly error: string; readonly hint: string };

/** The journal with the request in it; keys and zone stay as they are until the next build. */
export function askRoll(journal: Journal, policy: RolloverPolicy, request: RollRequest): Asked {
  const { zone, keys, requests } = journal;
  const { rolls = [] } = requests;
  const { what } = request;
  const same = rolls.find((other) => other.what === what);
  if (same !== undefined) {
    return {
      error: `${zone} was asked for this already, by ${same.by}`,
      hint: 'danezone build begins it; danezone roll abort takes it back',
    };
  }
  const other = rolls.find((one) => one.what === 'algorithm' || what === 'algorithm');
  if (other !== undefined) {
    return {
      error: `${zone} was asked for the roll of its ${wordOf(other)}, which no build has begun yet`,
      hint: 'an algorithm or layout is changed when no other roll is under way; danezone roll abort takes the other one back',
    };
  }
  const answer = answerTo(request, journal, policy);
  if ('error' in answer) return answer;
  const leaving = keys.find((key) => key.goal === 'hidden' && !isHidden(key));
  const isChanging =
    leaving !== undefined &&
    answer.wanted.some((wanted) => wanted.algorithm !== algorithmOfKey(leaving)) &&
    request.why !== 'compromised';
  if (isChanging) {
    return {
      error: `the algorithm of ${zone} is being changed: ${leaving.id} is still leaving`,
      hint: 'see danezone plan for when that is done; only a compromised key is rolled meanwhile, with --emergency',
    };
  }
  return { journal: { ...journal, requests: { ...requests, rolls: [...rolls, request] } } };
}

export const wordOf = ({ what }: Pick<RollRequest, 'what'>) =>
  what === 'algorithm' ? 'algorithm or layout' : what.toUpperCase();

/** The keys that requests ask for now. */
export function askedKeys(journal: Journal, policy: RolloverPolicy): readonly WantedKey[] {
  return (journal.requests.rolls ?? []).flatMap((request) => {
    const answer = answerTo(request, journal, policy);
    return 'error' in answer ? [] : answer.wanted;
  });
}

/** Without the requests whose keys were made, and those that ask for nothing any more. `journal` is that before the keys were made. */
export function leftRequests(journal: Journal, policy: RolloverPolicy, notMade: readonly WantedKey[]): Requests {
  const { rolls, ...rest } = journal.requests;
  if (rolls === undefined) return journal.requests;
  const left = rolls.filter((request) =>
    askedKeys({ ...journal, requests: { rolls: [request] } }, policy).some((wanted) =>
      notMade.some(({ role, algorithm }) => role === wanted.role && algorithm === wanted.algorithm),
    ),
  );
  return left.length > 0 ? { ...rest, rolls: left } : rest;
}

/** Takes back what no build has begun yet; undefined where there is nothing of the kind. */
export function withoutPending(journal: Journal): Journal | undefined {
  const { rolls, ...requests } = journal.requests;
  return rolls === undefined || rolls.length === 0 ? undefined : { ...journal, requests };
}

function answerTo({ what, why }: RollRequest, journal: Journal, policy: RolloverPolicy): Answer {
  const options = { emergency: why === 'compromised' };
  switch (what) {
    case 'zsk':
      return rollZsk(journal, options);
    case 'ksk':
      return rollKsk(journal, options);
    case 'csk':
      return rollCsk(journal, options);
    case 'algorithm':
      return rollAlgorithm(journal, policy);
  }
}
