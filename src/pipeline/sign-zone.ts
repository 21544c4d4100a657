/** One zone from unsigned columns to proven bytes on the stage: sign → stage → verify. */

import { sha256 } from '../crypto/digest.ts';
import { OctetWriter } from '../dns/fields.ts';
import { writeRecord, writeRows } from '../dns/master-writer.ts';
import { decode, encode } from '../dns/rdata/index.ts';
import { isAhead } from '../dns/serial.ts';
import { Type } from '../dns/type.ts';
import type { Zone } from '../dns/zone.ts';
import { type DsRow, dsRows } from '../export/ds-forms.ts';
import type { StagedFile, Transaction } from '../host/transaction.ts';
import { keySetClocks, type Planned } from '../journal/held.ts';
import { keyId } from '../journal/journal.ts';
import type { ZoneKey } from '../keys/key.ts';
import type { Executor } from '../parallel/executor.ts';
import type { KeyDuties } from '../rollover/duties.ts';
import { reportUnsignable } from '../sign/rules.ts';
import { type SigningInput, signZone } from '../sign/sign.ts';
import { FaultySignature } from '../signers/index.ts';
import type { SignerSpec } from '../signers/signer.ts';
import { compareOctets, hex, type Octets } from '../text/octets.ts';
import { newReport, type Problem, report } from '../text/problem.ts';
import { type Proven, proveFile } from '../verify/proven.ts';
import { rules as verifyRules } from '../verify/rules.ts';
import { digestsOf } from './digests-of.ts';
import { nextSerial } from './serial.ts';
import type { Settings } from './settings-file.ts';
import type { ZoneState } from './zone-state.ts';

export interface SigningRun {
  readonly tx: Transaction;
  readonly executor: Executor;
  /** Unix seconds. */
  readonly now: number;
  readonly engine: 'node' | 'noble';
  /** The output that is to be replaced; undefined where there is none, or where this run writes elsewhere. */
  readonly served?: {
    readonly serial: number;
    readonly sha256: string;
    /** Other content without a serial ahead of it is refused. */
    readonly mustBeFollowed: boolean;
  };
  /** The content is that of the last output, and so is the serial. */
  readonly keepsSerial?: boolean;
}

export interface ProvenZone {
  readonly proven: Proven;
  /** The bytes that were verified, read back from the stage. */
  readonly octets: Octets;
  readonly contentDigest: string;
  /** What the parent should have. */
  readonly ds: readonly DsRow[];
  /** Signatures that were made, and those that were taken over from the last output. */
  readonly signatures: number;
  readonly reused: number;
}

/**
 * Stages the signed zone at `target`. With problems nothing stays staged there. Signatures of the last output are taken over; should one of
 * them have been damaged on the disk, the zone is signed from nothing.
 */
export async function stageSigned(
  run: SigningRun,
  unsigned: Zone,
  state: ZoneState,
  settings: Settings,
  target: string,
  duties: KeyDuties = state.duties,
): Promise<ProvenZone | { readonly problems: readonly Problem[] }> {
  const { tx, executor, now, engine } = run;
  const { zone: apex, keys, journal } = state;
  const spec = (key: ZoneKey): SignerSpec => {
    const privateKey = keys.privateKeyOf(key);
    if (privateKey === undefined) throw new Error(`no private half of ${key.path}`);
    return { key, privateKey, engine };
  };
  const ds = dsRows(apex, duties.inParent, digestsOf(duties, settings), settings.dsTtl);
  const { cds, cdnskey } = settings.cds ? parentRequests(duties, ds) : { cds: [], cdnskey: [] };
  const signers = duties.signsDnskey.map((key) => keyId(key.algorithm, key.tag)).sort();
  const planned = (type: number, records: readonly Octets[]): Planned[] =>
    records.length === 0
      ? []
      : [{ type, records: [...records].sort(compareOctets).map(hex), ttl: settings.dnskeyTtl, signers }];
  const clocks = keySetClocks(
    journal,
    [
      ...planned(
        Type.DNSKEY,
        duties.published.map(({ rdata }) => rdata),
      ),
      ...planned(Type.CDS, cds),
      ...planned(Type.CDNSKEY, cdnskey),
    ],
    now,
  );
  const ahead = algorithmsWithoutKey(duties);
  const input: SigningInput = {
    zone: unsigned,
    published: duties.published,
    signsDnskey: duties.signsDnskey.map(spec),
    signsZone: duties.signsZone.map(spec),
    dnskeyTtl: settings.dnskeyTtl,
    cds,
    cdnskey,
    cdsTtl: settings.dnskeyTtl,
    denial: settings.denial,
    zonemd: settings.zonemd,
    windows: {
      kind: 'ticks',
      now,
      validity: settings.validity,
      refresh: settings.refresh,
      dnskeyValidity: settings.dnskeyValidity,
      tlsaValidity: settings.tlsaValidity,
      ...clocks,
    },
    serial: (digest) => serialFor(run, state, unsigned, settings, digest),
    // Every signature is verified below, from the staged bytes, by code that shares nothing with the signer; but not those of
    // an algorithm whose key is not in the zone.
    checkSignatures: ahead.length > 0 ? 'each' : 'none',
  };
  const unsignable = newReport();
  reportUnsignable(unsigned, settings.denial, unsignable);
  if (unsignable.hasErrors) return { problems: unsignable.problems };
  const expected = {
    refresh: settings.refresh,
    expectDenial: settings.denial,
    ds: ds.map(({ rdata }) => rdata),
    ahead,
  };
  const attempt = async (previous: Zone | undefined) => {
    const signed = signZone({ ...input, previous }, executor);
    const stage = tx.stage(target);
    try {
      for await (const chunk of signed.chunks()) stage.write(chunk);
    } catch (error) {
      stage.abandon();
      if (error instanceof FaultySignature) return { problems: [faulty(apex, error)] };
      throw error;
    }
    stage.close();
    const result = await prove(run, stage, target, apex, expected);
    if ('problems' in result) return result;
    const { contentDigest, signatures, reused } = signed.summary();
    return { ...result, contentDigest, ds, signatures, reused };
  };
  const last = state.last();
  const first = await attempt(last?.zone);
  return 'problems' in first && last !== undefined ? attempt(undefined) : first;
}

