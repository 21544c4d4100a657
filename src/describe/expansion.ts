/**
 * Declarations → Description: every zone read, with its faults and the files it depends on; hosts given to their zones.
 */
import { ancestors, type Name } from '../dns/name.ts';
import { type Problem, type Report, report } from '../text/problem.ts';
import type { Declarations } from './declarations.ts';
import type { At, Description, Domain, Host } from './description.ts';
import { type DomainContext, type DomainSource, readDomain } from './domain.ts';
import { domainSources } from './domain-sources.ts';
import type { FileReader } from './files.ts';
import { limits } from './limits.ts';
import { defaultName } from './policies.ts';
import { type Reading, watch } from './reading.ts';
import { ValueReader } from './record-value.ts';
import { rules } from './rules.ts';
import type { Sections } from './sections.ts';
import { readShared, type Shared, type SharedValues, sorted } from './shared.ts';
import { Ties } from './ties.ts';
import type { DaneWords } from './tlsa-request.ts';

export class Expansion {
  private readonly sections: Sections;
  private readonly words: DaneWords;
  private readonly readFile: FileReader;
  private readonly to: Report;
  /** Told of each file that no longer says all that it said. */
  private readonly breakFile: (file: string) => void;
  /** Every zone, good or faulty. */
  private readonly ties = new Map<Name, Ties>();
  private readonly lostHosts: { readonly name: Name; readonly errors: readonly Problem[] }[] = [];
  private readonly values = new ValueReader();

  constructor(
    sections: Sections,
    words: DaneWords,
    readFile: FileReader,
    to: Report,
    breakFile: (file: string) => void,
  ) {
    this.sections = sections;
    this.words = words;
    this.readFile = readFile;
    this.to = to;
    this.breakFile = breakFile;
  }

  /** A zone that a broken file seems to declare. */
  loseDomain(name: Name, errors: readonly Problem[]): void {
    this.tiesOf(name).add({ errors });
  }

  /** A host that a broken file seems to declare: its zone is told when the zones are known. */
  loseHost(name: Name, errors: readonly Problem[]): void {
    this.lostHosts.push({ name, errors });
  }

  /** `inputs`: all files that were given, also those of which nothing is used. */
  describe(inputs: readonly string[]): Description {
    const shared = readShared(this.sections, this.words, this.to);
    const { sections, to, readFile, breakFile } = this;
    const sources = domainSources({ sections, to, readFile, breakFile, tiesOf: (name) => this.tiesOf(name) });
    const domains = this.readDomains(sources, shared);
    this.checkChildren(domains);
    const hosts = this.placeHosts(shared.hosts);
    this.reportUnused();

    const faulty = new Map<Name, readonly Problem[]>();
    for (const [name, { errors }] of sorted(this.ties)) {
      if (errors.size === 0) continue;
      faulty.set(name, [...errors]);
      domains.delete(name);
    }
    return {
      policies: goodOf(shared.policies),
      parents: goodOf(shared.parents),
      certificates: goodOf(shared.certificates),
      issuers: goodOf(shared.issuers),
      hosts,
      domains,
      faulty,
      files: this.filesOf(inputs),
    };
  }

  private tiesOf(name: Name): Ties {
    let ties = this.ties.get(name);
    if (ties === undefined) this.ties.set(name, (ties = new Ties()));
    return ties;
  }

  private readDomains(sources: readonly DomainSource[], shared: SharedValues): Map<Name, Domain> {
    const domains = new Map<Name, Domain>();
    let records = 0;
    for (const source of sources) {
      const ties = this.tiesOf(source.name);
      const domain = records > limits.records ? undefined : this.readOne(source, ties, shared);
      records += domain?.records.length ?? 0;
      if (records > limits.records) {
        const own = watch(this.to);
        report(own, rules['describe/limit'], source.at, { what: 'records', limit: limits.records });
        ties.add(own);
      }
      if (domain !== undefined && ties.errors.size === 0) domains.set(source.name, domain);
    }
    return domains;
  }

