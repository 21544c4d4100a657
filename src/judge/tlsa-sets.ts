/** What the TLSA records of a service say, wherever they come from, against the certificates that the service presents. */
import { matchings, selectors, usages } from '../dane/acronym.ts';
import { type Association, fromTlsaRData, toTlsaRData } from '../dane/association.ts';
import { reportCoverage, reportSize } from '../dane/coverage.ts';
import type { Catalogues } from '../dane/issuers.ts';
import type { LoadedCertificate } from '../dane/load-certificate.ts';
import type { EarlierVersions } from '../dane/mistakes.ts';
import { rules as daneRules } from '../dane/rules.ts';
import type { ServiceAssociations } from '../dane/select-records.ts';
import { reportUnfit } from '../dane/unfit.ts';
import type { Description, Host, Service } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { equalOctets, type Octets } from '../text/octets.ts';
import type { Position } from '../text/problem.ts';
import { reportAgility } from './digest-agility.ts';
import type { Findings } from './findings.ts';
import { reportLeaves } from './leaves.ts';
import type { Names } from './names.ts';
import { isSmtp, serviceOf, type TlsaService } from './port-labels.ts';
import { rules } from './rules.ts';
import type { Placed, Survey } from './survey.ts';
import { unusable } from './unusable.ts';

export interface SetsInput {
  readonly description: Description;
  readonly certificates: ReadonlyMap<string, LoadedCertificate>;
  /** Host → its records by service, as its own requests made them. */
  readonly associations: ReadonlyMap<Name, readonly ServiceAssociations[]>;
  readonly catalogues: Catalogues;
  readonly earlier?: EarlierVersions;
}

/** An owner that clients ask for, and the records that they get. */
interface Question {
  readonly owner: Name;
  readonly service: TlsaService;
  readonly set: Placed;
}

/** One record as it is published. */
export interface Published {
  readonly rdata: Octets;
  readonly at: Position | undefined;
  /** Undefined where a field is out of range. */
  readonly association: Association | undefined;
  /** A request of the host made it; what is wrong with the request is said there. */
  readonly isMade: boolean;
}

export function judgeSets(survey: Survey, names: Names, input: SetsInput, findings: Findings): void {
  const made = madeRecords(input.associations);
  const { catalogues, earlier } = input;
  const known = [...input.certificates.values()];
  for (const question of questions(survey, names, input.description)) {
    const { owner, service, set } = question;
    const published = recordsOf(set, made);
    const zone = set.held.apex;
    const subject = service.host;
    judgeRecords(question, published, findings);
    if (isAllUnusable(question, published, findings)) continue;
    const associations = published.flatMap(({ association }) => association ?? []);
    const declared = declaredService(service, input.description);
    if (declared === undefined) {
      findings.within(zone, (to) => reportSize(owner, associations, published[0].at, subject, to));
      continue;
    }
    const loaded = declared.service.certificates.flatMap(({ value }) => input.certificates.get(value) ?? []);
    findings.within(zone, (to) => {
      reportCoverage({ owner, ...declared, associations, loaded, known, catalogues, earlier }, to);
      reportAgility({ owner, host: declared.host, published, loaded, known }, to);
      reportLeaves({ owner, ...declared, published, loaded }, to);
    });
  }
}

/** Every owner at which records stand or to which an alias or a wildcard gives some, in secure zones. */
function* questions(survey: Survey, names: Names, { hosts }: Description): Generator<Question> {
  const asked = new Set<Name>();
  for (const set of survey.tlsa) {
    const service = serviceOf(set.owner);
    if (service === undefined || !set.held.isSecure) continue;
    asked.add(set.owner);
    yield { owner: set.owner, service, set };
  }
  const elsewhere = [
    ...survey.aliases.map(({ owner }) => owner),
    ...[...hosts.values()].flatMap(({ name, services }) =>
      services.map(({ port, protocol }) => `_${port}._${protocol}.${name}` as Name),
    ),
  ];
  for (const owner of elsewhere) {
    const service = serviceOf(owner);
    if (service === undefined || asked.has(owner)) continue;
    asked.add(owner);
    const { end } = names.follow(owner, Type.TLSA);
    if (end.kind === 'rows' && end.at.held.isSecure) yield { owner, service, set: end.at };
  }
}

/** Owner → the records that the requests of its host made. */
function madeRecords(associations: SetsInput['associations']): Map<Name, readonly Association[]> {
  return new Map([...associations.values()].flat().map(({ owner, associations: records }) => [owner, records]));
}

function recordsOf(
  { held: { zone }, row, owner }: Placed,
  made: ReadonlyMap<Name, readonly Association[]>,
): Published[] {
  const { recordStart, origin } = zone.columns;
  const requested = made.get(owner) ?? [];
  return zone.rdataOf(row).map((rdata, i) => {
    const at = zone.origins.positionOf(origin[recordStart[row] + i]);
    const association = fromTlsaRData(rdata, at === undefined ? [] : [{ kind: 'literal', at }]);
    const own = requested.find((record) => equalOctets(toTlsaRData(record), rdata));
    return { rdata, at, association: own ?? association, isMade: own !== undefined };
  });
}

function judgeRecords({ service, set }: Question, published: readonly Published[], findings: Findings): void {
  const { host, port, protocol } = service;
  const subject = { subject: host };
  for (const { rdata, at, association, isMade } of published) {
    if (association === undefined) {
      findings.say(set.held.apex, daneRules['dane/field-range'], at, outOfRange(rdata), subject);
    } else if (!isMade) {
      const asked = port === '*' ? undefined : { port, protocol };
      findings.within(set.held.apex, (to) => reportUnfit(association, asked, host, at, to, subject));
    }
  }
}

function outOfRange(rdata: Octets): { field: string; found: string; expected: string } {
  const [usage, selector, matching] = rdata;
  if (usages[usage] === undefined) return { field: 'certificate usage', found: `is ${usage}`, expected: '0 to 3' };
  if (selectors[selector] === undefined) return { field: 'selector', found: `is ${selector}`, expected: '0 or 1' };
  if (matchings[matching] === undefined) return { field: 'matching type', found: `is ${matching}`, expected: '0 to 2' };
  const octets = rdata.length - 3;
  const digest = matchings[matching];
  const expected = digest === 'SHA2-256' ? '32 octets' : digest === 'SHA2-512' ? '64 octets' : 'octets';
  const found = octets === 0 ? 'is missing' : `has ${octets} octets`;
  return { field: `association data for ${digest}`, found, expected };
}

function isAllUnusable(
  { owner, service, set }: Question,
  published: readonly Published[],
  findings: Findings,
): boolean {
  const reasons = published.map((record) => unusable(record, isSmtp(service)));
  if (reasons.some((reason) => reason === undefined)) return false;
  const facts = { owner, reasons: reasons.map((reason) => reason ?? '') };
  const at = published[0].at ?? set.held.zone.positionOf(set.row);
  findings.say(set.held.apex, rules['dane/all-unusable'], at, facts, { subject: service.host });
  return true;
}

function declaredService(
  { host: name, port, protocol }: TlsaService,
  { hosts }: Description,
): { host: Host; service: Service } | undefined {
  const host = hosts.get(name);
  const service = host?.services.find((one) => one.port === port && one.protocol === protocol);
  return host === undefined || service === undefined ? undefined : { host, service };
}
