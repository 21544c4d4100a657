/** What was asked of a plan or a proof and is not in it, and why: nobody is to take silence for a good answer. */
import { relative } from 'node:path';
import type { Name } from '../dns/name.ts';
import type { Manifest } from '../export/manifest.ts';
import { lastOf } from '../journal/evidence.ts';
import type { Journal } from '../journal/journal.ts';
import { newReport, type Problem, report } from '../text/problem.ts';
import { zoneOfRecords } from './host-tlsa.ts';
import { lacksKeys } from './key-policy.ts';
import { hasLeft } from './leaving.ts';
import { type Places, zoneFolder } from './places.ts';
import type { Repository } from './repository.ts';
import { rules } from './rules.ts';
import type { ZoneState } from './zone-state.ts';

export interface LeftOut {
  /** A zone or a host. */
  readonly name: Name;
  /** `zone`: all of it. `history`: what caches hold from before. `mail`: the certificates of a host. */
  readonly what: 'zone' | 'history' | 'mail';
  /** One sentence each. */
  readonly why: readonly string[];
}

/** Why the description does not say what a zone holds: its own errors, or a file that cannot be read. */
export function undescribed(
  zone: Name,
  { description, broken }: Pick<Repository, 'description' | 'broken'>,
): readonly Problem[] {
  const known = description.faulty.get(zone) ?? [];
  if (known.length > 0) return known;
  const own = newReport();
  const subject = { subject: zone };
  if (broken.length === 0) report(own, rules['build/nothing-declared'], undefined, { zone }, subject);
  else report(own, rules['build/undescribed'], undefined, { zone, files: broken.join(', ') }, subject);
  return own.problems;
}

/** Why a zone that was signed will not be signed again: its keys are lost. Private halves are not asked for. */
export function keysLost(state: ZoneState, before: Manifest | undefined, places: Places): readonly Problem[] {
  const { zone, journal, isNew } = state;
  const wasSigned = before?.zones[zone]?.signed === true || journal?.content.at(-1)?.signed !== undefined;
  if (!wasSigned || hasLeft(state)) return [];
  const own = newReport();
  const folder = relative(places.root, zoneFolder(places, zone));
  if (isNew) report(own, rules['build/state-lost'], undefined, { zone, folder }, { subject: zone });
  else {
    for (const what of lacksKeys(state))
      report(own, rules['build/no-keys'], undefined, { zone, what }, { subject: zone });
  }
  return own.problems;
}

/** A journal that was lost, restored or edited says nothing for certain of what caches hold. */
export function doubtedHistory(zone: Name, problems: readonly Problem[]): readonly LeftOut[] {
  const doubts = problems.filter(({ rule }) => doubtRules.has(rule));
  return doubts.length === 0 ? [] : [{ name: zone, what: 'history', why: sentences(doubts) }];
}

const doubtRules: ReadonlySet<string> = new Set(['ops/journal-lost', 'ops/journal-edited', 'ops/journal-rolled-back']);

/** Keys that somebody else has used, below a DS of which nobody has said whether it is there: no chain begins that could be judged. */
export function unknownDs({ zone, keys, evidence, parentDs }: Journal): readonly LeftOut[] {
  const isKnown = parentDs.some(({ records }) => records.length > 0) || lastOf({ evidence }, 'ds-seen') !== undefined;
  if (isKnown || !keys.some(({ ds }) => ds.state === 'unretentive')) return [];
  const why = `a DS of its keys may stand in the parent: say what is there with danezone confirm ds-seen ${zone.slice(0, -1)} --ds`;
  return [{ name: zone, what: 'zone', why: [why] }];
}

/** Hosts in these zones of which a certificate cannot be read, or whose records stand in a zone that was not asked for. */
export function unreadableHosts(repository: Repository, zones: ReadonlySet<Name>): readonly LeftOut[] {
  const { hostsOf, certificates, description } = repository;
  return [...zones].flatMap((zone) =>
    (hostsOf.get(zone) ?? []).flatMap((host): LeftOut[] => {
      const { name, services } = host;
      const records = zoneOfRecords(repository, host);
      if (services.length > 0 && records !== undefined && !zones.has(records) && description.domains.has(records))
        return [{ name, what: 'mail', why: [`its TLSA records stand in ${records}, which was not asked for`] }];
      const wanted = new Set(services.flatMap((service) => service.certificates.map(({ value }) => value)));
      const unread = [...wanted].filter((value) => !certificates.has(value));
      const why = unread.map((value) => `the certificate ${value} cannot be read: see danezone check`);
      return why.length === 0 ? [] : [{ name, what: 'mail', why }];
    }),
  );
}

export const sentences = (problems: readonly Problem[]) => problems.map(({ rule, message }) => `${message} [${rule}]`);
