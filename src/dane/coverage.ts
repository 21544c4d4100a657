/** Whether the records of a service fit what the server presents now, and fit into an answer. */
import type { Host, Service } from '../describe/description.ts';
import { type Name, nameToWire, parentOf, root } from '../dns/name.ts';
import { type Report, report } from '../text/problem.ts';
import { certificateName } from '../x509/certificate.ts';
import { algorithmText } from '../x509/public-key.ts';
import { type Association, parametersText, toTlsaRData, toTlsaText } from './association.ts';
import type { LoadedCertificate } from './load-certificate.ts';
import { matchesChain } from './matches-chain.ts';
import { mistakenInput } from './mistakes.ts';
import { maxAnswer, maxRecords, rules } from './rules.ts';

export interface CoverageQuestion {
  readonly owner: Name;
  readonly host: Host;
  readonly service: Service;
  readonly associations: readonly Association[];
  readonly loaded: readonly LoadedCertificate[];
}

export function reportCoverage(question: CoverageQuestion, to: Report): void {
  reportMistakes(question, to);
  reportSize(question, to);
  if (question.associations.length === 0) return;
  // Root certificates that only clients hold may be what a PKIX-TA record pins: the file cannot tell.
  const decidable = question.associations.filter(({ usage }) => usage !== 'PKIX-TA');
  if (decidable.length === question.associations.length) reportUncovered(question, to);
  else reportParameterSets({ ...question, associations: decidable }, to);
}

/** No record for a chain at all, or none of a certain combination (RFC 7671 section 8). */
function reportUncovered(question: CoverageQuestion, to: Report): void {
  const { owner, host, service, associations, loaded } = question;
  const isCovered = ({ chain }: LoadedCertificate) =>
    associations.some((record) => matchesChain(record, chain) !== undefined);
  const covered = loaded.filter(isCovered);
  for (const certificate of loaded.filter((candidate) => !isCovered(candidate))) {
    const { chain, source } = certificate;
    const at = service.certificates.find(({ value }) => value === source.name)?.at ?? service.at;
    const facts = { owner, certificate: source.name };
    const other = covered.find((candidate) => candidate.chain[0].key.kind !== chain[0].key.kind);
    if (other === undefined) report(to, rules['dane/nothing-matches'], at, facts, { subject: host.name });
    else {
      const algorithm = algorithmText(chain[0].key);
      const more = { ...facts, algorithm, covered: certificateName(other.chain[0]) };
      report(to, rules['dane/algorithm-uncovered'], at, more, { subject: host.name });
    }
  }
  reportParameterSets({ ...question, loaded: covered }, to);
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

function reportMistakes({ host, associations, loaded }: CoverageQuestion, to: Report): void {
  for (const record of associations) {
    const literal = record.from.find((source) => source.kind === 'literal');
    if (literal?.kind !== 'literal') continue;
    const chains = loaded.flatMap(({ chain, next }) => [...chain, ...(next?.chain ?? [])]);
    if (loaded.some(({ chain }) => matchesChain(record, chain) !== undefined)) continue;
    const input = mistakenInput(record, chains);
    if (input === undefined) continue;
    const wanted = record.selector === 'SPKI' ? 'the public key (SPKI)' : 'the certificate';
    const facts = { record: toTlsaText(record), input, wanted };
    report(to, rules['dane/wrong-input-digest'], literal.at, facts, { subject: host.name });
  }
}

function reportSize({ owner, host, service, associations }: CoverageQuestion, to: Report): void {
  const octets = answerSize(owner, associations);
  if (associations.length <= maxRecords && octets <= maxAnswer) return;
  const facts = { owner, count: associations.length, octets };
  report(to, rules['dane/too-many-records'], service.at, facts, { subject: host.name });
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
