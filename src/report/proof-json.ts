/** The proof as JSON: everything, times in ISO 8601, TTLs in seconds. */
import type { Proof } from '../prove/prove.ts';
import { jsonText } from '../text/annotations.ts';
import { withIsoTimes } from './iso-times.ts';
import type { NotJudged } from './proof-text.ts';

/** `notJudged`: what was asked for beside it. `from`, `until`: what was judged, Unix seconds. */
export function proofJson(proof: Proof, notJudged: readonly NotJudged[], from: number, until: number): string {
  const holds = proof.violations.length === 0 && notJudged.length === 0;
  return jsonText(withIsoTimes({ version: 1, from, until, holds, notJudged, ...proof }));
}
