/** The timeline of keys, noted run by run. */
import type { Name } from '../dns/name.ts';
import type { KeyId, KeyRecord } from '../journal/journal.ts';
import type { Lane } from './plan.ts';

type Span = { state: Lane['spans'][number]['state']; from: number; until?: number };

export class LaneBook {
  readonly #zone: Name;
  readonly #lanes = new Map<KeyId, { label: string; spans: Span[] }>();

  constructor(zone: Name) {
    this.#zone = zone;
  }

  note(keys: readonly KeyRecord[], now: number, label: (key: KeyRecord) => string): void {
    for (const key of keys) {
      const state = stateOf(key);
      const lane = this.#lanes.get(key.id) ?? { label: label(key), spans: [] };
      const last = lane.spans.at(-1);
      if (last !== undefined) {
        if (last.state === state && last.until === undefined) continue;
        last.until ??= now;
      }
      if (state !== undefined) lane.spans.push({ state, from: last === undefined ? startOf(key, now) : now });
      if (lane.spans.length > 0) this.#lanes.set(key.id, lane);
    }
  }

  lanes(until: number): Lane[] {
    const subject = { kind: 'zone', name: this.#zone } as const;
    return [...this.#lanes.values()].map(({ label, spans }) => ({
      subject,
      label,
      spans: spans.map((span) =>
        span.until !== undefined && span.until > until ? { ...span, until: undefined } : span,
      ),
    }));
  }
}

/** Of a key that stands already, from when it was published. */
function startOf({ dnskey }: KeyRecord, now: number): number {
  return Math.min(dnskey.since, now);
}

/** Undefined: it is nowhere. */
function stateOf({ goal, dnskey, zrrsig, krrsig, ds }: KeyRecord): Span['state'] | undefined {
  const states = [dnskey, zrrsig, krrsig, ds].map(({ state }) => state);
  if (states.every((state) => state === 'hidden')) return undefined;
  if (goal === 'hidden') return 'leaving';
  const counts = [zrrsig, ds].some(({ state }) => state === 'omnipresent');
  return counts ? 'active' : 'coming';
}
