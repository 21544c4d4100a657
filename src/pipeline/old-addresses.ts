/** For the proof of mail: what senders may meet at addresses that a host no longer has, while caches lead there. */
import { presentRData } from '../dns/rdata/index.ts';
import { Type } from '../dns/type.ts';
import { type CertificateFact, certificatesServed } from '../journal/evidence.ts';
import type { Journal, RRsetHistory } from '../journal/journal.ts';
import type { Deployment, Digests, Route } from '../prove/mail-history.ts';
import type { ServiceRules } from '../prove/policy.ts';
import { entriesOf } from '../prove/served.ts';
import { fromHex } from '../text/octets.ts';

export interface OldAddress {
  readonly route: Route;
  readonly deployments: readonly Deployment[];
}

/**
 * `of`: the journal with the addresses; `records`: the one with the TLSA records and what was seen of certificates. A server that was taken
 * away shows what was seen last before that, as far as it is none of `current`, the keys that are served now.
 */
export function oldAddresses(
  of: Journal,
  records: Journal,
  service: Omit<CertificateFact, 'spki'>,
  current: ReadonlySet<string>,
  rules: ServiceRules,
): readonly OldAddress[] {
  return of.routes
    .filter(({ owner, type }) => owner === service.host && (type === Type.A || type === Type.AAAA))
    .flatMap((history) => left(history, of, rules))
    .map(({ route, dropped }) => {
      const before = { evidence: records.evidence.filter(({ at }) => at < dropped) };
      const rows = certificatesServed(before, service).filter(
        ({ fact: { spki } }) => !current.has(spki) && isPinned(records, spki),
      );
      return { route, deployments: rows.map(({ at, fact }) => deployment(fact.spki, at, route.address)) };
    })
    .filter(({ deployments }) => deployments.length > 0);
}

function left({ type, versions }: RRsetHistory, { content }: Journal, rules: ServiceRules) {
  const now = versions.at(-1)?.records ?? [];
  const gone = [...new Set(versions.flatMap(({ records }) => records))].filter((record) => !now.includes(record));
  const entries = entriesOf(versions, content, rules, ({ ttl }) => ttl);
  return gone.map((record) => {
    const having = entries.filter(({ version }) => version.records.includes(record));
    const until = Math.max(...having.map(({ held }) => held.until));
    const octets = fromHex(record) ?? new Uint8Array(0);
    return {
      route: {
        address: presentRData(type, octets, 0, octets.length),
        from: Math.min(...having.map(({ held }) => held.from)),
        until: until === Number.POSITIVE_INFINITY ? undefined : until,
      },
      dropped: Math.max(...having.map(({ version }) => version.dropped ?? 0)),
    };
  });
}

/** Of a certificate that is no longer in the description the key alone is known: it meets records `3 1 1`, and says nothing of others. */
function isPinned({ rrsets }: Journal, spki: string): boolean {
  return rrsets.some(
    ({ type, versions }) => type === Type.TLSA && versions.some(({ records }) => records.includes(`030101${spki}`)),
  );
}

function deployment(spki: string, from: number, address: string): Deployment {
  const unknown: Digests = { sha256: '', sha512: '' };
  const chain = [{ certificate: unknown, spki: { sha256: spki, sha512: '' } }];
  return { certificate: `the one seen before, ${spki.slice(0, 16)}…`, algorithm: 'unknown', address, from, chain };
}
