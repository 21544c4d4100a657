/**
 * The rules of the policy (ROLLOVER section 2): the order in which the records of keys come and go. They are stricter than safety
 * asks for, so that every state between is one from which a roll can be taken back. Each rule is a row: which move
 * it is about, and whether that move may be made.
 */
import type { Journal, KeyRecord } from '../journal/journal.ts';
import { dsCapacity, hasDigestsFirst, replacesAtOnce } from './ds-records.ts';
import { algorithmOfKey, fits, hasZrrsig, isShown, keyOf, ofAlgorithm, withMove } from './key-records.ts';
import type { KeyRecordName, Move } from './move.ts';
import type { RolloverPolicy } from './policy.ts';
import { hasDsAhead, leavesWithDs, signsBeside } from './roll-methods.ts';
import { brokenRule, holds, isSuccessor } from './safety.ts';
import { hasStandbyDs } from './standby.ts';
import type { Switches } from './switches.ts';

export interface PolicyContext extends Switches {
  readonly journal: Journal;
  readonly policy: RolloverPolicy;
  readonly insecure: boolean;
}

interface PolicyRule {
  /** Follows `waits: `, for people. */
  readonly text: string;
  readonly records: readonly KeyRecordName[];
  readonly to: 'rumoured' | 'unretentive';
  /** Whether the rule has nothing against the move of this key. */
  readonly allows: (key: KeyRecord, keys: readonly KeyRecord[], context: PolicyContext, move: Move) => boolean;
}

