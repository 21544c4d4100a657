/**
 * Work that is divided over the parts of a zone. The stages that sign and verify hand out jobs; whether a worker thread
 * or this process does them is decided at the edge (src/host/workers.ts) and cannot change a result.
 */

/** A half-open range of name ids, rows or records. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * A job: a pure function that runs the same in a worker and in process. `shared` is sent once to each worker (put what is
 * large on a SharedArrayBuffer); `part` and the result cross for each part. Class instances do not survive the crossing.
 */
export interface Job<Shared, Part, Result> {
  /** The key under which src/host/jobs.ts registers it. */
  readonly name: string;
  /** Prepares once per worker (imports keys, opens views) and returns the function that does a part. */
  readonly prepare: (shared: Shared) => (part: Part) => Result;
}

export interface Executor {
  /** How many parts run at the same time. */
  readonly width: number;
  /** The results in the order of `parts`, each as soon as it and those before it are ready. */
  map<Shared, Part, Result>(
    job: Job<Shared, Part, Result>,
    shared: Shared,
    parts: readonly Part[],
  ): AsyncIterable<Result>;
  close(): Promise<void>;
}

/** Does every part here, one after the other: for tests, small zones and `--jobs 1`. */
export const inProcess: Executor = {
  width: 1,
  async *map(job, shared, parts) {
    const run = job.prepare(shared);
    for (const part of parts) yield run(part);
  },
  async close() {},
};

/** Cuts `count` items into ranges of at most `size`. */
export function rangesOf(count: number, size: number): Range[] {
  const ranges: Range[] = [];
  for (let from = 0; from < count; from += size) ranges.push({ from, to: Math.min(count, from + size) });
  return ranges;
}
