/**
 * What a resolver sees of zones that danezone made: NSD serves the files, Unbound validates with the DS that `danezone ds` prints.
 * Every RRset, NXDOMAIN, NODATA, wildcard, empty non-terminal and delegation is asked for.
 */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readMaster } from '../../src/dns/master-reader.ts';
import type { MessageRecord } from '../../src/dns/message.ts';
import { Rcode } from '../../src/dns/message.ts';
import { isAtOrBelow, isBelow, type Name, name } from '../../src/dns/name.ts';
import { Type, typeName } from '../../src/dns/type.ts';
import { Role, type Zone } from '../../src/dns/zone.ts';
import { hex } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';
import {
  danezone,
  have,
  must,
  repository,
  run,
  type Server,
  startNsd,
  startUnbound,
  temporaryFolder,
} from './programs.ts';
import { answers, query } from './query.ts';

const servers = have('nsd', 'unbound');
const checkers = have('dnssec-verify', 'ldns-verify-zone', 'kzonecheck', 'named-checkzone', 'nsd-checkzone');

interface Built {
  readonly name: Name;
  readonly file: string;
  readonly zone: Zone;
}

/**
 * The example infrastructure, built as a user would, with keys of its own: published three days ago, so that every cache has its keys
 * and the DS of each child stands in its parent.
 */
function buildExample(folder: string): Built[] {
  cpSync(join(repository, 'zones'), join(folder, 'zones'), { recursive: true });
  const then = ['--now', new Date(Date.now() - 3 * 86_400_000).toISOString(), '--rehearsal'];
  const org = ['mx2.example.org', 'xmpp.example.org', 'git.lab.example.org'];
  const hosts = [...org, 'mail.example.net', 'web.example.net', 'mx.school.example'];
  const served = hosts.map((host) => ['confirm', 'cert-served', host]);
  for (const argv of [['build', ...then], ['confirm', 'published', '--all', ...then], ...served, ['build']]) {
    must(process.execPath, [danezone, ...argv, '--root', folder]);
  }
  return readdirSync(join(folder, 'build'))
    .filter((file) => file.endsWith('.zone'))
    .map((file) => read(join(folder, 'build', file)));
}

function read(file: string): Built {
  const zone = readMaster({ file, octets: readFileSync(file) }, newReport());
  if (zone === undefined) throw new Error(`${file} has no zone`);
  return { name: zone.apex, file, zone };
}

const isSigned = ({ zone }: Built) => zone.row(0, Type.DNSKEY) >= 0;
const hasOptOut = ({ zone }: Built) => {
  for (let row = 0; row < zone.rowCount; row++) {
    if (zone.columns.type[row] === Type.NSEC3) return (zone.rdataOf(row)[0][1] & 1) !== 0;
  }
  return false;
};

const folder = temporaryFolder();
let zones: Built[] = [];
beforeAll(() => {
  zones = [...buildExample(folder.path), ...signedPlain(folder.path)];
});
afterAll(() => folder.remove());

/** A zone of corner cases under each kind of denial, signed by `danezone sign`. */
function signedPlain(parent: string): Built[] {
  return (['nsec', 'nsec3', 'optout'] as const).map((denial) => {
    const origin = `${denial}.corner.example.`;
    const keys = join(parent, `${denial}-keys`);
    const plain = join(parent, `${denial}.plain`);
    const out = join(parent, `${denial}.signed`);
    writeFileSync(plain, cornerCases);
    must(process.execPath, [danezone, 'keys', 'generate', origin, '--layout', 'ksk-zsk', '--keys', keys]);
    const options = denial === 'nsec' ? [] : ['--nsec3', ...(denial === 'optout' ? ['--opt-out'] : [])];
    must(process.execPath, [danezone, 'sign', plain, '--origin', origin, '--keys', keys, ...options, '-o', out]);
    return read(out);
  });
}

const cornerCases = `$TTL 300
@ SOA ns1 hostmaster 1 1800 600 604800 300
@ NS ns1
@ NS ns2
ns1 A 127.0.0.1
ns2 A 127.0.0.1
_25._tcp.mx TLSA 3 1 1 ${'01'.repeat(32)}
mx A 192.0.2.1
*.wild TXT "from the wildcard"
deep.er.than.others A 192.0.2.3
*.sub.wild MX 10 mx
redirect DNAME target
target A 192.0.2.4
alias CNAME mx
signed NS ns.signed
signed DS 60485 13 2 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a
ns.signed A 127.0.0.1
unsigned NS ns.unsigned
ns.unsigned A 127.0.0.1
also.unsigned.below NS ns.unsigned
\\000odd A 192.0.2.5
a\\.b A 192.0.2.6
UPPER A 192.0.2.7
`;

