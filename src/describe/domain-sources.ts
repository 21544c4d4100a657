/** Which domains there are, and what each of them is like: declared themselves, or as members of a group. */

import { type Name, parseName } from '../dns/name.ts';
import { type Position, type Report, report } from '../text/problem.ts';
import { type Declaration, likeChain } from './declarations.ts';
import { didYouMean } from './did-you-mean.ts';
import type { DomainSource } from './domain.ts';
import type { FileReader } from './files.ts';
import { groupMembers } from './groups.ts';
import { limits } from './limits.ts';
import { complain, type Reading, watch } from './reading.ts';
import { rules } from './rules.ts';
import type { Sections } from './sections.ts';
import { sorted } from './shared.ts';
import { Ties } from './ties.ts';

export interface SourceContext {
  readonly sections: Sections;
  readonly to: Report;
  readonly readFile: FileReader;
  /** Told of each file that no longer says all that it said. */
  readonly breakFile: (file: string) => void;
  readonly tiesOf: (name: Name) => Ties;
}

/** Every domain, in the order of names. */
export function domainSources(context: SourceContext): DomainSource[] {
  const { sections, to, tiesOf } = context;
  const { domains, groups } = sections;
  const sources = new Map<Name, DomainSource>();
  for (const [key, declaration] of domains.all) {
    const name = key as Name;
    const own = watch(to);
    const chain = likeChainOf(declaration, { to: own, bad: sections.bad, subject: name }, sections);
    const links = chain.map((link) => {
      const isDomain = domains.all.get(link.name) === link;
      return { declaration: link, origin: isDomain ? (link.name as Name) : undefined };
    });
    sources.set(name, { name, at: declaration.at, chain: links });
    const ties = tiesOf(name);
    for (const link of chain) ties.addDeclaration(link);
    ties.add(own);
  }
  for (const [, group] of sorted(groups.all)) addGroup(group, sources, context);

  const all = sorted(sources).map(([, source]) => source);
  const tooMany = all[limits.domains];
  if (tooMany !== undefined) {
    const own = watch(to);
    report(own, rules['describe/limit'], tooMany.at, { what: 'domains', limit: limits.domains });
    for (const { name } of all.slice(limits.domains)) tiesOf(name).add(own);
  }
  return all.slice(0, limits.domains);
}

function addGroup(group: Declaration, sources: Map<Name, DomainSource>, context: SourceContext): void {
  const { sections, to, tiesOf, readFile, breakFile } = context;
  const own = watch(to);
  const reading: Reading = { to: own, bad: sections.bad, subject: group.name };
  const members = groupMembers(group, reading, readFile, breakFile);
  const [, ...chain] = likeChainOf(group, reading, sections);
  const shared = new Ties();
  for (const link of [group, ...chain]) shared.addDeclaration(link);
  // A line that is no name is the list's fault and not that of the other members.
  shared.add({ errors: own.errors.filter((problem) => problem.rule !== 'describe/name') });
  for (const { name, at, file } of members) {
    const ties = tiesOf(name);
    ties.add(shared);
    ties.files.add(file);
    const before = sources.get(name);
    if (before === undefined) {
      sources.set(name, { name, at, chain: chain.map((declaration) => ({ declaration })) });
      continue;
    }
    const double = watch(to);
    const related = [{ position: before.at, message: 'first declared here' }];
    report(double, rules['describe/duplicate'], at, { what: 'domain', name }, { subject: name, related });
    ties.add(double);
  }
}

function likeChainOf(start: Declaration, reading: Reading, sections: Sections): Declaration[] {
  return likeChain(start, reading, (like, at) => findLike(like, at, reading, sections));
}

/** A template, or else a domain. */
function findLike(like: string, at: Position, reading: Reading, sections: Sections): Declaration | undefined {
  const { templates, domains } = sections;
  if (templates.all.has(like)) return templates.find(like, at, reading);
  const name = like.includes('.') ? parseName(like) : undefined;
  if (typeof name === 'string' && domains.all.has(name)) return domains.find(name, at, reading);
  const known = [...templates.all.keys(), ...[...domains.all.keys()].map((key) => key.slice(0, -1))];
  const { hint, fix } = didYouMean(like, known, at);
  const facts = { what: 'template or domain', name: like, broken: templates.broken };
  complain(
    reading,
    rules['describe/unknown-reference'],
    at,
    facts,
    templates.broken.length === 0 ? { hint, fix } : { hint },
  );
  return undefined;
}
