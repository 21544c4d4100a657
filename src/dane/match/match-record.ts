/** One usable record against what the server presents, by certificate usage (RFC 7671 section 5). */
import { equalOctets, type Octets } from '../../text/octets.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { type PathAnswer, validatePath } from '../../x509/path.ts';
import type { Usage } from '../acronym.ts';
import { associationData, type Selectable } from '../association.ts';
import { certificateNames, coversHost } from '../names.ts';
import type { UsableRecord } from './usability.ts';
import type { Fault, MatchInput, Outcome } from './verdict.ts';

type Question = Omit<MatchInput, 'rrset' | 'presented'> & {
  /** As in the handshake. */
  readonly certificates: readonly Certificate[];
  readonly leaf: Certificate;
  /** The others; a second copy of the leaf is the leaf. */
  readonly others: readonly Certificate[];
};

const byUsage: Readonly<Record<Usage, (record: UsableRecord, question: Question) => Outcome>> = {
  'PKIX-TA': matchPkixAnchor,
  'PKIX-EE': matchPkixLeaf,
  'DANE-TA': matchAnchor,
  'DANE-EE': matchLeaf,
};

export function matchRecord(record: UsableRecord, { presented, ...rest }: MatchInput): Outcome {
  if (presented.kind === 'raw-key') return matchRawKey(record, presented.spki);
  const { certificates } = presented;
  const [leaf] = certificates;
  const others = certificates.filter(({ der }) => !equalOctets(der, leaf.der));
  return byUsage[record.usage](record, { ...rest, certificates, leaf, others });
}

/** RFC 7671 section 5.1: with `3 1 x` there is nothing that a bare key lacks. */
function matchRawKey(record: UsableRecord, spki: Octets): Outcome {
  if (record.usage !== 'DANE-EE' || record.selector !== 'SPKI') return { kind: 'needs-certificate' };
  return hasData(record, { spki }) ? matched(0, []) : { kind: 'no-equal-data' };
}

/** The leaf and nothing else: no name, no date, no purpose, no issuer (RFC 7671 section 5.1). */
function matchLeaf(record: UsableRecord, { certificates }: Question): Outcome {
  const place = certificates.findIndex((certificate) => hasData(record, certificate));
  if (place === 0) return matched(0, certificates.slice(0, 1));
  return place < 0 ? { kind: 'no-equal-data' } : { kind: 'only-above-the-leaf', place };
}

/**
 * A valid path from the leaf to a certificate above it with these data (RFC 7671 section 5.2). Only Full data tell a client the
 * certificate or key of an anchor that the server did not present (sections 5.2.2 and 5.2.3).
 */
function matchAnchor(record: UsableRecord, question: Question): Outcome {
  const { leaf, others, at } = question;
  const isPresented = others.some((other) => hasData(record, other));
  const supplied = record.certificate;
  const answer = validatePath({
    leaf,
    // What a record says whole is tried before what was presented.
    pool: supplied === undefined ? others : [supplied, ...others.filter((other) => !hasData(record, other))],
    isAnchor: (certificate, depth) => depth > 0 && hasData(record, certificate),
    anchorKey: !isPresented && record.matching === 'Full' && record.selector === 'SPKI' ? record.data : undefined,
    at,
  });
  if (!answer.isComplete && !isPresented) return unmatched(record, question);
  const { path, isByKey } = answer;
  const depth = isByKey ? path.length : path.length - 1;
  const by = isByKey ? 'supplied-key' : isPresented ? 'certificate' : 'supplied-certificate';
  return judged(answer, question, { ...matched(depth, path), by });
}

/** A path to a root of the client through a certificate above the leaf with these data (RFC 6698 section 2.1.1). */
function matchPkixAnchor(record: UsableRecord, question: Question): Outcome {
  const isAbove = (certificate: Certificate, depth: number) => depth > 0 && hasData(record, certificate);
  const answer = pathToRoot(question, (path) => path.some(isAbove));
  if (answer.isComplete) return judged(answer, question, matched(answer.path.findIndex(isAbove), answer.path));
  const { others, trustStore = [] } = question;
  if (![...others, ...trustStore].some((other) => hasData(record, other))) return unmatched(record, question);
  const withoutRecord = pathToRoot(question);
  return withoutRecord.isComplete ? { kind: 'not-an-issuer' } : judged(withoutRecord, question, matched(0, []));
}

/** The leaf has these data, and a path to a root of the client (RFC 6698 section 2.1.1). */
function matchPkixLeaf(record: UsableRecord, question: Question): Outcome {
  const outcome = matchLeaf(record, question);
  if (outcome.kind !== 'matched') return outcome;
  const answer = pathToRoot(question);
  return judged(answer, question, matched(0, answer.path));
}

function pathToRoot(
  { leaf, others, at, trustStore = [] }: Question,
  mayUse?: (path: readonly Certificate[]) => boolean,
) {
  const roots = trustStore.filter((root) => !others.some(({ der }) => equalOctets(der, root.der)));
  const isAnchor = ({ der }: Certificate) => trustStore.some((root) => equalOctets(root.der, der));
  return validatePath({ leaf, pool: [...others, ...roots], isAnchor, mayUse, at });
}

/** `outcome` where path and names are valid. */
function judged(answer: PathAnswer, { leaf, names }: Question, outcome: Outcome & { kind: 'matched' }): Outcome {
  const faults: Fault[] = [...answer.faults];
  if (names !== 'unchecked' && !names.some((name) => coversHost(leaf, name))) {
    faults.push({ depth: 0, kind: 'name-mismatch', presented: certificateNames(leaf), expected: names });
  }
  if (faults.length === 0) return { ...outcome, isDetour: answer.isDetour };
  const { path, isComplete } = answer;
  return { kind: 'invalid', depth: isComplete ? outcome.depth : undefined, path, faults };
}

function unmatched(record: UsableRecord, { leaf }: Question): Outcome {
  return { kind: hasData(record, leaf) ? 'only-the-leaf' : 'no-equal-data' };
}

function matched(depth: number, path: readonly Certificate[]): Outcome & { kind: 'matched' } {
  return { kind: 'matched', depth, by: 'certificate', path, isDetour: false };
}

function hasData(record: UsableRecord, from: Selectable): boolean {
  const data = associationData(record, from);
  return data !== undefined && equalOctets(data, record.data);
}
