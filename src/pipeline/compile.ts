/** From the repository to the unsigned zones of its domains: dane → compose → judge. */
import { posix } from 'node:path';
import { compose, type TlsaOwner } from '../compose/compose.ts';
import { toTlsaRData } from '../dane/association.ts';
import type { ServiceAssociations } from '../dane/select-records.ts';
import type { Domain, Host } from '../describe/description.ts';
import { readMaster } from '../dns/master-reader.ts';
import type { Name } from '../dns/name.ts';
import { newOriginTable } from '../dns/origins.ts';
import { Type } from '../dns/type.ts';
import type { Zone } from '../dns/zone.ts';
import type { ZoneKeys } from '../judge/ds-sets.ts';
import { judge } from '../judge/judge.ts';
import { isRevoked } from '../keys/zone-key.ts';
import { checkLifetimes } from '../rollover/lifetimes.ts';
import { checkRollMethods } from '../rollover/roll-methods.ts';
import { type Outlasting, targetOf } from '../rollover/routes.ts';
import { checkStandby } from '../rollover/standby.ts';
import { fromHex, hex, type Octets } from '../text/octets.ts';
import { newReport, type Problem, type Report } from '../text/problem.ts';
import type { Repository } from './repository.ts';
import type { TlsaDecisions, TlsaNow } from './tlsa-now.ts';
import type { ZoneState } from './zone-state.ts';

/** What the signed zones of this repository want at their parents now, by apex. */
export type ChildDs = ReadonlyMap<Name, Child>;

export interface Child {
  readonly ttl: number;
  /** DS RDATA. */
  readonly rdata: readonly Octets[];
  /** Undefined where they are not known here. */
  readonly keys?: ZoneKeys;
}

/** The DNSKEY RRset of a zone as its duties have it; undefined where there are no keys, or none that can be read. */
export function keysOfZone({ duties, errors }: ZoneState): ZoneKeys | undefined {
  const { published, signsDnskey } = duties;
  if (errors.length > 0 || published.length === 0) return undefined;
  const keys = published.map((key) => ({ ...key, revoked: isRevoked(key), usable: true }));
  const signers = [...published.keys()].filter((i) => signsDnskey.includes(published[i]));
  return { keys, signers: new Set(signers) };
}

export interface Compiled {
  /** Undefined where there is an error. */
  readonly zone?: Zone;
  /** The zone as it would be in spite of errors, as far as it could be made: for people who review a change. */
  readonly candidate?: Zone;
  /** The errors that keep the zone at its last content. */
  readonly errors: readonly Problem[];
}

const nothingDecided: TlsaNow = { decisions: new Map(), outlasting: [] };

/** What stands in place of the new content of a zone that keeps its last one for other reasons than its description. */
export interface LastContents {
  isKept(zone: Name): boolean;
  last(zone: Name): Zone | undefined;
}

/**
 * Every zone of the description, judged together. With `contents`, zones are judged by what their neighbours will serve: the
 * last content of a neighbour with errors, not the one that was written for it. `decide`: where TLSA records are others than the
 * description asks for; it is told what that asks for, of the zones without errors.
 */
export function compileAll(
  repository: Repository,
  childDs: ChildDs,
  to: Report,
  contents?: LastContents,
  decide: (described: ReadonlyMap<Name, Zone>) => (domain: Domain) => TlsaNow = () => () => nothingDecided,
): Map<Name, Compiled> {
  const { description, certificates, catalogues, earlier, associations } = repository;
  const all = new Map<Name, Compiled>();
  const zones = new Map<Name, Zone>();
  for (const [name, domain] of description.domains) {
    const compiled = describedZone(repository, domain, childDs, to);
    all.set(name, compiled);
    if (compiled.candidate !== undefined) zones.set(name, compiled.candidate);
  }
  const decided = decide(new Map([...all].flatMap(([name, { zone }]) => (zone === undefined ? [] : [[name, zone]]))));
  for (const [name, compiled] of all) {
    const domain = description.domains.get(name)!;
    if (compiled.zone !== undefined) {
      all.set(name, { ...compiled, zone: zoneNow(repository, domain, childDs, compiled.zone, decided(domain)) });
    }
  }
  const keys = new Map([...childDs].flatMap(([name, child]) => (child.keys === undefined ? [] : [[name, child.keys]])));
  const blame = (errorsOf: ReadonlyMap<Name, readonly Problem[]>) => {
    for (const [name, errors] of errorsOf) {
      const compiled = all.get(name);
      if (compiled !== undefined)
        all.set(name, { candidate: compiled.candidate, errors: [...compiled.errors, ...errors] });
    }
  };
  blame(judge({ description, zones, certificates, catalogues, earlier, associations, keys }, to));
  if (contents === undefined) return all;

  const replaced = new Set<Name>();
  for (;;) {
    const failing = [...all.keys()].filter(
      (name) => !replaced.has(name) && (all.get(name)?.zone === undefined || contents.isKept(name)),
    );
    if (failing.length === 0) return all;
    for (const name of failing) {
      replaced.add(name);
      const last = contents.last(name);
      if (last === undefined) zones.delete(name);
      else zones.set(name, last);
    }
    const again = newReport();
    const errorsOf = judge({ description, zones, certificates, catalogues, earlier, associations, keys }, again);
    const others = new Map([...errorsOf].filter(([name]) => !replaced.has(name)));
    const fresh = new Set([...others.values()].flat());
    for (const problem of again.problems) if (fresh.has(problem)) to.add(problem);
    blame(others);
  }
}

