/**
 * Verifies a signed zone as a whole, whoever signed it: signatures, chains of denial, the way from the parent's DS set to the keys,
 * ZONEMD, CDS. It is the second writing of RFC 4034, 4035, 5155, 6840, 8976, 9077 and 9276 here and shares nothing with the
 * stage that signs but names, codecs, hashes and digests.
 *
 * A zone is *secure* when no error was found. Faults go to the report, each with the line of its record; of each rule the first
 * ones in full, then a count.
 */
import type { VerifyingEngine } from '../crypto/verify-signature.ts';
import type { Name } from '../dns/name.ts';
import { decode } from '../dns/rdata/index.ts';
import { Type } from '../dns/type.ts';
import { Role, type Zone } from '../dns/zone.ts';
import { type Executor, rangesOf } from '../parallel/executor.ts';
import type { Octets } from '../text/octets.ts';
import type { Report } from '../text/problem.ts';
import { checkCds } from './cds.ts';
import { chainsToHash, checkDenial, type ExpectedDenial } from './denial.ts';
import { Findings } from './findings.ts';
import { type VerifyPart, type VerifyShared, verifyJob } from './job.ts';
import { algorithmsOf, checkKeyPlaces, type PublishedKey, publishedKeys } from './published-keys.ts';
import { rules } from './rules.ts';
import { checkSerial } from './serial.ts';
import { type Checked, mergeRows, noRows, saySignatures } from './signatures.ts';
import { checkParent, checkSelfSigned, sayUnsignedUnderDs } from './trust.ts';
import { checkZonemd, type ZoneHash, zoneHashesOf } from './zone-digest.ts';

export interface VerifyOptions {
  /** Unix seconds at which signatures must be valid. */
  readonly at: number;
  /** The parent's DS set, or a trust anchor: DS RDATA. Absent or empty: the zone's own SEP keys are believed. */
  readonly ds?: readonly Octets[];
  /** The zone is signed by us: what is only a warning in zones of others may be an error. */
  readonly own: boolean;
  /** Seconds that clocks may differ; 0 if absent. */
  readonly skew?: number;
  /** `node` if absent. */
  readonly engine?: VerifyingEngine;
  /** A signature with less than this many seconds left should have been renewed; absent: not looked at. */
  readonly refresh?: number;
  /** What the zone's policy asks for; absent: any kind. */
  readonly expectDenial?: ExpectedDenial;
  /** Algorithms that are being introduced or withdrawn: their signatures may stand without a DNSKEY. */
  readonly ahead?: readonly number[];
  /** The zone is meant to be unsigned: that it is, is no fault. */
  readonly unsigned?: boolean;
  /** What is served now, of the same name: other content needs a serial ahead of its own. */
  readonly previous?: Zone;
}

export interface Counts {
  /** Names with records. */
  readonly names: number;
  /** RRsets, signatures and denial records left out. */
  readonly rrsets: number;
  readonly records: number;
  /** RRSIG records. */
  readonly signatures: number;
  readonly nsec: number;
  readonly nsec3: number;
  readonly delegations: number;
  readonly signedDelegations: number;
}

export interface KeyDuty {
  readonly tag: number;
  readonly algorithm: number;
  readonly flags: number;
  /** What the key signs: the DNSKEY RRset (ksk), other RRsets (zsk), both (csk), nothing that verifies (none). */
  readonly duty: 'ksk' | 'zsk' | 'csk' | 'none';
}

export interface Verdict {
  /** Signed, and without any error. */
  readonly secure: boolean;
  readonly zone: Name;
  /** Of the SOA record; undefined without one. */
  readonly serial: number | undefined;
  readonly counts: Counts;
  /** When the first good signature expires, Unix seconds; undefined without any. */
  readonly firstExpiry: number | undefined;
  readonly keys: readonly KeyDuty[];
}

/** Rows and names that one part takes: some tenths of a second of work. */
const rowsPerPart = 2048;
const namesPerPart = 8192;

