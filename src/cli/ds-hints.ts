/** What `danezone ds` says besides the records: why a zone has none yet, and what to do next. */
import type { Name } from '../dns/name.ts';
import type { ZoneKey } from '../keys/key.ts';
import type { KeyDuties, ToSay } from '../rollover/duties.ts';
import type { ParentHere } from '../rollover/virtual-zone.ts';
import { readableTime } from '../text/time.ts';

/** Lines for standard error; `asked` as the last build asked for it, `next` as the next one will. */
export interface ZoneHint {
  readonly zone: Name;
  readonly asked: KeyDuties;
  readonly next: KeyDuties;
  /** Hosts whose certificates nobody has seen in service yet: what the first DS waits for at last. */
  readonly unserved: readonly string[];
  /** Its publication shows the DS: nobody has to look for it besides. */
  readonly parent?: ParentHere;
}

/** A step that is due is not taken here: the next build takes it, when the proof agrees. */
export function dsHints(zones: readonly ZoneHint[]): readonly string[] {
  const lines = zones.flatMap(({ zone, asked, next }) => {
    if (asked.inParent.length > 0) return [];
    const { gate } = next;
    if (gate === undefined) return [`${zone} has no DS yet: it is due, run danezone build`];
    const date = gate.earliest === undefined ? '' : `, and not before ${readableTime(gate.earliest)}`;
    return [`${zone} has no DS yet${date}: ${gate.reason}`];
  });
  const due = zones.filter(({ asked, next }) => asked.inParent.length > 0 && !isSame(asked.inParent, next.inParent));
  if (due.length > 0) lines.push(`another DS is due for ${namesOf(due.map(({ zone }) => zone))}: run danezone build`);
  const dates = zones.flatMap(({ asked, next }) =>
    asked.inParent.length > 0 || next.gate?.earliest === undefined ? [] : [next.gate.earliest],
  );
  if (dates.length > 0) lines.push(`next: danezone build, from ${readableTime(Math.min(...dates))}`);
  const unknown = zones.filter(({ asked, next }) => asked.inParent.length === 0 && next.gate?.mayStand === true);
  if (unknown.length > 0) {
    const say = "danezone confirm ds-seen ZONE --ds 'TAG ALGORITHM TYPE DIGEST'";
    lines.push(
      `if the parent of ${namesOf(unknown.map(({ zone }) => zone))} has a DS already, leave it there and say ${say}`,
    );
  }
  const isOpen = ({ asked, next }: ZoneHint) => asked.inParent.length > 0 || next.gate !== undefined;
  return [...lines, ...sayings(zones.filter(isOpen).flatMap(toSayOf))];
}

function toSayOf({ next: { toSay }, unserved, parent }: ZoneHint): readonly ToSay[] {
  if (toSay === undefined) return [];
  if (parent !== undefined && (toSay.command === 'confirm ds-seen' || toSay.command === 'confirm ds-gone'))
    return parent.isByBuild ? [] : [{ command: 'confirm published', of: parent.zone }];
  return toSay.command === ofHosts ? unserved.map((host) => ({ command: ofHosts, of: host })) : [toSay];
}

const ofHosts = 'confirm cert-served';

const isSame = (a: readonly ZoneKey[], b: readonly ZoneKey[]) =>
  a.length === b.length && a.every((key) => b.some(({ path, tag }) => key.path === path && key.tag === tag));

const when: Readonly<Record<string, string>> = {
  'confirm published': 'when every name server answers with the serial that was built last',
  'confirm ds-seen': 'when every server of the parent shows exactly these DS records',
  'confirm ds-gone': 'when no server of the parent shows another DS any more',
  'confirm cert-served': 'when every address of the host shows the certificate',
  'roll step': 'when the next step of the keys may be taken',
};

/** One line for each command. */
function sayings(all: readonly ToSay[]): readonly string[] {
  const byCommand = new Map<string, Set<string>>();
  for (const { command, of } of all) byCommand.set(command, (byCommand.get(command) ?? new Set()).add(of));
  return [...byCommand].map(([command, of]) => {
    const names = [...of];
    // It takes one host at a time.
    if (command === ofHosts && names.length > 1)
      return `${when[command]}: danezone ${command} HOST, for each of ${names.join(' ')}`;
    const takesAll = command === 'confirm published' && names.length > shown;
    return `${when[command]}: danezone ${command} ${takesAll ? '--all' : namesOf(names)}`;
  });
}

const shown = 3;

const namesOf = (names: readonly string[]) =>
  names.length > shown ? `${names.slice(0, shown).join(' ')} and ${names.length - shown} more` : names.join(' ');
