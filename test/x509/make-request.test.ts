import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hex } from '../../src/text/octets.ts';
import { choiceLike, keyChoices, makeRequest, newKey } from '../../src/x509/make-request.ts';
import { readRequest } from '../../src/x509/request.ts';

describe('a request that is made', () => {
  const names = ['mx1.example.org', '*.xn--bcher-kva.example'];
  test.each(keyChoices)('reads back with its key, its names and a right signature: %s', (choice) => {
    const key = newKey(choice);
    const request = readRequest(makeRequest(key, names));
    if ('kind' in request) throw new Error(request.message);
    expect(request).toMatchObject({ dnsNames: names, signatureVerifies: true });
    expect(hex(request.spki)).toBe(hex(createPublicKey(key.privatePem).export({ format: 'der', type: 'spki' })));
    expect(choiceLike(request.key)).toBe(choice);
  });

  test('one changed octet of its names breaks the signature', () => {
    const der = Uint8Array.from(makeRequest(newKey('ecdsa-p256'), names));
    der[Buffer.from(der).indexOf('mx1.example')] ^= 1;
    expect(readRequest(der)).toMatchObject({ signatureVerifies: false });
  });

  test('begins as RFC 2986 section 4.1 says: version 0, then the empty subject', () => {
    const der = makeRequest(newKey('ecdsa-p256'), ['a.example']);
    // SEQUENCE { SEQUENCE { INTEGER 0, SEQUENCE {}, …
    expect(hex(der)).toMatch(/^3081..3081..020100300030593013/);
  });

  test('has no words for a key that is none of the choices', () => {
    expect(choiceLike({ kind: 'Ed25519' })).toBeUndefined();
    expect(choiceLike({ kind: 'RSA', bits: 1024 })).toBeUndefined();
    expect(choiceLike({ kind: 'ECDSA', curve: 'P-521' })).toBeUndefined();
  });
});
