/** The status of every host of the repository, from its description and the journals of its zones. */

import type { Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { currentVersion } from '../journal/held.ts';
import type { Journal } from '../journal/journal.ts';
import { decideTlsa, deploymentWait, type Presented, type TlsaQuestion } from '../rollover/tlsa.ts';
import { sumOf, type TlsaWait } from '../rollover/tlsa-wait.ts';
import { waitText } from '../rollover/wait-text.ts';
import { algorithmText } from '../x509/public-key.ts';
import { tlsaQuestion } from './host-tlsa.ts';
import type { CertificateStatus, DatedWait, KeyStatus, ReadyStatus, ServiceStatus } from './ready-status.ts';
import { type Repository, zoneOf } from './repository.ts';

/** `journalOf`: undefined for a zone that was never built. */
export function readyStatus(
  { description, associations, certificates }: Repository,
  journalOf: (zone: Name) => Journal | undefined,
  now: number,
): ReadyStatus {
  const services = [...description.hosts.values()].flatMap((host) =>
    (associations.get(host.name) ?? []).flatMap((of): ServiceStatus[] => {
      // Behind an alias stand the records of another name, which may lie in another zone.
      const owner = of.alias ?? of.owner;
      const zone = zoneOf(owner, description);
      const domain = zone === undefined ? undefined : description.domains.get(zone);
      if (domain === undefined) return [];
      const question = tlsaQuestion(host, { ...of, owner, alias: undefined }, certificates, {
        domain,
        journal: journalOf(domain.name),
        now,
      });
      return question === undefined ? [] : [statusOf(of.service.name, question, certificates)];
    }),
  );
  return { made: now, services };
}

function statusOf(service: string, question: TlsaQuestion, certificates: Repository['certificates']): ServiceStatus {
  const { owner, journal, services } = question;
  const [{ host, port, protocol }] = services;
  const records = currentVersion(journal, owner, Type.TLSA)?.records ?? [];
  const key = ({ spki, notAfter, matches }: Presented): KeyStatus => {
    return { spki, notAfter, matches: records.filter((rdata) => matches(rdata)) };
  };
  return {
    host,
    service,
    port,
    protocol,
    owner,
    records: records.map((rdata) => ({
      rdata,
      ...dated(deploymentWait(question, [rdata], `TLSA at ${owner}`), question),
    })),
    certificates: decideTlsa(question).certificates.map(({ certificate, standing }): CertificateStatus => {
      const { name, next } = certificate;
      const leaf = certificates.get(name)?.chain[0];
      return {
        name,
        algorithm: leaf === undefined ? '' : algorithmText(leaf.key),
        current: key(certificate),
        next: next && key(next),
        early: standing.kind === 'early' ? dated(standing.wait, question) : undefined,
      };
    }),
  };
}

function dated({ wait, earliest }: TlsaWait, { policy: { publication } }: TlsaQuestion): DatedWait {
  const after = publication.kind === 'by-build' ? publication.after : 0;
  return { earliest, seconds: after + sumOf(wait.terms), wait: waitText(wait) };
}