describe.skipIf(!checkers)('other programs accept every output zone', () => {
  const programs: Record<string, (built: Built) => { status: number | null; stdout: string; stderr: string }> = {
    'named-checkzone': ({ name: origin, file }) => run('named-checkzone', ['-i', 'local', origin, file]),
    'dnssec-verify': (built) =>
      isSigned(built) ? run('dnssec-verify', ['-q', '-z', '-o', built.name, built.file]) : passed,
    'ldns-verify-zone': (built) =>
      isSigned(built) ? run('ldns-verify-zone', [built.file], { timeout: 60_000 }) : passed,
    kzonecheck: (built) =>
      run('kzonecheck', ['-d', isSigned(built) ? 'on' : 'off', '-o', built.name, built.file], { timeout: 60_000 }),
    'nsd-checkzone': ({ name: origin, file }) => run('nsd-checkzone', [origin, file]),
  };
  const passed = { status: 0, stdout: '', stderr: '' };
  for (const [program, check] of Object.entries(programs)) {
    test(program, () => {
      expect(zones.length).toBeGreaterThan(8);
      const refused = zones
        .map((built) => ({ zone: built.name, ...check(built) }))
        .filter(({ status }) => status !== 0);
      expect(refused).toEqual([]);
    });
  }
});

describe.skipIf(!servers)('NSD serves and Unbound validates', () => {
  let nsd: Server;
  let unbound: Server;
  beforeAll(async () => {
    nsd = await startNsd(folder.path, zones, answers);
    unbound = await startUnbound(
      folder.path,
      zones.map((built) => built.name),
      anchors(),
      nsd.port,
      answers,
    );
  });
  afterAll(async () => {
    await unbound?.stop();
    await nsd?.stop();
  });

  /** The DS of every zone whose parent is not served here; the others are reached through their parent's DS. */
  function anchors(): string[] {
    const printed = must(process.execPath, [danezone, 'ds', '--root', folder.path, '--from-keys']).trim().split('\n');
    const own = zones.filter((built) => built.name.endsWith('corner.example.')).flatMap(dnskeys);
    const isTop = (owner: string) => !zones.some((built) => isSigned(built) && isBelow(owner as Name, built.name));
    return [...printed.filter((line) => isTop(line.split('\t')[0])), ...own].map((line) => line.replaceAll('\t', ' '));
  }

  function dnskeys({ file }: Built): string[] {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => /\tDNSKEY\t257 /.test(line));
  }

  const ask = (owner: Name, type: number) => query(unbound.port, owner, type, { recursion: true });
  const signedZones = () => zones.filter(isSigned);
  const rdataOf = (records: readonly MessageRecord[], type: number) =>
    records
      .filter((record) => record.type === type)
      .map(({ rdata }) => hex(rdata).toLowerCase())
      .sort();

  /** The zone that answers for a name: the closest that is served. */
  const zoneOf = (owner: Name) =>
    zones.filter((built) => isAtOrBelow(owner, built.name)).sort((a, b) => b.name.length - a.name.length)[0];

  test('every RRset is answered as it stands in the file, with AD', async () => {
    let asked = 0;
    const faults: string[] = [];
    for (const built of signedZones()) {
      const { zone } = built;
      const { role, rrsetStart, type } = zone.columns;
      for (let id = 0; id < zone.nameCount; id++) {
        const owner = zone.name(id);
        if (role[id] === Role.below || zoneOf(owner) !== built) continue;
        for (let row = rrsetStart[id]; row < rrsetStart[id + 1]; row++) {
          const isDenial = [Type.RRSIG, Type.NSEC, Type.NSEC3].includes(type[row] as 46);
          if (isDenial || (role[id] === Role.cut && type[row] !== Type.DS)) continue;
          const answer = await ask(owner, type[row]);
          asked++;
          const expected = zone
            .rdataOf(row)
            .map((rdata) => hex(rdata).toLowerCase())
            .sort();
          const got = rdataOf(answer.answer, type[row]);
          const isSame = JSON.stringify(expected) === JSON.stringify(got);
          if (answer.rcode !== Rcode.NOERROR || !answer.flags.authenticData || !isSame) {
            faults.push(
              `${owner} ${typeName(type[row])}: rcode ${answer.rcode}, AD ${answer.flags.authenticData}, same ${isSame}`,
            );
          }
        }
      }
    }
    expect(faults).toEqual([]);
    expect(asked).toBeGreaterThan(100);
  });

  test('a name that does not exist is denied with AD (opt-out: without a promise)', async () => {
    for (const built of signedZones()) {
      const answer = await ask(`no-such-name.${built.name}` as Name, Type.A);
      expect([built.name, answer.rcode]).toEqual([built.name, Rcode.NXDOMAIN]);
      if (!hasOptOut(built)) expect([built.name, answer.flags.authenticData]).toEqual([built.name, true]);
    }
  });

  test('a type that does not exist at a name is denied with AD', async () => {
    for (const built of signedZones()) {
      const answer = await ask(built.name, Type.LOC);
      expect([built.name, answer.rcode, answer.answer.length]).toEqual([built.name, Rcode.NOERROR, 0]);
      expect([built.name, answer.flags.authenticData]).toEqual([built.name, true]);
    }
  });

  test('an empty non-terminal such as _tcp.<host> is NODATA and never NXDOMAIN', async () => {
    const asked: string[] = [];
    for (const built of signedZones()) {
      const { role } = built.zone.columns;
      for (let id = 0; id < built.zone.nameCount; id++) {
        const owner = built.zone.name(id);
        if (role[id] !== Role.empty || zoneOf(owner) !== built) continue;
        const answer = await ask(owner, Type.TLSA);
        expect([owner, answer.rcode, answer.answer.length]).toEqual([owner, Rcode.NOERROR, 0]);
        if (!hasOptOut(built)) expect([owner, answer.flags.authenticData]).toEqual([owner, true]);
        asked.push(owner);
      }
    }
    expect(asked.filter((owner) => owner.startsWith('_tcp.')).length).toBeGreaterThan(2);
  });

  test.each(['nsec', 'nsec3', 'optout'])('corner cases under %s', async (denial) => {
    const at = (prefix: string) => name(`${prefix}.${denial}.corner.example.`);
    const secure = denial !== 'optout';
    const wildcard = await ask(at('anything.wild'), Type.TXT);
    expect(wildcard.answer.some(({ type }) => type === Type.TXT)).toBe(true);
    if (secure) expect(wildcard.flags.authenticData).toBe(true);
    const wildcardNodata = await ask(at('anything.wild'), Type.A);
    expect([wildcardNodata.rcode, wildcardNodata.answer.length]).toEqual([Rcode.NOERROR, 0]);
    if (secure) expect(wildcardNodata.flags.authenticData).toBe(true);
    const deeper = await ask(at('x.y.sub.wild'), Type.MX);
    expect(deeper.answer.some(({ type }) => type === Type.MX)).toBe(true);
    const dname = await ask(at('target.redirect'), Type.A);
    expect(dname.answer.some(({ type }) => type === Type.DNAME)).toBe(true);
    const alias = await ask(at('alias'), Type.A);
    expect(alias.answer.map(({ type }) => type)).toContain(Type.CNAME);
    expect(alias.flags.authenticData).toBe(true);
    const ds = await ask(at('signed'), Type.DS);
    expect([ds.rcode, ds.flags.authenticData]).toEqual([Rcode.NOERROR, true]);
    const noDs = await ask(at('unsigned'), Type.DS);
    expect([noDs.rcode, noDs.answer.length]).toEqual([Rcode.NOERROR, 0]);
    if (secure) expect(noDs.flags.authenticData).toBe(true);
    const odd = await ask(name(`\\000odd.${denial}.corner.example.`), Type.A);
    expect([odd.rcode, odd.flags.authenticData]).toEqual([Rcode.NOERROR, true]);
    const dotted = await ask(name(`a\\.b.${denial}.corner.example.`), Type.A);
    expect([dotted.rcode, dotted.flags.authenticData]).toEqual([Rcode.NOERROR, true]);
  });

  test('NSD refers to a delegation with its glue', async () => {
    const referral = await query(nsd.port, name('www.unsigned.nsec.corner.example.'), Type.A);
    expect(referral.flags.authoritative).toBe(false);
    expect(referral.authority.filter(({ type }) => type === Type.NS)).toHaveLength(1);
    expect(referral.additional.map(({ owner }) => owner)).toContain('ns.unsigned.nsec.corner.example.');
  });

  test('the test can fail: one wrong digit in a signature makes the answer SERVFAIL', async () => {
    const victim = zones.find((built) => built.name === 'nsec.corner.example.');
    const text = readFileSync(victim?.file ?? '', 'utf8');
    const broken = text.replace(
      /(\tRRSIG\tTLSA [^\n]* )(\S)(\S+\n)/,
      (_, head, digit, tail) => `${head}${digit === 'A' ? 'B' : 'A'}${tail}`,
    );
    expect(broken).not.toBe(text);
    const file = join(folder.path, 'broken.zone');
    writeFileSync(file, broken);
    const other = await startNsd(folder.path, [{ name: 'nsec.corner.example.', file }], answers);
    const resolver = await startUnbound(
      folder.path,
      ['nsec.corner.example.'],
      dnskeys(victim as Built),
      other.port,
      answers,
    );
    const owner = name('_25._tcp.mx.nsec.corner.example.');
    const answer = await query(resolver.port, owner, Type.TLSA, { recursion: true });
    const unchecked = await query(resolver.port, owner, Type.TLSA, { recursion: true, checkingDisabled: true });
    await resolver.stop();
    await other.stop();
    expect(answer.rcode).toBe(Rcode.SERVFAIL);
    expect(unchecked.answer.some(({ type }) => type === Type.TLSA)).toBe(true);
  });
});
