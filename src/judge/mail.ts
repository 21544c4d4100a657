/** Mail domains and their hosts: where DANE covers a domain, where it ends, and why. */
import { isWildcard, type Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import type { Position } from '../text/problem.ts';
import { type Findings, firstAndOthers } from './findings.ts';
import type { Names } from './names.ts';
import { rules } from './rules.ts';
import type { Held, MxSet, Survey } from './survey.ts';

/** What the repository knows about TLSA for a mail host. */
type Standing =
  /** A host of somebody else. */
  | { readonly kind: 'foreign' }
  /** In a zone with errors of its own. */
  | { readonly kind: 'unknown' }
  /** `covered`: it has TLSA records; undefined where an alias leads to somebody else. */
  | { readonly kind: 'unsigned' | 'signed'; readonly held: Held; readonly covered: boolean | undefined };

interface Use {
  readonly set: MxSet;
  readonly at: Position | undefined;
}

interface MailHost {
  readonly name: Name;
  readonly standing: Standing;
  readonly secure: Use[];
  readonly insecure: Use[];
  /** A host with TLSA beside it, in each secure domain that has one. */
  readonly beside: { readonly use: Use; readonly covered: Name }[];
}

export function judgeMail(survey: Survey, names: Names, findings: Findings): void {
  const hosts = new Map<Name, MailHost>();
  const withoutReports = new Map<Name, MxSet[]>();
  for (const set of survey.mx) {
    const uses = set.targets.map(({ host, at }) => ({ host: hostOf(host), use: { set, at } }));
    for (const { host, use } of uses) (set.held.isSecure ? host.secure : host.insecure).push(use);
    if (!set.held.isSecure) continue;
    const covered = uses.find(({ host }) => isCovered(host));
    if (covered === undefined) continue;
    for (const { host, use } of uses) host.beside.push({ use, covered: covered.host.name });
    if (!isWildcard(set.owner) && !asksForReports(set, names)) {
      const { apex } = set.held;
      withoutReports.set(apex, [...(withoutReports.get(apex) ?? []), set]);
    }
  }
  for (const host of hosts.values()) judgeHost(host, findings);
  for (const [apex, sets] of withoutReports) {
    const [{ held, row }] = sets;
    const domains = domainsText(sets);
    findings.say(
      apex,
      rules['dane/no-tlsrpt'],
      held.zone.positionOf(row),
      { domains: `${domains} ${sets.length === 1 ? 'is a domain' : 'are domains'}` },
      { subject: apex },
    );
  }

  function hostOf(name: Name): MailHost {
    let host = hosts.get(name);
    if (host === undefined) {
      host = { name, standing: standingOf(name, names), secure: [], insecure: [], beside: [] };
      hosts.set(name, host);
    }
    return host;
  }
}

function standingOf(name: Name, names: Names): Standing {
  const held = names.place(name);
  if (typeof held === 'string') return { kind: held };
  return { kind: held.isSecure ? 'signed' : 'unsigned', held, covered: hasTlsa(name, names) };
}

/** RFC 7672 section 2.2.3: at the name itself, and at what it is an alias of. */
function hasTlsa(name: Name, names: Names): boolean | undefined {
  const { aliases } = names.follow(name, Type.A);
  const bases = [name, ...aliases.map(({ target }) => target)];
  const ends = bases.map((base) => names.follow(`_25._tcp.${base}` as Name, Type.TLSA).end.kind);
  if (ends.includes('rows')) return true;
  return ends.includes('foreign') || ends.includes('unknown') ? undefined : false;
}

const isCovered = ({ standing }: MailHost) => standing.kind === 'signed' && standing.covered === true;

function judgeHost(host: MailHost, findings: Findings): void {
  const { name, standing, secure, insecure, beside } = host;
  const subject = { subject: name };
  const facts = (uses: readonly Use[]) => ({ host: name, domains: domainsText(uses.map(({ set }) => set)) });
  if (standing.kind === 'foreign' && secure.length > 0) {
    findings.say(zonesOf(secure), rules['dane/foreign-mx'], secure[0].at, facts(secure), subject);
  }
  // With TLSA records it is dane/unsigned-zone.
  if (standing.kind === 'unsigned' && standing.covered !== true && secure.length > 0) {
    const more = { ...facts(secure), zone: standing.held.apex };
    findings.say(zonesOf(secure), rules['dane/host-in-unsigned-zone'], secure[0].at, more, subject);
  }
  if (isCovered(host) && insecure.length > 0) {
    findings.say(zonesOf(insecure), rules['dane/insecure-mx-domain'], insecure[0].at, facts(insecure), subject);
  }
  if (standing.kind === 'signed' && standing.covered === false && beside.length > 0) {
    const uses = beside.map(({ use }) => use);
    const more = { ...facts(uses), covered: beside[0].covered };
    findings.say(standing.held.apex, rules['dane/uncovered-mx'], uses[0].at, more, subject);
  }
}

function zonesOf(uses: readonly Use[]): Name[] {
  return [...new Set(uses.map(({ set }) => set.held.apex))];
}

function domainsText(sets: readonly MxSet[]): string {
  return firstAndOthers([...new Set(sets.map(({ owner }) => owner))], 'other domains');
}

/** A TXT record that begins with v=TLSRPTv1 (RFC 8460 section 3); one that stands elsewhere is believed. */
function asksForReports({ owner }: MxSet, names: Names): boolean {
  const { end } = names.follow(`_smtp._tls.${owner}` as Name, Type.TXT);
  if (end.kind !== 'rows') return end.kind !== 'nothing';
  const { held, row } = end.at;
  return held.zone.rdataOf(row).some((rdata) => /^.v=TLSRPTv1\s*;/s.test(Buffer.from(rdata).toString('latin1')));
}
