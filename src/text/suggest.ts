/** "Did you mean": the nearest of the words that would have been right. */

/** Edits (insert, delete, replace, swap of neighbours) that make `b` of `a`; `limit + 1` where it would take more. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let smallest = i;
    for (let j = 1; j <= b.length; j++) {
      const replace = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(replace, last[j] + 1, row[j - 1] + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2] + 1);
      row.push(cost);
      smallest = Math.min(smallest, cost);
    }
    // A swap reads the row before the last one, so a row over the limit can still be followed by one within it.
    if (smallest > limit + 1) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return Math.min(last[b.length], limit + 1);
}

/** Longer words are not compared: nobody mistypes them, and input must not buy work. */
const longest = 100;

/**
 * The candidate nearest to `word`, if one is near enough to be meant: a third of its letters, at most 3, may differ;
 * case and the choice of `-`, `_` and space are free. Of equals the first.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  if (word === '' || word.length > longest) return undefined;
  const wanted = fold(word);
  let limit = limitFor(wanted);
  let best: string | undefined;
  for (const candidate of candidates) {
    if (candidate === word || candidate.length > longest) continue;
    const distance = editDistance(wanted, fold(candidate), limit);
    if (distance > limit) continue;
    if (distance === 0) return candidate;
    best = candidate;
    limit = distance - 1;
    if (limit < 0) break;
  }
  return best;
}

/**
 * The candidate that `word` can only have been meant to be: it is near enough and no other is, or it differs in case and
 * dashes only. Numbers are never taken for a slip: mx2 is no misspelt mx1.
 */
export function onlyMeant(word: string, candidates: Iterable<string>): string | undefined {
  if (word === '' || word.length > longest) return undefined;
  const wanted = fold(word);
  const limit = limitFor(wanted);
  const near = [...new Set(candidates)]
    .filter((candidate) => candidate !== word && candidate.length <= longest)
    .map((candidate) => ({ candidate, distance: editDistance(wanted, fold(candidate), limit) }))
    .filter(({ distance }) => distance <= limit);
  const same = near.filter(({ distance }) => distance === 0);
  const [only, second] = same.length > 0 ? same : near;
  if (only === undefined || second !== undefined) return undefined;
  return numbersOf(only.candidate) === numbersOf(word) ? only.candidate : undefined;
}

const fold = (text: string) => text.toLowerCase().replace(/[-_ ]/g, '-');
const limitFor = (word: string) => Math.min(3, Math.max(1, Math.floor(word.length / 3)));
const numbersOf = (text: string) => (text.match(/[0-9]+/g) ?? []).join(' ');
