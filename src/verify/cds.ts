/** CDS and CDNSKEY at the apex: what they ask of the parent (RFC 7344 section 4, RFC 8078 section 4). */
import { Type } from '../dns/type.ts';
import type { Zone } from '../dns/zone.ts';
import { digestTypeOf, dsDigest } from '../dnssec/ds.ts';
import { keyTag } from '../dnssec/key-tag.ts';
import { equalOctets, type Octets } from '../text/octets.ts';
import type { Findings } from './findings.ts';
import type { PublishedKey } from './published-keys.ts';
import { rules } from './rules.ts';

const deleteCds = Uint8Array.of(0, 0, 0, 0, 0);
const deleteCdnskey = Uint8Array.of(0, 0, 3, 0, 0);

/** Where the algorithm stands; 0 asks for deletion. */
const cdsAlgorithm = (rdata: Octets) => rdata[2];
const cdnskeyAlgorithm = (rdata: Octets) => rdata[3];

interface KeySet {
  readonly type: 'CDS' | 'CDNSKEY';
  /** The first record, or -1. */
  readonly record: number;
  readonly rdatas: readonly Octets[];
  readonly isDelete: (rdata: Octets) => boolean;
  readonly deletion: Octets;
}

export function checkCds(zone: Zone, keys: readonly PublishedKey[], findings: Findings): void {
  const cds = keySet(zone, 'CDS');
  const cdnskey = keySet(zone, 'CDNSKEY');
  const sets = [cds, cdnskey].filter((set) => set.rdatas.length > 0);
  if (sets.length === 0) return;
  const deleting = sets.filter((set) => set.rdatas.some(set.isDelete));
  if (deleting.length > 0) {
    checkDeletion(sets, deleting, findings);
    return;
  }
  checkPublished(zone, cds, cdnskey, keys, findings);
  if (sets.length === 2) checkAgreement(zone, cds, cdnskey, findings);
}

function keySet(zone: Zone, type: 'CDS' | 'CDNSKEY'): KeySet {
  const row = zone.row(0, Type[type]);
  const algorithm = type === 'CDS' ? cdsAlgorithm : cdnskeyAlgorithm;
  return {
    type,
    record: row < 0 ? -1 : zone.columns.recordStart[row],
    rdatas: row < 0 ? [] : zone.rdataOf(row),
    isDelete: (rdata) => algorithm(rdata) === 0,
    deletion: type === 'CDS' ? deleteCds : deleteCdnskey,
  };
}

function checkDeletion(sets: readonly KeySet[], deleting: readonly KeySet[], findings: Findings): void {
  for (const { type, record, rdatas, deletion } of deleting) {
    if (rdatas.length > 1) {
      const what = `the request to delete stands beside ${rdatas.length - 1} other ${type} records, expected alone`;
      findings.say(rules['cds/delete-mixed'], record, { what });
    } else if (!equalOctets(rdatas[0], deletion)) {
      const expected = type === 'CDS' ? '0 0 0 00' : '0 3 0 AA==';
      const what = `${type} has algorithm 0, which asks for deletion, but is not ${expected}`;
      findings.say(rules['cds/delete-mixed'], record, { what });
    }
  }
  const other = sets.find((set) => !deleting.includes(set));
  if (other === undefined) return;
  const what = `${deleting[0].type} asks to delete the DS, ${other.type} names keys`;
  findings.say(rules['cds/delete-mixed'], other.record, { what });
}

function isDsOf(cds: Octets, dnskey: Octets, zone: Zone): boolean {
  return (
    digestTypeOf(cds[3])?.digest !== undefined &&
    cdsAlgorithm(cds) === dnskey[3] &&
    equalOctets(dsDigest(zone.nameWire(0), dnskey, cds[3]), cds.subarray(4))
  );
}

const label = (rdata: Octets) => `CDS ${(rdata[0] << 8) | rdata[1]} ${rdata[2]} ${rdata[3]}`;

/**
 * A record may announce a key that is not published yet (a stand-by key), but not contradict one that is; and one at least must
 * match, so that the parent keeps a chain.
 */
function checkPublished(
  zone: Zone,
  cds: KeySet,
  cdnskey: KeySet,
  keys: readonly PublishedKey[],
  findings: Findings,
): void {
  let isFaulty = false;
  let matching = 0;
  for (const [i, rdata] of cds.rdatas.entries()) {
    if (keys.some((key) => isDsOf(rdata, key.rdata, zone))) matching++;
    else if (
      digestTypeOf(rdata[3])?.digest !== undefined &&
      keys.some((key) => key.tag === ((rdata[0] << 8) | rdata[1]) && key.algorithm === cdsAlgorithm(rdata))
    ) {
      const what = `the digest in ${label(rdata)} is not that of the DNSKEY with this tag`;
      findings.say(rules['cds/differs'], cds.record + i, { what });
      isFaulty = true;
    }
  }
  for (const rdata of cdnskey.rdatas) if (keys.some((key) => equalOctets(key.rdata, rdata))) matching++;
  if (matching === 0 && !isFaulty) {
    const what = `no ${cds.rdatas.length > 0 ? 'CDS' : 'CDNSKEY'} record is of a key in the DNSKEY RRset`;
    findings.say(rules['cds/differs'], Math.max(cds.record, cdnskey.record), { what });
  }
}

/** The same keys in both, and for each key the same digest types. */
function checkAgreement(zone: Zone, cds: KeySet, cdnskey: KeySet, findings: Findings): void {
  const types = [...new Set(cds.rdatas.map((rdata) => rdata[3]))].filter(
    (type) => digestTypeOf(type)?.digest !== undefined,
  );
  for (const [i, rdata] of cds.rdatas.entries()) {
    if (digestTypeOf(rdata[3])?.digest === undefined || cdnskey.rdatas.some((key) => isDsOf(rdata, key, zone)))
      continue;
    // A wrong digest of a published key was named already.
    if (findings.total(rules['cds/differs']) > 0) continue;
    findings.say(rules['cds/differs'], cds.record + i, { what: `${label(rdata)} is of no key in CDNSKEY` });
  }
  for (const [i, key] of cdnskey.rdatas.entries()) {
    const found = types.filter((type) => cds.rdatas.some((rdata) => rdata[3] === type && isDsOf(rdata, key, zone)));
    if (found.length === types.length || findings.total(rules['cds/differs']) > 0) continue;
    const what = `CDNSKEY has the key ${keyTag(key)}, CDS has ${found.length} of the ${types.length} digests expected for it`;
    findings.say(rules['cds/differs'], cdnskey.record + i, { what });
  }
}
