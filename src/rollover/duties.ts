/**
 * What each key does now, as the signer wants to know it. `keyDuties` is the plain stage, for zones of which no policy is known: keys do
 * what their files say, nothing waits for evidence, and it says so (`gated: false`). Everything else goes by the engine (engine-duties.ts).
 */
import type { ZoneKey } from '../keys/key.ts';
import { rolesOf } from '../keys/roles.ts';
import type { Octets } from '../text/octets.ts';

/** Unix seconds, where a date is known. */
export interface Gate {
  readonly reason: string;
  readonly earliest?: number;
  /** Nobody has looked whether the parent has a DS of the zone already. */
  readonly mayStand?: boolean;
}

/** A command of danezone, such as `confirm published`, and the zone or host that it is said of. */
export interface ToSay {
  readonly command: string;
  readonly of: string;
}

export interface KeyDuties {
  /** The DNSKEY RRset. */
  readonly published: readonly ZoneKey[];
  /** Sign the DNSKEY, CDS and CDNSKEY RRsets. */
  readonly signsDnskey: readonly ZoneKey[];
  /** Sign everything else. */
  readonly signsZone: readonly ZoneKey[];
  /** Whose DS the parent should have now; CDS and CDNSKEY say the same. */
  readonly inParent: readonly ZoneKey[];
  /** Algorithms of the DNSKEY RRset with which nothing would be signed. */
  readonly withoutSigner: readonly number[];
  /** Whether the parent's side waits for evidence. */
  readonly gated: boolean;
  /** DS, CDS and CDNSKEY RDATA as the engine wants them; undefined: they follow from `inParent`. */
  readonly parentSets?: {
    readonly ds: readonly Octets[];
    readonly cds: readonly Octets[];
    readonly cdnskey: readonly Octets[];
  };
  /** Why `inParent` is empty although the zone is signed, for people. */
  readonly gate?: Gate;
  /** What somebody must see and say before the next step at the parent. */
  readonly toSay?: ToSay;
  /** Unix seconds at which a key file asks for the next change. */
  readonly nextEvent?: number;
}

const sep = 0x0001;
const revoke = 0x0080;

/** The duties of the keys of one zone at `now`. */
export function keyDuties(keys: readonly ZoneKey[], now: number): KeyDuties {
  const { published, signsKeys, signsZone, withoutSigner } = rolesOf(keys, now);
  const trusted = signsKeys.filter((key) => (key.flags & revoke) === 0);
  const secureEntry = trusted.filter((key) => (key.flags & sep) !== 0);
  const events = keys
    .flatMap(({ timing }) => [timing.publish, timing.activate, timing.inactive, timing.delete, timing.revoke])
    .filter((time): time is number => time !== undefined && time > now);
  const inParent = secureEntry.length > 0 ? secureEntry : trusted;
  return {
    published,
    signsDnskey: signsKeys,
    signsZone,
    withoutSigner,
    inParent,
    gated: false,
    gate: inParent.length > 0 || keys.length === 0 ? undefined : gateOf(keys, now),
    nextEvent: events.length > 0 ? Math.min(...events) : undefined,
  };
}

/** No key signs the DNSKEY RRset: the DS waits for the first that will. */
function gateOf(keys: readonly ZoneKey[], now: number): Gate {
  const starts = keys
    .filter(({ timing }) => (timing.inactive ?? timing.delete ?? Number.POSITIVE_INFINITY) > now)
    .map(({ timing }) => Math.max(timing.activate ?? timing.publish ?? 0, timing.publish ?? 0))
    .filter((start) => start > now);
  const reason = 'none of its keys is published and signs the DNSKEY RRset now';
  return starts.length > 0 ? { reason, earliest: Math.min(...starts) } : { reason };
}
