/**
 * Whether the records that are published for a service fit what the server presents now, and fit into an answer. The records are
 * those of the zone, wherever they come from.
 */
import type { Host, Service } from '../describe/description.ts';
import { type Name, nameToWire, parentOf, root } from '../dns/name.ts';
import { type Position, type RelatedPlace, type Report, report } from '../text/problem.ts';
import { certificateName } from '../x509/certificate.ts';
import { algorithmText } from '../x509/public-key.ts';
import { anchorAbove } from './anchor-above.ts';
import { type Association, associationData, parametersText, toTlsaRData, toTlsaText } from './association.ts';
import { reportPins } from './issuer-pins.ts';
import { builtInCatalogues, type Catalogues, listed, listedText } from './issuers.ts';
import type { LoadedCertificate } from './load-certificate.ts';
import { matchesChain } from './matches-chain.ts';
import {
  differingDigits,
  type EarlierVersions,
  mistakenCertificate,
  mistakenDepth,
  mistakenInput,
  mistakenVersion,
  retiredIssuer,
  selected,
} from './mistakes.ts';
import { maxAnswer, maxRecords, rules } from './rules.ts';

export interface CoverageQuestion {
  readonly owner: Name;
  readonly host: Host;
  readonly service: Service;
  readonly associations: readonly Association[];
  readonly loaded: readonly LoadedCertificate[];
  /** Every certificate that is known, for records that are of another service. */
  readonly known?: readonly LoadedCertificate[];
  /** Default: the built-in ones. */
  readonly catalogues?: Catalogues;
  /** Asked only about a record that matches nothing and that nothing else explains. */
  readonly earlier?: EarlierVersions;
}

export function reportCoverage(question: CoverageQuestion, to: Report): void {
  const mistaken = reportMistakes(question, to);
  const { owner, host, service, associations, loaded, catalogues = builtInCatalogues } = question;
  const explained = associations.filter((record) => !mistaken.includes(record));
  reportPins({ host, service, associations: explained, loaded, catalogues }, to);
  reportSize(owner, associations, service.at, host.name, to);
  if (associations.length === 0) return;
  // Root certificates that only clients hold may be what a PKIX-TA record pins: the file cannot tell.
  const decidable = associations.filter(({ usage }) => usage !== 'PKIX-TA');
  if (decidable.length === associations.length) reportUncovered(question, to);
  else reportParameterSets({ ...question, associations: decidable }, to);
}

/** No record for a chain at all, or none of a certain combination (RFC 7671 section 8). */
function reportUncovered(question: CoverageQuestion, to: Report): void {
  const { owner, host, service, associations, loaded } = question;
  const covered = loaded.filter((certificate) => isCovered(certificate, associations));
  for (const certificate of loaded.filter((candidate) => !covered.includes(candidate))) {
    const { chain, source } = certificate;
    const at = service.certificates.find(({ value }) => value === source.name)?.at ?? service.at;
    const facts = { owner, certificate: source.name };
    const related = [
      ...nearMisses(certificate, associations),
      ...otherIssuers(question),
      ...issuersWithout(certificate, question),
    ];
    const other = covered.find((candidate) => candidate.chain[0].key.kind !== chain[0].key.kind);
    if (other === undefined) report(to, rules['dane/nothing-matches'], at, facts, { subject: host.name, related });
    else {
      const algorithm = algorithmText(chain[0].key);
      const more = { ...facts, algorithm, covered: certificateName(other.chain[0]) };
      report(to, rules['dane/algorithm-uncovered'], at, more, { subject: host.name, related });
    }
  }
  reportParameterSets({ ...question, loaded: covered }, to);
}

const isCovered = ({ chain }: LoadedCertificate, associations: readonly Association[]) =>
  associations.some((record) => matchesChain(record, chain) !== undefined);

/** Digits of a digest that may be slips of a keyboard or of a clipboard. */
const slip = 4;

