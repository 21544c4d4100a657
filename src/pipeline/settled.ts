/** What is shown of all that was found: without what others explain and what is silenced, each place once. */
import { joinedByPlace, type Problem, withoutSuperseded } from '../text/problem.ts';
import type { Repository } from './repository.ts';
import { withoutSilenced } from './silence.ts';

/** `quietly`: nothing is said about the silences themselves. */
export function settled(
  problems: readonly Problem[],
  repository: Repository,
  now: number,
  silences: 'judged' | 'quietly' = 'judged',
): Problem[] {
  const { left, about } = withoutSilenced(withoutSuperseded(problems), repository, now);
  return joinedByPlace(silences === 'judged' ? [...left, ...about] : left);
}
