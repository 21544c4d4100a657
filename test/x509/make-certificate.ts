/** Certificates as tests need them, right or wrong: every field as it is told, signed with Ed25519 by node:crypto. */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { Octets } from '../../src/text/octets.ts';
import { type Certificate, readCertificate } from '../../src/x509/certificate.ts';
import { derElement, Tag } from '../../src/x509/der.ts';

const sequence = (...parts: Octets[]) => derElement(Tag.sequence, ...parts);
const integer = (value: number) => derElement(Tag.integer, Uint8Array.of(value));
const yes = derElement(Tag.boolean, Uint8Array.of(0xff));

function oid(text: string): Octets {
  const [first, second, ...rest] = text.split('.').map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((arc) => {
    const base128 = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) base128.unshift(0x80 | (left & 0x7f));
    return base128;
  });
  return derElement(Tag.oid, Uint8Array.from(octets));
}

/** A name of one common name, or with more attributes in front: `O=Test/CN=mx`. */
export function nameDer(text: string): Octets {
  const types: Record<string, string> = { CN: '2.5.4.3', O: '2.5.4.10', E: '1.2.840.113549.1.9.1' };
  const rdns = text === '' ? [] : text.split('/').map((part) => (part.includes('=') ? part : `CN=${part}`).split('='));
  return sequence(
    ...rdns.map(([type, value]) =>
      derElement(Tag.set, sequence(oid(types[type]), derElement(Tag.utf8String, Buffer.from(value)))),
    ),
  );
}

/** The key of a name: always the same. */
export function keyOf(name: string): KeyObject {
  const seed = Buffer.alloc(32, name.length);
  Buffer.from(name).copy(seed);
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
}

export function spkiOf(name: string): Octets {
  return createPublicKey(keyOf(name)).export({ format: 'der', type: 'spki' });
}

export interface Made {
  readonly subject: string;
  /** Default: itself. */
  readonly issuer?: string;
  /** Names of keys; default: subject and issuer. */
  readonly key?: string;
  readonly signedBy?: string;
  readonly serial?: number;
  /** `YYYYMMDD`. */
  readonly from?: string;
  readonly to?: string;
  readonly version?: 1 | 3;
  readonly ca?: boolean | number;
  readonly dns?: readonly string[];
  /** General names by tag: `[0x81, 'a@b']`. */
  readonly alternatives?: readonly (readonly [tag: number, content: string | Octets])[];
  /** Bits of the first octet: 0x80 digitalSignature, 0x20 keyEncipherment, 0x04 keyCertSign. */
  readonly keyUsage?: number;
  readonly purposes?: readonly string[];
  readonly permitted?: readonly (readonly [tag: number, content: string | Octets])[];
  readonly excluded?: readonly (readonly [tag: number, content: string | Octets])[];
  readonly critical?: readonly string[];
  /** OID → DER of the value, as it is. */
  readonly extensions?: Readonly<Record<string, Octets>>;
  readonly breakSignature?: boolean;
}

export function make(of: Made): Certificate {
  const { subject, issuer = subject, key = subject, signedBy = issuer, version = 3 } = of;
  const time = (day: string) => derElement(Tag.generalizedTime, Buffer.from(`${day}000000Z`));
  const algorithm = sequence(oid('1.3.101.112'));
  const extensions = extensionsOf(of);
  const signed = sequence(
    ...(version === 3 ? [derElement(0xa0, integer(2))] : []),
    integer(of.serial ?? 1),
    algorithm,
    nameDer(issuer),
    sequence(time(of.from ?? '20200101'), time(of.to ?? '20400101')),
    nameDer(subject),
    spkiOf(key),
    ...(extensions.length > 0 ? [derElement(0xa3, sequence(...extensions))] : []),
  );
  const signature = Buffer.from(sign(null, signed, keyOf(signedBy)));
  if (of.breakSignature) signature[10] ^= 1;
  const certificate = readCertificate(
    sequence(signed, algorithm, derElement(Tag.bitString, Uint8Array.of(0), signature)),
  );
  if ('offset' in certificate) throw new Error(`${subject}: the certificate ${certificate.message}`);
  return certificate;
}

function extensionsOf(of: Made): Octets[] {
  const names = (list: readonly (readonly [number, string | Octets])[]) =>
    list.map(([tag, content]) => derElement(tag, typeof content === 'string' ? Buffer.from(content) : content));
  const found: [string, Octets][] = [];
  const { ca, dns = [], alternatives = [], permitted = [], excluded = [] } = of;
  if (ca !== undefined) {
    const limit = typeof ca === 'number' ? [integer(ca)] : [];
    found.push(['2.5.29.19', sequence(...(ca === false ? [] : [yes, ...limit]))]);
  }
  const all = [...dns.map((name) => [0x82, name] as const), ...alternatives];
  if (all.length > 0) found.push(['2.5.29.17', sequence(...names(all))]);
  if (of.keyUsage !== undefined) {
    found.push(['2.5.29.15', derElement(Tag.bitString, Uint8Array.of(0, of.keyUsage))]);
  }
  if (of.purposes !== undefined) found.push(['2.5.29.37', sequence(...of.purposes.map(oid))]);
  if (permitted.length + excluded.length > 0) {
    const subtrees = (tag: number, list: typeof permitted) =>
      list.length === 0 ? [] : [derElement(tag, ...names(list).map((name) => sequence(name)))];
    found.push(['2.5.29.30', sequence(...subtrees(0xa0, permitted), ...subtrees(0xa1, excluded))]);
  }
  found.push(...Object.entries(of.extensions ?? {}));
  const critical = ['2.5.29.19', '2.5.29.30', ...(of.critical ?? [])];
  return found.map(([type, value]) =>
    sequence(oid(type), ...(critical.includes(type) ? [yes] : []), derElement(Tag.octetString, value)),
  );
}

/** Unix seconds of a day. */
export function day(text: string): number {
  return Date.parse(text) / 1000;
}
