/** Rules about policies that are written in TXT records. */
import { defineRules } from '../text/problem.ts';

interface Facts {
  readonly owner: string;
  readonly what: string;
}

export const rules = defineRules({
  'zone/spf-lookups': {
    tier: 'warning',
    reach: 'offline',
    title: 'an SPF record that receivers take for an error',
    why: 'a policy that is written wrong, or asks DNS more than ten times, counts as none, and some receivers refuse the mail',
    fix: 'correct the term; replace include and a by ip4 and ip6 where there are too many',
    source: 'RFC 7208 sections 4.5, 4.6.1 and 4.6.4',
    message: (facts: Facts) => `the SPF record of ${facts.owner} ${facts.what}`,
  },
  'zone/dmarc-syntax': {
    tier: 'warning',
    reach: 'offline',
    title: 'a DMARC record that receivers ignore',
    why: 'a policy that is written wrong counts as none, and nobody says so',
    fix: 'write v=DMARC1; p=none, quarantine or reject; then the other tags',
    source: 'RFC 7489 sections 6.3 and 6.6.3',
    message: (facts: Facts) => `the DMARC record of ${facts.owner} ${facts.what}`,
  },
});
