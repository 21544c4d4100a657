/**
 * The TLSA records of a host: for every service, of every certificate that it uses, what the host's requests ask for —
 * current ∪ next. Keeping records that left the description until nobody needs them is the business of the rollover
 * stage.
 */
import type { Host, Service, TlsaRequest } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { type Position, type Problem, type Report, report } from '../text/problem.ts';
import { suggest } from '../text/suggest.ts';
import { type Certificate, certificateName } from '../x509/certificate.ts';
import { isAnchorUsage } from './acronym.ts';
import { findAnchors, isAnchorFile } from './anchors.ts';
import {
  type Association,
  associationData,
  isSameRecord,
  parametersText,
  recordSet,
  type Selectable,
  toTlsaText,
} from './association.ts';
import { builtInCatalogues, type Catalogues, issuerAssociations } from './issuers.ts';
import { parseLiteral } from './literal.ts';
import { isRenewal, type LoadedCertificate } from './load-certificate.ts';
import { certificateNames, coversHost } from './names.ts';
import { rules } from './rules.ts';
import { tlsaOwner } from './services.ts';
import { reportUnfit } from './unfit.ts';

/** What stands at one TLSA owner. */
export interface ServiceAssociations {
  readonly service: Service;
  readonly owner: Name;
  /** Without duplicates, in canonical order; empty where an alias stands there or nothing was asked for. */
  readonly associations: readonly Association[];
  /** The owner is a CNAME to this shared owner. */
  readonly alias?: Name;
}

type Request<K extends TlsaRequest['kind']> = Extract<TlsaRequest, { kind: K }>;

interface Context {
  readonly host: Host;
  readonly service: Service;
  readonly loaded: readonly LoadedCertificate[];
  readonly anchors: ReadonlyMap<string, Certificate>;
  readonly catalogues: Catalogues;
  readonly to: Report;
}

const makers: { readonly [K in TlsaRequest['kind']]: (request: Request<K>, context: Context) => Association[] } = {
  association: fromChains,
  literal: (request, { to }) => {
    const association = parseLiteral(request.text, request.at, to);
    return association === undefined ? [] : [association];
  },
  issuers: fromCatalogue,
};

/**
 * The records of each service of a host. `certificates` holds those that could be loaded; `anchors` the certificates of
 * anchors that are files; `catalogues` those of the repository and the built-in ones.
 */
export function associationsFor(
  host: Host,
  certificates: ReadonlyMap<string, LoadedCertificate>,
  to: Report,
  anchors: ReadonlyMap<string, Certificate> = new Map(),
  catalogues: Catalogues = builtInCatalogues,
): ServiceAssociations[] {
  const once = withoutRepeats(to);
  reportRepeatedRequests(host, once);
  return host.services.flatMap((service) => {
    const owner = tlsaOwner(host.name, service.port, service.protocol);
    if (typeof owner !== 'string') {
      const facts = {
        field: `the TLSA owner of ${service.name} on ${host.name}`,
        found: owner.error,
        expected: 'a shorter host name',
      };
      report(once, rules['dane/field-range'], service.at, facts, { subject: host.name });
      return [];
    }
    if (host.tlsaAlias !== undefined) return [{ service, owner, associations: [], alias: host.tlsaAlias.value }];
    return [
      {
        service,
        owner,
        associations: recordsOf({
          host,
          service,
          loaded: loadedOf(host, service, certificates, once),
          anchors,
          catalogues,
          to: once,
        }),
      },
    ];
  });
}

function recordsOf(context: Context): Association[] {
  const { host, loaded, to } = context;
  const asked = host.tlsa.map((request) => ({ request, made: make(request, context) }));
  for (const { request, made } of asked) {
    for (const association of made) {
      reportUnfit(association, context.service, host.name, request.at, to, { subject: host.name });
    }
  }
  reportRepeatedRecords(asked, to);
  const associations = recordSet(asked.flatMap(({ made }) => made));
  if (host.tlsa.length > 0) {
    for (const certificate of loaded) reportIdleNext(certificate, host, to);
  }
  return associations;
}

function make<K extends TlsaRequest['kind']>(
  request: Extract<TlsaRequest, { kind: K }>,
  context: Context,
): Association[] {
  const maker = makers[request.kind] as (request: TlsaRequest, context: Context) => Association[];
  return maker(request, context);
}

function loadedOf(
  host: Host,
  service: Service,
  certificates: ReadonlyMap<string, LoadedCertificate>,
  to: Report,
): LoadedCertificate[] {
  // Without a request no certificate is needed.
  if (host.tlsa.length === 0) return [];
  return service.certificates.flatMap(({ value, at }) => {
    const loaded = certificates.get(value);
    if (loaded !== undefined) return [loaded];
    const facts = { certificate: value, host: host.name, service: service.name };
    report(to, rules['dane/unknown-certificate'], at, facts, { subject: host.name });
    return [];
  });
}

/** Current ∪ next of every certificate of the service. */
function fromChains(request: Request<'association'>, context: Context): Association[] {
  const isAnchor = isAnchorUsage(request.usage);
  return context.loaded.flatMap((loaded) =>
    isAnchor ? ofIssuers(request, loaded, context) : ofLeaf(request, loaded, context),
  );
}

