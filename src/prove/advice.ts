/**
 * `publication: by-build` believes that every server has a build after a delay. Where a secondary may be later than that, no wait that
 * the policy asks for is long enough, and the operator is to know which setting is.
 */
import { isAtOrBelow, type Name } from '../dns/name.ts';
import { printDuration } from '../text/duration.ts';
import type { ProofPolicy, ServiceMode } from './policy.ts';
import type { Proof, ProofQuestion } from './prove.ts';

type Judged = Pick<Proof, 'violations'>;

/** `judge` is asked again as if no secondary were late: what is red then too is not helped by a longer delay. */
export function adviceOn(
  question: ProofQuestion,
  { violations }: Judged,
  judge: (question: ProofQuestion) => Judged,
): readonly string[] {
  const { zones, mode = 'plain' } = question;
  const late = zones.flatMap(({ journal, policy }) => {
    const lag = lagOf(policy, mode);
    return lag === undefined ? [] : [{ zone: journal.zone, ...lag }];
  });
  if (violations.length === 0 || late.length === 0) return [];
  const prompt = zones.map(({ journal, policy }) => ({ journal, policy: { ...policy, secondaryRefresh: undefined } }));
  const left = judge({ ...question, zones: prompt, mode: mode === 'strict' ? 'margins' : mode }).violations;
  return late
    .filter(({ zone }) => countOf(zone, left) < countOf(zone, violations))
    .map(
      ({ zone, what, seconds }) =>
        `${zone} has publication: by-build, and a secondary may be ${what}, ${printDuration(seconds)}, behind: a zone-propagation-delay of at least that covers it, and so does publication by evidence`,
    );
}

/** The latest secondary, where it is later than the policy says. */
function lagOf(
  { publication, zonePropagationDelay, secondaryRefresh = 0, expire }: ProofPolicy,
  mode: ServiceMode,
): { readonly what: string; readonly seconds: number } | undefined {
  if (publication.kind === 'evidence') return undefined;
  const lags = [
    { what: 'SOA REFRESH + RETRY', seconds: secondaryRefresh },
    { what: 'SOA EXPIRE', seconds: mode === 'strict' ? expire : 0 },
  ];
  const [latest] = lags.sort((a, b) => b.seconds - a.seconds);
  return latest.seconds > zonePropagationDelay ? latest : undefined;
}

const countOf = (zone: Name, violations: Judged['violations']) =>
  violations.filter(({ subject }) => isAtOrBelow(subject.name, zone)).length;
