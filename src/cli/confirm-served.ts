/** `danezone confirm cert-served`: the certificates of a host as evidence for the zone that holds its TLSA records. */
import type { Name } from '../dns/name.ts';
import type { WithEvidence, Witness } from '../journal/evidence.ts';
import type { Journal } from '../journal/journal.ts';
import type { Confirmation } from '../pipeline/confirm.ts';
import type { Repository } from '../pipeline/repository.ts';
import { quote } from '../text/escape.ts';
import { UsageError } from './command.ts';

/** Options: `service` and `certificate`, texts; without them every service and certificate of the host. Throws UsageError. */
export async function sayServed(
  repository: Repository,
  name: Name,
  options: Readonly<Record<string, unknown>>,
  witness: Witness,
): Promise<{ readonly zone: Name; readonly say: Confirmation['say'] }> {
  const { description, certificates } = repository;
  const { zoneOfRecords } = await import('../pipeline/host-tlsa.ts');
  const { parseService } = await import('../dane/services.ts');
  const { sha256 } = await import('../crypto/digest.ts');
  const { hex } = await import('../text/octets.ts');
  const { withCertificate } = await import('../journal/evidence.ts');
  const host = description.hosts.get(name);
  if (host === undefined) {
    const known = [...description.hosts.keys()].slice(0, 20).join(', ');
    throw new UsageError(`${name} is no host of the description; hosts are ${known === '' ? 'none' : known}`);
  }
  const zone = zoneOfRecords(repository, host);
  if (zone === undefined)
    throw new UsageError(`${name} lies in no zone of the description: it has no TLSA records here`);
  const serviceText = options.service as string | undefined;
  const wanted = serviceText === undefined ? undefined : parseService(serviceText);
  if (wanted !== undefined && 'error' in wanted)
    throw new UsageError(`--service ${quote(serviceText ?? '')} ${wanted.error}`);
  const chosen = options.certificate as string | undefined;
  const facts = host.services
    .filter(({ port, protocol }) => wanted === undefined || (port === wanted.port && protocol === wanted.protocol))
    .flatMap(({ port, protocol, certificates: own }) =>
      own
        .filter(({ value }) => chosen === undefined || value === chosen)
        .map(({ value }) => {
          const loaded = certificates.get(value);
          if (loaded === undefined) throw new UsageError(`the certificate ${value} cannot be read: see danezone check`);
          return { host: name, port, protocol, spki: hex(sha256(loaded.chain[0].spki)) };
        }),
    );
  if (facts.length === 0) {
    const has = host.services.map(
      (service) => `${service.name} (${service.certificates.map(({ value }) => value).join(', ')})`,
    );
    throw new UsageError(
      `${name} has no such service or certificate; it has ${has.length === 0 ? 'none' : has.join(', ')}`,
    );
  }
  const say = (before: Journal): WithEvidence => {
    let journal = before;
    for (const fact of facts) {
      const said = withCertificate(journal, { ...fact, ...witness });
      if (said.error !== undefined) return said;
      journal = said.journal;
    }
    return { journal };
  };
  return { zone, say };
}
