import { describe, expect, test } from 'vitest';
import { type Association, toTlsaRData } from '../../src/dane/association.ts';
import type { Domain } from '../../src/describe/description.ts';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import { type Journal, newJournal, type RRsetVersion, type Service } from '../../src/journal/journal.ts';
import { deployableFrom } from '../../src/pipeline/next-wait.ts';
import { hex } from '../../src/text/octets.ts';

const zone = name('example.test');
const owner = name('_25._tcp.mx1.example.test');
const hour = 3600;
const now = 1_000_000;
const next: Association = {
  usage: 'DANE-EE',
  selector: 'SPKI',
  matching: 'SHA2-256',
  data: new Uint8Array(32),
  from: [],
};
const record = hex(toTlsaRData(next));

const domain = (publication: Domain['policy']['publication']) =>
  ({
    soa: { ttl: 600, minimum: 300 },
    policy: { timing: { zonePropagationDelay: hour }, publication },
  }) as unknown as Domain;

function earliest(
  versions: readonly RRsetVersion[] | undefined,
  publication: Domain['policy']['publication'] = { kind: 'evidence' },
): number {
  const journal: Journal | undefined = versions && {
    ...newJournal(zone, now),
    rrsets: [{ owner, type: Type.TLSA, versions }],
  };
  return deployableFrom({ domain: domain(publication), journal, zone: undefined }, owner, [next], 900, now) - now;
}

const version = (built: number, records: readonly string[], service: Service, ttl = 900): RRsetVersion => ({
  built: now + built,
  records,
  ttl,
  service,
});
const unseen: Service = { state: 'unseen' };
const seen = (from: number): Service => ({ state: 'published', from: now + from, evidence: 1 });

describe('a next key may be deployed', () => {
  test('a propagation and two TTLs after now where nothing is known of its record', () => {
    expect(earliest(undefined)).toBe(hour + 2 * 900);
    expect(earliest([version(-10 * hour, ['ff'], seen(-10 * hour))])).toBe(hour + 2 * 900);
  });

  test('that long after its record was seen published, in whichever version since', () => {
    expect(earliest([version(-5 * hour, [record], seen(-4 * hour))])).toBe(-4 * hour + hour + 2 * 900);
    const two = [version(-5 * hour, [record], seen(-4 * hour)), version(-2 * hour, ['ff', record], seen(-hour))];
    expect(earliest(two)).toBe(-4 * hour + hour + 2 * 900);
  });

  test('not by the clock of a build, unless the policy says so', () => {
    expect(earliest([version(-5 * hour, [record], unseen)])).toBe(hour + 2 * 900);
    const byBuild = { kind: 'by-build', after: hour } as const;
    expect(earliest([version(-5 * hour, [record], unseen)], byBuild)).toBe(-5 * hour + hour + hour + 2 * 900);
  });

  test('by the largest TTL that a cache may still hold, and anew after a version without the record', () => {
    const long = version(-9 * hour, ['ff'], seen(-9 * hour), 7200);
    expect(earliest([long, version(-5 * hour, [record], seen(-5 * hour))])).toBe(-5 * hour + hour + 2 * 7200);
    const gone = [version(-9 * hour, [record], seen(-9 * hour)), version(-5 * hour, [], seen(-5 * hour))];
    expect(earliest([...gone, version(-hour, [record], seen(-hour))])).toBe(-hour + hour + 2 * 900);
  });
});
