/** The matcher, one test for each sentence of RFC 6698, 7671 and 7672 that decides something. */
import { describe, expect, test } from 'vitest';
import type { Certificate } from '../../src/x509/certificate.ts';
import { day, make, spkiOf } from '../x509/make-certificate.ts';
import { chainOf } from '../x509/vectors.ts';
import { digestOf } from './hosts.ts';
import { fullChain, intermediate, leaf, presentedOf, root, tlsa, verdictOf, wordOf, wordsOf } from './matched.ts';

const wrong256 = '00'.repeat(32);
const wrong512 = '00'.repeat(64);

describe('usability', () => {
  const good = tlsa('3 1 1', leaf);

  test.each([
    ['3 1 1 00', 'data-length'],
    [`3 1 1 ${wrong512}`, 'data-length'],
    [`3 1 2 ${wrong256}`, 'data-length'],
    ['3 1 1', 'data-length'],
    ['3 0 0 3003020100', 'unparsable'],
    ['3 1 0 3003020100', 'unparsable'],
    ['3 0 0', 'unparsable'],
    [tlsa('3 1 0', leaf).replace('3 1 0', '3 0 0'), 'unparsable'],
    [tlsa('3 0 0', leaf).replace('3 0 0', '3 1 0'), 'unparsable'],
    [`${tlsa('3 0 0', leaf)}00`, 'unparsable'],
    [`4 1 1 ${wrong256}`, 'unknown-value'],
    [`255 1 1 ${wrong256}`, 'unknown-value'],
    [`3 2 1 ${wrong256}`, 'unknown-value'],
    [`3 1 3 ${wrong256}`, 'unknown-value'],
    ['3 1 255 00', 'unknown-value'],
  ])('%s is unusable, and the RRset is not', (record, reason) => {
    expect(wordsOf([record, good])).toEqual([`unusable: ${reason}`, 'match at 0']);
    expect(wordsOf([good, record])).toEqual(['match at 0', `unusable: ${reason}`]);
    expect(verdictOf([record, good]).state).toBe('matched');
    expect(verdictOf([record, `3 1 1 ${wrong256}`]).state).toBe('no-match');
  });

  test('RDATA that ends before its data is unusable', () => {
    for (const octets of [0, 1, 2]) {
      expect(verdictOf([], { rrset: [new Uint8Array(octets)] } as object)).toMatchObject({
        state: 'unusable',
        records: [{ usable: false, reason: { kind: 'too-short', octets } }],
      });
    }
  });

  test('where every record is unusable, mail servers demand TLS and authenticate nobody', () => {
    const records = ['3 1 1 00', `4 1 1 ${wrong256}`, tlsa('1 1 1', leaf)];
    expect(verdictOf(records)).toMatchObject({ state: 'unusable', fallback: 'encrypt' });
    expect(verdictOf(records, { application: 'other' })).toMatchObject({ state: 'unusable', fallback: 'without-dane' });
  });
});

describe('digest agility', () => {
  test('the strongest digest of a usage and selector counts, the others do not', () => {
    expect(wordsOf([tlsa('3 1 1', leaf), `3 1 2 ${wrong512}`])).toEqual(['no: weaker-digest', 'no: no-equal-data']);
    expect(wordsOf([`3 1 1 ${wrong256}`, tlsa('3 1 2', leaf)])).toEqual(['no: weaker-digest', 'match at 0']);
  });

  test('usability comes first: an unusable record outranks nothing', () => {
    for (const unusable of ['3 1 2 00', `3 1 3 ${wrong512}`, `3 9 2 ${wrong512}`]) {
      expect(wordsOf([tlsa('3 1 1', leaf), unusable])[0]).toBe('match at 0');
    }
  });

  test('a digest that the client does not support outranks nothing', () => {
    expect(wordsOf([tlsa('3 1 1', leaf), '3 1 4 0011'])).toEqual(['match at 0', 'unusable: unknown-value']);
  });

  test('each usage and selector has its own strongest digest', () => {
    expect(wordsOf([tlsa('3 1 1', leaf), `3 0 2 ${wrong512}`, `2 1 2 ${wrong512}`])).toEqual([
      'match at 0',
      'no: no-equal-data',
      'no: no-equal-data',
    ]);
  });

  test('Full is no digest: it always stays in, and outranks nothing', () => {
    expect(wordsOf([tlsa('3 1 0', leaf), `3 1 2 ${wrong512}`])).toEqual(['match at 0', 'no: no-equal-data']);
    expect(wordsOf([tlsa('3 1 0', root), tlsa('3 1 1', leaf)])).toEqual(['no: only-above-the-leaf', 'match at 0']);
  });
});

