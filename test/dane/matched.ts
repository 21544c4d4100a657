/** The matcher as tests ask it: records as text, chains of made certificates. */
import { createHash } from 'node:crypto';
import { matchTlsa } from '../../src/dane/match/match.ts';
import type { MatchInput, MatchVerdict } from '../../src/dane/match/verdict.ts';
import { name } from '../../src/dns/name.ts';
import { fromHex, hex, type Octets } from '../../src/text/octets.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { day, make } from '../x509/make-certificate.ts';

export const now = day('2026-11-22');

export const root = make({ subject: 'Root', ca: true });
export const intermediate = make({ subject: 'Intermediate', issuer: 'Root', ca: true });
export const leaf = make({ subject: 'mx.example.test', issuer: 'Intermediate', dns: ['mx.example.test'] });
export const fullChain = [leaf, intermediate, root] as const;

/** Hashed by node:crypto itself, not by the matcher's digests. */
const matchings: Readonly<Record<string, (octets: Octets) => string>> = {
  0: hex,
  1: (octets) => createHash('sha256').update(octets).digest('hex'),
  2: (octets) => createHash('sha512').update(octets).digest('hex'),
};

/** `2 0 1` of a certificate: the record as text. */
export function tlsa(parameters: string, { der, spki }: Pick<Certificate, 'der' | 'spki'>): string {
  const [, selector, matching] = parameters.split(' ');
  return `${parameters} ${matchings[matching](selector === '0' ? der : spki)}`;
}

/** RDATA of `3 1 1 8755…`; numbers up to 255, any data. */
export function rdataOf(text: string): Octets {
  const [usage, selector, matching, digits = ''] = text.split(' ');
  return Buffer.concat([
    Uint8Array.from([usage, selector, matching].map(Number)),
    fromHex(digits) ?? new Uint8Array(0),
  ]);
}

export function presentedOf([first, ...others]: readonly Certificate[]): MatchInput['presented'] {
  return { kind: 'chain', certificates: [first, ...others] };
}

export interface Asked extends Partial<Omit<MatchInput, 'rrset' | 'names'>> {
  readonly chain?: readonly Certificate[];
  readonly names?: readonly string[] | 'unchecked';
}

export function verdictOf(records: readonly string[], asked: Asked = {}): MatchVerdict {
  const { chain = fullChain, names = ['mx.example.test.'], ...more } = asked;
  return matchTlsa({
    rrset: records.map(rdataOf),
    presented: presentedOf(chain),
    names: names === 'unchecked' ? names : names.map(name),
    at: now,
    application: 'smtp',
    ...more,
  });
}

/**
 * One word for each record: `match at 1`, `unusable: data-length`, `no: no-equal-data`, `no: expired 0` for an invalid path.
 */
export function wordsOf(records: readonly string[], asked: Asked = {}): string[] {
  return verdictOf(records, asked).records.map(({ usable, reason }) => {
    if (!usable) return `unusable: ${reason.kind}`;
    if (reason.kind === 'matched') return `match at ${reason.depth}`;
    if (reason.kind !== 'invalid') return `no: ${reason.kind}`;
    return `no: ${reason.faults.map(({ kind, depth }) => `${kind} ${depth}`).join(', ')}`;
  });
}

export function wordOf(record: string, asked: Asked = {}): string {
  return wordsOf([record], asked)[0];
}
