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

/**
 * New signatures must be on the servers before a secondary that has lost its primary stops answering, and before caches have the old ones to
 * their end; one run is left for it at least. Undefined where servers are known to show the last serial, or nothing is
 * known of them.
 */
export function ageingOf(journal: Journal, policy: RolloverPolicy, now: number): Ageing | undefined {
  const shown = lastOf(journal, 'published');
  if (shown === undefined) return undefined;
  const { serial } = shown.fact;
  const index = journal.serials.findLastIndex((row) => row.serial === serial);
  const expiry = journal.serials[index]?.firstExpiry;
  const next = journal.serials[index + 1];
  if (expiry === undefined || next === undefined) return undefined;
  const latest = Math.min(
    expiry - policy.zonePropagationDelay,
    Math.max(expiry - signatureMargin(policy), next.built + policy.runInterval),
  );
  return { serial, expiry, latest, isRenewed: expiry - now < policy.signatures.refresh };
}

/** Seconds before signatures run out: for caches, and for secondaries that have lost their primary. */
export function signatureMargin({ zonePropagationDelay, expire, ttls }: RolloverPolicy): number {
  return zonePropagationDelay + expire + ttls.max;
}
