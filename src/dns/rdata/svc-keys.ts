/** Service parameter keys by name and number (IANA registry "Service Parameter Keys (SvcParamKeys)"). */
import type { Octets } from '../../text/octets.ts';
import type { OctetWriter } from '../fields.ts';
import { parseDecimal, writeDecimal } from './numbers.ts';

export const Key = {
  mandatory: 0,
  alpn: 1,
  noDefaultAlpn: 2,
  port: 3,
  ipv4hint: 4,
  ech: 5,
  ipv6hint: 6,
  dohpath: 7,
  ohttp: 8,
} as const;

const numbers: Readonly<Record<string, number>> = {
  mandatory: Key.mandatory,
  alpn: Key.alpn,
  'no-default-alpn': Key.noDefaultAlpn,
  port: Key.port,
  ipv4hint: Key.ipv4hint,
  ech: Key.ech,
  ipv6hint: Key.ipv6hint,
  dohpath: Key.dohpath,
  ohttp: Key.ohttp,
};

/** Keys after those of RFC 9460 are written as `keyNNN`: name servers that do not know their names load that too. */
const lastWritten = Key.ipv6hint;

const names = new Map<number, Octets>();
for (const [text, key] of Object.entries(numbers)) {
  if (key <= lastWritten) names.set(key, Buffer.from(text, 'latin1'));
}

/** The number of a key's name or of `keyNNN` without leading zeros; -1 where the text is neither. Names are lower case. */
export function keyOfText(octets: Octets, start: number, end: number): number {
  const text = Buffer.from(octets.subarray(start, Math.min(end, start + 64))).toString('latin1');
  if (Object.hasOwn(numbers, text)) return numbers[text];
  if (!/^key(?:0|[1-9][0-9]{0,4})$/.test(text)) return -1;
  return parseDecimal(octets, start + 3, end, 0xffff);
}

/** Whether the key at `start`, which `keyOfText` knows, is written as `keyNNN`. */
export function isGenericKey(octets: Octets, start: number): boolean {
  return keyPrefix.every((octet, i) => octets[start + i] === octet);
}

export function writeKey(key: number, out: OctetWriter): void {
  const text = names.get(key);
  if (text !== undefined) {
    out.put(text);
    return;
  }
  out.put(keyPrefix);
  writeDecimal(key, out);
}

const keyPrefix = Buffer.from('key', 'latin1');
