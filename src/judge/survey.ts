/**
 * What the rules over several zones look at, gathered in one pass over the columns of each zone: TLSA, MX and their aliases,
 * wherever they come from — hosts, records or an adopted file.
 */
import type { Description, Domain } from '../describe/description.ts';
import { noHost } from '../dns/mx-target.ts';
import { ancestors, type Name, nameFromWire } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { type NameId, Role, type Row, type Zone } from '../dns/zone.ts';
import type { Position } from '../text/problem.ts';

/** A zone that was composed. */
export interface Held {
  readonly apex: Name;
  readonly zone: Zone;
  readonly domain: Domain;
  /** Signed, and no declared zone above it is not: as far as the repository can tell, validators get a chain to it. */
  readonly isSecure: boolean;
}

/** One RRset where it stands. */
export interface Placed {
  readonly held: Held;
  readonly id: NameId;
  readonly row: Row;
  readonly owner: Name;
}

export interface MxSet extends Placed {
  readonly targets: readonly { readonly host: Name; readonly at: Position | undefined }[];
}

export interface Survey {
  readonly zones: ReadonlyMap<Name, Held>;
  readonly tlsa: readonly Placed[];
  /** Null MX and what is no host left out. */
  readonly mx: readonly MxSet[];
  /** Every name that is the exchange of an MX. */
  readonly mailHosts: ReadonlySet<Name>;
  /** CNAMEs at owners that begin with an underscore. */
  readonly aliases: readonly Placed[];
  /** Wildcards with TLSA, MX or CNAME. */
  readonly wildcards: readonly Placed[];
  /** TXT RRsets with SPF policies, and those at `_dmarc`. */
  readonly spf: readonly Placed[];
  readonly dmarc: readonly Placed[];
  /** DS RRsets at delegations. */
  readonly ds: readonly Placed[];
}

const underscore = 0x5f;
const asterisk = 0x2a;
const dmarcLabel = Buffer.from('\x06_dmarc', 'latin1');
const spfVersion = Buffer.from('v=spf1', 'latin1');

export function survey(zones: ReadonlyMap<Name, Zone>, description: Description): Survey {
  const held = new Map<Name, Held>();
  const found = {
    tlsa: [] as Placed[],
    mx: [] as MxSet[],
    aliases: [] as Placed[],
    wildcards: [] as Placed[],
    spf: [] as Placed[],
    dmarc: [] as Placed[],
    ds: [] as Placed[],
  };
  const mailHosts = new Set<Name>();
  for (const [apex, zone] of zones) {
    const domain = description.domains.get(apex);
    if (domain === undefined || zone.nameCount === 0) continue;
    const one: Held = { apex, zone, domain, isSecure: isSecure(apex, description) };
    held.set(apex, one);
    surveyZone(one);
  }
  return { zones: held, mailHosts, ...found };

  function surveyZone(one: Held): void {
    const { zone } = one;
    const { type, owner, role, names, nameStart } = zone.columns;
    const rows = type.length;
    for (let row = 0; row < rows; row++) {
      const kind = type[row];
      if (kind !== Type.TLSA && kind !== Type.MX && kind !== Type.CNAME && kind !== Type.TXT && kind !== Type.DS) {
        continue;
      }
      const id = owner[row];
      if (kind === Type.DS) {
        if (role[id] === Role.cut) found.ds.push({ held: one, id, row, owner: zone.name(id) });
        continue;
      }
      if (role[id] === Role.below || role[id] === Role.cut) continue;
      const start = nameStart[id];
      const isWildcard = names[start] === 1 && names[start + 1] === asterisk;
      if (kind === Type.TXT) {
        const isDmarc = startsWith(names, start, dmarcLabel);
        if (isDmarc) found.dmarc.push({ held: one, id, row, owner: zone.name(id) });
        else if (holdsSpf(zone, row)) found.spf.push({ held: one, id, row, owner: zone.name(id) });
        continue;
      }
      if (kind === Type.CNAME && !isWildcard && names[start + 1] !== underscore) continue;
      const placed: Placed = { held: one, id, row, owner: zone.name(id) };
      if (isWildcard) found.wildcards.push(placed);
      if (kind === Type.TLSA) found.tlsa.push(placed);
      else if (kind === Type.CNAME) {
        if (names[start + 1] === underscore) found.aliases.push(placed);
      } else {
        const targets = mxTargets(zone, row);
        for (const { host } of targets) mailHosts.add(host);
        if (targets.length > 0) found.mx.push({ ...placed, targets });
      }
    }
  }
}

function isSecure(apex: Name, { domains }: Description): boolean {
  for (const at of ancestors(apex)) if (domains.get(at)?.policy.signing === 'none') return false;
  return true;
}

function mxTargets(zone: Zone, row: Row): { host: Name; at: Position | undefined }[] {
  const { recordStart, rdataStart, rdata, origin } = zone.columns;
  const targets: { host: Name; at: Position | undefined }[] = [];
  for (let i = recordStart[row]; i < recordStart[row + 1]; i++) {
    if (rdata[rdataStart[i] + 2] === 0) continue;
    const host = nameFromWire(rdata, rdataStart[i] + 2);
    // That is zone/mx-is-address, and whatever else could be said of it follows from it.
    if (noHost(host, zone.apex) === undefined) targets.push({ host, at: zone.origins.positionOf(origin[i]) });
  }
  return targets;
}

/** Whether a TXT record of the row begins like an SPF policy, in any case (RFC 7208 section 4.5). */
function holdsSpf(zone: Zone, row: Row): boolean {
  const { recordStart, rdataStart, rdata } = zone.columns;
  for (let i = recordStart[row]; i < recordStart[row + 1]; i++) if (isSpf(rdata, rdataStart[i])) return true;
  return false;
}

export function isSpf(rdata: Uint8Array, from: number): boolean {
  if (rdata[from] < spfVersion.length) return false;
  for (let i = 0; i < spfVersion.length; i++) if ((rdata[from + 1 + i] | 0x20) !== (spfVersion[i] | 0x20)) return false;
  const next = rdata[from] === spfVersion.length ? 0x20 : rdata[from + 1 + spfVersion.length];
  return next === 0x20;
}

function startsWith(octets: Uint8Array, from: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (octets[from + i] !== wanted[i]) return false;
  return true;
}
