/**
 * The repository as it is read once: descriptions, certificates, associations, adopted zones, with the problems of each zone
 * kept apart, so that one zone's mistake is never another zone's outage.
 */
import { join } from 'node:path';
import { sha256 } from '../crypto/digest.ts';
import { matchings, selectors, usages } from '../dane/acronym.ts';
import { isAnchorFile } from '../dane/anchors.ts';
import { builtInCatalogues, type Catalogues, type IssuerCatalogue } from '../dane/issuers.ts';
import { loadCatalogue } from '../dane/load-catalogue.ts';
import { type LoadedCertificate, loadAnchor, loadCertificate, type ReadFile } from '../dane/load-certificate.ts';
import type { EarlierVersions } from '../dane/mistakes.ts';
import { associationsFor, type ServiceAssociations } from '../dane/select-records.ts';
import { parseService } from '../dane/services.ts';
import { describe } from '../describe/describe.ts';
import type { DescribeResult, Description, Domain, Host } from '../describe/description.ts';
import type { DaneWords } from '../describe/tlsa-request.ts';
import { ancestors, type Name } from '../dns/name.ts';
import { confinedReader } from '../host/confined.ts';
import type { ReadableFiles } from '../host/host.ts';
import { hex, type Octets } from '../text/octets.ts';
import { newReport, type Problem, type Report, report } from '../text/problem.ts';
import type { Certificate } from '../x509/certificate.ts';
import { maxFileSize, zonesFolder } from './limits.ts';
import { rules } from './rules.ts';

export interface Repository {
  readonly description: Description;
  readonly broken: readonly string[];
  /** Zone → hosts whose records it holds. */
  readonly hostsOf: ReadonlyMap<Name, readonly Host[]>;
  readonly certificates: ReadonlyMap<string, LoadedCertificate>;
  /** The built-in ones and those of the description. */
  readonly catalogues: Catalogues;
  /** Only for commands that explain mistakes. */
  readonly earlier?: EarlierVersions;
  /** Host → its TLSA records by service. */
  readonly associations: ReadonlyMap<Name, readonly ServiceAssociations[]>;
  /** Zone → the errors of the certificates and hosts that it depends on; such a zone keeps its last content. */
  readonly errorsOf: ReadonlyMap<Name, readonly Problem[]>;
  /** Every file that was read, by path from the root, with its SHA-256. */
  readonly inputs: ReadonlyMap<string, string>;
  /** A file of the repository, as the description may name it; read once. */
  readonly read: (path: string) => { readonly file: string; readonly octets: Octets } | { readonly error: string };
  /** Zone → paths of the files that it was made from. */
  inputsOf(zone: Name): string[];
  /** The text of a file that was read, for code frames. */
  source(file: string): string | undefined;
}

const daneWords: DaneWords = { parseService, usages, selectors, matchings };

/** Description files: `*.yaml` and `*.yml` directly in zones/. */
export function descriptionFiles(files: ReadableFiles, root: string): string[] {
  return files
    .list(join(root, zonesFolder))
    .filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('.'))
    .map((name) => `${zonesFolder}/${name}`);
}

