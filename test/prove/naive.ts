/**
 * The proof as nobody would ship it: second by second, over every fetch that could have been made, straight from the words of
 * ROLLOVER section 5. Shares nothing with src/prove but the types of its input.
 */
import { createHash } from 'node:crypto';
import type { Journal, Timeline } from '../../src/journal/journal.ts';
import type { ProofPolicy, ServiceMode } from '../../src/prove/policy.ts';
import type { Key } from './histories.ts';

export interface NaiveQuestion {
  readonly journal: Journal;
  readonly policy: ProofPolicy;
  readonly mode: ServiceMode;
  /** Everything that may stand in a DNSKEY RRset. */
  readonly keys: readonly Key[];
  readonly from: number;
  readonly to: number;
}

/** A version with the question whether a server may hand it out at a second. */
interface Version {
  readonly what: string;
  readonly records: readonly string[];
  readonly signers: readonly string[];
  readonly ttl: number;
  readonly isServed: (second: number) => boolean;
  /** No validator takes it from this second on. */
  readonly invalidFrom: number;
  readonly isIntended?: boolean;
  /** An empty DS set that was asked for by a request. */
  readonly leaves?: boolean;
}

/** Each failure at each second: `17 strict no-key-for-ds | DS … | DNSKEY …`. */
export function naiveFailures(question: NaiveQuestion): Set<string> {
  const { from, to } = question;
  const found = new Set<string>();
  const ds = dsVersions(question);
  const dnskey = rrsetVersions(question, 'DNSKEY', 48);
  const others = [...contentVersions(question), ...rrsetVersions(question, '_25._tcp.example.org. TLSA', 52)];
  for (let second = from; second < to; second++) {
    const held = (versions: readonly Version[]) => versions.filter((version) => mayHold(version, second));
    const show = (version: Version) => shown(version, question.keys);
    for (const version of [...others, ...dnskey]) {
      const isLate = version.signers.length > 0 && version.isServed(second) && second >= lastSignature(version);
      if (isLate) found.add(`${second} signature-window ${version.what}`);
    }
    const isLeaving = held(ds).some(({ leaves }) => leaves);
    const { versions: tlsa = [] } = question.journal.rrsets.find(({ type }) => type === 52) ?? {};
    for (const [index, version] of rrsetVersions(question, 'TLSA', 52).entries()) {
      const isThere = tlsa[index].records.length > 0 && mayHold(version, second);
      if (isLeaving && isThere) found.add(`${second} tlsa-without-ds ${tlsa[index].built}`);
    }
    for (const profile of ['permissive', 'strict'] as const) {
      for (const parent of held(ds)) {
        const algorithms = new Set(parent.records.map((record) => Number.parseInt(record.slice(4, 6), 16)));
        if (algorithms.size === 0) {
          if (parent.isIntended !== true) found.add(`${second} ${profile} insecure | ${show(parent)}`);
          continue;
        }
        const highest = parent.records
          .map((record) => record.slice(6, 8))
          .sort()
          .at(-1);
        const used = parent.records.filter((record) => profile === 'permissive' || record.slice(6, 8) === highest);
        for (const keys of held(dnskey)) {
          const enough = (test: (algorithm: number) => boolean) =>
            profile === 'strict' ? [...algorithms].every(test) : [...algorithms].some(test);
          const leads = (algorithm: number) =>
            question.keys.some(
              (key) =>
                key.algorithm === algorithm &&
                keys.records.includes(key.rdata) &&
                keys.signers.includes(key.id) &&
                (used.includes(dsOf(key, '02')) || used.includes(dsOf(key, '04'))),
            );
          if (!enough(leads)) {
            found.add(`${second} ${profile} no-key-for-ds | ${show(parent)} | ${show(keys)}`);
            continue;
          }
          for (const other of held(others)) {
            const signs = (algorithm: number) =>
              question.keys.some(
                (key) =>
                  key.algorithm === algorithm && keys.records.includes(key.rdata) && other.signers.includes(key.id),
              );
            if (enough((algorithm) => leads(algorithm) && signs(algorithm))) continue;
            found.add(`${second} ${profile} no-key-for-rrset | ${show(parent)} | ${show(keys)} | ${show(other)}`);
          }
        }
      }
    }
  }
  return found;
}

