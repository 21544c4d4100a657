/**
 * A zone without its records: keys, journal and policy, moved through time by the same engine as the real one. What a build
 * would have made is made up from the states of the keys, so that a year takes milliseconds. The plan and the tests of
 * whole lives are made of it; the journal that comes out is a history like any other, and the proof judges it.
 */
import { sha256 } from '../crypto/digest.ts';
import type { Name } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import { keyTag } from '../dnssec/key-tag.ts';
import type { BuiltRRset, BuiltZone } from '../journal/built-zone.ts';
import { withCertificate, withDs, withPublished } from '../journal/evidence.ts';
import { currentVersion } from '../journal/held.ts';
import { type Journal, type KeyRecord, keyId, type Signed, type Timeline } from '../journal/journal.ts';
import { withBuilt } from '../journal/with-built.ts';
import { hex } from '../text/octets.ts';
import { type Advanced, advance, type MadeKey, swapsZoneKey } from './advance.ts';
import { keyOf } from './key-records.ts';
import type { WantedKey } from './move.ts';
import type { RolloverPolicy } from './policy.ts';
import { cdsWanted, dnskeySet, dsWanted, signersOf } from './rrsets.ts';
import type { Switches } from './switches.ts';
import { afterDeployment, decideTlsa, mayBeSecure, type TlsaDecision, type TlsaQuestion } from './tlsa.ts';

export interface VirtualZone {
  readonly journal: Journal;
  readonly policy: RolloverPolicy;
  /** What is asked at each TLSA owner whose records follow from certificates; journal and time of the questions do not count. */
  readonly owners?: readonly TlsaQuestion[];
  /** TLSA RRsets and their aliases as they shall be built; undefined: those of `owners`, the others as the journal has them. */
  readonly tlsa?: readonly Pick<BuiltRRset, 'owner' | 'type' | 'records' | 'ttl'>[];
  /** Undefined: the parent is somebody else's. */
  readonly parent?: ParentHere;
  /** TTLs of everything else; undefined: as the journal has them. */
  readonly content?: Pick<BuiltZone['content'], 'largestTtl' | 'negativeTtl' | 'expire'>;
}

/** The parent zone in the same repository, into which builds put the DS of this one: its publication is what shows them. */
export interface ParentHere {
  readonly zone: Name;
  /** Builds count as published: nobody has to say so. */
  readonly isByBuild: boolean;
}

export interface Ran extends Omit<Advanced, 'journal'> {
  readonly zone: VirtualZone;
  /** Another serial than before: there is something to publish. */
  readonly isNew: boolean;
  /** What stands at each of the owners, and what it waits for, as they stand after the run. */
  readonly decided: readonly DecidedOwner[];
}

export interface DecidedOwner {
  readonly question: TlsaQuestion;
  readonly decision: TlsaDecision;
}

/** One run of the tool at `now`, Unix seconds. */
export function run(zone: VirtualZone, now: number, switches?: Switches): Ran {
  const { policy } = zone;
  const seen = withSight(zone, now);
  const unserved = decidedAt({ ...zone, journal: seen }, now).flatMap(({ decision }) => decision.beforeDs);
  const advanced = advance({ journal: seen, policy, now, unserved, switches }, (wanted, keys) =>
    virtualKey({ ...seen, keys }, wanted),
  );
  const { journal, nextEvent, ...rest } = advanced;
  const decided = decidedAt({ ...zone, journal }, now, swapsZoneKey(advanced));
  const built = builtAs(journal, zone, decided, now);
  const after = decidedAt({ ...zone, journal: built }, now);
  const events = [nextEvent, ...after.map(({ decision }) => decision.nextEvent)].filter((at) => at !== undefined);
  return {
    ...rest,
    zone: { ...zone, journal: built },
    isNew: built.serial?.last !== zone.journal.serial?.last,
    nextEvent: events.length === 0 ? undefined : Math.min(...events),
    decided: after,
  };
}

