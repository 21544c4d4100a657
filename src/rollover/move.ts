/** What a step of the engine does, and what it waits for, as values that a plan can print. */
import type { KeyState } from '../dnssec/key-state.ts';
import type { KeyId, KeyRole } from '../journal/journal.ts';

/** The four records that a key causes (ROLLOVER section 1). */
export const keyRecords = ['dnskey', 'zrrsig', 'krrsig', 'ds'] as const;
export type KeyRecordName = (typeof keyRecords)[number];

/** A record of a key that enters a state. */
export interface Move {
  readonly key: KeyId;
  readonly record: KeyRecordName;
  readonly from: KeyState;
  readonly to: KeyState;
}

/** A term of a wait: `dnskey-ttl 1h`. */
export interface Term {
  /** As the policy calls it: `dnskey-ttl`, `zone-propagation-delay`, `publish-safety`, `max-zone-ttl`, `parent-ds-ttl` … */
  readonly name: string;
  readonly seconds: number;
}

/** `since` + the sum of the terms. */
export interface Wait {
  /** What the clock counts from; undefined `at`: that has not been seen yet, and the date is relative. */
  readonly since: { readonly what: Precondition; readonly at?: number };
  readonly terms: readonly Term[];
}

/** What has to be seen before a clock runs. */
export type Precondition =
  /** Every listed name server has a version that was built at this time or later. */
  | { readonly kind: 'published'; readonly built: number; readonly what: string }
  /** Every parent server shows the DS of these keys. */
  | { readonly kind: 'ds-seen'; readonly keys: readonly KeyId[] }
  /** No parent server shows them any more. */
  | { readonly kind: 'ds-gone'; readonly keys: readonly KeyId[] }
  /** A person's word: `danezone roll step`. */
  | { readonly kind: 'approved' }
  /** Every address of the host shows the certificate with this SPKI (SHA-256, hexadecimal). */
  | { readonly kind: 'certificate-served'; readonly host: string; readonly port: number; readonly spki: string };

/** A move that is wanted and is not taken now. */
export interface Blocked extends Move {
  readonly why: /** A rule of the policy, such as `the DS waits for the DNSKEY`; the move that comes first is blocked itself. */
    | { readonly kind: 'policy'; readonly rule: string }
    /** Some cache would be left without a chain. */
    | { readonly kind: 'safety'; readonly rule: 1 | 2 | 3 }
    | { readonly kind: 'time'; readonly wait: Wait; readonly earliest?: number }
    | { readonly kind: 'approval' };
}

/** A key that the caller has to make, write and hand back before the next step. */
export interface WantedKey {
  readonly role: KeyRole;
  readonly algorithm: number;
  /** The key whose successor it is. */
  readonly predecessor?: KeyId;
  /** The keys that it replaces: with it, their goal is to be hidden. */
  readonly retires: readonly KeyId[];
  /** A stand-by key that is there already and takes over: nothing is made, only its private half has to be there. */
  readonly activates?: KeyId;
  readonly reason: 'first' | 'lifetime' | 'request' | 'algorithm' | 'layout' | 'standby';
}
