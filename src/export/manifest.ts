/**
 * `build/manifest.json`: what was built, for the programs that publish it and for the next run. It holds nothing of the
 * machine and no time of the run, so that the same content gives the same octets; what the files' stat said lies in
 * `.danezone/`, which is only a cache.
 */
import * as z from 'zod';
import type { Name } from '../dns/name.ts';
import { readableTime } from '../text/time.ts';

const zoneEntry = z.object({
  /** `built`: from the description of this run. `kept`: the last content, signed again. */
  state: z.enum(['built', 'kept']),
  /** Why the zone was kept. */
  reason: z.string().optional(),
  file: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  serial: z.number().int().min(0).max(0xffffffff),
  signed: z.boolean(),
  records: z.number().int(),
  /** When the first signature expires; absent for an unsigned zone. */
  firstExpiry: z.string().optional(),
  /** The next build must have run, and be published, before: what `danezone plan` said when this was built. */
  runBefore: z.string().optional(),
  /** DS records that the parent should have, in presentation form. */
  ds: z.array(z.string()),
  /** Files of the repository that the zone was made from. */
  inputs: z.array(z.string()),
});

const manifestSchema = z.object({
  schema: z.literal(1),
  tool: z.string(),
  'run-before': z.string().optional(),
  'first-expiry': z.string().optional(),
  zones: z.record(z.string(), zoneEntry),
  /** Zones that are declared and have no content to serve. */
  absent: z.record(z.string(), z.string()),
});

export type ManifestZone = z.infer<typeof zoneEntry>;
export type Manifest = z.infer<typeof manifestSchema>;

/** Zones sorted; the earliest times over all zones on top. */
export function newManifest(
  tool: string,
  zones: ReadonlyMap<Name, ManifestZone>,
  absent: ReadonlyMap<Name, string>,
): Manifest {
  const earliest = (key: 'firstExpiry' | 'runBefore') =>
    [...zones.values()]
      .map((zone) => zone[key])
      .filter((time) => time !== undefined)
      .sort()[0];
  const sorted = <T>(map: ReadonlyMap<Name, T>) => Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
  // Read back by its schema or made by this run, an entry has its fields in one order.
  const ordered = new Map([...zones].map(([zone, entry]) => [zone, zoneEntry.parse(entry)]));
  return {
    schema: 1,
    tool,
    'run-before': earliest('runBefore'),
    'first-expiry': earliest('firstExpiry'),
    zones: sorted(ordered),
    absent: sorted(absent),
  };
}

export function printManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** Undefined where the text is no manifest of this schema: it is then as if there was none. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** ISO 8601 in UTC, to the second: sorts as text. */
export function manifestTime(seconds: number): string {
  return readableTime(seconds).replace(' ', 'T');
}
