/** Why a zone cannot be signed as it was asked for. */

import type { Denial } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { maxNameLength } from '../dns/name.ts';
import type { Zone } from '../dns/zone.ts';
import { base32hexLength } from '../dnssec/base32hex.ts';
import { nsec3HashLength } from '../dnssec/nsec3-hash.ts';
import { defineRules, type Report, report } from '../text/problem.ts';

export const rules = defineRules({
  'sign/nsec3-owner-too-long': {
    tier: 'error',
    reach: 'offline',
    title: 'the name of the zone leaves no room for NSEC3 owner names',
    why: 'An NSEC3 owner is a label of 32 characters below the apex; the name would be longer than DNS allows.',
    fix: 'use NSEC for this zone',
    source: 'RFC 5155 section 10.1',
    message: (f: { zone: Name; length: number; limit: number }) =>
      `${f.zone} takes ${f.length} octets on the wire, a zone with NSEC3 may take ${f.limit}`,
  },
});

/** The octets of the longest apex under which an NSEC3 owner fits. */
const longestNsec3Apex = maxNameLength - 1 - base32hexLength(nsec3HashLength);

/** Reports what keeps this zone from being signed. To sign it all the same is a bug. */
export function reportUnsignable(zone: Zone, denial: Denial, to: Report): void {
  const { length } = zone.nameWire(0);
  if (denial.kind === 'nsec' || length <= longestNsec3Apex) return;
  const facts = { zone: zone.apex, length, limit: longestNsec3Apex };
  report(to, rules['sign/nsec3-owner-too-long'], undefined, facts, { subject: zone.apex });
}
