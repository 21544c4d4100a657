/** Spans of time, half open: [from, until), Unix seconds. `until` is Infinity where no end is known. */

export interface Span {
  readonly from: number;
  readonly until: number;
}

/** What lies in all of them; undefined where that is nothing. */
export function overlap(...spans: readonly Span[]): Span | undefined {
  let from = Number.NEGATIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;
  for (const span of spans) {
    if (span.from > from) from = span.from;
    if (span.until < until) until = span.until;
  }
  return from < until ? { from, until } : undefined;
}

/** The same time in as few spans as possible, in order. */
export function union(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && span.from <= last.until) {
      joined[joined.length - 1] = { from: last.from, until: Math.max(last.until, span.until) };
    } else {
      joined.push(span);
    }
  }
  return joined;
}

/** As a value that JSON can hold: undefined where there is no end. */
export function endOf({ until }: Span): number | undefined {
  return until === Number.POSITIVE_INFINITY ? undefined : until;
}
