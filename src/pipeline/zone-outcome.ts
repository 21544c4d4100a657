/** What a build has made of one zone. */
import type { Journal } from '../journal/journal.ts';
import type { Problem } from '../text/problem.ts';
import type { Verdict } from '../verify/verify.ts';
import type { Settings } from './settings-file.ts';
import type { ProvenZone } from './sign-zone.ts';

/** What is known of staged content. The zone itself is let go: a repository may hold many large ones. */
export interface ServedContent extends Pick<ProvenZone, 'contentDigest' | 'ds' | 'signatures' | 'reused'> {
  /** SHA-256 of the zone file. */
  readonly sha256: string;
  readonly serial: number;
  readonly verdict: Verdict;
  /** With this build in it. */
  readonly journal: Journal;
  readonly settings: Settings | undefined;
}

export type ZoneOutcome =
  | { readonly state: 'built'; readonly content: ServedContent }
  /** The last content, signed again. `failed`: the new content did not pass verification. */
  | {
      readonly state: 'kept';
      readonly content: ServedContent;
      readonly errors: readonly Problem[];
      readonly failed: boolean;
    }
  /** The last output is left as it is: without its keys it cannot be signed again. */
  | { readonly state: 'stale'; readonly errors: readonly Problem[]; readonly failed: boolean }
  /** Nothing to serve. */
  | { readonly state: 'absent'; readonly errors: readonly Problem[]; readonly failed: boolean };
