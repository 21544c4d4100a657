/**
 * What the servers of another provider hand out (RFC 8901, model 2): its DNSKEY RRset, signed by its own keys, and everything else
 * signed by each of its zone keys. That it has our keys in its DNSKEY RRset is taken from it on trust; nothing here can see it.
 */
import { Flag } from '../dnssec/key-tag.ts';
import type { RRsetVersion } from '../journal/journal.ts';
import { fromHex, type Octets } from '../text/octets.ts';
import { keyIdOf } from './chain-facts.ts';
import type { ServiceRules } from './policy.ts';
import type { Entry } from './served.ts';
import type { Span } from './span.ts';
import type { SignedClass } from './zone-history.ts';

export interface ForeignService {
  readonly dnskey: readonly Entry<RRsetVersion>[];
  readonly classes: readonly SignedClass[];
}

/** `own`: our DNSKEY RRsets; `from`: since when its servers may be asked, Unix seconds. */
export function foreignService(
  zone: string,
  own: readonly RRsetVersion[],
  { policy: { foreign } }: ServiceRules,
  from: number,
): ForeignService {
  if (foreign === undefined || !foreign.serves) return { dnskey: [], classes: [] };
  const keys = foreign.keys.map((rdata) => ({ rdata, octets: fromHex(rdata) ?? new Uint8Array(4) }));
  const held: Span = { from, until: Number.POSITIVE_INFINITY };
  const idsOf = (of: readonly { octets: Octets }[]) => of.map(({ octets }) => keyIdOf(octets));
  const isEntry = ({ octets }: { octets: Octets }) => (octets[1] & Flag.sep) !== 0;
  const entries = keys.some(isEntry) ? keys.filter(isEntry) : keys;
  const zoneKeys = keys.some((key) => !isEntry(key)) ? keys.filter((key) => !isEntry(key)) : keys;
  const ours = own.flatMap(({ records }) => records);
  const ttl = Math.max(0, ...own.map((version) => version.ttl));
  const version: RRsetVersion = {
    built: from,
    service: { state: 'unseen' },
    records: [...new Set([...foreign.keys, ...ours])].sort(),
    ttl,
    signed: { signers: idsOf(entries), inception: from, expiration: from },
  };
  return {
    dnskey: [{ version, ttl, served: held, held }],
    classes: idsOf(zoneKeys).map((id) => ({
      names: [`${zone} (as the other provider signs it)`],
      entries: [{ held, signers: [id], ttl: 0 }],
    })),
  };
}