/** Records that are the right one but for a few digits. */
function nearMisses({ chain }: LoadedCertificate, associations: readonly Association[]): RelatedPlace[] {
  return associations.flatMap((record): RelatedPlace[] => {
    const literal = record.from.find((source) => source.kind === 'literal');
    const data = associationData(record, chain[0]);
    if (literal?.kind !== 'literal' || data === undefined || data.length !== record.data.length) return [];
    const digits = differingDigits(record.data, data);
    if (digits.length === 0 || digits.length > slip) return [];
    const which = digits.length === 1 ? `digit ${digits[0]} of its data` : `digits ${digits.join(', ')} of its data`;
    return [
      { position: literal.at, message: `this record differs in ${which} from ${toTlsaText({ ...record, data })}` },
    ];
  });
}

/** Records of issuers that are known, and that are not in the chain. */
function otherIssuers({ associations, loaded, catalogues = builtInCatalogues }: CoverageQuestion): RelatedPlace[] {
  return associations.flatMap((record): RelatedPlace[] => {
    const literal = record.from.find((source) => source.kind === 'literal');
    const found = listed(record, catalogues);
    if (literal?.kind !== 'literal' || found === undefined || found.key.status === 'retired') return [];
    if (loaded.some(({ chain }) => matchesChain(record, chain) !== undefined)) return [];
    return [{ position: literal.at, message: `this record is ${listedText(found)}, which is not in the chain` }];
  });
}

function reportParameterSets({ owner, host, service, associations, loaded }: CoverageQuestion, to: Report): void {
  const sets = new Set(associations.map(parametersText));
  for (const { chain, source } of loaded) {
    for (const parameters of sets) {
      const records = associations.filter((record) => parametersText(record) === parameters);
      if (records.some((record) => matchesChain(record, chain) !== undefined)) continue;
      const at = service.certificates.find(({ value }) => value === source.name)?.at ?? service.at;
      const facts = { owner, parameters, certificate: source.name };
      report(to, rules['dane/parameter-set-uncovered'], at, facts, { subject: host.name });
    }
  }
}

/** Sets of issuers that do not hold the one of this certificate: the list is older than the certificate, or its file too short. */
function issuersWithout(
  { chain: [leaf, ...above], source }: LoadedCertificate,
  { host, catalogues = builtInCatalogues }: CoverageQuestion,
): RelatedPlace[] {
  return host.tlsa.flatMap((request): RelatedPlace[] => {
    const catalogue = request.kind === 'issuers' ? catalogues.get(request.catalogue) : undefined;
    if (catalogue === undefined || catalogue.keys.length === 0) return [];
    const asOf = catalogue.asOf === undefined ? '' : ` as of ${catalogue.asOf}`;
    const message =
      above.length === 0
        ? `the file of ${source.name} holds no issuer: a server has to present it (RFC 7671 section 5.2.2)`
        : `${catalogue.name}${asOf} does not list ${leaf.issuer.commonName ?? leaf.issuer.text}, the issuer of ${source.name}`;
    return [{ position: request.at, message }];
  });
}

/** The records that are mistakes, each reported. */
function reportMistakes(question: CoverageQuestion, to: Report): Association[] {
  const { host, associations, loaded } = question;
  return associations.filter((record) => {
    const literal = record.from.find((source) => source.kind === 'literal');
    if (literal?.kind !== 'literal') return false;
    const isRight = loaded.some(({ chain }) => matchesChain(record, chain) !== undefined);
    const early = isRight ? undefined : mistakeOf(record, question);
    if (early === undefined && reportAnchorAbove(record, literal.at, question, to)) return true;
    const mistake = early ?? (isRight ? undefined : pastOf(record, question));
    if (mistake === undefined) return false;
    const facts = { record: toTlsaText(record), ...mistake };
    report(to, rules['dane/wrong-input-digest'], literal.at, facts, { subject: host.name });
    return true;
  });
}

