/** Certificates and hosts: what serves, where, and with which keys. */
import { encodeRecord } from '../dns/field-text.ts';
import { isWildcard, type Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import type { Declaration, Declarations } from './declarations.ts';
import { defaults } from './defaults.ts';
import type { At, CertificateSource, Host, Service, TlsaRequest } from './description.ts';
import {
  complain,
  Fields,
  itemsOf,
  type Reading,
  readPath,
  readTarget,
  readText,
  readTtl,
  wrongType,
} from './reading.ts';
import { rules } from './rules.ts';
import { type DaneWords, defaultRequest, parseTlsaRequest } from './tlsa-request.ts';
import { placeOf, placeOfEntry, type YamlEntry } from './tree.ts';

export function readCertificate(declaration: Declaration, reading: Reading): CertificateSource | undefined {
  const fields = new Fields([declaration.entry.value], reading);
  const chain = fields.entry('chain');
  const next = fields.entry('next');
  const path = chain === undefined ? undefined : readPath(chain, reading);
  const nextPath = next === undefined ? undefined : readPath(next, reading);
  if (path === undefined) return undefined;
  return {
    name: declaration.name,
    at: declaration.at,
    chain: path,
    next: nextPath,
    source: fields.plain<CertificateSource['source']>(defaults.certificateSource, 'source'),
    reuseKey: fields.plain<boolean>(defaults.reuseKey, 'renewal', 'reuse-key'),
  };
}

export interface HostContext {
  readonly words: DaneWords;
  readonly certificates: Declarations;
  readonly issuers: Declarations;
  /** Notes that the host's zone depends on a file, or shares the faults of a certificate or catalogue. */
  readonly uses: (declaration: Declaration) => void;
}

export function readHost(name: Name, declaration: Declaration, reading: Reading, context: HostContext): Host {
  const fields = new Fields([declaration.entry.value], reading);
  if (isWildcard(name)) {
    const facts = { text: name, error: 'is a wildcard, and no host' };
    complain(reading, rules['describe/name'], declaration.at, facts);
  }
  const ttl = fields.entry('ttl');
  return {
    name,
    at: declaration.at,
    addresses: readAddresses(fields.entry('addresses'), reading),
    services: readServices(fields.entry('services'), reading, context),
    ...readTlsa(fields.entry('tlsa'), declaration, reading, context),
    ttl: ttl === undefined ? undefined : readTtl(ttl, reading),
  };
}

function readAddresses(entry: YamlEntry | undefined, reading: Reading): At<string>[] {
  const addresses: At<string>[] = [];
  const seen = new Map<string, At<string>>();
  for (const item of entry === undefined ? [] : itemsOf(entry, reading)) {
    const text = readText(item, reading);
    if (text === undefined) continue;
    const rdata = encodeRecord(text.value.includes(':') ? Type.AAAA : Type.A, text.value);
    if (!(rdata instanceof Uint8Array)) {
      complain(reading, rules['describe/address'], text.at, { text: text.value });
      continue;
    }
    const key = rdata.join('.');
    const before = seen.get(key);
    if (before !== undefined) {
      const related = [{ position: before.at, message: 'first written here' }];
      complain(reading, rules['describe/duplicate'], text.at, { what: 'address', name: text.value }, { related });
      continue;
    }
    seen.set(key, text);
    addresses.push(text);
  }
  return addresses;
}

function readServices(entry: YamlEntry | undefined, reading: Reading, context: HostContext): Service[] {
  const services: Service[] = [];
  if (entry?.value.kind !== 'map') return services;
  for (const service of entry.value.entries.values()) {
    const at = placeOf(service.key);
    const certificates = readCertificateNames(service, reading, context);
    const parsed = context.words.parseService(service.key.text);
    if ('error' in parsed) {
      const fix = parsed.meant === undefined ? undefined : { position: at, text: parsed.meant };
      complain(reading, rules['describe/service'], at, { text: service.key.text, error: parsed.error }, { fix });
      continue;
    }
    const { name, port, protocol } = parsed;
    const before = services.find((other) => other.port === port && other.protocol === protocol);
    if (before !== undefined) {
      const related = [{ position: before.at, message: 'first declared here' }];
      complain(reading, rules['describe/duplicate'], at, { what: 'service', name: `${port}/${protocol}` }, { related });
      continue;
    }
    services.push({ name, port, protocol, certificates, at });
  }
  return services;
}

function readCertificateNames(service: YamlEntry, reading: Reading, context: HostContext): At<string>[] {
  const names: At<string>[] = [];
  for (const item of itemsOf(service, reading)) {
    const text = readText(item, reading);
    const certificate = text === undefined ? undefined : context.certificates.find(text.value, text.at, reading);
    if (text === undefined || certificate === undefined) continue;
    context.uses(certificate);
    if (!names.some((other) => other.value === text.value)) names.push(text);
    else complain(reading, rules['describe/duplicate'], text.at, { what: 'certificate', name: text.value });
  }
  return names;
}

function readTlsa(
  entry: YamlEntry | undefined,
  declaration: Declaration,
  reading: Reading,
  { words, issuers, uses }: HostContext,
): Pick<Host, 'tlsa' | 'tlsaAlias'> {
  if (entry === undefined) return { tlsa: [defaultRequest(declaration.at)] };
  const requests: TlsaRequest[] = [];
  let alias: At<Name> | undefined;
  const items = itemsOf(entry, reading);
  for (const item of items) {
    if (item.value.kind === 'scalar') {
      const text = readText(item, reading);
      const request = text === undefined ? undefined : parseTlsaRequest(text, words, reading);
      if (request !== undefined) requests.push(request);
      continue;
    }
    const fields = new Fields([item.value], reading);
    const aliasEntry = fields.entry('alias');
    if (aliasEntry === undefined) {
      const request = readRequestMap(item, fields, words);
      if (request === undefined) continue;
      requests.push(request);
      // A catalogue that is not declared may be a built-in one: stage dane knows them.
      const catalogue = request.kind === 'issuers' ? issuers.all.get(request.catalogue) : undefined;
      if (catalogue === undefined) continue;
      uses(catalogue);
    } else if (fields.maps[0].entries.size > 1 || alias !== undefined) {
      wrongType(reading, item, 'one alias that stands alone in its map');
    } else {
      alias = readTarget(aliasEntry, reading);
    }
  }
  // A host that only says where its records stand wants the usual ones there.
  if (alias !== undefined && requests.length === 0) requests.push(defaultRequest(alias.at));
  return { tlsa: requests, tlsaAlias: alias };
}

const requestKeys = new Set(['association', 'anchor', 'literal', 'issuers', 'alias']);

/** `{association, anchor}`, `{literal}` or `{issuers}`. */
function readRequestMap(item: YamlEntry, fields: Fields, words: DaneWords): TlsaRequest | undefined {
  const { reading } = fields;
  const association = fields.text('association');
  const anchor = fields.text('anchor');
  const literal = fields.text('literal');
  const issuers = fields.text('issuers');
  // An unknown key is a problem of its own, and what it was meant to be is not known here.
  if ([...fields.maps[0].entries.keys()].some((key) => !requestKeys.has(key))) return undefined;
  const said = [association, literal, issuers].filter((one) => one !== undefined);
  if (said.length !== 1 || (anchor !== undefined && association === undefined)) {
    const expected = 'one of association (with an anchor or without), literal, issuers and alias';
    complain(reading, rules['describe/wrong-type'], placeOfEntry(item), { expected, found: foundKeys(item) });
    return undefined;
  }
  if (issuers !== undefined) return { kind: 'issuers', catalogue: issuers.value, at: issuers.at };
  if (literal !== undefined) return { kind: 'literal', text: literal.value, at: literal.at };
  const request = parseTlsaRequest(said[0], words, reading, anchor);
  if (request === undefined || request.kind === 'association') return request;
  complain(reading, rules['describe/tlsa'], said[0].at, { error: 'RDATA is written under literal' });
  return undefined;
}

function foundKeys(item: YamlEntry): string {
  return item.value.kind === 'map' ? [...item.value.entries.keys()].join(' and ') || 'an empty map' : 'a list';
}
