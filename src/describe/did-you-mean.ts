/** What to say of a word that is not known: the nearest one as a hint, and as a fix where nothing else can be meant. */
import type { Extra, Position } from '../text/problem.ts';
import { onlyMeant, suggest } from '../text/suggest.ts';

/** `write` makes the text of the whole scalar at `position` from the word that was meant. */
export function didYouMean(
  word: string,
  known: Iterable<string>,
  position: Position,
  otherwise?: string,
  write = (meant: string) => meant,
): Pick<Extra, 'hint' | 'fix'> {
  const words = [...known];
  const near = suggest(word, words);
  if (near === undefined) return { hint: otherwise };
  const only = onlyMeant(word, words);
  return { hint: `did you mean ${near}?`, fix: only === undefined ? undefined : { position, text: write(only) } };
}
