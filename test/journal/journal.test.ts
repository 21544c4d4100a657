import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import { keyStates } from '../../src/dnssec/key-state.ts';
import type { Evidence, Journal, RRsetVersion, Service } from '../../src/journal/journal.ts';
import { keyId, newJournal } from '../../src/journal/journal.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { printJournal } from '../../src/journal/print.ts';
import { newReport } from '../../src/text/problem.ts';

const zone = name('example.org.');
const file = 'keys/example.org/journal.json';

function parse(text: string | Uint8Array, of = zone) {
  const report = newReport();
  return { journal: parseJournal(file, Buffer.from(text), of, report), problems: report.problems };
}

const time = fc.integer({ min: 1_000_000_000, max: 4_000_000_000 });
const octets = fc.uint8Array({ minLength: 1, maxLength: 8 }).map((of) => Buffer.from(of).toString('hex'));
const ttl = fc.integer({ min: 0, max: 0x7fff_ffff });
const keyIds = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 65535 }))
  .map(([algorithm, tag]) => keyId(algorithm, tag));
const signed = fc.option(
  fc.record({
    signers: fc.array(
      fc
        .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 65535 }))
        .map(([algorithm, tag]) => `${String(algorithm).padStart(3, '0')}+${String(tag).padStart(5, '0')}`),
    ),
    inception: time,
    expiration: time,
  }),
  { nil: undefined },
);
const service: fc.Arbitrary<Service> = fc.oneof(
  fc.constant<Service>({ state: 'unseen' }),
  fc.record({ state: fc.constant('published' as const), from: time, evidence: fc.integer({ min: 1, max: 9 }) }),
  fc.record({
    state: fc.constant('gone' as const),
    from: fc.option(time, { nil: undefined }),
    until: time,
    evidence: fc.integer({ min: 1, max: 9 }),
  }),
);
const state = fc.record({ state: fc.constantFrom(...keyStates), since: time });
const keyRecord = fc.record({
  role: fc.constantFrom('ksk' as const, 'zsk' as const, 'csk' as const),
  rdata: octets,
  goal: fc.constantFrom('hidden' as const, 'omnipresent' as const),
  lifetime: fc.option(fc.nat(), { nil: undefined }),
  created: time,
  active: fc.option(time, { nil: undefined }),
  predecessor: fc.option(keyIds, { nil: undefined }),
  successor: fc.option(keyIds, { nil: undefined }),
  dnskey: state,
  zrrsig: state,
  krrsig: state,
  ds: state,
});
const request = fc.option(fc.record({ at: time, by: fc.string() }), { nil: undefined });
/** All but the last version are dropped. */
function history<V>(facts: fc.Arbitrary<V>) {
  const one = fc.tuple(facts, fc.record({ built: time, dropped: time, service }));
  return fc.tuple(fc.array(one, { maxLength: 3 }), fc.boolean()).map(([versions, ended]) =>
    versions.map(([of, line], index) => ({
      ...of,
      ...line,
      dropped: ended || index < versions.length - 1 ? line.dropped : undefined,
    })),
  );
}
const histories = (...types: number[]) =>
  fc
    .uniqueArray(
      fc.tuple(
        fc.constantFrom('example.org.', 'a\\.b.example.org.', '_25._tcp.mx.example.org.'),
        fc.constantFrom(...types),
      ),
      {
        selector: ([owner, type]) => `${owner} ${type}`,
      },
    )
    .chain((keys) =>
      fc.tuple(
        ...keys
          .map(([owner, type]) => ({ owner: name(owner), type }))
          // Canonical order: `a\.b` is one label, and sorts before `mx`.
          .sort((a, b) => rank(a.owner) - rank(b.owner) || a.type - b.type)
          .map((key) =>
            history<Pick<RRsetVersion, 'records' | 'ttl' | 'signed'>>(
              fc.record({ records: fc.array(octets), ttl, signed }),
            ).map((versions) => ({ ...key, versions })),
          ),
      ),
    );