/** In an algorithm roll signatures come before their keys, and go after them (RFC 6781 section 4.1.4). */
function algorithmsWithoutKey({ signsZone, published }: KeyDuties): readonly number[] {
  const signing = new Set(signsZone.map(({ algorithm }) => algorithm));
  return [...signing].filter((algorithm) => !published.some((key) => key.algorithm === algorithm));
}

/** CDS and CDNSKEY (RFC 7344, 8078). */
function parentRequests(
  duties: KeyDuties,
  ds: readonly DsRow[],
): { cds: readonly Octets[]; cdnskey: readonly Octets[] } {
  return duties.parentSets ?? { cds: ds.map(({ rdata }) => rdata), cdnskey: duties.inParent.map(({ rdata }) => rdata) };
}

/** A signature that was wrong as soon as it was made: a fault of the machine, or of the program. */
function faulty(zone: Zone['apex'], { message }: FaultySignature): Problem {
  return { rule: 'sign/bad-signature', tier: 'error', message, subject: zone };
}

/** Stages a zone that is unsigned on purpose. */
export async function stageUnsigned(
  run: SigningRun,
  zone: Zone,
  state: ZoneState,
  serialPolicy: Settings['serial'],
  target: string,
): Promise<ProvenZone | { readonly problems: readonly Problem[] }> {
  const out = new OctetWriter(1 << 16);
  const soa = zone.row(0, Type.SOA);
  writeRows(zone.columns, 0, soa, out);
  writeRows(zone.columns, soa + 1, zone.rowCount, out);
  const body = out.copy();
  const { ttl, records } = zone.rrsetOf(soa);
  const fields = decode('SOA', records[0]);
  const { serial: _serial, ...timers } = fields;
  const contentDigest = hex(sha256(Buffer.concat([Buffer.from(JSON.stringify([ttl, timers])), body])));
  const serial = serialFor(run, state, zone, { serial: serialPolicy }, contentDigest);
  const stage = run.tx.stage(target);
  stage.write(soaLine(zone, ttl, encode('SOA', { ...fields, serial })));
  stage.write(body);
  stage.close();
  const result = await prove(run, stage, target, zone.apex, { unsigned: true });
  return 'problems' in result ? result : { ...result, contentDigest, ds: [], signatures: 0, reused: 0 };
}

function soaLine(zone: Zone, ttl: number, rdata: Octets): Octets {
  const out = new OctetWriter();
  writeRecord(zone.nameWire(0), 0, ttl, Type.SOA, rdata, 0, rdata.length, out);
  return out.copy();
}

function serialFor(
  { now, served: output, keepsSerial }: SigningRun,
  state: ZoneState,
  unsigned: Zone,
  settings: Pick<Settings, 'serial'>,
  contentDigest: string,
): number {
  // Also where an older state was restored: secondaries have what was put out last.
  const floors = output === undefined ? [] : [output.serial];
  const adopted = serialOf(unsigned);
  if (keepsSerial === true && adopted !== undefined) return adopted;
  // Compose writes 0 where the description makes the SOA; an adopted or kept one brings its own.
  if (adopted !== undefined && adopted !== 0) floors.push(adopted);
  const served = state.last();
  if (served !== undefined) floors.push(serialOf(served.zone) ?? 0);
  const record = state.journal?.serial;
  const last = record === undefined ? undefined : { serial: record.last, contentDigest: record.contentDigest };
  return nextSerial({ policy: settings.serial, last, floors, now }, contentDigest);
}

/** The serial in a zone's SOA record. */
export function serialOf(zone: Zone): number | undefined {
  const row = zone.row(0, Type.SOA);
  return row < 0 ? undefined : decode('SOA', zone.rdataOf(row)[0]).serial;
}

interface Expectation {
  readonly unsigned?: boolean;
  readonly refresh?: number;
  readonly expectDenial?: Settings['denial'];
  readonly ds?: readonly Octets[];
  readonly ahead?: readonly number[];
}

async function prove(
  { tx, executor, now, engine, served }: SigningRun,
  stage: StagedFile,
  target: string,
  apex: Zone['apex'],
  expected: Expectation,
): Promise<{ proven: Proven; octets: Octets } | { problems: readonly Problem[] }> {
  const octets = tx.stagedRead(target);
  const problems = newReport();
  const proven = await proveFile(
    { file: target, octets, apex },
    { at: now, own: true, engine, ...expected },
    problems,
    executor,
  );
  if (proven !== undefined && served?.mustBeFollowed && served.sha256 !== proven.file) {
    const { serial } = proven;
    const facts = { serial, previous: served.serial };
    if (!isAhead(serial, served.serial)) report(problems, verifyRules['zone/serial-not-increased'], undefined, facts);
  }
  if (!problems.hasErrors && proven !== undefined && proven.file === stage.digest()) return { proven, octets };
  stage.abandon();
  return { problems: problems.problems.filter(({ tier }) => tier === 'error') };
}
