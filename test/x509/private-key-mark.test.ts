import { generateKeyPairSync } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasPrivateKeyMark } from '../../src/x509/private-key-mark.ts';
import { certificateFolder, octetsOf, textOf } from './vectors.ts';

describe('marks of an unencrypted private key', () => {
  const all = readdirSync(join(certificateFolder, 'made'));

  test.each(all.filter((file) => file.endsWith('.pem')))('%s', (file) => {
    const expected = /test-only/.test(file) && !/encrypted/.test(file);
    expect(hasPrivateKeyMark(octetsOf(`made/${file}`))).toBe(expected);
  });

  test('DER in the three forms', () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    expect(hasPrivateKeyMark(ec.export({ type: 'pkcs8', format: 'der' }))).toBe(true);
    expect(hasPrivateKeyMark(ec.export({ type: 'sec1', format: 'der' }))).toBe(true);
    expect(hasPrivateKeyMark(rsa.export({ type: 'pkcs1', format: 'der' }))).toBe(true);
    const sealed = ec.export({ type: 'pkcs8', format: 'der', cipher: 'aes-128-cbc', passphrase: 'x' });
    expect(hasPrivateKeyMark(sealed)).toBe(false);
    expect(hasPrivateKeyMark(octetsOf('made/leaf.der'))).toBe(false);
  });

  test.each([
    [
      'a BIND key file',
      'Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: GU6SnQ/Ou+xC5RumuIUIuJZteXT2z0O=\n',
      true,
    ],
    [
      'a BIND key file of a hardware token',
      'Private-key-format: v1.3\nAlgorithm: 13\nEngine: pkcs11\nLabel: a\n',
      false,
    ],
    ['a key on one line', textOf('made/test-only-p256.key.pem').replaceAll('\n', ''), true],
    ['a key with CR LF', textOf('made/test-only-p256.key.pem').replaceAll('\n', '\r\n'), true],
    ['an age identity', `# key\nAGE-SECRET-KEY-1${'Q'.repeat(58)}\n`, true],
    ['an OpenSSH key', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n', true],
    [
      'an OpenSSH key with a passphrase',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHI\n',
      false,
    ],
    ['a sentence about keys', 'a file with -----BEGIN PRIVATE KEY----- in it is refused', false],
    ['nothing', '', false],
  ])('%s', (_, text, expected) => {
    expect(hasPrivateKeyMark(Buffer.from(text, 'latin1'))).toBe(expected);
  });
});
