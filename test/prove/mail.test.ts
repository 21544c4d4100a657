/** Forced faults of certificates and TLSA records: red one second beyond the boundary that the dates add up to, green at it. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { name, nameToWire } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { DsVersion, Evidence, Journal, RRsetVersion } from '../../src/journal/journal.ts';
import type { CertificateDigests, Deployment, ServiceHistory } from '../../src/prove/mail-history.ts';
import { prove } from '../../src/prove/prove.ts';
import { matchesTlsa } from '../../src/prove/tlsa-match.ts';
import {
  content,
  day,
  dnskey,
  ds,
  dsSeen,
  dsVersion,
  hour,
  journal,
  key,
  policy,
  rrset,
  type Times,
  t0,
  ttl,
} from './histories.ts';

const csk = key(257, 13, 1);
const host = name('mx.example.org.');
const owner = name('_25._tcp.mx.example.org.');

function digests(text: string) {
  const of = (algorithm: string) => createHash(algorithm).update(text).digest('hex');
  return { full: Buffer.from(text).toString('hex'), sha256: of('sha256'), sha512: of('sha512') };
}

const certificate = (text: string): CertificateDigests => ({
  certificate: digests(`certificate ${text}`),
  spki: digests(`spki ${text}`),
});

const leaf1 = certificate('one');
const leaf2 = certificate('two');
const root = certificate('root');
const tlsa = ({ spki }: CertificateDigests) => `030101${spki.sha256}`;

const deployment = (leaf: CertificateDigests, from: number, until?: number, address?: string): Deployment => ({
  certificate: leaf === leaf1 ? 'mx-one' : 'mx-two',
  algorithm: 'ECDSA',
  address,
  from,
  until,
  chain: [leaf, root],
});

const records = (times: Times, of: readonly CertificateDigests[], seconds = ttl.tlsa): RRsetVersion =>
  rrset(times, of.map(tlsa), seconds, [csk]);

interface Told {
  readonly ds?: readonly DsVersion[];
  readonly seen?: readonly Evidence[];
  readonly tlsa: readonly RRsetVersion[];
  readonly others?: Journal['rrsets'];
  readonly deployments: readonly Deployment[];
  readonly routes?: ServiceHistory['routes'];
}

function judged({ ds: dsVersions, seen, tlsa: versions, others = [], deployments, routes }: Told) {
  const history = versions.length === 0 ? [] : [{ owner, type: Type.TLSA, versions }];
  const of = journal({
    ds: dsVersions ?? [dsVersion([t0], [ds(csk)])],
    seen,
    dnskey: [dnskey([t0], [csk], [csk])],
    content: [content([t0], [csk])],
    rrsets: [...history, ...others],
  });
  const service = { host, port: 25, owner, deployments, routes };
  return prove({ zones: [{ journal: of, policy }], mail: { services: [service] }, from: t0 });
}

const core = ({ violations }: ReturnType<typeof judged>) =>
  violations.map(({ kind, from, until, caches }) => ({ kind, from, until, caches: caches.map(({ what }) => what) }));

const chain = ['DS', 'TLSA', 'certificate'];
const swap = t0 + 30 * day;
const seenGone = swap + 2 * hour;

describe('a new certificate', () => {
  const safe = seenGone + ttl.tlsa;
  const deployedAt = (time: number) =>
    judged({
      tlsa: [records([t0, swap, seenGone], [leaf1]), records([swap], [leaf1, leaf2])],
      deployments: [deployment(leaf1, t0, time), deployment(leaf2, time)],
    });

  test.each([60, 1])('is not met %s seconds before its record is in every cache', (early) => {
    const proof = deployedAt(safe - early);
    expect(core(proof)).toEqual([{ kind: 'tlsa-mismatch', from: safe - early, until: safe, caches: chain }]);
    expect(proof.violations[0]).toMatchObject({
      subject: { kind: 'host', name: host },
      caches: [
        { records: [`${csk.tag} 13 2`] },
        { records: [`3 1 1 ${leaf1.spki.sha256.slice(0, 16)}…`], heldUntil: safe },
        { name: 'mx-two (ECDSA)', records: [leaf2.spki.sha256, root.spki.sha256], since: safe - early },
      ],
    });
    expect(deployedAt(safe).violations).toEqual([]);
    expect(deployedAt(safe).judged.combinations).toBeGreaterThan(4);
  });

  test('is not met while caches hold the record with a TTL that was lowered just before', () => {
    const raised = (time: number) =>
      core(
        judged({
          tlsa: [
            records([t0, swap - 60, swap - 60], [leaf1], day),
            records([swap - 60, swap, seenGone], [leaf1]),
            records([swap], [leaf1, leaf2]),
          ],
          deployments: [deployment(leaf1, t0, time), deployment(leaf2, time)],
        }),
      );
    expect(raised(swap - 60 + day - 1)).toMatchObject([{ from: swap - 60 + day - 1, until: swap - 60 + day }]);
    expect(raised(swap - 60 + day)).toEqual([]);
  });

  test('is met on one address while another still has the old one: each is judged by itself', () => {
    const at = (time: number) =>
      judged({
        tlsa: [records([t0, swap, seenGone], [leaf1]), records([swap], [leaf1, leaf2])],
        deployments: [
          deployment(leaf1, t0, time, '192.0.2.1'),
          deployment(leaf2, time, undefined, '192.0.2.1'),
          deployment(leaf1, t0, undefined, '192.0.2.2'),
        ],
      });
    expect(at(safe - 1).violations).toMatchObject([{ names: [owner, '192.0.2.1'] }]);
    expect(at(safe).violations).toEqual([]);
  });
});

describe('a wildcard', () => {
  const wildcard = name('*._tcp.mx.example.org.');
  const others = (until?: number) => [
    {
      owner: wildcard,
      type: Type.TLSA,
      versions: [records(until === undefined ? [t0] : [t0, until, until], [leaf1], day)],
    },
  ];

  test('answers for a service without records of its own', () => {
    const met = (leaf: CertificateDigests) =>
      core(judged({ tlsa: [], others: others(), deployments: [deployment(leaf, t0)] }));
    expect(met(leaf1)).toEqual([]);
    expect(met(leaf2)).toMatchObject([{ kind: 'tlsa-mismatch', caches: chain }]);
  });

  test('is held with its TTL where records of the service follow it', () => {
    const at = (time: number) =>
      core(
        judged({
          tlsa: [rrset([t0, swap, seenGone], [], 300, [csk]), records([swap], [leaf1, leaf2])],
          others: others(),
          deployments: [deployment(leaf1, t0, time), deployment(leaf2, time)],
        }),
      );
    const forgotten = seenGone + day;
    expect(at(forgotten - 1)).toEqual([
      { kind: 'tlsa-mismatch', from: forgotten - 1, until: forgotten, caches: chain },
    ]);
    expect(at(forgotten)).toEqual([]);
  });

  test('says nothing where records of the service have always stood', () => {
    const of = judged({ tlsa: [records([t0], [leaf2])], others: others(), deployments: [deployment(leaf2, t0)] });
    expect(of.violations).toEqual([]);
  });
});

describe('an old TLSA record', () => {
  test('stays as long as the old certificate may be met', () => {
    const removedAt = (time: number) =>
      judged({
        tlsa: [records([t0, time, time], [leaf1, leaf2]), records([time], [leaf2])],
        deployments: [deployment(leaf1, t0, swap), deployment(leaf2, swap - day)],
      });
    expect(core(removedAt(swap - 1))).toEqual([{ kind: 'tlsa-mismatch', from: swap - 1, until: swap, caches: chain }]);
    expect(removedAt(swap).violations).toEqual([]);
  });

  test('stays as long as MX and address records in caches lead to the host', () => {
    const removedAt = (time: number) =>
      core(
        judged({
          tlsa: [records([t0, time, time], [leaf1]), records([time], [leaf2])],
          deployments: [deployment(leaf1, t0, undefined, '192.0.2.1'), deployment(leaf2, t0, undefined, '192.0.2.2')],
          routes: [
            { address: '192.0.2.1', from: t0, until: swap },
            { address: '192.0.2.2', from: swap + day },
          ],
        }),
      );
    expect(removedAt(swap - 1)).toMatchObject([{ from: swap - 1, until: swap }]);
    expect(removedAt(swap)).toEqual([]);
  });
});

describe('a first TLSA record', () => {
  const builtAt = (time: number) =>
    judged({
      tlsa: [rrset([t0, time, time], [], 300, [csk]), records([time], [leaf2])],
      deployments: [deployment(leaf1, t0, swap), deployment(leaf2, swap)],
    });

  test('comes after its certificate is served everywhere', () => {
    expect(core(builtAt(swap - 1))).toEqual([{ kind: 'tlsa-mismatch', from: swap - 1, until: swap, caches: chain }]);
    expect(builtAt(swap).violations).toEqual([]);
  });

  test('leaves a time in which its absence is held: reported, no violation', () => {
    expect(builtAt(swap).unprotected).toEqual([{ host, port: 25, reason: 'absent', from: t0, until: swap + 300 }]);
  });

  test('of new parameters needs the certificate that they match', () => {
    const strong = `030102${leaf2.spki.sha512}`;
    const at = (time: number) =>
      core(
        judged({
          tlsa: [
            records([t0, time, time], [leaf1, leaf2]),
            rrset([time], [tlsa(leaf1), tlsa(leaf2), strong], 900, [csk]),
          ],
          deployments: [deployment(leaf1, t0, swap), deployment(leaf2, swap)],
        }),
      );
    // Of SHA2-256 and SHA2-512 a client goes by the stronger, which the old certificate does not match (RFC 7671 section 9).
    expect(at(swap - 1)).toMatchObject([{ from: swap - 1, until: swap }]);
    expect(at(swap)).toEqual([]);
  });
});

describe('a first DS', () => {
  test('wakes TLSA records, which have to be right by then', () => {
    const dsAt = (time: number) =>
      judged({
        ds: [dsVersion([time], [ds(csk)])],
        tlsa: [records([t0, swap, seenGone], [leaf2]), records([swap], [leaf1])],
        deployments: [deployment(leaf1, t0)],
      });
    const safe = seenGone + ttl.tlsa;
    expect(core(dsAt(safe - 1))).toEqual([{ kind: 'tlsa-mismatch', from: safe - 1, until: safe, caches: chain }]);
    expect(dsAt(safe).violations).toEqual([]);
  });

  test('that nobody asked for wakes them as well', () => {
    const seen = judged({
      ds: [],
      seen: [dsSeen(swap, [ds(csk)])],
      tlsa: [records([t0], [leaf2])],
      deployments: [deployment(leaf1, t0)],
    });
    expect(core(seen)).toEqual([{ kind: 'tlsa-mismatch', from: swap, until: undefined, caches: chain }]);
  });

  test('before which mail is unprotected', () => {
    const without = judged({ ds: [], tlsa: [records([t0], [leaf2])], deployments: [deployment(leaf1, t0)] });
    expect(without.violations).toEqual([]);
    expect(without.unprotected).toEqual([{ host, port: 25, reason: 'insecure', from: t0, until: undefined }]);
  });
});

describe('an alias of TLSA records', () => {
  const shared = name('_tlsa.example.org.');
  const target = Buffer.from(nameToWire(shared)).toString('hex');
  const at = (time: number) =>
    judged({
      tlsa: [],
      others: [
        {
          owner,
          type: Type.CNAME,
          versions: [rrset([t0, swap, seenGone], [target], hour, [csk]), rrset([swap], [], 300, [csk])],
        },
        { owner: shared, type: Type.TLSA, versions: [records([t0], [leaf1])] },
        {
          owner,
          type: Type.TLSA,
          versions: [rrset([t0, swap, seenGone], [], 300, [csk]), records([swap], [leaf1, leaf2])],
        },
      ],
      deployments: [deployment(leaf1, t0, time), deployment(leaf2, time)],
    });

  test('is followed as long as it may be held', () => {
    const safe = seenGone + hour;
    expect(core(at(safe - 1))).toEqual([
      { kind: 'tlsa-mismatch', from: safe - 1, until: safe, caches: ['DS', 'DS', 'CNAME', 'TLSA', 'certificate'] },
    ]);
    expect(at(safe).violations).toEqual([]);
  });

  test('is no absence of TLSA records', () => {
    expect(at(seenGone + hour).unprotected).toEqual([]);
  });

  test('that leads round in a circle protects nobody, and ends', () => {
    const own = Buffer.from(nameToWire(owner)).toString('hex');
    const round = judged({
      tlsa: [],
      others: [{ owner, type: Type.CNAME, versions: [rrset([t0], [own], hour, [csk])] }],
      deployments: [deployment(leaf1, t0)],
    });
    expect(round.violations).toEqual([]);
    expect(round.unprotected).toMatchObject([{ reason: 'absent' }]);
  });
});

describe('a TLSA set', () => {
  test.each<[string, string, 'matches' | 'differs' | 'unusable']>([
    ['DANE-EE of the leaf', `030101${leaf1.spki.sha256}`, 'matches'],
    ['DANE-EE of the whole leaf', `030000${leaf1.certificate.full}`, 'matches'],
    ['DANE-EE of the issuer', `030101${root.spki.sha256}`, 'differs'],
    ['DANE-TA of the issuer', `020001${root.certificate.sha256}`, 'matches'],
    ['DANE-TA of the leaf', `020101${leaf1.spki.sha256}`, 'differs'],
    ['the selector that is not meant', `030001${leaf1.spki.sha256}`, 'differs'],
    ['PKIX-EE, which is not for mail', `010101${leaf1.spki.sha256}`, 'unusable'],
    ['a matching type that nobody knows', `030103${leaf1.spki.sha256}`, 'unusable'],
    ['no record', '', 'unusable'],
  ])('with %s', (_, record, verdict) => {
    expect(matchesTlsa(record === '' ? [] : [record], [leaf1, root])).toBe(verdict);
  });

  test('that says nothing to senders of mail leaves them unprotected', () => {
    const proof = judged({
      tlsa: [rrset([t0], [`010101${leaf1.spki.sha256}`], 900, [csk])],
      deployments: [deployment(leaf1, t0)],
    });
    expect(proof.violations).toEqual([]);
    expect(proof.unprotected).toEqual([{ host, port: 25, reason: 'unusable', from: t0, until: undefined }]);
  });
});
