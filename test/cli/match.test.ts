import { describe, expect, test } from 'vitest';
import { match } from '../../src/cli/match.ts';
import { runProgram } from '../../src/cli/program.ts';
import { memoryHost } from '../../src/host/memory.ts';
import type { Octets } from '../../src/text/octets.ts';
import { digestOf } from '../dane/hosts.ts';
import { authorities, octetsOf, textOf } from '../x509/vectors.ts';

/** 2026-11-22. */
const now = 1_795_305_600;

const leaf = `3 1 1 ${digestOf('leaf.pem', '1 1')}`;
const issuer = `2 1 1 ${digestOf('intermediate.pem', '1 1')}`;
const rootRecord = `2 1 1 ${digestOf('root.pem', '1 1')}`;
const wrong = `3 1 1 ${'00'.repeat(32)}`;

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function run(
  args: readonly string[],
  records: string,
  files: Readonly<Record<string, Octets | string>> = {},
): Promise<Run> {
  const inFolder = Object.fromEntries(Object.entries(files).map(([path, content]) => [`/infra/${path}`, content]));
  const host = memoryHost({ files: { ...inFolder, '/infra/tlsa.txt': records }, now, stdin: records });
  const status = await runProgram(host, '0', [match], ['match', ...args]);
  return { status, out: host.out, err: host.err };
}

/** The chain leaf, intermediate, root of the vectors, and its name. */
function runOn(records: string, ...args: string[]): Promise<Run> {
  const files = { 'chain.pem': octetsOf('made/chain.pem'), 'root.pem': octetsOf('made/root.pem') };
  return run(['--tlsa', 'tlsa.txt', '--chain', 'chain.pem', ...args], records, files);
}

const named = ['--name', 'mx1.example.test'];

async function jsonOf(records: string, ...args: string[]) {
  const { status, out } = await runOn(records, '--format', 'json', ...args);
  return { status, ...JSON.parse(out) };
}

describe('exit status', () => {
  test('0 where a record matches', async () => {
    expect(await runOn(leaf, ...named)).toMatchObject({ status: 0, err: '' });
    expect((await runOn(`${wrong}\n${issuer}`, ...named)).status).toBe(0);
  });

  test('3 where none does, or none is usable', async () => {
    expect((await runOn(wrong, ...named)).status).toBe(3);
    expect((await runOn('3 1 1 00', ...named)).status).toBe(3);
    expect((await runOn(issuer, '--name', 'other.test')).status).toBe(3);
  });

  test.each([
    ['the records', ['--tlsa', 'absent.txt', '--chain', 'chain.pem']],
    ['the chain', ['--tlsa', 'tlsa.txt', '--chain', 'absent.pem']],
    ['the roots', ['--tlsa', 'tlsa.txt', '--chain', 'chain.pem', '--ca-file', 'absent.pem']],
    ['a chain that is none', ['--tlsa', 'tlsa.txt', '--chain', 'tlsa.txt']],
    ['roots that are none', ['--tlsa', 'tlsa.txt', '--chain', 'chain.pem', '--ca-file', 'tlsa.txt']],
    ['a key in place of a chain', ['--tlsa', 'tlsa.txt', '--chain', 'key.pem']],
  ])('1 where %s cannot be read', async (_, args) => {
    const files = { 'chain.pem': octetsOf('made/chain.pem'), 'key.pem': octetsOf('made/test-only-p256.key.pem') };
    const text = await run([...args, ...named], leaf, files);
    expect(text).toMatchObject({ status: 1, out: '' });
    expect(text.err).toMatch(/^error\[cert\//);
    const json = await run([...args, ...named, '--format', 'json'], leaf, files);
    expect(json.status).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ state: 'unreadable', records: [], errors: 1 });
  });

  test('1 where the records are none, with their place', async () => {
    const { status, err } = await runOn('3 1 1 00\n3 1 x 00', ...named);
    expect(status).toBe(1);
    expect(err).toMatch(/^error\[dane\/field-range\].*\n {2}--> tlsa\.txt:2:5\n/);
  });

  test.each([
    [[]],
    [['--name', 'a..b']],
    [['--name', 'a.test', '--nexthop', 'a..b']],
    [['--no-names', '--nexthop', 'a.test']],
    [['--no-names', '--name', 'a.test']],
    [['--name', 'a.test', '--at', 'noon']],
    [['--name', 'a.test', '--format', 'github']],
    [['--name', 'a.test', '--wrong']],
  ])('2 for %j', async (args) => {
    expect(await runOn(leaf, ...args)).toMatchObject({ status: 2, out: '' });
  });

  test('2 without records or chain, or with both on standard input', async () => {
    expect((await run(['--chain', 'chain.pem', ...named], leaf)).status).toBe(2);
    expect((await run(['--tlsa', 'tlsa.txt', ...named], leaf)).status).toBe(2);
    expect((await run(['--tlsa', '-', '--chain', '-', ...named], leaf)).status).toBe(2);
  });
});