describe('DANE-EE', () => {
  test.each(['3 0 0', '3 0 1', '3 0 2', '3 1 0', '3 1 1', '3 1 2'])('%s matches the leaf', (parameters) => {
    expect(verdictOf([tlsa(parameters, leaf)])).toMatchObject({ state: 'matched', matched: { record: 0, depth: 0 } });
  });

  test('matches at depth 0 only', () => {
    expect(wordOf(tlsa('3 1 1', intermediate))).toBe('no: only-above-the-leaf');
    expect(wordOf(tlsa('3 0 1', root))).toBe('no: only-above-the-leaf');
  });

  test('digests of the vectors, of octets as they stand in the certificate', () => {
    for (const file of ['p256.pem', 'rsa2048-no-null.pem', 'expired.pem', 'p256-compressed.pem']) {
      const chain = chainOf(`made/${file}`);
      expect(wordOf(`3 1 1 ${digestOf(file, '1 1')}`, { chain })).toBe('match at 0');
      expect(wordOf(`3 0 2 ${digestOf(file, '0 2')}`, { chain })).toBe('match at 0');
    }
  });

  test('ignores names', () => {
    expect(wordOf(tlsa('3 1 1', leaf), { names: ['elsewhere.test.'] })).toBe('match at 0');
    expect(wordOf(tlsa('3 1 1', leaf), { names: [] })).toBe('match at 0');
  });

  test('ignores dates', () => {
    for (const at of [0, day('2019-12-31'), day('2100-01-01')]) {
      expect(wordOf(tlsa('3 1 1', leaf), { at })).toBe('match at 0');
    }
  });

  test('ignores purposes, key usage and critical extensions', () => {
    const odd = make({
      subject: 'mx',
      purposes: ['1.3.6.1.5.5.7.3.4'],
      keyUsage: 0x04,
      ca: true,
      extensions: { '1.3.6.1.4.1.99999.1': Uint8Array.of(5, 0) },
      critical: ['1.3.6.1.4.1.99999.1'],
    });
    expect(wordOf(tlsa('3 0 1', odd), { chain: [odd] })).toBe('match at 0');
  });

  test('ignores the chain: missing, foreign, or with a signature that is wrong', () => {
    const broken = make({ subject: 'mx.example.test', issuer: 'Intermediate', breakSignature: true });
    expect(wordOf(tlsa('3 1 1', leaf), { chain: [leaf] })).toBe('match at 0');
    expect(wordOf(tlsa('3 0 1', broken), { chain: [broken, make({ subject: 'Foreign' })] })).toBe('match at 0');
  });
});

