/** Which steps of the plan the moves of one run are: every record that comes or goes belongs to one of them. */
import type { KeyId, KeyRecord } from '../journal/journal.ts';
import { isShown, keyOf } from './key-records.ts';
import type { KeyRecordName, Move } from './move.ts';
import { keyRecords } from './move.ts';
import type { ZoneAction } from './plan-words.ts';

export interface MoveStep {
  readonly action: Extract<
    ZoneAction,
    { kind: 'publish-dnskey' | 'sign-with' | 'stop-signing-with' | 'withdraw-dnskey' | 'unsign' }
  >;
  /** Keys that stop signing in the same run. */
  readonly others: readonly KeyId[];
  /** Of a key that begins to sign: its DNSKEY comes in the same run, or later. */
  readonly appears?: 'now' | 'later';
}

/** `keys`: after the run. What moves at the parent is the affair of people. */
export function stepsOfMoves(moves: readonly Move[], keys: readonly KeyRecord[]): readonly MoveStep[] {
  const entering = (record: KeyRecordName, to: Move['to']) =>
    moves.filter((move) => move.record === record && move.to === to).map(({ key }) => key);
  const starts = entering('zrrsig', 'rumoured');
  const stops = entering('zrrsig', 'unretentive');
  const appears = distinct([...entering('dnskey', 'rumoured'), ...entering('krrsig', 'rumoured')]);
  const leaves = distinct([...entering('dnskey', 'unretentive'), ...entering('krrsig', 'unretentive')]);
  const isSigned = keys.some((key) => keyRecords.some((record) => record !== 'ds' && isShown(key, record)));
  if (!isSigned && stops.length + leaves.length > 0) return [{ action: { kind: 'unsign' }, others: [] }];
  const publish = appears.filter((key) => !starts.includes(key));
  return [
    ...publish.map((key): MoveStep => ({ action: { kind: 'publish-dnskey', key }, others: [] })),
    ...starts.map((key): MoveStep => {
      const isThere = isShown(keyOf(keys, key) as KeyRecord, 'dnskey');
      const when = appears.includes(key) ? 'now' : isThere ? undefined : 'later';
      return { action: { kind: 'sign-with', key }, others: stops, appears: when };
    }),
    ...(starts.length > 0 ? [] : stops).map(
      (key): MoveStep => ({ action: { kind: 'stop-signing-with', key }, others: [] }),
    ),
    ...leaves.map((key): MoveStep => ({ action: { kind: 'withdraw-dnskey', key }, others: [] })),
  ];
}

const distinct = (keys: readonly KeyId[]) => [...new Set(keys)];
