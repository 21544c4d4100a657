/** Signatures that name servers are known to show, and by when later ones must have taken their place. */
import { lastOf } from '../journal/evidence.ts';
import type { Journal } from '../journal/journal.ts';
import type { RolloverPolicy } from './policy.ts';

/** What servers were seen with last while a later serial is built. Times in Unix seconds. */
export interface Ageing {
  readonly serial: number;
  /** When the first of its signatures runs out. */
  readonly expiry: number;
  /** The last date on which the later serial can be published without harm. */
  readonly latest: number;
  /** The signatures of the later serial were renewed because of their age. */
  readonly isRenewed: boolean;
}

/** Undefined where servers are known to show the last serial, or nothing is known of them. */
export function ageingOf(journal: Journal, policy: RolloverPolicy, now: number): Ageing | undefined {
  const shown = lastOf(journal, 'published');
  if (shown === undefined) return undefined;
  const { serial } = shown.fact;
  const index = journal.serials.findLastIndex((row) => row.serial === serial);
  const expiry = journal.serials[index]?.firstExpiry;
  const next = journal.serials[index + 1];
  if (expiry === undefined || next === undefined) return undefined;
  const latest = renewBy(expiry, next.built, policy);
  return { serial, expiry, latest, isRenewed: expiry - now < policy.signatures.refresh };
}

/**
 * By when signatures that run out at `expiry` must have followers on the servers, Unix seconds: before a secondary that has lost its
 * primary stops answering, and before caches have them to their end; from `built` on, one run is left for it at least.
 */
export function renewBy(expiry: number, built: number, policy: RolloverPolicy): number {
  return Math.min(
    expiry - policy.zonePropagationDelay,
    Math.max(expiry - signatureMargin(policy), built + policy.runInterval),
  );
}

/** Seconds before signatures run out: for caches, and for secondaries that have lost their primary. */
function signatureMargin({ zonePropagationDelay, expire, ttls }: RolloverPolicy): number {
  return zonePropagationDelay + expire + ttls.max;
}
