/** The journal as text: JSON with sorted keys, two spaces, a final line end; equal journals are equal texts. */
import { sha256 } from '../crypto/digest.ts';
import { typeName } from '../dns/type.ts';
import { hex, type Octets } from '../text/octets.ts';
import { readableTime } from '../text/time.ts';
import {
  type Journal,
  journalVersion,
  type KeyRecord,
  type RecordState,
  type Requests,
  type RRsetHistory,
  type Service,
  type Signed,
  type Timeline,
} from './journal.ts';

type Json = string | number | true | readonly Json[] | { readonly [key: string]: Json | undefined };

export function printJournal(journal: Journal): Octets {
  return Buffer.from(textOf({ ...contentOf(journal), seal: sealOf(journal) }));
}

/**
 * SHA-256, hexadecimal, over the journal as it is printed without its seal. No secret is in it: it tells a change by hand from
 * a journal that danezone wrote, and keeps out nobody.
 */
export function sealOf(journal: Journal): string {
  return hex(sha256(Buffer.from(textOf(contentOf(journal)))));
}

const textOf = (value: Json) => `${JSON.stringify(sorted(value), null, 2)}\n`;

function contentOf(journal: Journal): { readonly [key: string]: Json | undefined } {
  const { zone, generation, changed, serial, serials, keys, requests, content, parentDs } = journal;
  const { rrsets, routes, evidence, overrides } = journal;
  return {
    version: journalVersion,
    zone,
    generation,
    changed: readableTime(changed),
    serial: serial && { ...serial, built: readableTime(serial.built) },
    serials: serials.map((row) => ({
      serial: row.serial,
      built: readableTime(row.built),
      firstExpiry: row.firstExpiry === undefined ? undefined : readableTime(row.firstExpiry),
    })),
    keys: Object.fromEntries(keys.map(({ id, ...key }) => [id, printKey(key)])),
    requests: printRequests(requests),
    content: content.map((version) => ({
      ...timeline(version),
      ...signed(version.signed),
      largestTtl: version.largestTtl,
      negativeTtl: version.negativeTtl,
      expire: version.expire,
    })),
    parentDs: parentDs.map((version) => ({ ...timeline(version), records: version.records })),
    rrsets: printHistories(rrsets),
    // Left out where there are none: a journal from before stays the very same text, and its seal fits.
    routes: routes.length === 0 ? undefined : printHistories(routes),
    evidence: evidence.map(({ at, ...row }) => ({ ...row, at: readableTime(at) })),
    overrides: overrides.map(({ at, ...row }) => ({ ...row, at: readableTime(at) })),
  };
}

function printHistories(histories: readonly RRsetHistory[]): { readonly [key: string]: Json } {
  return Object.fromEntries(
    histories.map(({ owner, type, versions }) => [
      `${owner} ${typeName(type)}`,
      versions.map((version) => ({
        ...timeline(version),
        ...signed(version.signed),
        records: version.records,
        ttl: version.ttl,
      })),
    ]),
  );
}

function printKey(key: Omit<KeyRecord, 'id'>): { readonly [key: string]: Json | undefined } {
  const { role, rdata, goal, lifetime, created, active, predecessor, successor, standby } = key;
  const { dnskey, zrrsig, krrsig, ds } = key;
  return {
    role,
    rdata,
    goal,
    lifetime,
    created: readableTime(created),
    active: active === undefined ? undefined : readableTime(active),
    predecessor,
    successor,
    standby,
    dnskey: printState(dnskey),
    zrrsig: printState(zrrsig),
    krrsig: printState(krrsig),
    ds: printState(ds),
  };
}

const printState = ({ state, since }: RecordState) => ({ state, since: readableTime(since) });

function printRequests({ insecure, approved, rolls }: Requests): { readonly [key: string]: Json | undefined } {
  const one = (request: Requests['insecure']) => request && { at: readableTime(request.at), by: request.by };
  return {
    insecure: one(insecure),
    approved: one(approved),
    rolls: rolls?.map(({ what, at, by, why }) => ({ what, at: readableTime(at), by, why })),
  };
}

function timeline({ built, dropped, service }: Timeline): { [key: string]: Json | undefined } {
  return {
    built: readableTime(built),
    dropped: dropped === undefined ? undefined : readableTime(dropped),
    service: printService(service),
  };
}

function printService(service: Service): Json {
  switch (service.state) {
    case 'unseen':
      return { state: service.state };
    case 'published':
      return { state: service.state, from: readableTime(service.from), evidence: service.evidence };
    case 'gone': {
      const from = service.from === undefined ? undefined : readableTime(service.from);
      return { state: service.state, from, until: readableTime(service.until), evidence: service.evidence };
    }
  }
}

function signed(of: Signed | undefined): { [key: string]: Json | undefined } {
  if (of === undefined) return {};
  return { signers: of.signers, inception: readableTime(of.inception), expiration: readableTime(of.expiration) };
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value as { readonly [key: string]: Json | undefined });
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.flatMap(([key, item]) => (item === undefined ? [] : [[key, sorted(item)]])));
}
