/**
 * Which certificate the servers of a service are known to show (ROLLOVER sections 3 and 6): since every address was seen with its
 * key, until another key was seen there.
 */
import type { CertificateFact } from '../journal/evidence.ts';
import type { Evidence, Journal } from '../journal/journal.ts';

export type ServicePoint = Omit<CertificateFact, 'spki'>;

/**
 * Since when the key is known to be served, Unix seconds. A service shows one certificate for each key algorithm: keys in `current`
 * are seen beside each other; another one that was seen later has taken the place of one of them, nobody knows of which.
 */
export function servedSince(
  { evidence }: Pick<Journal, 'evidence'>,
  service: ServicePoint,
  spki: string,
  current: ReadonlySet<string>,
): number | undefined {
  let since: number | undefined;
  let last = 0;
  for (const row of evidence) {
    const seen = spkiSeen(row, service);
    if (seen === spki) {
      since ??= row.at;
      last = row.at;
    } else if (seen !== undefined && !current.has(seen) && row.at > last) since = undefined;
  }
  return since;
}

function spkiSeen({ fact }: Evidence, { host, port, protocol }: ServicePoint): string | undefined {
  const isHere =
    fact.kind === 'certificate-served' && fact.host === host && fact.port === port && fact.protocol === protocol;
  return isHere ? fact.spki : undefined;
}
