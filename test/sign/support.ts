/** Zones and keys for the tests of this folder. */
import { readFileSync } from 'node:fs';
import { readMaster } from '../../src/dns/master-reader.ts';
import { zoneText } from '../../src/dns/master-writer.ts';
import { type Name, name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import type { Zone } from '../../src/dns/zone.ts';
import { keyTag } from '../../src/dnssec/key-tag.ts';
import type { ZoneKey } from '../../src/keys/key.ts';
import { parseKeyFile } from '../../src/keys/key-file.ts';
import { parsePrivateKeyFile } from '../../src/keys/private-key-file.ts';
import { type Executor, inProcess } from '../../src/parallel/executor.ts';
import { type SigningInput, type SigningSummary, signZone } from '../../src/sign/sign.ts';
import type { SignerSpec } from '../../src/signers/signer.ts';
import { asBuffer, type Octets } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';

const vectors = new URL('../vectors/', import.meta.url);

export function readVector(path: string): Buffer {
  return readFileSync(new URL(path, vectors));
}

export function zoneOf(text: string | Octets, origin: string): Zone {
  const octets = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  const report = newReport();
  const zone = readMaster({ file: 'test.zone', octets, origin: name(origin), apex: name(origin) }, report);
  if (zone === undefined) throw new Error(JSON.stringify(report.problems));
  return zone;
}

/** One record a line, in the order of the zone. */
export function linesOf(zone: Zone): string[] {
  return asBuffer(zoneText(zone)).toString('latin1').trimEnd().split('\n');
}

export function keyOf(zone: Name, rdata: Octets): ZoneKey {
  return {
    zone,
    flags: (rdata[0] << 8) | rdata[1],
    algorithm: rdata[3],
    publicKey: rdata.subarray(4),
    rdata,
    tag: keyTag(rdata),
    timing: {},
    path: `K${zone}+${rdata[3]}`,
  };
}

/** The keys of the DNSKEY RRset. */
export function publishedIn(zone: Zone): ZoneKey[] {
  return zone.rdataOf(zone.row(0, Type.DNSKEY)).map((rdata) => keyOf(zone.apex, rdata));
}

/** A key that nobody has the private half of: it can only take signatures that exist. */
export function withoutPrivateHalf(key: ZoneKey): SignerSpec {
  return { key, privateKey: { algorithm: key.algorithm, pkcs8: new Uint8Array(0) }, engine: 'node' };
}

/** Both halves, from files of BIND's form under test/vectors. */
export function readKey(path: string): SignerSpec {
  const report = newReport();
  const key = parseKeyFile(`${path}.key`, readVector(`${path}.key`), report);
  const half = parsePrivateKeyFile(`${path}.private`, readVector(`${path}.private`), report);
  if (key === undefined || half === undefined) throw new Error(JSON.stringify(report.problems));
  return { key, privateKey: half.privateKey, engine: 'node' };
}

/** Everything but the zone and the keys. */
export const plain = {
  dnskeyTtl: 3600,
  cds: [],
  cdnskey: [],
  cdsTtl: 3600,
  denial: { kind: 'nsec' },
  zonemd: [],
  windows: { kind: 'fixed', inception: 1767225600, expiration: 1769817600 },
  serial: 1,
  checkSignatures: 'each',
} as const satisfies Partial<SigningInput>;

/** Input that signs with one key for everything. */
export function withKey(zone: Zone, spec: SignerSpec, more: Partial<SigningInput> = {}): SigningInput {
  return { ...plain, zone, published: [spec.key], signsDnskey: [spec], signsZone: [spec], ...more };
}

export async function sign(
  input: SigningInput,
  executor: Executor = inProcess,
): Promise<{ text: string; summary: SigningSummary }> {
  const signed = signZone(input, executor);
  const chunks: Octets[] = [];
  for await (const chunk of signed.chunks()) chunks.push(chunk);
  return { text: Buffer.concat(chunks).toString('latin1'), summary: signed.summary() };
}
