/** Keys for a zone that never had any. */
import { join } from 'node:path';
import type { Domain } from '../describe/description.ts';
import type { Transaction } from '../host/transaction.ts';
import { generateKey, takenTags } from '../keys/generate.ts';
import type { ZoneKey } from '../keys/key.ts';
import { printKeyFile } from '../keys/key-file.ts';
import { keyFileStem } from '../keys/key-file-name.ts';
import { printPrivateKeyFile } from '../keys/private-key-file.ts';
import { sepFlags, zoneFlags } from '../keys/zone-key.ts';
import { type Places, zoneFolder } from './places.ts';

/** Makes and writes the keys that the policy of `domain` asks for. */
export function makeKeys(tx: Transaction, places: Places, { name: zone, policy }: Domain, now: number): ZoneKey[] {
  const { layout, algorithm, size } = policy.keys;
  const folder = zoneFolder(places, zone);
  const made: ZoneKey[] = [];
  for (const flags of layout === 'csk' ? [sepFlags] : [sepFlags, zoneFlags]) {
    const { key, privateKey } = generateKey({
      zone,
      flags,
      algorithm,
      size: algorithm === 8 || algorithm === 10 ? size : undefined,
      avoidTags: takenTags(made),
      now,
      ttl: policy.ttls.dnskey,
    });
    const path = join(folder, keyFileStem(zone, key.algorithm, key.tag));
    tx.writeKey(`${path}.private`, printPrivateKeyFile(key, privateKey), 0o600);
    tx.writeKey(`${path}.key`, printKeyFile(key), 0o644);
    made.push(key);
  }
  return made;
}
