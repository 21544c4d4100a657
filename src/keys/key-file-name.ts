/** Names of key files, as dnssec-keygen makes them: `Kexample.org.+013+07956.key`. */
import { type Name, nameToWire, parseName, root } from '../dns/name.ts';

export type KeyFileKind = 'key' | 'private' | 'state';

export interface KeyFileName {
  readonly zone: Name;
  readonly algorithm: number;
  readonly tag: number;
  readonly kind: KeyFileKind;
}

/**
 * Lower case; whatever is no letter, digit, hyphen or underscore is `%XX`, as in BIND (`0/25` of RFC 2317 zones must not become
 * a folder).
 */
function nameText(zone: Name): string {
  if (zone === root) return '.';
  const wire = nameToWire(zone);
  let text = '';
  for (let at = 0; wire[at] !== 0; ) {
    for (const end = at + 1 + wire[at++]; at < end; at++) {
      const character = String.fromCharCode(wire[at]);
      text += /[a-z0-9_-]/.test(character) ? character : `%${wire[at].toString(16).toUpperCase().padStart(2, '0')}`;
    }
    text += '.';
  }
  return text;
}

/** `Kexample.org.+013+07956`, without a suffix. */
export function keyFileStem(zone: Name, algorithm: number, tag: number): string {
  return `K${nameText(zone)}+${String(algorithm).padStart(3, '0')}+${String(tag).padStart(5, '0')}`;
}

/** What a file name (without its folder) says; undefined for whatever is no key file. Also the names of ldns, which keep the case. */
export function parseKeyFileName(file: string): KeyFileName | undefined {
  const parts = /^K(.+)\+([0-9]{3})\+([0-9]{5})\.(key|private|state)$/.exec(file);
  if (parts === null) return undefined;
  const escaped = parts[1].replace(
    /%([0-9A-Fa-f]{2})/g,
    (_, octet: string) => `\\${String(Number.parseInt(octet, 16)).padStart(3, '0')}`,
  );
  const zone = parseName(escaped);
  const [algorithm, tag] = [Number(parts[2]), Number(parts[3])];
  if (typeof zone !== 'string' || algorithm > 255 || tag > 0xffff) return undefined;
  return { zone, algorithm, tag, kind: parts[4] as KeyFileKind };
}

/** The folder of a zone's keys below `keys/`: the name without its final dot, written as in file names; `%2E` for the root. */
export function keyFolder(zone: Name): string {
  return zone === root ? '%2E' : nameText(zone).slice(0, -1);
}

/** The zone of a folder below `keys/`; undefined where the folder's name is none. */
export function zoneOfKeyFolder(folder: string): Name | undefined {
  if (folder === '%2E') return root;
  if (folder.startsWith('.')) return undefined;
  return parseKeyFileName(`K${folder}.+000+00000.key`)?.zone;
}
