/** Hosts and certificates as the description gives them, for tests: files come from test/vectors/certs. */

import { toTlsaText } from '../../src/dane/association.ts';
import { reportCoverage } from '../../src/dane/coverage.ts';
import { type LoadedCertificate, loadCertificate, type ReadFile } from '../../src/dane/load-certificate.ts';
import { associationsFor, type ServiceAssociations } from '../../src/dane/select-records.ts';
import { parseService } from '../../src/dane/services.ts';
import type { CertificateSource, Host, Service, TlsaRequest } from '../../src/describe/description.ts';
import { name } from '../../src/dns/name.ts';
import { newReport, type Position, type Problem, type Report } from '../../src/text/problem.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { chainOf, made, octetsOf } from '../x509/vectors.ts';

export const at = (line: number): Position => ({ file: 'zones/mail.yaml', line, column: 1 });

/** A certificate of the description; `files` replaces the vectors where a test needs other content. */
export function source(certificate: string, chain: string, next?: string): CertificateSource {
  return {
    name: certificate,
    at: at(1),
    chain: { value: chain, at: at(2) },
    next: next === undefined ? undefined : { value: next, at: at(3) },
    source: 'staged',
    reuseKey: false,
  };
}

export const readVector: ReadFile = (path) => {
  try {
    return octetsOf(path);
  } catch {
    return { error: 'is not there' };
  }
};

export function load(certificate: string, chain: string, next?: string, to: Report = newReport()) {
  return loadCertificate(source(certificate, chain, next), readVector, to);
}

/** `DANE-EE SPKI SHA2-256`, optionally with an anchor. */
export function request(text: string, anchor?: string, line = 10): TlsaRequest {
  const [usage, selector, matching] = text.split(' ') as ['DANE-EE', 'SPKI', 'SHA2-256'];
  return { kind: 'association', usage, selector, matching, anchor, at: at(line) };
}

export const literal = (text: string, line = 10): TlsaRequest => ({ kind: 'literal', text, at: at(line) });

export interface HostOptions {
  readonly services?: Readonly<Record<string, readonly string[]>>;
  readonly tlsa?: readonly TlsaRequest[];
  readonly host?: string;
}

export function hostOf({ services = { smtp: ['mx1'] }, tlsa, host = 'mx1.example.test.' }: HostOptions): Host {
  return {
    name: name(host),
    at: at(4),
    addresses: [],
    services: Object.entries(services).map(([text, certificates], i): Service => {
      const service = parseService(text);
      if ('error' in service) throw new Error(`${text} ${service.error}`);
      return { ...service, at: at(20 + i), certificates: certificates.map((value) => ({ value, at: at(30 + i) })) };
    }),
    tlsa: tlsa ?? [request('DANE-EE SPKI SHA2-256')],
  };
}

export interface Selection {
  readonly services: readonly ServiceAssociations[];
  /** The records of the first service, as text. */
  readonly records: readonly string[];
  readonly problems: readonly Problem[];
  readonly rules: readonly string[];
}

/** Loads the certificates (name → chain file, next file) and selects the records of the host. */
export function recordsOf(
  certificates: Readonly<Record<string, readonly [chain: string, next?: string]>>,
  options: HostOptions = {},
  anchors: ReadonlyMap<string, Certificate> = new Map(),
): Selection {
  const to = newReport();
  const loaded = new Map<string, LoadedCertificate>();
  for (const [certificate, [chain, next]] of Object.entries(certificates)) {
    const read = load(certificate, chain, next, to);
    if (read !== undefined) loaded.set(certificate, read);
  }
  const host = hostOf(options);
  const services = associationsFor(host, loaded, to, anchors);
  if (host.tlsa.length > 0) {
    for (const { service, owner, associations } of services) {
      const own = service.certificates.flatMap(({ value }) => loaded.get(value) ?? []);
      reportCoverage({ owner, host, service, associations, loaded: own }, to);
    }
  }
  const records = (services[0]?.associations ?? []).map(toTlsaText);
  return { services, records, problems: to.problems, rules: to.problems.map(({ rule }) => rule) };
}

/** The digest that the makers of a file give: parameters are `1 1` for SPKI SHA2-256. */
export function digestOf(file: string, parameters: string): string {
  const entry = made.find((candidate) => candidate.file === `made/${file}`);
  const digest = entry?.tlsa?.[parameters] ?? (parameters === '1 1' ? entry?.spkiSha256 : undefined);
  if (typeof digest !== 'string') throw new Error(`no digest ${parameters} of ${file}`);
  return digest;
}

export { chainOf, made };