describe('DANE-TA', () => {
  test.each([
    '2 0 0',
    '2 0 1',
    '2 0 2',
    '2 1 0',
    '2 1 1',
    '2 1 2',
  ])('%s matches an issuer above the leaf', (parameters) => {
    expect(wordOf(tlsa(parameters, intermediate))).toBe('match at 1');
    expect(wordOf(tlsa(parameters, root))).toBe('match at 2');
  });

  test('never matches at depth 0, even a self-signed authority', () => {
    const selfSigned = make({ subject: 'mx.example.test', ca: true, dns: ['mx.example.test'] });
    for (const parameters of ['2 0 0', '2 0 1', '2 1 0', '2 1 1']) {
      expect(wordOf(tlsa(parameters, selfSigned), { chain: [selfSigned] })).toBe('no: only-the-leaf');
      expect(wordOf(tlsa(parameters, selfSigned), { chain: [selfSigned, selfSigned] })).toBe('no: only-the-leaf');
      expect(wordOf(tlsa(parameters, leaf))).toBe('no: only-the-leaf');
    }
  });

  test('2 0 0 and 2 1 0 supply an anchor that the server does not present; digests never', () => {
    expect(wordOf(tlsa('2 0 0', root), { chain: [leaf, intermediate] })).toBe('match at 2');
    expect(wordOf(tlsa('2 1 0', root), { chain: [leaf, intermediate] })).toBe('match at 2');
    expect(wordOf(tlsa('2 0 0', intermediate), { chain: [leaf] })).toBe('match at 1');
    expect(wordOf(tlsa('2 1 0', intermediate), { chain: [leaf] })).toBe('match at 1');
    for (const parameters of ['2 0 1', '2 0 2', '2 1 1', '2 1 2']) {
      expect(wordOf(tlsa(parameters, root), { chain: [leaf, intermediate] })).toBe('no: no-equal-data');
      expect(wordOf(tlsa(parameters, intermediate), { chain: [leaf] })).toBe('no: no-equal-data');
    }
    expect(wordsOf([tlsa('2 0 0', intermediate), tlsa('2 1 1', root)], { chain: [leaf, root] })).toEqual([
      'match at 1',
      'no: missing-issuer 0',
    ]);
  });

  test('what a record supplies must have issued the chain', () => {
    const other = make({ subject: 'Other', ca: true });
    expect(wordsOf([tlsa('2 0 0', other), tlsa('2 1 0', other)])).toEqual(['no: no-equal-data', 'no: no-equal-data']);
  });

  test('what a record supplies takes no place of what is presented: its dates and constraints count', () => {
    const old = make({ subject: 'Root', ca: true, to: '20210101' });
    for (const parameters of ['2 0 0', '2 1 0', '2 1 1']) {
      expect(wordOf(tlsa(parameters, old), { chain: [leaf, intermediate, old] })).toBe('no: expired 2');
    }
  });

  test('says how the anchor came in', () => {
    const by = (record: string, chain: readonly Certificate[]) => verdictOf([record], { chain }).records[0].reason;
    expect(by(tlsa('2 0 0', root), fullChain)).toMatchObject({ by: 'certificate' });
    expect(by(tlsa('2 0 0', root), [leaf, intermediate])).toMatchObject({ by: 'supplied-certificate' });
    expect(by(tlsa('2 1 0', root), [leaf, intermediate])).toMatchObject({ by: 'supplied-key' });
  });

  test('needs signatures from the leaf to the anchor', () => {
    const broken = make({
      subject: 'mx.example.test',
      issuer: 'Intermediate',
      dns: ['mx.example.test'],
      breakSignature: true,
    });
    expect(wordOf(tlsa('2 1 1', root), { chain: [broken, intermediate, root] })).toBe('no: bad-signature 0');
    expect(wordOf(tlsa('2 1 1', root), { chain: [leaf, root] })).toBe('no: missing-issuer 0');
  });

  test('needs the dates of every certificate up to the anchor, and of none above', () => {
    const old = make({ subject: 'Root', ca: true, to: '20210101' });
    expect(wordOf(tlsa('2 1 1', root), { at: day('2041-01-01') })).toBe('no: expired 0, expired 1, expired 2');
    expect(wordOf(tlsa('2 1 1', root), { at: day('2019-01-01') })).toMatch(/^no: not-yet-valid 0/);
    expect(wordOf(tlsa('2 1 1', old), { chain: [leaf, intermediate, old] })).toBe('no: expired 2');
    expect(wordOf(tlsa('2 1 1', intermediate), { chain: [leaf, intermediate, old] })).toBe('match at 1');
  });

  test('needs authorities that may issue, and so long a path', () => {
    const noAuthority = make({ subject: 'Intermediate', issuer: 'Root', ca: false });
    const noSigner = make({ subject: 'Intermediate', issuer: 'Root', ca: true, keyUsage: 0x80 });
    const short = make({ subject: 'Root', ca: 0 });
    const chains = [
      [leaf, noAuthority, root],
      [leaf, noSigner, root],
      [leaf, intermediate, short],
    ] as const;
    expect(chains.map((chain) => wordOf(tlsa('2 0 1', chain[2]), { chain }))).toEqual([
      'no: not-a-ca 1',
      'no: no-cert-sign 1',
      'no: path-too-long 2',
    ]);
  });

  test('needs name constraints that allow the names, and no critical extension that is unknown', () => {
    const constrained = make({ subject: 'Root', ca: true, permitted: [[0x82, 'other.test']] });
    expect(wordOf(tlsa('2 1 1', root), { chain: [leaf, intermediate, constrained] })).toBe('no: name-forbidden 0');
    const oid = '1.3.6.1.4.1.99999.1';
    const unknown = make({ subject: 'Root', ca: true, extensions: { [oid]: Uint8Array.of(5, 0) }, critical: [oid] });
    expect(wordOf(tlsa('2 0 1', unknown), { chain: [leaf, intermediate, unknown] })).toBe(
      'no: unknown-critical-extension 2',
    );
  });

  test('one valid path is enough: a key with two certificates, the expired one first', () => {
    const expired = make({ subject: 'Intermediate', issuer: 'Root', ca: true, to: '20210101', serial: 7 });
    const chain = [leaf, expired, intermediate];
    expect(wordOf(tlsa('2 1 1', intermediate), { chain })).toBe('match at 1');
    expect(wordOf(tlsa('2 0 1', expired), { chain })).toBe('no: expired 1');
  });

  test('a path that clients with one try do not take is a detour', () => {
    const cross = make({ subject: 'Intermediate', issuer: 'Other', ca: true, serial: 5 });
    const [first, second] = [tlsa('2 0 1', intermediate), tlsa('2 0 1', cross)];
    const reasons = (chain: readonly Certificate[]) =>
      verdictOf([first, second], { chain }).records.map(({ reason }) => reason.kind === 'matched' && reason.isDetour);
    expect(reasons([leaf, intermediate, cross])).toEqual([false, true]);
    expect(reasons([leaf, cross, intermediate])).toEqual([true, false]);
    const key = verdictOf([tlsa('2 1 1', cross)], { chain: [leaf, intermediate, cross] });
    expect(key.records[0].reason).toMatchObject({ kind: 'matched', isDetour: false });
    const chain = [leaf, cross, intermediate];
    expect(verdictOf([first], { chain })).toMatchObject({ matched: { record: 0, isDetour: true } });
    expect(
      verdictOf([tlsa('2 1 1', root), first, tlsa('2 1 1', intermediate)], { chain: [...chain, root] }),
    ).toMatchObject({
      matched: { depth: 1, isDetour: false },
    });
  });

  test('a certificate that issued nothing in the chain matches nothing', () => {
    const stray = make({ subject: 'Stray', ca: true });
    expect(wordOf(tlsa('2 0 1', stray), { chain: [...fullChain, stray] })).toBe('no: self-signed 2');
    expect(wordOf(tlsa('2 0 1', stray), { chain: [leaf, stray] })).toBe('no: missing-issuer 0');
  });

  test('the order of the other certificates does not matter', () => {
    expect(wordOf(tlsa('2 1 1', root), { chain: [leaf, root, intermediate] })).toBe('match at 2');
  });

  test('both certificates of a cross-signed issuer have its key, each its own octets', () => {
    const both = chainOf('made/chain-both-intermediates.pem');
    const asked = (chain: readonly Certificate[]) => ({ chain, names: ['mx1.example.test.'] });
    expect(wordOf(`2 1 1 ${digestOf('intermediate.pem', '1 1')}`, asked(both))).toBe('match at 1');
    expect(wordOf(`2 0 1 ${digestOf('intermediate-cross.pem', '0 1')}`, asked(both))).toBe('match at 1');
    expect(wordOf(`2 0 1 ${digestOf('intermediate-cross.pem', '0 1')}`, asked(chainOf('made/chain.pem')))).toBe(
      'no: no-equal-data',
    );
    expect(wordOf(`2 1 1 ${digestOf('root.pem', '1 1')}`, asked(chainOf('made/chain-no-root.pem')))).toBe(
      'no: no-equal-data',
    );
  });
});

