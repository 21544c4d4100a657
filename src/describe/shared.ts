/**
 * What zones use together: policies, parents, certificates and hosts, each read once with the files and errors that
 * come with it.
 */
import type { Name } from '../dns/name.ts';
import type { Report } from '../text/problem.ts';
import { type Declaration, type Declarations, likeChain } from './declarations.ts';
import type { CertificateSource, Host, IssuerSource, ParentPolicy, Policy } from './description.ts';
import { readCertificate, readHost } from './hosts.ts';
import { readIssuers } from './issuers.ts';
import { defaultName, readParent, readPolicy, unsignedName } from './policies.ts';
import { type Reading, watch } from './reading.ts';
import type { Sections } from './sections.ts';
import { Ties } from './ties.ts';
import type { DaneWords } from './tlsa-request.ts';

export interface Shared<T> {
  readonly value: T;
  readonly ties: Ties;
}

export interface SharedValues {
  readonly policies: ReadonlyMap<string, Shared<Policy>>;
  readonly parents: ReadonlyMap<string, Shared<ParentPolicy>>;
  readonly certificates: ReadonlyMap<string, Shared<CertificateSource>>;
  readonly issuers: ReadonlyMap<string, Shared<IssuerSource>>;
  readonly hosts: ReadonlyMap<Name, Shared<Host>>;
}

/** Reads everything that is declared, whether a zone uses it or not. */
export function readShared(sections: Sections, words: DaneWords, to: Report): SharedValues {
  const { bad } = sections;
  const builtIn: Reading = { to, bad };
  const policies = readLike(sections.policies, bad, to, readPolicy);
  for (const name of [defaultName, unsignedName]) {
    if (!policies.has(name)) policies.set(name, { value: readPolicy(name, [], builtIn), ties: new Ties() });
  }
  const parents = readLike(sections.parents, bad, to, readParent);
  if (!parents.has(defaultName)) {
    parents.set(defaultName, { value: readParent(defaultName, [], builtIn), ties: new Ties() });
  }
  const certificates = readEach(sections.certificates, bad, to, readCertificate);
  const issuers = readEach(sections.issuers, bad, to, readIssuers);
  const hosts = readEach(sections.hosts, bad, to, (declaration, reading, ties) =>
    readHost(declaration.name as Name, declaration, reading, {
      words,
      certificates: sections.certificates,
      issuers: sections.issuers,
      uses: (certificate) => ties.addDeclaration(certificate),
    }),
  );
  return { policies, parents, certificates, issuers, hosts: hosts as Map<Name, Shared<Host>> };
}

function readEach<T>(
  declarations: Declarations,
  bad: Reading['bad'],
  to: Report,
  read: (declaration: Declaration, reading: Reading, ties: Ties) => T | undefined,
): Map<string, Shared<T>> {
  const made = new Map<string, Shared<T>>();
  for (const [name, declaration] of sorted(declarations.all)) {
    const own = watch(to);
    const ties = new Ties();
    ties.addDeclaration(declaration);
    const value = read(declaration, { to: own, bad, subject: name }, ties);
    ties.add(own);
    declaration.faults.push(...own.errors);
    if (value !== undefined) made.set(name, { value, ties });
  }
  return made;
}

function readLike<T>(
  declarations: Declarations,
  bad: Reading['bad'],
  to: Report,
  read: (name: string, chain: readonly Declaration[], reading: Reading) => T,
): Map<string, Shared<T>> {
  return readEach(declarations, bad, to, (declaration, reading, ties) => {
    const chain = likeChain(declaration, reading, (like, at) => declarations.find(like, at, reading));
    for (const link of chain) ties.addDeclaration(link);
    return read(declaration.name, chain, reading);
  });
}

/** The entries in the order of their keys, so that nothing depends on the order of files. */
export function sorted<K extends string, V>(map: ReadonlyMap<K, V>): [K, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
