/**
 * The proof that a staged file may replace what is served: made only here, from the octets that were read back, and tied to
 * them by their digest. Whoever publishes takes nothing else.
 */

import { sha256 } from '../crypto/digest.ts';
import { readMaster } from '../dns/master-reader.ts';
import type { Name } from '../dns/name.ts';
import type { Zone } from '../dns/zone.ts';
import type { Executor } from '../parallel/executor.ts';
import { hex, type Octets } from '../text/octets.ts';
import { newReport, type Report } from '../text/problem.ts';
import { type Verdict, type VerifyOptions, verifyZone } from './verify.ts';

declare const proof: unique symbol;

export interface Proven {
  /** SHA-256 of the file, in hexadecimal. */
  readonly file: string;
  /** Of the SOA record. */
  readonly serial: number;
  readonly verdict: Verdict;
  /** What the octets say. */
  readonly zone: Zone;
  readonly [proof]: true;
}

export interface StagedFile {
  /** Its name in messages. */
  readonly file: string;
  readonly octets: Octets;
  readonly apex: Name;
}

/**
 * Reads and verifies a zone file. Undefined where anything in it is an error, be it in reading or in verifying, or where it is
 * not signed (unless `options.unsigned`); the report says why.
 */
export async function proveFile(
  { file, octets, apex }: StagedFile,
  options: VerifyOptions,
  report: Report,
  executor: Executor,
): Promise<Proven | undefined> {
  const own = newReport();
  const zone = readMaster({ file, octets, apex }, own);
  const verdict = zone === undefined ? undefined : await verifyZone(zone, options, own, executor);
  for (const problem of own.problems) report.add(problem);
  if (own.hasErrors || verdict?.serial === undefined || !(verdict.secure || options.unsigned)) return undefined;
  return { file: hex(sha256(octets)), serial: verdict.serial, verdict, zone } as Proven;
}