const journals: fc.Arbitrary<Journal> = fc.record({
  zone: fc.constant(zone),
  generation: fc.nat(),
  changed: time,
  serial: fc.option(
    fc.record({
      last: fc.integer({ min: 0, max: 0xffff_ffff }),
      policy: fc.constantFrom('counter', 'unixtime', 'date'),
      contentDigest: octets,
      built: time,
    }),
    { nil: undefined },
  ),
  content: history(fc.record({ largestTtl: ttl, negativeTtl: ttl, expire: ttl, signed })),
  parentDs: history(fc.record({ records: fc.array(octets) })),
  keys: fc
    .uniqueArray(keyIds, { maxLength: 3 })
    .chain((ids) => fc.tuple(...[...ids].sort().map((id) => keyRecord.map((key) => ({ id, ...key }))))),
  requests: fc.record({
    insecure: request,
    approved: request,
    rolls: fc.option(
      fc.array(
        fc.record({
          what: fc.constantFrom('ksk', 'zsk', 'csk', 'algorithm'),
          at: time,
          by: fc.string(),
          why: fc.constantFrom('wanted', 'compromised'),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      { nil: undefined },
    ),
  }),
  serials: fc.array(fc.record({ serial: fc.integer({ min: 0, max: 0xffff_ffff }), built: time }), { maxLength: 3 }),
  rrsets: histories(Type.TLSA, Type.DNSKEY, 65280),
  routes: histories(Type.A, Type.AAAA, Type.MX),
  evidence: fc
    .array(
      fc.record({
        at: time,
        by: fc.string(),
        servers: fc.array(fc.string()),
        fact: fc.oneof(
          fc.record({ kind: fc.constant('published' as const), serial: fc.integer({ min: 0, max: 0xffff_ffff }) }),
          fc.record({ kind: fc.constant('ds-seen' as const), records: fc.array(octets), ttl }),
          fc.record({
            kind: fc.constant('certificate-served' as const),
            host: fc.constant(name('mx1.example.org.')),
            port: fc.integer({ min: 0, max: 65535 }),
            protocol: fc.constantFrom('tcp', 'udp', 'sctp'),
            spki: fc.constant('ab'.repeat(32)),
          }),
        ),
      }),
      { maxLength: 4 },
    )
    .map((rows) => rows.map((row, index): Evidence => ({ id: 2 * index + 1, ...row }) as Evidence)),
  overrides: fc.array(fc.record({ at: time, rule: fc.string(), subject: fc.string(), by: fc.string() })),
});
function rank(owner: string): number {
  return ['example.org.', 'a\\.b.example.org.', '_25._tcp.mx.example.org.'].indexOf(owner);
}

describe('a journal', () => {
  test('that is printed and read again is the same, and prints the same', () => {
    fc.assert(
      fc.property(journals, (journal) => {
        const text = printJournal(journal);
        const { journal: again, problems } = parse(text);
        expect(problems).toEqual([]);
        expect(again).toEqual(journal);
        expect(Buffer.from(printJournal(again!)).equals(text)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('is text that people and git can read: sorted keys, a value a line, a final line end', () => {
    const text = Buffer.from(printJournal(newJournal(zone, 1_767_225_600))).toString();
    expect(text.replace(/[0-9a-f]{64}/, 'SEAL')).toBe(`{
  "changed": "2026-01-01 00:00:00Z",
  "content": [],
  "evidence": [],
  "generation": 0,
  "keys": {},
  "overrides": [],
  "parentDs": [],
  "requests": {},
  "rrsets": {},
  "seal": "SEAL",
  "serials": [],
  "version": 2,
  "zone": "example.org."
}
`);
  });
});

describe('the seal of a journal', () => {
  const printed = Buffer.from(printJournal(newJournal(zone, 1_767_225_600))).toString();

  test('is SHA-256 over the text without it', () => {
    const seal = createHash('sha256')
      .update(printed.replace(/ *"seal": [^\n]*\n/, ''))
      .digest('hex');
    expect(printed).toContain(`"seal": "${seal}"`);
    expect(parse(printed).journal?.isEdited).toBeUndefined();
  });

  test.each([
    ['a value', printed.replace('"generation": 0', '"generation": 7')],
    ['the seal', printed.replace(/("seal": ")[0-9a-f]{4}/, '$10000')],
    ['the seal, taken away,', printed.replace(/ *"seal": [^\n]*\n/, '')],
  ])('shows that %s was changed by hand; the journal is read', (_, text) => {
    expect(text).not.toBe(printed);
    const { journal, problems } = parse(text);
    expect(problems).toEqual([]);
    expect(journal?.isEdited).toBe(true);
  });

  test('is of the content: white space and order may change', () => {
    const value = JSON.parse(printed) as Record<string, unknown>;
    const turned = Object.fromEntries(Object.entries(value).reverse());
    expect(parse(JSON.stringify(turned)).journal?.isEdited).toBeUndefined();
  });
});

test('a journal of form 1, without keys, serials and seal, is read; its last serial is one that was built', () => {
  const { journal, problems } = parse(`{
  "changed": "2026-01-01 00:00:00Z", "content": [], "evidence": [], "generation": 4, "overrides": [], "parentDs": [],
  "rrsets": {}, "serial": {"built": "2025-12-31 00:00:00Z", "contentDigest": "aa", "last": 9, "policy": "counter"},
  "version": 1, "zone": "example.org."
}`);
  expect(problems).toEqual([]);
  expect(journal).toEqual({
    ...newJournal(zone, 1_767_225_600),
    generation: 4,
    serial: { last: 9, policy: 'counter', contentDigest: 'aa', built: 1_767_139_200 },
    serials: [{ serial: 9, built: 1_767_139_200 }],
  });
});

describe('a journal is refused, with the place and what was expected there,', () => {
  const good: Journal = {
    ...newJournal(zone, 1_767_225_600),
    content: [
      { largestTtl: 3600, negativeTtl: 300, expire: 604800, built: 1_767_225_600, service: { state: 'unseen' } },
    ],
    rrsets: [
      {
        owner: zone,
        type: Type.DNSKEY,
        versions: [
          {
            records: ['0101030d'],
            ttl: 3600,
            built: 1_767_225_600,
            service: { state: 'unseen' },
            signed: { signers: ['013+07956'], inception: 1_767_225_600, expiration: 1_767_225_600 },
          },
        ],
      },
    ],
  };
  const text = Buffer.from(printJournal(good)).toString();
  const row =
    '{"id": 1, "at": "2026-01-01 00:00:00Z", "by": "ann", "servers": [], "fact": {"kind": "published", "serial": 1}}';

  test.each([
    ['when it is empty', '', ''],
    ['when it is cut off', text.slice(0, -10), ''],
    ['when it holds the marks of a merge', text.replace('{', '{\n<<<<<<< ours'), ''],
    ['when it is no object', '[]', ''],
    ['without version', '{}', ''],
    ['with an older version', '{"version": 0}', 'version'],
    ['with a field that nobody knows', text.replace('"generation"', '"generations"'), 'generations'],
    ['without a field', text.replace(/ *"generation": 0,\n/, ''), ''],
    ['of another zone', text.replace('"zone": "example.org."', '"zone": "example.net."'), 'zone'],
    ['with a number that is none', text.replace('"generation": 0', '"generation": "0"'), 'generation'],
    ['with a negative number', text.replace('"generation": 0', '"generation": -1'), 'generation'],
    [
      'with a time in another form',
      text.replace('"changed": "2026-01-01 00:00:00Z"', '"changed": 1767225600'),
      'changed',
    ],
    ['with a day that does not exist', text.replace('"changed": "2026-01-01', '"changed": "2026-02-30'), 'changed'],
    [
      'with a TTL that is too large',
      text.replace('"negativeTtl": 300', '"negativeTtl": 2147483648'),
      'content[0].negativeTtl',
    ],
    [
      'with RDATA that is not hexadecimal',
      text.replace('0101030d', '0101030'),
      'rrsets["example.org. DNSKEY"][0].records[0]',
    ],
    [
      'with a key that is not in its printed form',
      text.replace('example.org. DNSKEY', 'Example.org. DNSKEY'),
      'rrsets["Example.org. DNSKEY"]',
    ],
    [
      'with a type that is not in its printed form',
      text.replace('example.org. DNSKEY', 'example.org. TYPE48'),
      'rrsets["example.org. TYPE48"]',
    ],
    [
      'with a state that nobody knows',
      text.replace('"state": "unseen"', '"state": "maybe"'),
      'content[0].service.state',
    ],
    [
      'with signers but without their times',
      text.replace(/ *"inception": [^\n]*\n/, ''),
      'rrsets["example.org. DNSKEY"][0]',
    ],
    ['with evidence out of order', text.replace('"evidence": []', `"evidence": [${row}, ${row}]`), 'evidence[1].id'],
    ['with a key that has no state', text.replace('"keys": {}', `"keys": {"013+07956": {}}`), 'keys["013+07956"]'],
    [
      'with a signer that is no key',
      text.replace('013+07956', '13+7956'),
      'rrsets["example.org. DNSKEY"][0].signers[0]',
    ],
  ])('%s', (_, changed, where) => {
    expect(changed).not.toBe(text);
    const { journal, problems } = parse(changed);
    expect(journal).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      rule: 'ops/journal-unreadable',
      tier: 'error',
      subject: zone,
      position: { file, line: 1, column: 1 },
    });
    if (where !== '') expect(problems[0].message.startsWith(`${where}: expected `)).toBe(true);
    else expect(problems[0].message).toMatch(/^expected /);
  });

  test('when a newer danezone wrote it, under a rule of its own', () => {
    const { journal, problems } = parse('{"version": 3, "zone": {"anything": []}}');
    expect(journal).toBeUndefined();
    expect(problems.map(({ rule }) => rule)).toEqual(['ops/journal-newer']);
  });

  test('when two versions of an RRset are in the zone at once', () => {
    const [history] = good.rrsets;
    const twice = { ...good, rrsets: [{ ...history, versions: [...history.versions, ...history.versions] }] };
    expect(parse(printJournal(twice)).problems[0].message).toMatch(
      /^rrsets\["example.org. DNSKEY"\]\[0\]: expected a field dropped/,
    );
  });
});
