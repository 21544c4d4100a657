/**
 * Puts an unsigned zone together: the description of one domain, the hosts and TLSA records that belong to it, the DS records
 * of its signed children and the master file that it adopts. The SOA serial is zero here; signing sets it.
 */
import type { Domain, Host, RecordText } from '../describe/description.ts';
import { encodeRecord } from '../dns/field-text.ts';
import { isBelow, type Name, nameToWire } from '../dns/name.ts';
import type { OriginTable } from '../dns/origins.ts';
import { decode, encode } from '../dns/rdata/index.ts';
import { Type, type TypeCode, typeName } from '../dns/type.ts';
import { Role, type Zone } from '../dns/zone.ts';
import { newZoneBuilder } from '../dns/zone-builder.ts';
import type { Octets } from '../text/octets.ts';
import { type Position, type Report, report } from '../text/problem.ts';
import { checkZone } from './check-zone.ts';
import { type Draft, newDraft } from './draft.ts';
import { rules } from './rules.ts';
import { textStrings } from './text-strings.ts';

/** The TLSA records of one owner, or the alias that stands there instead. */
export interface TlsaOwner {
  readonly owner: Name;
  readonly ttl?: number;
  readonly at: Position;
  readonly content:
    | { readonly kind: 'records'; readonly rdata: readonly Octets[] }
    | { readonly kind: 'alias'; readonly target: Name };
}

export interface ComposeInput {
  readonly domain: Domain;
  /** The hosts whose closest enclosing declared domain is this one. */
  readonly hosts: readonly Host[];
  /** Every host of the description: name servers below a delegation get their glue from here. */
  readonly allHosts: ReadonlyMap<Name, Host>;
  /** TLSA owners of this zone. */
  readonly tlsa: readonly TlsaOwner[];
  /** DS RDATA of the signed zones of this repository, by apex; what their parents should publish now. */
  readonly childDs: ReadonlyMap<Name, { readonly ttl: number; readonly rdata: readonly Octets[] }>;
  /** The adopted master file, read with `origins`. */
  readonly included?: Zone;
  readonly origins: OriginTable;
}

/** The zone, with what is wrong with it in the report; undefined where not even columns can be made. */
export function compose(input: ComposeInput, problems: Report): Zone | undefined {
  const { domain, included, origins } = input;
  const draft = newDraft(problems);
  addApex(draft, input);
  for (const record of domain.records) addRecord(draft, record, input, problems);
  for (const host of input.hosts) addAddresses(draft, host.name, host, problems);
  addTlsa(draft, input.tlsa);

  const builder = newZoneBuilder(domain.name, origins);
  if (included !== undefined) addIncluded(builder, draft, included, domain, problems);
  addGlue(draft, input, problems);
  draft.addTo(builder, domain.ttl, origins);
  const zone = builder.finish(problems);
  if (zone.nameCount === 0) return undefined;
  checkZone(zone, domain, problems);
  return zone;
}

function addApex(draft: Draft, { domain, included }: ComposeInput): void {
  const { name, soa } = domain;
  // A zone is adopted as it is: what the description does not say about the SOA and NS comes from the file.
  const adopted = included?.rrset(0, Type.SOA);
  if (adopted === undefined || domain.soaDeclared) {
    const { primary, contact, refresh, retry, expire, minimum } = soa;
    draft.put(
      name,
      Type.SOA,
      soa.ttl,
      encode('SOA', { primary, contact, serial: 0, refresh, retry, expire, minimum }),
      domain.at,
    );
  }
  for (const { value, at } of domain.nameservers) draft.put(name, Type.NS, undefined, nameToWire(value), at);
  if (domain.mail === 'null-mx') {
    draft.put(name, Type.MX, undefined, encode('MX', { preference: 0, exchange: '.' as Name }), domain.at);
  } else {
    for (const { host, preference, at } of domain.mail) {
      draft.put(name, Type.MX, undefined, encode('MX', { preference, exchange: host }), at);
    }
  }
}

function addRecord(draft: Draft, record: RecordText, input: ComposeInput, problems: Report): void {
  const { owner, type, ttl, content, at } = record;
  if (content.kind === 'from-child') {
    const child = input.childDs.get(owner);
    if (child === undefined) report(problems, rules['compose/from-child'], at, { owner }, { subject: owner });
    else for (const rdata of child.rdata) draft.put(owner, type, ttl ?? child.ttl, rdata, at);
    return;
  }
  if (content.kind === 'string') {
    draft.put(owner, type, ttl, textStrings(content.text), at);
    return;
  }
  putText(draft, { owner, type, ttl, text: content.text, at, wire: record.rdata }, problems);
}

