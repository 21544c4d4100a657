/** From the repository to the unsigned zone of one domain: dane → compose. */
import { posix } from 'node:path';
import { compose, type TlsaOwner } from '../compose/compose.ts';
import { toTlsaRData } from '../dane/association.ts';
import type { ServiceAssociations } from '../dane/select-records.ts';
import type { Domain, Host } from '../describe/description.ts';
import { readMaster } from '../dns/master-reader.ts';
import type { Name } from '../dns/name.ts';
import { newOriginTable } from '../dns/origins.ts';
import type { Zone } from '../dns/zone.ts';
import type { Octets } from '../text/octets.ts';
import { newReport, type Problem, type Report } from '../text/problem.ts';
import type { Repository } from './repository.ts';

/** DS records that the signed zones of this repository want at their parents now, by apex. */
export type ChildDs = ReadonlyMap<Name, { readonly ttl: number; readonly rdata: readonly Octets[] }>;

export interface Compiled {
  /** Undefined where there is an error. */
  readonly zone?: Zone;
  /** The zone as it would be in spite of errors, as far as it could be made: for people who review a change. */
  readonly candidate?: Zone;
  /** The errors that keep the zone at its last content. */
  readonly errors: readonly Problem[];
}

/** The unsigned zone of `domain`; its problems go to `to` as well. */
export function compileZone(repository: Repository, domain: Domain, childDs: ChildDs, to: Report): Compiled {
  const own = newReport();
  const origins = newOriginTable();
  const included =
    domain.include === undefined
      ? undefined
      : readMaster(
          {
            file: domain.include.value,
            octets: domain.include.octets,
            origin: domain.name,
            apex: domain.name,
            origins,
            include: (path, from) => includedFile(repository, path, from),
          },
          own,
        );
  const hosts = repository.hostsOf.get(domain.name) ?? [];
  const tlsa = hosts.flatMap((host) => tlsaOwners(host, repository.associations.get(host.name) ?? [], domain));
  const { hosts: allHosts } = repository.description;
  const zone = compose({ domain, hosts, allHosts, tlsa, childDs, included, origins }, own);
  for (const problem of own.problems) to.add(problem);
  const errors = [
    ...(repository.errorsOf.get(domain.name) ?? []),
    ...own.problems.filter(({ tier }) => tier === 'error'),
  ];
  return { zone: errors.length === 0 ? zone : undefined, candidate: zone, errors };
}

/** $INCLUDE: beside the file that says so; if nothing is there, from the root of the repository. */
function includedFile(repository: Repository, path: string, from: string): ReturnType<Repository['read']> {
  const beside = repository.read(posix.join(posix.dirname(from), path));
  return 'octets' in beside || posix.dirname(from) === '.' ? beside : repository.read(path);
}

function tlsaOwners(host: Host, services: readonly ServiceAssociations[], domain: Domain): TlsaOwner[] {
  const ttl = host.ttl ?? domain.policy.ttls.tlsa;
  return services.flatMap(({ service, owner, associations, alias }): TlsaOwner[] => {
    if (alias !== undefined) return [{ owner, ttl, at: service.at, content: { kind: 'alias', target: alias } }];
    if (associations.length === 0) return [];
    return [{ owner, ttl, at: service.at, content: { kind: 'records', rdata: associations.map(toTlsaRData) } }];
  });
}
