/**
 * The three safety rules (ROLLOVER section 2): what has to hold in every cache for a chain from the parent to every RRset.
 * They are looked at over the whole key set, before and after a move.
 */
import type { KeyRecord } from '../journal/journal.ts';
import { algorithmOfKey, fits, isHidden, isShown, ofAlgorithm, tupleOf } from './key-records.ts';
import type { Move } from './move.ts';
import type { Switches } from './switches.ts';

export type SafetyRule = 1 | 2 | 3;

const safetyRules = [1, 2, 3] as const;

/**
 * The first rule that stands against a move from `before` to `after`; undefined where it is safe. Each rule must hold after
 * it, or not have held before; and nothing is withdrawn while a rule is broken and stays so.
 */
export function brokenRule(
  before: readonly KeyRecord[],
  after: readonly KeyRecord[],
  move: Move,
  { insecure, off }: { readonly insecure: boolean } & Switches,
): SafetyRule | undefined {
  const key = before.find(({ id }) => id === move.key);
  if (key === undefined) throw new Error(`no key ${move.key}`);
  const algorithm = algorithmOfKey(key);
  // A DS breaks every chain through it where its key is not there, or the zone is not signed: taking it away is the cure.
  const isCure = move.record === 'ds' && !(fits(key, 'O*O*') && holds(3, before, algorithm, insecure));
  // A DS without any key of its algorithm in the zone: whatever comes makes no chain worse.
  const isRescue =
    move.to === 'rumoured' &&
    move.record !== 'ds' &&
    ofAlgorithm(before, algorithm).every((other) => !isShown(other, 'dnskey'));
  return safetyRules.find((rule) => {
    if (isRescue || off.has(`rule-${rule}`) || holds(rule, after, algorithm, insecure)) return false;
    return holds(rule, before, algorithm, insecure) || (move.to === 'unretentive' && !isCure);
  });
}

/** Whether a rule holds for a key set; 2 and 3 are asked of one algorithm. */
export function holds(rule: SafetyRule, keys: readonly KeyRecord[], algorithm: number, insecure: boolean): boolean {
  if (rule === 1) return insecure || hasParentDs(keys);
  const same = ofAlgorithm(keys, algorithm);
  return rule === 2 ? hasSecureEntry(same) : hasSignatures(same);
}

/** Rule 1. Before the first DS there is nothing to lose. */
function hasParentDs(keys: readonly KeyRecord[]): boolean {
  return keys.every((key) => fits(key, '***H')) || keys.some((key) => fits(key, '***O') || fits(key, '***R'));
}

/** Rule 2: whatever DS RRset a cache holds, the DNSKEY RRset that it holds is signed by a key of it. */
function hasSecureEntry(keys: readonly KeyRecord[]): boolean {
  return (
    keys.some((key) => fits(key, 'O*OO')) ||
    hasPair(keys, 'O*OU', 'O*OR') ||
    hasPair(keys, 'U*UO', 'R*RO') ||
    hasPair(keys, 'U*OO', 'R*OO') ||
    hasPair(keys, 'O*UO', 'O*RO') ||
    keys.every((key) => fits(key, '***H') || fits(key, 'O*O*'))
  );
}

/** Rule 3: whatever RRset a cache holds, the DNSKEY RRset that it holds has the key of a signature over it. */
function hasSignatures(keys: readonly KeyRecord[]): boolean {
  return (
    keys.every((key) => fits(key, '***H')) ||
    keys.some((key) => fits(key, 'OO**')) ||
    hasPair(keys, 'UO**', 'RO**') ||
    hasPair(keys, 'OU**', 'OR**') ||
    keys.every(
      (key) =>
        fits(key, 'H***') || keys.some((other) => other.dnskey.state === key.dnskey.state && fits(other, '*O**')),
    )
  );
}

function hasPair(keys: readonly KeyRecord[], leaving: string, coming: string): boolean {
  return keys.some(
    (key) => fits(key, leaving) && keys.some((other) => fits(other, coming) && isSuccessor(key, other, keys)),
  );
}

/**
 * Every cache that lacks what `after` brings holds what `before` takes away: `after` follows `before` directly, or through keys
 * that are in the same state as `before`, and no key in another state still counts on `before` to replace it.
 */
export function isSuccessor(before: KeyRecord, after: KeyRecord, keys: readonly KeyRecord[]): boolean {
  const state = tupleOf(before);
  if (dependOn(before, keys).some((key) => tupleOf(key) !== state)) return false;
  const between = new Set([before]);
  for (let here = before; ; ) {
    const next = keys.find((key) => follows(here, key));
    if (next === undefined || between.has(next)) return false;
    if (next === after) return true;
    if (tupleOf(next) !== state) return false;
    between.add(next);
    here = next;
  }
}

/** The relation counts only where both keys say so. */
function follows(before: KeyRecord, after: KeyRecord): boolean {
  return before !== after && before.successor === after.id && after.predecessor === before.id;
}

/** The keys that `key` replaces, directly or not, of which caches still hold something. */
function dependOn(key: KeyRecord, keys: readonly KeyRecord[]): readonly KeyRecord[] {
  const found: KeyRecord[] = [];
  for (let at: KeyRecord | undefined = key; at !== undefined; ) {
    const here: KeyRecord = at;
    at = keys.find((other) => follows(other, here) && !isHidden(other) && !found.includes(other) && other !== key);
    if (at !== undefined) found.push(at);
  }
  return found;
}
