import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { authorities, made, octetsOf, read, textOf, type VectorEntry } from './vectors.ts';

const digest = (name: string, octets: Uint8Array) => createHash(name).update(octets).digest('hex');
const time = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text) / 1000);

function expectFacts(entry: VectorEntry): void {
  const { file, problems } = read(entry.file, octetsOf(entry.file));
  expect(problems).toEqual([]);
  if (file?.kind !== 'chain') throw new Error('no certificate');
  const [leaf] = file.certificates;
  expect(leaf.subject.text).toBe(entry.subject);
  expect(leaf.issuer.text).toBe(entry.issuer);
  expect(leaf.notBefore).toBe(time(entry.notBefore));
  expect(leaf.notAfter).toBe(time(entry.notAfter));
  if (entry.serial !== undefined) expect(leaf.serial).toBe(entry.serial);
  if (entry.spki !== undefined) expect(Buffer.from(leaf.spki).toString('hex')).toBe(entry.spki);
  expect({
    '0 1': digest('sha256', leaf.der),
    '0 2': digest('sha512', leaf.der),
    '1 1': digest('sha256', leaf.spki),
    '1 2': digest('sha512', leaf.spki),
  }).toEqual(entry.tlsa);
}

const certificates = made.filter((entry) => entry.tlsa !== undefined);
const bundles = made.filter((entry) => entry.certificateSha256 !== undefined);
const keys = made.filter((entry) => /public-key|private-key|csr/.test(entry.kind));
const rejected = made.filter((entry) => entry.expect === 'reject' && entry.spkiSha256 === undefined);

describe('certificates of public authorities', () => {
  test.each(authorities)('$file: facts and digests are those of openssl', (entry) => {
    expectFacts(entry);
    const { file } = read(entry.file, octetsOf(entry.file));
    if (file?.kind !== 'chain') throw new Error('no certificate');
    const { key, isSelfIssued, isCa } = file.certificates[0];
    expect(entry.keyType).toBe('bits' in key ? `${key.kind} ${key.bits}` : `ECDSA ${'curve' in key ? key.curve : ''}`);
    expect(isSelfIssued).toBe(entry.subject === entry.issuer);
    expect(isCa).toBe(true);
  });
});

describe('single certificates', () => {
  test.each(certificates)('$file: $note', expectFacts);
});

describe('bundles', () => {
  test.each(bundles)('$file: $note', (entry) => {
    const { file, problems } = read(entry.file, octetsOf(entry.file), { leaf: 'first' });
    if (file?.kind !== 'chain') throw new Error(JSON.stringify(problems));
    const all = [...file.certificates, ...file.strays];
    const inIndex = [...new Set(entry.certificateSha256)];
    expect(all.map(({ der }) => digest('sha256', der)).sort()).toEqual([...inIndex].sort());
    const spkis = new Map(inIndex.map((der) => [der, entry.spkiSha256?.[entry.certificateSha256?.indexOf(der) ?? 0]]));
    for (const { der, spki } of all) expect(digest('sha256', spki)).toBe(spkis.get(digest('sha256', der)));
    expect(problems.filter(({ tier }) => tier === 'error')).toEqual([]);
    expect(problems.map(({ rule }) => rule)).toEqual(
      entry.expect === 'warn' ? problems.map(() => 'cert/chain-order') : [],
    );
    if (entry.expect === 'warn') expect(problems.length).toBeGreaterThan(0);
  });

  test('the private key of a combo file reaches neither the result nor a message', () => {
    const reading = read('combo.pem', octetsOf('made/test-only-bundle-key-and-chain.pem'));
    const body = /PRIVATE KEY-----\n(.*)\n(.*)\n(.*)\n/.exec(textOf('made/test-only-bundle-key-and-chain.pem'));
    const shown = JSON.stringify(reading, (_, value) => (Buffer.isBuffer(value) ? value.toString('base64') : value));
    for (const line of body?.slice(1) ?? []) expect(shown).not.toContain(line);
    expect(reading.file?.kind).toBe('chain');
  });

  test('a private key that is not the key of the certificate beside it', () => {
    const octets = textOf('made/chain.pem') + textOf('made/test-only-p256.key.pem');
    const { file, rules, problems } = read('combo.pem', octets);
    expect(file).toBeUndefined();
    expect(rules).toEqual(['cert/key-mismatch']);
    expect(problems[0].position?.line).toBe(textOf('made/chain.pem').split('\n').length);
  });

  test('the key of a certificate with a compressed point is the same key', () => {
    const octets = textOf('made/p256-compressed.pem') + textOf('made/test-only-p256.key.pem');
    expect(read('combo.pem', octets).rules).toEqual([]);
  });

  test('two server certificates in one file are refused unless the first is asked for', () => {
    const octets = octetsOf('made/chain-two-leaves.pem');
    const refused = read('chain.pem', octets);
    expect(refused.file).toBeUndefined();
    expect(refused.rules).toEqual(['cert/several-leaves']);
    expect(refused.problems[0].related).toHaveLength(2);
    expect(read('chain.pem', octets, { leaf: 'first' }).rules).toEqual(['cert/chain-order']);
  });

  test('parameters and a revocation list in a bundle do not matter', () => {
    const parameters = '-----BEGIN DH PARAMETERS-----\nMAYCAQsCAQI=\n-----END DH PARAMETERS-----\n';
    const octets = textOf('made/chain.pem') + parameters + textOf('made/reject-crl.pem');
    expect(read('chain.pem', octets)).toMatchObject({ file: { kind: 'chain' }, rules: [] });
  });

  test('a bundle of trusted roots is no chain', () => {
    const roots = authorities.map(({ file }) => textOf(file)).join('');
    const { file, rules } = read('ca-bundle.pem', roots + roots);
    expect(file).toBeUndefined();
    expect(rules).toEqual(['cert/unreadable']);
  });
});