/** The digest of an issuer that the chain lacks. Beside an issuer that is there, it may stand for another day's chain. */
function reportAnchorAbove(
  record: Association,
  at: Position,
  { host, associations, loaded, known = [] }: CoverageQuestion,
  to: Report,
): boolean {
  let isReported = false;
  const others = [...loaded, ...known].flatMap(({ chain, strays }) => [...chain, ...strays]);
  const alike = associations.filter((other) => parametersText(other) === parametersText(record));
  for (const { chain, source } of loaded) {
    if (alike.some((other) => matchesChain(other, chain) !== undefined)) continue;
    const above = anchorAbove(record, chain, others);
    if (above === undefined) continue;
    const reason = `${above.anchor}, the issuer of ${certificateName(above.top)}, is not in the chain file`;
    const related = [{ position: source.chain.at, message: `the chain file of ${source.name}` }];
    const facts = { certificate: source.name, reason };
    report(to, rules['dane/ta-not-in-chain'], at, facts, { subject: host.name, related });
    isReported = true;
  }
  return isReported;
}

function mistakeOf(
  record: Association,
  { associations, loaded, known = [] }: CoverageQuestion,
): { input: string; wanted: string } | undefined {
  const wanted = selected[record.selector];
  const input = mistakenInput(
    record,
    loaded.flatMap(({ chain, next }) => [...chain, ...(next?.chain ?? [])]),
  );
  if (input !== undefined) return { input, wanted };
  for (const { chain } of loaded) {
    const mistake = mistakenDepth(record, chain);
    if (mistake !== undefined) return mistake;
  }
  // Beside records that match, one of another service may be a move that is being prepared.
  const uncovered = loaded.find((certificate) => !isCovered(certificate, associations));
  if (uncovered === undefined) return undefined;
  const other = mistakenCertificate(
    record,
    known.filter((certificate) => !loaded.includes(certificate)),
  );
  return other === undefined ? undefined : { input: other, wanted: `${wanted} of ${uncovered.source.name}` };
}

/** What was right once: a retired issuer, or the file as it was. Asked only where a certificate is without a record. */
function pastOf(
  record: Association,
  { associations, loaded, catalogues = builtInCatalogues, earlier }: CoverageQuestion,
): { input: string; wanted: string } | undefined {
  const uncovered = loaded.filter((certificate) => !isCovered(certificate, associations));
  if (uncovered.length === 0) return undefined;
  const input = retiredIssuer(record, catalogues) ?? (earlier && mistakenVersion(record, uncovered, earlier));
  const names = uncovered.map(({ source }) => source.name).join(', ');
  return input === undefined ? undefined : { input, wanted: `${selected[record.selector]} of ${names}` };
}

/** dane/too-many-records, by number or by the size of the signed answer. */
export function reportSize(
  owner: Name,
  associations: readonly Association[],
  at: Position | undefined,
  subject: string,
  to: Report,
): void {
  const octets = answerSize(owner, associations);
  if (associations.length <= maxRecords && octets <= maxAnswer) return;
  report(to, rules['dane/too-many-records'], at, { owner, count: associations.length, octets }, { subject });
}

/**
 * Octets of the signed answer (RFC 1035 section 4.1, RFC 4034 section 3.1, RFC 6891 section 6.1.2), with owner names
 * compressed and one signature of 64 octets (algorithm 13); the signer is taken to be the parent of the host.
 */
export function answerSize(owner: Name, associations: readonly Association[]): number {
  const header = 12;
  const question = nameToWire(owner).length + 4;
  const recordHeader = 12;
  const records = associations.reduce((sum, record) => sum + recordHeader + toTlsaRData(record).length, 0);
  const host = parentOf(parentOf(owner) ?? root) ?? root;
  const signature = recordHeader + 18 + nameToWire(parentOf(host) ?? root).length + 64;
  const opt = 11;
  return header + question + records + signature + opt;
}
