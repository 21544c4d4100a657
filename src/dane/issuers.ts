/**
 * Issuer catalogues: the keys from which an authority issues, issued, or may issue from one day to the next. From them come sets
 * of DANE-TA records that a change of issuer does not break, and the names of keys in messages. Data with a date: the built-in
 * catalogue is of the day when danezone was made, and a repository may declare its own (docs/issuers.md).
 */

import { sha256, sha512 } from '../crypto/digest.ts';
import { fromHex, hex } from '../text/octets.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Association } from './association.ts';
import { letsencrypt } from './issuer-data.ts';

/**
 * active: issues now. backup: may issue from one day to the next. retired: issues no more. cross-sign only: a root that servers
 * show only in a certificate that another root signed.
 */
export type IssuerStatus = 'active' | 'backup' | 'retired' | 'cross-sign only';

/** One certificate for the key of an issuer; cross-signed keys have several. */
export interface IssuerCertificate {
  readonly name: string;
  /** Common name of who signed it; its own for a self-signed one. */
  readonly signedBy: string;
  /** Days in UTC, `YYYY-MM-DD`. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly isRevoked: boolean;
  readonly sha256: string;
  readonly sha512: string;
  /** Where it was found: a path in `source` of the catalogue, or a file. */
  readonly source: string;
}

export interface IssuerKey {
  /** root: there is a self-signed certificate. issuer: it signs for servers. */
  readonly role: 'issuer' | 'root';
  readonly status: IssuerStatus;
  /** `ECDSA P-384`. */
  readonly algorithm: string;
  /** Of the SubjectPublicKeyInfo. */
  readonly sha256: string;
  readonly sha512: string;
  /** At least one. */
  readonly certificates: readonly IssuerCertificate[];
}

export interface IssuerCatalogue {
  readonly name: string;
  /** When the authority's own list was read, `YYYY-MM-DD`. */
  readonly asOf?: string;
  readonly source?: string;
  readonly keys: readonly IssuerKey[];
}

/** Catalogues by name. */
export type Catalogues = ReadonlyMap<string, IssuerCatalogue>;

export const builtInCatalogues: Catalogues = new Map([[letsencrypt.name, letsencrypt]]);

/** `ISRG Root X1`; two names where a key was certified under both. */
export function keyName({ certificates }: IssuerKey): string {
  return [...new Set(certificates.map(({ name }) => name))].join(' and ');
}

/** What the catalogue knows of the end of a retired key: `its last certificate expired 2021-09-30`. */
export function retiredText({ certificates }: IssuerKey, { asOf }: IssuerCatalogue): string {
  const last = certificates.reduce((latest, { notAfter }) => (notAfter > latest ? notAfter : latest), '');
  if (asOf === undefined) return `its last certificate ends ${last}`;
  return last < asOf ? `its last certificate expired ${last}` : `listed as retired on ${asOf}`;
}

/** Certificates and next keys of a service, as far as issuers are chosen by them. */
export interface Served {
  /** Leaf first. */
  readonly chain: readonly Certificate[];
  readonly next?: { readonly chain: readonly Certificate[] };
}

/**
 * The keys from which the next certificate of a service may come: every active and backup issuer of the algorithms of its
 * certificates, and whoever issued the present one, retired or not. An algorithm for which the catalogue has no issuer may be
 * certified by each of them. Without certificates: all.
 */
export function possibleIssuers({ keys }: IssuerCatalogue, served: readonly Served[]): IssuerKey[] {
  const able = keys.filter(({ role, status }) => role === 'issuer' && (status === 'active' || status === 'backup'));
  if (served.length === 0) return able;
  const chains = served.flatMap(({ chain, next }) => (next === undefined ? [chain] : [chain, next.chain]));
  const present = chains.flatMap(([, ...issuers]) => issuersAmong(issuers, keys));
  const kinds = new Set(present.map(kindOf));
  for (const [leaf] of chains) {
    if (leaf === undefined) continue;
    const same = able.filter((key) => kindOf(key) === leaf.key.kind);
    for (const key of same.length > 0 ? same : able) kinds.add(kindOf(key));
  }
  return keys.filter((key) => (able.includes(key) && kinds.has(kindOf(key))) || present.includes(key));
}