describe('requests and keys', () => {
  const spkiOf = (entry: VectorEntry, passphrase?: string) => {
    const { file, problems } = read(entry.file, octetsOf(entry.file), { passphrase });
    expect(problems).toEqual([]);
    switch (file?.kind) {
      case 'request':
        return digest('sha256', file.request.spki);
      case 'public-key':
      case 'private-key':
        return digest('sha256', file.key.spki);
      default:
        return undefined;
    }
  };

  test.each(keys.filter(({ kind }) => kind !== 'encrypted-private-key'))('$file: $note', (entry) => {
    expect(spkiOf(entry)).toBe(entry.spkiSha256);
  });

  test.each(keys.filter(({ kind }) => kind === 'encrypted-private-key'))('$file: $note', (entry) => {
    expect(spkiOf(entry, 'test')).toBe(entry.spkiSha256);
    const without = read(entry.file, octetsOf(entry.file));
    expect(without.file).toBeUndefined();
    expect(without.rules).toEqual(['cert/unreadable']);
    expect(without.problems[0].message).toMatch(/encrypted/);
    const wrong = read(entry.file, octetsOf(entry.file), { passphrase: 'other' });
    expect(wrong.rules).toEqual(['cert/unreadable']);
    expect(wrong.problems[0].message).toMatch(/encrypted/);
  });

  test('a request that another key signed is refused', () => {
    const text = textOf('made/same-key.csr.pem');
    const der = Buffer.from(text.replace(/-----.*-----|\n/g, ''), 'base64');
    der[der.length - 1] ^= 1;
    const { file, rules } = read(
      'next.csr',
      `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----`,
    );
    expect(file).toBeUndefined();
    expect(rules).toEqual(['cert/key-mismatch']);
  });

  test('the names of a request are read from its extension request', () => {
    const { file } = read('next.csr', octetsOf('made/same-key.csr.pem'));
    expect(file).toMatchObject({ kind: 'request', request: { subject: { text: 'CN=mx1.example.test' } } });
  });

  test('two keys in one file are refused', () => {
    const octets = textOf('made/same-key.pub.pem') + textOf('made/rsa2048.pkcs1.pub.pem');
    expect(read('keys.pem', octets).rules).toEqual(['cert/unreadable']);
  });
});

