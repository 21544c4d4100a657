/** Jobs that show what an Executor does. The worker of the tests knows them as well. */
import type { Job } from '../../src/parallel/executor.ts';

export const squareJob: Job<{ plus: number }, number, { square: number; thread: number }> = {
  name: 'square',
  prepare: ({ plus }) => {
    // Tells one preparation, and so one thread, from another.
    const thread = Math.floor(performance.now() * 1000) ^ (process.hrtime()[1] << 4);
    return (part) => ({ square: part * part + plus, thread });
  },
};

/** Counts the parts that were begun, in shared memory. */
export const countJob: Job<Int32Array, number, number> = {
  name: 'count',
  prepare: (begun) => (part) => {
    Atomics.add(begun, 0, 1);
    return part;
  },
};

/** Octets in three ways: alone in their memory, as a piece of more, and in shared memory. */
export const octetsJob: Job<
  Uint8Array,
  number,
  { alone: Uint8Array; piece: Uint8Array; shared: Uint8Array; list: unknown[] }
> = {
  name: 'octets',
  prepare: (shared) => (part) => {
    const more = new Uint8Array(1 << 20).fill(part);
    return {
      alone: new Uint8Array(1000).fill(part),
      piece: more.subarray(5, 15),
      shared: shared.subarray(0, 3),
      list: [new Uint32Array([part]), 'text', null, undefined, [1, 2, 3], Buffer.from('pooled')],
    };
  },
};

export const failingJob: Job<{ at: number; prepare: boolean }, number, number> = {
  name: 'failing',
  prepare: ({ at, prepare }) => {
    if (prepare) throw new RangeError('cannot prepare');
    return (part) => {
      if (part === at) throw new RangeError(`cannot do part ${part}`);
      return part;
    };
  },
};

export const dyingJob: Job<null, number, number> = {
  name: 'dying',
  prepare: () => (part) => (part === 4 ? process.exit(3) : part),
};

export const jobsOfTests = [squareJob, countJob, octetsJob, failingJob, dyingJob];
