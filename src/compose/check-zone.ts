/** One pass over a composed zone: what would make name servers refuse it, or mail and validation fail. */
import type { Domain, Policy } from '../describe/description.ts';
import { noHost } from '../dns/mx-target.ts';
import { type Name, nameFromWire } from '../dns/name.ts';
import { Type, typeName } from '../dns/type.ts';
import { type NameId, Role, type Row, type Zone } from '../dns/zone.ts';
import { type Report, report } from '../text/problem.ts';
import { rules } from './rules.ts';

/** RDATA octets in front of the host name that a record points to. */
const targetOffset = new Map<number, number>([
  [Type.NS, 0],
  [Type.MX, 2],
  [Type.SRV, 6],
]);

export function checkZone(zone: Zone, domain: Domain, problems: Report): void {
  const { role, rrsetStart, type } = zone.columns;
  const check = new ZoneCheck(zone, domain, problems);
  check.apex();
  for (let id = 0; id < zone.nameCount; id++) {
    if (role[id] === Role.empty) continue;
    check.name(id);
    for (let row = rrsetStart[id]; row < rrsetStart[id + 1]; row++) {
      check.row(id, row);
      if (targetOffset.has(type[row]) && role[id] !== Role.below) check.targets(id, row);
    }
  }
  check.soaTimers();
}

class ZoneCheck {
  readonly zone: Zone;
  readonly domain: Domain;
  readonly problems: Report;
  readonly ttlLimit: number;

  constructor(zone: Zone, domain: Domain, problems: Report) {
    this.zone = zone;
    this.domain = domain;
    this.problems = problems;
    this.ttlLimit = longestTtl(domain.policy);
  }

  apex(): void {
    const { zone, domain, problems } = this;
    const subject = domain.name;
    const count = (row: Row) => (row < 0 ? 0 : zone.columns.recordStart[row + 1] - zone.columns.recordStart[row]);
    const soas = count(zone.row(0, Type.SOA));
    if (soas !== 1) {
      const what = soas === 0 ? 'has no SOA record' : `has ${soas} SOA records`;
      report(problems, rules['zone/apex'], domain.at, { owner: domain.name, what }, { subject });
    }
    const servers = count(zone.row(0, Type.NS));
    const what = 'has no name servers';
    if (servers === 0) report(problems, rules['zone/apex'], domain.at, { owner: domain.name, what }, { subject });
    if (servers === 1) report(problems, rules['zone/single-ns'], domain.at, { owner: domain.name }, { subject });
    const own = zone.row(0, Type.DS);
    if (own >= 0) report(problems, rules['zone/ds-at-apex'], zone.positionOf(own), { owner: domain.name }, { subject });
  }

  name(id: NameId): void {
    const { zone, problems } = this;
    const { rrsetStart, type, role, subtreeEnd } = zone.columns;
    const subject = this.domain.name;
    const from = rrsetStart[id];
    const to = rrsetStart[id + 1];
    const cname = zone.row(id, Type.CNAME);
    if (cname >= 0 && to - from > 1) {
      const others = [...type.subarray(from, to)].filter((other) => other !== Type.CNAME).map(typeName);
      const facts = { owner: zone.name(id), others: others.join(', ') };
      report(problems, rules['zone/cname-and-other-data'], zone.positionOf(cname), facts, { subject });
    }
    const dname = zone.row(id, Type.DNAME);
    if (dname >= 0 && subtreeEnd[id] > id + 1) {
      const facts = { owner: zone.name(id), below: zone.name(firstWithRecords(zone, id + 1)) };
      report(problems, rules['zone/dname-children'], zone.positionOf(dname), facts, { subject });
    }
    if (role[id] !== Role.cut && id !== 0) {
      const ds = zone.row(id, Type.DS);
      if (ds >= 0)
        report(problems, rules['zone/ds-not-at-cut'], zone.positionOf(ds), { owner: zone.name(id) }, { subject });
      const soa = zone.row(id, Type.SOA);
      const facts = { owner: zone.name(id), what: `has an SOA record and is not the apex` };
      if (soa >= 0) report(problems, rules['zone/apex'], zone.positionOf(soa), facts, { subject });
    }
  }

  row(id: NameId, row: Row): void {
    const { zone, problems } = this;
    const { role, type, ttl, recordStart, rdataStart, rdata } = zone.columns;
    const extra = { subject: this.domain.name };
    const records = recordStart[row + 1] - recordStart[row];
    const facts = { owner: '', type: '' };
    const named = () => Object.assign(facts, { owner: zone.name(id), type: typeName(type[row]) });
    if ((type[row] === Type.CNAME || type[row] === Type.DNAME) && records > 1) {
      report(problems, rules['zone/several-cnames'], zone.positionOf(row), { ...named(), count: records }, extra);
    }
    if (type[row] === Type.MX) {
      for (let i = recordStart[row]; i < recordStart[row + 1]; i++) {
        if (rdataStart[i + 1] - rdataStart[i] !== 3 || rdata[rdataStart[i] + 2] !== 0) continue;
        const beside = records > 1 ? 'another MX' : this.hasTlsa(id) ? `TLSA records for mail` : undefined;
        if (beside === undefined) continue;
        report(problems, rules['zone/null-mx-not-alone'], zone.positionOf(row), { ...named(), beside }, extra);
      }
    }
    const glue = type[row] === Type.A || type[row] === Type.AAAA;
    if (role[id] === Role.below && !glue) {
      const above = zone.cutAbove(id);
      if (above >= 0 && zone.row(above, Type.DNAME) < 0) {
        const cut = { ...named(), cut: zone.name(above) };
        report(problems, rules['zone/occluded-data'], zone.positionOf(row), cut, extra);
      }
    }
    if (role[id] === Role.cut && !glue && type[row] !== Type.NS && type[row] !== Type.DS) {
      report(problems, rules['zone/data-at-cut'], zone.positionOf(row), named(), extra);
    }
    if (role[id] === Role.below) return;
    if (ttl[row] > this.ttlLimit && this.domain.policy.signing === 'dnssec') {
      const long = { ...named(), ttl: ttl[row], limit: this.ttlLimit };
      report(problems, rules['zone/ttl-too-long'], zone.positionOf(row), long, extra);
    }
    if (type[row] === Type.TLSA && ttl[row] > 3600) {
      report(problems, rules['zone/tlsa-ttl-long'], zone.positionOf(row), { ...named(), ttl: ttl[row] }, extra);
    }
  }

