/** What `danezone match` says: its verdict for people and for programs. */
import { fromTlsaRData } from '../dane/association.ts';
import type { ReadRRset } from '../dane/match/read-rrset.ts';
import { reasonText } from '../dane/match/reason-text.ts';
import type { MatchInput, MatchVerdict, Presented, RecordVerdict } from '../dane/match/verdict.ts';
import { mistakenInput } from '../dane/mistakes.ts';
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

/** What a record without a match was made of by mistake, for the records of which nothing better is known. */
function mistakeIn({ usable, reason, rdata }: RecordVerdict, presented: Presented): string | undefined {
  if (!usable || reason.kind !== 'no-equal-data') return undefined;
  const association = fromTlsaRData(rdata);
  const from = presented.kind === 'chain' ? presented.certificates : [{ spki: presented.spki }];
  return association && mistakenInput(association, from);
}

/** The verdict for people: one line, then each record with its reason. */
export function verdictText({ presented }: MatchInput, verdict: MatchVerdict): string {
  const lines = [headline(verdict)];
  for (const record of verdict.records) {
    const { usable, reason } = record;
    const word = usable ? (reason.kind === 'matched' ? 'match' : 'no match') : 'unusable';
    lines.push(`${recordText(record.rdata)}`, `  ${word}: ${reasonText(record)}`);
    const mistake = mistakeIn(record, presented);
    if (mistake !== undefined) lines.push(`  mistake: it is the digest of ${mistake}`);
  }
  return lines.map((line) => `${escapeControls(line)}\n`).join('');
}

function headline(verdict: MatchVerdict): string {
  switch (verdict.state) {
    case 'matched': {
      const { record, depth } = verdict.matched;
      return `matched: record ${record + 1} of ${verdict.records.length}, at depth ${depth}`;
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
): string {
  const records = verdict.records.map((record) => ({
    record: recordText(record.rdata),
    usable: record.usable,
    matched: record.usable && record.reason.kind === 'matched',
    reason: withoutCertificates(record.reason),
    why: reasonText(record),
    mistake: mistakeIn(record, presented),
  }));
  const matched = verdict.state === 'matched' ? verdict.matched : undefined;
  return jsonText({
    state: verdict.state,
    matched: matched && { record: records[matched.record].record, index: matched.record, depth: matched.depth },
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