export async function verifyZone(
  zone: Zone,
  options: VerifyOptions,
  report: Report,
  executor: Executor,
): Promise<Verdict> {
  const findings = new Findings(report, zone);
  const ds = options.ds ?? [];
  const soa = zone.row(0, Type.SOA);
  const soas = soa < 0 ? [] : zone.rdataOf(soa);
  const serial = soas.length === 0 ? undefined : decode('SOA', soas[0]).serial;
  if (soas.length !== 1) {
    const record = soa < 0 ? -1 : zone.columns.recordStart[soa];
    findings.say(rules['zone/one-soa'], record, { zone: zone.apex, count: soas.length });
  }
  const isSigned = zone.row(0, Type.DNSKEY) >= 0;
  if (!isSigned && ds.length > 0) sayUnsignedUnderDs(zone, ds, findings);
  else if (!isSigned && !options.unsigned) findings.say(rules['sign/unsigned'], -1, { zone: zone.apex });

  checkKeyPlaces(zone, findings);
  const keys = publishedKeys(zone, options.own, findings);
  const algorithms = algorithmsOf(keys);
  const chains = isSigned ? chainsToHash(zone, findings) : [];
  const shared: VerifyShared = {
    columns: zone.columns,
    keys: keys.map(({ tag, algorithm, publicKey, revoked, usable }) => ({
      tag,
      algorithm,
      publicKey,
      revoked,
      usable,
    })),
    algorithms,
    at: options.at,
    skew: options.skew ?? 0,
    refresh: options.refresh ?? Number.NEGATIVE_INFINITY,
    engine: options.engine ?? 'node',
    hashTasks: chains.map(({ salt, iterations, hashes }) => ({ salt, iterations, hashes })),
  };
  const parts: VerifyPart[] = zoneHashesOf(zone).map((hash) => ({ kind: 'digest', hash }));
  for (const task of chains.keys()) {
    for (const range of rangesOf(zone.nameCount, namesPerPart)) parts.push({ kind: 'hashes', task, ...range });
  }
  if (isSigned) for (const range of rangesOf(zone.rowCount, rowsPerPart)) parts.push({ kind: 'rows', ...range });

  const digests = new Map<ZoneHash, Octets>();
  const checked: Checked = noRows(keys.length);
  for await (const result of executor.map(verifyJob, shared, parts)) {
    if (result.kind === 'rows') mergeRows(checked, result.rows);
    else if (result.kind === 'digest') digests.set(result.hash, result.digest);
  }

  if (isSigned) {
    const signers = saySignatures(zone, keys, algorithms, checked, options, findings);
    const trusted =
      ds.length > 0 ? checkParent(zone, ds, keys, signers, findings) : checkSelfSigned(zone, keys, signers, findings);
    sayCdsSigners(zone, keys, trusted, checked, findings);
    checkDenial(zone, chains, { own: options.own, expected: options.expectDenial, algorithms }, findings);
    checkCds(zone, keys, findings);
  }
  if (options.previous !== undefined) checkSerial(zone, options.previous, findings);
  if (serial !== undefined) checkZonemd(zone, serial, digests, findings);
  findings.finish();
  return {
    secure: isSigned && !findings.hasErrors,
    zone: zone.apex,
    serial,
    counts: countsOf(zone),
    firstExpiry: Number.isFinite(checked.firstExpiry) ? checked.firstExpiry : undefined,
    keys: dutiesOf(keys, checked),
  };
}

/** CDS and CDNSKEY need a signature by a key that the parent trusts, or would (RFC 7344 section 4.1). */
function sayCdsSigners(
  zone: Zone,
  keys: readonly PublishedKey[],
  trusted: ReadonlySet<number>,
  checked: Checked,
  findings: Findings,
): void {
  for (const type of ['CDS', 'CDNSKEY'] as const) {
    const row = zone.row(0, Type[type]);
    if (row < 0 || trusted.size === 0 || checked.faultyRows.has(row)) continue;
    if (checked.keySets.some((signer) => signer.type === Type[type] && trusted.has(signer.key))) continue;
    const expected = `a key that the parent trusts: ${[...trusted].map((i) => keys[i].tag).join(', ')}`;
    const facts = { owner: zone.apex, type, expected };
    findings.say(rules['sign/cds-not-signed-by-ksk'], zone.columns.recordStart[row], facts);
  }
}

function countsOf({ columns }: Zone): Counts {
  const { role, rrsetStart, type, recordStart } = columns;
  const counts = {
    names: 0,
    rrsets: 0,
    records: 0,
    signatures: 0,
    nsec: 0,
    nsec3: 0,
    delegations: 0,
    signedDelegations: 0,
  };
  for (let id = 0; id < role.length; id++) {
    let ownsData = false;
    for (let row = rrsetStart[id]; row < rrsetStart[id + 1]; row++) {
      const records = recordStart[row + 1] - recordStart[row];
      counts.records += records;
      if (type[row] === Type.RRSIG) counts.signatures += records;
      else if (type[row] === Type.NSEC) counts.nsec += records;
      else if (type[row] === Type.NSEC3) counts.nsec3 += records;
      else {
        counts.rrsets++;
        ownsData = true;
        if (role[id] === Role.cut && type[row] === Type.DS) counts.signedDelegations++;
      }
    }
    if (ownsData) counts.names++;
    if (role[id] === Role.cut) counts.delegations++;
  }
  return counts;
}

function dutiesOf(keys: readonly PublishedKey[], checked: Checked): KeyDuty[] {
  return keys.map(({ tag, algorithm, flags }, i) => {
    const isKsk = checked.keySets.some(({ type, key }) => type === Type.DNSKEY && key === i);
    const isZsk = checked.byKey[i] > 0;
    return { tag, algorithm, flags, duty: isKsk && isZsk ? 'csk' : isKsk ? 'ksk' : isZsk ? 'zsk' : 'none' };
  });
}
