/** Aliases of TLSA records, and wildcards among them. */
import type { Description } from '../describe/description.ts';
import { isWildcard, type Name, nameToWire, parentOf } from '../dns/name.ts';
import { Type, typeName } from '../dns/type.ts';
import { type NameId, Role } from '../dns/zone.ts';
import { type Findings, firstAndOthers } from './findings.ts';
import { type Followed, type Names, wildcardUnder } from './names.ts';
import { serviceOf } from './port-labels.ts';
import { rules } from './rules.ts';
import type { Held, Placed, Survey } from './survey.ts';

/** CNAMEs at `_port._protocol`: followed as a sender follows them (RFC 7671 section 7). */
export function judgeAliases(survey: Survey, names: Names, findings: Findings): void {
  // All services of a host have the same alias: one mistake.
  const faults = new Map<string, { first: Placed; owners: Name[]; target: Name; why: string }>();
  for (const alias of survey.aliases) {
    const { held, owner, id } = alias;
    if (serviceOf(owner) === undefined || !held.isSecure || held.zone.row(id, Type.TLSA) >= 0) continue;
    const followed = names.follow(owner, Type.TLSA);
    const why = whyLost(followed);
    if (why === undefined) continue;
    const { target } = followed.aliases[followed.aliases.length - 1];
    const key = `${held.apex} ${target} ${why}`;
    const known = faults.get(key);
    if (known === undefined) faults.set(key, { first: alias, owners: [owner], target, why });
    else known.owners.push(owner);
  }
  for (const { first, owners, target, why } of faults.values()) {
    const { held, row, owner } = first;
    const facts = { owner: firstAndOthers(owners), target, why };
    findings.say(held.apex, rules['dane/alias-chain'], held.zone.positionOf(row), facts, { subject: owner });
  }
}

function whyLost({ aliases, end }: Followed): string | undefined {
  if (end.kind === 'alias') return 'and from there back in a circle, or on without end';
  if (end.kind === 'nothing') return end.exists ? 'which has no TLSA records' : 'which does not exist';
  const passed = [...aliases.map(({ at }) => at.held), ...(end.kind === 'rows' ? [end.at.held] : [])];
  const insecure = passed.find(({ isSecure }) => !isSecure);
  return insecure && `by way of the zone ${insecure.apex}, which is not signed`;
}

/** Every TLSA owner that clients will ask for: of mail hosts and declared services. */
export function judgeWildcards(survey: Survey, names: Names, description: Description, findings: Findings): void {
  if (survey.wildcards.length === 0) return;
  const asked = new Set<Name>();
  for (const host of survey.mailHosts) asked.add(`_25._tcp.${host}` as Name);
  for (const { name, services } of description.hosts.values())
    for (const { port, protocol } of services) asked.add(`_${port}._${protocol}.${name}` as Name);
  for (const owner of asked) judgeQuestion(owner, names, findings);
  for (const wildcard of survey.wildcards) judgeShadows(wildcard, findings);
}

function judgeQuestion(owner: Name, names: Names, findings: Findings): void {
  const held = names.place(owner);
  if (typeof held === 'string') return;
  const found = names.lookUp(owner, Type.TLSA);
  if (found.kind === 'rows' || found.kind === 'foreign' || found.kind === 'unknown') return;
  if (found.kind === 'alias') {
    if (!found.isSynthesized || !isWildcard(found.at.owner) || serviceOf(found.at.owner)?.port === '*') return;
    const why = `answers for ${owner} too: whoever asks for its TLSA records is sent to ${found.target}`;
    sayOf(found.at, why, findings);
    return;
  }
  // A wildcard with TLSA further up, which a name in between keeps from answering.
  const { zone } = held;
  for (let at = parentOf(owner); at !== undefined && at.length >= held.apex.length; at = parentOf(at)) {
    const id = zone.find(at);
    const wildcard = id < 0 ? -1 : wildcardUnder(held, id);
    if (wildcard < 0) continue;
    const row = zone.row(wildcard, Type.TLSA);
    if (row < 0) return;
    const encloser = zone.closestEncloser(nameToWire(owner));
    const set: Placed = { held, id: wildcard, row, owner: zone.name(wildcard) };
    sayOf(set, `does not answer for ${owner}, because ${zone.name(encloser)} exists`, findings);
    return;
  }
}

/**
 * MX and CNAME: a name that exists only because something with an underscore stands below it (`_dmarc.sub`,
 * `_acme-challenge.sub`) silently takes itself out of the wildcard.
 */
function judgeShadows(wildcard: Placed, findings: Findings): void {
  const { held, id } = wildcard;
  const { zone } = held;
  const { type, role, subtreeEnd } = zone.columns;
  if (type[wildcard.row] === Type.TLSA) return;
  const parent = zone.find(parentOf(wildcard.owner) ?? held.apex);
  for (let child = parent + 1; child < subtreeEnd[parent]; child = subtreeEnd[child]) {
    if (child === id || role[child] !== Role.empty || !hasOnlyUnderscores(held, child)) continue;
    const name = zone.name(child);
    if (name.startsWith('_') || isWildcard(name)) continue;
    const below = zone.name(firstWithRows(held, child + 1));
    sayOf(
      wildcard,
      `does not answer for ${name}, which exists because of ${below} and has no records of its own`,
      findings,
    );
  }
}

function hasOnlyUnderscores(held: Held, parent: NameId): boolean {
  const { names, nameStart, subtreeEnd, role } = held.zone.columns;
  for (let child = parent + 1; child < subtreeEnd[parent]; child = subtreeEnd[child]) {
    if (names[nameStart[child] + 1] === 0x5f) continue;
    if (role[child] !== Role.empty || !hasOnlyUnderscores(held, child)) return false;
  }
  return true;
}

function firstWithRows({ zone }: Held, from: NameId): NameId {
  let at = from;
  while (zone.columns.rrsetStart[at] === zone.columns.rrsetStart[at + 1]) at++;
  return at;
}

function sayOf({ held, owner, row }: Placed, why: string, findings: Findings): void {
  const facts = { wildcard: owner, type: typeName(held.zone.columns.type[row]), why };
  findings.say(held.apex, rules['dane/wildcard-shadowed'], held.zone.positionOf(row), facts, { subject: owner });
}