function decidedAt({ owners = [], journal, policy }: VirtualZone, now: number, swapsZoneKey = false): DecidedOwner[] {
  const withdraw = journal.requests.insecure !== undefined;
  const secure = mayBeSecure(journal);
  return owners.map((owner) => {
    const question = { ...owner, journal, policy, now, secure, swapsZoneKey, withdraw };
    return { question, decision: decideTlsa(question) };
  });
}

/** Observed certificates are evidence of themselves. */
function withSight(zone: VirtualZone, now: number): Journal {
  const facts = decidedAt(zone, now).flatMap(({ decision }) => decision.evidence);
  return facts.reduce((seen, fact) => showCertificate(seen, now, fact), zone).journal;
}

/** Every server has the last serial, or an earlier one. */
export function publish(zone: VirtualZone, at: number, serial = zone.journal.serial?.last): VirtualZone {
  if (serial === undefined) return zone;
  const seen = withPublished(zone.journal, { serial, at, by: 'plan', servers: [] });
  return 'error' in seen ? zone : { ...zone, journal: seen.journal };
}

/** Every parent server shows these DS records; undefined: what it was asked for last. */
export function showDs(zone: VirtualZone, at: number, records?: readonly string[]): VirtualZone {
  const { journal, policy } = zone;
  const asked = records ?? journal.parentDs.findLast(({ dropped }) => dropped === undefined)?.records ?? [];
  const seen = withDs(journal, { records: [...asked].sort(), ttl: policy.parent.ttl, at, by: 'plan', servers: [] });
  return 'error' in seen ? zone : { ...zone, journal: seen.journal };
}

/** Every address of a service shows the key. */
export function showCertificate(zone: VirtualZone, at: number, fact: TlsaDecision['evidence'][number]): VirtualZone {
  const seen = withCertificate(zone.journal, { ...fact, at, by: 'plan', servers: [] });
  return 'error' in seen ? zone : { ...zone, journal: seen.journal };
}

/** The service at an owner goes over to the next key of a certificate, and the description says so. */
export function deployNext(zone: VirtualZone, { owner }: TlsaQuestion, certificate: string): VirtualZone {
  const owners = zone.owners?.map((question) =>
    question.owner === owner ? afterDeployment(question, certificate) : question,
  );
  return { ...zone, owners };
}

/** Signatures are renewed by runs in which nothing else happens: until `at`, they never had less than `refresh` left. */
export function renewedUntil(zone: VirtualZone, at: number): VirtualZone {
  const expiration = at + zone.policy.signatures.refresh;
  const renew = <V extends { readonly dropped?: number; readonly signed?: Signed }>(version: V): V =>
    version.dropped !== undefined || version.signed === undefined || version.signed.expiration >= expiration
      ? version
      : { ...version, signed: { ...version.signed, expiration } };
  const { journal } = zone;
  const rrsets = journal.rrsets.map((history) => ({ ...history, versions: history.versions.map(renew) }));
  return { ...zone, journal: { ...journal, content: journal.content.map(renew), rrsets } };
}

const clockSkew = 3 * 3600;

