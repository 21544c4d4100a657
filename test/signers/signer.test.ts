import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openVerifier } from '../../src/crypto/verify-signature.ts';
import { name } from '../../src/dns/name.ts';
import { generateKey } from '../../src/keys/generate.ts';
import { checkedSigner } from '../../src/signers/checked.ts';
import type { RawSigner } from '../../src/signers/engine.ts';
import { FaultySignature, openSigner } from '../../src/signers/index.ts';
import { hex } from '../../src/text/octets.ts';

const request = { zone: name('example.org.'), flags: 257, avoidTags: [], now: 0 };
const keys = new Map([8, 13, 14, 15, 16].map((algorithm) => [algorithm, generateKey({ ...request, algorithm })]));

/** Messages end to end, and where each starts. */
function batchOf(messages: readonly Uint8Array[]): { octets: Uint8Array; starts: Uint32Array } {
  const starts = new Uint32Array(messages.length + 1);
  for (const [i, message] of messages.entries()) starts[i + 1] = starts[i] + message.length;
  return { octets: Buffer.concat(messages), starts };
}

function signed(algorithm: number, engine: 'node' | 'noble', messages: readonly Uint8Array[]): string[] {
  const signer = openSigner({ ...keys.get(algorithm)!, engine });
  const { octets, starts } = batchOf(messages);
  const out = new Uint8Array(messages.length * signer.signatureLength);
  signer.signBatch(octets, starts, messages.length, out);
  return messages.map((_, i) => hex(out.subarray(i * signer.signatureLength, (i + 1) * signer.signatureLength)));
}

describe('signers', () => {
  test.each([8, 13, 14, 15, 16])('algorithm %i: any message signs to what the reference engine signs', (algorithm) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 3 }), (messages) => {
        expect(signed(algorithm, 'node', messages)).toEqual(signed(algorithm, 'noble', messages));
      }),
      { numRuns: algorithm === 14 || algorithm === 16 ? 4 : 12 },
    );
  });

  test.each([8, 13, 15])('algorithm %i: a batch of 300 is what its messages give one by one', (algorithm) => {
    const messages = Array.from({ length: 300 }, (_, i) => Buffer.from(`message ${i}`));
    const together = signed(algorithm, 'node', messages);
    expect(new Set(together).size).toBe(300);
    for (const i of [0, 1, 127, 128, 129, 255, 256, 299]) {
      expect(signed(algorithm, 'node', [messages[i]])).toEqual([together[i]]);
    }
  });

  test('an empty batch signs nothing', () => {
    expect(signed(13, 'node', [])).toEqual([]);
  });

  test('messages and signatures may lie in shared memory, at any offset', () => {
    const { key, privateKey } = keys.get(13)!;
    const messages = new Uint8Array(new SharedArrayBuffer(105)).subarray(5);
    messages.fill(7);
    const out = new Uint8Array(new SharedArrayBuffer(131)).subarray(3);
    openSigner({ key, privateKey, engine: 'node' }).signBatch(messages, Uint32Array.of(10, 60, 100), 2, out);
    const verifier = openVerifier(13, key.publicKey, 'noble');
    if ('error' in verifier) throw new Error(verifier.error);
    expect(verifier.verify(messages.subarray(10, 60), out.subarray(0, 64))).toBe(true);
    expect(verifier.verify(messages.subarray(60, 100), out.subarray(64))).toBe(true);
    expect(verifier.verify(messages.subarray(60, 100), out.subarray(0, 64))).toBe(false);
  });

  test('no octet of a signature depends on the entropy', () => {
    const spec = { ...keys.get(13)!, engine: 'node' } as const;
    const message = Buffer.from('message');
    const made = [0x00, 0x01, 0x55, 0xff].map((octet) => {
      const out = new Uint8Array(64);
      const entropy = (count: number) => new Uint8Array(count).fill(octet);
      openSigner(spec, entropy).signBatch(message, Uint32Array.of(0, message.length), 1, out);
      return hex(out);
    });
    expect(new Set(made).size).toBe(1);
  });

  test('a private key of another key is a bug that is caught on opening', () => {
    const other = generateKey({ ...request, algorithm: 13 });
    for (const engine of ['node', 'noble'] as const) {
      expect(() => openSigner({ key: keys.get(13)!.key, privateKey: other.privateKey, engine })).toThrow(
        'do not belong',
      );
    }
  });

  test.each([5, 7, 12, 18, 99])('algorithm %i does not sign', (algorithm) => {
    const { key, privateKey } = keys.get(8)!;
    for (const engine of ['node', 'noble'] as const) {
      expect(() => openSigner({ key: { ...key, algorithm }, privateKey, engine })).toThrow('does not sign');
    }
  });
});

describe('checks', () => {
  const { key } = keys.get(13)!;
  const message = Buffer.from('message');
  const starts = Uint32Array.of(0, message.length);
  const right = Buffer.from(signed(13, 'node', [message])[0], 'hex');
  const wrong = Buffer.from(right);
  wrong[63] ^= 1;
  const makes = (signature: Uint8Array): RawSigner => ({
    signatureLength: 64,
    deterministic: true,
    publicKey: key.publicKey,
    sign: (_messages, _starts, _count, out) => out.set(signature),
  });
  const verifier = openVerifier(13, key.publicKey);
  if ('error' in verifier) throw new Error(verifier.error);
  const always = (count: number) => new Uint8Array(count);
  const never = (count: number) => new Uint8Array(count).fill(1);

  test('a wrong signature is never handed out', () => {
    const signer = checkedSigner(key, makes(wrong), { verifier, reference: undefined, entropy: never });
    expect(() => signer.signBatch(message, starts, 1, new Uint8Array(64))).toThrow(FaultySignature);
    expect(() => signer.signBatch(message, starts, 1, new Uint8Array(64), { check: 'none' })).not.toThrow();
  });

  test('a sample that the reference engine makes otherwise is caught, whatever is checked besides', () => {
    const reference = () => makes(right);
    const signer = (signature: Uint8Array, entropy: (count: number) => Uint8Array) =>
      checkedSigner(key, makes(signature), { verifier, reference, entropy });
    const sign = (signature: Uint8Array, entropy: (count: number) => Uint8Array) => () =>
      signer(signature, entropy).signBatch(message, starts, 1, new Uint8Array(64), { check: 'none' });
    expect(sign(wrong, always)).toThrow(FaultySignature);
    expect(sign(wrong, never)).not.toThrow();
    expect(sign(right, always)).not.toThrow();
  });

  test('one signature in 256 is a sample', () => {
    const asked: number[] = [];
    const reference = (): RawSigner => ({
      ...makes(right),
      sign: (_messages, from, _count, out) => {
        asked.push(from[0]);
        out.set(right);
      },
    });
    const entropy = (count: number) => Uint8Array.from({ length: count }, (_, i) => i % 256);
    const signer = checkedSigner(
      key,
      { ...makes(right), sign: (_messages, _starts, count, out) => out.set(Buffer.concat(Array(count).fill(right))) },
      { verifier, reference, entropy },
    );
    const many = Uint32Array.from({ length: 1025 }, (_, i) => i);
    signer.signBatch(new Uint8Array(1024), many, 1024, new Uint8Array(64 * 1024), { check: 'none' });
    expect(asked).toEqual([0, 256, 512, 768]);
  });

  test('errors name the file of the key and nothing of its content', () => {
    const signer = checkedSigner(key, makes(wrong), { verifier, reference: undefined, entropy: never });
    expect(() => signer.signBatch(message, starts, 1, new Uint8Array(64))).toThrow(key.path);
  });
});
