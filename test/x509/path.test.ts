/** Path validation, rule by rule (RFC 5280 section 6.1). */
import { describe, expect, test } from 'vitest';
import type { Certificate } from '../../src/x509/certificate.ts';
import { type PathQuestion, validatePath } from '../../src/x509/path.ts';
import { day, type Made, make, nameDer, spkiOf } from './make-certificate.ts';
import { chainOf } from './vectors.ts';

const at = day('2026-11-22');
const root = make({ subject: 'Root', ca: true });
const intermediate = make({ subject: 'Intermediate', issuer: 'Root', ca: true });
const leaf = make({ subject: 'mx.test', issuer: 'Intermediate', dns: ['mx.test'] });

function path(leafOf: Certificate, pool: readonly Certificate[], more: Partial<PathQuestion> = {}) {
  return validatePath({ leaf: leafOf, pool, isAnchor: (certificate) => certificate === pool.at(-1), at, ...more });
}

/** Kinds and depths of the faults of a path leaf, intermediates, root with changed fields, the leaf first. */
function faultsOf(...changes: Partial<Made>[]): [string, number][] {
  const names = ['mx.test', ...changes.slice(1, -1).map((_, i) => `CA ${i + 1}`), 'Root'];
  const certificates = names.map((subject, i) =>
    make({ subject, issuer: names[i + 1], ca: i === 0 ? undefined : true, ...changes[i] }),
  );
  const answer = path(certificates[0], certificates.slice(1));
  return answer.faults.map(({ kind, depth }) => [kind, depth]);
}

describe('a valid path', () => {
  test('leads from the leaf over its issuers to the anchor, in whatever order they come', () => {
    const isAnchor = (certificate: Certificate) => certificate === root;
    for (const pool of [
      [intermediate, root],
      [root, intermediate],
    ]) {
      expect(path(leaf, pool, { isAnchor })).toMatchObject({ isComplete: true, isByKey: false, faults: [] });
      expect(path(leaf, pool, { isAnchor }).path).toEqual([leaf, intermediate, root]);
    }
  });

  test('ends at the first anchor: what is above does not matter', () => {
    const answer = path(leaf, [intermediate], { isAnchor: (certificate) => certificate === intermediate });
    expect(answer).toMatchObject({ path: [leaf, intermediate], faults: [] });
  });

  test('of certificates of a public authority', () => {
    const [r13, x1] = [chainOf('letsencrypt/r13.pem')[0], chainOf('letsencrypt/isrg-root-x1.pem')[0]];
    expect(path(r13, [x1], { at: day('2025-01-01') }).faults).toEqual([]);
  });

  test('is found through the other one of two cross-signed certificates', () => {
    const cross = make({ subject: 'Intermediate', issuer: 'Gone', ca: true, serial: 9 });
    const expired = make({ subject: 'Intermediate', issuer: 'Root', ca: true, serial: 8, to: '20210101' });
    const answer = path(leaf, [cross, expired, intermediate, root]);
    expect(answer).toMatchObject({ path: [leaf, intermediate, root], faults: [] });
  });

  test('ends below an anchor of which only the key is known', () => {
    const answer = path(leaf, [intermediate], { isAnchor: () => false, anchorKey: spkiOf('Root') });
    expect(answer).toMatchObject({ path: [leaf, intermediate], isByKey: true, faults: [] });
    expect(path(leaf, [], { isAnchor: () => false, anchorKey: spkiOf('Intermediate') }).isByKey).toBe(true);
  });

  test('does not end at its own key', () => {
    const selfSigned = make({ subject: 'mx.test' });
    const answer = path(selfSigned, [], { isAnchor: () => false, anchorKey: spkiOf('mx.test') });
    expect(answer).toMatchObject({ isComplete: false, faults: [{ kind: 'self-signed', depth: 0 }] });
  });
});

