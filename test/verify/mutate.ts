/** Random changes to single records of a signed zone, for comparing verifiers. Deterministic: the same seed, the same change. */
import { type Line, type ZoneText, zoneName } from './zone-text.ts';

/** Mulberry32: small, and the same on every machine. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Random = (below: number) => number;

const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)];
const swapDigit = (digits: string) => digits.replace(/[0-9a-v]$/i, (digit) => (digit === '0' ? '1' : '0'));

/** Changes of one field that leave the record readable, by type. */
const changes: Readonly<Record<string, readonly ((line: Line, zone: ZoneText, random: Random) => void)[]>> = {
  A: [(line) => void (line.rdata = '198.51.100.77')],
  AAAA: [(line) => void (line.rdata = '2001:db8:ffff::7')],
  TXT: [(line) => void (line.rdata = '"changed"')],
  MX: [(line, zone) => zone.setField(line, 0, '77')],
  NS: [(line) => void (line.rdata = 'ns.example.com.')],
  SOA: [(line, zone) => zone.setField(line, 2, '2026010177'), (line, zone) => zone.setField(line, -1, '77')],
  CAA: [(line) => void (line.rdata = '0 issue "other.example"')],
  DS: [(line, zone) => zone.setField(line, 0, '77'), (line, zone) => zone.setField(line, -1, swapDigit)],
  NSEC: [
    (line, zone, random) => zone.setField(line, 0, pick(random, zone.lines).owner),
    (line) => void (line.rdata += ' CAA'),
    (line) => void (line.rdata = line.rdata.replace(/ (A|MX|NS|TXT|DS) /, ' ')),
  ],
  NSEC3: [
    (line, zone) => zone.setField(line, 4, swapDigit),
    (line) => void (line.rdata += ' CAA'),
    (line) => void (line.rdata = line.rdata.replace(/^1 [01]/, (head) => (head === '1 0' ? '1 1' : '1 0'))),
    (line, zone) => zone.setField(line, 2, '3'),
  ],
  NSEC3PARAM: [(line, zone) => zone.setField(line, 2, '3'), (line, zone) => zone.setField(line, 3, 'aabb')],
  RRSIG: [
    (line, zone) =>
      zone.setField(line, -1, (signature) =>
        signature[9] === 'A'
          ? `${signature.slice(0, 9)}B${signature.slice(10)}`
          : `${signature.slice(0, 9)}A${signature.slice(10)}`,
      ),
    (line, zone) => zone.setField(line, 2, (labels) => String(Number(labels) - 1)),
    (line, zone) => zone.setField(line, 3, (ttl) => String(Number(ttl) + 1)),
    (line, zone) => zone.setField(line, 4, '20250101000000'),
    (line, zone) => zone.setField(line, 5, '20370101000000'),
    (line, zone) => zone.setField(line, 6, '77'),
    (line, zone) => zone.setField(line, 7, 'test.'),
  ],
  DNSKEY: [(line, zone) => zone.setField(line, 0, (flags) => (flags === '256' ? '257' : '256'))],
};

export interface Mutation {
  readonly zone: ZoneText;
  /** What was done, such as `delete mx1.zone.test. A`. */
  readonly what: string;
}

/** The owner of a line as ZoneText takes it. */
const relative = (line: Line) =>
  line.owner.toLowerCase() === zoneName ? '@' : line.owner.toLowerCase().slice(0, -zoneName.length - 1);

/** One change; for half of the seeds the RRset is signed again afterwards, so that only its content is wrong. */
export function mutate(original: ZoneText, seed: number): Mutation {
  const random = randomFrom(seed);
  const zone = original.copy();
  const line = pick(random, zone.lines);
  const isSignature = line.type === 'RRSIG';
  const label = `${line.owner} ${line.type}${isSignature ? ` (${line.rdata.split(' ')[0]})` : ''}`;
  const kind = random(5);
  const signsAgain = random(2) === 0 && !isSignature;
  const sign = (owner: string, type: string) => {
    if (!signsAgain) return ', not signed';
    const keys = zone.signatures(owner, type).length > 0 ? undefined : zone.zoneKeys(0);
    zone.resign(owner, type, { keys });
    return ', signed';
  };
  if (kind === 0 && line.type !== 'SOA') {
    zone.drop(line);
    const owner = relative(line);
    const rest = zone.all(owner, line.type);
    if (signsAgain && rest.length === 0) zone.drop(...zone.signatures(owner, line.type));
    const isSigned = zone.signatures(owner, line.type).length > 0;
    return {
      zone,
      what: `delete ${label}${rest.length > 0 && isSigned && !isSignature ? sign(owner, line.type) : ''}`,
    };
  }
  if (kind === 1) {
    const isSigned = !isSignature && zone.signatures(relative(line), line.type).length > 0;
    line.ttl += 60;
    return { zone, what: `TTL ${label}${isSigned ? sign(relative(line), line.type) : ''}` };
  }
  if (kind === 2) {
    const owner = pick(random, [
      'nothing',
      'ns.insecure',
      'lost.insecure',
      'deep.ent',
      'mx1',
      'secure',
      'a.alias',
      'x.wild',
    ]);
    const type = pick(random, ['A', 'TXT', 'SPF', 'NS']);
    const rdata = { A: '198.51.100.9', NS: 'ns.example.com.' }[type] ?? '"added"';
    const ttl = zone.all(owner, type)[0]?.ttl ?? 3600;
    zone.add(owner, ttl, type, rdata);
    return { zone, what: `add ${owner} ${type}${sign(owner, type)}` };
  }
  if (kind === 3 && line.type !== 'SOA') {
    const to = pick(random, ['nothing', 'ns1', 'zz', 'deep.ent', 'ns.insecure']);
    line.owner = `${to}.${zoneName}`;
    return { zone, what: `move ${label} to ${to}` };
  }
  const change = changes[line.type];
  if (change === undefined) {
    zone.drop(line);
    return { zone, what: `delete ${label}` };
  }
  const before = line.rdata;
  const isSigned = !isSignature && zone.signatures(relative(line), line.type).length > 0;
  const index = random(change.length);
  change[index](line, zone, random);
  const none = before === line.rdata ? ' (none)' : '';
  return { zone, what: `change ${index} ${label}${none}${isSigned ? sign(relative(line), line.type) : ''}` };
}
