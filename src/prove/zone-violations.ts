/** The findings about a zone's chain with what was in the caches. */
import type { RRsetVersion } from '../journal/journal.ts';
import type { DsEntry } from './ds-history.ts';
import type { ChainFinding } from './judge-chains.ts';
import type { Entry } from './served.ts';
import { endOf } from './span.ts';
import type { CacheContent, Violation } from './violation.ts';
import { dnskeyLabel, dsLabel, inWords, spanInWords } from './words.ts';
import type { SignedClass, SignedEntry, ZoneHistory } from './zone-history.ts';

export function violationOf(finding: ChainFinding, history: ZoneHistory): Violation {
  const zone = history.journal.zone;
  const { kind, from } = finding;
  const until = endOf(finding);
  const caches = cachesOf(finding, history);
  const names = kind === 'no-key-for-rrset' ? history.classes[finding.class].names : [zone];
  const profiles = finding.profiles.map(({ name }) => name);
  const who = `${spanInWords(from, until)} a validator (${profiles.join(', ')}) may hold ${caches.map(inWords).join(', ')}`;
  const message = `${names.join(', ')}: ${who}: ${outcome(finding, history)}`;
  return { kind, subject: { kind: 'zone', name: zone }, from, until, profiles, caches, names, message };
}

function outcome(finding: ChainFinding, { ds }: ZoneHistory): string {
  switch (finding.kind) {
    case 'insecure':
      return ds[finding.ds].records.length === 0
        ? 'without a DS the zone is insecure, and its TLSA records count for nothing'
        : 'it supports none of them, so the zone is insecure';
    case 'no-key-for-ds':
      return 'no key that the DS set names signs the DNSKEY RRset as it must, and every answer is SERVFAIL';
    case 'no-key-for-rrset':
      return 'no key of the DNSKEY RRset that the DS set leads to signs it as it must, and the answer is SERVFAIL';
  }
}

function cachesOf(finding: ChainFinding, { journal, ds, dnskey, classes }: ZoneHistory): readonly CacheContent[] {
  const caches = [dsContent(journal.zone, ds[finding.ds])];
  if (finding.kind === 'insecure') return caches;
  caches.push(dnskeyContent(journal.zone, dnskey[finding.dnskey]));
  if (finding.kind === 'no-key-for-ds') return caches;
  const { names, entries } = classes[finding.class];
  return [...caches, rrsetContent(names, entries[finding.entry])];
}

export function dsContent(zone: string, { records, since, held, ttl }: DsEntry): CacheContent {
  return { what: 'DS', name: zone, records: records.map(dsLabel), since, heldUntil: endOf(held), ttl };
}

function dnskeyContent(zone: string, { version, held, ttl }: Entry<RRsetVersion>): CacheContent {
  return {
    what: 'DNSKEY',
    name: zone,
    records: version.records.map(dnskeyLabel),
    signers: version.signed?.signers ?? [],
    since: version.built,
    heldUntil: endOf(held),
    ttl,
  };
}

function rrsetContent(names: SignedClass['names'], { signers, held, ttl }: SignedEntry): CacheContent {
  const name = names.length === 1 ? names[0] : `${names[0]} and ${names.length - 1} more`;
  return { what: 'RRset', name, records: [], signers, since: held.from, heldUntil: endOf(held), ttl };
}