describe('a path that does not reach the anchor', () => {
  const isAnchor = (certificate: Certificate) => certificate === root;
  test('says whose issuer is missing', () => {
    expect(path(leaf, [root], { isAnchor })).toMatchObject({
      isComplete: false,
      faults: [{ kind: 'missing-issuer', depth: 0, issuer: 'CN=Intermediate' }],
    });
    expect(path(leaf, [intermediate], { isAnchor }).faults).toMatchObject([
      { kind: 'missing-issuer', depth: 1, issuer: 'CN=Root' },
    ]);
  });

  test('says where a signature is not by the issuer', () => {
    const broken = make({ subject: 'mx.test', issuer: 'Intermediate', breakSignature: true });
    expect(path(broken, [intermediate, root], { isAnchor }).faults).toMatchObject([
      { kind: 'bad-signature', depth: 0 },
    ]);
    const other = make({ subject: 'Intermediate', issuer: 'Root', signedBy: 'Somebody', ca: true });
    expect(path(leaf, [other, root], { isAnchor }).faults).toMatchObject([{ kind: 'bad-signature', depth: 1 }]);
  });

  test('says that it ends at another root', () => {
    const another = make({ subject: 'Intermediate', ca: true });
    expect(path(leaf, [another], { isAnchor }).faults).toMatchObject([{ kind: 'self-signed', depth: 1 }]);
  });

  test('ends, however many certificates sign each other', () => {
    const names = Array.from({ length: 8 }, (_, i) => `CA ${i}`);
    const mesh = names.flatMap((subject) =>
      names.filter((issuer) => issuer !== subject).map((issuer) => make({ subject, issuer, ca: true })),
    );
    const below = make({ subject: 'mx.test', issuer: 'CA 0' });
    expect(path(below, mesh, { isAnchor: () => false }).isComplete).toBe(false);
  });
});

describe('a path is invalid', () => {
  test('outside the dates of any of its certificates, the last second still inside', () => {
    expect(faultsOf({ to: '20260101' }, {}, {})).toEqual([['expired', 0]]);
    expect(faultsOf({}, { to: '20260101' }, {})).toEqual([['expired', 1]]);
    expect(faultsOf({}, {}, { to: '20260101' })).toEqual([['expired', 2]]);
    expect(faultsOf({ from: '20270101' }, {}, {})).toEqual([['not-yet-valid', 0]]);
    const edge = (time: number) => path(leaf, [intermediate, root], { at: time }).faults.length;
    expect([edge(leaf.notBefore - 1), edge(leaf.notBefore), edge(leaf.notAfter), edge(leaf.notAfter + 1)]).toEqual([
      3, 0, 0, 3,
    ]);
  });

  test('when a certificate issued without being an authority', () => {
    expect(faultsOf({}, { ca: false }, {})).toEqual([['not-a-ca', 1]]);
    expect(faultsOf({}, { ca: undefined }, {})).toEqual([['not-a-ca', 1]]);
    expect(faultsOf({}, {}, { ca: undefined })).toEqual([['not-a-ca', 2]]);
    expect(faultsOf({}, { version: 1, ca: undefined }, {})).toEqual([['not-a-ca', 1]]);
  });

  test('but a root of version 1, which cannot say so, is taken at its word', () => {
    expect(faultsOf({}, {}, { version: 1, ca: undefined })).toEqual([]);
  });

  test('when the key usage of an issuer is without keyCertSign', () => {
    expect(faultsOf({}, { keyUsage: 0x80 }, {})).toEqual([['no-cert-sign', 1]]);
    expect(faultsOf({}, { keyUsage: 0x04 }, { keyUsage: 0x06 })).toEqual([]);
  });

  test('when more intermediate certificates follow than the path length allows', () => {
    expect(faultsOf({}, { ca: 0 }, {})).toEqual([]);
    expect(faultsOf({}, {}, { ca: 0 })).toEqual([['path-too-long', 2]]);
    expect(faultsOf({}, {}, {}, { ca: 1 })).toEqual([['path-too-long', 3]]);
    expect(faultsOf({}, {}, {}, { ca: 2 })).toEqual([]);
  });

  test('a self-issued intermediate certificate does not count for the path length', () => {
    const roll = make({ subject: 'Root', key: 'Root 2', signedBy: 'Root', ca: true, serial: 2 });
    const old = make({ subject: 'Root', ca: 1 });
    const between = make({ subject: 'Intermediate', issuer: 'Root', signedBy: 'Root 2', ca: true });
    expect(path(leaf, [between, roll, old]).faults).toEqual([]);
    const zero = make({ subject: 'Root', ca: 0 });
    expect(path(leaf, [between, roll, zero]).faults).toMatchObject([{ kind: 'path-too-long', allowed: 0, found: 1 }]);
  });

  test('with a critical extension that nobody knows; others are passed over', () => {
    const oid = '1.3.6.1.4.1.99999.1';
    const value = Uint8Array.of(0x05, 0x00);
    for (const depth of [0, 1, 2]) {
      const changes = [{}, {}, {}].map((_, i) =>
        i === depth ? { extensions: { [oid]: value }, critical: [oid] } : { extensions: { [oid]: value } },
      );
      expect(faultsOf(...changes)).toEqual([['unknown-critical-extension', depth]]);
    }
  });

  test('with critical policy constraints, which may ask for a policy; a critical policy alone asks for nothing', () => {
    const extension = (oid: string, value: string) => ({
      extensions: { [oid]: Buffer.from(value, 'hex') },
      critical: [oid],
    });
    expect(faultsOf({}, extension('2.5.29.36', '3003800100'), {})).toEqual([['unknown-critical-extension', 1]]);
    expect(faultsOf({}, extension('2.5.29.32', '300630040602672a'), {})).toEqual([]);
  });

  test('when its purposes are without TLS servers', () => {
    const [server, client, any] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2', '2.5.29.37.0'];
    expect(faultsOf({ purposes: [client] }, {}, {})).toEqual([['wrong-purpose', 0]]);
    expect(faultsOf({}, { purposes: [client] }, {})).toEqual([['wrong-purpose', 1]]);
    expect(faultsOf({ purposes: [client, server] }, { purposes: [any] }, {})).toEqual([]);
    expect(faultsOf({ keyUsage: 0x04 }, {}, {})).toEqual([['wrong-purpose', 0]]);
    expect(faultsOf({ keyUsage: 0x20 }, {}, {})).toEqual([]);
  });
});

