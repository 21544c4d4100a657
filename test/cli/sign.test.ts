import { describe, expect, test } from 'vitest';
import { runSafely } from '../../src/cli/safely.ts';
import { sign } from '../../src/cli/sign.ts';
import { decode } from '../../src/dns/rdata/index.ts';
import { Type, typeName } from '../../src/dns/type.ts';
import type { Zone } from '../../src/dns/zone.ts';
import { type MemoryHost, memoryHost } from '../../src/host/memory.ts';
import { base64, hex } from '../../src/text/octets.ts';
import { linesOf, publishedIn, readKey, readVector, zoneOf } from '../sign/support.ts';

const now = 1_767_225_600;
const keyFolder = 'signed/keys/';
const ksk = 'Kzone.test.+013+17325';
const zsk = 'Kzone.test.+013+32290';
const ed = 'Kzone.test.+015+60132';
const unsigned = '$TTL 3600\n@ SOA ns1 host 41 3600 600 86400 300\n@ NS ns1\nns1 A 192.0.2.1\nwww CNAME ns1\n';

function hostWith(stems: readonly string[], files: Record<string, string> = {}): MemoryHost {
  const halves = stems.flatMap((stem) => [`${stem}.key`, `${stem}.private`]);
  const keys = Object.fromEntries(halves.map((file) => [`/infra/keys/${file}`, readVector(`${keyFolder}${file}`)]));
  return memoryHost({ files: { '/infra/zone': unsigned, ...keys, ...files }, now, workingFolder: '/infra' });
}

/** What is noted of the key files here, which have the mode of files in git. */
const notes = /^note: .* can be read by others: chmod 600\n/gm;

const run = (host: MemoryHost, ...args: string[]) => runSafely(host, 'test', [sign], ['sign', ...args]);
const usual = ['zone', '--origin', 'zone.test', '--keys', 'keys', '-o', 'out'];

async function signed(host: MemoryHost, ...args: string[]): Promise<Zone> {
  expect([await run(host, ...usual, ...args), host.err.replace(notes, '')]).toEqual([0, '']);
  return zoneOf(host.text('/infra/out'), 'zone.test.');
}

const soaOf = (zone: Zone) => decode('SOA', zone.rdataOf(zone.row(0, Type.SOA))[0]);
const apexTypes = (zone: Zone) =>
  [...zone.columns.type.subarray(0, zone.columns.rrsetStart[1])].map(typeName).filter((type) => type !== 'RRSIG');
const signaturesOf = (zone: Zone, type: number) =>
  zone.rdataOf(zone.row(0, Type.RRSIG, type)).map((rdata) => decode('RRSIG', rdata));

