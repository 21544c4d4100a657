/**
 * A signed zone file as a list of lines, for putting single faults into it: each line one record, to be changed, dropped or added as
 * text. Where a fault must itself be well signed, one RRset is signed again with the test keys, by node:crypto alone.
 */
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { encodeRecord } from '../../src/dns/field-text.ts';
import { OctetWriter } from '../../src/dns/fields.ts';
import { labelsOf, name, nameToWire } from '../../src/dns/name.ts';
import { decode, writeCanonical } from '../../src/dns/rdata/index.ts';
import { typeCode } from '../../src/dns/type.ts';
import type { Octets } from '../../src/text/octets.ts';
import { parseTime } from '../../src/text/time.ts';

export const signedFolder = new URL('../vectors/signed/', import.meta.url);
export const zoneName = 'zone.test.';
/** Between the inception and the expiration of every signature in test/vectors/signed. */
export const signedAt = parseTime('20260601000000')!;

export interface Line {
  owner: string;
  ttl: number;
  type: string;
  rdata: string;
}

/** `A` → 'A', an RRSIG line → the type that it covers. */
const coveredBy = (line: Line) => (line.type === 'RRSIG' ? line.rdata.split(' ')[0] : undefined);

export class ZoneText {
  readonly lines: Line[];

  constructor(lines: readonly Line[]) {
    this.lines = lines.map((line) => ({ ...line }));
  }

  static read(file: string): ZoneText {
    return ZoneText.parse(readFileSync(new URL(file, signedFolder), 'utf8'));
  }

  /** Takes what the signers write: one record a line, comments, optional class. */
  static parse(text: string): ZoneText {
    const lines: Line[] = [];
    for (const raw of text.split('\n')) {
      const match = /^(\S+)\s+([0-9]+)\s+(?:IN\s+)?(\S+)\s+(.*)$/.exec(raw.replace(/\s*;.*$/, ''));
      if (match === null) continue;
      const [, owner, ttl, type, rdata] = match;
      lines.push({ owner, ttl: Number(ttl), type, rdata: rdata.replace(/\s+/g, ' ').trim() });
    }
    return new ZoneText(lines);
  }

  copy(): ZoneText {
    return new ZoneText(this.lines);
  }

  get octets(): Octets {
    return Buffer.from(
      this.lines.map(({ owner, ttl, type, rdata }) => `${owner} ${ttl} IN ${type} ${rdata}\n`).join(''),
    );
  }

  /** Counts from 1. */
  lineNumber(line: Line): number {
    return this.lines.indexOf(line) + 1;
  }

  /** Lines of an RRset; `owner` is relative to the zone, in lower case, `@` for the apex. */
  all(owner: string, type: string): Line[] {
    const absolute = absoluteName(owner);
    return this.lines.filter((line) => line.type === type && line.owner.toLowerCase() === absolute);
  }

  signatures(owner: string, covered: string): Line[] {
    return this.all(owner, 'RRSIG').filter((line) => coveredBy(line) === covered);
  }

  /** The first line of an RRset; a test that expects one that is not there is wrong. */
  one(owner: string, type: string): Line {
    return this.first(this.all(owner, type), `${owner} ${type}`);
  }

  signature(owner: string, covered: string): Line {
    return this.first(this.signatures(owner, covered), `${owner} RRSIG ${covered}`);
  }

  private first(lines: readonly Line[], what: string): Line {
    if (lines.length === 0) throw new Error(`the zone has no ${what}`);
    return lines[0];
  }

  drop(...gone: readonly Line[]): void {
    for (const line of gone) this.lines.splice(this.lines.indexOf(line), 1);
  }

  /** An RRset and its signatures. */
  dropSet(owner: string, type: string): void {
    this.drop(...this.all(owner, type), ...this.signatures(owner, type));
  }

  add(owner: string, ttl: number, type: string, rdata: string): Line {
    const line = { owner: absoluteName(owner), ttl, type, rdata };
    this.lines.push(line);
    return line;
  }

  /** Replaces the field at `index` of a line; negative from the end. */
  setField(line: Line, index: number, to: string | ((old: string) => string)): void {
    const fields = line.rdata.split(' ');
    const at = index < 0 ? fields.length + index : index;
    fields[at] = typeof to === 'string' ? to : to(fields[at]);
    line.rdata = fields.join(' ');
  }

