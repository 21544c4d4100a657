/** Every rule by its id. A rule stands in the folder that decides it; here they only come together. */
import { rules as composeRules } from './compose/rules.ts';
import { rules as daneRules } from './dane/rules.ts';
import { rules as describeRules } from './describe/rules.ts';
import { rules as masterRules } from './dns/rules.ts';
import { rules as journalRules } from './journal/rules.ts';
import { rules as judgeRules } from './judge/rules.ts';
import { rules as textRules } from './judge/text-rules.ts';
import { rules as keyRules } from './keys/rules.ts';
import { rules as pipelineRules } from './pipeline/rules.ts';
import { rules as rolloverRules } from './rollover/rules.ts';
import { rules as signRules } from './sign/rules.ts';
import type { Rule } from './text/problem.ts';
import { rules as verifyRules } from './verify/rules.ts';
import { rules as certificateRules } from './x509/rules.ts';

const all: Readonly<Record<string, Rule>> = {
  ...masterRules,
  ...certificateRules,
  ...describeRules,
  ...daneRules,
  ...keyRules,
  ...journalRules,
  ...rolloverRules,
  ...composeRules,
  ...judgeRules,
  ...textRules,
  ...signRules,
  ...verifyRules,
  ...pipelineRules,
};

/** Sorted by id. */
export const catalogue: ReadonlyMap<string, Rule> = new Map(
  Object.values(all)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((rule) => [rule.id, rule]),
);

/** What the first part of an id stands for, in the order in which a reader meets them. */
export const families: Readonly<Record<string, string>> = {
  yaml: 'the YAML files as files',
  describe: 'what the description means',
  master: 'zone files that are included, signed or verified',
  zone: 'the zone itself',
  compose: 'records while a zone is put together',
  dane: 'where TLSA records stand and what they say',
  cert: 'certificate and key files',
  key: 'DNSSEC keys',
  rollover: 'keys and certificates that change, in time',
  sign: 'signatures',
  denial: 'proofs that something does not exist',
  zonemd: 'the digest over the zone',
  parent: 'the DS set of the parent',
  cds: 'what the zone asks of its parent',
  build: 'what a build does with a zone',
  ops: 'how danezone is run',
};

/** What the tiers mean for whoever runs `check` or `build`. */
export const tierMeaning = {
  error: '`check` exits 1; `build` keeps the last content of the zone and signs it again. It cannot be silenced.',
  warning: 'Said, and nothing is held back. A domain can silence it, with a reason and an expiry date.',
  information: 'Worth knowing; `--quiet` leaves it out.',
} as const;
