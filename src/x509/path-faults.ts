/** What makes a certification path invalid (RFC 5280 section 6.1). Signatures and names are the path's own: see path.ts. */
import type { Certificate } from './certificate.ts';
import { forbiddenName } from './name-constraints.ts';

export type PathFault = {
  /** Place of the certificate in the path: 0 is the leaf. */
  readonly depth: number;
} & (
  | { readonly kind: 'not-yet-valid'; readonly notBefore: number }
  | { readonly kind: 'expired'; readonly notAfter: number }
  /** It issued another one, and basicConstraints do not say that it may. */
  | { readonly kind: 'not-a-ca' }
  /** It issued another one, and its key usage is without keyCertSign. */
  | { readonly kind: 'no-cert-sign' }
  /** `found` intermediate certificates follow where `allowed` may. */
  | { readonly kind: 'path-too-long'; readonly allowed: number; readonly found: number }
  /** The certificate has a name that the one at depth `by` does not allow; `unreadable` constraints allow none. */
  | { readonly kind: 'name-forbidden'; readonly name: string; readonly by: number }
  | { readonly kind: 'constraints-unreadable' }
  | { readonly kind: 'unknown-critical-extension'; readonly oid: string }
  /** Key usage or extended key usage is not for TLS servers. */
  | { readonly kind: 'wrong-purpose' }
  /** Nobody in reach has the name of its issuer. */
  | { readonly kind: 'missing-issuer'; readonly issuer: string }
  /** Somebody in reach has the name of its issuer, and the signature is not by that key. */
  | { readonly kind: 'bad-signature'; readonly issuer: string }
  /** Its issuer is itself, and it is no anchor. */
  | { readonly kind: 'self-signed' }
  /** There are so many ways up from here that the search was given up. */
  | { readonly kind: 'too-many-paths' }
);

/**
 * Critical extensions that are processed here, or that cannot make a path invalid: policies, while nobody asks for one.
 * policyConstraints may ask for one and is not processed, so that a path with it is invalid (RFC 5280 section 4.2).
 */
const processed: ReadonlySet<string> = new Set([
  '2.5.29.15', // keyUsage
  '2.5.29.17', // subjectAltName
  '2.5.29.19', // basicConstraints
  '2.5.29.30', // nameConstraints
  '2.5.29.32', // certificatePolicies
  '2.5.29.33', // policyMappings
  '2.5.29.37', // extKeyUsage
  '2.5.29.54', // inhibitAnyPolicy
]);

const serverAuth = '1.3.6.1.5.5.7.3.1';
const anyPurpose = '2.5.29.37.0';

export interface PathJudgement {
  /** Unix seconds. */
  readonly at: number;
  /**
   * Whether the last certificate is the anchor itself: one of version 1, which cannot say that it may issue, is taken at its
   * word then (RFC 5280 section 6.1.4 (k)).
   */
  readonly endsInAnchor: boolean;
}

/**
 * The faults of a path, leaf first. RFC 5280 has no conditions for an anchor; TLS libraries judge its certificate by its dates
 * and constraints like every other, and so does this: what a record names must do for the strictest sender.
 */
export function pathFaults(path: readonly Certificate[], { at, endsInAnchor }: PathJudgement): PathFault[] {
  return path.flatMap((certificate, depth) => [
    ...certificateFaults(certificate, depth, at),
    ...(depth === 0 ? [] : issuerFaults(path, depth, endsInAnchor)),
    ...nameFaults(path, depth),
  ]);
}

function certificateFaults(certificate: Certificate, depth: number, at: number): PathFault[] {
  const { notBefore, notAfter, criticalExtensions, extendedKeyUsage, keyUsage } = certificate;
  const faults: PathFault[] = [];
  if (at < notBefore) faults.push({ depth, kind: 'not-yet-valid', notBefore });
  if (at > notAfter) faults.push({ depth, kind: 'expired', notAfter });
  for (const oid of criticalExtensions)
    if (!processed.has(oid)) faults.push({ depth, kind: 'unknown-critical-extension', oid });
  const isForServers =
    extendedKeyUsage === undefined || extendedKeyUsage.some((oid) => oid === serverAuth || oid === anyPurpose);
  const canHandshake =
    depth > 0 ||
    keyUsage === undefined ||
    keyUsage.some((usage) => usage === 'digitalSignature' || usage === 'keyEncipherment' || usage === 'keyAgreement');
  if (!isForServers || !canHandshake) faults.push({ depth, kind: 'wrong-purpose' });
  return faults;
}

/** RFC 5280 section 6.1.4 (k) to (n). */
function issuerFaults(path: readonly Certificate[], depth: number, endsInAnchor: boolean): PathFault[] {
  const { isCa, keyUsage, pathLength, version, isSelfIssued } = path[depth];
  const faults: PathFault[] = [];
  const isOldRoot = version < 3 && isSelfIssued && endsInAnchor && depth === path.length - 1;
  if (!isCa && !isOldRoot) faults.push({ depth, kind: 'not-a-ca' });
  if (keyUsage !== undefined && !keyUsage.includes('keyCertSign')) faults.push({ depth, kind: 'no-cert-sign' });
  const found = path.slice(1, depth).filter((between) => !between.isSelfIssued).length;
  if (pathLength !== undefined && found > pathLength) {
    faults.push({ depth, kind: 'path-too-long', allowed: pathLength, found });
  }
  return faults;
}

/** What the issuers above say about the names of the certificate (RFC 5280 section 6.1.3 (b) and (c)). */
function nameFaults(path: readonly Certificate[], depth: number): PathFault[] {
  const certificate = path[depth];
  const faults: PathFault[] = [];
  if (depth > 0 && certificate.nameConstraints === 'unreadable') faults.push({ depth, kind: 'constraints-unreadable' });
  if (depth > 0 && certificate.isSelfIssued) return faults;
  path.forEach(({ nameConstraints }, by) => {
    if (by <= depth || nameConstraints === undefined || nameConstraints === 'unreadable') return;
    const name = forbiddenName(nameConstraints, certificate, depth === 0);
    if (name !== undefined) faults.push({ depth, kind: 'name-forbidden', name, by });
  });
  return faults;
}
