/** What somebody has to do at the parent: the DS RRset that it is asked for against the one that it is known to have. */
import { serviceOf } from '../journal/clocks.ts';
import { lastOf } from '../journal/evidence.ts';
import { type Journal, type KeyId, keyId } from '../journal/journal.ts';
import { dsOf, isDsOf, lastSeenDs, leadsNowhere } from './ds-records.ts';
import { isShown, keyOf } from './key-records.ts';
import type { Action, Actor } from './plan.ts';
import type { RolloverPolicy } from './policy.ts';
import type { ParentHere } from './virtual-zone.ts';

export type DsAction = Extract<Action, { ds: readonly string[] }>;

/**
 * Why a DS RRset changes, where no key takes over from another: the zone gets its first one, loses its last, has one that leads to none
 * of its keys, has other digest types, the DS of a key comes before the key, or the
 * key stands by.
 */
export type DsCause = 'first' | 'last' | 'lost' | 'digests' | 'ahead' | 'standby';

export interface DsChange {
  readonly action: DsAction;
  readonly actor: Actor;
  readonly cause?: DsCause;
  /** Since when it does harm, Unix seconds. */
  readonly latest?: number;
}

/** `same`: what is asked for was there already; undefined: the parent is known to show what is asked for. */
export function dsChange(journal: Journal, policy: RolloverPolicy, parent?: ParentHere): DsChange | 'same' | undefined {
  const asked = journal.parentDs.findLast(({ dropped }) => dropped === undefined);
  if (asked === undefined || serviceOf(asked, { kind: 'evidence' }).state === 'published') return undefined;
  const seen = lastSeenDs(journal) ?? adoptedDs(journal, asked.records);
  const added = asked.records.filter((record) => !seen.includes(record));
  const removed = seen.filter((record) => !asked.records.includes(record));
  if (added.length === 0 && removed.length === 0) return 'same';
  const ds = added.length > 0 ? added : removed;
  const keys = keysOfDs(ds, journal);
  const kind = removed.length === 0 ? 'add-ds' : added.length === 0 ? 'remove-ds' : 'replace-ds';
  const isLost = leadsNowhere(journal);
  return {
    action: { kind, keys, ds, parent: parent?.zone },
    actor: actorAt(parent, policy, isLost),
    cause: isLost ? 'lost' : causeOf(keys, kind, seen, asked.records, journal),
    latest: isLost ? lastOf(journal, 'ds-seen')?.at : undefined,
  };
}

function actorAt(parent: ParentHere | undefined, policy: RolloverPolicy, isLost: boolean): Actor {
  if (parent !== undefined) return parent.isByBuild ? 'tool' : 'operator';
  // What leads nowhere signs no CDS that a parent believes.
  return policy.parent.interface === 'cds' && !isLost ? 'registrar' : 'operator';
}

/** What keys that were taken over have at the parent by their states, where nobody has looked. */
function adoptedDs({ zone, keys }: Journal, asked: readonly string[]): readonly string[] {
  const types = new Set(asked.map((record) => Number.parseInt(record.slice(6, 8), 16)));
  return keys
    .filter(({ goal, ds }) => ds.state === 'omnipresent' || (ds.state === 'unretentive' && goal === 'hidden'))
    .flatMap((key) => [...types].map((type) => dsOf(zone, key, type)));
}

/** Ours, and those of another provider. */
function keysOfDs(records: readonly string[], { keys }: Journal): KeyId[] {
  const ids = records.map((record) =>
    keyId(Number.parseInt(record.slice(4, 6), 16), Number.parseInt(record.slice(0, 4), 16)),
  );
  const own = keys.map(({ id }) => id).filter((id) => ids.includes(id));
  return [...new Set([...own, ...ids])];
}

function causeOf(
  changed: readonly KeyId[],
  kind: DsAction['kind'],
  seen: readonly string[],
  asked: readonly string[],
  { zone, keys }: Journal,
): DsCause | undefined {
  if (seen.length === 0) return 'first';
  if (asked.length === 0) return 'last';
  const records = changed.flatMap((id) => keyOf(keys, id) ?? []);
  const has = (of: readonly string[]) => records.every((key) => of.some((record) => isDsOf(record, zone, key)));
  if (records.length > 0 && has(seen) && has(asked)) return 'digests';
  if (kind !== 'remove-ds' && records.some(({ standby }) => standby === true)) return 'standby';
  return kind !== 'remove-ds' && records.some((key) => !isShown(key, 'dnskey')) ? 'ahead' : undefined;
}