  private hasTlsa(id: NameId): boolean {
    const { zone } = this;
    const owner = zone.find(`_25._tcp.${zone.name(id)}` as Name);
    return owner >= 0 && zone.row(owner, Type.TLSA) >= 0;
  }

  /** What NS, MX and SRV records point to, where this zone decides it. */
  targets(id: NameId, row: Row): void {
    const { zone, problems } = this;
    const { type, recordStart, rdataStart, rdata, role, names } = zone.columns;
    const extra = { subject: this.domain.name };
    const offset = targetOffset.get(type[row]) ?? 0;
    for (let i = recordStart[row]; i < recordStart[row + 1]; i++) {
      const at = rdataStart[i] + offset;
      const to = rdataStart[i + 1];
      if (rdata[at] === 0) continue;
      const owner = zone.name(id);
      const facts = () => ({ owner, type: typeName(type[row]), target: nameFromWire(rdata, at) });
      const position = zone.origins.positionOf(zone.columns.origin[i]);
      const why = type[row] === Type.MX ? noHost(nameFromWire(rdata, at), this.domain.name) : undefined;
      if (why !== undefined) {
        report(problems, rules['zone/mx-is-address'], position, { ...facts(), why }, extra);
        continue;
      }
      const encloser = zone.closestEncloser(rdata, at);
      if (encloser < 0) continue;
      const exact = zone.findWire(rdata, at, to);
      if (exact >= 0 && zone.row(exact, Type.CNAME) >= 0) {
        report(problems, rules['zone/alias-target'], position, facts(), extra);
        continue;
      }
      const hasAddress = exact >= 0 && (zone.row(exact, Type.A) >= 0 || zone.row(exact, Type.AAAA) >= 0);
      if (hasAddress) continue;
      const cut = role[encloser] === Role.cut ? encloser : role[encloser] === Role.below ? zone.cutAbove(encloser) : -1;
      const answered = exact < 0 && wildcardAnswers(zone, encloser);
      if (type[row] === Type.NS) {
        // A delegation needs glue for servers at or below itself; the zone needs addresses for its own servers in it.
        const needed = cut < 0 || cut === id;
        if (needed && !answered) report(problems, rules['zone/missing-glue'], position, facts(), extra);
      } else if (cut < 0 && names.length > 0 && !answered) {
        report(problems, rules['zone/dangling-target'], position, facts(), extra);
      }
    }
  }

  soaTimers(): void {
    const { zone, domain, problems } = this;
    const row = zone.row(0, Type.SOA);
    const { policy } = domain;
    if (row < 0 || policy.signing === 'none') return;
    const { rdata, rdataStart, recordStart, ttl, role, owner } = zone.columns;
    const end = rdataStart[recordStart[row] + 1];
    const timer = (fromEnd: number) => Buffer.from(rdata.subarray(end - fromEnd, end - fromEnd + 4)).readUInt32BE();
    const [refresh, retry, expire] = [timer(16), timer(12), timer(8)];
    let largest = 0;
    for (let i = 0; i < zone.rowCount; i++) if (role[owner[i]] !== Role.below && ttl[i] > largest) largest = ttl[i];
    const say = (what: string) =>
      report(
        problems,
        rules['zone/soa-timers'],
        zone.positionOf(row),
        { owner: domain.name, what },
        { subject: domain.name },
      );
    const stale = expire + largest + policy.timing.runInterval + policy.timing.zonePropagationDelay;
    if (stale > policy.signatures.refresh) {
      say(
        `SOA expire ${expire} + largest TTL ${largest} + run interval + propagation is ${stale}, more than the ${policy.signatures.refresh} seconds that signatures still last when they are renewed`,
      );
    }
    if (refresh + retry > policy.timing.zonePropagationDelay) {
      say(
        `SOA refresh ${refresh} + retry ${retry} is more than the zone-propagation-delay ${policy.timing.zonePropagationDelay}`,
      );
    }
  }
}

/** Seconds: a record fetched just before its signature is renewed must leave caches before the old signature expires. */
function longestTtl(policy: Policy): number {
  const { refresh } = policy.signatures;
  return Math.min(policy.ttls.max, refresh - policy.timing.runInterval - policy.timing.zonePropagationDelay);
}

/** Whether a wildcard directly under the closest encloser gives names that do not exist an address (RFC 4592 section 3.3.1). */
function wildcardAnswers(zone: Zone, encloser: NameId): boolean {
  const wildcard = zone.find(`*.${zone.name(encloser)}` as Name);
  if (wildcard < 0 || zone.columns.role[wildcard] === Role.below) return false;
  return [Type.A, Type.AAAA, Type.CNAME].some((type) => zone.row(wildcard, type) >= 0);
}

/** The first name from `id` on that has records itself. */
function firstWithRecords(zone: Zone, id: NameId): NameId {
  let at = id;
  while (zone.columns.rrsetStart[at] === zone.columns.rrsetStart[at + 1]) at++;
  return at;
}