describe('JSON', () => {
  test('says which record matched at which depth, and why each other did not', async () => {
    const found = await jsonOf([issuer.replace('2 1 1', '3 1 1'), '3 1 2 00', rootRecord].join('\n'), ...named);
    expect(found).toMatchObject({
      status: 0,
      state: 'matched',
      matched: { record: rootRecord, index: 2, depth: 2 },
      names: ['mx1.example.test.'],
      application: 'other',
      at: '2026-11-22T00:00:00.000Z',
      presented: 'chain',
      records: [
        { usable: true, matched: false, reason: { kind: 'only-above-the-leaf', place: 1 } },
        { record: '3 1 2 00', usable: false, matched: false, reason: { kind: 'data-length', expected: 64, found: 1 } },
        { record: rootRecord, usable: true, matched: true, reason: { kind: 'matched', depth: 2, by: 'certificate' } },
      ],
    });
    expect(found.chain.map(({ subject }: { subject: string }) => subject)).toEqual([
      'CN=mx1.example.test',
      'CN=Test Intermediate,O=Test Only',
      'CN=Test Root 1,O=Test Only',
    ]);
  });

  test('without a match there is none in it', async () => {
    const found = await jsonOf(wrong, ...named);
    expect(found).toMatchObject({ status: 3, state: 'no-match', records: [{ reason: { kind: 'no-equal-data' } }] });
    expect('matched' in found).toBe(false);
  });

  test('says the faults of the chain and its names', async () => {
    const found = await jsonOf(issuer, '--name', 'other.test', '--at', '2130-01-01');
    expect(found.records[0].reason).toMatchObject({
      kind: 'invalid',
      depth: 1,
      path: ['CN=mx1.example.test', 'CN=Test Intermediate,O=Test Only'],
      faults: [
        { kind: 'expired', depth: 0 },
        { kind: 'expired', depth: 1 },
        { kind: 'name-mismatch', expected: ['other.test.'] },
      ],
    });
  });

  test('says the owner of whole records', async () => {
    const found = await jsonOf(`_25._tcp.mx1.example.test. 900 IN TLSA ${leaf}`, ...named);
    expect(found).toMatchObject({ state: 'matched', owner: '_25._tcp.mx1.example.test.' });
  });

  test('names the usual mistake of a record that matches nothing', async () => {
    const empty = '3 1 1 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const certificate = `3 1 1 ${digestOf('leaf.pem', '0 1')}`;
    const slip = leaf.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    const found = await jsonOf([empty, certificate, slip, wrong].join('\n'), ...named);
    expect(found.records.map(({ mistake }: { mistake?: string }) => mistake !== undefined)).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(found.records[2].mistake).toContain(leaf);
  });
});

