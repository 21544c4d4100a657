/** The DS records of the last manifest. */
import { encodeRecord } from '../dns/field-text.ts';
import type { Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import type { Manifest } from '../export/manifest.ts';
import type { Octets } from '../text/octets.ts';

/** For a zone whose journal cannot say what its parent was told. */
export function dsOfManifest(manifest: Manifest | undefined, zone: Name): { ttl: number; rdata: Octets[] } {
  const lines = (manifest?.zones[zone]?.ds ?? []).map((line) => line.split('\t'));
  const rdata = lines.flatMap(([, , , , text]): Octets[] => {
    const octets = text === undefined ? { error: '' } : encodeRecord(Type.DS, text);
    return 'error' in octets ? [] : [octets];
  });
  return { ttl: Number(lines[0]?.[1] ?? 0) || 0, rdata };
}
