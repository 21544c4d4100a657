/** The proof as JSON: everything, times in ISO 8601, TTLs in seconds. */
import type { Proof } from '../prove/prove.ts';
import { jsonText } from '../text/annotations.ts';
import { withIsoTimes } from './iso-times.ts';

/** `from`, `until`: what was judged, Unix seconds. */
export function proofJson(proof: Proof, from: number, until: number): string {
  return jsonText(withIsoTimes({ version: 1, from, until, holds: proof.violations.length === 0, ...proof }));
}