describe('what is refused, and as what', () => {
  const unreadable = 'cert/unreadable';
  const other = 'cert/not-a-certificate';
  /** File → rule, line, and a word that names what it is. */
  const outcomes: Readonly<Record<string, readonly [string, number, RegExp]>> = {
    'leaf-ber-indefinite.pem': ['cert/not-der', 1, /indefinite/],
    'leaf-ber-long-length.pem': ['cert/not-der', 1, /shortest/],
    'leaf-trailing-octets.pem': ['cert/trailing-data', 1, /4 octets/],
    'leaf-truncated-der.pem': [unreadable, 1, /cut off/],
    'reject-empty.pem': [unreadable, 1, /empty/],
    'reject-whitespace.pem': [unreadable, 1, /white space/],
    'reject-truncated-base64.pem': [unreadable, 6, /cut off/],
    'reject-missing-end.pem': [unreadable, 1, /END/],
    'reject-missing-begin.pem': [unreadable, 12, /BEGIN/],
    'reject-wrong-end-label.pem': [unreadable, 13, /ends as/],
    'reject-bad-base64-character.pem': [unreadable, 4, /"!"/],
    'reject-html.pem': [other, 1, /HTML/],
    'reject-json.pem': [other, 1, /JSON/],
    'reject-pkcs7.pem': [other, 1, /PKCS#7/],
    'reject-test-only-pkcs12.p12': [other, 1, /PKCS#12/],
    'reject-crl.pem': [other, 1, /revocation list/],
    'reject-der-as-pem.pem': [other, 1, /hexadecimal/],
    'reject-empty-block.pem': [unreadable, 1, /empty/],
    'reject-base64-of-text.pem': [other, 1, /text/],
    'reject-ssh-public-key.pem': [other, 1, /SSH/],
    'reject-utf16.pem': [unreadable, 1, /UTF-16/],
    'reject-nul-octets.pem': [unreadable, 1, /NUL/],
    'reject-double-encoded.pem': [other, 1, /PEM text/],
  };

  test.each(
    rejected.filter(({ file }) => !file.endsWith('key-instead-of-certificate.pem')),
  )('$file: $note', (entry) => {
    const { file, problems } = read(entry.file, octetsOf(entry.file));
    expect(file).toBeUndefined();
    expect(problems).toHaveLength(1);
    const [rule, line, words] = outcomes[entry.file.replace('made/', '')];
    expect(problems[0]).toMatchObject({ rule, tier: 'error', position: { file: entry.file, line } });
    expect(problems[0].message).toMatch(words);
  });

  test('the hint for a container is the openssl command to run', () => {
    const hint = (file: string) => read(`my certs/${file}`, octetsOf(`made/${file}`)).problems[0].hint;
    expect(hint('reject-test-only-pkcs12.p12')).toContain(
      "openssl pkcs12 -in 'my certs/reject-test-only-pkcs12.p12' -nokeys",
    );
    expect(hint('reject-pkcs7.pem')).toContain("openssl pkcs7 -print_certs -in 'my certs/reject-pkcs7.pem'");
  });

  const pemOf = (label: string, body: string) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
  test.each([
    [
      'a request labelled CERTIFICATE',
      textOf('made/same-key.csr.pem').replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE'),
      other,
      /PKCS#10/,
    ],
    [
      'a PKCS#7 labelled CERTIFICATE',
      textOf('made/reject-pkcs7.pem').replaceAll('PKCS7', 'CERTIFICATE'),
      other,
      /PKCS#7/,
    ],
    [
      'a private key labelled CERTIFICATE',
      textOf('made/test-only-p256.key.pem').replaceAll('PRIVATE KEY', 'CERTIFICATE'),
      other,
      /private key/,
    ],
    ['an OpenPGP key', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ=\n', unreadable, /END/],
    ['four hyphens', textOf('made/leaf.pem').replaceAll('-----', '----'), unreadable, /BEGIN line/],
    ['line breaks written as \\n', JSON.stringify(textOf('made/leaf.pem')).slice(1, -1), unreadable, /backslash/],
    ['Base64 alone', textOf('made/leaf.pem').replace(/-----.*\n/g, ''), unreadable, /without its BEGIN/],
    ['an unknown label', pemOf('ATTRIBUTE CERTIFICATE', 'MAA='), other, /ATTRIBUTE CERTIFICATE/],
    ['a BIND private key', 'Private-key-format: v1.3\nAlgorithm: 13\n', other, /DNSSEC private key/],
    ['a gzip archive', '\x1f\x8b\x08\0\0', other, /gzip/],
    ['"=" inside', pemOf('CERTIFICATE', 'MIIB=4DC\nMIIB'), unreadable, /"="/],
    ['too large a file', 'A'.repeat(1024 * 1024 + 1), unreadable, /octets/],
  ])('%s', (_, octets, rule, words) => {
    const { file, problems } = read('file.pem', octets);
    expect(file).toBeUndefined();
    expect(problems.map((problem) => problem.rule)).toEqual([rule]);
    expect(problems[0].message).toMatch(words);
  });

  test('a fault inside a private key is told at its BEGIN line, without a character of it', () => {
    const octets = textOf('made/test-only-p256.key.pem')
      .replace('\nAwEH', '\nAw!H')
      .replace(/(\n.{20})./, '$1!');
    const { problems } = read('key.pem', octets);
    expect(problems[0]).toMatchObject({ rule: unreadable, position: { line: 1, column: 1 } });
    expect(problems[0].message).toBe('a character that is not Base64');
  });
});
