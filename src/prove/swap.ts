/** Keys that take over from others, as RFC 7583 has them: the policy's retire-safety is about those, not about algorithms that come or go. */

/** The algorithms before and after: the same, and some. */
export function isSwap(before: readonly (string | number)[], after: readonly (string | number)[]): boolean {
  const [old, next] = [new Set(before), new Set(after)];
  return old.size > 0 && old.size === next.size && [...old].every((algorithm) => next.has(algorithm));
}
