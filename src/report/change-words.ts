/** A change of a zone in words, for the person who reviews it. */
import type { Name } from '../dns/name.ts';
import { presentRData } from '../dns/rdata/index.ts';
import { Type, typeName } from '../dns/type.ts';
import { hex, type Octets } from '../text/octets.ts';
import type { RRsetChange } from './zone-diff.ts';

/** What is known of the certificate behind a TLSA owner. */
export interface TlsaKnowledge {
  /** Host name as people write it, such as `mx1.example.org`. */
  readonly host: string;
  /** Whether RDATA matches the chain that the host presents now. */
  readonly matchesCurrent: (rdata: Octets) => boolean;
  /** Whether RDATA matches the declared next key. */
  readonly matchesNext: (rdata: Octets) => boolean;
}

export interface ChangeWords {
  readonly zone: Name;
  readonly owner: Name;
  readonly type: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly ttlBefore?: number;
  readonly ttlAfter?: number;
  /** What the change does, each a sentence without its subject. */
  readonly words: readonly string[];
  /** Mail or the zone is at risk. */
  readonly dangerous: boolean;
}

export function changeWords(
  zone: Name,
  change: RRsetChange,
  tlsa: (owner: Name) => TlsaKnowledge | undefined,
): ChangeWords {
  const { owner, type, added, removed, ttlBefore, ttlAfter } = change;
  const present = (data: Octets) => presentRData(type, data, 0, data.length);
  const words: string[] = [];
  const special =
    type === Type.TLSA ? tlsaWords(change, tlsa(owner)) : type === Type.MX ? mxWords(change) : { words: [] };
  words.push(...special.words);
  if (words.length === 0) words.push(plainWords(change));
  if (ttlBefore !== undefined && ttlAfter !== undefined && ttlBefore !== ttlAfter) {
    words.push(`${ttlAfter < ttlBefore ? 'lowers' : 'raises'} the TTL from ${ttlBefore} to ${ttlAfter} seconds`);
  }
  return {
    zone,
    owner,
    type: typeName(type),
    added: added.map(present),
    removed: removed.map(present),
    ttlBefore,
    ttlAfter,
    words,
    dangerous: special.dangerous === true,
  };
}

function plainWords({ type, added, removed, ttlBefore, ttlAfter }: RRsetChange): string {
  const count = (data: readonly Octets[]) => `${data.length} ${typeName(type)} record${data.length === 1 ? '' : 's'}`;
  if (ttlBefore === undefined) return `adds ${count(added)}`;
  if (ttlAfter === undefined) return `removes ${count(removed)}`;
  if (added.length === 0 && removed.length === 0) return 'keeps its records';
  if (removed.length === 0) return `adds ${count(added)}`;
  if (added.length === 0) return `removes ${count(removed)}`;
  return `replaces ${count(removed)} by ${count(added)}`;
}

interface Special {
  readonly words: readonly string[];
  readonly dangerous?: boolean;
}

function tlsaWords(change: RRsetChange, known: TlsaKnowledge | undefined): Special {
  if (known === undefined) return { words: [] };
  const { added, removed, kept, ttlBefore, ttlAfter } = change;
  const words: string[] = [];
  let dangerous = false;
  const short = (data: Octets) => `${data[0]} ${data[1]} ${data[2]} ${hex(data.subarray(3, 7))}…`;
  const stillMatches = [...kept, ...added].some(known.matchesCurrent);
  for (const data of removed) {
    if (known.matchesCurrent(data)) {
      const only = !stillMatches;
      dangerous ||= only && ttlAfter !== undefined;
      words.push(
        only
          ? `removes the only TLSA record that matches ${known.host}'s current key (${short(data)})`
          : `removes a TLSA record that matches ${known.host}'s current key (${short(data)}); another one stays`,
      );
    } else if (known.matchesNext(data)) {
      words.push(`removes the TLSA record of ${known.host}'s next key (${short(data)})`);
    } else words.push(`removes a TLSA record that matches nothing ${known.host} shows (${short(data)})`);
  }
  for (const data of added) {
    if (known.matchesCurrent(data)) words.push(`adds a TLSA record for ${known.host}'s current key (${short(data)})`);
    else if (known.matchesNext(data)) words.push(`adds the TLSA record of ${known.host}'s next key (${short(data)})`);
    else words.push(`adds a TLSA record that matches nothing ${known.host} shows (${short(data)})`);
  }
  if (ttlBefore === undefined)
    words.push(`DANE starts for ${known.host} here: senders refuse a certificate that matches none`);
  if (ttlAfter === undefined) words.push(`DANE ends for ${known.host} here: senders fall back to unauthenticated TLS`);
  return { words, dangerous };
}

function mxWords(change: RRsetChange): Special {
  const { added, kept, ttlBefore, ttlAfter } = change;
  const words: string[] = [plainWords(change)];
  const isNull = (data: Octets) => data.length === 3;
  if (added.some(isNull)) words.push('says that the domain takes no mail (null MX)');
  const gone = ttlBefore !== undefined && ttlAfter === undefined;
  if (gone) words.push('mail for the domain goes to its address records, if it has any');
  return { words, dangerous: gone || (added.some(isNull) && kept.length === 0 && ttlBefore !== undefined) };
}
