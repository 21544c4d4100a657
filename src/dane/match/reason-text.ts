/** Verdicts for people: why a record matched, did not, or counts for nothing. */
import { readableTime } from '../../text/time.ts';
import { type Certificate, certificateName } from '../../x509/certificate.ts';
import type { Fault, Outcome, RecordVerdict, Unusable } from './verdict.ts';

type Sentences<Union extends { readonly kind: string }> = {
  readonly [Kind in Union['kind']]: (of: Extract<Union, { kind: Kind }>) => string;
};

const unusable: Sentences<Unusable> = {
  'too-short': ({ octets }) => `its RDATA has ${octets} octets: the fields alone take 3`,
  'unknown-value': ({ field, value }) => `nobody knows the ${field} ${value}`,
  'data-length': ({ matching, expected, found }) => `${matching} data have ${expected} octets, and these are ${found}`,
  unparsable: ({ expected, message }) => `its data should be a whole ${expected}, and what is there ${message}`,
  'pkix-usage-smtp': () => 'mail servers do not use PKIX-TA and PKIX-EE (RFC 7672 section 3.1.3)',
  'no-trust-store': () => 'PKIX-TA and PKIX-EE need the trusted roots of the client: name them with --ca-file',
};

const outcomes: Sentences<Outcome> = {
  matched: ({ depth, by, path, isDetour }) =>
    `${matchedText[by](depth, path)}${isDetour ? ', but not for clients that try only the first issuer they find, such as OpenSSL' : ''}`,
  'weaker-digest': ({ stronger }) => `clients look at the ${stronger} records of this usage and selector only`,
  'no-equal-data': () => 'nothing that the server presents has these data',
  'only-the-leaf': () =>
    'this is the server certificate itself, which a trust-anchor record never matches: write usage 3 for it',
  'only-above-the-leaf': ({ place }) =>
    `this is certificate ${place} of the chain, and the end-entity usages match the server certificate only: write usage 2 for it`,
  'needs-certificate': () => 'the server presents a raw public key, which DANE-EE SPKI (3 1 x) alone can match',
  'not-an-issuer': () => 'this certificate is there, and the chain of the server does not lead through it',
  invalid: ({ path, faults }) => faults.map((fault) => faultText(fault, path)).join('; '),
};

const matchedText = {
  certificate: (depth: number, path: readonly Certificate[]) => `matches ${certificateText(path, depth)}`,
  'supplied-certificate': (depth: number, path: readonly Certificate[]) =>
    `matches as the issuer that the server does not present, ${certificateText(path, depth)}`,
  'supplied-key': (depth: number, path: readonly Certificate[]) =>
    `holds the key that signed ${certificateText(path, depth - 1)}`,
} as const;

const faults: Sentences<Fault> = {
  'not-yet-valid': ({ notBefore }) => `is not valid before ${readableTime(notBefore)}`,
  expired: ({ notAfter }) => `expired ${readableTime(notAfter)}`,
  'not-a-ca': () => 'issued another one and may not: its basic constraints do not say CA',
  'no-cert-sign': () => 'issued another one and may not: its key usage is without keyCertSign',
  'path-too-long': ({ allowed, found }) =>
    `allows a path length of ${allowed}, and ${found} intermediate certificates follow`,
  'name-forbidden': ({ name, by }) => `has the name ${name}, which the name constraints at depth ${by} forbid`,
  'constraints-unreadable': () => 'has name constraints that cannot be read',
  'unknown-critical-extension': ({ oid }) => `has the critical extension ${oid}, which is not known here`,
  'wrong-purpose': () => 'is not for TLS servers, says its key usage',
  'missing-issuer': ({ issuer }) => `was issued by ${issuer}, which is not there`,
  'bad-signature': ({ issuer }) => `bears a signature that is not by the key of ${issuer}`,
  'self-signed': () => 'is self-signed, and not the one that the record names',
  'too-many-paths': () => 'has more ways to its issuers than are tried',
  'name-mismatch': ({ presented, expected }) =>
    `names ${presented.join(', ') || 'nothing'}, and the client expects ${expected.map(withoutDot).join(' or ') || 'a name that nobody gave'}`,
};

/** A sentence without its subject, the record. */
export function reasonText({ usable, reason }: RecordVerdict): string {
  return usable ? say(outcomes, reason) : say(unusable, reason);
}

function faultText(fault: Fault, path: readonly Certificate[]): string {
  return `${certificateText(path, fault.depth)} ${say(faults, fault)}`;
}

/** `the server certificate mx1.example.org (depth 0)`. */
function certificateText(path: readonly Certificate[], depth: number): string {
  if (path[depth] === undefined) return depth === 0 ? 'the public key of the server' : `a key at depth ${depth}`;
  const what = depth === 0 ? 'the server certificate' : 'the certificate';
  return `${what} ${certificateName(path[depth])} (depth ${depth})`;
}

function say<Union extends { readonly kind: string }>(table: Sentences<Union>, of: Union): string {
  const sentence: (of: never) => string = table[of.kind as Union['kind']];
  return sentence(of as never);
}

function withoutDot(name: string): string {
  return name === '.' ? name : name.slice(0, -1);
}