describe('records of other days', () => {
  const tlsaOf = (file: string) => authorities.find((entry) => entry.file === file)?.tlsa?.['1 1'];
  const [r3, ye1] = ['letsencrypt/r3.pem', 'letsencrypt/ye1.pem'].map((file) => `2 1 1 ${tlsaOf(file)}`);
  const old = `3 1 1 ${digestOf('leaf-next-key.pem', '1 1')}`;

  async function mistakes(records: readonly string[]) {
    const asked: string[] = [];
    const host = memoryHost({
      files: { '/infra/tlsa.txt': records.join('\n'), '/infra/certs/mx1.pem': octetsOf('made/chain.pem') },
      now,
    });
    const earlierVersions = (path: string) => {
      asked.push(path);
      return [{ commit: 'abc1234', date: '2026-08-01', octets: octetsOf('made/leaf-next-key.pem') }];
    };
    const args = ['--tlsa', 'tlsa.txt', '--chain', 'certs/mx1.pem', '--no-names', '--format', 'json'];
    await runProgram({ ...host, earlierVersions }, '0', [match], ['match', ...args]);
    const said = JSON.parse(host.out).records.map(({ mistake }: { mistake?: string }) => mistake);
    return { said, asked };
  }

  test('an issuer of a catalogue is named, a retired one with what is known of its end', async () => {
    expect((await mistakes([r3, ye1])).said).toEqual([
      'it is the public key (SPKI) of R3, a retired issuer of letsencrypt (its last certificate expired 2025-09-15)',
      'it is the public key (SPKI) of YE1, an active issuer of letsencrypt',
    ]);
  });

  test('a key of an earlier version of the chain file is named with its commit', async () => {
    const { said, asked } = await mistakes([old]);
    expect(said).toEqual(['it is the public key (SPKI) of certs/mx1.pem as of commit abc1234 (2026-08-01)']);
    expect(asked).toEqual(['/infra/certs/mx1.pem']);
  });

  test('beside a record that matches neither is a mistake, and git is not asked', async () => {
    const { said, asked } = await mistakes([leaf, ye1, old, r3]);
    expect(said.slice(0, 3)).toEqual([undefined, undefined, undefined]);
    expect(said[3]).toContain('R3, a retired issuer');
    expect(asked).toEqual([]);
  });
});

describe('options', () => {
  test('--nexthop may be what the certificate names, several times', async () => {
    const elsewhere = ['--name', 'mx9.example.test'];
    expect((await runOn(issuer, ...elsewhere, '--nexthop', 'example.test')).status).toBe(0);
    expect((await runOn(issuer, ...elsewhere, '--nexthop', 'a.test', '--nexthop', 'example.test')).status).toBe(0);
    expect((await runOn(issuer, ...elsewhere, '--nexthop', 'a.test')).status).toBe(3);
  });

  test('--no-names looks at none', async () => {
    expect((await runOn(issuer, '--no-names')).status).toBe(0);
  });

  test('--at is the time of the handshake, else --now, else the clock', async () => {
    expect((await runOn(issuer, ...named, '--at', '2130-01-01')).status).toBe(3);
    expect((await runOn(issuer, ...named, '--now', '2130-01-01')).status).toBe(3);
    expect((await runOn(issuer, ...named, '--now', '2130-01-01', '--at', '2026-01-01')).status).toBe(0);
    expect((await runOn(leaf, ...named, '--at', '2130-01-01')).status).toBe(0);
  });

  test('--ca-file makes PKIX-TA and PKIX-EE usable, and --smtp never', async () => {
    const records = [`1 1 1 ${digestOf('leaf.pem', '1 1')}`, `0 1 1 ${digestOf('root.pem', '1 1')}`].join('\n');
    const state = async (...args: string[]) => (await jsonOf(records, ...named, ...args)).state;
    expect(await state()).toBe('unusable');
    expect(await state('--ca-file', 'root.pem')).toBe('matched');
    expect(await state('--ca-file', 'root.pem', '--smtp')).toBe('unusable');
    expect(await jsonOf(records, ...named, '--smtp')).toMatchObject({ application: 'smtp', fallback: 'encrypt' });
    expect(await jsonOf(records, ...named)).toMatchObject({ application: 'other', fallback: 'without-dane' });
  });

  test('a bundle of roots may hold other things', async () => {
    const bundle = `${textOf('made/reject-crl.pem')}\n${textOf('made/root2.pem')}\n${textOf('made/root.pem')}`;
    const files = { 'chain.pem': octetsOf('made/chain-no-root.pem'), 'roots.pem': bundle };
    const args = ['--tlsa', 'tlsa.txt', '--chain', 'chain.pem', '--ca-file', 'roots.pem', ...named];
    expect((await run(args, `0 1 1 ${digestOf('root.pem', '1 1')}`, files)).status).toBe(0);
  });

  test('--tlsa - reads standard input', async () => {
    const files = { 'chain.pem': octetsOf('made/chain.pem') };
    const args = ['--tlsa', '-', '--chain', 'chain.pem', ...named];
    expect((await run(args, `${leaf}\n`, files)).status).toBe(0);
    expect((await run(args, '', files)).err).toMatch(/--> <standard input>:1:1/);
  });

  test('--quiet says nothing of a match', async () => {
    expect(await runOn(leaf, ...named, '--quiet')).toEqual({ status: 0, out: '', err: '' });
    expect((await runOn(wrong, ...named, '--quiet')).out).toMatch(/^NO MATCH/);
  });
});

