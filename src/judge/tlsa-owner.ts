/** Whether TLSA records stand where clients look for them, in zones that they can trust, for services that are declared. */
import { services as knownServices, parseService } from '../dane/services.ts';
import type { Description } from '../describe/description.ts';
import { isWildcard, labelsOf, type Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { type Findings, firstAndOthers } from './findings.ts';
import type { Names } from './names.ts';
import { isSmtp, serviceOf, type TlsaService } from './port-labels.ts';
import { rules } from './rules.ts';
import type { Held, Placed, Survey } from './survey.ts';

export function judgeOwners(survey: Survey, names: Names, description: Description, findings: Findings): void {
  const shared = aliasTargets(survey, names);
  const untrusted = new Map<string, { set: Placed; why: string; count: number }>();
  const undeclared = new Map<Name, { sets: Placed[]; isDeclared: boolean }>();
  for (const set of survey.tlsa) {
    const service = serviceOf(set.owner);
    const why = whyUntrusted(set, service, names);
    if (why !== undefined) {
      const key = `${set.held.apex} ${why}`;
      const before = untrusted.get(key);
      if (before === undefined) untrusted.set(key, { set, why, count: 1 });
      else before.count++;
      continue;
    }
    const lost =
      service === undefined ? whyNoService(set, shared, names) : whyLost(service, survey, names, description);
    if (lost !== undefined) {
      const facts = { owner: set.owner, why: lost };
      const subject = { subject: service?.host ?? set.owner };
      findings.say(set.held.apex, rules['dane/wrong-owner'], positionOf(set), facts, subject);
      continue;
    }
    if (service === undefined || isDeclared(service, description)) continue;
    const known = undeclared.get(service.host);
    if (known === undefined) {
      undeclared.set(service.host, { sets: [set], isDeclared: description.hosts.has(service.host) });
    } else known.sets.push(set);
  }
  for (const { set, why, count } of untrusted.values()) {
    const facts = { owner: set.owner, sets: count, why };
    findings.say(set.held.apex, rules['dane/unsigned-zone'], positionOf(set), facts, { subject: set.held.apex });
  }
  for (const [host, { sets, isDeclared }] of undeclared) {
    const places = firstAndOthers(sets.map(({ owner }) => owner));
    const what = `has TLSA records at ${places}, ${isDeclared ? 'and no such service is declared for it' : 'and is not declared under hosts:'}`;
    findings.say(
      sets[0].held.apex,
      rules['dane/undeclared-service'],
      positionOf(sets[0]),
      { host, what },
      { subject: host },
    );
  }
  judgeUncoveredServices(names, description, findings);
}

const positionOf = ({ held, row }: Placed) => held.zone.positionOf(row);

/** Names to which an alias leads: TLSA records may stand there under any name (RFC 7671 section 7). */
function aliasTargets(survey: Survey, names: Names): Set<Name> {
  const targets = new Set<Name>();
  for (const { owner } of survey.aliases) {
    const { aliases } = names.follow(owner, Type.TLSA);
    for (const { target } of aliases) targets.add(target);
  }
  return targets;
}

/** RFC 7672 section 2.2.2: neither the records nor the addresses of the host may be insecure. */
function whyUntrusted({ held }: Placed, service: TlsaService | undefined, names: Names): string | undefined {
  if (!held.isSecure) return whyInsecure(held);
  const host = service === undefined ? held : names.zoneOf(service.host);
  return typeof host === 'string' || host.isSecure
    ? undefined
    : `the addresses of ${service?.host} stand in another zone, and ${whyInsecure(host)}`;
}

function whyInsecure({ domain, apex }: Held): string {
  return domain.policy.signing === 'none'
    ? `${apex} is not signed`
    : `${apex} is signed, but a zone above it is not, so no validator gets a chain to it`;
}

/** For owners that do not begin with a port and a protocol. */
function whyNoService({ held, id, owner }: Placed, shared: ReadonlySet<Name>, names: Names): string | undefined {
  if (shared.has(owner)) return undefined;
  const labels = labelsOf(owner);
  const inner = labels.indexOf('*', 1);
  if (inner > 0) {
    return `the asterisk is not the first label, so this is no wildcard but a name with an asterisk in it`;
  }
  // A set that others have as the target of their alias: the registry of RFC 8552 has _dane for it.
  if (labels.includes('_dane') || isWildcard(owner)) return undefined;
  const [first, second = ''] = labels;
  const example = `_25._tcp.${owner}`;
  const isHost = [Type.A, Type.AAAA, Type.MX, Type.SOA].some((type) => held.zone.row(id, type) >= 0);
  if (isHost) return `port and protocol are missing, expected ${example} for mail`;
  const hasProtocol = /^_?(?:tcp|udp|sctp)$/;
  const port = /^_?[0-9]+$/;
  if (hasProtocol.test(second)) {
    const named = parseService(first.replace(/^_/, ''));
    const number = 'error' in named ? undefined : named.port;
    if (port.test(first))
      return `expected _${Number(first.replace('_', ''))}._${second.replace('_', '')} in front of the host, found ${first}.${second}`;
    return `the first label is the port, expected ${number === undefined ? 'a number such as _25' : `_${number}`}, found ${first}`;
  }
  if (hasProtocol.test(first)) {
    return port.test(second)
      ? `the port comes first, expected _${second.replace('_', '')}._${first.replace('_', '')}, found ${first}.${second}`
      : `the port is missing, expected _25.${first.startsWith('_') ? first : `_${first}`}`;
  }
  const serviceName = first.replace(/^_/, '');
  if (port.test(first) || (first.startsWith('_') && Object.hasOwn(knownServices, serviceName))) {
    return `the protocol is missing, expected _25._tcp or another port and protocol, found ${first}`;
  }
  // A name that says nothing may be the target of somebody else's alias.
  return names.zoneOf(owner) === held && labels.length === labelsOf(held.apex).length
    ? `expected ${example}`
    : undefined;
}

function whyLost(service: TlsaService, survey: Survey, names: Names, description: Description): string | undefined {
  const { host } = service;
  if (host.startsWith('*.')) {
    return 'the asterisk is not the first label, so this is no wildcard but a name with an asterisk in it';
  }
  return (
    whyMailElsewhere(service, survey, names, description) ??
    (hasAddress(host, names) ? undefined : `${host} has neither an address nor a CNAME`)
  );
}

/** The mail domain in place of its mail host (RFC 7672 section 2.2.3). */
function whyMailElsewhere(
  service: TlsaService,
  survey: Survey,
  names: Names,
  description: Description,
): string | undefined {
  const { host } = service;
  if (!isSmtp(service) || survey.mailHosts.has(host)) return undefined;
  const declared = description.hosts.get(host);
  // Declared with addresses of its own it is a host, whatever its mail does.
  if (declared !== undefined && declared.addresses.length > 0) return undefined;
  const mx = names.lookUp(host, Type.MX);
  if (mx.kind !== 'rows' || mx.isSynthesized) return undefined;
  const targets = survey.mx.find(({ owner }) => owner === host)?.targets ?? [];
  if (targets.length === 0) return undefined;
  const expected = firstAndOthers(targets.map((target) => `_25._tcp.${target.host}`));
  return `mail for ${host} goes to the host of its MX, expected them at ${expected}`;
}

/** True also where another zone decides it. */
function hasAddress(host: Name, names: Names): boolean {
  const found = names.lookUp(host, Type.A);
  if (found.kind !== 'nothing') return true;
  return names.lookUp(host, Type.AAAA).kind === 'rows';
}

function isDeclared({ port, protocol, host }: TlsaService, { hosts }: Description): boolean {
  const services = hosts.get(host)?.services ?? [];
  return services.some((service) => service.protocol === protocol && (port === '*' || service.port === port));
}

/** A host some of whose services have TLSA records, and others have none. */
function judgeUncoveredServices(names: Names, { hosts }: Description, findings: Findings): void {
  for (const host of hosts.values()) {
    // What a host asks for, each of its services gets.
    if (host.tlsa.length > 0 || host.services.length < 2) continue;
    const held = names.place(host.name);
    if (typeof held === 'string' || !held.isSecure) continue;
    const ends = host.services.map((service) => ({
      service,
      end: names.follow(`_${service.port}._${service.protocol}.${host.name}` as Name, Type.TLSA).end,
    }));
    const bare = ends.filter(({ end }) => end.kind === 'nothing').map(({ service }) => service);
    if (bare.length === 0 || bare.length === ends.length) continue;
    const what = `has TLSA records for other services, and none for ${bare.map(({ name }) => name).join(', ')}`;
    findings.say(
      held.apex,
      rules['dane/undeclared-service'],
      bare[0].at,
      { host: host.name, what },
      { subject: host.name },
    );
  }
}
