/**
 * The plan as a value: everything that will happen up to the horizon if every actor acts at its earliest date (ROLLOVER section 4).
 * Made by the simulation; src/report prints it.
 */
import type { Name } from '../dns/name.ts';
import type { KeyId } from '../journal/journal.ts';
import type { Precondition, Term } from './move.ts';
import type { NextRun } from './next-run.ts';

export type Actor = 'tool' | 'operator' | 'registrar' | 'acme';

export interface Plan {
  /** Unix seconds. */
  readonly from: number;
  readonly until: number;
  /** In order of `at`, then subject, then id. */
  readonly steps: readonly PlanStep[];
  /** One lane a key or certificate, for the timeline. */
  readonly lanes: readonly Lane[];
  /** The next date by which the tool must run, and why; no later than `from`: now. */
  readonly runBefore?: NextRun;
  /** SHA-256, hexadecimal, over the steps: equal as long as nothing that a reviewer has seen has changed. */
  readonly digest: string;
}

export interface PlanStep {
  /** Stable from run to run: hexadecimal, made of subject, action and what it is done with. */
  readonly id: string;
  readonly subject: { readonly kind: 'zone' | 'host'; readonly name: Name };
  readonly actor: Actor;
  readonly action: Action;
  /** One line, an imperative: `Give the registrar the DS of key 12345`. */
  readonly title: string;
  /** Date in the plan: the earliest safe one. */
  readonly at: number;
  /** The last date on which it is still without harm; undefined: it can wait for ever, the rest waits with it. */
  readonly latest?: number;
  /** `at` holds only if others act at their earliest date: what it is relative to, such as `DS seen + 25h`. */
  readonly assumes?: string;
  readonly needs: readonly Precondition[];
  /** Why not before `at`. */
  readonly reason: { readonly text: string; readonly terms: readonly Term[] };
  /** What happens if it comes late. */
  readonly ifLate: string;
  /** Until when it can be undone without harm. */
  readonly undoUntil?: number;
  /** The RRsets that change, as they are expected after it: master-file lines. */
  readonly after: readonly string[];
  /** Commands that the actor runs. */
  readonly commands: readonly string[];
  /**
   * Due: it may be done at `from`, and others wait for it. Overdue: `latest` has passed. Open: it may be done at `from`, and nothing waits
   * for it. Done by tool: the next run does it.
   */
  readonly state: 'done-by-tool' | 'due' | 'overdue' | 'open' | 'later';
}

export type Action =
  | { readonly kind: 'confirm-published' }
  | ({ readonly kind: 'add-ds' } & AtParent)
  | ({ readonly kind: 'remove-ds' } & AtParent)
  | ({ readonly kind: 'replace-ds' } & AtParent)
  | { readonly kind: 'make-key'; readonly key: KeyId }
  | { readonly kind: 'publish-dnskey'; readonly key: KeyId }
  | { readonly kind: 'withdraw-dnskey'; readonly key: KeyId }
  | { readonly kind: 'sign-with'; readonly key: KeyId }
  | { readonly kind: 'stop-signing-with'; readonly key: KeyId }
  /** Every key stops signing and leaves: the zone is built without DNSSEC. */
  | { readonly kind: 'unsign' }
  /** The description says that the zone is unsigned. */
  | { readonly kind: 'declare-unsigned' }
  | { readonly kind: 'publish-tlsa'; readonly owner: Name }
  | { readonly kind: 'withdraw-tlsa'; readonly owner: Name }
  | { readonly kind: 'deploy-certificate'; readonly certificate: string }
  | { readonly kind: 'confirm-certificate'; readonly certificate: string };

interface AtParent {
  readonly keys: readonly KeyId[];
  readonly ds: readonly string[];
  /** The parent zone, where it is in the same repository: its publication shows the DS, and nobody is told. */
  readonly parent?: Name;
}

export interface Lane {
  readonly subject: { readonly kind: 'zone' | 'host'; readonly name: Name };
  /** `CSK 12345`, `mx1-ecdsa`. */
  readonly label: string;
  readonly spans: readonly {
    /** Of a key: the state of the chain that it gives; of a certificate: published ahead, in service, retained. */
    readonly state: 'coming' | 'active' | 'leaving';
    readonly from: number;
    /** Undefined: beyond the horizon. */
    readonly until?: number;
  }[];
}
