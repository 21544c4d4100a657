/**
 * TLSA records as the engine decides about them, against the mail proof: green as it is, and red with a wait taken away. Everybody
 * lags as much as he may: name servers behind a build, the last server behind the first, and one address behind what was seen.
 */
import { describe, expect, test } from 'vitest';
import { type Name, name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { Journal, RRsetVersion } from '../../src/journal/journal.ts';
import type { Deployment } from '../../src/prove/mail-history.ts';
import type { ServiceMode } from '../../src/prove/policy.ts';
import { prove } from '../../src/prove/prove.ts';
import type { Switch } from '../../src/rollover/switches.ts';
import { type CurrentCertificate, decideTlsa, deploymentWait, type TlsaQuestion } from '../../src/rollover/tlsa.ts';
import { Life, policy as lifePolicy } from '../rollover/life.ts';
import { certificate, day, delays, host, hour, owner, spki, t0, tlsa } from '../rollover/tlsa-cases.ts';
import { content, dnskey, ds, dsVersion, journal, key, policy, rrset } from './histories.ts';

const csk = key(257, 13, 1);
const published = (from: number) => ({ state: 'published', from, evidence: 1 }) as const;

function shows(of: string, from: number, until?: number): Deployment {
  const digests = { sha256: spki(of), sha512: '' };
  return { certificate: of, algorithm: 'ECDSA', from, until, chain: [{ certificate: digests, spki: digests }] };
}

/** A zone with a DS, one TLSA owner, and what the engine says of it at a time. */
class Mail {
  readonly #off: ReadonlySet<Switch>;
  versions: RRsetVersion[] = [];
  /** Other TLSA owners. */
  others: Journal['rrsets'] = [];
  /** When every address was seen with a key. */
  readonly seen: { at: number; key: string }[] = [];

  constructor(off: readonly Switch[]) {
    this.#off = new Set(off);
  }

  journal(): Journal {
    const versions = this.versions.length === 0 ? [] : [{ owner, type: Type.TLSA, versions: this.versions }];
    const of = journal({
      ds: [dsVersion([t0], [ds(csk)])],
      dnskey: [dnskey([t0], [csk], [csk])],
      content: [content([t0], [csk])],
      rrsets: [...versions, ...this.others],
    });
    const evidence = this.seen.map(({ at, key: shown }, index) => {
      const fact = { kind: 'certificate-served', host, port: 25, protocol: 'tcp', spki: spki(shown) } as const;
      return { id: index + 1, at, by: 'ann', servers: [], fact };
    });
    return { ...of, evidence };
  }

  question(now: number, current: CurrentCertificate, wanted: readonly string[]): TlsaQuestion {
    return {
      journal: this.journal(),
      owner,
      ttl: delays.tlsa,
      policy: {
        publication: { kind: 'evidence' },
        zonePropagationDelay: delays.propagation,
        retireSafety: delays.retire,
        ttls: { negative: delays.negative },
      },
      now,
      services: [{ host, port: 25, protocol: 'tcp', certificates: [current] }],
      wanted: wanted.map((of) => ({ rdata: tlsa(of), isMade: true })),
      secure: true,
      switches: { off: this.#off },
    };
  }

  /** One build; every server has it `lag` seconds later. */
  build(question: TlsaQuestion, lag = 0): ReturnType<typeof decideTlsa> {
    const decision = decideTlsa(question);
    const { now } = question;
    const last = this.versions.at(-1);
    if ((last?.records ?? []).join() === decision.records.join()) return decision;
    const before = this.versions.map((version): RRsetVersion => {
      if (version !== last || version.service.state !== 'published') return version;
      const { from } = version.service;
      return {
        ...version,
        dropped: now,
        service: { state: 'gone', from, until: Math.max(now + lag, from), evidence: 1 },
      };
    });
    this.versions = [
      ...before,
      { ...rrset([now], decision.records, delays.tlsa, [csk]), service: published(now + lag) },
    ];
    return decision;
  }

  judged(deployments: readonly Deployment[], mode: ServiceMode) {
    const mail = { services: [{ host, port: 25, owner, deployments }] };
    const { violations, judged } = prove({ zones: [{ journal: this.journal(), policy }], mail, from: t0, mode });
    expect(judged.combinations).toBeGreaterThan(3);
    return new Set(violations.map(({ kind }) => kind));
  }
}

/** From key a to key b: the record of b first, then its certificate, then the record of a leaves. */
function rolls(off: readonly Switch[], { lag = 0, early = 0, mode = 'margins' as ServiceMode } = {}) {
  const mail = new Mail(off);
  mail.seen.push({ at: t0, key: 'a' });
  mail.build(mail.question(t0, certificate('a'), ['a']));
  const start = t0 + 30 * day;
  mail.build(mail.question(start, certificate('a', 'b'), ['a', 'b']), lag);
  const clocks = mail.question(start, certificate('a', 'b'), ['a', 'b']);
  const deployed = deploymentWait(clocks, [tlsa('b')], 'TLSA of b').earliest! - early;
  // The description follows the server; the last address follows an hour later.
  mail.build(mail.question(deployed, certificate('b'), ['b']));
  const everywhere = deployed + hour;
  mail.seen.push({ at: everywhere, key: 'b' });
  let next: number | undefined = everywhere;
  while (next !== undefined) next = mail.build(mail.question(next, certificate('b'), ['b'])).nextEvent;
  expect(mail.versions.at(-1)?.records).toEqual([tlsa('b')]);
  // One server of an address that was seen with b stays behind, for no longer than retire-safety.
  const deployments = [shows('a', t0, everywhere + delays.retire), shows('b', deployed)];
  return mail.judged(deployments, mode);
}

/** Records of the service follow a wildcard with key a; `counts`: whether the wait for key b knows of the wildcard. */
function follows(wildcard: Name, counts: boolean) {
  const mail = new Mail([]);
  const since = { service: published(t0) };
  mail.versions = [{ ...rrset([t0], [], delays.negative, [csk]), ...since }];
  mail.others = [
    { owner: wildcard, type: Type.TLSA, versions: [{ ...rrset([t0], [tlsa('a')], day, [csk]), ...since }] },
  ];
  mail.seen.push({ at: t0, key: 'a' });
  const start = t0 + 30 * day;
  const asked = () => mail.question(start, certificate('a', 'b'), ['a', 'b']);
  mail.build(asked());
  expect(mail.versions.at(-1)?.records).toEqual([tlsa('a'), tlsa('b')]);
  const clocks = asked();
  const { journal: of } = clocks;
  const without = { ...of, rrsets: of.rrsets.filter(({ owner: at }) => at !== wildcard) };
  const journalKnown = counts ? of : without;
  const deployed = deploymentWait({ ...clocks, journal: journalKnown }, [tlsa('b')], 'TLSA of b').earliest!;
  return mail.judged([shows('a', t0, deployed), shows('b', deployed)], 'plain');
}

/** The first TLSA records below a DS; the server shows another certificate for two days more. */
function begins(off: readonly Switch[]) {
  const mail = new Mail(off);
  const start = t0 + 30 * day;
  mail.build(mail.question(start, certificate('a'), ['a']));
  const everywhere = start + 2 * day;
  mail.seen.push({ at: everywhere, key: 'a' });
  mail.build(mail.question(everywhere, certificate('a'), ['a']));
  expect(mail.versions.at(-1)?.records).toEqual([tlsa('a')]);
  return mail.judged([shows('old', t0, everywhere), shows('a', everywhere)], 'plain');
}

/** TLSA records without a DS, then the first DS, which wakes them; the server shows another certificate for ten days. */
function wakes(off: readonly Switch[]) {
  const mail = new Mail(off);
  const zone = { owner: '_25._tcp.example.test.' as typeof owner, type: Type.TLSA };
  const unserved = decideTlsa({ ...mail.question(t0, certificate('a'), ['a']), secure: false }).beforeDs;
  const life = new Life(lifePolicy, { tlsa: { ...zone, records: [tlsa('a')], ttl: delays.tlsa }, unserved });
  const from = life.now;
  life.story(10 * day);
  const everywhere = from + 10 * day;
  life.now = everywhere;
  life.options = { ...life.options, unserved: [] };
  life.story();
  expect(life.journal.parentDs.at(-1)?.records).toHaveLength(1);
  const deployments = [shows('old', from, everywhere), shows('a', everywhere)];
  const services = [{ host: 'example.test.' as typeof host, port: 25, owner: zone.owner, deployments }];
  const zones = [{ journal: life.journal, policy: life.policy }];
  return new Set(prove({ zones, mail: { services }, from }).violations.map(({ kind }) => kind));
}

const mismatch = new Set(['tlsa-mismatch']);

describe('with every wait', () => {
  test('a roll of a certificate is green, whoever lags', () => {
    for (const lag of [0, 6 * hour, 3 * day]) {
      for (const mode of ['plain', 'margins', 'strict'] as const) expect(rolls([], { lag, mode })).toEqual(new Set());
    }
  });

  test('so are the first TLSA records below a DS, and the first DS above TLSA records', () => {
    expect(begins([])).toEqual(new Set());
    expect(wakes([])).toEqual(new Set());
  });
});

describe('without a wait the proof is red', () => {
  const lag = 6 * hour;
  test.each<[Switch, string, () => Set<string>]>([
    ['tlsa-ttl', 'the new certificate is met while caches have the old records', () => rolls(['tlsa-ttl'])],
    [
      'zone-propagation-delay',
      'a server that nobody asked has the old records',
      () => rolls(['zone-propagation-delay']),
    ],
    ['published', 'the clock runs from a build that no server has', () => rolls(['published'], { lag, mode: 'plain' })],
    ['retire-safety', 'the old record leaves a server that stays behind', () => rolls(['retire-safety'])],
    ['certificate-served', 'the old record leaves with the description', () => rolls(['certificate-served'])],
    ['certificate-served', 'first records match nothing that is served', () => begins(['certificate-served'])],
    ['certificate-served', 'the first DS wakes records that match nothing', () => wakes(['certificate-served'])],
  ])('%s: %s', (_, __, judge) => expect(judge()).toEqual(mismatch));

  test.each(
    ['*._tcp.mx.example.org.', '*.mx.example.org.'].map(name),
  )('records that follow those of %s wait until no cache has these at the owner any more', (wildcard) => {
    expect(follows(wildcard, false)).toEqual(mismatch);
    expect(follows(wildcard, true)).toEqual(new Set());
  });

  test('deployed early: of twice the TTL one is spare, and a second before the other it is red', () => {
    expect(rolls([], { early: delays.tlsa })).toEqual(new Set());
    expect(rolls([], { early: delays.tlsa + 1 })).toEqual(mismatch);
  });
});
