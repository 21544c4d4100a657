/** One TLSA record as a value: what it says (RFC 6698 section 2.1), and what it was made of. */
import { sha256, sha512 } from '../crypto/digest.ts';
import { compareOctets, equalOctets, hex, type Octets } from '../text/octets.ts';
import type { Position } from '../text/problem.ts';
import { type Matching, matchings, type Selector, selectors, type Usage, usages } from './acronym.ts';

export interface Parameters {
  readonly usage: Usage;
  readonly selector: Selector;
  readonly matching: Matching;
}

export interface Association extends Parameters {
  /** Certificate association data. */
  readonly data: Octets;
  /** Equal records of several sources are one record; at least one. */
  readonly from: readonly Source[];
}

/** What a record was made of. */
export type Source =
  | {
      readonly kind: 'certificate';
      /** Name in the description, or the file. */
      readonly certificate: string;
      readonly role: 'current' | 'next';
      /** Place in the chain: 0 is the leaf. */
      readonly depth: number;
      /** The certificate's own name; absent where there is only a key or a request. */
      readonly subject?: string;
    }
  | { readonly kind: 'literal'; readonly at: Position }
  | { readonly kind: 'issuers'; readonly catalogue: string; readonly issuer: string };

/** A certificate, or a key for which there is none yet. */
export interface Selectable {
  readonly der?: Octets;
  readonly spki: Octets;
}

/** RFC 6698 section 2.1.2. Undefined where there is no certificate to select. */
export const select: Readonly<Record<Selector, (from: Selectable) => Octets | undefined>> = {
  Cert: ({ der }) => der,
  SPKI: ({ spki }) => spki,
};

/** RFC 6698 section 2.1.3. */
export const match: Readonly<Record<Matching, (selected: Octets) => Octets>> = {
  Full: (selected) => selected,
  'SHA2-256': sha256,
  'SHA2-512': sha512,
};

/** Octets of association data; undefined: as long as what is selected. */
export const dataLength: Readonly<Record<Matching, number | undefined>> = {
  Full: undefined,
  'SHA2-256': 32,
  'SHA2-512': 64,
};

/** The association data; undefined where the selector wants a certificate and there is only a key. */
export function associationData({ selector, matching }: Parameters, from: Selectable): Octets | undefined {
  const selected = select[selector](from);
  return selected && match[matching](selected);
}

/** Wire form of the RDATA. */
export function toTlsaRData({ usage, selector, matching, data }: Omit<Association, 'from'>): Octets {
  const numbers = [usages.indexOf(usage), selectors.indexOf(selector), matchings.indexOf(matching)];
  return Buffer.concat([Uint8Array.from(numbers), data]);
}

/** The association that a wire form says, or undefined where a field is out of range (RFC 6698 section 2.1). */
export function fromTlsaRData(rdata: Octets, from: readonly Source[] = []): Association | undefined {
  const [usage, selector, matching] = [usages[rdata[0]], selectors[rdata[1]], matchings[rdata[2]]];
  const data = rdata.subarray(3);
  if (usage === undefined || selector === undefined || matching === undefined || data.length === 0) return undefined;
  const length = dataLength[matching];
  return length === undefined || length === data.length ? { usage, selector, matching, data, from } : undefined;
}

/** RDATA as text: `3 1 1 8755cd…`, lower-case hexadecimal in one piece. */
export function toTlsaText(association: Omit<Association, 'from'>): string {
  const { usage, selector, matching, data } = association;
  return `${usages.indexOf(usage)} ${selectors.indexOf(selector)} ${matchings.indexOf(matching)} ${hex(data)}`;
}

/** `DANE-EE SPKI SHA2-256`. */
export function parametersText({ usage, selector, matching }: Parameters): string {
  return `${usage} ${selector} ${matching}`;
}

export function isSameRecord(a: Omit<Association, 'from'>, b: Omit<Association, 'from'>): boolean {
  return a.usage === b.usage && a.selector === b.selector && a.matching === b.matching && equalOctets(a.data, b.data);
}

/** Equal records made one, with the sources of all; in the order of their RDATA (RFC 4034 section 6.3). */
export function recordSet(associations: readonly Association[]): Association[] {
  const set = new Map<string, { rdata: Octets; association: Association }>();
  for (const association of associations) {
    const rdata = toTlsaRData(association);
    const key = hex(rdata);
    const before = set.get(key)?.association.from ?? [];
    const added = association.from.filter((source) => !before.some((other) => isSameSource(source, other)));
    set.set(key, { rdata, association: { ...association, from: [...before, ...added] } });
  }
  return [...set.values()].sort((a, b) => compareOctets(a.rdata, b.rdata)).map(({ association }) => association);
}

function isSameSource(a: Source, b: Source): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
