/**
 * Path validation (RFC 5280 section 6): whether a certificate is issued, over any number of others, by one that is trusted.
 * All ways up are tried, through cross-signed certificates too: one valid path is enough.
 */
import { equalOctets, type Octets } from '../text/octets.ts';
import type { Certificate } from './certificate.ts';
import { isSameEntity, isSignedBy, issuersIn } from './chain.ts';
import { sameName } from './distinguished-name.ts';
import { type PathFault, pathFaults } from './path-faults.ts';

export type { PathFault } from './path-faults.ts';

export interface PathQuestion {
  readonly leaf: Certificate;
  /** Where issuers are looked for, in the order in which they are tried. */
  readonly pool: readonly Certificate[];
  /** Whether a path may end at the certificate; `depth` 0 is the leaf itself. */
  readonly isAnchor: (certificate: Certificate, depth: number) => boolean;
  /** SubjectPublicKeyInfo of an anchor that has no certificate: it ends the path whose last certificate it signed. */
  readonly anchorKey?: Octets;
  /** Other paths do not count; absent: every path does. */
  readonly mayUse?: (path: readonly Certificate[]) => boolean;
  /** Unix seconds. */
  readonly at: number;
}

export interface PathAnswer {
  /** Leaf first. Valid where `faults` is empty; else the one with the fewest, or as far as it goes. */
  readonly path: readonly Certificate[];
  /** The path ends below the anchor, which has only a key. */
  readonly isByKey: boolean;
  /** Whether an anchor was reached at all. */
  readonly isComplete: boolean;
  /**
   * It is not the way that a client takes which tries only one, as OpenSSL does: from each certificate to the first issuer in
   * the pool that is inside its dates.
   */
  readonly isDetour: boolean;
  readonly faults: readonly PathFault[];
}

/** Ways up that are looked at, at most: a real chain has a handful. */
const maxSteps = 2_000;

/** The first valid path, one without a detour if there is any; else the one that comes nearest. */
export function validatePath(question: PathQuestion): PathAnswer {
  const search = new PathSearch(question);
  let best: PathAnswer | undefined;
  for (const { path, isByKey } of search.paths()) {
    if (question.mayUse?.(path) === false) continue;
    const faults = pathFaults(path, { at: question.at, endsInAnchor: !isByKey });
    const answer = { path, isByKey, isComplete: true, isDetour: search.isDetour(path), faults };
    const isBetter = best === undefined || faults.length < best.faults.length;
    if (isBetter || (faults.length === best?.faults.length && best.isDetour && !answer.isDetour)) best = answer;
    if (best?.faults.length === 0 && !best.isDetour) break;
  }
  const longest = { path: search.longest, isByKey: false, isComplete: false, isDetour: false };
  return best ?? { ...longest, faults: [search.whyEnded()] };
}

interface Way {
  readonly path: readonly Certificate[];
  readonly isByKey: boolean;
}

class PathSearch {
  longest: readonly Certificate[];
  private steps = maxSteps;
  private readonly issuers = new Map<Certificate, readonly Certificate[]>();

  constructor(private readonly question: PathQuestion) {
    this.longest = [question.leaf];
  }

  /** Every path from the leaf to an anchor, signatures and names verified; the first ones follow the order of the pool. */
  *paths(path: readonly Certificate[] = [this.question.leaf]): Generator<Way> {
    if (this.steps-- <= 0) return;
    if (path.length > this.longest.length) this.longest = path;
    const { isAnchor, anchorKey } = this.question;
    const depth = path.length - 1;
    const top = path[depth];
    if (isAnchor(top, depth)) yield { path, isByKey: false };
    // The key of the certificate itself is no issuer: the record matches the certificate then, or nothing.
    if (anchorKey !== undefined && !equalOctets(top.spki, anchorKey) && isSignedBy(top, { spki: anchorKey })) {
      yield { path, isByKey: true };
    }
    for (const issuer of this.issuersOf(top)) {
      if (!path.some((certificate) => isSameEntity(certificate, issuer))) yield* this.paths([...path, issuer]);
    }
  }

  isDetour(path: readonly Certificate[]): boolean {
    const { at } = this.question;
    return path.slice(1).some((next, depth) => {
      const issuers = this.issuersOf(path[depth]);
      return next !== (issuers.find(({ notBefore, notAfter }) => notBefore <= at && at <= notAfter) ?? issuers[0]);
    });
  }

  /** Why the longest way up went no further. */
  whyEnded(): PathFault {
    const depth = this.longest.length - 1;
    const top = this.longest[depth];
    if (this.steps <= 0) return { depth, kind: 'too-many-paths' };
    if (top.isSelfIssued && isSignedBy(top, top)) return { depth, kind: 'self-signed' };
    const issuer = top.issuer.text;
    const isNamed = this.question.pool.some(
      (other) => sameName(other.subject, top.issuer) && !isSameEntity(other, top),
    );
    return { depth, kind: isNamed && this.issuersOf(top).length === 0 ? 'bad-signature' : 'missing-issuer', issuer };
  }

  private issuersOf(certificate: Certificate): readonly Certificate[] {
    let found = this.issuers.get(certificate);
    if (found === undefined) this.issuers.set(certificate, (found = issuersIn(this.question.pool, certificate)));
    return found;
  }
}
