/**
 * What a serial stands for: the content digest of a signed zone. Two zones with one digest differ in nothing but what follows
 * from the serial itself: the SOA's SERIAL, the digests in ZONEMD, and the signatures over both. Their windows count, so that a
 * renewed signature of the SOA moves the serial too and reaches the secondaries before the old one runs out.
 */
import { createHash } from 'node:crypto';
import { OctetWriter } from '../dns/fields.ts';
import type { SignerSpec } from '../signers/signer.ts';
import { hex, type Octets } from '../text/octets.ts';
import type { ApexRRset } from './apex.ts';
import { putRecords, putSignatureHead, signedLabels } from './signed-data.ts';
import { openWindows, type WindowPolicy } from './windows.ts';

export interface ContentDigest {
  /** Text without the SOA, ZONEMD and their signatures, in the order of the zone. */
  add(text: Octets): void;
  /** Lower-case hexadecimal SHA-256. */
  finish(outline: Octets): string;
}

export function newContentDigest(): ContentDigest {
  const hash = createHash('sha256');
  return {
    add: (text) => void hash.update(text),
    finish: (outline) => hex(hash.update(outline).digest()),
  };
}

/** SOA and ZONEMD as they are with serial 0 and without digests, each with its RRSIGs as far as they come before the signature. */
export function outlineOf(
  apex: Octets,
  rrsets: readonly ApexRRset[],
  keys: readonly SignerSpec[],
  policy: WindowPolicy,
): Octets {
  const out = new OctetWriter();
  const windows = openWindows(policy, apex);
  const labels = signedLabels(apex);
  for (const { type, ttl, records } of rrsets) {
    for (const rdata of records) {
      putRecords(out, apex, type, ttl, { rdata, starts: [0, rdata.length], from: 0, to: 1 });
    }
    windows.move(apex, 0, apex.length, type);
    const { inception, expiration } = windows;
    for (const { key } of keys) {
      putSignatureHead(out, { type, algorithm: key.algorithm, labels, ttl, expiration, inception, tag: key.tag }, apex);
    }
  }
  return out.copy();
}