describe('the chain', () => {
  const status = async (file: string, record: string) => {
    const files = { 'chain.pem': octetsOf(`made/${file}`) };
    return (await run(['--tlsa', 'tlsa.txt', '--chain', 'chain.pem', '--no-names'], record, files)).status;
  };

  test('is taken as it is presented: the first certificate is the server’s, whatever it is', async () => {
    expect(await status('chain.pem', leaf)).toBe(0);
    expect(await status('chain-reversed.pem', leaf)).toBe(3);
    expect(await status('chain-reversed.pem', rootRecord.replace('2 1 1', '3 1 1'))).toBe(0);
    expect(await status('chain-wrong-order.pem', leaf)).toBe(3);
    expect(await status('chain-two-leaves.pem', leaf)).toBe(0);
  });

  test('a root that the server does not present matches no digest', async () => {
    expect(await status('chain.pem', rootRecord)).toBe(0);
    expect(await status('chain-no-root.pem', rootRecord)).toBe(3);
  });

  test('may be a raw public key', async () => {
    expect(await status('same-key.pub.pem', leaf)).toBe(0);
    expect(await status('same-key.pub.pem', rootRecord)).toBe(3);
    const files = { 'key.pem': octetsOf('made/same-key.pub.pem') };
    const args = ['--tlsa', 'tlsa.txt', '--chain', 'key.pem', ...named, '--format', 'json'];
    expect(JSON.parse((await run(args, leaf, files)).out)).toMatchObject({ presented: 'raw-key', state: 'matched' });
  });

  test('a private key beside it is never printed', async () => {
    const file = 'made/test-only-bundle-key-and-chain.pem';
    const secret = textOf(file).split('\n')[2];
    for (const format of ['text', 'json']) {
      const args = ['--tlsa', 'tlsa.txt', '--chain', 'chain.pem', '--no-names', '--format', format];
      const { out, err } = await run(args, wrong, { 'chain.pem': octetsOf(file) });
      expect(out + err).not.toContain(secret.slice(0, 16));
    }
  });
});

describe('text', () => {
  test('one line for the verdict, then each record with its reason', async () => {
    const { out } = await runOn(`${leaf}\n3 1 2 00\n${wrong}`, ...named);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^matched: record 1 of 3, at depth 0$/);
    expect(lines.filter((_, i) => i % 2 === 1)).toEqual([leaf, '3 1 2 00', wrong]);
    expect(lines.filter((_, i) => i > 0 && i % 2 === 0).map((line) => line.split(':')[0])).toEqual([
      '  match',
      '  unusable',
      '  no match',
    ]);
  });

  test('names in certificates cannot write to the terminal', async () => {
    const { out } = await runOn(issuer, '--name', 'other.test');
    expect(out).toMatch(/other\.test/);
    expect([...out].every((character) => character === '\n' || character >= ' ')).toBe(true);
  });
});