function ofLeaf(request: Request<'association'>, loaded: LoadedCertificate, { to }: Context): Association[] {
  const { source, chain, next } = loaded;
  const current = association(request, chain[0], source.name, 'current', 0, chain[0]);
  if (next === undefined) return [current];
  const leaf = next.chain.at(0);
  if (request.selector === 'Cert' && leaf === undefined) {
    const facts = { certificate: source.name, parameters: parametersText(request) };
    report(to, rules['dane/next-without-certificate'], next.at, facts, { subject: source.name });
    return [current];
  }
  return [current, association(request, leaf ?? next, source.name, 'next', 0, leaf)];
}

function ofIssuers(request: Request<'association'>, loaded: LoadedCertificate, context: Context): Association[] {
  const { source, next } = loaded;
  const current = { chain: loaded.chain, strays: loaded.strays, role: 'current' as const, at: request.at };
  // A next key without a certificate will be certified by an issuer that is not known yet: usually the one that is
  // pinned.
  const sides =
    next === undefined || next.chain.length === 0
      ? [current]
      : [current, { chain: next.chain, strays: [], role: 'next' as const, at: next.at }];
  return sides.flatMap(({ chain, strays, role, at }) => {
    const { usage, selector, anchor } = request;
    const anchorCertificate = anchor === undefined ? undefined : context.anchors.get(anchor);
    if (anchor !== undefined && isAnchorFile(anchor) && anchorCertificate === undefined) return [];
    const found = findAnchors({ usage, selector, chain, strays, anchor, anchorCertificate });
    if ('error' in found) {
      const related = [{ position: source.chain.at, message: `the chain file of ${source.name}` }];
      const facts = { certificate: source.name, reason: found.error };
      report(context.to, rules['dane/ta-not-in-chain'], at, facts, { subject: context.host.name, related });
      return [];
    }
    reportNames(chain[0], at, context);
    return found.map((issuer) => association(request, issuer, source.name, role, chain.indexOf(issuer), issuer));
  });
}

function association(
  { usage, selector, matching }: Request<'association'>,
  of: Selectable,
  certificate: string,
  role: 'current' | 'next',
  depth: number,
  named?: Certificate,
): Association {
  const data = associationData({ usage, selector, matching }, of);
  if (data === undefined) throw new Error(`no certificate to select for ${certificate}`);
  const subject = named && certificateName(named);
  return { usage, selector, matching, data, from: [{ kind: 'certificate', certificate, role, depth, subject }] };
}

function fromCatalogue(request: Request<'issuers'>, context: Context): Association[] {
  const { catalogues, loaded, host, to } = context;
  const catalogue = catalogues.get(request.catalogue);
  if (catalogue === undefined) {
    const known = [...catalogues.keys()];
    const near = suggest(request.catalogue, known);
    const hint = near === undefined ? undefined : `did you mean ${near}?`;
    const facts = { catalogue: request.catalogue, known };
    report(to, rules['dane/unknown-issuers'], request.at, facts, { subject: host.name, hint });
    return [];
  }
  for (const { chain } of loaded) reportNames(chain[0], request.at, context);
  return issuerAssociations(catalogue, loaded);
}

function reportNames(leaf: Certificate, at: Position, { host, to }: Context): void {
  if (coversHost(leaf, host.name)) return;
  const facts = { certificate: certificateName(leaf), host: host.name, names: certificateNames(leaf) };
  report(to, rules['dane/ta-name-mismatch'], at, facts, { subject: host.name });
}

/** Two requests with the same words. */
function reportRepeatedRequests(host: Host, to: Report): void {
  const seen = new Map<string, Position>();
  for (const request of host.tlsa) {
    if (request.kind === 'literal') continue; // literals are compared as records
    const { at, ...words } = request;
    const key = JSON.stringify(words);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, at);
    else {
      const record = request.kind === 'issuers' ? `issuers: ${request.catalogue}` : parametersText(request);
      const related = [{ position: first, message: 'first here' }];
      report(to, rules['dane/duplicate'], at, { record }, { subject: host.name, related });
    }
  }
}

/** A literal record that another request gives already. */
function reportRepeatedRecords(
  asked: readonly { request: TlsaRequest; made: readonly Association[] }[],
  to: Report,
): void {
  asked.forEach(({ request, made }, i) => {
    if (request.kind !== 'literal' || made.length === 0) return;
    const other = asked.find((candidate, j) => {
      const isEarlier = j < i || candidate.request.kind !== 'literal';
      return j !== i && isEarlier && candidate.made.some((record) => isSameRecord(record, made[0]));
    });
    if (other === undefined) return;
    const related = [{ position: other.request.at, message: 'first here' }];
    report(to, rules['dane/duplicate'], request.at, { record: toTlsaText(made[0]) }, { related });
  });
}

/** A renewed certificate for the same key as `next`, where no record holds more of it than the key. */
function reportIdleNext({ source, chain, next }: LoadedCertificate, host: Host, to: Report): void {
  if (next === undefined || !isRenewal(next, chain[0]) || Buffer.compare(next.spki, chain[0].spki) !== 0) return;
  if (host.tlsa.some((request) => request.kind === 'association' && request.selector === 'Cert')) return;
  report(to, rules['dane/next-is-current'], next.at, { certificate: source.name }, { subject: source.name });
}

/** What is said of a request is said once, not for each of its services. */
function withoutRepeats(to: Report): Report {
  const key = ({ rule, message, position }: Problem) => JSON.stringify([rule, message, position]);
  const said = new Set(to.problems.map(key));
  return {
    get problems() {
      return to.problems;
    },
    get hasErrors() {
      return to.hasErrors;
    },
    add(problem) {
      if (said.has(key(problem))) return;
      said.add(key(problem));
      to.add(problem);
    },
  };
}
