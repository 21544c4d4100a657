/** SOA serials (RFC 1982): a serial moves exactly when published content moves, and always forward. */
import { isAhead } from '../dns/serial.ts';

const successor = (serial: number) => (serial + 1) >>> 0;

export interface SerialFacts {
  readonly policy: 'counter' | 'unixtime' | 'date';
  /** Serial and content digest of the last build; undefined for a first one. */
  readonly last?: { readonly serial: number; readonly contentDigest: string };
  /** Serials that name servers may have seen: of an adopted file, of the last output. */
  readonly floors: readonly number[];
  /** Unix seconds. */
  readonly now: number;
}

/** The serial for content with this digest. */
export function nextSerial({ policy, last, floors, now }: SerialFacts, contentDigest: string): number {
  const seen = floors.reduce((highest: number | undefined, floor) => later(highest, floor), last?.serial);
  if (last !== undefined && last.contentDigest === contentDigest && seen === last.serial) return last.serial;
  const wanted = policySerial(policy, now);
  if (seen === undefined) return wanted ?? 1;
  const next = successor(seen);
  return wanted !== undefined && isAhead(wanted, next) ? wanted : next;
}

function later(a: number | undefined, b: number): number {
  return a === undefined || isAhead(b, a) ? b : a;
}

/** What the policy would say of itself; `date` is YYYYMMDDnn of the day in UTC. */
function policySerial(policy: SerialFacts['policy'], now: number): number | undefined {
  if (policy === 'unixtime') return now >>> 0;
  if (policy === 'counter') return undefined;
  return Number(`${new Date(now * 1000).toISOString().slice(0, 10).replaceAll('-', '')}00`);
}
