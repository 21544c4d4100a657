/** Whether the keys of a policy live long enough for their own rolls. */
import type { Domain } from '../describe/description.ts';
import type { KeyRole } from '../journal/journal.ts';
import { printDuration } from '../text/duration.ts';
import { newReport, type Report, report } from '../text/problem.ts';
import { replacesAtOnce } from './ds-records.ts';
import { hasDs, hasZrrsig } from './key-records.ts';
import { type RolloverPolicy, rolloverPolicyOf } from './policy.ts';
import { rollsByDoubleDs } from './roll-methods.ts';
import { rules } from './rules.ts';
import { publicationInterval } from './time.ts';
import { lifetimeOf, rolesOfLayout } from './wanted-keys.ts';

/** Reports a lifetime that is over before a roll can be: every key would be replaced before it has taken over for good. */
export function checkLifetimes(domain: Domain, to: Report): void {
  if (domain.policy.signing === 'none') return;
  const policy = rolloverPolicyOf(domain);
  for (const role of rolesOfLayout[policy.keys.layout]) {
    const lifetime = lifetimeOf(role, policy);
    const takes = rollDuration(role, policy);
    if (lifetime === undefined || lifetime >= takes) continue;
    const facts = { role: role.toUpperCase(), lifetime: printDuration(lifetime), takes: printDuration(takes) };
    report(to, rules['rollover/lifetime-too-short'], domain.policy.at, facts, { subject: domain.name });
  }
}

/** Whether each key lives long enough for its own roll. */
export function canMeetLifetimes(domain: Domain): boolean {
  const own = newReport();
  checkLifetimes(domain, own);
  return !own.hasErrors;
}

/** Seconds from the publication of a successor until nothing of the old key is left, if everybody acts at once. */
export function rollDuration(role: KeyRole, policy: RolloverPolicy): number {
  const { ttls, parent, zonePropagationDelay, retireSafety } = policy;
  const published = publicationInterval(policy).reduce((sum, { seconds }) => sum + seconds, 0);
  const signatures = hasZrrsig({ role }) ? ttls.max + zonePropagationDelay + retireSafety : 0;
  const ds = parent.ttl + parent.propagationDelay + retireSafety;
  const chain = hasDs({ role }) ? parent.registrationDelay + (replacesAtOnce(policy) ? ds : 2 * ds) : 0;
  const leaves = ttls.dnskey + zonePropagationDelay;
  // The old DS leaves together with its key; and signatures beside a new key arrive no later than the key.
  if (role === 'ksk' && rollsByDoubleDs(policy)) return chain + published;
  if (role === 'zsk' && policy.keys.zskRoll === 'double-signature')
    return Math.max(published, signatures) + Math.max(signatures, leaves);
  return published + Math.max(signatures, chain) + leaves;
}
