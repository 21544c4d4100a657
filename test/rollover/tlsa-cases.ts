/** TLSA histories and certificates as literals. A record is `3 1 1` of a key unless it says otherwise; keys are repeated octets. */
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import { type Evidence, type Journal, newJournal, type RRsetVersion, type Service } from '../../src/journal/journal.ts';
import { type CurrentCertificate, decideTlsa, type TlsaDecision, type TlsaQuestion } from '../../src/rollover/tlsa.ts';

export const zone = name('example.org.');
export const host = name('mx.example.org.');
export const owner = name('_25._tcp.mx.example.org.');
export const t0 = 1_767_225_600; // 2026-01-01
export const hour = 3600;
export const day = 24 * hour;

/** Of the policy in these cases: propagation 1 h, TLSA 15 min, negative 5 min, retire-safety 1 h. */
export const delays = { propagation: hour, tlsa: 900, negative: 300, retire: hour };

/** SHA-256 of a key that nobody has: one octet, 32 times. */
export const spki = (key: string) => Buffer.from(key).toString('hex').repeat(32);
export const tlsa = (key: string, combination = '030101') => `${combination}${spki(key)}`;
export const other = (key: string) => tlsa(key, '020101');

export interface Built {
  /** Seconds after t0. */
  readonly built: number;
  readonly seen?: number;
  readonly records: readonly string[];
  readonly ttl?: number;
}

/** Each version ends with the next; what was seen of that one is the end of the one before. */
export function versions(...all: readonly Built[]): readonly RRsetVersion[] {
  return all.map(({ built, seen, records, ttl = delays.tlsa }, index): RRsetVersion => {
    const next = all[index + 1];
    const from = seen === undefined ? undefined : t0 + seen;
    const service: Service =
      next?.seen !== undefined
        ? { state: 'gone', from, until: t0 + next.seen, evidence: 1 }
        : from === undefined
          ? { state: 'unseen' }
          : { state: 'published', from, evidence: 1 };
    const dropped = next === undefined ? undefined : t0 + next.built;
    return { records: [...records].sort(), ttl, built: t0 + built, dropped, service };
  });
}

/** `[seconds after t0, key]`: every address showed it. */
export type Seen = readonly [at: number, key: string];

export function journalOf(
  history: readonly RRsetVersion[],
  seen: readonly Seen[] = [],
  aliases: readonly RRsetVersion[] = [],
): Journal {
  const evidence = seen.map(([at, key], index): Evidence => {
    const fact = { kind: 'certificate-served', host, port: 25, protocol: 'tcp', spki: spki(key) } as const;
    return { id: index + 1, at: t0 + at, by: 'ann', servers: [], fact };
  });
  const rrsets = [
    ...(aliases.length === 0 ? [] : [{ owner, type: Type.CNAME, versions: aliases }]),
    ...(history.length === 0 ? [] : [{ owner, type: Type.TLSA, versions: history }]),
  ];
  return { ...newJournal(zone, t0), rrsets, evidence };
}

export function certificate(
  key: string,
  next?: string,
  more: Partial<CurrentCertificate> & { readonly issuer?: string } = {},
): CurrentCertificate {
  const presented = (of: string) => ({
    spki: spki(of),
    matches: (rdata: string) =>
      rdata === tlsa(of) || rdata === tlsa(of, '030102') || rdata === other(more.issuer ?? 'i'),
  });
  return {
    name: `mx-${key}`,
    source: 'staged',
    ...presented(key),
    next: next === undefined ? undefined : presented(next),
    ...more,
  };
}

export interface Case extends Partial<Omit<TlsaQuestion, 'services' | 'wanted' | 'now'>> {
  /** Seconds after t0. */
  readonly at?: number;
  readonly wanted: readonly string[];
  readonly literal?: boolean;
  readonly certificates?: readonly CurrentCertificate[];
}

export function question({ at = 0, wanted, literal = false, certificates = [], ...rest }: Case): TlsaQuestion {
  return {
    owner,
    ttl: delays.tlsa,
    journal: journalOf([]),
    policy: {
      publication: { kind: 'evidence' },
      zonePropagationDelay: delays.propagation,
      retireSafety: delays.retire,
      ttls: { negative: delays.negative },
    },
    secure: true,
    ...rest,
    now: t0 + at,
    services: [{ host, port: 25, protocol: 'tcp', certificates }],
    wanted: [...wanted].sort().map((rdata) => ({ rdata, isMade: !literal })),
  };
}

export const decided = (of: Case): TlsaDecision => decideTlsa(question(of));
