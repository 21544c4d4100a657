/** What rollovers ask of answers: signatures over one RRset, octets of one message (ROLLOVER section 2). */
import { nameToWire } from '../dns/name.ts';
import { typeName } from '../dns/type.ts';
import { algorithmOf } from '../dnssec/algorithm.ts';
import type { Journal, KeyId, RRsetHistory, RRsetVersion, Signed, Timeline } from '../journal/journal.ts';
import { fromHex } from '../text/octets.ts';
import { keyIdOf } from './chain-facts.ts';
import type { ServiceRules } from './policy.ts';
import { type Entry, entriesOf } from './served.ts';
import { endOf, overlap, type Span } from './span.ts';
import type { CacheContent, Warning, WarningKind } from './violation.ts';
import { dnskeyLabel, spanInWords } from './words.ts';
import { dnskeyHistory, nameOf } from './zone-history.ts';

export const budget = {
  /** One of the old key or algorithm, one of the new. */
  signatures: 2,
  /** Octets that UDP carries without fragments nearly everywhere (DNS flag day 2020). */
  answer: 1232,
} as const;

type Version = Timeline & { readonly signed?: Signed };

export function judgeBudget(journal: Journal, rules: ServiceRules, during: Span): readonly Warning[] {
  const signatures = signatureLengths(journal);
  const { content, zone } = journal;
  const rest = entriesOf(content, content, rules, ({ largestTtl }) => largestTtl).flatMap((entry) =>
    manySignatures(journal, `${zone} (everything else)`, entry, during),
  );
  const awaited = journal.rrsets.flatMap((history) =>
    entriesOf(history.versions, content, rules, ({ ttl }) => ttl).flatMap((entry) => [
      ...manySignatures(journal, nameOf(history), entry, during),
      ...largeAnswer(journal, history, entry, signatures, during),
    ]),
  );
  return [...rest, ...awaited];
}

function manySignatures(journal: Journal, name: string, entry: Entry<Version>, during: Span): readonly Warning[] {
  const { signers = [] } = entry.version.signed ?? {};
  if (signers.length <= budget.signatures) return [];
  const fact = `has ${signers.length} signatures, expected at most ${budget.signatures}: rolls run together that should follow each other`;
  return warningOf(journal, 'many-signatures', name, fact, entry, [], during);
}

function largeAnswer(
  journal: Journal,
  history: RRsetHistory,
  entry: Entry<RRsetVersion>,
  lengths: ReadonlyMap<KeyId, number>,
  during: Span,
): readonly Warning[] {
  const { records, signed } = entry.version;
  if (records.length === 0) return [];
  const octets = answerLength(journal, history, records, signed?.signers ?? [], lengths);
  if (octets <= budget.answer) return [];
  const fact = `makes an answer of about ${octets} octets, expected at most ${budget.answer}: resolvers ask again over TCP`;
  const labels = typeName(history.type) === 'DNSKEY' ? records.map(dnskeyLabel) : [];
  return warningOf(journal, 'large-answer', nameOf(history), fact, entry, labels, during);
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
  { owner }: RRsetHistory,
  records: readonly string[],
  signers: readonly KeyId[],
  lengths: ReadonlyMap<KeyId, number>,
): number {
  const data = records.reduce((sum, text) => sum + 12 + text.length / 2, 0);
  const signer = nameToWire(zone).length;
  const signatures = signers.reduce((sum, id) => sum + 12 + 18 + signer + (lengths.get(id) ?? 0), 0);
  return 12 + nameToWire(owner).length + 4 + data + signatures + 11;
}
