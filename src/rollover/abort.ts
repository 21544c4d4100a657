/** Taking back what is under way, as long as the old keys are still in the zone. */
import type { Journal, KeyRecord } from '../journal/journal.ts';
import { algorithmOfKey, fits, hasDs, hasZrrsig, isHidden, isShown, keyOf } from './key-records.ts';
import type { Answer } from './requests.ts';

/**
 * Keys that are leaving stay, and those that replace them leave. A roll whose old key has left the zone goes on. Going insecure is
 * taken back at any time: a zone that is unsigned already is signed anew. The lifetime of a key that comes back begins
 * again, or the same roll would start the next day.
 */
export function abort(journal: Journal, now: number): Answer {
  const { insecure, ...requests } = journal.requests;
  // A key that stands by goes on as it is.
  const live = journal.keys.filter((key) => key.standby !== true && (!isHidden(key) || key.goal === 'omnipresent'));
  const kept = insecure === undefined ? keptOf(live) : stayingWithout(live);
  if (insecure === undefined && live.every(({ goal }) => goal === 'omnipresent')) {
    return { error: 'no roll is under way', hint: 'there is nothing to take back' };
  }
  const returning = kept.filter(({ goal }) => goal === 'hidden');
  if (insecure === undefined && returning.length === 0) {
    const gone = live.filter(({ goal }) => goal === 'hidden').map(({ id }) => id);
    return {
      error: `${gone.join(' and ')} left the zone already`,
      hint: 'it is too late to go back: let this roll finish, then start another',
    };
  }
  const keys = journal.keys.map((key): KeyRecord => {
    if (key.standby === true) return key;
    const turnedBy = returning.find(({ id, successor }) => successor === key.id && id === key.predecessor);
    if (kept.includes(key))
      return returning.includes(key) ? { ...turned(key, journal.keys, kept), active: key.active && now } : key;
    return { ...key, goal: 'hidden', ...(turnedBy && { predecessor: undefined, successor: turnedBy.id }) };
  });
  return { journal: { ...journal, keys, requests }, wanted: [] };
}

/** What was to follow the key goes before it now. */
function turned(key: KeyRecord, keys: readonly KeyRecord[], kept: readonly KeyRecord[]): KeyRecord {
  const successor = keyOf(keys, key.successor);
  const isTurned = successor?.predecessor === key.id && !kept.includes(successor);
  return { ...key, goal: 'omnipresent', ...(isTurned && { predecessor: successor.id, successor: undefined }) };
}

/** The keys to stay: one for the chain and one for the zone, of one algorithm, old ones where they are still in the zone. */
function keptOf(live: readonly KeyRecord[]): readonly KeyRecord[] {
  const leaving = live.filter(({ goal }) => goal === 'hidden');
  const staying = live.filter(({ goal }) => goal === 'omnipresent');
  const inZone = leaving.filter((key) => isShown(key, 'dnskey') || fits(key, '*O**'));
  const chain = best(inZone.filter(hasDs)) ?? best(staying.filter(hasDs));
  if (chain === undefined || chain.role === 'csk') return chain === undefined ? [] : [chain];
  const goesWith = (key: KeyRecord) => key.role === 'zsk' && algorithmOfKey(key) === algorithmOfKey(chain);
  const zone = best(inZone.filter(goesWith)) ?? best(staying.filter(goesWith)) ?? best(leaving.filter(goesWith));
  return zone === undefined ? [] : [chain, zone];
}

/** The keys that would have stayed in a zone that was to be unsigned: the newest that no other was to replace. */
function stayingWithout(live: readonly KeyRecord[]): readonly KeyRecord[] {
  const last = live.filter(({ successor }) => keyOf(live, successor) === undefined);
  const newest = (has: (key: KeyRecord) => boolean) =>
    last
      .filter(has)
      .reduce<KeyRecord | undefined>((a, b) => (a !== undefined && a.created > b.created ? a : b), undefined);
  const chain = newest(hasDs);
  if (chain === undefined || chain.role === 'csk') return chain === undefined ? [] : [chain];
  const zone = newest((key) => hasZrrsig(key) && algorithmOfKey(key) === algorithmOfKey(chain));
  return zone === undefined ? [chain] : [chain, zone];
}

/** The key that is most at home in caches, then the newest. */
function best(keys: readonly KeyRecord[]): KeyRecord | undefined {
  const rank = (key: KeyRecord) => Number(fits(key, 'O*OO') || fits(key, 'OOHH')) * 2 + Number(isShown(key, 'dnskey'));
  return [...keys].sort((a, b) => rank(b) - rank(a) || b.created - a.created)[0];
}