describe('name constraints', () => {
  const [mail, dns, uri, address, directory, registered] = [0x81, 0x82, 0x86, 0x87, 0xa4, 0x88];
  const below = (constraints: Partial<Made>, names: Partial<Made>) => faultsOf(names, constraints, {});
  const forbidden = [['name-forbidden', 0]];

  test.each([
    ['mx.test', 'mx.test', true],
    ['mx.test', 'test', true],
    ['MX.Test', 'tEST', true],
    ['a.b.mx.test', 'mx.test', true],
    ['amx.test', 'mx.test', false],
    ['test', 'mx.test', false],
    ['mx.test', '', true],
    ['mx.test', '.test', true],
    ['test', '.test', false],
    ['*.mx.test', 'mx.test', true],
  ])('the DNS name %s is within %j: %s', (name, base, isWithin) => {
    expect(below({ permitted: [[dns, base]] }, { dns: [name] })).toEqual(isWithin ? [] : forbidden);
    expect(below({ excluded: [[dns, base]] }, { dns: [name] })).toEqual(isWithin ? forbidden : []);
  });

  test('every name must be within one of the permitted ones', () => {
    const constraints: Partial<Made> = {
      permitted: [
        [dns, 'a.test'],
        [dns, 'b.test'],
      ],
    };
    expect(below(constraints, { dns: ['x.a.test', 'b.test'] })).toEqual([]);
    expect(below(constraints, { dns: ['x.a.test', 'c.test'] })).toEqual(forbidden);
  });

  test('an excluded name within a permitted one stays excluded', () => {
    const constraints: Partial<Made> = { permitted: [[dns, 'test']], excluded: [[dns, 'no.test']] };
    expect(below(constraints, { dns: ['mx.test'] })).toEqual([]);
    expect(below(constraints, { dns: ['mx.no.test'] })).toEqual(forbidden);
  });

  test('a common name that takes the place of a DNS name is bound too', () => {
    expect(below({ permitted: [[dns, 'example.test']] }, {})).toEqual(forbidden);
    expect(below({ permitted: [[dns, 'example.test']] }, { dns: ['a.example.test'] })).toEqual([]);
    expect(below({ permitted: [[dns, 'mx.test']] }, {})).toEqual([]);
  });

  test.each<[string, number, string | Uint8Array, string | Uint8Array, boolean]>([
    ['the mailbox itself', mail, 'a@mx.test', 'a@MX.test', true],
    ['another mailbox', mail, 'b@mx.test', 'a@mx.test', false],
    ['a host', mail, 'a@mx.test', 'mx.test', true],
    ['a host, not those below', mail, 'a@b.mx.test', 'mx.test', false],
    ['hosts below', mail, 'a@b.mx.test', '.mx.test', true],
    ['hosts below, not itself', mail, 'a@mx.test', '.mx.test', false],
    ['the host of a URI', uri, 'https://u@mx.test:443/x', 'mx.test', true],
    ['another host of a URI', uri, 'https://mx.test.other/', 'mx.test', false],
    ['hosts of URIs below', uri, 'ldap://a.mx.test', '.mx.test', true],
    ['an address', address, Uint8Array.of(192, 0, 2, 7), Uint8Array.of(192, 0, 2, 0, 255, 255, 255, 0), true],
    ['another address', address, Uint8Array.of(192, 0, 3, 7), Uint8Array.of(192, 0, 2, 0, 255, 255, 255, 0), false],
    ['a name below', directory, nameDer('O=Test/CN=a'), nameDer('O=test'), true],
    ['a name elsewhere', directory, nameDer('O=Tester/CN=a'), nameDer('O=Test'), false],
  ])('%s', (_, tag, name, base, isWithin) => {
    const names = { alternatives: [[tag, name]] } as Partial<Made>;
    const permitted = { permitted: [[tag, base]], ...(tag === directory && { excluded: [] }) } as Partial<Made>;
    // The subject is a directory name too, and never within the ones of this table.
    const subject = tag === directory ? { subject: 'O=Test/CN=mx' } : {};
    expect(below(permitted, { ...names, ...subject }).length).toBe(isWithin ? 0 : 1);
    expect(below({ excluded: [[tag, base]] }, names).length).toBe(isWithin ? 1 : 0);
  });

  test('what cannot be decided is refused', () => {
    expect(
      below({ permitted: [[registered, Uint8Array.of(42)]] }, { alternatives: [[registered, Uint8Array.of(42)]] }),
    ).toEqual(forbidden);
    expect(below({ excluded: [[uri, 'mx.test']] }, { alternatives: [[uri, 'urn:x']] })).toEqual(forbidden);
    expect(below({ permitted: [[registered, Uint8Array.of(42)]] }, { dns: ['mx.test'] })).toEqual([]);
  });

  test('an old address in the subject counts as a mailbox', () => {
    const leafOf = { subject: 'CN=mx/E=a@mx.test', dns: ['mx.test'] };
    expect(below({ permitted: [[mail, 'mx.test']] }, leafOf)).toEqual([]);
    expect(below({ permitted: [[mail, 'other.test']] }, leafOf)).toEqual(forbidden);
  });

  test('they bind all certificates below, also those of other authorities', () => {
    const constraints: Partial<Made> = { permitted: [[directory, nameDer('O=Test')]] };
    expect(faultsOf({ subject: 'O=Test/CN=mx' }, {}, constraints)).toEqual([['name-forbidden', 1]]);
  });

  test('a self-issued intermediate certificate is not bound, the leaf always is', () => {
    const constrained = make({ subject: 'Root', ca: true, excluded: [[directory, nameDer('Root')]] });
    const roll = make({ subject: 'Root', key: 'Root 2', signedBy: 'Root', ca: true, serial: 2 });
    const host = make({ subject: 'mx.test', issuer: 'Root', signedBy: 'Root 2' });
    expect(path(host, [roll, constrained]).faults).toEqual([]);
    const selfIssued = make({ subject: 'Root', key: 'Other', signedBy: 'Root', dns: ['mx.test'] });
    expect(path(selfIssued, [constrained]).faults).toMatchObject([{ kind: 'name-forbidden', depth: 0 }]);
  });

  test('constraints that cannot be read allow no path, and do not spoil the certificate itself', () => {
    const extensions = { '2.5.29.30': Uint8Array.of(0x30, 0x02, 0x01, 0x00) };
    expect(faultsOf({}, { extensions }, {})).toEqual([['constraints-unreadable', 1]]);
    expect(faultsOf({ extensions }, {}, {})).toEqual([]);
  });
});
