/** What the zones of this repository answer for a name, as a name server would (RFC 1034 section 4.3.2, RFC 4592, RFC 6672). */
import type { Description } from '../describe/description.ts';
import { ancestors, type Name, nameFromWire, nameToWire, parseName } from '../dns/name.ts';
import { Type, type TypeCode } from '../dns/type.ts';
import { type NameId, Role } from '../dns/zone.ts';
import type { Held, Placed, Survey } from './survey.ts';

export type Found =
  | { readonly kind: 'rows'; readonly at: Placed; readonly isSynthesized: boolean }
  /** A CNAME, or the one that a DNAME makes. */
  | { readonly kind: 'alias'; readonly at: Placed; readonly target: Name; readonly isSynthesized: boolean }
  /** The zone is here and holds no such records. */
  | { readonly kind: 'nothing'; readonly held: Held; readonly exists: boolean }
  /** Not in a zone that is declared here, or below a delegation from one. */
  | { readonly kind: 'foreign' }
  /** In a declared zone that has errors of its own. */
  | { readonly kind: 'unknown' };

/** An answer with the aliases that lead to it. */
export interface Followed {
  readonly aliases: readonly Extract<Found, { kind: 'alias' }>[];
  /** An alias only where it leads in a circle, or too far. */
  readonly end: Found;
}

/** Resolvers give up at about this many (BIND 17, Unbound 12). */
const maxAliases = 12;

export class Names {
  readonly #survey: Survey;
  readonly #description: Description;

  constructor(survey: Survey, description: Description) {
    this.#survey = survey;
    this.#description = description;
  }

  /** The zone that a name stands in, delegations to elsewhere left aside. */
  zoneOf(of: Name): Held | 'foreign' | 'unknown' {
    const { domains, faulty } = this.#description;
    for (const at of ancestors(of)) {
      const held = this.#survey.zones.get(at);
      if (held !== undefined) return held;
      if (domains.has(at) || faulty.has(at)) return 'unknown';
    }
    return 'foreign';
  }

  /** The zone that answers for a name; delegations counted. */
  place(of: Name): Held | 'foreign' | 'unknown' {
    const held = this.zoneOf(of);
    if (typeof held === 'string') return held;
    const { zone } = held;
    const encloser = zone.closestEncloser(nameToWire(of));
    const role = zone.columns.role[encloser];
    if (role !== Role.cut && role !== Role.below) return held;
    const above = role === Role.cut ? encloser : zone.cutAbove(encloser);
    return above >= 0 && zone.columns.role[above] === Role.cut ? 'foreign' : held;
  }

  lookUp(of: Name, type: TypeCode): Found {
    const held = this.zoneOf(of);
    if (typeof held === 'string') return { kind: held };
    const { zone } = held;
    const { role } = zone.columns;
    const wire = nameToWire(of);
    const exact = zone.findWire(wire, 0, wire.length);
    const encloser = exact >= 0 ? exact : zone.closestEncloser(wire);
    if (role[encloser] === Role.cut && !(exact >= 0 && type === Type.DS)) return { kind: 'foreign' };
    const hiding = role[encloser] === Role.below ? zone.cutAbove(encloser) : exact >= 0 ? -1 : encloser;
    if (hiding >= 0) {
      if (role[hiding] === Role.cut) return { kind: 'foreign' };
      const substituted = substitute(held, hiding, of);
      if (substituted !== undefined) return substituted;
    }
    if (exact >= 0) return answerAt(held, exact, type, false) ?? { kind: 'nothing', held, exists: true };
    const wildcard = wildcardUnder(held, encloser);
    if (wildcard < 0) return { kind: 'nothing', held, exists: false };
    return answerAt(held, wildcard, type, true) ?? { kind: 'nothing', held, exists: true };
  }

  follow(of: Name, type: TypeCode): Followed {
    const aliases: Extract<Found, { kind: 'alias' }>[] = [];
    const seen = new Set<Name>([of]);
    let end = this.lookUp(of, type);
    while (end.kind === 'alias') {
      aliases.push(end);
      if (seen.has(end.target) || aliases.length > maxAliases) return { aliases, end };
      seen.add(end.target);
      end = this.lookUp(end.target, type);
    }
    return { aliases, end };
  }
}

function answerAt(held: Held, id: NameId, type: TypeCode, isSynthesized: boolean): Found | undefined {
  const { zone } = held;
  const row = zone.row(id, type);
  if (row >= 0) return { kind: 'rows', at: { held, id, row, owner: zone.name(id) }, isSynthesized };
  const alias = zone.row(id, Type.CNAME);
  if (alias < 0) return undefined;
  const { rdata, rdataStart, recordStart } = zone.columns;
  const target = nameFromWire(rdata, rdataStart[recordStart[alias]]);
  return { kind: 'alias', at: { held, id, row: alias, owner: zone.name(id) }, target, isSynthesized };
}

/** RFC 6672 section 2.2; undefined where there is no DNAME. */
function substitute(held: Held, id: NameId, of: Name): Found | undefined {
  const { zone } = held;
  const row = zone.row(id, Type.DNAME);
  if (row < 0) return undefined;
  const { rdata, rdataStart, recordStart } = zone.columns;
  const owner = zone.name(id);
  const base = nameFromWire(rdata, rdataStart[recordStart[row]]);
  const target = parseName(`${of.slice(0, -owner.length)}${base === '.' ? '' : base}`);
  if (typeof target !== 'string') return { kind: 'nothing', held, exists: false };
  return { kind: 'alias', at: { held, id, row, owner }, target, isSynthesized: true };
}

/** The wildcard that answers below a closest encloser (RFC 4592 section 3.3.1), or -1. */
export function wildcardUnder({ zone }: Held, encloser: NameId): NameId {
  const wire = zone.nameWire(encloser);
  const wildcard = Buffer.allocUnsafe(wire.length + 2);
  wildcard[0] = 1;
  wildcard[1] = 0x2a;
  wildcard.set(wire, 2);
  const id = zone.findWire(wildcard, 0, wildcard.length);
  return id >= 0 && zone.columns.role[id] !== Role.below ? id : -1;
}
