/** What `danezone match` says: its verdict for people and for programs. */
import { type ChainFile, likelyMistake } from '../dane/match/likely-mistake.ts';
import type { ReadRRset } from '../dane/match/read-rrset.ts';
import { reasonText } from '../dane/match/reason-text.ts';
import type { MatchInput, MatchVerdict, RecordVerdict } from '../dane/match/verdict.ts';
import { jsonText, problemFacts } from '../text/annotations.ts';
import { escapeControls } from '../text/escape.ts';
import { hex, type Octets } from '../text/octets.ts';
import type { Problem } from '../text/problem.ts';
import type { Certificate } from '../x509/certificate.ts';

/** `3 1 1 8755cd…`; of RDATA that is too short what there is. */
function recordText(rdata: Octets): string {
  return rdata.length < 3
    ? `\\# ${rdata.length} ${hex(rdata)}`
    : `${rdata.subarray(0, 3).join(' ')} ${hex(rdata.subarray(3))}`;
}

/** The verdict for people: one line, then each record with its reason. */
export function verdictText({ presented }: MatchInput, verdict: MatchVerdict, file: ChainFile): string {
  const lines = [headline(verdict)];
  const explained = verdict.state === 'matched' ? undefined : file;
  for (const record of verdict.records) {
    const { usable, reason } = record;
    const word = usable ? (reason.kind === 'matched' ? 'match' : 'no match') : 'unusable';
    lines.push(`${recordText(record.rdata)}`, `  ${word}: ${reasonText(record)}`);
    const mistake = likelyMistake(record, presented, explained);
    if (mistake !== undefined) lines.push(`  mistake: ${mistake}`);
  }
  return lines.map((line) => `${escapeControls(line)}\n`).join('');
}

function headline(verdict: MatchVerdict): string {
  switch (verdict.state) {
    case 'matched': {
      const { record, depth, isDetour } = verdict.matched;
      const place = `record ${record + 1} of ${verdict.records.length}, at depth ${depth}`;
      return isDetour ? `matched, but not for every client: ${place}` : `matched: ${place}`;
    }
    case 'no-match':
      return 'NO MATCH: clients that follow DANE refuse this server';
    case 'unusable':
      return verdict.fallback === 'encrypt'
        ? 'UNUSABLE, every record: mail servers demand TLS and authenticate nobody'
        : 'UNUSABLE, every record: clients go on as if there were none';
  }
}

/** The verdict for programs: one JSON object. */
export function verdictJson(
  { presented, names, at, application }: MatchInput,
  { owner }: ReadRRset,
  verdict: MatchVerdict,
  problems: readonly Problem[],
  file: ChainFile,
): string {
  const explained = verdict.state === 'matched' ? undefined : file;
  const records = verdict.records.map((record) => ({
    record: recordText(record.rdata),
    usable: record.usable,
    matched: record.usable && record.reason.kind === 'matched',
    reason: withoutCertificates(record.reason),
    why: reasonText(record),
    mistake: likelyMistake(record, presented, explained),
  }));
  const matched = verdict.state === 'matched' ? verdict.matched : undefined;
  return jsonText({
    state: verdict.state,
    matched: matched && {
      record: records[matched.record].record,
      index: matched.record,
      depth: matched.depth,
      isDetour: matched.isDetour,
    },
    fallback: verdict.state === 'unusable' ? verdict.fallback : undefined,
    at: isoTime(at),
    application,
    names,
    owner,
    presented: presented.kind,
    chain: presented.kind === 'chain' ? presented.certificates.map(certificateFacts) : undefined,
    records,
    ...problemFacts(problems),
  });
}

/** The reason with the subjects of its path in place of the certificates. */
function withoutCertificates(reason: RecordVerdict['reason']) {
  return 'path' in reason ? { ...reason, path: reason.path.map(({ subject }) => subject.text) } : reason;
}

function certificateFacts({ subject, issuer, serial, notBefore, notAfter }: Certificate) {
  return {
    subject: subject.text,
    issuer: issuer.text,
    serial,
    notBefore: isoTime(notBefore),
    notAfter: isoTime(notAfter),
  };
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
