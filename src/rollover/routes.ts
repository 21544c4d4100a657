/**
 * Until when caches may lead senders where they shall go no longer (ROLLOVER section 3): to addresses that a host had, and by MX records
 * to a host that has none any more. From the A, AAAA and MX records of every zone of the repository, and when servers were seen without
 * them.
 */
import type { Name } from '../dns/name.ts';
import { nameFromWire } from '../dns/name.ts';
import { Type, type TypeCode } from '../dns/type.ts';
import { olderTtl, seenSince } from '../journal/clocks.ts';
import type { Journal, RRsetVersion } from '../journal/journal.ts';
import { servicePoint } from '../journal/routes.ts';
import { fromHex } from '../text/octets.ts';
import type { RolloverPolicy } from './policy.ts';
import { noSwitches, type Switches } from './switches.ts';
import { isOver, sumOf, type TlsaWait } from './tlsa-wait.ts';

/** The zones of the repository: their routes, the versions that the run is about to build among them. */
export interface Routes {
  readonly zones: readonly {
    readonly journal: Pick<Journal, 'zone' | 'routes'>;
    readonly policy: Pick<RolloverPolicy, 'publication' | 'zonePropagationDelay'>;
  }[];
  /** Unix seconds. */
  readonly now: number;
  readonly switches?: Switches;
}

/** An RRset that the description no longer asks for, while caches may lead senders to where they look for it. */
export interface Outlasting {
  readonly owner: Name;
  readonly type: typeof Type.TLSA | typeof Type.CNAME;
  /** As it was built last: RDATA in hexadecimal, seconds. */
  readonly records: readonly string[];
  readonly ttl: number;
  readonly host: Name;
  readonly wait: TlsaWait;
}

/**
 * TLSA RRsets, and aliases in their place, of hosts and services that are gone from the zone of `journal`. `asked`: the owners that the
 * description has. Where nothing that leads there ends, nothing is waited for: whoever drops the records alone wants them gone.
 */
export function outlasting(journal: Journal, asked: ReadonlySet<Name>, routes: Routes): readonly Outlasting[] {
  return journal.rrsets.flatMap(({ owner, type, versions }): Outlasting[] => {
    if ((type !== Type.TLSA && type !== Type.CNAME) || asked.has(owner)) return [];
    const point = servicePoint(owner);
    const last = versions.at(-1);
    if (point === undefined || last === undefined || last.dropped !== undefined || last.records.length === 0) return [];
    const { host, port, protocol } = point;
    const isMail = port === '25' && protocol === 'tcp';
    const wait = lastOf([addressesLeaving(host, routes), isMail ? mailLeaving(host, routes) : undefined]);
    return wait === undefined ? [] : [{ owner, type, records: last.records, ttl: last.ttl, host, wait }];
  });
}

/** Where an alias leads. */
export const targetOf = ({ records: [first] }: Pick<Outlasting, 'records'>): Name =>
  nameFromWire(fromHex(first) ?? Uint8Array.of(0));

/** Until no cache leads to an address that the host has no longer; undefined: none does. */
export function addressesLeaving(host: Name, routes: Routes): TlsaWait | undefined {
  return leaving(host, [Type.A, Type.AAAA], routes, ({ records }, last) => records.some((one) => !last.includes(one)));
}

/** Until no MX record in a cache names the host; undefined: none does, or one is to name it. */
function mailLeaving(host: Name, routes: Routes): TlsaWait | undefined {
  const stands = historiesOf(host, Type.MX, routes).some(({ versions }) => (versions.at(-1)?.records ?? []).length > 0);
  return stands ? undefined : leaving(host, [Type.MX], routes, ({ records }) => records.length > 0);
}

/** `leads`: whether a version leads where the last one, given by its records, does not. */
function leaving(
  host: Name,
  types: readonly TypeCode[],
  routes: Routes,
  leads: (version: RRsetVersion, last: readonly string[]) => boolean,
): TlsaWait | undefined {
  const { now, switches = noSwitches } = routes;
  const waits = types.flatMap((type) =>
    historiesOf(host, type, routes).flatMap(({ versions, policy }): TlsaWait[] => {
      const { publication, zonePropagationDelay } = policy;
      const last = versions.at(-1)?.records ?? [];
      const isWithout = (version: RRsetVersion) => !leads(version, last);
      const start = versions[versions.findLastIndex((version) => !isWithout(version)) + 1];
      if (versions.every(isWithout)) return [];
      const at = seenSince(versions, isWithout, publication);
      const terms = [
        ...(switches.off.has('zone-propagation-delay')
          ? []
          : [{ name: 'zone-propagation-delay', seconds: zonePropagationDelay }]),
        { name: `${routeNames[type]}-ttl`, seconds: olderTtl(versions, isWithout, publication, at ?? now) },
      ];
      const what = `${host} without ${routeNames[type]}`;
      const wait = { since: { what: { kind: 'published', built: start.built, what }, at }, terms } as const;
      const sum = sumOf(terms);
      if (at !== undefined) return [{ wait, earliest: at + sum, atBest: at + sum }];
      return [{ wait, atBest: now + (publication.kind === 'by-build' ? publication.after : 0) + sum }];
    }),
  );
  return lastOf(waits.filter((wait) => !isOver(wait, now)));
}

const routeNames: Readonly<Record<number, string>> = { [Type.A]: 'a', [Type.AAAA]: 'aaaa', [Type.MX]: 'mx' };

function historiesOf(host: Name, type: TypeCode, { zones }: Routes) {
  return zones.flatMap(({ journal, policy }) =>
    journal.routes
      .filter((route) => route.owner === host && route.type === type)
      .map(({ versions }) => ({ versions, policy })),
  );
}

/** The one that ends last; one without a date goes before all others. */
export function lastOf(waits: readonly (TlsaWait | undefined)[]): TlsaWait | undefined {
  const end = ({ earliest = Number.POSITIVE_INFINITY }: TlsaWait) => earliest;
  return waits.reduce((a, b) => (a === undefined || (b !== undefined && end(b) > end(a)) ? b : a), undefined);
}
