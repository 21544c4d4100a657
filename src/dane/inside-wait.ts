/**
 * Certificates that run out while a new key waits for its record. A next key may be deployed only when every cache has its TLSA
 * record (RFC 7671 section 8.1); what expires before that moment is of no use to anybody.
 */
import type { Host } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { type Report, report } from '../text/problem.ts';
import { certificateName } from '../x509/certificate.ts';
import { rules } from '../x509/rules.ts';
import type { Association } from './association.ts';
import type { LoadedCertificate } from './load-certificate.ts';
import { matchesChain } from './matches-chain.ts';
import type { ServiceAssociations } from './select-records.ts';

export interface WaitQuestion {
  /** Unix seconds. */
  readonly now: number;
  /** When whoever stands behind these records of the owner may be deployed, Unix seconds; undefined: no wait is known. */
  readonly deployable: (owner: Name, records: readonly Association[]) => number | undefined;
}

/** Reports the next certificate of a service, or its current one, that expires before the next may be deployed. */
export function reportInsideWait(
  host: Host,
  services: readonly ServiceAssociations[],
  certificates: ReadonlyMap<string, LoadedCertificate>,
  { now, deployable }: WaitQuestion,
  to: Report,
): void {
  const said = new Set<string>();
  for (const { service, owner, associations } of services) {
    for (const { value } of service.certificates) {
      const loaded = certificates.get(value);
      const ofNext = loaded === undefined ? [] : recordsOfNext(loaded, associations);
      if (loaded?.next === undefined || ofNext.length === 0 || said.has(value)) continue;
      const earliest = deployable(owner, ofNext);
      if (earliest === undefined) continue;
      const candidates = [
        { of: 'next', certificate: loaded.next.chain[0], at: loaded.next.at },
        { of: 'current', certificate: loaded.chain[0], at: loaded.source.chain.at },
      ] as const;
      // Of two that expire the next is the one to replace: with it comes a new wait.
      const found = candidates.find(
        ({ certificate }) =>
          certificate !== undefined && now <= certificate.notAfter && certificate.notAfter < earliest,
      );
      if (found === undefined) continue;
      said.add(value);
      const { notAfter } = found.certificate;
      const facts = { name: certificateName(found.certificate), of: found.of, notAfter, earliest };
      report(to, rules['cert/expires-inside-wait'], found.at, facts, { subject: host.name });
    }
  }
}

/** What stands in the RRset for the next key only; a renewal with the same key, or under the same issuer, waits for nothing. */
function recordsOfNext({ chain, next }: LoadedCertificate, associations: readonly Association[]): Association[] {
  if (next === undefined) return [];
  const nextChain = next.chain.length > 0 ? next.chain : [next];
  return associations.filter(
    (association) =>
      matchesChain(association, nextChain) !== undefined && matchesChain(association, chain) === undefined,
  );
}
