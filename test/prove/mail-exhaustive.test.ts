/** Mail second by second: the proof and a look at every second find the same certificates that senders turn away. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { name, nameToWire } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { RRsetVersion } from '../../src/journal/journal.ts';
import type { Deployment, Route } from '../../src/prove/mail-history.ts';
import { prove } from '../../src/prove/prove.ts';
import { content, dnskey, ds, dsVersion, journal, key, policy, rrset, type Times } from './histories.ts';

const csk = key(257, 13, 1);
const host = name('mx.example.org.');
const owner = name('_25._tcp.mx.example.org.');
const shared = name('_tlsa.example.org.');
const alias = Buffer.from(nameToWire(shared)).toString('hex');
const horizon = 40;
const leaves = ['a', 'b', 'c'];
const digest = (leaf: string, count: number) => leaf.charCodeAt(0).toString(16).repeat(count);
const tlsa = (leaf: string) => `030101${digest(leaf, 32)}`;

const small = (max: number, min = 0) => fc.integer({ min, max });
const span = fc.record({ from: small(25), lasts: fc.option(small(20, 1), { nil: undefined }) });
const spans = span.map(({ from, lasts }) => ({ from, until: lasts === undefined ? undefined : from + lasts }));

/** Versions of an RRset one after the other; each may have been seen gone. */
const history = (records: fc.Arbitrary<string[]>): fc.Arbitrary<RRsetVersion[]> =>
  fc
    .array(
      fc.record({
        records,
        ttl: small(8, 1),
        lasts: small(14, 1),
        lag: fc.option(small(5), { nil: undefined, freq: 4 }),
      }),
      {
        maxLength: 4,
      },
    )
    .map((steps) => {
      let built = 0;
      return steps.map(({ records, ttl, lasts, lag }, index) => {
        const dropped = index === steps.length - 1 ? undefined : built + lasts;
        const gone = dropped === undefined || lag === undefined ? undefined : dropped + lag;
        const times: Times = [built, dropped, gone];
        built += lasts;
        return rrset(times, records, ttl, [csk]);
      });
    });

const addresses = ['192.0.2.1', '192.0.2.2'];
const deployments = fc.array(
  fc.record({
    leaf: fc.constantFrom(...leaves),
    address: fc.option(fc.constantFrom(...addresses), { nil: undefined }),
    span: spans,
  }),
  { minLength: 1, maxLength: 3 },
);
const routes = fc.option(
  fc.array(fc.record({ address: fc.constantFrom(...addresses), span: spans }), { maxLength: 3 }),
  {
    nil: undefined,
  },
);
const sets = fc.subarray(leaves).map((of) => of.map(tlsa));

const questions = fc.record({
  own: history(sets),
  alias: history(fc.constantFrom([], [alias])),
  target: history(sets),
  dsSince: small(20),
  deployments,
  routes,
});

/** Asked at some half second before, and not yet run out. */
function mayHold({ built, dropped, service, ttl }: RRsetVersion, second: number): boolean {
  for (let asked = second; asked > second - ttl; asked -= 0.5) {
    const isGone = dropped !== undefined && service.state === 'gone' && asked >= service.until;
    if (asked >= built && !isGone) return true;
  }
  return false;
}

const isIn = ({ from, until }: { from: number; until?: number }, second: number) =>
  second >= from && (until === undefined || second < until);

test('a look at every second finds the same certificates that match no record', () => {
  let red = 0;
  fc.assert(
    fc.property(questions, (question) => {
      const served: Deployment[] = question.deployments.map(({ leaf, address, span }) => ({
        certificate: leaf,
        algorithm: 'ECDSA',
        address,
        ...span,
        chain: [
          {
            certificate: { sha256: digest('z', 32), sha512: digest('z', 64) },
            spki: { sha256: digest(leaf, 32), sha512: digest(leaf, 64) },
          },
        ],
      }));
      const led: Route[] | undefined = question.routes?.map(({ address, span }) => ({ address, ...span }));
      const naive = new Set<string>();
      for (let second = 0; second < horizon; second++) {
        if (second < question.dsSince) continue;
        const held = (versions: readonly RRsetVersion[]) =>
          versions.filter((version) => version.records.length > 0 && mayHold(version, second));
        const found = [...held(question.own), ...held(question.alias).flatMap(() => held(question.target))];
        for (const { records } of found) {
          for (const { leaf, address, span } of question.deployments) {
            const leads =
              led === undefined ||
              led.some((route) => (address === undefined || route.address === address) && isIn(route, second));
            if (isIn(span, second) && leads && !records.includes(tlsa(leaf))) {
              naive.add(`${second} ${leaf} ${records.length} ${records.map((text) => text.slice(6, 8)).join()}`);
            }
          }
        }
      }
      const of = journal({
        ds: [dsVersion([question.dsSince], [ds(csk)])],
        dnskey: [dnskey([0], [csk], [csk])],
        content: [content([0], [csk])],
        rrsets: [
          { owner, type: Type.CNAME, versions: question.alias },
          { owner, type: Type.TLSA, versions: question.own },
          { owner: shared, type: Type.TLSA, versions: question.target },
        ],
      });
      const service = { host, port: 25, owner, deployments: served, routes: led };
      const proof = prove({ zones: [{ journal: of, policy }], mail: { services: [service] }, from: 0, to: horizon });
      const said = new Set<string>();
      for (const { kind, from, until = horizon, caches } of proof.violations) {
        // The signatures of these literals are of another time.
        if (kind !== 'tlsa-mismatch') continue;
        const records = caches.findLast(({ what }) => what === 'TLSA')?.records ?? [];
        const leaf = caches.at(-1)?.name.slice(0, 1);
        for (let second = from; second < until; second++) {
          said.add(`${second} ${leaf} ${records.length} ${records.map((text) => text.slice(6, 8)).join()}`);
        }
      }
      expect([...said].sort()).toEqual([...naive].sort());
      if (naive.size > 0) red++;
    }),
    { numRuns: 1000 },
  );
  expect(red).toBeGreaterThan(200);
});
