import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runSafely } from '../../src/cli/safely.ts';
import { verify } from '../../src/cli/verify.ts';
import { type MemoryHost, memoryHost } from '../../src/host/memory.ts';
import { parseTime } from '../../src/text/time.ts';

const vector = (file: string) => readFileSync(new URL(`../vectors/signed/${file}`, import.meta.url));
const zone = vector('bind-nsec.zone');
const at = parseTime('20260601000000')!;
const dropped = Buffer.from(zone.toString('latin1').replace(/^mx1\.zone\.test\..*RRSIG\tA 13 .*\n/im, ''), 'latin1');

const hostWith = (files: Record<string, string | Uint8Array> = {}, stdin = ''): MemoryHost =>
  memoryHost({
    files: { '/infra/good.zone': zone, '/infra/bad.zone': dropped, '/infra/ds': vector('ds'), ...files },
    now: at,
    workingFolder: '/infra',
    stdin,
  });

async function run(host: MemoryHost, ...args: string[]) {
  const status = await runSafely(host, 'test', [verify], ['verify', ...args]);
  return { status, out: host.out, err: host.err };
}

describe('danezone verify', () => {
  test('says one line about a secure zone and ends with 0', async () => {
    const { status, out, err } = await run(hostWith(), 'good.zone');
    expect([status, err]).toEqual([0, '']);
    expect(out.split('\n')).toHaveLength(2);
    for (const fact of [
      'good.zone: secure: zone.test. serial 2026010100',
      '40 signatures',
      '16 NSEC',
      '17325 (ksk)',
      '2036-01-01',
    ]) {
      expect(out).toContain(fact);
    }
  });

  test('ends with 3 where one of several zones is not secure, and shows the line', async () => {
    const { status, out, err } = await run(hostWith(), 'good.zone', 'bad.zone');
    expect(status).toBe(3);
    expect(out.split('\n').map((line) => line.split(':').slice(0, 2).join(':'))).toEqual([
      'good.zone: secure',
      'bad.zone: NOT SECURE',
      '',
    ]);
    const line =
      dropped
        .toString('latin1')
        .split('\n')
        .findIndex((text) => /^mx1\S*\s.*IN A/i.test(text)) + 1;
    expect(err).toContain('error[sign/missing-signature]');
    expect(err).toContain(`--> bad.zone:${line}:`);
  });

  test('ends with 1 where a file is not there, is no zone, or has a line that cannot be read', async () => {
    const files = {
      '/infra/none.zone': '; nothing\n',
      '/infra/part.zone': Buffer.concat([zone, Buffer.from('www.zone.test. 1 IN A 1.2.3\n')]),
    };
    for (const file of ['absent.zone', 'none.zone', 'part.zone']) {
      const { status, out } = await run(hostWith(files), file);
      expect([status, out.includes('unreadable')], file).toEqual([1, true]);
    }
    const { status, out } = await run(hostWith(files), 'absent.zone', 'good.zone');
    expect([status, out.includes('good.zone: secure')]).toEqual([1, true]);
  });

  test('follows $INCLUDE below the folder of the file, and shows the line there', async () => {
    const lines = dropped.toString('latin1').split('\n');
    const isHost = (line: string) => /^mx1\S*\s.*IN A/i.test(line);
    const files = {
      '/infra/zones/main.zone': `${lines.filter((line) => !isHost(line)).join('\n')}\n$INCLUDE parts/hosts\n`,
      '/infra/zones/parts/hosts': `; one\n${lines.filter(isHost).join('\n')}\n`,
      '/infra/zones/out.zone': '$INCLUDE ../good.zone\n',
    };
    const { status, err } = await run(hostWith(files), 'zones/main.zone');
    expect([status, err.includes('--> zones/parts/hosts:2:')]).toEqual([3, true]);
    expect((await run(hostWith(files), 'zones/out.zone')).status).toBe(1);
  });

  test('reads standard input', async () => {
    const { status, out } = await run(hostWith({}, zone.toString('latin1')), '-', '--origin', 'zone.test');
    expect([status, out.startsWith('-: secure: zone.test.')]).toEqual([0, true]);
  });

  test('takes the time from --at, else --now, else the clock', async () => {
    const status = async (...args: string[]) => (await run(hostWith(), 'good.zone', ...args)).status;
    expect(await status('--at', '2036-01-02')).toBe(3);
    expect(await status('--now', '2036-01-02')).toBe(3);
    expect(await status('--now', '2036-01-02', '--at', '20260701000000')).toBe(0);
    const late = hostWith();
    late.setTime(parseTime('20360102000000')!);
    expect((await run(late, 'good.zone')).status).toBe(3);
  });

  test('follows the DS records of --ds', async () => {
    const other = { '/infra/other': '17325 13 2 00FA2EE147D548CD0D5D5075C8AAE99238C2C5F081A0AB8D3663A9565CAE7110\n' };
    const text = vector('ds').toString('latin1');
    const own = { '/infra/own': text.split('\n').find((line) => line.includes(' 17325 '))! };
    expect((await run(hostWith(own), 'good.zone', '--ds', 'own')).status).toBe(0);
    const wrong = await run(hostWith(other), 'good.zone', '--ds', 'other');
    expect([wrong.status, wrong.err.includes('parent/ds-without-key')]).toEqual([3, true]);
    const foreign = await run(
      hostWith({ '/infra/foreign': text.replaceAll('zone.test.', 'other.test.') }),
      'good.zone',
      '--ds',
      'foreign',
    );
    expect([foreign.status, foreign.out.includes('no DS record for zone.test.')]).toEqual([1, true]);
    const broken = await run(hostWith({ '/infra/broken': 'zone.test. IN DS 1 2\n' }), 'good.zone', '--ds', 'broken');
    expect([broken.status, broken.err.includes('--> broken:1:')]).toEqual([1, true]);
  });

  test('writes JSON with the verdict and the problems', async () => {
    const { status, out, err } = await run(hostWith(), 'good.zone', 'bad.zone', '--format', 'json');
    expect([status, err]).toEqual([3, '']);
    const facts = JSON.parse(out);
    expect(facts).toMatchObject({
      at: '2026-06-01T00:00:00.000Z',
      secure: false,
      zones: [
        {
          file: 'good.zone',
          secure: true,
          readable: true,
          zone: 'zone.test.',
          serial: 2026010100,
          firstExpiry: '2036-01-01T00:00:00.000Z',
          counts: { signatures: 40, nsec: 16, nsec3: 0, delegations: 4, signedDelegations: 1 },
          errors: 0,
          problems: [],
        },
        { file: 'bad.zone', secure: false, errors: 1, problems: [{ rule: 'sign/missing-signature', tier: 'error' }] },
      ],
    });
  });

  test('warns of signatures that are due, and is stricter with zones of ours', async () => {
    const { status, err } = await run(hostWith(), 'good.zone', '--refresh', '3650d');
    expect([status, err.includes('warning[sign/refresh-missed]')]).toEqual([0, true]);
    const rfc = { '/infra/rfc.zone': readFileSync(new URL('../vectors/rfc/rfc5155-a.zone', import.meta.url)) };
    expect((await run(hostWith(rfc), 'rfc.zone', '--at', '20100101000000')).status).toBe(0);
    expect((await run(hostWith(rfc), 'rfc.zone', '--at', '20100101000000', '--own')).status).toBe(3);
  });

  test('both engines say the same', async () => {
    for (const engine of ['node', 'noble']) {
      expect((await run(hostWith(), 'good.zone', '--engine', engine, '--jobs', '1')).status).toBe(0);
      expect((await run(hostWith(), 'bad.zone', '--engine', engine)).status).toBe(3);
    }
  });

  test('--quiet says only what is wrong', async () => {
    expect(await run(hostWith(), 'good.zone', '--quiet')).toEqual({ status: 0, out: '', err: '' });
    expect((await run(hostWith(), 'bad.zone', '-q')).out).toMatch(/^bad\.zone: NOT SECURE: /);
  });

  test('refuses wrong arguments with 2', async () => {
    const wrong = [
      [],
      ['good.zone', '--at', 'soon'],
      ['good.zone', '--origin', 'a..b'],
      ['good.zone', 'bad.zone', '--origin', 'zone.test'],
      ['good.zone', '--refresh', 'a while'],
      ['good.zone', '--jobs', '0'],
      ['good.zone', '--engine', 'openssl'],
      ['good.zone', '--format', 'xml'],
    ];
    for (const args of wrong) expect((await run(hostWith(), ...args)).status, args.join(' ')).toBe(2);
  });

  test('escapes what comes from the file', async () => {
    const host = hostWith({ '/infra/e\x1b.zone': 'zone.test. 1 IN SOA a b 1 1 1 1 1\n\x1b[31m 1 IN A 1.2.3\n' });
    const { out, err } = await run(host, 'e\x1b.zone');
    expect(`${out}${err}`).not.toContain('\x1b');
  });
});

