/**
 * Trust-anchor records that a change of issuer will break: authorities issue from several keys and change between them without
 * notice, and a record of one key matches nothing then (RFC 7671 section 5.2).
 */
import type { Host, Service } from '../describe/description.ts';
import { equalOctets } from '../text/octets.ts';
import { type Position, type Report, report } from '../text/problem.ts';
import { isAnchorUsage } from './acronym.ts';
import { type Association, associationData } from './association.ts';
import {
  type Catalogues,
  type IssuerCatalogue,
  type IssuerKey,
  keyName,
  type Listed,
  listed,
  possibleIssuers,
  retiredText,
} from './issuers.ts';
import type { LoadedCertificate } from './load-certificate.ts';
import type { PinFault } from './pin-fault.ts';
import { rules } from './rules.ts';

export interface PinQuestion {
  readonly host: Host;
  readonly service: Service;
  readonly associations: readonly Association[];
  readonly loaded: readonly LoadedCertificate[];
  readonly catalogues: Catalogues;
}

interface Pin extends Listed {
  readonly record: Association;
}

export function reportPins(question: PinQuestion, to: Report): void {
  const { host, associations, catalogues } = question;
  const pins = associations.flatMap((record): Pin[] => {
    const found = isAnchorUsage(record.usage) ? listed(record, catalogues) : undefined;
    return found === undefined ? [] : [{ ...found, record }];
  });
  const say = ({ record, catalogue, key }: Pin, fault: Fault) => {
    const facts = { issuer: keyName(key), catalogue: catalogue.name, ...fault };
    report(to, rules['dane/public-issuer-pin'], positionOf(record, question), facts, { subject: host.name });
  };
  for (const pin of pins) {
    if (isOfCatalogue(pin.record)) continue;
    const fault = faultOf(pin, question.loaded);
    if (fault !== undefined) say(pin, fault);
  }
  for (const catalogue of new Set(pins.map((pin) => pin.catalogue))) {
    const first = pins.find((pin) => pin.catalogue === catalogue && !isOfCatalogue(pin.record) && isAble(pin.key));
    const keys = new Set(pins.filter((pin) => pin.catalogue === catalogue).map(({ key }) => key));
    const missing = first === undefined ? undefined : missingOf(catalogue, keys, question.loaded);
    if (first !== undefined && missing !== undefined) say(first, missing);
  }
}

/** Each kind without what all have. */
type Fault = PinFault extends infer Each ? (Each extends unknown ? Omit<Each, 'issuer' | 'catalogue'> : never) : never;

/** A record that an `issuers:` request made belongs to a whole set. */
const isOfCatalogue = ({ from }: Association) => from.some(({ kind }) => kind === 'issuers');

const isAble = ({ role, status }: IssuerKey) => role === 'issuer' && (status === 'active' || status === 'backup');

/** What is wrong with one pin by itself. */
function faultOf({ record, catalogue, key }: Pin, loaded: readonly LoadedCertificate[]): Fault | undefined {
  if (key.status === 'retired') return { kind: 'retired', since: retiredText(key, catalogue) };
  const signers = signersOf(key, catalogue);
  if (record.selector === 'Cert' && signers.length > 1)
    return { kind: 'one-of-several-certificates', signedBy: signers };
  if (key.role !== 'root') return undefined;
  const shown = loaded.flatMap(({ chain }) => chain.slice(1)).filter((certificate) => isOf(record, certificate));
  if (shown.some(({ isSelfIssued }) => isSelfIssued)) return undefined;
  const signedBy = [...new Set(shown.map(({ issuer }) => issuer.commonName ?? issuer.text))];
  if (signedBy.length > 0) return { kind: 'cross-sign-only', signedBy };
  const others = signers.filter((name) => name !== keyName(key));
  return key.status === 'cross-sign only' ? { kind: 'cross-sign-only', signedBy: others } : undefined;
}

/** Who signed certificates for the key that may be shown: not those that were withdrawn, or over when the list was read. */
function signersOf({ certificates }: IssuerKey, { asOf = '' }: IssuerCatalogue): string[] {
  const inUse = certificates.filter(({ isRevoked, notAfter }) => !isRevoked && notAfter >= asOf);
  return [...new Set(inUse.map(({ signedBy }) => signedBy))];
}

function isOf(record: Association, certificate: LoadedCertificate['chain'][number]): boolean {
  const data = associationData(record, certificate);
  return data !== undefined && equalOctets(data, record.data);
}

/** The issuers from which the next certificate may come and that no record pins. */
function missingOf(
  catalogue: IssuerCatalogue,
  pinned: ReadonlySet<IssuerKey>,
  loaded: readonly LoadedCertificate[],
): Fault | undefined {
  const able = possibleIssuers(catalogue, loaded).filter(isAble);
  const missing = able.filter((key) => !pinned.has(key));
  if (missing.length === 0) return undefined;
  const names = missing.map(keyName);
  if (able.length - missing.length === 1) return { kind: 'single', missing: names };
  const isBackup = missing.every(({ status }) => status === 'backup');
  return { kind: isBackup ? 'backup-missing' : 'some-missing', missing: names };
}

/** Where the record is asked for. */
function positionOf(record: Association, { host, service }: PinQuestion): Position {
  const literal = record.from.find((source) => source.kind === 'literal');
  if (literal?.kind === 'literal') return literal.at;
  const { usage, selector, matching } = record;
  const asked = host.tlsa.find(
    (request) =>
      request.kind === 'association' &&
      request.usage === usage &&
      request.selector === selector &&
      request.matching === matching,
  );
  return asked?.at ?? service.at;
}