  private readOne(source: DomainSource, ties: Ties, shared: SharedValues): Domain | undefined {
    const own = watch(this.to);
    const choose = <T>(declarations: Declarations, all: ReadonlyMap<string, Shared<T>>) => {
      return (name: At<string> | undefined, reading: Reading): T | undefined => {
        const chosen = all.get(name?.value ?? defaultName);
        if (name !== undefined && (chosen === undefined || declarations.all.has(name.value))) {
          declarations.find(name.value, name.at, reading);
        }
        if (chosen !== undefined) ties.add(chosen.ties);
        return chosen?.value;
      };
    };
    const context: DomainContext = {
      nameserverSets: this.sections.nameserverSets,
      hosts: this.sections.hosts,
      policyOf: choose(this.sections.policies, shared.policies),
      parentOf: choose(this.sections.parents, shared.parents),
      readFile: this.readFile,
      values: this.values,
      uses: (declaration) => ties.addDeclaration(declaration),
      dependsOn: (file) => ties.files.add(file),
    };
    const { name } = source;
    const domain = readDomain(source, { to: own, bad: this.sections.bad, subject: name, domain: name }, context);
    ties.add(own);
    return domain;
  }

  /** `DS: from-child` needs a signed child in this repository. */
  private checkChildren(domains: ReadonlyMap<Name, Domain>): void {
    for (const domain of domains.values()) {
      for (const { owner, content, at } of domain.records) {
        if (content.kind !== 'from-child') continue;
        const ties = this.tiesOf(domain.name);
        const child = this.ties.get(owner);
        if (child !== undefined) ties.add({ files: child.files });
        const isUnsigned = domains.get(owner)?.policy.signing === 'none';
        if (child !== undefined && owner !== domain.name && !isUnsigned) continue;
        const fault = isUnsigned ? 'is not signed' : 'is not declared under domains:';
        const why = owner === domain.name ? 'is the domain itself' : fault;
        const own = watch(this.to);
        report(own, rules['describe/child'], at, { owner, why }, { subject: domain.name });
        ties.add(own);
      }
    }
  }

  /** The hosts that are good; the zones above them depend on their files, the closest one has their faults. */
  private placeHosts(hosts: ReadonlyMap<Name, Shared<Host>>): Map<Name, Host> {
    const good = new Map<Name, Host>();
    for (const [name, { value, ties }] of hosts) {
      const above = this.zonesAbove(name);
      for (const zone of above) zone.add({ files: ties.files });
      above[0]?.add(ties);
      if (above.length === 0 && this.sections.hosts.broken.length === 0) {
        report(this.to, rules['describe/host-outside'], value.at, { host: name }, { subject: name });
      }
      if (ties.errors.size === 0) good.set(name, value);
    }
    for (const { name, errors } of this.lostHosts) this.zonesAbove(name)[0]?.add({ errors });
    return good;
  }

  /** The closest first. */
  private zonesAbove(name: Name): Ties[] {
    return [...ancestors(name)].flatMap((above) => this.ties.get(above) ?? []);
  }

  private reportUnused(): void {
    // What uses it may stand where something is wrong, and that is told already.
    if (this.to.hasErrors) return;
    const { policies, parents, nameserverSets, certificates, templates } = this.sections;
    policies.reportUnused(this.to, defaultName);
    parents.reportUnused(this.to, defaultName);
    // Issuer catalogues are of use without being named: they tell what pins break, and what records are.
    for (const declarations of [nameserverSets, certificates, templates]) declarations.reportUnused(this.to);
  }

  private filesOf(inputs: readonly string[]): Description['files'] {
    const zones = new Map<string, Name[]>(inputs.map((file) => [file, []]));
    for (const [name, { files }] of sorted(this.ties)) {
      for (const file of files) {
        const known = zones.get(file);
        if (known === undefined) zones.set(file, [name]);
        else known.push(name);
      }
    }
    return sorted(zones).map(([file, names]) => ({ file, zones: names }));
  }
}

function goodOf<T>(shared: ReadonlyMap<string, Shared<T>>): Map<string, T> {
  return new Map([...shared].flatMap(([name, { value, ties }]) => (ties.errors.size === 0 ? [[name, value]] : [])));
}
