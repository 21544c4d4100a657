/** Rules about the state of a zone. */
import { defineRules } from '../text/problem.ts';
import { readableTime } from '../text/time.ts';

interface Doubted {
  readonly zone: string;
  /** Keys of the folder that the journal does not know and that are taken over all the same. */
  readonly keys: readonly string[];
}

const taken = ({ keys }: Doubted) =>
  keys.length === 0 ? '' : `, and ${keys.join(' and ')} taken over from .state files`;

export const rules = defineRules({
  'ops/clock-went-back': {
    tier: 'warning',
    reach: 'offline',
    title: 'the clock is behind the journal',
    why: 'Waits are counted from the times in the journal: with a wrong clock a key or a record would move too early or never. Rollovers stand still until the clock has caught up; signatures are renewed as ever.',
    fix: 'set the clock (NTP); if the journal was written with a clock that was ahead, wait, or restore keys/ from version control',
    message: (f: { now: number; changed: number }) =>
      `the clock says ${readableTime(f.now)}, but the journal was written at ${readableTime(f.changed)}`,
  },
  'ops/clock-before-keys': {
    tier: 'error',
    reach: 'offline',
    title: 'the clock is before the time at which any key of a zone was made',
    why: 'Signatures that such a clock makes would have run out, and every validating resolver would refuse the zone. What was built last stays as it is.',
    fix: 'set the clock (NTP) and run again; if the keys were made by a clock that was ahead, restore keys/ from version control, or move the journal of the zone away',
    message: (f: { zone: string; now: number; made: number }) =>
      `the clock says ${readableTime(f.now)}, but the oldest key of ${f.zone} was made at ${readableTime(f.made)}`,
  },
  'ops/journal-unreadable': {
    tier: 'error',
    reach: 'offline',
    title: 'the journal of a zone cannot be read',
    why: 'Without its journal nothing is known of what caches hold, so neither keys nor TLSA records can be changed safely. The zone keeps its last content, signed again by the keys that sign it; the journal is not overwritten.',
    fix: 'restore keys/<zone>/journal.json from version control',
    message: (f: { where: string; expected: string; found: string }) =>
      `${f.where === '' ? '' : `${f.where}: `}expected ${f.expected}, found ${f.found}`,
  },
  'ops/journal-newer': {
    tier: 'error',
    reach: 'offline',
    title: 'the journal of a zone was written by a newer danezone',
    why: 'An older danezone does not know what the newer one has noted. The zone keeps its last content, signed again by the keys that sign it; the journal is not overwritten.',
    fix: 'run the newest danezone that has written this journal',
    message: (f: { known: number; found: number }) =>
      `version ${f.found} of the journal, this danezone knows ${f.known}`,
  },
  'ops/journal-lost': {
    tier: 'warning',
    reach: 'offline',
    title: 'the journal of a zone that was built here is gone',
    why: 'Without it nothing is known of what caches hold. The zone keeps what is published and is signed again; every clock starts anew from now, so that keys and records wait the longest that they can. Keys are where their .state files and the zone that was built last have them.',
    fix: 'restore keys/<zone>/ whole from version control or your backup, the latest copy; else publish, confirm again what servers and parent show (danezone confirm), and wait',
    message: (f: Doubted) => `${f.zone} was built here and has no journal: all clocks start anew${taken(f)}`,
  },
  'ops/journal-rolled-back': {
    tier: 'warning',
    reach: 'offline',
    title: 'the journal of a zone is older than what was built from it',
    why: 'A journal that was restored from an older copy does not know what has been published since, so nothing that it says of caches is believed. The zone keeps what is published and is signed again; every clock starts anew from now. Keys that are newer than the journal are taken over from their .state files.',
    fix: 'restore the latest journal of the zone, whole, and never merge two; else publish, confirm again what servers and parent show (danezone confirm), and wait',
    message: (f: Doubted & { sign: string }) =>
      `the journal of ${f.zone} is not the latest: ${f.sign}; all clocks start anew${taken(f)}`,
  },
  'ops/journal-edited': {
    tier: 'warning',
    reach: 'offline',
    title: 'the journal of a zone was changed by hand',
    why: 'Its seal does not fit its content, so somebody else than danezone has written it, or two journals were merged; a wrong time in it would move a key too early. The zone keeps what is published and is signed again; every clock starts anew from now.',
    fix: 'restore the journal from version control; what was seen is written with danezone confirm, never by hand',
    message: (f: Doubted) => `the journal of ${f.zone} does not fit its seal: all clocks start anew${taken(f)}`,
  },
});
