/**
 * A zone that goes insecure on request takes its TLSA records away first (ROLLOVER section 2): whoever holds some believes that
 * mail to it is authenticated, and from the hour without a DS nothing says any more whether they are right.
 */
import { Type } from '../dns/type.ts';
import { endOf, overlap, type Span } from './span.ts';
import type { Violation } from './violation.ts';
import { inWords, spanInWords, tlsaLabel } from './words.ts';
import type { NamedHistory, ZoneHistory } from './zone-history.ts';
import { dsContent } from './zone-violations.ts';

export function judgeLeaving({ journal, ds, rrsets }: ZoneHistory, during: Span): readonly Violation[] {
  const tlsa = rrsets.filter(({ of }) => of?.type === Type.TLSA);
  return ds
    .filter(({ leaving }) => leaving)
    .flatMap((set) =>
      tlsa.flatMap(({ name, entries }) =>
        entries.flatMap((entry): Violation[] => {
          const records = recordsOf(entry);
          const span = overlap(set.held, entry.held, during);
          if (records.length === 0 || span === undefined) return [];
          const { version, held, ttl } = entry;
          const signers = version.signed?.signers ?? [];
          const labels = records.map(tlsaLabel);
          const cache = {
            what: 'TLSA',
            name,
            records: labels,
            signers,
            since: version.built,
            heldUntil: endOf(held),
            ttl,
          } as const;
          const caches = [dsContent(journal.zone, set), cache];
          const { from } = span;
          const until = endOf(span);
          return [
            {
              kind: 'tlsa-without-ds',
              subject: { kind: 'zone', name: journal.zone },
              from,
              until,
              profiles: [],
              caches,
              names: [name],
              message: `${name}: ${spanInWords(from, until)} a sender may hold ${caches.map(inWords).join(', ')}: the zone goes insecure before its TLSA records are out of every cache`,
            },
          ];
        }),
      ),
    );
}

function recordsOf({ version }: NamedHistory['entries'][number]): readonly string[] {
  return 'records' in version ? version.records : [];
}
