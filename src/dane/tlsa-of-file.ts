/** The TLSA records of one certificate or key file, outside any description: what `danezone tlsa` prints. */
import type { Name } from '../dns/name.ts';
import { newReport, type Position, type Problem, type Report, report } from '../text/problem.ts';
import { type Certificate, certificateName } from '../x509/certificate.ts';
import { reportDates } from '../x509/dates.ts';
import { type CertificateFile, kindText, readCertificateFile } from '../x509/read-file.ts';
import { rules as certificateRules } from '../x509/rules.ts';
import { isAnchorUsage } from './acronym.ts';
import { findAnchors, isAnchorFile } from './anchors.ts';
import { type Association, associationData, type Parameters, type Selectable, toTlsaText } from './association.ts';
import { loadAnchor, type ReadFile } from './load-certificate.ts';
import { rules } from './rules.ts';
import { reportUnfit } from './unfit.ts';
import { reportWeakness } from './weakness.ts';

export interface TlsaQuestion {
  /** As the user wrote it; `read` knows it. */
  readonly file: string;
  readonly read: ReadFile;
  readonly parameters: Parameters;
  /** For the trust-anchor usages: common name or file. */
  readonly anchor?: string;
  readonly service?: { readonly port: number; readonly protocol: string };
  readonly host?: Name;
  /** For an encrypted private key. */
  readonly passphrase?: string;
  /** Unix seconds. */
  readonly now: number;
}

export interface TlsaAnswer {
  /** One, or several where an issuer has several certificates in the file; none after an error. */
  readonly records: readonly FileRecord[];
  readonly problems: readonly Problem[];
}

export interface FileRecord {
  readonly association: Association;
  /** Absent where the file is a request or a key. */
  readonly certificate?: Certificate;
}

/** A certificate or key of the file of which a record is made. */
interface Chosen {
  readonly from: Selectable;
  readonly depth: number;
  readonly certificate?: Certificate;
}

export function tlsaOfFile(question: TlsaQuestion): TlsaAnswer {
  const to = newReport();
  const { file, parameters, service } = question;
  const octets = question.read(file);
  if ('error' in octets) {
    report(to, certificateRules['cert/unreadable'], undefined, { reason: `${file} ${octets.error}` });
    return { records: [], problems: to.problems };
  }
  const found = readCertificateFile(file, octets, to, { passphrase: question.passphrase, leaf: 'first' });
  if (found === undefined) return { records: [], problems: to.problems };
  const chosen = choose(found, question, to);
  reportUnfit(parameters, service, question.host ?? 'this host', undefined, to);
  const records = new Map<string, FileRecord>();
  for (const { from, depth, certificate } of chosen) {
    const data = associationData(parameters, from);
    if (data === undefined) continue;
    const subject = certificate && certificateName(certificate);
    const source = { kind: 'certificate', certificate: file, role: 'current', depth, subject } as const;
    const association: Association = { ...parameters, data, from: [source] };
    const text = toTlsaText(association);
    if (!records.has(text)) records.set(text, { association, certificate });
  }
  return { records: to.hasErrors ? [] : [...records.values()], problems: to.problems };
}

function choose(found: CertificateFile, question: TlsaQuestion, to: Report): Chosen[] {
  const at: Position = { file: question.file, line: 1, column: 1, isUnquotable: true };
  if (found.kind === 'chain') return chooseOfChain(found, question, at, to);
  if (question.parameters.selector === 'Cert') {
    const facts = { expected: 'a certificate, for selector Cert', found: kindText[found.kind] };
    const hint = 'use selector SPKI: the public key is what is known before there is a certificate';
    report(to, certificateRules['cert/not-a-certificate'], at, facts, { hint });
    return [];
  }
  const { spki } = found.kind === 'request' ? found.request : found.key;
  return [{ from: { spki }, depth: 0 }];
}

type ChainFile = Extract<CertificateFile, { kind: 'chain' }>;

function chooseOfChain(found: ChainFile, question: TlsaQuestion, at: Position, to: Report): Chosen[] {
  const { certificates: chain } = found;
  const { now, parameters } = question;
  const isAnchor = isAnchorUsage(parameters.usage);
  const chosen = isAnchor ? anchorsOf(found, question, at, to) : [chain[0]];
  const depths = chosen.map((certificate) => Math.max(0, chain.indexOf(certificate)));
  // With DANE-EE nobody looks at dates; else at those of every certificate up to the one that is pinned.
  const datesCount = parameters.usage !== 'DANE-EE';
  for (const certificate of chain.slice(0, Math.max(0, ...depths) + 1)) {
    reportDates(certificate, { now, datesCount }, to);
  }
  if (!chain[0].isCa || !isAnchor) reportWeakness(chain[0], to);
  return chosen.map((certificate, i) => ({ from: certificate, depth: depths[i], certificate }));
}

function anchorsOf(found: ChainFile, question: TlsaQuestion, at: Position, to: Report): readonly Certificate[] {
  const { certificates: chain, strays } = found;
  const { anchor, parameters, read } = question;
  // A file of an authority alone, as certbot's chain.pem is: its first certificate is what issues for the server.
  if (
    anchor === undefined &&
    (chain[0].isCa || (chain.length === 1 && chain[0].isSelfIssued && chain[0].version < 3))
  ) {
    return [chain[0]];
  }
  const isFile = anchor !== undefined && isAnchorFile(anchor);
  const anchorCertificate = isFile ? loadAnchor(anchor, undefined, read, to) : undefined;
  if (isFile && anchorCertificate === undefined) return [];
  const { usage, selector } = parameters;
  // The first certificate can be the anchor itself where the file has no server certificate.
  const above = chain[0].isCa ? [chain[0], ...chain] : chain;
  const anchors = findAnchors({ usage, selector, chain: above, strays, anchor, anchorCertificate });
  if (!('error' in anchors)) return anchors;
  const facts = { certificate: certificateName(chain[0]), reason: anchors.error };
  report(to, rules['dane/ta-not-in-chain'], chain[0].at ?? at, facts);
  return [];
}
