/**
 * Which certificates senders may meet, for the proof: from the description, and from what is known to be served. What nobody has seen may
 * be met from now on; what was seen last may be met until every address was seen with another.
 */
import { sha256, sha512 } from '../crypto/digest.ts';
import type { LoadedCertificate } from '../dane/load-certificate.ts';
import type { Service } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { certificatesServed } from '../journal/evidence.ts';
import type { Evidence, Journal } from '../journal/journal.ts';
import type { CertificateDigests, Deployment, Digests, MailHistory, ServiceHistory } from '../prove/mail-history.ts';
import { rolloverPolicyOf } from '../rollover/policy.ts';
import { servedSince } from '../rollover/served.ts';
import { hex, type Octets } from '../text/octets.ts';
import { algorithmText } from '../x509/public-key.ts';
import { zoneOfRecords } from './host-tlsa.ts';
import { type OldAddress, oldAddresses } from './old-addresses.ts';
import { type Repository, zoneOf } from './repository.ts';

/**
 * `journalOf`: of the zone that holds the host, with what is planned for it; undefined where it was never built. `known`: as it stands. What
 * a plan expects to be seen is no evidence: it says when a switch is planned, and until then what is known counts.
 */
export function mailHistory(
  repository: Repository,
  journalOf: (zone: Name) => Journal | undefined,
  now: number,
  known: (zone: Name) => Journal | undefined = journalOf,
): MailHistory {
  const { description, associations, certificates } = repository;
  const services = [...description.hosts.values()].flatMap((host) =>
    (associations.get(host.name) ?? []).flatMap(({ service, owner }): ServiceHistory[] => {
      const zone = zoneOfRecords(repository, host);
      const journal = zone === undefined ? undefined : journalOf(zone);
      const current = service.certificates.flatMap(({ value }) => certificates.get(value) ?? []);
      if (journal === undefined || current.length === 0) return [];
      const seen = (zone && known(zone)) ?? journal;
      const deployments = deploymentsOf(host.name, service, current, seen, plannedIn(journal, seen), now);
      const { port } = service;
      const old = atOldAddresses(repository, host.name, service, journalOf, journal);
      return [
        { host: host.name, port, owner, deployments },
        ...old.map(({ route, deployments: met }) => {
          return { host: host.name, port, owner, routes: [route], deployments: met };
        }),
      ];
    }),
  );
  return { services };
}

function atOldAddresses(
  { description, certificates }: Repository,
  host: Name,
  { port, protocol, certificates: names }: Service,
  journalOf: (zone: Name) => Journal | undefined,
  records: Journal,
): readonly OldAddress[] {
  const zone = zoneOf(host, description);
  const domain = zone === undefined ? undefined : description.domains.get(zone);
  const journal = domain && journalOf(domain.name);
  if (domain === undefined || journal === undefined) return [];
  const current = names.flatMap(({ value }) => certificates.get(value)?.chain[0].spki ?? []);
  const keys = new Set(current.map((spki) => digestsOf(spki).sha256));
  const rules = { policy: rolloverPolicyOf(domain), mode: 'plain', clockSkew: 0 } as const;
  return oldAddresses(journal, records, { host, port, protocol }, keys, rules);
}

/** What is expected to be seen. */
function plannedIn(future: Journal, { evidence }: Journal): readonly Evidence[] {
  const last = evidence.at(-1)?.id ?? 0;
  return future.evidence.filter(({ id }) => id > last);
}

function deploymentsOf(
  host: Name,
  { port, protocol }: Service,
  certificates: readonly LoadedCertificate[],
  journal: Journal,
  planned: readonly Evidence[],
  now: number,
): readonly Deployment[] {
  const point = { host, port, protocol };
  /** When every address is to show the key. */
  const plannedAt = (key: string) => servedSince({ evidence: planned }, point, key, new Set([key]));
  const current = certificates.map((loaded) => ({ loaded, spki: digestsOf(loaded.chain[0].spki).sha256 }));
  const keys = new Set(current.map(({ spki }) => spki));
  const here = current.map(({ loaded: { source, chain, next }, spki }): Deployment => {
    const from = servedSince(journal, point, spki, keys) ?? now;
    const { name, source: kind } = source;
    const seen = kind === 'observed' ? Math.min(from, now) : from;
    return {
      certificate: name,
      algorithm: algorithmText(chain[0].key),
      from: seen,
      until: next && plannedAt(digestsOf(next.spki).sha256),
      chain: chain.map(certificateDigests),
    };
  });
  const later = current.flatMap(({ loaded: { source, next } }): Deployment[] => {
    const from = next && plannedAt(digestsOf(next.spki).sha256);
    if (next === undefined || from === undefined) return [];
    const [leaf] = next.chain;
    const chain = leaf === undefined ? keyAlone(digestsOf(next.spki).sha256) : next.chain.map(certificateDigests);
    const algorithm = leaf === undefined ? 'unknown' : algorithmText(leaf.key);
    return [{ certificate: `the next one of ${source.name}`, algorithm, from, chain }];
  });
  const isSeen = current.every(({ loaded, spki }) => {
    return loaded.source.source === 'observed' || servedSince(journal, point, spki, keys) !== undefined;
  });
  if (isSeen) return [...here, ...later];
  const shown = current.map(({ spki }) => plannedAt(spki) ?? Number.POSITIVE_INFINITY);
  const until = Math.max(...shown) === Number.POSITIVE_INFINITY ? undefined : Math.max(...shown);
  // Of a certificate that is no longer in the description, the key alone is known: it meets records `3 1 1`.
  const before = certificatesServed(journal, point).filter(({ fact }) => !keys.has(fact.spki));
  return [
    ...here,
    ...later,
    ...before.map(({ at, fact: { spki } }): Deployment => {
      const certificate = `the one seen before, ${spki.slice(0, 16)}…`;
      return { certificate, algorithm: 'unknown', from: at, until, chain: keyAlone(spki) };
    }),
  ];
}

/** `spki`: SHA-256, hexadecimal. */
function keyAlone(spki: string): readonly CertificateDigests[] {
  const unknown: Digests = { sha256: '', sha512: '' };
  return [{ certificate: unknown, spki: { sha256: spki, sha512: '' } }];
}

const certificateDigests = ({ der, spki }: { readonly der: Octets; readonly spki: Octets }): CertificateDigests => ({
  certificate: digestsOf(der),
  spki: digestsOf(spki),
});

function digestsOf(octets: Octets): Digests {
  return { full: hex(octets), sha256: hex(sha256(octets)), sha512: hex(sha512(octets)) };
}
