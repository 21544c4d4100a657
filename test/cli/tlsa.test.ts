import { describe, expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { tlsa } from '../../src/cli/tlsa.ts';
import { memoryHost } from '../../src/host/memory.ts';
import type { Octets } from '../../src/text/octets.ts';
import { authorities, made, octetsOf, textOf } from '../x509/vectors.ts';

/** 2026-11-22. */
const now = 1_795_305_600;

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function run(
  args: readonly string[],
  files: Readonly<Record<string, Octets | string>> = {},
  more: { environment?: Record<string, string>; stdin?: Octets } = {},
): Promise<Run> {
  const inFolder = Object.fromEntries(Object.entries(files).map(([path, content]) => [`/infra/${path}`, content]));
  const host = memoryHost({ files: inFolder, now, ...more });
  const status = await runProgram(host, '0', [tlsa], ['tlsa', ...args]);
  return { status, out: host.out, err: host.err };
}

/** One file of the vectors under its own name. */
function runOn(file: string, ...args: string[]): Promise<Run> {
  const name = file.replace(/^.*\//, '');
  return run([name, ...args], { [name]: octetsOf(file) });
}

describe('every file of the vectors', () => {
  const parameters = [
    ['0 1', 'Cert', 'SHA2-256'],
    ['0 2', 'Cert', 'SHA2-512'],
    ['1 1', 'SPKI', 'SHA2-256'],
    ['1 2', 'SPKI', 'SHA2-512'],
  ] as const;

  test.each([
    ...authorities,
    ...made.filter(({ tlsa }) => tlsa !== undefined),
  ])('$file gives its digests', async (entry) => {
    for (const [numbers, selector, matching] of parameters) {
      const { status, out } = await runOn(entry.file, '--selector', selector, '--matching', matching);
      expect({ status, out }).toEqual({ status: 0, out: `3 ${numbers} ${entry.tlsa?.[numbers]}\n` });
    }
  });

  test.each(made.filter(({ expect }) => expect !== 'reject'))('$file: $expect', async (entry) => {
    const { status, out, err } = await runOn(entry.file);
    const digest = entry.tlsa?.['1 1'] ?? [entry.spkiSha256].flat()[0];
    // A chain in the wrong order has its leaf elsewhere: every made chain is that of leaf.pem.
    const leaf = made.find(({ file }) => file === 'made/leaf.pem')?.tlsa?.['1 1'];
    expect([`3 1 1 ${digest}\n`, `3 1 1 ${leaf}\n`]).toContain(out);
    expect(status).toBe(0);
    expect(err === '').toBe(entry.expect !== 'warn' && !/explicit/.test(entry.note));
  });

  // A private key is refused where a certificate is needed; for selector SPKI it is one of the inputs.
  test.each(made.filter(({ expect }) => expect === 'reject'))('$file is refused', async (entry) => {
    const isKey = entry.file.endsWith('key-instead-of-certificate.pem');
    const { status, out, err } = await runOn(entry.file, ...(isKey ? ['--selector', 'Cert'] : []));
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(/^error\[cert\//);
  });
});

describe('what is taken of a chain', () => {
  const digestOf = (file: string, parameters: string) =>
    made.find((entry) => entry.file === `made/${file}`)?.tlsa?.[parameters] ?? '';

  test('DANE-EE takes the leaf, also of a file in the wrong order', async () => {
    const { out, err } = await runOn('made/chain-reversed.pem');
    expect(out).toBe(`3 1 1 ${digestOf('leaf.pem', '1 1')}\n`);
    expect(err).toMatch(/^warning\[cert\/chain-order\]/);
  });

  test('DANE-TA takes the issuer of the leaf', async () => {
    const { out } = await runOn('made/chain.pem', '--usage', 'DANE-TA', '--selector', 'Cert');
    expect(out).toBe(`2 0 1 ${digestOf('intermediate.pem', '0 1')}\n`);
  });

  test('an anchor is named by its common name', async () => {
    const { out } = await runOn('made/chain.pem', '--usage', '2', '--anchor', 'Test Root 1');
    expect(out).toBe(`2 1 1 ${digestOf('root.pem', '1 1')}\n`);
  });

  test('an anchor is named by its file', async () => {
    const files = { 'chain.pem': octetsOf('made/chain.pem'), 'ca/root.pem': octetsOf('made/root.pem') };
    const { out } = await run(['chain.pem', '--usage', '2', '--anchor', 'ca/root.pem'], files);
    expect(out).toBe(`2 1 1 ${digestOf('root.pem', '1 1')}\n`);
  });

  test('a root that the server does not present is no anchor', async () => {
    const { status, out, err } = await runOn('made/chain-no-root.pem', '--usage', '2', '--anchor', 'Test Root 1');
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(/^error\[dane\/ta-not-in-chain\]/);
  });

  test('an issuer with two certificates has one key and two certificates to pin', async () => {
    const spki = await runOn('made/chain-both-intermediates.pem', '--usage', '2');
    expect(spki.out).toBe(`2 1 1 ${digestOf('intermediate.pem', '1 1')}\n`);
    const certificates = await runOn('made/chain-both-intermediates.pem', '--usage', '2', '--selector', '0');
    expect(certificates.out).toBe(
      `2 0 1 ${digestOf('intermediate.pem', '0 1')}\n2 0 1 ${digestOf('intermediate-cross.pem', '0 1')}\n`,
    );
  });

  test('a file of an authority alone is that authority', async () => {
    const { out } = await runOn('letsencrypt/ye1.pem', '--usage', 'DANE-TA');
    expect(out).toBe(`2 1 1 ${authorities.find(({ file }) => file.endsWith('/ye1.pem'))?.tlsa?.['1 1']}\n`);
    const selfSigned = await runOn('made/self-signed-ca-leaf.pem', '--usage', 'DANE-TA');
    expect(selfSigned.out).toBe(`2 1 1 ${digestOf('self-signed-ca-leaf.pem', '1 1')}\n`);
  });

  test('a leaf without its issuer has no DANE-TA record', async () => {
    const { status, err } = await runOn('made/leaf.pem', '--usage', 'DANE-TA');
    expect(status).toBe(1);
    expect(err).toMatch(/^error\[dane\/ta-not-in-chain\]/);
  });

  test('Full is the selected octets themselves', async () => {
    const { out, err } = await runOn('made/p256.pem', '--matching', 'full');
    expect(out).toBe(`3 1 0 ${made.find(({ file }) => file === 'made/p256.pem')?.spki}\n`);
    expect(err).toMatch(/^warning\[dane\/full-data\]/);
  });
});

describe('the owner', () => {
  test.each([
    [['--host', 'MX1.example.test', '--port', '25'], '_25._tcp.mx1.example.test.'],
    [['--host', 'mx1.example.test.', '--port', '853', '--protocol', 'udp'], '_853._udp.mx1.example.test.'],
    [['--host', 'mx1.example.test', '--service', 'submissions'], '_465._tcp.mx1.example.test.'],
    [['--host', 'mx1.example.test', '--service', 'domain-s', '--protocol', 'udp'], '_853._udp.mx1.example.test.'],
    [['--host', 'mx1.example.test', '--service', '8443/tcp'], '_8443._tcp.mx1.example.test.'],
    [['--host', 'müller.example.test', '--service', 'smtp'], '_25._tcp.xn--mller-kva.example.test.'],
  ])('%j', async (args, owner) => {
    const { out } = await runOn('made/leaf.pem', ...args);
    expect(out).toMatch(new RegExp(`^${owner.replaceAll('.', '\\.')} IN TLSA 3 1 1 [0-9a-f]{64}\n$`));
  });

  test.each([
    [['--host', 'mx1.example.test']],
    [['--host', 'mx1..example.test', '--port', '25']],
    [['--port', '0']],
    [['--port', '65536']],
    [['--port', '25', '--service', 'smtp']],
    [['--service', 'smtps']],
    [['--service', 'smtp', '--protocol', 'udp']],
    [['--usage', '4']],
    [['--usage', 'DANE']],
    [['--selector', '2']],
    [['--matching', '3']],
    [['--anchor', 'Test Root 1']],
    [['--protocol', 'dccp', '--port', '25']],
  ])('%j is a wrong use', async (args) => {
    const { status, out } = await runOn('made/leaf.pem', ...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });

  test('usages PKIX-TA and PKIX-EE are not usable for SMTP', async () => {
    const { status, out, err } = await runOn('made/leaf.pem', '--usage', '1', '--service', 'smtp');
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(/^error\[dane\/pkix-usage-smtp\]/);
    expect((await runOn('made/leaf.pem', '--usage', '1', '--service', 'imaps')).status).toBe(0);
  });
});

describe('keys', () => {
  const encrypted = 'made/test-only-same-key.encrypted.pem';
  const spki = made.find(({ file }) => file === encrypted)?.spkiSha256;

  test('the passphrase comes from a file or the environment', async () => {
    const files = { 'key.pem': octetsOf(encrypted), pass: 'test\n' };
    expect((await run(['key.pem', '--passphrase-file', 'pass'], files)).out).toBe(`3 1 1 ${spki}\n`);
    expect((await run(['key.pem'], files, { environment: { DANEZONE_PASSPHRASE: 'test' } })).out).toBe(
      `3 1 1 ${spki}\n`,
    );
    const without = await run(['key.pem'], files);
    expect(without.status).toBe(1);
    expect(without.err).toMatch(/encrypted/);
  });

  test('a key has no certificate to select', async () => {
    for (const file of ['made/same-key.csr.pem', 'made/same-key.pub.pem', 'made/test-only-p256.key.pem']) {
      const { status, err } = await runOn(file, '--selector', 'Cert');
      expect(status).toBe(1);
      expect(err).toMatch(/^error\[cert\/not-a-certificate\]/);
    }
  });

  test('no octet of a private key is printed, however the file is damaged', async () => {
    const whole = textOf('made/test-only-p256.key.pem');
    const body = whole.replace(/-----.*-----|\n/g, '');
    const files: Record<string, string> = {
      'whole.pem': whole,
      'one-line.pem': whole.replaceAll('\n', ''),
      'cut.pem': whole.slice(0, 150),
      'no-boundaries.pem': body,
      'bad-boundaries.pem': whole.replaceAll('-----', '----').replaceAll('\n', ' '),
      'bad-character.pem': whole.replace('AgEAMB', 'Ag!AMB'),
      'wrong-label.pem': whole.replaceAll('PRIVATE KEY', 'CERTIFICATE').replace('AgEAMB', 'Ag!AMB'),
      'hex.pem': Buffer.from(body, 'base64').toString('hex'),
      'escaped.pem': JSON.stringify(whole),
    };
    for (const name of Object.keys(files)) {
      for (const format of ['text', 'json']) {
        const { out, err } = await run([name, '--selector', 'Cert', '--format', format], files);
        for (let at = 0; at + 12 <= body.length; at += 6) expect(out + err).not.toContain(body.slice(at, at + 12));
        const hex = files['hex.pem'];
        for (let at = 0; at + 16 <= hex.length; at += 8) expect(out + err).not.toContain(hex.slice(at, at + 16));
      }
    }
  });
});

describe('output', () => {
  test('JSON says the record, its certificate and the problems', async () => {
    const { status, out, err } = await runOn(
      'made/expired.pem',
      '--format',
      'json',
      '--host',
      'a.test',
      '--port',
      '993',
    );
    const entry = made.find(({ file }) => file === 'made/expired.pem');
    expect(status).toBe(0);
    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject({
      file: 'expired.pem',
      owner: '_993._tcp.a.test.',
      records: [
        {
          usage: 3,
          selector: 1,
          matchingType: 1,
          parameters: 'DANE-EE SPKI SHA2-256',
          data: entry?.tlsa?.['1 1'],
          certificate: { subject: 'CN=expired.example.test', notAfter: '2011-01-01T00:00:00.000Z' },
        },
      ],
      errors: 0,
      problems: [{ rule: 'cert/expired-ee' }],
    });
  });

  test('after an error JSON holds no record', async () => {
    const { status, out } = await runOn('made/reject-html.pem', '--format', 'json');
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ records: [], errors: 1, problems: [{ rule: 'cert/not-a-certificate' }] });
  });

  test('a file that is not there is a problem, not a crash', async () => {
    const { status, out, err } = await run(['absent.pem']);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(/^error\[cert\/unreadable\]/);
  });

  test('standard input', async () => {
    const { out } = await run(['-'], {}, { stdin: octetsOf('made/p384.pem') });
    expect(out).toBe(`3 1 1 ${made.find(({ file }) => file === 'made/p384.pem')?.tlsa?.['1 1']}\n`);
  });

  test('--quiet leaves out what is only worth knowing', async () => {
    expect((await runOn('made/not-yet-valid.pem', '--quiet')).err).toBe('');
    expect((await runOn('made/rsa1024.pem', '--quiet')).err).toMatch(/^warning\[dane\/tls-weak\]/);
  });

  test('dates count for every usage but DANE-EE', async () => {
    expect((await runOn('made/not-yet-valid.pem')).err).toMatch(/^information\[cert\/expired-ee\]/);
    expect((await runOn('made/not-yet-valid.pem', '--usage', 'PKIX-EE')).err).toMatch(/^warning\[cert\/expired-ta\]/);
    expect((await runOn('made/not-yet-valid.pem', '--usage', '1', '--now', '2110-01-01')).err).toBe('');
  });
});