/** After a build at `now`, made up from the keys as they stand in the journal. */
function builtAs(
  journal: Journal,
  { policy, tlsa, content: ttls }: VirtualZone,
  decided: readonly DecidedOwner[],
  now: number,
): Journal {
  const { keys } = journal;
  const signers = signersOf(keys);
  const signed = (by: readonly string[]): Signed | undefined =>
    by.length === 0
      ? undefined
      : { signers: [...by].sort(), inception: now - clockSkew, expiration: now + policy.signatures.validity };
  const apex = (type: number, records: readonly string[]): BuiltRRset[] =>
    records.length === 0
      ? []
      : [
          {
            owner: journal.zone,
            type,
            records: [...records].sort(),
            ttl: policy.ttls.dnskey,
            signed: signed(signers.dnskey),
          },
        ];
  const parentDs = dsWanted(journal, policy);
  const cds = cdsWanted(journal, policy);
  const rrsets = [
    ...apex(Type.DNSKEY, dnskeySet(keys, policy)),
    ...(policy.cds === false ? [] : [...apex(Type.CDS, cds.cds), ...apex(Type.CDNSKEY, cds.cdnskey)]),
    ...(tlsa ?? tlsaOf(journal, decided)).map((rrset) => ({ ...rrset, signed: signed(signers.zone) })),
  ];
  const last = journal.content.at(-1);
  const content = {
    largestTtl: ttls?.largestTtl ?? last?.largestTtl ?? policy.ttls.max,
    negativeTtl: ttls?.negativeTtl ?? last?.negativeTtl ?? policy.ttls.negative,
    expire: ttls?.expire ?? last?.expire ?? policy.expire,
    signed: signed(signers.zone),
  };
  const made = { serialPolicy: 'counter', content, rrsets, parentDs } as const;
  const { serial } = journal;
  if (serial !== undefined) {
    const again = { ...made, serial: serial.last, serialPolicy: serial.policy, contentDigest: serial.contentDigest };
    const same = withBuilt(journal, again, now);
    if (isSameContent(journal, same)) return same;
  }
  const facts = [
    rrsets.map(({ owner, type, records, ttl }) => [owner, type, records, ttl]),
    signers,
    content.largestTtl,
    content.negativeTtl,
  ];
  const contentDigest = hex(sha256(Buffer.from(JSON.stringify(facts))));
  const next = serial === undefined ? { serial: 1 } : { serialPolicy: serial.policy, serial: (serial.last + 1) >>> 0 };
  return withBuilt(journal, { ...made, ...next, contentDigest }, now);
}

/** Whether no version has begun or ended: the digest of a real build cannot be made up, but it moves exactly then. */
function isSameContent(before: Journal, after: Journal): boolean {
  const begins = (versions: readonly Timeline[]) => versions.at(-1)?.built;
  return (
    before.content.length > 0 &&
    begins(before.content) === begins(after.content) &&
    before.rrsets.length === after.rrsets.length &&
    before.rrsets.every(({ versions }, index) => begins(versions) === begins(after.rrsets[index].versions))
  );
}

function tlsaOf(journal: Journal, decided: readonly DecidedOwner[]): NonNullable<VirtualZone['tlsa']> {
  const asked = new Map(decided.map((each) => [each.question.owner, each]));
  const made = [...asked.values()].flatMap(({ question: { owner, ttl }, decision: { records } }) =>
    records.length === 0 ? [] : [{ owner, type: Type.TLSA, records, ttl }],
  );
  const others = journal.rrsets.flatMap(({ owner, type }) => {
    if (owner === journal.zone || asked.has(owner)) return [];
    const version = currentVersion(journal, owner, type);
    return version === undefined || version.records.length === 0
      ? []
      : [{ owner, type, records: version.records, ttl: version.ttl }];
  });
  return [...made, ...others];
}

/** A key that nobody has made: its public half is a digest, so that every run of the plan makes the same, on whatever day. */
function virtualKey({ zone, keys }: Journal, { role, algorithm, activates }: WantedKey): MadeKey {
  const standby = keyOf(keys, activates);
  if (standby !== undefined) return standby;
  const flags = role === 'zsk' ? 256 : 257;
  for (let attempt = 0; ; attempt++) {
    const half = sha256(Buffer.from(`${zone} ${role} ${algorithm} ${keys.length} ${attempt}`));
    const rdata = Buffer.concat([Buffer.from([flags >> 8, flags & 0xff, 3, algorithm]), half, half]);
    const id = keyId(algorithm, keyTag(rdata));
    if (!keys.some((key: KeyRecord) => key.id === id)) return { id, rdata: hex(rdata) };
  }
}
