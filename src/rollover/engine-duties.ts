/** What each key does now by the states in the journal. */
import { keyTag } from '../dnssec/key-tag.ts';
import { type Journal, type KeyId, type KeyRecord, keyId } from '../journal/journal.ts';
import type { ZoneKey } from '../keys/key.ts';
import { zoneKey } from '../keys/zone-key.ts';
import { fromHex, type Octets } from '../text/octets.ts';
import type { Gate, KeyDuties, ToSay } from './duties.ts';
import { foreignKeys } from './foreign.ts';
import { algorithmOfKey, isShown } from './key-records.ts';
import type { Blocked } from './move.ts';
import type { RolloverPolicy } from './policy.ts';
import { cdsWanted, dsKeys, dsWanted, foreignDsKeys, signersOf } from './rrsets.ts';
import { waitText } from './wait-text.ts';

/** `files` are the keys of the zone's folder; a key that has none any more is made of its DNSKEY, so that its absence can be told. */
export function engineDuties(
  journal: Journal,
  files: readonly ZoneKey[],
  policy: RolloverPolicy,
  blocked: readonly Blocked[],
  nextEvent?: number,
): KeyDuties {
  const byId = new Map(files.map((key) => [keyId(key.algorithm, key.tag), key]));
  const keyOf = (record: KeyRecord) => byId.get(record.id) ?? keyWithoutFile(journal, record);
  const { keys } = journal;
  const having = (ids: readonly KeyId[]) => keys.filter(({ id }) => ids.includes(id)).map(keyOf);
  const signers = signersOf(keys);
  const published = keys.filter((key) => isShown(key, 'dnskey'));
  const algorithms = [...new Set(published.map(algorithmOfKey))];
  const octets = (records: readonly string[]) => records.map((record): Octets => fromHex(record) ?? new Uint8Array(0));
  const cds = cdsWanted(journal, policy);
  const foreign = published.length > 0 ? foreignKeys(policy, keys) : [];
  const inParent = [
    ...dsKeys(keys).map(keyOf),
    ...foreignDsKeys(journal, policy).map((key) => keyWithoutFile(journal, key)),
  ];
  return {
    published: [...published.map(keyOf), ...foreign.map((key) => keyWithoutFile(journal, key))],
    signsDnskey: having(signers.dnskey),
    signsZone: having(signers.zone),
    inParent,
    parentSets: { ds: octets(dsWanted(journal, policy)), cds: octets(cds.cds), cdnskey: octets(cds.cdnskey) },
    withoutSigner: algorithms.filter((algorithm) => !signers.zone.some((id) => Number(id.slice(0, 3)) === algorithm)),
    gated: true,
    gate: dsKeys(keys).length > 0 ? undefined : gateOf(keys, blocked),
    toSay: toSayOf(journal, inParent, blocked),
    nextEvent,
  };
}

/** A key of which only the DNSKEY RDATA is known, hexadecimal. */
export function keyWithoutFile({ zone }: Pick<Journal, 'zone'>, { rdata }: Pick<KeyRecord, 'rdata'>): ZoneKey {
  const octets = fromHex(rdata) ?? new Uint8Array(4);
  const key = zoneKey({
    zone,
    flags: octets[0] * 256 + octets[1],
    algorithm: octets[3],
    publicKey: octets.subarray(4),
  });
  return { ...key, tag: keyTag(octets) };
}

/** Why no DS is asked for yet. */
function gateOf(keys: readonly KeyRecord[], blocked: readonly Blocked[]): Gate {
  if (keys.every(({ goal }) => goal === 'hidden')) return { reason: 'it is leaving DNSSEC' };
  const because = firstOfDs(blocked)?.why;
  if (because === undefined) return { reason: 'the engine of rollovers has not run on it yet: run danezone build' };
  if (because.kind === 'approval') return { reason: 'it waits for danezone roll step' };
  if (because.kind === 'safety') return { reason: 'some cache would be left without a chain' };
  if (because.kind === 'policy') return { reason: because.rule };
  const { wait, earliest } = because;
  const reason = wait.since.at === undefined ? `nobody has confirmed it: ${waitText(wait)}` : waitText(wait);
  const mayStand = keys.some(({ goal, ds }) => goal === 'omnipresent' && ds.state === 'unretentive');
  return { reason, earliest, mayStand };
}

/** What keeps the DS of a key back, or, where that is another record of the key, what that waits for. */
function firstOfDs(blocked: readonly Blocked[]): Blocked | undefined {
  const ds = blocked.find(({ record, to }) => record === 'ds' && to === 'rumoured') ?? blocked.find(isOnceThere);
  if (ds === undefined || (ds.why.kind !== 'policy' && !isOnceThere(ds))) return ds;
  return blocked.find(({ key, record, why }) => key === ds.key && record !== 'ds' && why.kind === 'time') ?? ds;
}

/** A DS that may stand in the parent; that of a key that is to stay is barred by the other records of the key. */
const isOnceThere = ({ record, from }: Blocked) => record === 'ds' && from === 'unretentive';

function toSayOf(journal: Journal, inParent: readonly unknown[], blocked: readonly Blocked[]): ToSay | undefined {
  const { zone } = journal;
  const first =
    inParent.length > 0
      ? blocked.find(({ record, why }) => record === 'ds' && why.kind === 'time')
      : firstOfDs(blocked);
  if (first?.why.kind !== 'time') return undefined;
  const { since } = first.why.wait;
  if (since.at !== undefined) return undefined;
  switch (since.what.kind) {
    case 'published':
      return { command: 'confirm published', of: zone };
    case 'ds-seen':
      return { command: 'confirm ds-seen', of: zone };
    case 'ds-gone':
      return { command: 'confirm ds-gone', of: zone };
    case 'approved':
      return { command: 'roll step', of: zone };
    case 'certificate-served':
      return { command: 'confirm cert-served', of: since.what.host };
  }
}
