/** The types that a denial record must list, compared with its bitmap bit by bit (RFC 4034 section 4.1.2). */
import { decodeBitmap } from '../dns/rdata/bitmap.ts';
import { Type, type TypeCode, typeName } from '../dns/type.ts';
import { type NameId, Role, type ZoneColumns } from '../dns/zone.ts';
import type { Octets } from '../text/octets.ts';
import { isProofType } from './standing.ts';

/** Types in ascending order; used again for each name. */
export class TypeList {
  readonly types = new Uint16Array(0x10000);
  count = 0;

  /**
   * The types that `kind` must list for a name: its own, at a delegation only NS and DS, and the proof types. Every NSEC is
   * signed, so that RRSIG and NSEC always stand in NSEC; NSEC3 lists RRSIG only where the name has something signed.
   */
  expect({ role, rrsetStart, type }: ZoneColumns, id: NameId, kind: 'NSEC' | 'NSEC3'): void {
    const isCut = role[id] === Role.cut;
    let proof = kind === 'NSEC';
    this.count = 0;
    for (let row = rrsetStart[id]; row < rrsetStart[id + 1]; row++) {
      const code = type[row];
      if (isProofType(code) || (isCut && code !== Type.NS && code !== Type.DS)) continue;
      if (!isCut || code === Type.DS) proof = true;
      this.types[this.count++] = code;
    }
    if (proof) this.insert(Type.RRSIG);
    if (kind === 'NSEC') this.insert(Type.NSEC);
  }

  /** Whether a valid bitmap lists exactly these types. */
  isListedBy(octets: Octets, from: number, to: number): boolean {
    let next = 0;
    for (let at = from; at < to; at += 2 + octets[at + 1]) {
      const window = octets[at] << 8;
      for (let i = 0; i < octets[at + 1]; i++) {
        const octet = octets[at + 2 + i];
        for (let bit = 0; octet !== 0 && bit < 8; bit++) {
          if ((octet & (0x80 >> bit)) === 0) continue;
          if (next === this.count || this.types[next++] !== (window | (i << 3) | bit)) return false;
        }
      }
    }
    return next === this.count;
  }

  /** What a bitmap lacks and what it has too much, as text. */
  difference(octets: Octets, from: number, to: number): { missing: string; extra: string } {
    const expected = new Set(this.types.subarray(0, this.count));
    const found = new Set(decodeBitmap(octets, from, to));
    const only = (a: Set<TypeCode>, b: Set<TypeCode>) =>
      [...a]
        .filter((code) => !b.has(code))
        .map(typeName)
        .join(' ');
    return { missing: only(expected, found), extra: only(found, expected) };
  }

  private insert(code: TypeCode): void {
    let at = this.count++;
    for (; at > 0 && this.types[at - 1] > code; at--) this.types[at] = this.types[at - 1];
    this.types[at] = code;
  }
}