const table = {
  'signatures-before-keys': {
    text: 'the zone is signed with a new algorithm before its keys are published (RFC 6781 section 4.1.4)',
    records: ['dnskey'],
    to: 'rumoured',
    allows: (key, keys, { policy }) => {
      const same = ofAlgorithm(keys, algorithmOfKey(key));
      return (
        policy.algorithmOrder === 'bind' ||
        keys.every((other) => fits(other, '***H')) ||
        // A DNSKEY on its way out may be in no cache: nobody knows after a journal was lost. A DS of the algorithm without any key of it
        // breaks what it is to lead to: there, keys come at once.
        same.some((other) => isShown(other, 'dnskey') || fits(other, '*O**') || isShown(other, 'ds'))
      );
    },
  },
  'krrsig-with-dnskey': {
    text: 'a key signs the DNSKEY RRset once it stands in it',
    records: ['krrsig'],
    to: 'rumoured',
    allows: (key) => isShown(key, 'dnskey'),
  },
  'zrrsig-after-dnskey': {
    text: 'a key signs the zone when its DNSKEY is in every cache, or with the first signatures of its algorithm (RFC 6781 section 4.1.1.1)',
    records: ['zrrsig'],
    to: 'rumoured',
    allows: (key, keys, { policy }) =>
      fits(key, 'O***') ||
      signsBeside(key, keys, policy) ||
      ofAlgorithm(keys, algorithmOfKey(key)).every((other) => other === key || fits(other, '*H**')),
  },
  'ds-after-dnskey': {
    text: 'the DS comes when the DNSKEY and the signatures made with it are in every cache (RFC 6781 section 4.1.2)',
    records: ['ds'],
    to: 'rumoured',
    allows: (key, keys, { policy }) =>
      fits(key, 'O*O*') || hasDsAhead(key, keys, policy) || hasStandbyDs(key, keys, policy),
  },
  'dnskey-after-ds-ahead': {
    text: 'the DS comes before the key: its DNSKEY takes over when every cache has its DS (RFC 7583 section 3.3.2)',
    records: ['dnskey'],
    to: 'rumoured',
    allows: (key, keys, { policy }) => fits(key, '***O') || !hasDsAhead(key, keys, policy),
  },
  'ds-after-zone': {
    text: 'the DS comes when the zone can be verified with the algorithm from every cache',
    records: ['ds'],
    to: 'rumoured',
    allows: (key, keys, { insecure }, move) => {
      const after = withMove(keys, move, 0);
      const algorithm = algorithmOfKey(key);
      // Where a DS without its key was found at the parent, one with its key makes nothing worse.
      const hasEntry = holds(2, after, algorithm, insecure) || !holds(2, keys, algorithm, insecure);
      // The signatures are asked of the algorithm: beside another DS of it, this one changes nothing for them.
      const isBeside = ofAlgorithm(keys, algorithm).some((other) => other !== key && isShown(other, 'ds'));
      return hasEntry && (isBeside || holds(3, after, algorithm, insecure));
    },
  },
  'ds-room': {
    text: 'the parent has no room for another DS',
    records: ['ds'],
    to: 'rumoured',
    allows: (key, keys, context, move) => {
      const { policy } = context;
      const others = keys.filter((other) => other !== key && !fits(other, '***H'));
      // A DS that the parent was asked to remove takes no room.
      if (!replacesAtOnce(policy)) return others.filter((other) => isShown(other, 'ds')).length < dsCapacity(policy);
      // In one registrar step: the DS of the keys that leave go with it.
      const leaving = others.filter(({ goal }) => goal === 'hidden');
      return (
        others.length - leaving.length < dsCapacity(policy) && mayLeaveAtOnce(leaving, withMove(keys, move, 0), context)
      );
    },
  },
  'digests-first': {
    text: 'the digest types of the DS are changing, and never in one step with a roll',
    records: ['ds'],
    to: 'rumoured',
    allows: (_, keys, { journal, policy }) => !hasDigestsFirst(journal, keys, policy),
  },
  'ds-successor-first': {
    text: 'another DS takes over before one is removed',
    records: ['ds'],
    to: 'unretentive',
    allows: (key, keys, { policy, insecure }) => {
      const atOnce = replacesAtOnce(policy);
      return (
        insecure ||
        isUseless(key, keys) ||
        // One that only stands by carries nothing.
        (key.standby === true && keys.some((other) => other !== key && fits(other, 'O*OO'))) ||
        keys.some(
          (other) =>
            other !== key &&
            other.standby !== true &&
            // One that is to go itself will do where it was made after this one: the oldest leaves first, and makes room for the newest.
            (other.goal === 'omnipresent' || other.created >= key.created) &&
            (algorithmOfKey(other) === algorithmOfKey(key) || holds(3, keys, algorithmOfKey(other), insecure)) &&
            (atOnce ? fits(other, 'O*O*') && isShown(other, 'ds') : fits(other, 'O*OO')),
        )
      );
    },
  },
  'dnskey-after-ds': {
    text: 'a key stays until the DS that points to it is in no cache',
    records: ['dnskey', 'krrsig'],
    to: 'unretentive',
    allows: (key, keys, { policy }) => fits(key, '***H') || leavesWithDs(key, keys, policy),
  },
  'dnskey-after-signatures': {
    text: 'a key stays until the signatures made with it are in no cache, unless its algorithm goes with it',
    records: ['dnskey'],
    to: 'unretentive',
    allows: (key, keys, { policy }) =>
      fits(key, '*H**') || isAlgorithmGoing(key, keys) || hasSigningSuccessor(key, keys, policy),
  },
  'zrrsig-beside-successor': {
    text: 'both keys sign until the signatures of the new one are in every cache (RFC 7583 section 3.2.2)',
    records: ['zrrsig'],
    to: 'unretentive',
    allows: (key, keys, { policy }) => {
      const next = keyOf(keys, key.successor);
      return next === undefined || !signsBeside(next, keys, policy) || !isShown(next, 'zrrsig') || fits(next, 'OO**');
    },
  },
  'krrsig-with-successor': {
    text: 'the DNSKEY RRset stays signed with every algorithm that stands in it (RFC 4035 section 2.2)',
    records: ['krrsig'],
    to: 'unretentive',
    allows: (key, keys) =>
      ofAlgorithm(keys, algorithmOfKey(key)).some((other) => other !== key && isShown(other, 'krrsig')) ||
      ofAlgorithm(keys, algorithmOfKey(key)).every((other) => !isShown(other, 'dnskey')),
  },
  'zrrsig-with-successor': {
    text: 'the zone stays signed with every algorithm of the DNSKEY RRset (RFC 4035 section 2.2)',
    records: ['zrrsig'],
    to: 'unretentive',
    allows: (key, keys, { policy }) => {
      const same = ofAlgorithm(keys, algorithmOfKey(key));
      if (same.some((other) => other !== key && isShown(other, 'zrrsig'))) return true;
      // The last signatures of an algorithm: after its keys, where a validator may hold either.
      const secure = keys.some((other) => !fits(other, '***H'));
      return policy.algorithmOrder === 'conservative' && secure
        ? same.every((other) => fits(other, 'H***'))
        : same.every((other) => !isShown(other, 'dnskey'));
    },
  },
  // The swap in safety rule 3 counts on the old signatures being in every cache that lacks the new ones: the key itself hands over.
  'zrrsig-arrived': {
    text: 'signatures leave when others are in every cache, or when those that were in every cache hand over to their successor',
    records: ['zrrsig'],
    to: 'unretentive',
    allows: (key, keys, _, move) => {
      const after = withMove(keys, move, 0);
      const own = keyOf(after, key.id) ?? key;
      const others = ofAlgorithm(after, algorithmOfKey(key)).filter((other) => other !== own);
      return (
        isAlgorithmGoing(key, keys) ||
        others.some((other) => fits(other, 'OO**')) ||
        (fits(key, 'OO**') && others.some((other) => fits(other, 'OR**') && isSuccessor(own, other, after)))
      );
    },
  },
} as const satisfies Readonly<Record<string, PolicyRule>>;