describe('danezone sign', () => {
  test('adds DNSKEY, NSEC and RRSIG, and nothing else', async () => {
    const host = hostWith([ksk]);
    const zone = await signed(host);
    const added = new Set(['RRSIG', 'NSEC', 'DNSKEY']);
    expect(linesOf(zone).filter((line) => !added.has(line.split('\t')[3]))).toEqual(
      linesOf(zoneOf(unsigned, 'zone.test.')),
    );
    expect(apexTypes(zone)).toEqual(['NS', 'SOA', 'NSEC', 'DNSKEY']);
    expect(host.out).toBe('');
    expect(Object.keys(host.tree()).filter((path) => !path.startsWith('/infra/keys/'))).toEqual([
      '/infra/out',
      '/infra/zone',
    ]);
  });

  test('a KSK signs the DNSKEY RRset, a ZSK the zone; a key alone signs both', async () => {
    const zone = await signed(hostWith([ksk, zsk, ed]));
    const tags = (type: number) => signaturesOf(zone, type).map(({ keyTag }) => keyTag);
    expect(tags(Type.DNSKEY)).toEqual([17325, 60132]);
    expect(tags(Type.SOA)).toEqual([32290, 60132]);
  });

  test('signatures run from an hour ago for 30 days', async () => {
    const [rrsig] = signaturesOf(await signed(hostWith([ksk])), Type.SOA);
    expect(rrsig).toMatchObject({ inception: now - 3600, expiration: now + 30 * 86400 });
    const [later] = signaturesOf(await signed(hostWith([ksk]), '--now', String(now + 86400)), Type.SOA);
    expect(later).toMatchObject({ inception: now + 82800, expiration: now + 31 * 86400 });
  });

  test('times may be given as Unix seconds, YYYYMMDDHHMMSS or ISO 8601', async () => {
    const window = ['--inception', '2025-12-31T00:00:00Z', '--expiration', '20260201000000'];
    const [rrsig] = signaturesOf(await signed(hostWith([ksk]), ...window), Type.NS);
    expect(rrsig).toMatchObject({ inception: 1767139200, expiration: 1769904000 });
    const [from] = signaturesOf(await signed(hostWith([ksk]), '--inception', '1800000000'), Type.NS);
    expect(from).toMatchObject({ inception: 1800000000, expiration: 1800000000 + 30 * 86400 });
  });

  test('NSEC3, CDS and ZONEMD where asked for', async () => {
    const host = hostWith([ksk, zsk]);
    const zone = await signed(host, '--nsec3', '--opt-out', '--cds', '--zonemd', 'sha384', '--zonemd', 'sha512');
    expect(apexTypes(zone)).toEqual(['NS', 'SOA', 'DNSKEY', 'NSEC3PARAM', 'CDS', 'CDNSKEY', 'ZONEMD']);
    expect(zone.rdataOf(zone.row(0, Type.ZONEMD))).toHaveLength(2);
    const cds = zone.rdataOf(zone.row(0, Type.CDS)).map((rdata) => decode('CDS', rdata));
    expect(cds).toMatchObject([{ keyTag: 17325, digestType: 2 }]);
    expect(decode('NSEC3PARAM', zone.rdataOf(zone.row(0, Type.NSEC3PARAM))[0])).toMatchObject({
      flags: 0,
      iterations: 0,
    });
  });

  test('iterations and salt are there only by name', async () => {
    const host = hostWith([ksk]);
    expect(await run(host, ...usual, '--nsec3', '--iterations', '3', '--salt', 'AB')).toBe(0);
    const zone = zoneOf(host.text('/infra/out'), 'zone.test.');
    const parameters = decode('NSEC3PARAM', zone.rdataOf(zone.row(0, Type.NSEC3PARAM))[0]);
    expect([parameters.iterations, hex(parameters.salt)]).toEqual([3, 'ab']);
  });

  test.each([
    ['keep', 41],
    ['counter', 42],
    ['unixtime', now],
    ['date', 2026010100],
  ])('--serial %s', async (policy, serial) => {
    expect(soaOf(await signed(hostWith([ksk]), '--serial', policy)).serial).toBe(serial);
  });

  test('without --origin the zone is that of the SOA record', async () => {
    const host = hostWith([ksk], { '/infra/zone': `$ORIGIN zone.test.\n${unsigned}` });
    expect(await run(host, 'zone', '--keys', 'keys', '-o', 'out')).toBe(0);
    expect(zoneOf(host.text('/infra/out'), 'zone.test.').apex).toBe('zone.test.');
  });

  test('- is standard input and standard output', async () => {
    const host = hostWith([ksk]);
    await signed(host);
    const piped = memoryHost({ files: host.tree(), now, workingFolder: '/infra', stdin: unsigned });
    expect(await run(piped, '-', '--origin', 'zone.test', '--keys', 'keys', '-o', '-')).toBe(0);
    expect(piped.out).toBe(host.text('/infra/out'));
  });

  test('a zone that was signed before comes out as if it had not been, and says so', async () => {
    const fresh = hostWith([ksk]);
    await signed(fresh);
    const host = hostWith([ksk], { '/infra/zone': fresh.text('/infra/out') });
    expect(await run(host, ...usual)).toBe(0);
    expect(host.text('/infra/out')).toBe(fresh.text('/infra/out'));
    expect(host.err).toContain('note: left out 8 RRSIG of an earlier signing');
  });

  test('a DNSKEY of the zone that is of no key in the folder stays', async () => {
    const other = `@ 600 DNSKEY 256 3 13 ${base64(readKey(`${keyFolder}${zsk}`).key.publicKey)}\n`;
    const host = hostWith([ksk], { '/infra/zone': unsigned + other });
    expect(await run(host, ...usual)).toBe(0);
    const zone = zoneOf(host.text('/infra/out'), 'zone.test.');
    expect(
      publishedIn(zone)
        .map(({ tag }) => tag)
        .sort(),
    ).toEqual([17325, 32290]);
    expect(zone.columns.ttl[zone.row(0, Type.DNSKEY)]).toBe(600);
  });

  test('$INCLUDE reaches the files beside the zone and no others', async () => {
    const files = { '/infra/more/www': 'mail A 192.0.2.25\n', '/secret': 'x A 192.0.2.1\n' };
    const host = hostWith([ksk], { ...files, '/infra/zone': `${unsigned}$INCLUDE more/www\n` });
    expect((await signed(host)).find('mail.zone.test.' as never)).toBeGreaterThan(0);
    const outside = hostWith([ksk], { ...files, '/infra/zone': `${unsigned}$INCLUDE ../secret\n` });
    expect(await run(outside, ...usual)).toBe(1);
    expect(outside.err).toContain('error[master/include]');
  });

  test('the reference engine gives the same zone', async () => {
    const [host, reference] = [hostWith([ksk]), hostWith([ksk])];
    await signed(host);
    await signed(reference, '--engine', 'noble');
    expect(reference.text('/infra/out')).toBe(host.text('/infra/out'));
  });
});

