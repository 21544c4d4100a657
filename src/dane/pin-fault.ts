/** Why a change of issuer breaks a trust-anchor record (dane/public-issuer-pin), in words. */

export type PinFault = {
  readonly issuer: string;
  readonly catalogue: string;
} /** One issuer is pinned, and the authority has others. */ & (
  | { readonly kind: 'single'; readonly missing: readonly string[] }
  /** All that issue now are pinned, and not those that may issue tomorrow. */
  | { readonly kind: 'backup-missing'; readonly missing: readonly string[] }
  /** Several are pinned, and not all. */
  | { readonly kind: 'some-missing'; readonly missing: readonly string[] }
  | { readonly kind: 'retired'; readonly since: string }
  /** A root of which the chain shows only a certificate that another root signed. */
  | { readonly kind: 'cross-sign-only'; readonly signedBy: readonly string[] }
  /** Selector Cert, and there are several certificates for the key. */
  | { readonly kind: 'one-of-several-certificates'; readonly signedBy: readonly string[] }
);

type Sentences = { readonly [Kind in PinFault['kind']]: (of: Extract<PinFault, { kind: Kind }>) => string };

const messages: Sentences = {
  single: ({ issuer, catalogue, missing }) =>
    `${issuer} is one of ${missing.length + 1} issuers of ${catalogue} that the next certificate can come from: no record pins ${list(missing)}`,
  'backup-missing': ({ catalogue, missing }) =>
    `every active issuer of ${catalogue} is pinned, and no record pins its backup ${list(missing)}`,
  'some-missing': ({ catalogue, missing }) =>
    `some issuers of ${catalogue} are pinned, and no record pins ${list(missing)}: the next certificate can come from each`,
  retired: ({ issuer, catalogue, since }) =>
    `${issuer} is retired by ${catalogue} (${since}): the next certificate comes from another issuer`,
  'cross-sign-only': ({ issuer, catalogue, signedBy }) =>
    `${issuer} of ${catalogue} is reached only by a cross-sign: the chain shows it as a certificate that ${list(signedBy)} signed, and a chain without that certificate matches nothing`,
  'one-of-several-certificates': ({ issuer, catalogue, signedBy }) =>
    `${issuer} of ${catalogue} is cross-signed: there are ${signedBy.length} certificates for its key, by ${list(signedBy)}, and a record with selector Cert holds one of them`,
};

const hints: Sentences = {
  single: ({ catalogue }) => pinAll(catalogue),
  'backup-missing': ({ catalogue }) => pinAll(catalogue),
  'some-missing': ({ catalogue }) => pinAll(catalogue),
  retired: ({ catalogue }) => pinAll(catalogue),
  'cross-sign-only': ({ catalogue }) => pinAll(catalogue),
  'one-of-several-certificates': () => 'use selector SPKI: the key is the same in all of them',
};

const pinAll = (catalogue: string) => `write { issuers: ${catalogue} } under tlsa:, or use DANE-EE SPKI SHA2-256`;

export function pinFaultText(fault: PinFault): string {
  return say(messages, fault);
}

export function pinFaultHint(fault: PinFault): string {
  return say(hints, fault);
}

function say(sentences: Sentences, fault: PinFault): string {
  const sentence: (of: never) => string = sentences[fault.kind];
  return sentence(fault as never);
}

/** `YE1, YE2 and YE3`. */
function list(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
