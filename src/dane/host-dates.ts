/** The certificates of a host against the clock; apart from the records, which never depend on it. */
import type { Host } from '../describe/description.ts';
import type { Report } from '../text/problem.ts';
import type { Certificate } from '../x509/certificate.ts';
import { reportDates } from '../x509/dates.ts';
import type { LoadedCertificate } from './load-certificate.ts';
import { matchesChain } from './matches-chain.ts';
import type { ServiceAssociations } from './select-records.ts';

/**
 * Reports certificates outside their dates, or that will be at `nextRun`. Where every record of a service is DANE-EE
 * only the leaf is looked at, and for information only; else the chain up to the highest certificate that a record
 * matches.
 */
export function reportHostDates(
  host: Host,
  services: readonly ServiceAssociations[],
  certificates: ReadonlyMap<string, LoadedCertificate>,
  time: { readonly now: number; readonly nextRun?: number },
  to: Report,
): void {
  /** Certificate → whether its dates count for some service. */
  const asked = new Map<Certificate, boolean>();
  for (const { service, associations } of services) {
    const strict = associations.filter(({ usage }) => usage !== 'DANE-EE');
    for (const { value } of service.certificates) {
      const chain = certificates.get(value)?.chain ?? [];
      const depth = Math.max(-1, ...strict.map((association) => matchesChain(association, chain) ?? -1));
      chain.slice(0, Math.max(1, depth + 1)).forEach((certificate) => {
        asked.set(certificate, depth >= 0 || (asked.get(certificate) ?? false));
      });
    }
  }
  for (const [certificate, datesCount] of asked) {
    reportDates(certificate, { ...time, datesCount }, to, undefined, { subject: host.name });
  }
}