describe('names below a trust anchor', () => {
  const named = (dns: readonly string[], ...names: string[]) => {
    const certificate = make({ subject: 'cn.example.test', issuer: 'Intermediate', dns });
    return wordOf(tlsa('2 1 1', intermediate), { chain: [certificate, intermediate], names });
  };
  const mismatch = 'no: name-mismatch 0';

  test('one of them must be in the certificate: base domain, next-hop domain or its expansion', () => {
    expect(named(['mx.example.test'], 'mx.example.test.')).toBe('match at 1');
    expect(named(['example.test'], 'mx.example.test.', 'example.test.', 'example.net.')).toBe('match at 1');
    expect(named(['EXAMPLE.net'], 'mx.example.test.', 'example.test.', 'example.net.')).toBe('match at 1');
    expect(named(['a.test', 'b.test'], 'mx.example.test.', 'example.test.')).toBe(mismatch);
    expect(named(['example.test'], 'mx.example.test.')).toBe(mismatch);
  });

  test('a common name counts only where no alternative name is a DNS name', () => {
    expect(named([], 'cn.example.test.')).toBe('match at 1');
    expect(named(['other.test'], 'cn.example.test.')).toBe(mismatch);
    const withMailbox = make({
      subject: 'cn.example.test',
      issuer: 'Intermediate',
      alternatives: [[0x81, 'a@b.test']],
    });
    expect(
      wordOf(tlsa('2 1 1', intermediate), { chain: [withMailbox, intermediate], names: ['cn.example.test.'] }),
    ).toBe('match at 1');
  });

  test.each([
    ['*.example.test', 'mx.example.test.', true],
    ['*.example.test', 'xn--mx-gka.example.test.', true],
    ['*.example.test', 'example.test.', false],
    ['*.example.test', 'a.mx.example.test.', false],
    ['m*.example.test', 'mx.example.test.', false],
    ['*x.example.test', 'mx.example.test.', false],
    ['mx.*.test', 'mx.example.test.', false],
    ['*.*.test', 'mx.example.test.', false],
    ['*', 'test.', false],
    ['*.test', 'example.test.', false],
    ['mx.example.test.', 'mx.example.test.', false],
    ['mx.example.test\0.evil.test', 'mx.example.test.', false],
    ['192.0.2.1', 'mx.example.test.', false],
    ['m\xfcller.test', 'xn--mller-kva.test.', false],
  ])('a wildcard stands for the whole left-most label only: %j names %s: %s', (presented, host, matches) => {
    expect(named([presented], host)).toBe(matches ? 'match at 1' : mismatch);
  });

  test('are not looked at where nobody asks', () => {
    const { chain, record } = { chain: fullChain, record: tlsa('2 1 1', root) };
    expect(wordOf(record, { chain, names: 'unchecked' })).toBe('match at 2');
    expect(wordOf(record, { chain, names: [] })).toBe(mismatch);
  });
});