interface TextRecord {
  readonly owner: Name;
  readonly type: TypeCode;
  readonly ttl: number | undefined;
  readonly text: string;
  readonly at: Position;
  /** As the description has checked it already. */
  readonly wire?: Octets;
}

function putText(draft: Draft, { owner, type, ttl, text, at, wire }: TextRecord, problems: Report): void {
  const rdata = wire ?? encodeRecord(type, text);
  if (rdata instanceof Uint8Array) draft.put(owner, type, ttl, rdata, at);
  else {
    const facts = { owner, type: typeName(type), error: rdata.error };
    report(problems, rules['compose/record'], at, facts, { subject: owner });
  }
}

function addAddresses(draft: Draft, owner: Name, { addresses, ttl }: Host, problems: Report): void {
  for (const { value, at } of addresses) {
    const type = value.includes(':') ? Type.AAAA : Type.A;
    putText(draft, { owner, type, ttl, text: value, at }, problems);
  }
}

function addTlsa(draft: Draft, owners: readonly TlsaOwner[]): void {
  for (const { owner, ttl, at, content } of owners) {
    if (content.kind === 'alias') draft.put(owner, Type.CNAME, ttl, nameToWire(content.target), at);
    else for (const rdata of content.rdata) draft.put(owner, Type.TLSA, ttl, rdata, at);
  }
}

const madeBySigning = new Set<number>([Type.RRSIG, Type.NSEC, Type.NSEC3, Type.NSEC3PARAM, Type.ZONEMD]);

/** The rows of the adopted file that YAML neither replaces nor deletes, straight from column to column. */
function addIncluded(
  builder: ReturnType<typeof newZoneBuilder>,
  draft: Draft,
  included: Zone,
  domain: Domain,
  problems: Report,
): void {
  const removed = new Set(domain.removed.map(({ owner, type }) => `${owner} ${type ?? '*'}`));
  const { names, nameStart, rrsetStart, type, ttl, recordStart, rdataStart, rdata, origin } = included.columns;
  for (let id = 0; id < included.nameCount; id++) {
    if (rrsetStart[id] === rrsetStart[id + 1]) continue;
    const owner = included.name(id);
    const replaced = draft.hasOwner(owner);
    for (let row = rrsetStart[id]; row < rrsetStart[id + 1]; row++) {
      if (replaced && draft.has(owner, type[row])) continue;
      if (removed.size > 0 && (removed.has(`${owner} *`) || removed.has(`${owner} ${type[row]}`))) continue;
      if (madeBySigning.has(type[row])) {
        const facts = { owner, type: typeName(type[row]) };
        report(problems, rules['zone/dnssec-records-in-source'], included.positionOf(row), facts, {
          subject: domain.name,
        });
        continue;
      }
      for (let i = recordStart[row]; i < recordStart[row + 1]; i++) {
        builder.add(names, nameStart[id], type[row], ttl[row], rdata, rdataStart[i], rdataStart[i + 1], origin[i]);
      }
    }
  }
}

/** Addresses of declared hosts that are name servers of a delegation made here and stand at or below that delegation. */
function addGlue(draft: Draft, input: ComposeInput, problems: Report): void {
  const { domain, allHosts, included } = input;
  const own = new Set(input.hosts.map((host) => host.name));
  const glue = (owner: Name, target: Name) => {
    const host = allHosts.get(target);
    if (host === undefined || own.has(target) || !isBelow(target, domain.name)) return;
    if (target !== owner && !isBelow(target, owner)) return;
    if (!draft.has(target, Type.A) && !draft.has(target, Type.AAAA)) addAddresses(draft, target, host, problems);
  };
  for (const { owner, type, rdata } of domain.records) {
    if (type === Type.NS && owner !== domain.name && rdata !== undefined) glue(owner, decode('NS', rdata).target);
  }
  if (included === undefined) return;
  const { role } = included.columns;
  for (let id = 1; id < included.nameCount; id++) {
    if (role[id] !== Role.cut) continue;
    const ns = included.rrset(id, Type.NS);
    if (ns !== undefined) for (const rdata of ns.records) glue(ns.owner, decode('NS', rdata).target);
  }
}
