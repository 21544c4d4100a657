/** Keys that have to be made, and when: the first ones, and successors of keys whose lifetime ends. */
import type { Journal, KeyId, KeyRecord, KeyRole } from '../journal/journal.ts';
import { algorithmOfKey, hasDs, hasZrrsig, keyOf } from './key-records.ts';
import type { Term, WantedKey } from './move.ts';
import type { RolloverPolicy } from './policy.ts';
import { standbyWanted } from './standby.ts';
import { publicationInterval } from './time.ts';

type Keyed = Pick<Journal, 'keys' | 'requests'>;

/** The keys that are due at `now`. A zone that goes insecure wants none. */
export function wantedKeys({ keys, requests }: Keyed, policy: RolloverPolicy, now: number): readonly WantedKey[] {
  if (requests.insecure !== undefined) return [];
  const staying = servingKeys(keys);
  return [
    ...missingRoles(staying, policy).map(
      (role): WantedKey => ({
        role,
        algorithm: staying.length > 0 ? algorithmOfKey(staying[0]) : policy.keys.algorithm,
        retires: [],
        reason: 'first',
      }),
    ),
    ...staying
      .filter((key) => (successorDue(key, policy) ?? Number.POSITIVE_INFINITY) <= now)
      .map((key) => successorOf(key, 'lifetime')),
    ...standbyWanted({ keys }, policy),
  ];
}

/** The keys that are to stay and do what their role does. */
export function servingKeys(keys: readonly KeyRecord[]): readonly KeyRecord[] {
  return keys.filter(({ goal, standby }) => goal === 'omnipresent' && standby !== true);
}

/** When the next successor is due, Unix seconds. */
export function nextWanted({ keys, requests }: Keyed, policy: RolloverPolicy): number | undefined {
  if (requests.insecure !== undefined) return undefined;
  const dates = keys.filter(({ goal }) => goal === 'omnipresent').flatMap((key) => successorDue(key, policy) ?? []);
  return dates.length === 0 ? undefined : Math.min(...dates);
}

/** A key of the same role and algorithm that replaces this one. */
export function successorOf(key: KeyRecord, reason: WantedKey['reason']): WantedKey {
  const { id, role } = key;
  return { role, algorithm: algorithmOfKey(key), predecessor: id, retires: [id], reason };
}

/** The roles of the policy that no key has; a KSK goes with a ZSK whatever the policy says, until a request changes the layout. */
function missingRoles(staying: readonly KeyRecord[], { keys }: RolloverPolicy): readonly KeyRole[] {
  const entry = staying.some(hasDs);
  const zone = staying.some(hasZrrsig);
  if (entry && zone) return [];
  if (entry) return ['zsk'];
  if (zone) return ['ksk'];
  return rolesOfLayout[keys.layout];
}

export const rolesOfLayout = { csk: ['csk'], 'ksk-zsk': ['ksk', 'zsk'] } as const satisfies Readonly<
  Record<string, readonly KeyRole[]>
>;

/**
 * When the successor of a key has to be published, so that it has taken over when the lifetime of the key ends (RFC 7583 sections
 * 3.2.1 and 3.3.1). Undefined: unlimited, or not in use yet.
 */
export function successorDue(key: KeyRecord, policy: RolloverPolicy): number | undefined {
  const { lifetime, active } = key;
  if (lifetime === undefined || active === undefined) return undefined;
  return active + Math.max(0, lifetime - takeOver(key.role, policy));
}

/** Seconds from the publication of a successor to the moment at which it has taken over, if everybody acts at once. */
export function takeOver(role: KeyRole, policy: RolloverPolicy): number {
  return takeOverTerms(role, policy).reduce((sum, { seconds }) => sum + seconds, 0);
}

export function takeOverTerms(role: KeyRole, policy: RolloverPolicy): readonly Term[] {
  const published = publicationInterval(policy);
  if (!hasDs({ role })) return published;
  const { registrationDelay, propagationDelay, ttl } = policy.parent;
  return [
    ...published,
    { name: 'registration-delay', seconds: registrationDelay },
    { name: 'parent-ds-ttl', seconds: ttl },
    { name: 'parent-propagation-delay', seconds: propagationDelay },
    { name: 'retire-safety', seconds: policy.retireSafety },
  ].filter(({ seconds }) => seconds > 0);
}

/** The same sum as `successorDue`: what is added to the day on which the key began to sign. */
export function lifetimeTerms({ role, lifetime = 0 }: KeyRecord, policy: RolloverPolicy): readonly Term[] {
  const name = role === 'zsk' ? 'zsk-lifetime' : 'ksk-lifetime';
  return [
    { name, seconds: lifetime },
    ...takeOverTerms(role, policy).map((term) => ({ ...term, seconds: -term.seconds })),
  ];
}

/** Seconds that a key of the role lives by today's policy. */
export function lifetimeOf(role: KeyRole, { keys }: RolloverPolicy): number | undefined {
  return role === 'zsk' ? keys.zskLifetime : keys.kskLifetime;
}

/** A lifetime that the policy changes counts for the keys that are in use too. */
export function withLifetime(key: KeyRecord, policy: RolloverPolicy): KeyRecord {
  const lifetime = key.goal === 'omnipresent' ? lifetimeOf(key.role, policy) : key.lifetime;
  return lifetime === key.lifetime ? key : { ...key, lifetime };
}

/** The keys with one that was made, all hidden, or with a stand-by key that takes over; those that it replaces are to go. */
export function withNewKey(
  keys: readonly KeyRecord[],
  { id, rdata }: Pick<KeyRecord, 'id' | 'rdata'>,
  { role, predecessor, retires, reason, activates }: Omit<WantedKey, 'algorithm'>,
  policy: RolloverPolicy,
  now: number,
): readonly KeyRecord[] {
  const after = keys.map((other) => retired(other, retires, predecessor === other.id ? id : undefined));
  if (activates === id) {
    return after.map((key) => (key.id === id ? { ...key, standby: undefined, predecessor } : key));
  }
  if (keyOf(keys, id) !== undefined) throw new Error(`the key ${id} is there already`);
  const hidden = { state: 'hidden', since: now } as const;
  const key: KeyRecord = {
    id,
    role,
    rdata,
    goal: 'omnipresent',
    lifetime: lifetimeOf(role, policy),
    created: now,
    predecessor,
    standby: reason === 'standby' ? true : undefined,
    dnskey: hidden,
    zrrsig: hidden,
    krrsig: hidden,
    ds: hidden,
  };
  return sortedKeys([...after, key]);
}

function retired(key: KeyRecord, retires: readonly KeyId[], successor: KeyId | undefined): KeyRecord {
  const goes: KeyRecord = retires.includes(key.id) ? { ...key, goal: 'hidden' } : key;
  return successor === undefined ? goes : { ...goes, successor };
}

/** The order of the journal: by algorithm and tag. */
export function sortedKeys(keys: readonly KeyRecord[]): readonly KeyRecord[] {
  return [...keys].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