describe('danezone sign keeps the output as it was', () => {
  const before = { '/infra/out': 'before' };

  test.each<[string, string, string]>([
    ['a record that is none', 'www A 192.0.2.300\n', 'master/rdata'],
    ['a second SOA', '@ SOA ns1 host 42 3600 600 86400 300\n', 'zone/apex'],
  ])('where the zone has %s: status 1', async (_, line, rule) => {
    const host = hostWith([ksk], { ...before, '/infra/zone': unsigned + line });
    expect(await run(host, ...usual)).toBe(1);
    expect(host.err).toContain(`error[${rule}]`);
    expect(host.text('/infra/out')).toBe('before');
  });

  test('where a key that must sign has no private half: status 1', async () => {
    const host = hostWith([], {
      ...before,
      [`/infra/keys/${ksk}.key`]: readVector(`${keyFolder}${ksk}.key`).toString('latin1'),
    });
    expect(await run(host, ...usual)).toBe(1);
    expect(host.err).toContain('error[key/no-private-half]');
    expect(host.text('/infra/out')).toBe('before');
  });

  test('where there is no key: status 1', async () => {
    const none = hostWith([], before);
    expect(await run(none, ...usual)).toBe(1);
    expect(none.err).toContain('the folder of keys keys does not exist');
    const host = hostWith([], { ...before, '/infra/keys/README': '' });
    expect(await run(host, ...usual)).toBe(1);
    expect(host.err).toMatch(/no key of zone\.test\. in keys signs at 2026-01-01 00:00:00Z/);
  });

  // The key of another signer has an algorithm of its own, and nobody signs with it.
  const foreign = `@ DNSKEY 257 3 15 ${base64(readKey(`${keyFolder}${ed}`).key.publicKey)}\n`;

  test('where the zone does not verify: status 3', async () => {
    const host = hostWith([ksk], { ...before, '/infra/zone': unsigned + foreign });
    expect(await run(host, ...usual)).toBe(3);
    expect(host.err).toContain('error[sign/missing-signature]');
    expect(host.text('/infra/out')).toBe('before');
    expect(Object.keys(host.tree()).filter((path) => path.startsWith('/infra/.'))).toEqual([]);
  });

  test('and prints nothing to standard output then, unless with --no-verify', async () => {
    const host = hostWith([ksk], { '/infra/zone': unsigned + foreign });
    expect(await run(host, ...usual.slice(0, -1), '-')).toBe(3);
    expect(host.out).toBe('');
    expect(await run(host, ...usual.slice(0, -1), '-', '--no-verify')).toBe(0);
    expect(host.out).toContain('\tRRSIG\t');
  });

  test('when it is interrupted or dies at any step', async () => {
    const steps = hostWith([ksk], before);
    await signed(steps);
    for (let count = 1; count <= steps.steps.length; count++) {
      const host = hostWith([ksk], before);
      host.failAfter(count, 'ENOSPC');
      await run(host, ...usual);
      expect(['before', steps.text('/infra/out')]).toContain(host.text('/infra/out'));
      expect(Object.keys(host.tree()).filter((path) => path.startsWith('/infra/.'))).toEqual([]);
    }
  });
});

describe('options that mean nothing', () => {
  test.each([
    [['--opt-out']],
    [['--salt', 'ab']],
    [['--iterations', '1']],
    [['--nsec3', '--salt', 'abc']],
    [['--nsec3', '--iterations', '65536']],
    [['--inception', 'tomorrow']],
    [['--inception', '20260102000000', '--expiration', '20260101000000']],
    [['--inception', '0', '--expiration', '2147483648']],
    [['--zonemd', 'sha1']],
    [['--serial', 'never']],
    [['--jobs', '0']],
    [['--origin', 'a..b']],
    [['--dnskey-ttl', '2147483648']],
  ])('%j: status 2', async (args) => {
    const host = hostWith([ksk]);
    expect(await run(host, ...usual, ...args)).toBe(2);
    expect(host.steps).toEqual([]);
  });
});

describe('what danezone sign says', () => {
  test('names files as they were given', async () => {
    const faulty = hostWith([ksk], { '/infra/in/zone': `${unsigned}www A 192.0.2.300\n` });
    expect(await run(faulty, 'in/zone', '--origin', 'zone.test', '--keys', 'keys', '-o', 'out')).toBe(1);
    expect(faulty.err).toContain('--> in/zone:6:');
    const keyless = hostWith([ksk], { [`/infra/keys/${zsk}.key`]: readVector(`${keyFolder}${zsk}.key`).toString() });
    expect(await run(keyless, ...usual)).toBe(1);
    expect(keyless.err).toContain(`keys/${zsk}.private is missing`);
    const included = hostWith([ksk], {
      '/infra/in/zone': `${unsigned}$INCLUDE more\n`,
      '/infra/in/more': 'x A 1.2.3\n',
    });
    expect(await run(included, 'in/zone', '--origin', 'zone.test', '--keys', './keys', '-o', 'out')).toBe(1);
    expect(included.err).toContain('--> in/more:1:');
    for (const { err } of [faulty, keyless, included]) expect(err).not.toContain('/infra');
  });

  test('warns of NSEC3 iterations, which are asked for by name, and signs', async () => {
    const host = hostWith([ksk]);
    expect(await run(host, ...usual, '--nsec3', '--iterations', '2500')).toBe(0);
    expect(host.err).toContain('warning[denial/nsec3-iterations] NSEC3 has 2500 additional iterations');
    const none = hostWith([ksk]);
    expect(await run(none, ...usual, '--nsec3', '--iterations', '0')).toBe(0);
    expect(none.err).not.toContain('warning');
  });
});
