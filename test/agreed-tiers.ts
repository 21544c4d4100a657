/**
 * The tiers that were agreed for the rules before there was code (the project's design paper RULES.md, tables of November 2026):
 * one id has one tier. Only what stands there; the code has more rules.
 */
import type { Reach, Tier } from '../src/text/problem.ts';

const table: readonly (readonly [Tier, Reach, string])[] = [
  [
    'error',
    'offline',
    `zone/alias-target zone/apex zone/class zone/cname-and-other-data zone/dname-children zone/dnssec-records-in-source zone/ds-at-apex
    zone/ds-not-at-cut zone/missing-glue zone/mixed-ttl zone/mx-is-address zone/negative-ttl zone/null-mx-not-alone zone/out-of-zone
    zone/serial-not-increased zone/ttl-too-long zone/txt-too-long
    dane/algorithm-uncovered dane/alias-chain dane/all-unusable dane/digest-agility dane/duplicate dane/field-range dane/full-data-smtp
    dane/next-is-current dane/nothing-matches dane/parameter-set-uncovered dane/pkix-usage-smtp dane/ta-name-mismatch
    dane/ta-not-in-chain dane/unsigned-zone dane/wildcard-shadowed dane/wrong-input-digest dane/wrong-owner
    cert/key-mismatch cert/not-a-certificate cert/not-der cert/private-key-in-repo cert/several-leaves cert/trailing-data cert/unreadable
    rollover/deployed-too-early rollover/first-tlsa-unserved rollover/old-certificate-returns rollover/unsafe-transition
    rollover/withdrawn-too-early
    key/bad-flags key/forbidden-algorithm key/not-at-apex key/point-not-on-curve key/private-does-not-match key/readable-by-others
    key/rsa-exponent key/rsa-size key/tag-collision key/unauthorised key/unencrypted-in-git
    sign/bad-signature sign/below-cut sign/cds-not-signed-by-ksk sign/labels sign/missing-signature sign/original-ttl sign/orphan
    sign/signer-name sign/ttl sign/unknown-key sign/window
    denial/apex-wrap denial/bitmap denial/chain-broken denial/empty-non-terminal denial/extraneous denial/next-canonical
    denial/nsec3-owner denial/nsec3-params-differ denial/nsec3param denial/opt-out-signed-delegation denial/own-nsec3-iterations
    denial/ttl denial/wildcard
    parent/digest-mixed parent/ds-activates-unserved-tlsa parent/ds-without-key parent/ds-without-signatures
    parent/key-removed-under-ds parent/unsigned-under-ds cds/delete-mixed cds/differs zonemd/digest zonemd/serial`,
  ],
  [
    'error',
    'live',
    'dane/answer dane/served-chain dane/starttls ops/published-differs-from-verified parent/ns-disagree rollover/stale-secondary',
  ],
  [
    'warning',
    'offline',
    `zone/dangling-target zone/dmarc-syntax zone/mixed-ttl-included zone/occluded-data zone/single-ns zone/soa-timers zone/spf-lookups
    zone/tlsa-ttl-long
    dane/ee-cert-auto-renew dane/full-data dane/public-issuer-pin dane/shared-key dane/tls-weak dane/too-many-records
    dane/uncovered-mx dane/undeclared-service
    cert/chain-order cert/expired-ta cert/expires-before-next-run cert/expires-inside-wait
    rollover/early-change-in-service rollover/many-changes rollover/no-next-key rollover/overlapping-rolls
    rollover/renewal-inside-roll
    key/no-backup key/rsa-size-legacy key/too-many key/used-by-two-zones sign/refresh-missed sign/too-many
    denial/nsec3-iterations denial/nsec3-salt parent/digest-type parent/too-many-ds ops/clock-went-back ops/state-not-committed`,
  ],
  ['warning', 'live', 'parent/ds-ttl-longer-than-policy parent/unknown-ds'],
  [
    'information',
    'offline',
    `cert/expired-ee dane/ee-name-or-date dane/foreign-mx dane/host-in-unsigned-zone dane/insecure-mx-domain dane/no-tlsrpt
    rollover/next-not-published sign/ahead-of-dnskey sign/same-instant-expiry`,
  ],
];

export interface Agreed {
  readonly id: string;
  readonly tier: Tier;
  readonly reach: Reach;
}

export const agreedTiers: readonly Agreed[] = table.flatMap(([tier, reach, ids]) =>
  ids
    .trim()
    .split(/\s+/)
    .map((id) => ({ id, tier, reach })),
);

/**
 * Agreed rules that no code decides yet. An id leaves this list, and never comes back, when its rule is written: the test of
 * the catalogue fails for a rule that is gone.
 */
export const notYet: ReadonlySet<string> = new Set(
  `rollover/stale-secondary
  ops/published-differs-from-verified
  parent/ds-activates-unserved-tlsa parent/key-removed-under-ds parent/ns-disagree parent/ds-ttl-longer-than-policy
  parent/unknown-ds dane/answer dane/served-chain dane/starttls`.split(/\s+/),
);
