/** The TLSA records of a host in time: what the stage of rollovers is asked for each service of each host. */

import { sha256 } from '../crypto/digest.ts';
import { fromTlsaRData, toTlsaRData } from '../dane/association.ts';
import type { LoadedCertificate } from '../dane/load-certificate.ts';
import { matchesChain } from '../dane/matches-chain.ts';
import type { ServiceAssociations } from '../dane/select-records.ts';
import type { Domain, Host } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { type Journal, newJournal } from '../journal/journal.ts';
import { type RolloverPolicy, rolloverPolicyOf } from '../rollover/policy.ts';
import type { Switches } from '../rollover/switches.ts';
import { type CurrentCertificate, mayBeSecure, type Presented, type TlsaQuestion } from '../rollover/tlsa.ts';
import { fromHex, hex, type Octets } from '../text/octets.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Repository } from './repository.ts';

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
  readonly switches?: Switches;
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
  const { port, protocol } = service;
  const current = service.certificates.flatMap(({ value }) => {
    const loaded = certificates.get(value);
    return loaded === undefined ? [] : [currentCertificate(loaded)];
  });
  return {
    owner,
    ttl: host.ttl ?? domain.policy.ttls.tlsa,
    journal: of,
    policy: policy ?? rolloverPolicyOf(domain),
    now,
    services: [{ host: host.name, port, protocol, certificates: current }],
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
