/** The journal of a zone held against what it was kept with, before anything is decided by it. */
import { readMaster } from '../dns/master-reader.ts';
import type { Name } from '../dns/name.ts';
import { isAhead } from '../dns/serial.ts';
import { Type } from '../dns/type.ts';
import type { Zone } from '../dns/zone.ts';
import { keyLabel } from '../dnssec/algorithm.ts';
import { builtZone } from '../journal/built-zone.ts';
import type { Journal, KeyRecord } from '../journal/journal.ts';
import { doubtOf, type Published, reportDoubt, restarted, restartedKeys, unknownDigest } from '../journal/trust.ts';
import type { ZoneKey } from '../keys/key.ts';
import type { KeySet } from '../keys/key-set.ts';
import { hex, type Octets } from '../text/octets.ts';
import { newReport, type Report } from '../text/problem.ts';
import { withAuthorised } from './authorised-keys.ts';
import { keysAnew } from './keys-anew.ts';
import { serialOf } from './sign-zone.ts';

export interface Kept {
  readonly zone: Name;
  /** Undefined: there is no file. */
  readonly journal: Journal | undefined;
  readonly keys: KeySet;
  /** The last verified zone file as it stands on the disk; undefined where there is none. */
  readonly lastOctets: Octets | undefined;
  /** The output that was put out last: it may be newer than a state that was restored whole. */
  readonly outputOctets: Octets | undefined;
  /** The last verified zone as columns: read only where the journal is not believed. */
  readonly last: () => Zone | undefined;
  readonly serialPolicy: NonNullable<Journal['serial']>['policy'];
  /** Of the journal, as messages name it. */
  readonly file: string;
  /** Keys as their files say; undefined: no policy says how they go on. */
  /** DNSKEY RDATA of another provider, hexadecimal: they stand in the zone and are nobody's here. */
  readonly foreign?: readonly string[];
  readonly adopt?: (journal: Journal, keys: readonly ZoneKey[]) => readonly KeyRecord[];
}

/** The journal to go by: the one that was read, or, with a warning, one whose clocks all start anew. */
export function trustedJournal(kept: Kept, now: number, to: Report): Journal | undefined {
  const { zone, journal, keys, lastOctets, outputOctets, last, serialPolicy, file } = kept;
  const inState = lastOctets && publishedFacts(lastOctets, zone);
  const putOut = outputOctets && publishedFacts(outputOctets, zone);
  const isNewer = putOut !== undefined && inState !== undefined && isAhead(putOut.serial, inState.serial);
  const doubt = doubtOf(journal, { published: isNewer ? putOut : inState, stateChanged: stateChanged(keys) });
  if (doubt === undefined) return journal;
  const whole = (isNewer ? wholeOf(outputOctets, zone) : undefined) ?? last();
  const how = { serialPolicy, contentDigest: unknownDigest, parentDs: whole === undefined ? [] : cdsOf(whole) };
  const after = restarted(journal, zone, whole && builtZone(whole, how, now), now);
  const { adopt } = kept;
  const anew =
    adopt && keysAnew(keys, journal?.keys ?? [], after, (known) => adopt(after, known), kept.foreign ?? [], now);
  const taken = anew?.unheardOf ?? [];
  const labels = taken.map(({ algorithm, tag }) => keyLabel(algorithm, tag));
  reportDoubt(doubt, { zone, keys: labels }, file, to);
  if (anew === undefined) return after;
  const { overrides } = withAuthorised(after, taken, 'taken over with a new journal', now);
  return { ...after, overrides, keys: restartedKeys(anew.led, after, now) };
}

function wholeOf(octets: Octets | undefined, apex: Name): Zone | undefined {
  const problems = newReport();
  const zone = octets && readMaster({ file: 'the last output', octets, apex }, problems);
  return problems.hasErrors ? undefined : zone;
}

/** From the records of the apex, which a file of danezone has first: the rest of a large zone is not read for this. */
function publishedFacts(octets: Octets, apex: Name): Published | undefined {
  const head = readMaster({ file: 'last.zone', octets: apexLines(octets, apex), apex }, newReport());
  const serial = head && serialOf(head);
  return head && serial !== undefined ? { serial, dnskeys: recordsOf(head, Type.DNSKEY) } : undefined;
}

function apexLines(octets: Octets, apex: Name): Octets {
  const owner = Buffer.from(`${apex}\t`);
  let end = 0;
  while (end < octets.length && Buffer.compare(octets.subarray(end, end + owner.length), owner) === 0) {
    const next = octets.indexOf(0x0a, end);
    end = next < 0 ? octets.length : next + 1;
  }
  return end === 0 ? octets : octets.subarray(0, end);
}

function recordsOf(zone: Zone, type: number): readonly string[] {
  const row = zone.row(0, type);
  return row < 0 ? [] : zone.rdataOf(row).map(hex);
}

/** What the parent was asked for, where the zone says it (RFC 7344); the delete form (RFC 8078 section 4) asks for none. */
function cdsOf(zone: Zone): readonly string[] {
  return recordsOf(zone, Type.CDS).filter((record) => record !== '0000000000');
}

function stateChanged(keys: KeySet): number | undefined {
  const times = keys.keys.flatMap((key) => {
    const state = keys.stateOf(key);
    const entries = [state?.dnskey, state?.zoneSignatures, state?.keySignatures, state?.ds];
    return entries.flatMap((entry) => entry?.changed ?? []);
  });
  return times.length === 0 ? undefined : Math.max(...times);
}