/** The zone that the description of `domain` asks for, which is what is judged; its problems go to `to` as well. */
function describedZone(repository: Repository, domain: Domain, childDs: ChildDs, to: Report): Compiled {
  const own = newReport();
  checkLifetimes(domain, own);
  checkRollMethods(domain, own);
  checkStandby(domain, own);
  const candidate = composeZone(repository, domain, childDs, tlsaOf(repository, domain, nothingDecided), own);
  for (const problem of own.problems) to.add({ ...problem, zones: [domain.name] });
  const errors = [
    ...(repository.errorsOf.get(domain.name) ?? []),
    ...own.problems.filter(({ tier }) => tier === 'error'),
  ];
  return { candidate, errors, zone: errors.length > 0 ? undefined : candidate };
}

/**
 * With the TLSA records that stand now. They are not judged: a record that is kept for a while must not hide that nothing else matches.
 */
function zoneNow(
  repository: Repository,
  domain: Domain,
  childDs: ChildDs,
  described: Zone,
  decided: TlsaNow,
): Zone | undefined {
  const asked = tlsaOf(repository, domain, nothingDecided);
  const now = tlsaOf(repository, domain, decided);
  const kept = decided.outlasting.flatMap((one) => (isFree(described, one.owner) ? outlastingOwner(one, domain) : []));
  if (kept.length > 0) {
    const own = newReport();
    const zone = composeZone(repository, domain, childDs, [...now, ...kept], own);
    // Where something else has come to stand in their way, nobody looks for them any more.
    if (!own.hasErrors) return zone;
  }
  const isSame = now.length === asked.length && now.every((one, index) => isSameOwner(one, asked[index]));
  return isSame ? described : composeZone(repository, domain, childDs, now, newReport());
}

function isFree(zone: Zone, owner: Name): boolean {
  const id = zone.find(owner);
  return id < 0 || (zone.row(id, Type.TLSA) < 0 && zone.row(id, Type.CNAME) < 0);
}

function outlastingOwner(one: Outlasting, { at }: Domain): TlsaOwner {
  const { owner, ttl, type } = one;
  if (type === Type.CNAME) return { owner, ttl, at, content: { kind: 'alias', target: targetOf(one) } };
  return {
    owner,
    ttl,
    at,
    content: { kind: 'records', rdata: one.records.flatMap((record) => fromHex(record) ?? []) },
  };
}

function composeZone(
  repository: Repository,
  domain: Domain,
  childDs: ChildDs,
  tlsa: readonly TlsaOwner[],
  to: Report,
): Zone | undefined {
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
          to,
        );
  const hosts = repository.hostsOf.get(domain.name) ?? [];
  const { hosts: allHosts } = repository.description;
  return compose({ domain, hosts, allHosts, tlsa, childDs, included, origins }, to);
}

/** $INCLUDE: beside the file that says so; if nothing is there, from the root of the repository. */
function includedFile(repository: Repository, path: string, from: string): ReturnType<Repository['read']> {
  const beside = repository.read(posix.join(posix.dirname(from), path));
  return 'octets' in beside || posix.dirname(from) === '.' ? beside : repository.read(path);
}

function tlsaOf(repository: Repository, domain: Domain, { decisions }: TlsaNow): readonly TlsaOwner[] {
  const hosts = repository.hostsOf.get(domain.name) ?? [];
  return hosts.flatMap((host) => tlsaOwners(host, repository.associations.get(host.name) ?? [], domain, decisions));
}

function isSameOwner(one: TlsaOwner, other: TlsaOwner): boolean {
  const text = ({ content }: TlsaOwner) =>
    content.kind === 'records' ? content.rdata.map(hex).join() : content.target;
  return one.owner === other.owner && one.content.kind === other.content.kind && text(one) === text(other);
}

function tlsaOwners(
  host: Host,
  services: readonly ServiceAssociations[],
  domain: Domain,
  decisions: TlsaDecisions,
): TlsaOwner[] {
  const ttl = host.ttl ?? domain.policy.ttls.tlsa;
  return services.flatMap(({ service, owner, associations, alias }): TlsaOwner[] => {
    if (alias !== undefined) return [{ owner, ttl, at: service.at, content: { kind: 'alias', target: alias } }];
    const rdata =
      decisions.get(owner)?.records.flatMap((record) => fromHex(record) ?? []) ?? associations.map(toTlsaRData);
    if (rdata.length === 0) return [];
    return [{ owner, ttl, at: service.at, content: { kind: 'records', rdata } }];
  });
}
