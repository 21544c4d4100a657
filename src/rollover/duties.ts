/**
 * What each key does now. This is the plain stage: keys do what their files say, nothing waits for evidence, and it says so
 * (`gated: false`). The engine of ROLLOVER.md takes its place behind the same interface.
 */
import type { Policy } from '../describe/description.ts';
import type { ZoneKey } from '../keys/key.ts';
import { rolesOf } from '../keys/roles.ts';

export interface KeyDuties {
  /** The DNSKEY RRset. */
  readonly published: readonly ZoneKey[];
  /** Sign the DNSKEY, CDS and CDNSKEY RRsets. */
  readonly signsDnskey: readonly ZoneKey[];
  /** Sign everything else. */
  readonly signsZone: readonly ZoneKey[];
  /** Whose DS the parent should have now; CDS and CDNSKEY say the same. */
  readonly inParent: readonly ZoneKey[];
  /** Whether the parent's side waits for evidence. */
  readonly gated: boolean;
  /** Why `inParent` is empty although the zone is signed, for people. */
  readonly gate?: { readonly reason: string; readonly earliest?: number };
  /** Unix seconds at which a key file asks for a change. */
  readonly nextEvent?: number;
}

/** Needs at least one key that is published and signs, for every algorithm; `keys` as read from the zone's folder. */
export function keyDuties(keys: readonly ZoneKey[], _policy: Policy, now: number): KeyDuties {
  const roles = rolesOf(keys, now);
  const secureEntry = roles.signsDnskey.filter((key) => (key.flags & 0x0001) !== 0 && (key.flags & 0x0080) === 0);
  const events = keys
    .flatMap(({ timing }) => [timing.publish, timing.activate, timing.inactive, timing.delete, timing.revoke])
    .filter((time): time is number => time !== undefined && time > now);
  return {
    published: roles.published,
    signsDnskey: roles.signsDnskey,
    signsZone: roles.signsZone,
    inParent: secureEntry.length > 0 ? secureEntry : roles.signsDnskey,
    gated: false,
    nextEvent: events.length > 0 ? Math.min(...events) : undefined,
  };
}
