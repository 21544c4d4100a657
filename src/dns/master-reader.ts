/**
 * Master files (RFC 1035 section 5) into the columns of a zone: octets in, columns and problems out, and no string per record.
 * The grammar is BIND's where the RFC is silent. Every problem is reported, with file, line and column.
 */
import type { Octets } from '../text/octets.ts';
import { type Report, report } from '../text/problem.ts';
import { type IncludedFile, readFile } from './master-file.ts';
import { Reading } from './master-reading.ts';
import { type Name, nameFromWire } from './name.ts';
import { newOriginTable, type OriginTable } from './origins.ts';
import { rules } from './rules.ts';
import type { Zone } from './zone.ts';
import { type BuilderOptions, finishZone } from './zone-builder.ts';

export interface MasterInput {
  /** The name of the file in messages. */
  readonly file: string;
  readonly octets: Octets;
  /** What relative names are completed with at first. Absent: `apex`; without one, $ORIGIN or the owner of the SOA record. */
  readonly origin?: Name;
  /** The zone. Absent: the owner of the first SOA record. */
  readonly apex?: Name;
  /** Seconds, as if `$TTL` stood at the top. */
  readonly defaultTtl?: number;
  /** Gets the file of an $INCLUDE: `path` as it is written in the file `from`. Absent: $INCLUDE is refused. */
  readonly include?: (path: string, from: string) => IncludedFile | { readonly error: string };
  /** Records that one $GENERATE may make; 65,536 if absent. All of them together may make sixteen times as many. */
  readonly generateLimit?: number;
  /** Takes the origins of this file among others; absent: the zone gets a table of its own. */
  readonly origins?: OriginTable;
  /** The rule for RRsets of mixed TTL; the warning `zone/mixed-ttl-included` if absent. */
  readonly mixedTtl?: BuilderOptions['mixedTtl'];
}

/**
 * Reads a zone. Problems go to `to`, each at its place, at most a hundred; where one of them is an error, the zone holds only
 * what could be read. Undefined where the name of the zone is not to be found. Never throws.
 */
export function readMaster(input: MasterInput, to: Report): Zone | undefined {
  const reading = new Reading(input, input.origins ?? newOriginTable(), to);
  readFile(reading, input, input.origin ?? input.apex);
  const { collector, soaOwner } = reading;
  if (input.apex === undefined && soaOwner < 0) {
    if (!reading.hasProblems) {
      report(to, rules['master/no-apex'], { file: input.file, line: 1, column: 1 }, { file: input.file });
    }
    return undefined;
  }
  const apex = input.apex ?? nameFromWire(collector.names.octets, collector.nameStart[soaOwner]);
  return finishZone(collector, apex, reading.origins, to, input.mixedTtl);
}
