/** What workers do for `verify`: signatures of a range of rows, NSEC3 hashes of a range of names, a digest over the zone. */
import { openVerifier, type VerifyingEngine } from '../crypto/verify-signature.ts';
import { nsec3HashInto, nsec3HashLength } from '../dnssec/nsec3-hash.ts';
import type { Job } from '../parallel/executor.ts';
import type { Octets } from '../text/octets.ts';
import { shownPerRule } from './findings.ts';
import { type CheckOptions, type RowsResult, SignatureCheck } from './signature-check.ts';
import { type ZoneHash, zoneDigest } from './zone-digest.ts';

/** Parameters of an NSEC3 chain, and the memory for the hashes of all names: NameId → 20 octets, on a SharedArrayBuffer. */
export interface HashTask {
  readonly salt: Octets;
  readonly iterations: number;
  readonly hashes: Octets;
}

export interface VerifyShared extends Omit<CheckOptions, 'described'> {
  readonly engine: VerifyingEngine;
  readonly hashTasks: readonly HashTask[];
}

export type VerifyPart =
  | { readonly kind: 'rows'; readonly from: number; readonly to: number }
  | { readonly kind: 'hashes'; readonly task: number; readonly from: number; readonly to: number }
  | { readonly kind: 'digest'; readonly hash: ZoneHash };

export type VerifyResult =
  | { readonly kind: 'rows'; readonly rows: RowsResult }
  /** The hashes stand in the shared memory. */
  | { readonly kind: 'hashes' }
  | { readonly kind: 'digest'; readonly hash: ZoneHash; readonly digest: Octets };

export const verifyJob: Job<VerifyShared, VerifyPart, VerifyResult> = {
  name: 'verify',
  prepare(shared) {
    const { columns, hashTasks } = shared;
    // A key is usable only if openVerifier takes it; the main thread asked the same question of it.
    const verifiers = shared.keys.map(({ algorithm, publicKey, usable }) => {
      const verifier = usable ? openVerifier(algorithm, publicKey, shared.engine) : undefined;
      return verifier === undefined || 'error' in verifier ? undefined : verifier;
    });
    const check = new SignatureCheck(
      { ...shared, described: shownPerRule },
      (key, message, signature) => verifiers[key]?.verify(message, signature) === true,
    );
    return (part) => {
      switch (part.kind) {
        case 'rows':
          return { kind: 'rows', rows: check.check(part) };
        case 'digest':
          return { kind: 'digest', hash: part.hash, digest: zoneDigest(columns, part.hash) };
        case 'hashes': {
          const { salt, iterations, hashes } = hashTasks[part.task];
          const { names, nameStart } = columns;
          for (let id = part.from; id < part.to; id++) {
            nsec3HashInto(names, nameStart[id], nameStart[id + 1], salt, iterations, hashes, id * nsec3HashLength);
          }
          return { kind: 'hashes' };
        }
      }
    };
  },
};
