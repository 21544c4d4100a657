/** The timeline of keys and certificates, noted run by run. */
import type { Name } from '../dns/name.ts';
import type { KeyRecord } from '../journal/journal.ts';
import type { Lane } from './plan.ts';
import type { TlsaDecision } from './tlsa.ts';
import type { DecidedOwner } from './virtual-zone.ts';

type Span = { state: Lane['spans'][number]['state']; from: number; until?: number };

interface Noted {
  readonly subject: Lane['subject'];
  readonly label: string;
  readonly spans: Span[];
}

export class LaneBook {
  readonly #zone: Name;
  readonly #lanes = new Map<string, Noted>();

  constructor(zone: Name) {
    this.#zone = zone;
  }

  note(keys: readonly KeyRecord[], now: number, label: (key: KeyRecord) => string): void {
    const subject = { kind: 'zone', name: this.#zone } as const;
    for (const key of keys) this.#enter(key.id, subject, label(key), stateOf(key), now, startOf(key, now));
  }

  /** Certificates: the current ones in service, next ones whose records stand, old ones whose records stay. */
  noteCertificates(decided: readonly DecidedOwner[], now: number): void {
    const standing = new Set<string>();
    const enter = (host: Name, label: string, spki: string, state: Span['state'], from: number) => {
      const id = `${host} ${spki}`;
      standing.add(id);
      this.#enter(id, { kind: 'host', name: host }, label, state, now, Math.min(from, now));
    };
    for (const { decision } of decided) {
      for (const { service, certificate, servedSince, next } of decision.certificates) {
        const { name, spki } = certificate;
        enter(service.host, name, spki, 'active', servedSince ?? now);
        const ahead = certificate.next;
        if (next !== undefined && ahead !== undefined)
          enter(service.host, `${name}, next key`, ahead.spki, 'coming', next.wait.wait.since.at ?? now);
      }
    }
    const hosts = new Set(decided.flatMap(({ decision }) => (decision.retained.length > 0 ? hostsOf(decision) : [])));
    for (const [id, { subject, label }] of this.#lanes) {
      if (subject.kind !== 'host' || standing.has(id)) continue;
      this.#enter(id, subject, label, hosts.has(subject.name) ? 'leaving' : undefined, now, now);
    }
  }

  #enter(
    id: string,
    subject: Lane['subject'],
    label: string,
    state: Span['state'] | undefined,
    now: number,
    start: number,
  ): void {
    const lane = this.#lanes.get(id) ?? { subject, label, spans: [] };
    const last = lane.spans.at(-1);
    if (last !== undefined) {
      if (last.state === state && last.until === undefined) return;
      last.until ??= now;
    }
    if (state !== undefined) lane.spans.push({ state, from: last === undefined ? start : now });
    if (lane.spans.length > 0) this.#lanes.set(id, lane);
  }

  lanes(until: number): Lane[] {
    return [...this.#lanes.values()].map(({ subject, label, spans }) => ({
      subject,
      label,
      spans: spans
        .filter((span) => span.until === undefined || span.until > span.from)
        .map((span) => (span.until !== undefined && span.until > until ? { ...span, until: undefined } : span)),
    }));
  }
}

const hostsOf = ({ certificates }: TlsaDecision) => certificates.map(({ service }) => service.host);

/** Of a key that stands already, from when it was published. */
function startOf({ dnskey }: KeyRecord, now: number): number {
  return Math.min(dnskey.since, now);
}

/** Undefined: it is nowhere. */
function stateOf({ goal, standby, dnskey, zrrsig, krrsig, ds }: KeyRecord): Span['state'] | undefined {
  const states = [dnskey, zrrsig, krrsig, ds].map(({ state }) => state);
  if (states.every((state) => state === 'hidden')) return undefined;
  if (goal === 'hidden') return 'leaving';
  const counts = standby !== true && [zrrsig, ds].some(({ state }) => state === 'omnipresent');
  return counts ? 'active' : 'coming';
}
