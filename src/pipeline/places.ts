/** Where a zone's files stand, by its name. */
import { join } from 'node:path';
import type { Name } from '../dns/name.ts';
import { keyFolder } from '../keys/key-file-name.ts';

export interface Places {
  /** Absolute. */
  readonly root: string;
  readonly state: string;
  readonly output: string;
}

export const zoneFolder = (places: Places, zone: Name): string => join(places.state, keyFolder(zone));
export const journalFile = (places: Places, zone: Name): string => join(zoneFolder(places, zone), 'journal.json');
/** The last verified zone file, beside the journal: content is kept and signed again from it. */
export const lastZoneFile = (places: Places, zone: Name): string => join(zoneFolder(places, zone), 'last.zone');
export const zoneOutput = (places: Places, zone: Name): string => join(places.output, `${keyFolder(zone)}.zone`);
export const dsOutput = (places: Places, zone: Name): string => join(places.output, `${keyFolder(zone)}.ds`);
export const sheetOutput = (places: Places, zone: Name): string => join(places.output, `${keyFolder(zone)}.ds.txt`);
/** How the zone was signed last, for runs that cannot read the description. */
export const settingsFile = (places: Places, zone: Name): string => join(zoneFolder(places, zone), 'signing.json');
export const manifestFile = (places: Places): string => join(places.output, 'manifest.json');
