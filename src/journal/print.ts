/** The journal as text: JSON with sorted keys, two spaces, a final line end; equal journals are equal texts. */
import { typeName } from '../dns/type.ts';
import type { Octets } from '../text/octets.ts';
import { readableTime } from '../text/time.ts';
import { type Journal, journalVersion, type Service, type Signed, type Timeline } from './journal.ts';

type Json = string | number | readonly Json[] | { readonly [key: string]: Json | undefined };

export function printJournal(journal: Journal): Octets {
  const { zone, generation, changed, serial, content, parentDs, rrsets, evidence, overrides } = journal;
  const value: Json = {
    version: journalVersion,
    zone,
    generation,
    changed: readableTime(changed),
    serial: serial && { ...serial, built: readableTime(serial.built) },
    content: content.map((version) => ({
      ...timeline(version),
      ...signed(version.signed),
      largestTtl: version.largestTtl,
      negativeTtl: version.negativeTtl,
      expire: version.expire,
    })),
    parentDs: parentDs.map((version) => ({ ...timeline(version), records: version.records })),
    rrsets: Object.fromEntries(
      rrsets.map(({ owner, type, versions }) => [
        `${owner} ${typeName(type)}`,
        versions.map((version) => ({
          ...timeline(version),
          ...signed(version.signed),
          records: version.records,
          ttl: version.ttl,
        })),
      ]),
    ),
    evidence: evidence.map(({ at, ...row }) => ({ ...row, at: readableTime(at) })),
    overrides: overrides.map(({ at, ...row }) => ({ ...row, at: readableTime(at) })),
  };
  return Buffer.from(`${JSON.stringify(sorted(value), null, 2)}\n`);
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