export function readRepository(
  files: ReadableFiles,
  root: string,
  forbidden: readonly string[],
  to: Report,
  earlier?: EarlierVersions,
): Repository {
  const reading = confinedReader(files, root, { maxSize: maxFileSize, forbid: [...forbidden] });
  const contents = new Map<string, Octets>();
  const read = (path: string): { file: string; octets: Octets } | { error: string } => {
    const known = contents.get(path);
    if (known !== undefined) return { file: path, octets: known };
    const got = reading(path);
    if ('octets' in got) contents.set(got.file, got.octets);
    return got;
  };
  const octetsOf = (path: string) => {
    const got = read(path);
    return 'octets' in got ? got.octets : got;
  };

  const yaml: { file: string; octets: Octets }[] = [];
  const unreadable: string[] = [];
  for (const file of descriptionFiles(files, root)) {
    const got = read(file);
    if ('octets' in got) yaml.push(got);
    else {
      unreadable.push(file);
      report(to, rules['yaml/unreadable'], { file, line: 1, column: 1 }, { error: got.error });
    }
  }
  const result: DescribeResult = describe(yaml, read, to, daneWords);
  const { description } = result;

  const errorsOf = new Map<Name, Problem[]>();
  const blame = (zone: Name | undefined, problems: readonly Problem[]) => {
    const errors = problems.filter(({ tier }) => tier === 'error');
    if (zone !== undefined && errors.length > 0) errorsOf.set(zone, [...(errorsOf.get(zone) ?? []), ...errors]);
  };

  const certificates = new Map<string, LoadedCertificate>();
  const problemsOf = new Map<string, readonly Problem[]>();
  const filesOf = new Map<string, string[]>();
  for (const [name, source] of description.certificates) {
    const own = newReport();
    const loaded = loadCertificate(source, octetsOf, own);
    if (loaded !== undefined) certificates.set(name, loaded);
    problemsOf.set(name, own.problems);
    filesOf.set(name, [source.chain.value, ...(source.next === undefined ? [] : [source.next.value])]);
  }

  const catalogues = new Map<string, IssuerCatalogue>(builtInCatalogues);
  const catalogueProblems = new Map<string, readonly Problem[]>();
  for (const [name, source] of description.issuers) {
    const own = newReport();
    // One that cannot be read is told at its files, and gives no records.
    catalogues.set(name, loadCatalogue(source, octetsOf, own) ?? { name, keys: [] });
    catalogueProblems.set(name, own.problems);
    for (const problem of own.problems) to.add(problem);
  }

  const hostsOf = new Map<Name, Host[]>();
  const associations = new Map<Name, readonly ServiceAssociations[]>();
  const used = new Map<Name, Set<string>>();
  const usersOf = new Map<string, Set<Name>>();
  for (const host of description.hosts.values()) {
    const zone = zoneOf(host.name, description);
    if (zone !== undefined) hostsOf.set(zone, [...(hostsOf.get(zone) ?? []), host]);
    const own = newReport();
    const anchors = loadAnchors(host, octetsOf, own);
    associations.set(host.name, associationsFor(host, certificates, own, anchors, catalogues));
    for (const problem of own.problems) to.add({ ...problem, zones: zone === undefined ? [] : [zone] });
    blame(zone, own.problems);
    const names = new Set(host.services.flatMap((service) => service.certificates.map(({ value }) => value)));
    for (const name of names) blame(zone, problemsOf.get(name) ?? []);
    const lists = host.tlsa.flatMap((request) => (request.kind === 'issuers' ? [request.catalogue] : []));
    for (const list of lists) blame(zone, catalogueProblems.get(list) ?? []);
    if (zone === undefined) continue;
    const paths = used.get(zone) ?? new Set();
    for (const list of lists) for (const file of description.issuers.get(list)?.files ?? []) paths.add(file.value);
    for (const name of names) for (const path of filesOf.get(name) ?? []) paths.add(path);
    used.set(zone, paths);
    for (const name of names) usersOf.set(name, (usersOf.get(name) ?? new Set()).add(zone));
  }
  for (const [name, problems] of problemsOf) {
    for (const problem of problems) to.add({ ...problem, zones: [...(usersOf.get(name) ?? [])] });
  }

  const tied = new Map<Name, string[]>();
  for (const { file, zones } of description.files)
    for (const zone of zones) tied.set(zone, [...(tied.get(zone) ?? []), file]);
  return {
    description,
    broken: [...result.broken, ...unreadable],
    hostsOf,
    certificates,
    catalogues,
    earlier,
    associations,
    errorsOf,
    read,
    inputs: new Map([...contents].map(([file, octets]) => [file, hex(sha256(octets))])),
    inputsOf: (zone) => [...new Set([...(tied.get(zone) ?? []), ...(used.get(zone) ?? [])])].sort(),
    source: (file) => {
      const octets = contents.get(file);
      return octets === undefined ? undefined : Buffer.from(octets).toString('utf8');
    },
  };
}

/** Nothing declared: what `resign` works with. */
export const noRepository: Repository = {
  description: {
    policies: new Map(),
    parents: new Map(),
    certificates: new Map(),
    issuers: new Map(),
    hosts: new Map(),
    domains: new Map(),
    faulty: new Map(),
    files: [],
  },
  broken: [],
  hostsOf: new Map(),
  certificates: new Map(),
  catalogues: builtInCatalogues,
  associations: new Map(),
  errorsOf: new Map(),
  inputs: new Map(),
  read: () => ({ error: 'is not read by this command' }),
  inputsOf: () => [],
  source: () => undefined,
};

/** The certificates of the anchors that a host names by file. */
function loadAnchors(host: Host, read: ReadFile, to: Report): Map<string, Certificate> {
  const anchors = new Map<string, Certificate>();
  for (const request of host.tlsa) {
    if (request.kind !== 'association' || request.anchor === undefined || !isAnchorFile(request.anchor)) continue;
    const certificate = loadAnchor(request.anchor, request.at, read, to);
    if (certificate !== undefined) anchors.set(request.anchor, certificate);
  }
  return anchors;
}

/** The closest enclosing declared domain; a zone with errors still counts, so that nothing moves to the zone above it. */
export function zoneOf(of: Name, { domains, faulty }: Pick<Description, 'domains' | 'faulty'>): Name | undefined {
  for (const at of ancestors(of)) if (domains.has(at) || faulty.has(at)) return at;
  return undefined;
}

/** Whether the description asks for signatures. */
export function isSigned(domain: Domain): boolean {
  return domain.policy.signing === 'dnssec';
}
