/** What the parents in this repository publish for their signed children in a build. */
import type { Name } from '../dns/name.ts';
import { dsRows } from '../export/ds-forms.ts';
import type { Manifest } from '../export/manifest.ts';
import { fromHex } from '../text/octets.ts';
import { type Child, type ChildDs, keysOfZone } from './compile.ts';
import { digestsOf } from './digests-of.ts';
import { isLeaving } from './leaving.ts';
import { dsOfManifest } from './manifest-ds.ts';
import type { Settings } from './settings-file.ts';
import type { ZoneState } from './zone-state.ts';

/** `settingsOf`: undefined for a zone that is not signed. `before`: the manifest of the last build. */
export function dsOfChildren(
  states: ReadonlyMap<Name, ZoneState>,
  settingsOf: (zone: Name, state: ZoneState) => Settings | undefined,
  faulty: { has(zone: Name): boolean },
  before: Manifest | undefined,
): ChildDs {
  const all = new Map<Name, Child>();
  for (const [zone, state] of states) {
    const settings = settingsOf(zone, state);
    if (settings === undefined) {
      // Its errors are its own: the parent is built with the DS that it had, or without one, rather than not at all.
      if (faulty.has(zone)) all.set(zone, dsOfManifest(before, zone));
      continue;
    }
    // A child whose keys cannot be read contributes what its parent was told last.
    const told = state.journal?.parentDs.findLast(({ dropped }) => dropped === undefined)?.records ?? [];
    const last =
      state.journal === undefined ? dsOfManifest(before, zone).rdata : told.flatMap((text) => fromHex(text) ?? []);
    const hasNoWish = state.duties.inParent.length === 0 && !isLeaving(state);
    const rdata =
      state.errors.length > 0 || hasNoWish
        ? last
        : dsRows(zone, state.duties.inParent, digestsOf(state.duties, settings), settings.dsTtl).map(
            (row) => row.rdata,
          );
    all.set(zone, { ttl: settings.dsTtl, rdata, keys: keysOfZone(state) });
  }
  return all;
}