function dsOf({ rdata, tag, algorithm }: Key, type: string): string {
  const hash = createHash(type === '04' ? 'sha384' : 'sha256').update(
    Buffer.concat([Buffer.from('\x07example\x03org\x00', 'latin1'), Buffer.from(rdata, 'hex')]),
  );
  return `${tag.toString(16).padStart(4, '0')}${algorithm.toString(16).padStart(2, '0')}${type}${hash.digest('hex')}`;
}

/** In the words of the proof's cache contents, so that both can be compared. */
function shown({ what, records, signers }: Version, keys: readonly Key[]): string {
  const label = (record: string) => {
    const key = keys.find(({ rdata }) => rdata === record);
    if (key !== undefined) return `${Number.parseInt(record.slice(0, 4), 16)} ${key.algorithm} ${key.tag}`;
    const [tag, algorithm, type] = [record.slice(0, 4), record.slice(4, 6), record.slice(6, 8)];
    return [tag, algorithm, type].map((text) => Number.parseInt(text, 16)).join(' ');
  };
  return `${what} ${records.map(label).sort().join(', ')} by ${signers.join(' ')}`;
}

const expirations = new WeakMap<Version, number>();
const lastSignature = (version: Version) => expirations.get(version) ?? Number.POSITIVE_INFINITY;

/** Some resolver asked earlier, or now, and its TTL has not run out. Half seconds: the last of them is before the end of a service. */
function mayHold(version: Version, second: number): boolean {
  if (second >= version.invalidFrom) return false;
  for (let asked = second; asked > second - version.ttl && asked >= 0; asked -= 0.5) {
    if (version.isServed(asked)) return true;
  }
  return false;
}

function isServed(versions: readonly Timeline[], index: number, question: NaiveQuestion, margin: number) {
  const { policy, mode, journal } = question;
  return (second: number): boolean => {
    const { built, dropped, service } = versions[index];
    if (second < built) return false;
    if (dropped === undefined) return true;
    const seen = [
      ...(service.state === 'gone' ? [service.until] : []),
      ...versions.slice(index + 1).flatMap((later) => ('from' in later.service ? (later.service.from ?? []) : [])),
    ];
    const extra = mode === 'plain' ? 0 : policy.zonePropagationDelay + margin;
    const isSeenGone = seen.some((at) => second >= at + extra);
    if (isSeenGone) return false;
    if (policy.publication.kind === 'evidence') return true;
    const lost = mode === 'strict' ? journal.content[0].expire : 0;
    let end =
      dropped + policy.publication.after + (policy.zonePropagationDelay > lost ? policy.zonePropagationDelay : lost);
    if (mode !== 'plain') end += margin;
    const isWrong = 'from' in service && (service.from ?? 0) + (mode === 'plain' ? 0 : margin) >= end;
    return second < end || isWrong;
  };
}

/** Signers of the same algorithms, and some. */
function swaps(before: { signers: readonly string[] } | undefined, after: typeof before): boolean {
  return equal(of(before), of(after)) && before?.signers.join() !== after?.signers.join();
}
const of = (signed: { signers: readonly string[] } | undefined) => (signed?.signers ?? []).map((id) => id.slice(0, 3));
const letters = (records: readonly string[]) => records.map((record) => record.slice(4, 6));
const equal = (a: string[], b: string[]) =>
  a.length > 0 && [...new Set(a)].sort().join() === [...new Set(b)].sort().join();

function rrsetVersions(question: NaiveQuestion, what: string, type: number): Version[] {
  const history = question.journal.rrsets.find((rrset) => rrset.type === type);
  return (history?.versions ?? []).map((version, index, versions) => {
    const next = versions[index + 1];
    const swap = swaps(version.signed, next?.signed) ? question.policy.retireSafety : 0;
    const publish = (next?.records.length ?? 0) > 0 ? question.policy.publishSafety : 0;
    return versionOf({
      what,
      records: type === 48 ? version.records : [],
      signed: version.signed,
      ttl: version.ttl,
      isServed: isServed(versions, index, question, type === 48 ? publish : swap),
      dropped: version.dropped,
    });
  });
}

function contentVersions(question: NaiveQuestion): Version[] {
  return question.journal.content.map((version, index, versions) => {
    const swap = swaps(version.signed, versions[index + 1]?.signed);
    return versionOf({
      what: 'example.org. (everything else)',
      records: [],
      signed: version.signed,
      ttl: Math.max(version.largestTtl, version.negativeTtl),
      isServed: isServed(versions, index, question, swap ? question.policy.retireSafety : 0),
      dropped: version.dropped,
    });
  });
}

