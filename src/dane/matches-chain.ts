/** Whether a record matches a chain (RFC 6698 section 2.1, RFC 7671 section 5), names and dates left aside. */
import { equalOctets } from '../text/octets.ts';
import { isAnchorUsage } from './acronym.ts';
import { type Association, associationData, type Selectable } from './association.ts';

/**
 * The depth at which `association` matches a chain that is presented leaf first; undefined where it does not. The
 * end-entity usages look at the leaf, the trust-anchor usages at every certificate above it: RFC 7671 section 5.2.2
 * wants the anchor in the chain that the server presents.
 */
export function matchesChain(association: Omit<Association, 'from'>, chain: readonly Selectable[]): number | undefined {
  const [from, to] = isAnchorUsage(association.usage) ? [1, chain.length] : [0, 1];
  for (let depth = from; depth < Math.min(to, chain.length); depth++) {
    const data = associationData(association, chain[depth]);
    if (data !== undefined && equalOctets(data, association.data)) return depth;
  }
  return undefined;
}
