/** The job that hashes names for NSEC3 (RFC 5155 section 5): most of the work of a chain, divided over the workers. */
import { nsec3HashInto, nsec3HashLength } from '../dnssec/nsec3-hash.ts';
import type { Job, Range } from '../parallel/executor.ts';
import type { Octets } from '../text/octets.ts';

export interface Nsec3Parameters {
  /** Additional iterations: 0 means that the name is hashed once. */
  readonly iterations: number;
  readonly salt: Octets;
}

interface Shared extends Nsec3Parameters {
  readonly names: Octets;
  readonly nameStart: Uint32Array;
  /** The names to hash; parts are ranges of it. */
  readonly ids: Uint32Array;
}

/** Result: twenty octets a name. */
export const nsec3HashJob: Job<Shared, Range, Octets> = {
  name: 'sign/nsec3-hashes',
  prepare:
    ({ names, nameStart, ids, salt, iterations }) =>
    ({ from, to }) => {
      const hashes = new Uint8Array((to - from) * nsec3HashLength);
      for (let i = from; i < to; i++) {
        const start = nameStart[ids[i]];
        const end = nameStart[ids[i] + 1];
        nsec3HashInto(names, start, end, salt, iterations, hashes, (i - from) * nsec3HashLength);
      }
      return hashes;
    },
};