/** The kind of a key without its size or curve: what a certificate authority divides its issuers by. */
function kindOf({ algorithm }: IssuerKey): string {
  return algorithm.split(' ')[0];
}

/** The keys of role `issuer` that certificates have. */
function issuersAmong(certificates: readonly Certificate[], keys: readonly IssuerKey[]): IssuerKey[] {
  return certificates.flatMap((certificate) => {
    const digest = hex(sha256(certificate.spki));
    return keys.filter((key) => key.role === 'issuer' && key.sha256 === digest);
  });
}

/** One DANE-TA SPKI SHA2-256 record for each key: a key outlives its certificates and cross-signatures. */
export function issuerAssociations(catalogue: IssuerCatalogue, served: readonly Served[]): Association[] {
  return possibleIssuers(catalogue, served).map((key) => ({
    usage: 'DANE-TA',
    selector: 'SPKI',
    matching: 'SHA2-256',
    data: fromHex(key.sha256) ?? new Uint8Array(0),
    from: [{ kind: 'issuers', catalogue: catalogue.name, issuer: keyName(key) }],
  }));
}

/** What a record or a certificate is in a catalogue. */
export interface Listed {
  readonly catalogue: IssuerCatalogue;
  readonly key: IssuerKey;
  /** Where the record is of a whole certificate. */
  readonly certificate?: IssuerCertificate;
}

/** `the public key (SPKI) of R3, a retired issuer of letsencrypt (its last certificate expired 2025-09-15)`. */
export function listedText({ catalogue, key, certificate }: Listed): string {
  const what = certificate === undefined ? 'the public key (SPKI)' : 'the certificate';
  const by =
    certificate === undefined || certificate.signedBy === certificate.name ? '' : ` by ${certificate.signedBy}`;
  const name = certificate?.name ?? keyName(key);
  if (key.status === 'retired') {
    return `${what} of ${name}${by}, a retired ${key.role} of ${catalogue.name} (${retiredText(key, catalogue)})`;
  }
  const status = key.role === 'root' ? 'a root' : key.status === 'active' ? 'an active issuer' : 'a backup issuer';
  return `${what} of ${name}${by}, ${status} of ${catalogue.name}`;
}

/** The built-in catalogue that lists a certificate's key among its issuers. */
export function catalogueOf(certificate: Certificate): IssuerCatalogue | undefined {
  const found = listedByDigest(hex(sha256(certificate.spki)), builtInCatalogues);
  return found?.key.role === 'issuer' ? found.catalogue : undefined;
}

/** What the data of a record are the digest, or the whole, of; its usage and selector left aside. */
export function listed({ matching, data }: Omit<Association, 'from'>, catalogues: Catalogues): Listed | undefined {
  if (matching !== 'Full') return listedByDigest(hex(data), catalogues);
  return listedByDigest(hex(sha512(data)), catalogues);
}

function listedByDigest(digest: string, catalogues: Catalogues): Listed | undefined {
  for (const catalogue of catalogues.values()) {
    const found = digestsOf(catalogue).get(digest);
    if (found !== undefined) return found;
  }
  return undefined;
}

const indexes = new WeakMap<IssuerCatalogue, ReadonlyMap<string, Listed>>();

function digestsOf(catalogue: IssuerCatalogue): ReadonlyMap<string, Listed> {
  const known = indexes.get(catalogue);
  if (known !== undefined) return known;
  const index = new Map<string, Listed>();
  for (const key of catalogue.keys) {
    for (const certificate of key.certificates) {
      for (const digest of [certificate.sha256, certificate.sha512]) index.set(digest, { catalogue, key, certificate });
    }
    for (const digest of [key.sha256, key.sha512]) index.set(digest, { catalogue, key });
  }
  indexes.set(catalogue, index);
  return index;
}
