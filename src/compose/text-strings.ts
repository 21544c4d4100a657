/** A TXT scalar of the description is content, taken octet for octet: UTF-8, split into character-strings of 255 octets. */
import type { Octets } from '../text/octets.ts';

const maxString = 255;

/** TXT RDATA; empty content is one empty character-string (RFC 1035 section 3.3.14 wants at least one). */
export function textStrings(content: string): Octets {
  const octets = Buffer.from(content, 'utf8');
  const parts: Uint8Array[] = [];
  for (let from = 0; from < octets.length || from === 0; from += maxString) {
    const part = octets.subarray(from, from + maxString);
    parts.push(Uint8Array.of(part.length), part);
  }
  return Buffer.concat(parts);
}