describe('--previous', () => {
  /** As the test of its rule has them: other content with and without a new serial. */
  const example = (side: string, file: string) =>
    readFileSync(new URL(`../rules/zone/serial-not-increased/${side}/${file}`, import.meta.url));
  const files = {
    '/infra/served/zone.test.zone': example('bad', 'previous.zone'),
    '/infra/new/zone.test.zone': example('bad', 'zone.test.zone'),
    '/infra/later/zone.test.zone': example('good', 'zone.test.zone'),
    '/infra/other.zone': zone,
  };

  test('refuses other content with the same serial, or an earlier one, and names both', async () => {
    const still = await run(hostWith(files), 'new/zone.test.zone', '--previous', 'served/zone.test.zone');
    expect(still.status).toBe(3);
    expect(still.err).toContain('error[zone/serial-not-increased] the serial is still 1');
    expect(still.err).toContain('www.zone.test. A');
    expect(still.err).toContain('--> new/zone.test.zone:1:');
    const back = await run(hostWith(files), 'served/zone.test.zone', '--previous', 'later/zone.test.zone');
    expect(back.err).toContain('went back from 2 to 1');
  });

  test('takes a serial that moved forward, and the same file again', async () => {
    const args = ['later/zone.test.zone', '--previous', 'served'];
    expect((await run(hostWith(files), ...args)).status).toBe(0);
    expect((await run(hostWith(files), 'served/zone.test.zone', '--previous', 'served')).status).toBe(0);
  });

  test('of a folder is the file of the same name; one that is not there was not served', async () => {
    const ran = await run(hostWith(files), 'new/zone.test.zone', 'good.zone', '--previous', 'served');
    expect([ran.status, ran.out.split('\n').map((line) => line.split(':')[1])]).toEqual([
      3,
      [' NOT SECURE', ' secure', undefined],
    ]);
  });

  test('is refused where it is of another zone, is none, or is not there', async () => {
    const emptyFile = { ...files, '/infra/empty': '' };
    expect((await run(hostWith(emptyFile), 'new/zone.test.zone', '--previous', 'empty')).status).toBe(1);
    expect((await run(hostWith(files), 'new/zone.test.zone', '--previous', 'nowhere')).status).toBe(2);
    expect((await run(hostWith(files), 'good.zone', 'bad.zone', '--previous', 'other.zone')).status).toBe(2);
    const root = '. 1 IN SOA a. b. 1 1 1 1 1\n. 1 IN NS a.\n';
    const other = await run(hostWith({ ...files, '/infra/root.zone': root }), 'good.zone', '--previous', 'root.zone');
    expect(other).toMatchObject({ status: 1 });
    expect(other.out).toContain('is the zone ., not zone.test.');
  });
});
