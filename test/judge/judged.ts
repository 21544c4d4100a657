/** What `check` says about a description in one text, for tests. */
import { readFileSync } from 'node:fs';
import { memoryHost } from '../../src/host/memory.ts';
import { check } from '../../src/pipeline/check.ts';
import { newReport, type Problem, sortProblems, withoutSuperseded } from '../../src/text/problem.ts';

const places = { root: '/infra', state: '/infra/keys', output: '/infra/build' };
/** 2026-11-22. */
export const now = Date.UTC(2026, 10, 22) / 1000;

const vector = (file: string) => readFileSync(new URL(`../vectors/certs/${file}`, import.meta.url));

export interface Judged {
  readonly problems: readonly Problem[];
  /** `rule subject`, in the order of the file; the subject without its final dot. */
  readonly said: readonly string[];
}

/** `files`: path below zones/, or an absolute one below /infra, → text, or `@file` of the certificate vectors. */
export function judged(yaml: string, files: Readonly<Record<string, string>> = {}, at = now): Judged {
  const others = Object.entries(files).map(([path, text]) => [
    path.startsWith('/') ? path : `/infra/zones/${path}`,
    text.startsWith('@') ? vector(text.slice(1)) : text,
  ]);
  const host = memoryHost({ files: { '/infra/zones/a.yaml': yaml, ...Object.fromEntries(others) } });
  const to = newReport();
  check(host.files, places, at, to);
  const problems = sortProblems(withoutSuperseded(to.problems));
  return { problems, said: problems.map(({ rule, subject }) => `${rule} ${subject?.replace(/\.$/, '')}`) };
}

export const nameservers = '    nameservers: [ns1.example.net, ns2.example.net]\n';
export const reports = "      _smtp._tls: {TXT: 'v=TLSRPTv1; rua=mailto:reports@example.test'}\n";

/** The certificate of mx1.example.test in certs/mx1.pem, and its digests. */
export const leaf = { 'certs/mx1.pem': '@made/leaf.pem' } as const;
export const leafDigest = '7a01657435b12ad19439da1cf11c15fde14bd24abcc2d42dd715a8f07b71d6f7';
export const otherDigest = '76eafcca6f07590a062a1c84638c2a7d441f2d3d4270d4a69dbc4e302fe26f42';

/** mx1.example.test with SMTP and the records of the default request, or those that are asked for. */
export function mailHost(more = ''): string {
  return `certificates: {mx1: {chain: certs/mx1.pem}}
hosts:
  mx1.example.test:
    addresses: [192.0.2.25]
    services: {smtp: mx1}
${more}domains:
`;
}

/** A domain with its name servers; `more` are further lines. */
export function domain(name: string, more = '', records = ''): string {
  const lines = records === '' ? '' : `    records:\n${records}`;
  return `  ${name}:\n${nameservers}${more}${lines}`;
}
