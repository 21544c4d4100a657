import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { revokedKeyTag } from '../../src/dnssec/key-tag.ts';
import { generateKey, generationError, takenTags } from '../../src/keys/generate.ts';
import { parseKeyFile, printKeyFile } from '../../src/keys/key-file.ts';
import { publicKeyOf } from '../../src/keys/private-key.ts';
import { parsePrivateKeyFile, printPrivateKeyFile } from '../../src/keys/private-key-file.ts';
import { base64, equalOctets } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';

const zone = name('example.org.');
const now = Date.UTC(2026, 0, 1) / 1000;
const request = { zone, flags: 257, algorithm: 13, avoidTags: [], now };

describe('generation', () => {
  test.each([
    8, 13, 14, 15, 16,
  ])('both halves of a new key of algorithm %i are read back from their files', (algorithm) => {
    const { key, privateKey } = generateKey({ ...request, algorithm });
    expect(key).toMatchObject({ zone, flags: 257, algorithm, timing: { created: now, publish: now, activate: now } });
    const report = newReport();
    const again = parseKeyFile(`${key.path}.key`, printKeyFile(key), report)!;
    const secret = parsePrivateKeyFile(`${key.path}.private`, printPrivateKeyFile(key, privateKey), report)!;
    expect(report.problems).toEqual([]);
    expect(again).toEqual({ ...key, rdata: again.rdata, publicKey: again.publicKey });
    expect(equalOctets(again.rdata, key.rdata)).toBe(true);
    expect(equalOctets(secret.privateKey.pkcs8, privateKey.pkcs8)).toBe(true);
    expect(secret.timing).toEqual(key.timing);
    expect(base64(publicKeyOf(privateKey))).toBe(base64(key.publicKey));
    expect(key.path).toMatch(/^Kexample\.org\.\+0(?:08|13|14|15|16)\+[0-9]{5}$/);
  });

  test('an RSA key has 2048 bits and the exponent 65537 unless a size is given', () => {
    const small = generateKey({ ...request, algorithm: 8 }).key.publicKey;
    const large = generateKey({ ...request, algorithm: 8, size: 3072 }).key.publicKey;
    expect([small.length, large.length]).toEqual([4 + 256, 4 + 384]);
    expect([...small.subarray(0, 4)]).toEqual([3, 1, 0, 1]);
  });

  test.each([
    [10, 'RSASHA512'],
    [5, 'SHA-1'],
    [7, 'SHA-1'],
    [1, 'MD5'],
    [3, 'must not'],
    [6, 'must not'],
    [12, 'GOST'],
    [17, 'SM2SM3'],
    [18, 'Internet-Draft'],
    [99, 'no DNSSEC algorithm'],
  ])('algorithm %i is not made, and the reason names it', (algorithm, words) => {
    expect(generationError(algorithm)).toContain(words);
    expect(() => generateKey({ ...request, algorithm })).toThrow(words);
  });

  test('RSA keys below 2048 or above 4096 bits, and sizes for curves, are not made', () => {
    expect(generationError(8, 1024)).toContain('1024');
    expect(generationError(8, 8192)).toContain('8192');
    expect(generationError(8, 2048)).toBeUndefined();
    expect(generationError(13, 256)).toContain('size');
    expect(generationError(13)).toBeUndefined();
  });

  test('neither the tag nor the tag with the REVOKE bit is one that is taken', () => {
    // All tags but 4096 are taken, so that a key without this care would be refused nearly always.
    const free = (tag: number) => tag % 16 === 0;
    const avoidTags = Array.from({ length: 65_536 }, (_, tag) => tag).filter((tag) => !free(tag));
    const { key } = generateKey({ ...request, algorithm: 15, avoidTags });
    expect(free(key.tag)).toBe(true);
    expect(free(revokedKeyTag(key.rdata))).toBe(true);
    expect(takenTags([key])).toEqual(new Set([key.tag, revokedKeyTag(key.rdata)]));
  });

  test('no free tag is an error and not an endless search', () => {
    const avoidTags = Array.from({ length: 65_536 }, (_, tag) => tag);
    expect(() => generateKey({ ...request, algorithm: 15, avoidTags })).toThrow('no free key tag');
  });
});
