/**
 * When a version is served and when caches may hold it (ROLLOVER section 5), from what was built and what was seen.
 *
 * Served: from its first build until the last server stopped. Held: until its own TTL after that, and not beyond its last
 * signature once it is no longer signed again.
 */
import type { ContentVersion, Signed, Timeline } from '../journal/journal.ts';
import type { ServiceRules } from './policy.ts';
import type { Span } from './span.ts';

const never = Number.POSITIVE_INFINITY;

/** A version as caches see it. */
export interface Entry<V extends Timeline = Timeline> {
  readonly version: V;
  readonly ttl: number;
  readonly served: Span;
  readonly held: Span;
}

/**
 * By when every server was seen without a version: seen to have none of it, or seen with a later one, since a server has one
 * version of a zone. Infinity where nothing was seen.
 */
export function seenGone(versions: readonly Timeline[], index: number): number {
  const { service } = versions[index];
  let gone = service.state === 'gone' ? service.until : never;
  for (let later = index + 1; later < versions.length; later++) {
    const { service: seen } = versions[later];
    if (seen.state !== 'unseen') gone = Math.min(gone, seen.from ?? never);
  }
  return gone;
}

/** `expire`: how long secondaries may serve on without their primary; a delay of the policy that is as long covers them. */
function servedUntil(versions: readonly Timeline[], index: number, rules: ServiceRules, expire: number): number {
  const { dropped, service } = versions[index];
  if (dropped === undefined) return never;
  const { policy, mode } = rules;
  const gone = seenGone(versions, index);
  const seen = gone === never ? never : gone + (mode === 'plain' ? 0 : policy.zonePropagationDelay);
  if (policy.publication.kind === 'evidence') return seen;
  const delay = Math.max(policy.zonePropagationDelay, policy.secondaryRefresh ?? 0, expire);
  const told = dropped + policy.publication.after + delay;
  // Who looks late sees late that it is gone. But servers that were seen with it after that show that the policy is wrong.
  const lastSeen = service.state === 'unseen' ? undefined : service.from;
  return lastSeen !== undefined && lastSeen >= told ? seen : Math.min(seen, told);
}

/** The largest SOA EXPIRE that secondaries had from the contents of a version's time. */
function expireOf(content: readonly ContentVersion[], { built, dropped = never }: Timeline, fallback: number): number {
  const then = content.filter((version) => version.built <= dropped && (version.dropped ?? never) >= built);
  return then.length === 0 ? fallback : Math.max(...then.map(({ expire }) => expire));
}

/**
 * Every version of a history with its times. `margin`: the safety that the policy adds where the version at this index is
 * replaced by the next one.
 */
export function entriesOf<V extends Timeline & { readonly signed?: Signed }>(
  versions: readonly V[],
  content: readonly ContentVersion[],
  rules: ServiceRules,
  ttlOf: (version: V) => number,
  margin: (version: V, next: V) => number = () => 0,
): readonly Entry<V>[] {
  return versions.map((version, index) => {
    const ttl = ttlOf(version);
    const next = versions[index + 1];
    const safety = rules.mode === 'plain' || next === undefined ? 0 : margin(version, next);
    const expire = rules.mode === 'strict' ? expireOf(content, version, rules.policy.expire) : 0;
    const end = servedUntil(versions, index, rules, expire) + safety;
    return {
      version,
      ttl,
      served: { from: version.built, until: end },
      held: { from: version.built, until: Math.min(end + ttl, lastValidity(version, rules)) },
    };
  });
}

/** A version that stands is signed again; one that was dropped is not, and its last signature ends it (RFC 4035 section 5.3.3). */
function lastValidity({ dropped, signed }: Timeline & { readonly signed?: Signed }, { clockSkew }: ServiceRules) {
  return dropped === undefined || signed === undefined ? never : signed.expiration + clockSkew;
}