export type PolicyRuleId = keyof typeof table;

const rows = Object.entries(table) as readonly (readonly [PolicyRuleId, PolicyRule])[];

/** The rule of the policy that stands against a move into R or U; undefined where none does. */
export function standingRule(
  move: Move,
  keys: readonly KeyRecord[],
  context: PolicyContext,
): { readonly id: PolicyRuleId; readonly text: string } | undefined {
  const key = keyOf(keys, move.key);
  if (key === undefined) throw new Error(`no key ${move.key}`);
  for (const [id, rule] of rows) {
    if (rule.to !== move.to || !rule.records.includes(move.record) || context.off.has(`policy-${id}`)) continue;
    if (!rule.allows(key, keys, context, move)) return { id, text: rule.text };
  }
  return undefined;
}

/** Every rule, for the tests that take one away at a time. */
export const policyRuleIds: readonly PolicyRuleId[] = rows.map(([id]) => id);

/** Whether each of these keys may withdraw its DS one after the other, as far as it goes by rules. */
function mayLeaveAtOnce(leaving: readonly KeyRecord[], before: readonly KeyRecord[], context: PolicyContext): boolean {
  let keys = before;
  return leaving.every(({ id, ds }) => {
    if (ds.state === 'hidden' || ds.state === 'unretentive') return true;
    const move: Move = { key: id, record: 'ds', from: ds.state, to: 'unretentive' };
    const after = withMove(keys, move, 0);
    if (standingRule(move, keys, context) !== undefined || brokenRule(keys, after, move, context) !== undefined)
      return false;
    keys = after;
    return true;
  });
}

/**
 * No cache has a chain from a DS of this key, and none is on its way: the key is not there, does not sign the keys, or nothing of its
 * algorithm signs the zone.
 */
function isUseless(key: KeyRecord, keys: readonly KeyRecord[]): boolean {
  const same = ofAlgorithm(keys, algorithmOfKey(key));
  const isMoving = ({ state }: KeyRecord['dnskey']) => state === 'rumoured' || state === 'unretentive';
  if (!fits(key, 'O*O*')) return ![key.dnskey, key.krrsig].some(isMoving);
  return !same.some((other) => fits(other, 'OO**') || isMoving(other.dnskey) || isMoving(other.zrrsig));
}

/** With Double-Signature key and signatures leave in one build: every cache has those of the successor (RFC 7583 section 3.2.2). */
function hasSigningSuccessor(key: KeyRecord, keys: readonly KeyRecord[], policy: RolloverPolicy): boolean {
  const next = keyOf(keys, key.successor);
  return policy.keys.zskRoll === 'double-signature' && key.role === 'zsk' && next?.role === 'zsk' && fits(next, 'OO**');
}

/** No DS points to the algorithm any more, and no key of it stays to sign the zone. */
function isAlgorithmGoing(key: KeyRecord, keys: readonly KeyRecord[]): boolean {
  return ofAlgorithm(keys, algorithmOfKey(key)).every(
    (other) => fits(other, '***H') && (other === key || other.goal === 'hidden' || !hasZrrsig(other)),
  );
}
