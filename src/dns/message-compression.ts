/** Compressed names in messages (RFC 1035 section 4.1.4), in owners and in the RDATA of the types where they may stand. */
import type { Octets } from '../text/octets.ts';
import { OctetWriter } from './fields.ts';
import { maxNameLength } from './name.ts';
import { readU16 } from './rdata/numbers.ts';
import { Type, type TypeCode } from './type.ts';

/** A message that is none. Thrown while one is read, and caught at the door. */
export class Malformed extends Error {}

/** A copy also of a Buffer, whose own `slice` makes a view. */
export function copyOf(octets: Octets, from: number, to: number): Octets {
  return Uint8Array.prototype.slice.call(octets, from, to);
}

/**
 * Appends the name at `at` without compression and returns where it ends in place, which is at most `limit`. A pointer must lead
 * to an earlier octet (RFC 1035 section 4.1.4), so every chain of them ends.
 */
export function expandName(octets: Octets, at: number, limit: number, out: OctetWriter): number {
  const start = out.length;
  let after = -1;
  let earliest = at;
  let end = limit;
  for (let i = at; ; ) {
    if (i >= end) throw new Malformed(`has a name at octet ${at} that runs past its end`);
    const length = octets[i];
    if (length < 0x40) {
      if (i + 1 + length > end) throw new Malformed(`has a name at octet ${at} that runs past its end`);
      if (out.length - start + 1 + length > maxNameLength) {
        throw new Malformed(`has a name at octet ${at} longer than ${maxNameLength} octets`);
      }
      out.put(octets.subarray(i, i + 1 + length));
      i += 1 + length;
      if (length === 0) return after < 0 ? i : after;
      continue;
    }
    if (length < 0xc0) throw new Malformed(`has a label of unknown kind at octet ${i}`);
    if (i + 2 > end) throw new Malformed(`has a name at octet ${at} that runs past its end`);
    if (after < 0) after = i + 2;
    const target = readU16(octets, i) & 0x3fff;
    if (target >= earliest || target < 12)
      throw new Malformed(`has a compression pointer at octet ${i} that leads nowhere`);
    i = target;
    earliest = target;
    end = octets.length;
  }
}

/** Where names that may be compressed stand: octets before them, character-strings before them, names. */
type CompressedNames = readonly [octets: number, strings: number, names: number];

/** The types of RFC 3597 section 4, and DNAME, which some servers compress. */
const compressedNames = new Map<TypeCode, CompressedNames>([
  [Type.NS, [0, 0, 1]],
  [Type.MD, [0, 0, 1]],
  [Type.MF, [0, 0, 1]],
  [Type.CNAME, [0, 0, 1]],
  [Type.SOA, [0, 0, 2]],
  [Type.MB, [0, 0, 1]],
  [Type.MG, [0, 0, 1]],
  [Type.MR, [0, 0, 1]],
  [Type.PTR, [0, 0, 1]],
  [Type.MINFO, [0, 0, 2]],
  [Type.MX, [2, 0, 1]],
  [Type.RP, [0, 0, 2]],
  [Type.AFSDB, [2, 0, 1]],
  [Type.RT, [2, 0, 1]],
  [Type.SIG, [18, 0, 1]],
  [Type.PX, [2, 0, 2]],
  [Type.NXT, [0, 0, 1]],
  [Type.NAPTR, [4, 3, 1]],
  [Type.KX, [2, 0, 1]],
  [Type.SRV, [6, 0, 1]],
  [Type.DNAME, [0, 0, 1]],
]);

/** The RDATA at `from`..`to` with the names that may be compressed written out; a copy. */
export function expandRData(type: TypeCode, octets: Octets, from: number, to: number): Octets {
  const layout = compressedNames.get(type);
  // UPDATE has records without RDATA (RFC 2136 section 2.5).
  if (layout === undefined || from === to) return copyOf(octets, from, to);
  const [before, strings, names] = layout;
  let at = from + before;
  for (let i = 0; i < strings && at < to; i++) at += 1 + octets[at];
  if (at > to) throw new Malformed(`has RDATA at octet ${from} that ends too soon`);
  const out = new OctetWriter(to - from + maxNameLength);
  out.put(octets.subarray(from, at));
  for (let i = 0; i < names; i++) at = expandName(octets, at, to, out);
  out.put(octets.subarray(at, to));
  return out.copy();
}