describe('PKIX-TA and PKIX-EE', () => {
  const records = [tlsa('0 0 1', intermediate), tlsa('1 1 1', leaf)];

  test('are unusable between mail servers, not failed, whatever the client trusts', () => {
    for (const trustStore of [undefined, [root]]) {
      expect(wordsOf(records, { trustStore })).toEqual(['unusable: pkix-usage-smtp', 'unusable: pkix-usage-smtp']);
      expect(verdictOf(records, { trustStore })).toMatchObject({ state: 'unusable', fallback: 'encrypt' });
    }
    expect(verdictOf([...records, tlsa('3 1 1', leaf)]).state).toBe('matched');
    expect(verdictOf([...records, `3 1 1 ${wrong256}`]).state).toBe('no-match');
  });

  test('are unusable for a client without roots', () => {
    expect(wordsOf(records, { application: 'other' })).toEqual([
      'unusable: no-trust-store',
      'unusable: no-trust-store',
    ]);
  });

  const pkix = (record: string, chain: readonly Certificate[], more: object = {}) =>
    wordOf(record, { application: 'other', trustStore: [root], chain, ...more });

  test('match a chain to a root of the client, presented or not', () => {
    for (const chain of [fullChain, [leaf, intermediate]]) {
      expect(pkix(records[0], chain)).toBe('match at 1');
      expect(pkix(records[1], chain)).toBe('match at 0');
      expect(pkix(tlsa('0 1 1', root), chain)).toBe('match at 2');
    }
  });

  test('do not match without such a chain, outside its dates, or without the name', () => {
    const other = make({ subject: 'Other', ca: true });
    expect(pkix(records[0], fullChain, { trustStore: [other] })).toBe('no: self-signed 2');
    expect(pkix(records[1], [leaf], { trustStore: [root] })).toBe('no: missing-issuer 0');
    expect(pkix(records[1], fullChain, { at: day('2050-01-01') })).toMatch(/^no: expired 0/);
    expect(pkix(records[1], fullChain, { names: ['other.test.'] })).toBe('no: name-mismatch 0');
    expect(pkix(records[0], fullChain, { trustStore: [] })).toBe('no: self-signed 2');
  });

  test('PKIX-TA matches no leaf and no stray certificate, PKIX-EE nothing but the leaf', () => {
    const stray = make({ subject: 'Stray', ca: true });
    expect(pkix(tlsa('0 1 1', leaf), fullChain)).toBe('no: only-the-leaf');
    expect(pkix(tlsa('0 1 1', stray), [...fullChain, stray])).toBe('no: not-an-issuer');
    expect(pkix(tlsa('1 1 1', intermediate), fullChain)).toBe('no: only-above-the-leaf');
    expect(pkix(tlsa('0 1 1', stray), fullChain)).toBe('no: no-equal-data');
  });

  test('PKIX-TA looks at every path to a root', () => {
    const other = make({ subject: 'Other', ca: true });
    const cross = make({ subject: 'Intermediate', issuer: 'Other', ca: true, serial: 5 });
    const chain = [leaf, intermediate, cross];
    const trustStore = [root, other];
    expect(pkix(tlsa('0 0 1', cross), chain, { trustStore })).toBe('match at 1');
    expect(pkix(tlsa('0 0 1', other), chain, { trustStore })).toBe('match at 2');
    expect(pkix(tlsa('0 0 1', root), chain, { trustStore })).toBe('match at 2');
  });
});

