/**
 * A journal that was lost, restored from an older copy, or changed by hand is found by what it is kept with: its seal, the
 * published zone, the .state files of the keys. Then nothing that it says about caches is believed: what is published stays
 * and is signed again, and every clock starts anew. Two journals are never merged.
 */
import type { Name } from '../dns/name.ts';
import { isAhead } from '../dns/serial.ts';
import { Type } from '../dns/type.ts';
import { type Report, report } from '../text/problem.ts';
import { readableTime } from '../text/time.ts';
import type { BuiltZone } from './built-zone.ts';
import { clockTolerance } from './clock.ts';
import { currentVersion, versionsOf } from './held.ts';
import {
  type Journal,
  type KeyRecord,
  newJournal,
  type RecordState,
  type RRsetHistory,
  type Timeline,
} from './journal.ts';
import { rules } from './rules.ts';
import { withBuilt } from './with-built.ts';

/** What a journal is held against. */
export interface Witnesses {
  /** Of the last verified zone file; undefined where there is none. */
  readonly published?: Published;
  /** Unix seconds, of the last change that a .state file of the zone has; undefined where there is none. */
  readonly stateChanged?: number;
}

export interface Published {
  readonly serial: number;
  /** DNSKEY RDATA in hexadecimal, in canonical order. */
  readonly dnskeys: readonly string[];
}

export type Doubt =
  | { readonly kind: 'lost' }
  | { readonly kind: 'edited' }
  /** `sign`: a sentence about what is newer than the journal. */
  | { readonly kind: 'rolled-back'; readonly sign: string };

/** Why the journal cannot be believed; undefined: nothing speaks against it. `journal` undefined: there is no file. */
export function doubtOf(journal: Journal | undefined, { published, stateChanged }: Witnesses): Doubt | undefined {
  // Keys without anything built are those of another signer, which is no loss.
  if (journal === undefined) return published === undefined ? undefined : { kind: 'lost' };
  if (journal.isEdited) return { kind: 'edited' };
  const sign = signOfOldAge(journal, { published, stateChanged });
  return sign === undefined ? undefined : { kind: 'rolled-back', sign };
}

function signOfOldAge(journal: Journal, { published, stateChanged }: Witnesses): string | undefined {
  const { serial, changed, zone } = journal;
  if (stateChanged !== undefined && stateChanged > changed + clockTolerance) {
    return `a key changed its state at ${readableTime(stateChanged)}, and the journal ends at ${readableTime(changed)}`;
  }
  if (published === undefined) return undefined;
  if (serial === undefined) return `serial ${published.serial} was built, and the journal knows of no build`;
  if (isAhead(published.serial, serial.last)) {
    return `serial ${published.serial} was built, and the journal ends with ${serial.last}`;
  }
  const set = published.dnskeys.join();
  const isKnown = versionsOf(journal, zone, Type.DNSKEY).some(({ records }) => records.join() === set);
  if (published.dnskeys.length === 0 || isKnown) return undefined;
  return 'the DNSKEY RRset that was built last is none that the journal knows';
}

/** In the place of the digest of a content: that of none, so that the next build has another one, and a later serial. */
export const unknownDigest = '00';

/** `keys`: what people call those that the journal does not know and that are taken over all the same. */
export function reportDoubt(
  doubt: Doubt,
  facts: { readonly zone: Name; readonly keys: readonly string[] },
  file: string,
  to: Report,
): void {
  const position = { file, line: 1, column: 1 };
  const subject = { subject: facts.zone };
  if (doubt.kind === 'lost') report(to, rules['ops/journal-lost'], position, facts, subject);
  else if (doubt.kind === 'edited') report(to, rules['ops/journal-edited'], position, facts, subject);
  else report(to, rules['ops/journal-rolled-back'], position, { ...facts, sign: doubt.sign }, subject);
}

/**
 * The journal to go on with, `journal` undefined where it was lost. No version has been seen, none has gone, and nothing was seen
 * of parent and hosts; `built`, the last verified zone, counts as built now. The generation stays that of the disk. The keys are those
 * of the journal: who knows more of them from their files gives all to `restartedKeys`.
 */
export function restarted(
  journal: Journal | undefined,
  zone: Name,
  built: BuiltZone | undefined,
  now: number,
): Journal {
  const { isEdited: _edited, ...before } = journal ?? newJournal(zone, now);
  const unseen: Journal = {
    ...before,
    serial: before.serial && { ...before.serial, contentDigest: unknownDigest },
    content: before.content.map(forgotten),
    parentDs: before.parentDs.map(forgotten),
    rrsets: before.rrsets.map(unseenHistory),
    routes: before.routes.map(unseenHistory),
    evidence: [],
    // A person's word for a step was given to other facts.
    requests: { insecure: before.requests.insecure, rolls: before.requests.rolls },
    changed: Math.max(before.changed, now),
  };
  const after = built === undefined ? unseen : withBuilt(unseen, withAskedDs(built, unseen), now);
  return { ...after, generation: before.generation, keys: restartedKeys(after.keys, after, now) };
}

function unseenHistory(history: RRsetHistory): RRsetHistory {
  return { ...history, versions: history.versions.map(forgotten) };
}

function forgotten<V extends Timeline>(version: V): V {
  return { ...version, service: { state: 'unseen' } };
}

/** What the parent is asked for is not in the zone file: that of the journal goes on, and the next build says what is wanted. */
function withAskedDs(built: BuiltZone, { parentDs }: Journal): BuiltZone {
  const asked = parentDs.findLast(({ dropped }) => dropped === undefined)?.records ?? [];
  return { ...built, parentDs: built.parentDs.length > 0 ? built.parentDs : asked };
}

/**
 * The keys as they stand when nothing is known of caches: what is published is on its way into them, what is not is on its way
 * out. A DS that was there or asked for may be there; of any other nobody knows that it is not: `unretentive`, on which no step
 * counts, and on whose absence none counts either.
 */
export function restartedKeys(keys: readonly KeyRecord[], journal: Journal, now: number): readonly KeyRecord[] {
  const dnskey = currentVersion(journal, journal.zone, Type.DNSKEY);
  const signers = {
    krrsig: dnskey?.signed?.signers ?? [],
    zrrsig: journal.content.findLast(({ dropped }) => dropped === undefined)?.signed?.signers ?? [],
  };
  const state = (isShown: boolean): RecordState => ({ state: isShown ? 'rumoured' : 'unretentive', since: now });
  return keys.map((key) => {
    const own = (role: KeyRecord['role'], shown: boolean, before: RecordState) =>
      key.role === role ? before : state(shown);
    return {
      ...key,
      dnskey: state(dnskey?.records.includes(key.rdata) ?? false),
      krrsig: own('zsk', signers.krrsig.includes(key.id), key.krrsig),
      zrrsig: own('ksk', signers.zrrsig.includes(key.id), key.zrrsig),
      ds: own('zsk', key.ds.state === 'omnipresent' || key.ds.state === 'rumoured', key.ds),
    };
  });
}
