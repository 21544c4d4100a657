/**
 * What can be wrong with the DS set of a zone, wherever it stands: at the parent or in a file (verify/), or in the zone of a
 * parent that is declared here (judge/). The comparison itself is ds-set.ts.
 */
import { defineRules } from '../text/problem.ts';

/** `ds` is `DS 12345 13 2`. */
interface Ds {
  readonly ds: string;
}

const goesDark = 'a validating resolver finds no chain from the parent: the whole zone answers SERVFAIL';

export const dsRules = defineRules({
  'parent/ds-without-key': {
    tier: 'error',
    reach: 'offline',
    title: 'no DS of an algorithm matches a key of the zone',
    why: goesDark,
    fix: 'publish the key, or have the parent replace the DS',
    source: 'RFC 4035 section 5.2',
    message: (facts: Ds & { reason: string }) => `${facts.ds}: ${facts.reason}`,
  },
  'parent/standby-ds': {
    tier: 'information',
    reach: 'offline',
    title: 'a DS matches no key of the zone, and others of its algorithm do',
    why: 'this is right for a stand-by key; otherwise the DS is a leftover',
    fix: 'have the parent remove the DS if no key is to follow',
    source: 'RFC 6781 section 4.1.2',
    message: (facts: Ds & { reason: string }) => `${facts.ds}: ${facts.reason}`,
  },
  'parent/ds-without-signatures': {
    tier: 'error',
    reach: 'offline',
    title: 'the key behind the DS does not sign the DNSKEY RRset',
    why: goesDark,
    fix: 'sign the DNSKEY RRset with a key that has a DS, for every algorithm in the DS set',
    source: 'RFC 4035 section 2.2',
    message: (facts: Ds & { key: string }) => `${facts.ds} matches ${facts.key}, which does not sign the DNSKEY RRset`,
  },
  'parent/unsigned-under-ds': {
    tier: 'error',
    reach: 'offline',
    title: 'the parent has a DS, but the zone is not signed',
    why: goesDark,
    fix: 'sign the zone, or have the parent remove the DS first',
    source: 'RFC 4035 section 5.2',
    message: (facts: Ds & { zone: string }) => `${facts.zone} has no DNSKEY record, the parent has ${facts.ds}`,
  },
  'parent/digest-mixed': {
    tier: 'error',
    reach: 'offline',
    title: 'an algorithm is reached only by a weaker digest than the DS set holds',
    why: 'validators look only at the strongest digest type in the DS set: for them the key has no DS',
    fix: 'give the parent every DS with the same digest types',
    source: 'RFC 4509 section 3, RFC 6605 section 6',
    message: (facts: Ds & { strongest: string }) =>
      `${facts.ds} is the only way to its algorithm, but the DS set also holds ${facts.strongest}`,
  },
  'parent/digest-type': {
    tier: 'warning',
    reach: 'offline',
    title: 'a DS has a SHA-1 digest',
    why: 'SHA-1 no longer resists collisions, and validators are about to ignore it',
    fix: 'have the parent replace it by a DS with SHA-256',
    source: 'RFC 8624 section 3.3',
    message: (facts: Ds) => `${facts.ds} has a SHA-1 digest, expected SHA-256`,
  },
  'parent/too-many-ds': {
    tier: 'warning',
    reach: 'offline',
    title: 'the DS set has more than eight records',
    why: 'answers grow, and validators limit how many they try',
    fix: 'have the parent remove those that are not needed',
    source: 'RFC 6781 section 4.3',
    message: (facts: { count: number }) => `the DS set has ${facts.count} records`,
  },
});
