/**
 * Keys for a zone that never had any. All private halves are written before the first public one, and a public half follows from
 * its private one: whenever a run stops, the next one finds either no key or finishes the very keys that were begun.
 */
import { join, relative } from 'node:path';
import type { Domain } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import type { ReadableFiles } from '../host/host.ts';
import { regularFiles } from '../host/regular.ts';
import type { Transaction } from '../host/transaction.ts';
import { generateKey, generationError, takenTags } from '../keys/generate.ts';
import type { ZoneKey } from '../keys/key.ts';
import { printKeyFile } from '../keys/key-file.ts';
import { keyFileStem, parseKeyFileName } from '../keys/key-file-name.ts';
import { publicKeyOf } from '../keys/private-key.ts';
import { parsePrivateKeyFile, printPrivateKeyFile } from '../keys/private-key-file.ts';
import { sepFlags, zoneFlags, zoneKey } from '../keys/zone-key.ts';
import type { WantedKey } from '../rollover/move.ts';
import { newReport } from '../text/problem.ts';
import { journalFile, type Places, zoneFolder } from './places.ts';

/**
 * Makes and writes the keys that the policy of `domain` asks for where the zone has neither a journal nor a K*.key; finishes keys whose
 * writing was interrupted. True where something was written.
 */
export function ensureKeys(
  files: ReadableFiles,
  tx: Transaction,
  places: Places,
  { name: zone, policy }: Domain,
  now: number,
): boolean {
  if (files.facts(journalFile(places, zone)) !== undefined) return false;
  const folder = zoneFolder(places, zone);
  const names = files.list(folder).filter((name) => parseKeyFileName(name)?.zone === zone);
  const hadKeys = names.some((name) => name.endsWith('.key'));
  const ttl = policy.ttls.dnskey;
  const finished = names
    .filter((name) => name.endsWith('.private') && !names.includes(name.replace(/private$/, 'key')))
    .flatMap((name) => interruptedKey(files, places, join(folder, name), zone, ttl) ?? []);

  const fresh: ZoneKey[] = [];
  if (!hadKeys) {
    const { layout, algorithm, size } = policy.keys;
    const wanted = layout === 'csk' ? [sepFlags] : [sepFlags, zoneFlags];
    for (const flags of wanted.filter((wantedFlags) => !finished.some((key) => key.flags === wantedFlags))) {
      const request = { zone, flags, algorithm, size: isRsa(algorithm) ? size : undefined, now, ttl };
      const { key, privateKey } = generateKey({ ...request, avoidTags: takenTags([...finished, ...fresh]) });
      tx.writeKey(`${pathOf(folder, key)}.private`, printPrivateKeyFile(key, privateKey), 0o600);
      fresh.push(key);
    }
  }
  for (const key of [...finished, ...fresh]) tx.writeKey(`${pathOf(folder, key)}.key`, printKeyFile(key), 0o644);
  return finished.length + fresh.length > 0;
}

/** Makes and writes one key more, as the engine asks for it. */
export function makeKey(
  tx: Transaction,
  places: Places,
  zone: Name,
  { role, algorithm }: WantedKey,
  {
    taken,
    size,
    ttl,
    now,
  }: { readonly taken: readonly ZoneKey[]; readonly size?: number; readonly ttl: number; readonly now: number },
): ZoneKey | undefined {
  if (generationError(algorithm) !== undefined) return undefined;
  const flags = role === 'zsk' ? zoneFlags : sepFlags;
  const request = { zone, flags, algorithm, size: isRsa(algorithm) ? size : undefined, now, ttl };
  const { key, privateKey } = generateKey({ ...request, avoidTags: takenTags(taken) });
  const path = pathOf(zoneFolder(places, zone), key);
  tx.writeKey(`${path}.private`, printPrivateKeyFile(key, privateKey), 0o600);
  tx.writeKey(`${path}.key`, printKeyFile(key), 0o644);
  return key;
}

const isRsa = (algorithm: number) => algorithm === 8 || algorithm === 10;

const pathOf = (folder: string, key: ZoneKey) => join(folder, keyFileStem(key.zone, key.algorithm, key.tag));

/** The key of a lone private half: the tag in its file's name says with which flags it was made. */
function interruptedKey(
  files: ReadableFiles,
  places: Places,
  path: string,
  zone: Name,
  ttl: number,
): ZoneKey | undefined {
  const half = parsePrivateKeyFile(relative(places.root, path), regularFiles(files).read(path), newReport());
  const tag = parseKeyFileName(path.slice(path.lastIndexOf('/') + 1))?.tag;
  if (half === undefined) return undefined;
  const { algorithm } = half.privateKey;
  const publicKey = publicKeyOf(half.privateKey);
  return [sepFlags, zoneFlags]
    .map((flags) => zoneKey({ zone, flags, algorithm, publicKey, timing: half.timing, ttl }))
    .find((key) => key.tag === tag);
}
