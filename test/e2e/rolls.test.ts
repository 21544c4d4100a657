/**
 * Whole rolls in time: zones with TTLs of seconds are built by danezone, served by two NSD a second apart, validated by two
 * Unbound with warm caches, and mail goes to them through a Postfix that wants DANE. Meanwhile every zone rolls something.
 * No answer may fail and no mail may wait; and in zones where one wait is cut short, they do.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rcode } from '../../src/dns/message.ts';
import { Type } from '../../src/dns/type.ts';
import type { Asked, Miss, Tally } from './asker.ts';
import type { Daemon } from './namespace.ts';
import { newOperator } from './operator.ts';
import { canMail, type Delivery, type Mail, openMail, outcome } from './postfix.ts';
import { must, repository, temporaryFolder } from './programs.ts';
import { openRollingNames, resolvers, seconds } from './rolling-names.ts';
import { cutShort, description, leaves, names, nameservers, rolls, zones } from './rolling-zones.ts';

const questions: Asked['questions'] = [
  { name: '', type: Type.SOA, rcode: Rcode.NOERROR },
  { name: 'www', type: Type.A, rcode: Rcode.NOERROR },
  { name: '*', type: Type.A, rcode: Rcode.NXDOMAIN },
  { name: '', type: Type.DNSKEY, rcode: Rcode.NOERROR },
  { name: '*.wild', type: Type.TXT, rcode: Rcode.NOERROR },
  { name: '_25._tcp.mx', type: Type.TLSA, rcode: Rcode.NOERROR },
  { name: 'www', type: Type.AAAA, rcode: Rcode.NOERROR },
];

interface Sent {
  readonly at: number;
  readonly zone: string;
  readonly outcome: string;
}

describe.skipIf(!canMail())('rolls through real servers, in time', () => {
  const folder = temporaryFolder();
  const root = join(folder.path, 'repository');
  const operator = newOperator(root, names);
  let mail: Mail;
  const sent: Sent[] = [];
  let misses: readonly Miss[] = [];
  let tallies: readonly Tally[] = [];
  const keysBefore = new Map<string, readonly string[]>();
  const tlsaBefore = new Map<string, readonly string[]>();
  const cuts = new Map<string, number>();
  const took = new Map<string, number>();

  /** Role and id of those that are in use, or come. */
  const keysOf = (zone: string) =>
    operator
      .journal(zone)
      .keys.filter(({ goal }) => goal === 'omnipresent')
      .map(({ id, role }) => `${role} ${id}`);

  beforeAll(async () => {
    for (const name of ['zones/certs', 'private']) mkdirSync(join(root, name), { recursive: true });
    for (const name of ['first', 'second']) certificate(name);
    describeZones({});
    mail = await openMail(
      [...new Set(Object.values(zones).map(({ address }) => address))].map((address) => ({ address, name: 'mx.test' })),
    );
    for (const { address } of Object.values(zones)) show(address, 'first');
    operator.mustRun('build');
    const served = await openRollingNames(folder.path, mail.namespace, {
      zones: new Map(names.map((name) => [name, 2])),
      nameservers,
      first: new Map(names.map((name) => [name, join(root, `build/${name}zone`)])),
    });
    operator.serve(served);
    await firstDs();
    await everythingRolls();
    print();
  }, 400_000);
  afterAll(async () => {
    await mail?.close();
    folder.remove();
  });

  /** Nobody may verify anything yet: no cache is to be waited for. */
  async function firstDs(): Promise<void> {
    const hosts = names.map((name) => `mx.${name.slice(0, -1)}`);
    operator.mustRun('confirm', 'published', '--all');
    for (const host of hosts) operator.mustRun('confirm', 'cert-served', host);
    for (let turns = 0; !names.every((name) => operator.isSettled(name)); turns++) {
      if (turns === 60) throw new Error('the first DS does not come');
      for (const name of names) operator.age(name, 3600);
      if (!(await operator.turn())) await seconds(0.2);
    }
    for (const name of names) {
      keysBefore.set(name, keysOf(name));
      tlsaBefore.set(name, tlsaOf(name));
    }
  }

  /** Questions and mail from before the first step until after the last. */
  async function everythingRolls(): Promise<void> {
    const asker = await startAsking();
    let mailing = true;
    const mailers = [0, 1, 2, 3].map(async (mailer) => {
      for (let count = mailer; mailing; count += 4) await sendTo(names[count % names.length], `m${count}`);
    });
    try {
      await quietly(8);
      await rollAll();
      // What was withdrawn last would be missed now.
      await quietly(8);
    } finally {
      mailing = false;
      await Promise.allSettled(mailers);
    }
    await Promise.all(mailers);
    await asker.stop();
    const lines = asker.log().split('\n');
    const said = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    misses = said.slice(0, -1);
    tallies = said.at(-1).tallies;
  }

  async function rollAll(): Promise<void> {
    const began = Date.now();
    describeZones({ rolled: true, next: true });
    for (const [zone, { roll }] of Object.entries(zones)) if (roll !== undefined) operator.mustRun('roll', roll, zone);
    let isSwitched = false;
    const awaited = { ...rolls, ...leaves };
    for (let turns = 0; took.size < Object.keys(awaited).length; turns++) {
      if (Date.now() - began > 240_000) throw new Error(`only these are done: ${[...took.keys()].join(', ')}`);
      if (!(await operator.turn())) await seconds(0.3);
      if (turns === 0) cutWaits();
      if (!isSwitched) isSwitched = await mayShowSecond();
      for (const [zone, { roll }] of Object.entries(awaited)) {
        const isDone = roll === undefined ? isSwitched && tlsaOf(zone).length === 1 : isRolled(zone);
        if (isDone && !took.has(zone)) took.set(zone, Date.now() - began);
      }
    }
  }

  /** One wait of each hasty zone: the new key has just been published, or the new record, and takes over at once. */
  function cutWaits(): void {
    for (const [zone, { roll }] of Object.entries(cutShort)) {
      if (roll === undefined) show(zones[zone].address, 'second');
      else operator.age(zone, 3600);
      cuts.set(zone, Date.now());
    }
  }

  const isRolled = (zone: string) =>
    operator.isSettled(zone) &&
    (zone in leaves ? keysOf(zone).length === 0 : keysOf(zone).some((key) => !keysBefore.get(zone)!.includes(key)));

  /** The server changes its certificate when danezone says so, and the description follows. */
  async function mayShowSecond(): Promise<boolean> {
    const { status } = operator.danezone('ready', 'mx.certificate.test');
    if (status !== 0) return false;
    show(zones['certificate.test.'].address, 'second');
    describeZones({ rolled: true, switched: true });
    await operator.turn();
    operator.mustRun('confirm', 'cert-served', 'mx.certificate.test');
    return true;
  }

  /** TLSA RDATA in the zone as built last. */
  const tlsaOf = (zone: string) =>
    readFileSync(join(root, `build/${zone}zone`), 'utf8')
      .split('\n')
      .flatMap((line) => line.split('\tIN\tTLSA\t')[1] ?? []);

  async function quietly(count: number): Promise<void> {
    const end = Date.now() + count * 1000;
    while (Date.now() < end) if (!(await operator.turn())) await seconds(0.3);
  }

  async function sendTo(zone: string, message: string): Promise<void> {
    const at = Date.now();
    const delivery: Delivery = await mail.send(`${message}@${zone.slice(0, -1)}`);
    sent.push({ at, zone, outcome: outcome(delivery) });
  }

  async function startAsking(): Promise<Daemon> {
    const program = join(folder.path, 'asker.cjs');
    await bundle({
      entryPoints: [join(repository, 'test/e2e/asker.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      target: 'node20',
      logLevel: 'error',
    });
    const asked: Asked = { resolvers, zones: names, questions, every: 150, each: 3 };
    return mail.namespace.start(process.execPath, [program, JSON.stringify(asked)], (log) => log.includes('asking'));
  }

  function certificate(name: string): void {
    const [key, chain] = [join(root, `private/${name}.key`), join(root, `zones/certs/${name}.pem`)];
    const hosts = names.map((zone) => `DNS:mx.${zone.slice(0, -1)}`).join();
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', chain];
    must('openssl', [
      'req',
      '-x509',
      ...made,
      '-days',
      '300',
      '-subj',
      '/CN=mx.test',
      '-addext',
      `subjectAltName=${hosts}`,
    ]);
  }

  function show(address: string, name: string): void {
    const read = (file: string) => readFileSync(join(root, file), 'utf8');
    mail.present(address, read(`private/${name}.key`), read(`zones/certs/${name}.pem`));
  }

  function describeZones(how: { rolled?: boolean; next?: boolean; switched?: boolean }): void {
    writeFileSync(join(root, 'zones/zones.yaml'), description(how));
  }

  function figures(zone: string) {
    const own = tallies.filter((tally) => tally.zone === zone);
    const sum = (field: 'queries' | 'secure' | 'servfail' | 'insecure' | 'other') =>
      own.reduce((total, tally) => total + tally[field], 0);
    const mails = sent.filter((one) => one.zone === zone);
    return {
      queries: sum('queries'),
      secure: sum('secure'),
      servfail: sum('servfail'),
      'without AD': sum('insecure'),
      other: sum('other'),
      mails: mails.length,
      verified: mails.filter((one) => one.outcome === 'Verified').length,
      seconds: Math.round((took.get(zone) ?? 0) / 1000),
    };
  }

  function print(): void {
    console.log(`${operator.builds()} builds of ${names.length} zones`);
    console.table(Object.fromEntries(names.map((zone) => [zone, figures(zone)])));
    for (const zone of Object.keys(rolls)) {
      const bad = misses.filter((miss) => miss.zone === zone).slice(0, 20);
      if (bad.length > 0) console.log(zone, bad);
      const late = sent.filter((one) => one.zone === zone && one.outcome !== 'Verified');
      if (late.length > 0) console.log(zone, late);
    }
  }

  test.each(Object.entries(rolls))('%s rolls whole', (zone, { roll }) => {
    const now = keysOf(zone);
    const stayed = keysBefore.get(zone)!.filter((key) => now.includes(key));
    const role = (key: string) => key.split(' ')[0];
    expect(stayed.map(role)).toEqual(
      { zsk: ['ksk'], ksk: ['zsk'], csk: [], algorithm: [], insecure: [], none: ['csk'] }[roll ?? 'none'],
    );
    expect(operator.isSettled(zone)).toBe(true);
    expect(tlsaOf(zone)).toHaveLength(1);
    expect(tlsaOf(zone).join() === tlsaBefore.get(zone)!.join()).toBe(roll !== undefined);
  });

  test.each(Object.keys(rolls))('%s rolls without one answer that fails or one mail that waits', (zone) => {
    const { queries, secure, mails, verified } = figures(zone);
    expect(secure).toBe(queries);
    expect(verified).toBe(mails);
    expect([queries > 500, mails > 5]).toEqual([true, true]);
  });

  test('leaving.test. becomes insecure without one answer that fails or one mail that waits', () => {
    const zone = 'leaving.test.';
    expect(misses.filter((miss) => miss.zone === zone && !/^(NOERROR|NXDOMAIN)( AD)?$/.test(miss.answer))).toEqual([]);
    expect(sent.filter((one) => one.zone === zone && one.outcome.startsWith('deferred'))).toEqual([]);
    expect(readFileSync(join(root, `build/${zone}zone`), 'utf8')).not.toMatch(/RRSIG|DNSKEY|TLSA/);
  });

  // What shows that the answers above could have failed.
  test.each([
    'hasty-zsk.test.',
    'hasty-ksk.test.',
  ])('%s takes over before caches know the key, and goes dark', (zone) => {
    const own = misses.filter((miss) => miss.zone === zone);
    expect(own.filter(({ at }) => at < cuts.get(zone)!)).toEqual([]);
    expect(own.filter(({ answer }) => answer === 'SERVFAIL').length).toBeGreaterThan(20);
  });
  test('hasty-certificate.test. shows its certificate before caches know the record, and its mail waits', () => {
    const zone = 'hasty-certificate.test.';
    const own = sent.filter((one) => one.zone === zone);
    const [before, after] = [
      own.filter(({ at }) => at < cuts.get(zone)! - 5000),
      own.filter(({ at }) => at > cuts.get(zone)!),
    ];
    expect(new Set(before.map((one) => one.outcome))).toEqual(new Set(['Verified']));
    // After several refusals Postfix waits before it tries the host again, and says so in front of the reason.
    const reasons = after.map((one) => one.outcome.replace('delivery temporarily suspended: ', ''));
    expect(new Set(reasons)).toEqual(new Set(['deferred: Server certificate not verified']));
  });
});