  /** NSEC3 lines in the order of their hashes. */
  get nsec3(): Line[] {
    return this.lines
      .filter((line) => line.type === 'NSEC3')
      .sort((a, b) => (a.owner.toLowerCase() < b.owner.toLowerCase() ? -1 : 1));
  }

  /** The relative owner of the NSEC3 of a name (no salt, no iterations). */
  hashed(owner: string): string {
    return base32hex(
      createHash('sha1')
        .update(nameToWire(name(absoluteName(owner))))
        .digest(),
    );
  }

  /** The DNSKEY RDATA of a test key, as a signer writes it in this file. */
  keyRdata(tag: number): string {
    const octets = Buffer.from(encoded('DNSKEY', testKeys.get(tag)!.rdata));
    const line = this.all('@', 'DNSKEY').find(({ rdata }) => octets.equals(encoded('DNSKEY', rdata)));
    if (line === undefined) throw new Error(`key ${tag} is not in the zone`);
    return line.rdata;
  }

  /** The keys that sign names like the apex NS RRset, with `zsk` if it is the only one. */
  zoneKeys(zsk: number): number[] {
    const tags = this.signatures('@', 'NS').map((line) => Number(line.rdata.split(' ')[6]));
    return tags.length > 0 ? tags : [zsk];
  }

  /** The NSEC or NSEC3 that comes first in canonical order. */
  firstDenial(): Line {
    return this.nsec3[0] ?? this.one('@', 'NSEC');
  }

  /** The record of a name that comes first: the lowest type. */
  firstRecord(owner: string): Line {
    const absolute = absoluteName(owner);
    const own = this.lines.filter((line) => line.owner.toLowerCase() === absolute);
    return own.reduce((first, line) => (typeCode(line.type)! < typeCode(first.type)! ? line : first));
  }

  /** Which of two records of an RRset comes last in canonical order. */
  lastOfSet(owner: string, type: string, a: Octets, b: Octets): Line {
    const last = Buffer.from(Buffer.compare(a, b) > 0 ? a : b);
    return this.all(owner, type).find(({ rdata }) => last.equals(encoded(type, rdata)))!;
  }

  /** Leaves what an unsigned zone has. */
  unsign(): void {
    const dnssec = ['RRSIG', 'NSEC', 'NSEC3', 'NSEC3PARAM', 'DNSKEY', 'CDS', 'CDNSKEY', 'ZONEMD'];
    this.drop(...this.lines.filter(({ type }) => dnssec.includes(type)));
  }

  /** Signs an RRset again: each signature that it has, or one by `key` where it has none. */
  resign(owner: string, type: string, options: ResignOptions = {}): Line[] {
    const records = this.all(owner, type);
    const ttl = this.first(records, `${owner} ${type}`).ttl;
    const old = this.signatures(owner, type);
    this.drop(...old);
    const keys = options.keys ?? old.map((line) => Number(line.rdata.split(' ')[6]));
    return keys.map((tag) => {
      const key = testKeys.get(tag);
      if (key === undefined) throw new Error(`no test key ${tag}`);
      const labels = labelsOf(name(absoluteName(owner))).filter((label) => label !== '*').length;
      const { expiration = '20360101000000', inception = '20260101000000' } = options;
      const head = `${type} ${key.algorithm} ${labels} ${ttl} ${expiration} ${inception} ${tag} ${zoneName}`;
      const rrsig = encoded('RRSIG', `${head} AAAA`);
      const message = Buffer.concat([
        rrsig.subarray(0, rrsig.length - 3),
        signedRecords(records, ttl, options.foldNext === true),
      ]);
      return this.add(owner, options.signatureTtl ?? ttl, 'RRSIG', `${head} ${key.sign(message).toString('base64')}`);
    });
  }
}

export interface ResignOptions {
  /** Tags; absent: as before. */
  readonly keys?: readonly number[];
  readonly inception?: string;
  readonly expiration?: string;
  /** As signers before RFC 6840: the next name of NSEC in lower case. */
  readonly foldNext?: boolean;
  readonly signatureTtl?: number;
}

function absoluteName(owner: string): string {
  return owner === '@' ? zoneName : owner.endsWith('.') ? owner : `${owner}.${zoneName}`;
}

