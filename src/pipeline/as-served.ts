/**
 * A zone whose journal is there and cannot be read (marks of a conflict, a newer form), as its last output has it. Nothing is known of caches, so
 * no key and no record moves; but the keys that sign what is served can sign it again, and an outage by signatures that run out is spared.
 */
import { Type } from '../dns/type.ts';
import type { Manifest } from '../export/manifest.ts';
import { builtZone } from '../journal/built-zone.ts';
import { currentVersion } from '../journal/held.ts';
import { type Journal, keyId, newJournal } from '../journal/journal.ts';
import { rules as journalRules } from '../journal/rules.ts';
import { unknownDigest } from '../journal/trust.ts';
import { withBuilt } from '../journal/with-built.ts';
import type { KeyDuties } from '../rollover/duties.ts';
import { keyWithoutFile } from '../rollover/engine-duties.ts';
import { fromHex, hex } from '../text/octets.ts';
import { type Problem, type Report, report } from '../text/problem.ts';
import type { RunOptions } from './build-zone.ts';
import { reportLacks } from './key-policy.ts';
import { dsOfManifest } from './manifest-ds.ts';
import { lastZoneFile, zoneOutput } from './places.ts';
import { rules } from './rules.ts';
import type { Settings } from './settings-file.ts';
import { type ProvenZone, type SigningRun, serialOf, stageSigned } from './sign-zone.ts';
import { contentOf, reportFailed, type ZoneOutcome } from './zone-outcome.ts';
import type { LastOutput, ZoneState } from './zone-state.ts';

const unreadRules: ReadonlySet<string> = new Set([
  journalRules['ops/journal-unreadable'].id,
  journalRules['ops/journal-newer'].id,
]);

/** Nothing else is wrong with the state of the zone. */
export const isJournalUnread = ({ errors }: ZoneState) =>
  errors.length > 0 && errors.every(({ rule }) => unreadRules.has(rule));

/**
 * The state with duties that follow from the last output alone; undefined where that was not signed, or by a clock that is ahead of `now`.
 * `before`: the manifest of the last build, which knows what the parent was asked for.
 */
function stateAsServed(state: ZoneState, before: Manifest | undefined, now: number): ZoneState | undefined {
  const last = state.last()?.zone;
  const settings = state.settings;
  if (last === undefined || settings === undefined) return undefined;
  const { zone } = state;
  const how = { serialPolicy: settings.serial, contentDigest: unknownDigest, parentDs: [] };
  const built = builtZone(last, how, now);
  // Its versions were built before, nobody knows when: no signature has to be newer than the ones that are there.
  const journal = withBuilt(newJournal(zone, 0), built, 0);
  const signers = {
    zone: built.content.signed,
    dnskey: currentVersion(journal, zone, Type.DNSKEY)?.signed,
  };
  if (signers.zone === undefined || signers.dnskey === undefined) return undefined;
  if (Math.max(signers.zone.inception, signers.dnskey.inception) > now) return undefined;
  const duties = dutiesAsServed(state, journal, [signers.zone.signers, signers.dnskey.signers], before);
  return { ...state, journal, rolled: undefined, duties, dutiesBefore: duties };
}

function dutiesAsServed(
  { zone, keys }: ZoneState,
  journal: Journal,
  [zoneSigners, keySigners]: readonly [readonly string[], readonly string[]],
  before: Manifest | undefined,
): KeyDuties {
  const records = (type: number) => currentVersion(journal, zone, type)?.records ?? [];
  const octets = (type: number) => records(type).flatMap((record) => fromHex(record) ?? []);
  const published = records(Type.DNSKEY).map(
    (rdata) => keys.keys.find((key) => hex(key.rdata) === rdata) ?? keyWithoutFile(journal, { rdata }),
  );
  // In an algorithm roll signatures come before the DNSKEY of their key, and go after it.
  const all = [...new Set([...published, ...keys.keys])];
  const having = (ids: readonly string[]) =>
    ids.flatMap((id) => all.find(({ algorithm, tag }) => keyId(algorithm, tag) === id) ?? []);
  const cds = octets(Type.CDS);
  const told = dsOfManifest(before, zone).rdata;
  const ds = told.length > 0 ? told : cds.filter(([, , algorithm]) => algorithm !== 0);
  const ofDs = new Set(ds.map((rdata) => keyId(rdata[2], rdata[0] * 256 + rdata[1])));
  return {
    published,
    signsDnskey: having(keySigners),
    signsZone: having(zoneSigners),
    inParent: having([...ofDs]),
    parentSets: { ds, cds, cdnskey: octets(Type.CDNSKEY) },
    withoutSigner: [...new Set(zoneSigners.map(algorithmOfId))].filter((algorithm) =>
      zoneSigners.some((id) => algorithmOfId(id) === algorithm && having([id]).length === 0),
    ),
    gated: true,
  };
}

const algorithmOfId = (id: string) => Number(id.slice(0, 3));

/** Signed again by the keys that sign it; the journal stays as it is, for whoever mends it. */
export async function keepAsServed(
  run: SigningRun,
  state: ZoneState,
  errors: readonly Problem[],
  { before, now, places, writesState }: RunOptions,
  to: Report,
): Promise<ZoneOutcome> {
  const { zone, settings } = state;
  const last = state.last();
  const served = stateAsServed(state, before, now);
  if (last === undefined || settings === undefined || served === undefined || reportLacks(served, errors, to)) {
    return { state: 'stale', errors, failed: false };
  }
  const staged = await stageAsServed(run, served, last, settings, zoneOutput(places, zone));
  if ('problems' in staged) {
    return { state: 'stale', errors: [...errors, ...reportFailed(zone, staged.problems, to)], failed: true };
  }
  report(to, rules['build/kept'], undefined, { zone, errors: errors.length }, { subject: zone });
  if (writesState) run.tx.stageWhole(lastZoneFile(places, zone), staged.octets);
  return { state: 'kept', content: { ...contentOf(staged), journal: undefined, settings }, errors, failed: false };
}

/** The serial moves only where a signature is new. */
async function stageAsServed(
  run: SigningRun,
  state: ZoneState,
  last: LastOutput,
  settings: Settings,
  target: string,
): Promise<ProvenZone | { readonly problems: readonly Problem[] }> {
  if (run.served === undefined || run.served.serial === serialOf(last.zone)) {
    const same = await stageSigned({ ...run, keepsSerial: true }, last.zone, state, settings, target);
    if (!('problems' in same) && Buffer.compare(same.octets, last.octets) === 0) return same;
  }
  return stageSigned(run, last.zone, state, settings, target);
}
