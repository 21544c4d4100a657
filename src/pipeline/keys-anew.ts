/**
 * The keys of a zone whose journal is not believed. Their .state files are written in one commit with the zone that was built last,
 * so they go before the journal; what neither knows stands in the zone.
 */
import { Type } from '../dns/type.ts';
import { Flag, keyTag } from '../dnssec/key-tag.ts';
import { currentVersion } from '../journal/held.ts';
import { type Journal, type KeyRecord, keyId } from '../journal/journal.ts';
import type { ZoneKey } from '../keys/key.ts';
import type { KeySet } from '../keys/key-set.ts';
import { sortedKeys } from '../rollover/wanted-keys.ts';
import { fromHex, hex } from '../text/octets.ts';
import { unauthorisedKeys } from './authorised-keys.ts';

export interface KeysAnew {
  readonly led: readonly KeyRecord[];
  /** Of the folder, and unknown to the journal: taken because of their .state file, or because they sign the zone that was built last. */
  readonly unheardOf: readonly ZoneKey[];
}

/**
 * `foreign`: DNSKEY RDATA of another provider; `before`: the keys of the journal that is not believed; `after`: the journal that starts anew, with the zone that was built last.
 * A key that only stands in the folder is still a stranger: without a private half and a word of the engine nobody leads it.
 */
export function keysAnew(
  folder: KeySet,
  before: readonly KeyRecord[],
  after: Journal,
  adopt: (keys: readonly ZoneKey[]) => readonly KeyRecord[],
  foreign: readonly string[],
  now: number,
): KeysAnew {
  const signers = signersOf(after);
  const strangers = unauthorisedKeys(folder, after, () => undefined);
  const isLed = (key: ZoneKey) => folder.stateOf(key) !== undefined || signers.zone.includes(idOf(key));
  const unheardOf = strangers.filter((key) => folder.hasPrivateHalf(key) && isLed(key));
  const usable = folder.keys.filter((key) => !strangers.includes(key) || unheardOf.includes(key));
  const hasState = new Set(usable.filter((key) => folder.stateOf(key) !== undefined).map(idOf));
  const asBefore = before.filter(({ id }) => !hasState.has(id));
  const asFiles = adopt(usable).filter(({ id }) => !asBefore.some((key) => key.id === id));
  const known = new Set([...asBefore.map(({ rdata }) => rdata), ...usable.map(({ rdata }) => hex(rdata)), ...foreign]);
  const lost = signers.dnskeys
    .filter((rdata) => !known.has(rdata))
    .flatMap((rdata) => lostKey(rdata, signers.zone, now));
  return { led: sortedKeys([...asBefore, ...asFiles, ...lost]), unheardOf };
}

const idOf = (key: ZoneKey) => keyId(key.algorithm, key.tag);

function signersOf(journal: Journal) {
  const content = journal.content.findLast(({ dropped }) => dropped === undefined);
  const dnskey = currentVersion(journal, journal.zone, Type.DNSKEY);
  return { zone: content?.signed?.signers ?? [], dnskeys: dnskey?.records ?? [] };
}

/** A key of the zone that was built last whose files are gone: it stays in the zone, and that its files are missing is said. */
function lostKey(rdata: string, zoneSigners: readonly string[], now: number): KeyRecord[] {
  const octets = fromHex(rdata);
  if (octets === undefined || octets.length < 4 || (octets[1] & Flag.revoke) !== 0) return [];
  const id = keyId(octets[3], keyTag(octets));
  const entry = zoneSigners.includes(id) ? 'csk' : 'ksk';
  const hidden = { state: 'hidden', since: now } as const;
  const role = (octets[1] & Flag.sep) === 0 ? 'zsk' : entry;
  return [
    { id, role, rdata, goal: 'omnipresent', created: now, dnskey: hidden, zrrsig: hidden, krrsig: hidden, ds: hidden },
  ];
}
