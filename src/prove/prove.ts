/**
 * The proof (ROLLOVER section 5): nothing that caches may hold together fails. It judges histories, real or simulated, from what
 * caches may hold alone, and knows nothing of the engine that made them.
 */
import type { Journal } from '../journal/journal.ts';
import { adviceOn } from './advice.ts';
import { judgeBudget } from './budget.ts';
import { type ChainFacts, chainFacts } from './chain-facts.ts';
import { type ChainsJudged, judgeChains } from './judge-chains.ts';
import { judgeLeaving } from './leaving.ts';
import type { MailHistory } from './mail-history.ts';
import { judgeMail } from './mail-proof.ts';
import { outsideTheModel } from './outside.ts';
import type { ProofPolicy, ServiceMode, ServiceRules } from './policy.ts';
import { defaultProfiles, type Profile } from './profile.ts';
import { judgeShown, judgeSignatureWindows } from './signature-windows.ts';
import type { Span } from './span.ts';
import type { Unprotected, Violation, Warning } from './violation.ts';
import { type ZoneHistory, zoneHistory } from './zone-history.ts';
import { violationOf } from './zone-violations.ts';

export interface ProofQuestion {
  /** Every zone whose history counts: the one in question, those of its mail hosts, their parents where they are known. */
  readonly zones: readonly {
    readonly journal: Journal;
    readonly policy: ProofPolicy;
    /** The journal as it stands at `from`, where `journal` has a simulated future. */
    readonly standing?: Journal;
  }[];
  readonly mail?: MailHistory;
  /** Unix seconds: what was held before is not judged. Usually now. */
  readonly from: number;
  /** The horizon of a simulated future; undefined: what follows if nothing more is done. */
  readonly to?: number;
  /** Those of `defaultProfiles` where there are none. */
  readonly profiles?: readonly Profile[];
  /** `plain` where it is not given. */
  readonly mode?: ServiceMode;
  /** Seconds that clocks of validators may be wrong; one hour where it is not given. */
  readonly clockSkew?: number;
}

export interface Proof {
  /** By zone or host, in the order of `from`. Empty: the proof holds. */
  readonly violations: readonly Violation[];
  readonly warnings: readonly Warning[];
  readonly unprotected: readonly Unprotected[];
  /** So that a green result shows that it judged something. */
  readonly judged: {
    readonly zones: number;
    /** Histories that differ in more than names; equal ones are judged once. */
    readonly histories: number;
    readonly instants: number;
    readonly combinations: number;
  };
  /** Settings that mend violations which are there only because a secondary may lag; one sentence a zone. */
  readonly advice: readonly string[];
  /** What the proof does not cover. */
  readonly outside: readonly string[];
}

const hour = 3600;

export function prove(question: ProofQuestion): Proof {
  const proof = judge(question);
  return { ...proof, advice: adviceOn(question, proof, judge) };
}

function judge(question: ProofQuestion): Omit<Proof, 'advice'> {
  const { zones, mail, from, to, profiles = defaultProfiles, mode = 'plain', clockSkew = hour } = question;
  const during: Span = { from, until: to ?? Number.POSITIVE_INFINITY };
  const chains = new Map<string, ChainsJudged>();
  const histories: { readonly history: ZoneHistory; readonly rules: ServiceRules }[] = [];
  const violations: Violation[] = [];
  const warnings: Warning[] = [];
  for (const { journal, policy, standing } of zones) {
    const rules = { policy, mode, clockSkew };
    const history = zoneHistory(journal, rules, from);
    histories.push({ history, rules });
    const found = judgeOnce(chains, chainFacts(history), profiles, during);
    violations.push(...found.findings.map((finding) => violationOf(finding, history)));
    violations.push(...judgeLeaving(history, during));
    violations.push(...judgeSignatureWindows(history, clockSkew, during));
    if (standing !== undefined) violations.push(...judgeShown(standing, policy.publication, from));
    warnings.push(...judgeBudget(history, during));
  }
  const hosts = mail === undefined ? undefined : judgeMail(mail, histories, during);
  violations.push(...(hosts?.violations ?? []));
  return {
    violations: violations.sort((a, b) => a.from - b.from),
    warnings: warnings.sort((a, b) => a.from - b.from),
    unprotected: hosts?.unprotected ?? [],
    judged: {
      zones: zones.length,
      histories: chains.size,
      instants: sum([...chains.values()].map(({ instants }) => instants)) + (hosts?.instants ?? 0),
      combinations: sum([...chains.values()].map(({ combinations }) => combinations)) + (hosts?.combinations ?? 0),
    },
    outside: outsideTheModel,
  };
}

function judgeOnce(done: Map<string, ChainsJudged>, facts: ChainFacts, profiles: readonly Profile[], during: Span) {
  const key = JSON.stringify(facts);
  const judged = done.get(key) ?? judgeChains(facts, profiles, during);
  done.set(key, judged);
  return judged;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
