/** DS records from a file: what a parent publishes, what a registrar shows, or trust anchors. */
import { type MasterInput, readMaster } from '../dns/master-reader.ts';
import { type Name, nameToWire, root } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { dsDigest } from '../dnssec/ds.ts';
import { keyTag } from '../dnssec/key-tag.ts';
import { concatOctets, type Octets } from '../text/octets.ts';
import type { Report } from '../text/problem.ts';

/** DS RDATA by zone. Lines without an owner stand under `unnamed`: they are for whatever zone is verified. */
export interface TrustAnchors {
  readonly byZone: ReadonlyMap<Name, readonly Octets[]>;
  readonly unnamed: readonly Octets[];
}

/** A line with the four fields of a DS and nothing before them. */
const bare = /^[ \t]*[0-9]{1,5}[ \t]+[0-9A-Za-z-]+[ \t]+[0-9]{1,3}[ \t]+[0-9A-Fa-f]/;
/** Stands for the owner that such a line does not have; it cannot be a zone's name in a file, where names have no empty label. */
const placeholder = 'bare-ds.invalid.';
const sha256 = 2;

/**
 * Reads DS records, as master-file lines (as dnssec-dsfromkey and dsset files have them) or as bare `tag algorithm type digest`.
 * DNSKEY records are taken too, as the DS (SHA-256) that they would have. What cannot be read is reported, at its line.
 */
export function readTrustAnchors({ file, octets }: Pick<MasterInput, 'file' | 'octets'>, report: Report): TrustAnchors {
  const text = Buffer.from(octets)
    .toString('latin1')
    .split('\n')
    .map((line) => (bare.test(line) ? `${placeholder} 0 IN DS ${line}` : line))
    .join('\n');
  const byZone = new Map<Name, Octets[]>();
  // Every name is at or below the root, so that nothing is out of zone.
  const input = { file, octets: Buffer.from(text, 'latin1'), apex: root, origin: root, defaultTtl: 0 };
  const zone = readMaster(input, report);
  for (let row = 0; zone !== undefined && row < zone.rowCount; row++) {
    const type = zone.columns.type[row];
    if (type !== Type.DS && type !== Type.DNSKEY) continue;
    const owner = zone.name(zone.columns.owner[row]);
    const found = zone.rdataOf(row).map((rdata) => (type === Type.DS ? Uint8Array.from(rdata) : dsOfKey(owner, rdata)));
    byZone.set(owner, [...(byZone.get(owner) ?? []), ...found]);
  }
  const unnamed = byZone.get(placeholder as Name) ?? [];
  byZone.delete(placeholder as Name);
  return { byZone, unnamed };
}

function dsOfKey(owner: Name, dnskey: Octets): Octets {
  const tag = keyTag(dnskey);
  const head = Uint8Array.of(tag >>> 8, tag & 0xff, dnskey[3], sha256);
  return concatOctets([head, dsDigest(nameToWire(owner), dnskey, sha256)]);
}

/** The DS set of a zone; empty where the file has none for it. */
export function anchorsOf({ byZone, unnamed }: TrustAnchors, zone: Name): Octets[] {
  return [...(byZone.get(zone) ?? []), ...unnamed];
}
