/** Rules about the state of a zone. */
import { defineRules } from '../text/problem.ts';
import { readableTime } from '../text/time.ts';

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
  'ops/journal-unreadable': {
    tier: 'error',
    reach: 'offline',
    title: 'the journal of a zone cannot be read',
    why: 'Without its journal nothing is known of what caches hold, so neither keys nor TLSA records can be changed safely. The zone keeps its last content; the journal is not overwritten.',
    fix: 'restore keys/<zone>/journal.json from version control',
    message: (f: { where: string; expected: string; found: string }) =>
      `${f.where === '' ? '' : `${f.where}: `}expected ${f.expected}, found ${f.found}`,
  },
  'ops/journal-newer': {
    tier: 'error',
    reach: 'offline',
    title: 'the journal of a zone was written by a newer danezone',
    why: 'An older danezone does not know what the newer one has noted. The zone keeps its last content; the journal is not overwritten.',
    fix: 'run the newest danezone that has written this journal',
    message: (f: { known: number; found: number }) =>
      `version ${f.found} of the journal, this danezone knows ${f.known}`,
  },
});
