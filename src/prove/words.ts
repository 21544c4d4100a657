/** Cache contents in words. */
import { keyTag } from '../dnssec/key-tag.ts';
import { fromHex } from '../text/octets.ts';
import { readableTime } from '../text/time.ts';
import type { CacheContent } from './violation.ts';

/** `12345 13 2` of DS RDATA. */
export function dsLabel(rdata: string): string {
  const [high = 0, low = 0, algorithm = 0, digestType = 0] = fromHex(rdata) ?? [];
  return `${high * 0x100 + low} ${algorithm} ${digestType}`;
}

/** `257 13 12345` of DNSKEY RDATA: flags, algorithm, tag. */
export function dnskeyLabel(rdata: string): string {
  const octets = fromHex(rdata) ?? new Uint8Array(4);
  return `${(octets[0] << 8) | octets[1]} ${octets[3]} ${keyTag(octets)}`;
}

/** `3 1 1 8cb0fc6c…` of TLSA RDATA. */
export function tlsaLabel(rdata: string): string {
  const [usage = 0, selector = 0, matching = 0] = fromHex(rdata) ?? [];
  return `${usage} ${selector} ${matching} ${rdata.slice(6, 22)}${rdata.length > 22 ? '…' : ''}`;
}

/** `the DNSKEY RRset of 2026-01-01 00:00:00Z {257 13 12345}`. */
export function inWords({ what, name, records, since, signers }: CacheContent): string {
  if (what === 'certificate') return `the certificate ${name} of ${readableTime(since)}`;
  const of = `of ${readableTime(since)}`;
  if (what === 'RRset') return `${name} ${of} signed by ${list(signers ?? [])}`;
  const contents = records.length === 0 ? 'empty' : `{${records.join(', ')}}`;
  const by = what === 'DNSKEY' ? ` signed by ${list(signers ?? [])}` : '';
  return `the ${what} set ${of} ${contents}${by}`;
}

/** `from … until …`. */
export function spanInWords(from: number, until: number | undefined): string {
  return until === undefined
    ? `from ${readableTime(from)} on`
    : `from ${readableTime(from)} until ${readableTime(until)}`;
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? 'nobody' : texts.join(' and ');
}