export function encoded(type: string, rdata: string): Octets {
  const octets = encodeRecord(typeCode(type)!, rdata, name(zoneName));
  if (!(octets instanceof Uint8Array)) throw new Error(`${type} ${rdata}: ${octets.error}`);
  return octets;
}

/** RFC 4034 sections 3.1.8.1 and 6, once more. */
function signedRecords(records: readonly Line[], ttl: number, foldNext: boolean): Buffer {
  const type = typeCode(records[0].type)!;
  const rdatas = records.map(({ rdata }) => {
    const out = new OctetWriter();
    const octets = encoded(records[0].type, rdata);
    if (foldNext) {
      const { next } = decode('NSEC', octets);
      const wire = nameToWire(next);
      return Buffer.concat([wire, octets.subarray(wire.length)]);
    }
    writeCanonical(type, octets, 0, octets.length, out);
    return Buffer.from(out.copy());
  });
  const head = Buffer.concat([nameToWire(name(records[0].owner.toLowerCase())), Buffer.alloc(10)]);
  head.writeUInt16BE(type, head.length - 10);
  head.writeUInt16BE(1, head.length - 8);
  head.writeUInt32BE(ttl, head.length - 6);
  return Buffer.concat(
    rdatas.sort(Buffer.compare).flatMap((rdata) => {
      const own = Buffer.from(head);
      own.writeUInt16BE(rdata.length, own.length - 2);
      return [own, rdata];
    }),
  );
}

interface TestKey {
  readonly algorithm: number;
  /** RDATA of the DNSKEY, as text. */
  readonly rdata: string;
  readonly sign: (message: Buffer) => Buffer;
}

const url = (base64: string) => Buffer.from(base64, 'base64').toString('base64url');

function readKey(path: string): TestKey {
  const text = (suffix: string) => readFileSync(new URL(`keys/${path}${suffix}`, signedFolder), 'utf8');
  const rdata = /DNSKEY (.*)/.exec(text('.key'))![1];
  const field = (of: string) => url(new RegExp(`^${of}: (.*)$`, 'm').exec(text('.private'))![1]);
  const algorithm = Number(rdata.split(' ')[2]);
  const publicKey = Buffer.from(rdata.split(' ').slice(3).join(''), 'base64');
  const half = (from: number) => publicKey.subarray(from, from + 32).toString('base64url');
  const jwk = (members: Record<string, string>): KeyObject => createPrivateKey({ key: members, format: 'jwk' });
  if (algorithm === 13) {
    const key = jwk({ kty: 'EC', crv: 'P-256', x: half(0), y: half(32), d: field('PrivateKey') });
    return { algorithm, rdata, sign: (message) => sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' }) };
  }
  if (algorithm === 15) {
    const key = jwk({ kty: 'OKP', crv: 'Ed25519', x: half(0), d: field('PrivateKey') });
    return { algorithm, rdata, sign: (message) => sign(null, message, key) };
  }
  const key = jwk({
    kty: 'RSA',
    n: field('Modulus'),
    e: field('PublicExponent'),
    d: field('PrivateExponent'),
    p: field('Prime1'),
    q: field('Prime2'),
    dp: field('Exponent1'),
    dq: field('Exponent2'),
    qi: field('Coefficient'),
  });
  return { algorithm, rdata, sign: (message) => sign('sha256', message, key) };
}

/** Tag → key of test/vectors/signed/keys. */
export const testKeys: ReadonlyMap<number, TestKey> = new Map([
  [979, readKey('Kzone.test.+008+00979')],
  [28473, readKey('Kzone.test.+008+28473')],
  [17325, readKey('Kzone.test.+013+17325')],
  [32290, readKey('Kzone.test.+013+32290')],
  [60132, readKey('Kzone.test.+015+60132')],
  [642, readKey('Kzone.test.+015+00642')],
]);

/** DS RDATA of the key signing keys, as dnssec-dsfromkey wrote it: tag → octets. */
export const testDs: ReadonlyMap<number, Octets> = new Map(
  readFileSync(new URL('ds', signedFolder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => encoded('DS', line.replace(/^.* DS /, '')))
    .map((rdata) => [(rdata[0] << 8) | rdata[1], rdata]),
);

function base32hex(octets: Octets): string {
  const digits = '0123456789abcdefghijklmnopqrstuv';
  const bits = [...octets].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  return bits
    .match(/.{5}/g)!
    .map((five) => digits[Number.parseInt(five, 2)])
    .join('');
}
