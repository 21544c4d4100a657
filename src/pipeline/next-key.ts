/** Where the next key of a certificate goes: which certificate is meant, its names, the file of its request, and who waits for it. */
import { posix } from 'node:path';
import { withEntry } from '../describe/add-entry.ts';
import type { CertificateSource, Host, Service } from '../describe/description.ts';
import { applyFixes } from '../describe/fix.ts';
import type { Name } from '../dns/name.ts';
import type { Journal } from '../journal/journal.ts';
import { sumOf, tlsaWait } from '../rollover/tlsa-wait.ts';
import { waitText } from '../rollover/wait-text.ts';
import type { Octets } from '../text/octets.ts';
import type { Position } from '../text/problem.ts';
import type { KeyAlgorithm } from '../x509/public-key.ts';
import { tlsaQuestion } from './host-tlsa.ts';
import { type Repository, zoneOf } from './repository.ts';

export interface NextKeyQuestion {
  readonly host: Name;
  /** Undefined: every service of the host. */
  readonly service?: { readonly port: number; readonly protocol: string };
  /** Name of a certificate of the description; undefined: the only one there is. */
  readonly certificate?: string;
}

export interface NextKeyPlace {
  readonly certificate: string;
  /** Of the chain's leaf, or the host where it names none: A-labels, no dot at the end. */
  readonly dnsNames: readonly string[];
  /** Undefined: the chain cannot be read. */
  readonly current?: KeyAlgorithm;
  /** What stands under `next:`, or would go there; path from the root of the repository. */
  readonly request: string;
  /** Where the description names it under `next:`. */
  readonly named?: Position;
  /** The path under `chain:` in the description. */
  readonly chain: { readonly at: Position; readonly text: string };
}

type Refused = { readonly error: string };

/** The error is a sentence. */
export function nextKeyPlace(
  { description, certificates, broken }: Repository,
  { host: name, service, certificate: wanted }: NextKeyQuestion,
): NextKeyPlace | Refused {
  const shown = dotless(name);
  const host = description.hosts.get(name);
  if (host === undefined) {
    const unread = broken.length === 0 ? '' : `; ${broken.join(', ')} cannot be read: see danezone check`;
    return {
      error: `${shown} is no host of the description; hosts with certificates are ${hostList(description.hosts)}${unread}`,
    };
  }
  const services = host.services.filter(
    ({ port, protocol }) => service === undefined || (port === service.port && protocol === service.protocol),
  );
  if (services.length === 0) {
    const has = host.services.map((each) => each.name).join(', ');
    const error = service === undefined || has === '' ? 'has no services' : `has no such service; it has ${has}`;
    return { error: `${shown} ${error}: a certificate belongs to a service` };
  }
  const names = [...new Set(services.flatMap((each) => each.certificates.map(({ value }) => value)))];
  if (names.length === 0) return { error: `${shown} has no certificates: name them at its services` };
  if (wanted !== undefined && !names.includes(wanted)) {
    return { error: `${shown} does not serve the certificate ${wanted}: it serves ${names.join(', ')}` };
  }
  if (wanted === undefined && names.length > 1) {
    return { error: `${shown} serves ${names.join(', ')}: say which one with --certificate` };
  }
  const source = description.certificates.get(wanted ?? names[0]);
  if (source === undefined) return { error: `${wanted ?? names[0]} is not rightly declared: see danezone check` };
  const leaf = certificates.get(source.name)?.chain[0];
  const certified = leaf?.dnsNames.filter((of) => /^[!-~]{1,253}$/.test(of)) ?? [];
  return {
    certificate: source.name,
    dnsNames: certified.length > 0 ? certified : [shown],
    current: leaf?.key,
    request: source.next?.value ?? usualRequest(source),
    named: source.next?.at,
    chain: { at: source.chain.at, text: posix.relative(posix.dirname(source.chain.at.file), source.chain.value) },
  };
}

/**
 * The file of the description with `request`, a path from the root, under `next:` of the certificate; undefined where its shape is
 * unusual, and a person has to write it.
 */
export function withNext(
  { certificate, chain, named }: NextKeyPlace,
  octets: Octets,
  request: string,
): Octets | undefined {
  const { file } = chain.at;
  const text = posix.relative(posix.dirname(file), request);
  if (named === undefined) {
    return withEntry(file, octets, { path: ['certificates', certificate], after: 'chain', key: 'next', text });
  }
  return named.file === file ? applyFixes(file, octets, [{ position: named, text }])?.octets : undefined;
}

/** Beside the chain, where whoever wrote the description keeps such files. */
function usualRequest({ name, chain }: CertificateSource): string {
  const { dir, name: stem } = posix.parse(chain.value);
  return posix.join(dir, `${/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) ? name : stem}.next.csr`);
}

function hostList(hosts: ReadonlyMap<Name, Host>): string {
  const names = [...hosts.values()]
    .filter(({ services }) => services.some(({ certificates }) => certificates.length > 0))
    .map(({ name }) => dotless(name))
    .sort();
  if (names.length === 0) return 'none';
  return `${names.slice(0, 20).join(', ')}${names.length > 20 ? ` and ${names.length - 20} more` : ''}`;
}

const dotless = (name: Name): string => name.replace(/(?<=.)\.$/, '');

export interface NextKeyWait {
  readonly host: Name;
  readonly service: Service;
  /** Whose build publishes the record. */
  readonly zone: Name;
  /** From publication until the key may be used; undefined where no record can be made of a key without its certificate. */
  readonly wait?: { readonly seconds: number; readonly text: string };
}

/** All services that show the certificate, also of other hosts: it may be replaced when the last of them is ready. */
export function nextKeyWaits(
  { description, associations, certificates }: Repository,
  certificate: string,
  journalOf: (zone: Name) => Journal | undefined,
  now: number,
): readonly NextKeyWait[] {
  return [...description.hosts.values()].flatMap((host) =>
    (associations.get(host.name) ?? []).flatMap((of): NextKeyWait[] => {
      if (!of.service.certificates.some(({ value }) => value === certificate)) return [];
      // Behind an alias stand the records of another name, which may lie in another zone.
      const owner = of.alias ?? of.owner;
      const zone = zoneOf(owner, description);
      const domain = zone === undefined ? undefined : description.domains.get(zone);
      if (domain === undefined) return [];
      const at = { domain, journal: journalOf(domain.name), now };
      const question = tlsaQuestion(host, { ...of, owner, alias: undefined }, certificates, at);
      if (question === undefined) return [];
      const known = { host: host.name, service: of.service, zone: domain.name };
      const pinsKey = host.tlsa.some(
        (request) => request.kind === 'association' && request.usage.endsWith('-EE') && request.selector === 'SPKI',
      );
      if (!pinsKey) return [known];
      // Nothing that was published has a key that is made now.
      const { wait } = tlsaWait(question, () => false, `TLSA at ${owner}`);
      const { publication } = question.policy;
      const first = publication.kind === 'by-build' ? publication.after : 0;
      return [{ ...known, wait: { seconds: first + sumOf(wait.terms), text: waitText(wait) } }];
    }),
  );
}
