/** A wait as people read it: what the clock counts from, and each term with its name. */
import { printDuration } from '../text/duration.ts';
import { readableTime } from '../text/time.ts';
import type { Precondition, Term, Wait } from './move.ts';

/** `DNSKEY published 2026-01-01 00:00:00Z + dnskey-ttl 1h + publish-safety 1h`. */
export function waitText({ since, terms }: Wait): string {
  const from = since.at === undefined ? eventWords(since.what) : `${eventWords(since.what)} ${readableTime(since.at)}`;
  return sumText(from, terms);
}

/** `2026-01-01 00:00:00Z + zsk-lifetime 90d − dnskey-ttl 1h`. */
export function sumText(from: string, terms: readonly Term[]): string {
  const parts = terms.map(
    ({ name, seconds }) => `${seconds < 0 ? '−' : '+'} ${name} ${printDuration(Math.abs(seconds))}`,
  );
  return [from, ...parts].join(' ');
}

export function eventWords(what: Precondition): string {
  switch (what.kind) {
    case 'published':
      return `${what.what} published`;
    case 'ds-seen':
      return 'DS seen at every parent server';
    case 'ds-gone':
      return 'DS gone from every parent server';
    case 'approved':
      return 'approved';
    case 'certificate-served':
      return `certificate served by ${what.host.replace(/\.$/, '')}:${what.port}`;
  }
}
