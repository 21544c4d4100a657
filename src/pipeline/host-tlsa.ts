/** The TLSA records of a host in time: what the stage of rollovers is asked for each service of each host. */

import { sha256 } from '../crypto/digest.ts';
import { fromTlsaRData, toTlsaRData } from '../dane/association.ts';
import type { LoadedCertificate } from '../dane/load-certificate.ts';
import { matchesChain } from '../dane/matches-chain.ts';
import type { ServiceAssociations } from '../dane/select-records.ts';
import type { Domain, Host, Service } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { type Journal, newJournal } from '../journal/journal.ts';
import { servicePoint } from '../journal/routes.ts';
import { type RolloverPolicy, rolloverPolicyOf } from '../rollover/policy.ts';
import { addressesLeaving, lastOf, type Routes } from '../rollover/routes.ts';
import type { Switches } from '../rollover/switches.ts';
import {
  type CurrentCertificate,
  mayBeSecure,
  type Presented,
  type ServedHere,
  type TlsaQuestion,
} from '../rollover/tlsa.ts';
import { fromHex, hex, type Octets } from '../text/octets.ts';
import type { Certificate } from '../x509/certificate.ts';
import { type Repository, zoneOf } from './repository.ts';

/** What is known of the zone that holds the records. */
export interface TlsaZone {
  readonly domain: Domain;
  /** Undefined: the zone was never built. */
  readonly journal: Journal | undefined;
  /** Unix seconds. */
  readonly now: number;
  /** Where it is not that of the domain. */
  readonly policy?: RolloverPolicy;
  readonly swapsZoneKey?: boolean;
  readonly withdraw?: boolean;
  /** Rule ids that are overridden for a host. */
  readonly overridden?: (host: Name) => ReadonlySet<string>;
  /** What leads senders to hosts; undefined: nothing ends. */
  readonly routes?: Routes;
  readonly switches?: Switches;
}

/** Of every owner in the zone at which the description asks for records. */
export function tlsaQuestions(repository: Repository, zone: TlsaZone): readonly TlsaQuestion[] {
  const { hostsOf, associations, certificates } = repository;
  const behind = servedBehind(repository);
  return (hostsOf.get(zone.domain.name) ?? []).flatMap((host) =>
    (associations.get(host.name) ?? []).flatMap((service) => {
      const question = tlsaQuestion(host, service, certificates, zone);
      if (question === undefined) return [];
      const services = [...question.services, ...(behind.get(question.owner) ?? [])];
      return [{ ...question, services, leaving: leavingOf(services, question, zone) }];
    }),
  );
}

/** Owner → the services that find their records there by way of an alias, in whatever zone. */
function servedBehind(repository: Repository): ReadonlyMap<Name, ServedHere[]> {
  const { description, associations, certificates } = repository;
  const behind = new Map<Name, ServedHere[]>();
  for (const host of description.hosts.values()) {
    if (host.tlsaAlias === undefined) continue;
    const target = withoutAliases(repository, host.tlsaAlias.value);
    const served = (associations.get(host.name) ?? []).map(({ service }) => servedHere(host, service, certificates));
    behind.set(target, [...(behind.get(target) ?? []), ...served]);
  }
  return behind;
}

/** Of the zone that holds the TLSA records of a host: what is known of its certificates stands in the journal of that one. */
export function zoneOfRecords(repository: Repository, { name, tlsaAlias }: Host): Name | undefined {
  const target = tlsaAlias && zoneOf(withoutAliases(repository, tlsaAlias.value), repository.description);
  return target ?? zoneOf(name, repository.description);
}

/** Where an alias leads to in the end; one that leads round in a circle is an error of the description. */
function withoutAliases({ description }: Repository, target: Name): Name {
  let at = target;
  for (let way = 0; way < longestWay; way++) {
    const host = description.hosts.get(servicePoint(at)?.host ?? at);
    if (host?.tlsaAlias === undefined) break;
    at = host.tlsaAlias.value;
  }
  return at;
}

/** Aliases that resolvers follow, one after the other. */
const longestWay = 8;

/** Records that left stay while caches may lead to an address that one of the hosts had: another certificate may be met there. */
function leavingOf(
  services: readonly ServedHere[],
  { wanted }: TlsaQuestion,
  { routes }: TlsaZone,
): TlsaQuestion['leaving'] {
  if (routes === undefined || wanted.length === 0) return undefined;
  return lastOf([...new Set(services.map(({ host }) => host))].map((host) => addressesLeaving(host, routes)));
}

/** Undefined where an alias stands at the owner: the records are asked for elsewhere. */
export function tlsaQuestion(
  host: Host,
  { service, owner, associations, alias }: ServiceAssociations,
  certificates: Repository['certificates'],
  { domain, journal, now, policy, swapsZoneKey, withdraw, overridden, switches }: TlsaZone,
): TlsaQuestion | undefined {
  if (alias !== undefined) return undefined;
  const of = journal ?? newJournal(domain.name, now);
  return {
    owner,
    ttl: host.ttl ?? domain.policy.ttls.tlsa,
    journal: of,
    policy: policy ?? rolloverPolicyOf(domain),
    now,
    services: [servedHere(host, service, certificates)],
    wanted: associations.map((association) => ({
      rdata: hex(toTlsaRData(association)),
      isMade: association.from.some(({ kind }) => kind === 'certificate'),
    })),
    secure: mayBeSecure(of),
    swapsZoneKey,
    withdraw,
    overridden: overridden?.(host.name),
    switches,
  };
}

function servedHere(
  host: Host,
  { port, protocol, certificates: names }: Service,
  known: Repository['certificates'],
): ServedHere {
  const certificates = names.flatMap(({ value }) => {
    const loaded = known.get(value);
    return loaded === undefined ? [] : [currentCertificate(loaded)];
  });
  return { host: host.name, port, protocol, certificates };
}

export function currentCertificate({ source, chain, next }: LoadedCertificate): CurrentCertificate {
  return {
    name: source.name,
    source: source.source,
    ...presented(chain[0].spki, chain),
    next: next && presented(next.spki, next.chain),
  };
}

export function presented(spki: Octets, chain: readonly Certificate[]): Presented {
  const shown = chain.length > 0 ? chain : [{ spki }];
  return {
    spki: hex(sha256(spki)),
    notAfter: chain.at(0)?.notAfter,
    matches: (rdata) => {
      const association = fromTlsaRData(fromHex(rdata) ?? new Uint8Array(0));
      return association !== undefined && matchesChain(association, shown) !== undefined;
    },
  };
}
