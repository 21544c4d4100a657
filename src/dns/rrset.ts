/** Resource record sets as values, for people-sized work: what compose makes and tests read. Large zones stay in columns. */
import type { Octets } from '../text/octets.ts';
import type { Name } from './name.ts';
import type { TypeCode } from './type.ts';

/** One RRset: one owner, class IN, one type, one TTL (RFC 2181 section 5). RDATA is uncompressed wire form, case kept. */
export interface RRset {
  readonly owner: Name;
  readonly type: TypeCode;
  /** Seconds. */
  readonly ttl: number;
  readonly records: readonly Octets[];
}
