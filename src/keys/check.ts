/** Whether a key may sign a zone of ours: algorithm, size, exponent, curve. */
import { readRsaPublicKey } from '../crypto/rsa.ts';
import { publicKeyFault } from '../crypto/verify-signature.ts';
import { algorithmOf, keyLabel } from '../dnssec/algorithm.ts';
import { type Position, type Report, report } from '../text/problem.ts';
import type { ZoneKey } from './key.ts';
import { rules } from './rules.ts';

/** RSA keys to sign with (NIST SP 800-57 part 1; RFC 5702 section 2). */
export const rsaSizes = { smallest: 2048, largest: 4096 } as const;

/** Reports what stands against the key; true where nothing does. */
export function checkKey(key: ZoneKey, position: Position, to: Report): boolean {
  const row = algorithmOf(key.algorithm);
  if (row === undefined || !row.mayUse) {
    reportUnusable(key.algorithm, position, to);
    return false;
  }
  const fault = publicKeyFault(key.algorithm, key.publicKey);
  if (fault?.part === 'form') report(to, rules['key/unreadable'], position, { what: fault.error });
  if (fault?.part === 'exponent') report(to, rules['key/rsa-exponent'], position, { error: fault.error });
  if (fault?.part === 'point') {
    report(to, rules['key/point-not-on-curve'], position, {
      key: keyLabel(key.algorithm, key.tag),
      error: fault.error,
    });
  }
  if (fault !== undefined && fault.part !== 'size') return false;
  if (row.kind !== 'rsa') return true;
  const parts = readRsaPublicKey(key.algorithm, key.publicKey);
  const size = parts.size ?? 0;
  if (size >= rsaSizes.smallest && size <= rsaSizes.largest) return true;
  report(to, rules['key/rsa-size'], position, { size });
  return false;
}

/** Reports an algorithm that no key of ours may have. */
export function reportUnusable(algorithm: number, position: Position, to: Report): void {
  const row = algorithmOf(algorithm);
  if (row?.forbidden === true) {
    const facts = { key: keyLabel(algorithm), reason: row.refusal ?? 'must not be used' };
    report(to, rules['key/forbidden-algorithm'], position, facts);
  } else report(to, rules['key/unusable-algorithm'], position, { algorithm });
}