describe('raw public keys', () => {
  const presented = { kind: 'raw-key', spki: spkiOf('mx.example.test') } as const;

  test('match 3 1 x only', () => {
    for (const parameters of ['3 1 0', '3 1 1', '3 1 2']) {
      expect(verdictOf([tlsa(parameters, leaf)], { presented })).toMatchObject({
        state: 'matched',
        matched: { depth: 0 },
      });
      expect(wordOf(tlsa(parameters, root), { presented })).toBe('no: no-equal-data');
    }
    for (const parameters of ['3 0 0', '3 0 1', '2 1 1', '2 1 0', '2 0 1']) {
      expect(wordOf(tlsa(parameters, leaf), { presented })).toBe('no: needs-certificate');
    }
    const pkix = { presented, application: 'other', trustStore: [root] } as const;
    expect(wordOf(tlsa('1 1 1', leaf), pkix)).toBe('no: needs-certificate');
  });

  test('a record that needs a certificate stays usable: nobody goes on unauthenticated', () => {
    expect(verdictOf([tlsa('2 1 1', root)], { presented }).state).toBe('no-match');
  });
});

describe('the verdict', () => {
  test('each chain that a host offers is judged alone', () => {
    const rsa = chainOf('made/leaf-rsa.pem')[0];
    const records = [tlsa('3 1 1', leaf), tlsa('2 1 1', intermediate)];
    expect(verdictOf(records).state).toBe('matched');
    expect(verdictOf(records, { chain: [rsa] }).state).toBe('no-match');
    expect(verdictOf([...records, tlsa('3 1 1', rsa)], { chain: [rsa] })).toMatchObject({ matched: { record: 2 } });
  });

  test('one matching record is enough; which one is named does not depend on their order', () => {
    const records = [tlsa('2 1 1', root), `3 1 1 ${wrong256}`, tlsa('2 0 1', intermediate), tlsa('3 0 1', leaf)];
    expect(verdictOf(records)).toMatchObject({ state: 'matched', matched: { record: 3, depth: 0 } });
    expect(verdictOf([...records].reverse())).toMatchObject({ state: 'matched', matched: { record: 0, depth: 0 } });
    expect(verdictOf(records.slice(0, 3))).toMatchObject({ matched: { record: 0, depth: 2 } });
  });

  test('every record has its own reason', () => {
    expect(wordsOf([tlsa('2 1 1', root), tlsa('3 1 1', root), '3 1 1 00', tlsa('3 1 1', leaf)])).toEqual([
      'match at 2',
      'no: only-above-the-leaf',
      'unusable: data-length',
      'match at 0',
    ]);
  });

  test('a reason has all faults of the chain, names too', () => {
    const { records } = verdictOf([tlsa('2 1 1', root)], { names: ['a.test.'], at: day('2041-01-01') });
    expect(records[0].reason).toMatchObject({
      kind: 'invalid',
      depth: 2,
      faults: [
        { kind: 'expired', depth: 0 },
        { kind: 'expired', depth: 1 },
        { kind: 'expired', depth: 2 },
        { kind: 'name-mismatch', depth: 0, presented: ['mx.example.test'], expected: ['a.test.'] },
      ],
    });
  });

  test('a chain is what is presented, and nothing else', () => {
    expect(presentedOf([leaf])).toMatchObject({ certificates: [leaf] });
    expect(wordOf(tlsa('2 1 1', root), { chain: [leaf], trustStore: fullChain })).toBe('no: no-equal-data');
  });
});