function versionOf({
  what,
  records,
  signed,
  ttl,
  isServed,
  dropped,
}: Pick<Version, 'what' | 'records' | 'ttl' | 'isServed'> & {
  signed?: { signers: readonly string[]; expiration: number };
  dropped?: number;
}): Version {
  const expiration = signed?.expiration ?? Number.POSITIVE_INFINITY;
  const invalidFrom = dropped === undefined ? Number.POSITIVE_INFINITY : expiration;
  const version = { what, records, signers: signed?.signers ?? [], ttl, isServed, invalidFrom };
  expirations.set(version, expiration);
  return version;
}

/** What was asked for may be there from then on; what was seen was there since the sighting before at the earliest. */
function dsVersions({ journal, policy, mode, from }: NaiveQuestion): Version[] {
  const rows = journal.evidence.flatMap(({ at, fact }) => (fact.kind === 'ds-seen' ? { at, ...fact } : []));
  const same = (a: readonly string[], b: readonly string[]) => a.join() === b.join();
  const ttlOf = (records: readonly string[]) =>
    rows.filter((row) => same(row.records, records)).reduce((most, { ttl }) => Math.max(most, ttl), policy.parent.ttl);
  const lag = (records: readonly string[], next: readonly string[] | undefined) =>
    policy.parent.propagationDelay +
    (mode !== 'plain' && equal(letters(records), letters(next ?? [])) ? policy.retireSafety : 0);
  const unsignedBetween = (since: number, until: number) =>
    since < from &&
    journal.rrsets.some(
      ({ type, versions }) =>
        type === 48 && versions.some(({ records, built }) => records.length === 0 && built >= since && built < until),
    );
  const insecureSince = journal.requests.insecure?.at ?? Number.POSITIVE_INFINITY;
  const seenBefore = (since: number) => rows.some(({ at, records }) => at < since && records.length > 0);
  const end = 1000;
  /** Whether the parent is known to have left an asked set by a second. */
  const hasLeft = (index: number, second: number) => {
    const { built, dropped, records } = journal.parentDs[index];
    if (dropped === undefined) return false;
    const later = journal.parentDs.slice(index + 1);
    const isOlder = (set: readonly string[]) =>
      journal.parentDs.slice(0, index).some((version) => same(version.records, set)) ||
      rows.some((row) => row.at < built && same(row.records, set));
    return rows.some(
      (row) =>
        row.at <= second &&
        row.at >= dropped &&
        !same(row.records, records) &&
        (later.some((version) => same(version.records, row.records)) || !isOlder(row.records)),
    );
  };
  const asked = journal.parentDs.map(({ built, records }, index): Version => {
    const delay = lag(records, journal.parentDs[index + 1]?.records);
    const isServed = (second: number) => second >= built && !hasLeft(index, second - delay);
    let until = built;
    while (until < end && isServed(until)) until++;
    const hadDs = journal.parentDs.slice(0, index).some((before) => before.records.length > 0) || seenBefore(built);
    const leaves = hadDs && records.length === 0 && built >= insecureSince;
    const isIntended = leaves || !hadDs || unsignedBetween(built, until);
    return {
      what: 'DS',
      records,
      signers: [],
      ttl: ttlOf(records),
      isServed,
      invalidFrom: Number.POSITIVE_INFINITY,
      isIntended,
      leaves,
    };
  });
  const seen = rows.flatMap((row, index): Version[] => {
    let first = index;
    while (first > 0 && same(rows[first - 1].records, row.records)) first--;
    const since = rows[first].at;
    const isAsked = journal.parentDs.some(
      (version, at) => same(version.records, row.records) && version.built <= since && !hasLeft(at, since),
    );
    if (isAsked) return [];
    const next = rows.slice(index).find((later) => !same(later.records, row.records));
    const start = rows[first - 1]?.at ?? since;
    const until = next === undefined ? end : next.at + lag(row.records, next.records);
    const isServed = (second: number) => second >= start && (next === undefined || second < until);
    const hadDs = rows.slice(0, first).some(({ records }) => records.length > 0);
    const leaves = hadDs && row.records.length === 0 && since >= insecureSince;
    const isIntended = leaves || !hadDs || unsignedBetween(since, until);
    const { records } = row;
    return [
      {
        what: 'DS',
        records,
        signers: [],
        ttl: ttlOf(records),
        isServed,
        invalidFrom: Number.POSITIVE_INFINITY,
        isIntended,
        leaves,
      },
    ];
  });
  return [...asked, ...seen];
}
