/** What rollovers ask of answers: signatures over one RRset, octets of one message (ROLLOVER section 2). */
import { nameToWire } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { algorithmOf } from '../dnssec/algorithm.ts';
import type { Journal, KeyId, RRsetHistory, Signed, Timeline } from '../journal/journal.ts';
import { fromHex } from '../text/octets.ts';
import { keyIdOf } from './chain-facts.ts';
import type { Entry } from './served.ts';
import { endOf, overlap, type Span } from './span.ts';
import type { CacheContent, Warning, WarningKind } from './violation.ts';
import { dnskeyLabel, spanInWords } from './words.ts';
import { dnskeyHistory, type ZoneHistory } from './zone-history.ts';

export const budget = {
  /** One of the old key or algorithm, one of the new. */
  signatures: 2,
  /** Octets that UDP carries without fragments nearly everywhere (DNS flag day 2020). */
  answer: 1232,
} as const;

type Version = Timeline & { readonly signed?: Signed; readonly records?: readonly string[] };

export function judgeBudget({ journal, rrsets }: ZoneHistory, during: Span): readonly Warning[] {
  const signatures = signatureLengths(journal);
  return rrsets.flatMap(({ name, of, entries }) =>
    entries.flatMap((entry) => [
      ...manySignatures(journal, name, entry, during),
      ...(of === undefined ? [] : largeAnswer(journal, name, of, entry, signatures, during)),
    ]),
  );
}

function manySignatures(journal: Journal, name: string, entry: Entry<Version>, during: Span): readonly Warning[] {
  const { signers = [] } = entry.version.signed ?? {};
  if (signers.length <= budget.signatures) return [];
  const fact = `has ${signers.length} signatures, expected at most ${budget.signatures}: rolls run together that should follow each other`;
  return warningOf(journal, 'many-signatures', name, fact, entry, [], during);
}

function largeAnswer(
  journal: Journal,
  name: string,
  of: Pick<RRsetHistory, 'owner' | 'type'>,
  entry: Entry<Version>,
  lengths: ReadonlyMap<KeyId, number>,
  during: Span,
): readonly Warning[] {
  const { records = [], signed } = entry.version;
  if (records.length === 0) return [];
  const octets = answerLength(journal, of, records, signed?.signers ?? [], lengths);
  if (octets <= budget.answer) return [];
  const fact = `makes an answer of about ${octets} octets, expected at most ${budget.answer}: resolvers ask again over TCP`;
  const labels = of.type === Type.DNSKEY ? records.map(dnskeyLabel) : [];
  return warningOf(journal, 'large-answer', name, fact, entry, labels, during);
}

function warningOf(
  journal: Journal,
  kind: WarningKind,
  name: string,
  fact: string,
  { version, served, held, ttl }: Entry<Version>,
  records: readonly string[],
  during: Span,
): readonly Warning[] {
  const span = overlap(served, during);
  if (span === undefined) return [];
  const { from } = span;
  const until = endOf(span);
  const signers = version.signed?.signers ?? [];
  const cache: CacheContent = {
    what: 'RRset',
    name,
    records,
    signers,
    since: version.built,
    heldUntil: endOf(held),
    ttl,
  };
  const message = `${name}: ${spanInWords(from, until)} it ${fact}`;
  return [
    { kind, subject: { kind: 'zone', name: journal.zone }, from, until, caches: [cache], names: [name], message },
  ];
}

/** Octets of a signature by each key that ever stood in the zone. */
function signatureLengths(journal: Journal): ReadonlyMap<KeyId, number> {
  const keys = dnskeyHistory(journal).flatMap(({ records }) =>
    records.map((text) => fromHex(text) ?? new Uint8Array(4)),
  );
  return new Map(keys.map((key) => [keyIdOf(key), algorithmOf(key[3])?.signatureLength(key.subarray(4)) ?? 0]));
}

/** Header 12, question, per record an owner as a pointer and 10 octets of fields, RRSIG fields 18 and signer (RFC 4034 section 3.1), OPT 11. */
function answerLength(
  { zone }: Journal,
  { owner }: Pick<RRsetHistory, 'owner' | 'type'>,
  records: readonly string[],
  signers: readonly KeyId[],
  lengths: ReadonlyMap<KeyId, number>,
): number {
  const data = records.reduce((sum, text) => sum + 12 + text.length / 2, 0);
  const signer = nameToWire(zone).length;
  const signatures = signers.reduce((sum, id) => sum + 12 + 18 + signer + (lengths.get(id) ?? 0), 0);
  return 12 + nameToWire(owner).length + 4 + data + signatures + 11;
}
