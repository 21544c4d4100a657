/** Short ways to verify a zone from text. */
import { readFileSync } from 'node:fs';
import { readMaster } from '../../src/dns/master-reader.ts';
import { type Name, name } from '../../src/dns/name.ts';
import type { Zone } from '../../src/dns/zone.ts';
import { type Executor, inProcess } from '../../src/parallel/executor.ts';
import type { Octets } from '../../src/text/octets.ts';
import { newReport, type Problem } from '../../src/text/problem.ts';
import { type Verdict, type VerifyOptions, verifyZone } from '../../src/verify/verify.ts';

export const vector = (path: string): Octets => readFileSync(new URL(`../vectors/${path}`, import.meta.url));
export const vectorJson = <T>(path: string): T => JSON.parse(Buffer.from(vector(path)).toString('utf8')) as T;

/** Reads a zone; what the reader says is not looked at. */
export function readZone(octets: Octets, apex?: string): Zone {
  const of: Name | undefined = apex === undefined ? undefined : name(apex);
  const zone = readMaster({ file: 'zone', octets, apex: of }, newReport());
  if (zone === undefined) throw new Error('this is no zone');
  return zone;
}

export interface Outcome {
  readonly verdict: Verdict;
  readonly problems: readonly Problem[];
  /** `rule:line` of every error, in the order of the report. */
  readonly errors: readonly string[];
  /** Rules of warnings and information. */
  readonly others: readonly string[];
}

export async function verifyText(
  octets: Octets,
  options: Partial<VerifyOptions> & { readonly at: number },
  apex?: string,
  executor: Executor = inProcess,
): Promise<Outcome> {
  const report = newReport();
  const verdict = await verifyZone(readZone(octets, apex), { own: false, ...options }, report, executor);
  const { problems } = report;
  return {
    verdict,
    problems,
    errors: problems.filter(({ tier }) => tier === 'error').map(({ rule, position }) => `${rule}:${position?.line}`),
    others: problems.filter(({ tier }) => tier !== 'error').map(({ rule }) => rule),
  };
}
