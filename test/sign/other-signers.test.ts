import { describe, expect, test } from 'vitest';
import { decode } from '../../src/dns/rdata/index.ts';
import { Type } from '../../src/dns/type.ts';
import type { Zone } from '../../src/dns/zone.ts';
import type { SigningInput } from '../../src/sign/sign.ts';
import { stripSigning } from '../../src/sign/strip.ts';
import type { SignerSpec } from '../../src/signers/signer.ts';
import { linesOf, plain, publishedIn, readKey, readVector, sign, withoutPrivateHalf, zoneOf } from './support.ts';

/** The window of the signature of the SOA: all signatures of these zones have the same. */
function windowIn(zone: Zone): SigningInput['windows'] {
  const [rdata] = zone.rdataOf(zone.row(0, Type.RRSIG, Type.SOA));
  const { inception, expiration } = decode('RRSIG', rdata);
  return { kind: 'fixed', inception, expiration };
}

function inputFor(signed: Zone, more: Partial<SigningInput>): SigningInput {
  const published = publishedIn(signed);
  const keys = published.map(withoutPrivateHalf);
  return {
    ...plain,
    zone: stripSigning(signed).zone,
    published,
    signsDnskey: keys,
    signsZone: keys,
    windows: windowIn(signed),
    serial: decode('SOA', signed.rdataOf(signed.row(0, Type.SOA))[0]).serial,
    previous: signed,
    ...more,
  };
}

/**
 * The examples of RFCs are signed again without their private keys: every signature must be found in the example, so every RRset,
 * signature field, denial record and digest made here has to be the very one of the RFC.
 */
describe('zones in RFCs come out as they are printed', () => {
  test('RFC 4035 appendix A: NSEC, the DNSKEY RRset signed by both keys', async () => {
    const signed = zoneOf(readVector('rfc/rfc4035-a.zone'), 'example.');
    const zsk = publishedIn(signed).filter(({ flags }) => flags === 256);
    const { text, summary } = await sign(inputFor(signed, { signsZone: zsk.map(withoutPrivateHalf) }));
    expect(linesOf(zoneOf(text, 'example.'))).toEqual(linesOf(signed));
    expect(summary).toMatchObject({ signatures: 27, reused: 27, records: 63, firstExpiry: 1084127779 });
  });

  test('RFC 8976 appendix A.4: NSEC and ZONEMD', async () => {
    const signed = zoneOf(readVector('rfc/rfc8976-a4-uri-arpa.zone'), 'uri.arpa.');
    const [zsk, ...ksks] = [37444, 12670, 30577].map((tag) =>
      withoutPrivateHalf(publishedIn(signed).find((key) => key.tag === tag)!),
    );
    const { text, summary } = await sign(inputFor(signed, { signsDnskey: ksks, signsZone: [zsk], zonemd: ['sha384'] }));
    expect(linesOf(zoneOf(text, 'uri.arpa.'))).toEqual(linesOf(signed));
    expect(summary.reused).toBe(summary.signatures);
  });

  test('RFC 5155 appendix A: the NSEC3 records of opt-out, with an owner that is a name of the zone', async () => {
    const signed = zoneOf(readVector('rfc/rfc5155-a.zone'), 'example.');
    const key = readKey('signed/keys/Kzone.test.+013+17325');
    const input = inputFor(signed, {
      signsDnskey: [key],
      signsZone: [key],
      denial: { kind: 'nsec3', optOut: true, iterations: 12, salt: 'aabbccdd' },
    });
    const { text } = await sign(input);
    const ofType = (lines: string[], type: string) => lines.filter((line) => line.split('\t')[3] === type);
    const lines = linesOf(zoneOf(text, 'example.'));
    expect(ofType(lines, 'NSEC3')).toEqual(ofType(linesOf(signed), 'NSEC3'));
    expect(ofType(lines, 'NSEC3PARAM')).toEqual(['example.\t0\tIN\tNSEC3PARAM\t1 0 12 AABBCCDD']);
    expect(ofType(lines, 'RRSIG')).toHaveLength(30);
  });
});

const keys = (...stems: string[]) => stems.map((stem) => readKey(`signed/keys/Kzone.test.+${stem}`));
const nsec = { kind: 'nsec' } as const;
const nsec3 = { kind: 'nsec3', optOut: false, iterations: 0, salt: '' } as const;

interface Case {
  readonly of: string;
  readonly denial: SigningInput['denial'];
  readonly signsDnskey: readonly SignerSpec[];
  readonly signsZone: readonly SignerSpec[];
  readonly zonemd?: SigningInput['zonemd'];
  readonly signers: readonly string[];
}

const [rsaKsk, rsaZsk, ksk, zsk, ed] = keys('008+00979', '008+28473', '013+17325', '013+32290', '015+60132');
const all = ['bind', 'knot', 'ldns'];
const cases: readonly Case[] = [
  { of: 'nsec', denial: nsec, signsDnskey: [ksk], signsZone: [zsk], signers: all },
  { of: 'nsec3', denial: nsec3, signsDnskey: [rsaKsk], signsZone: [rsaZsk], signers: all },
  // ldns sets the flag and leaves no name out.
  { of: 'optout', denial: { ...nsec3, optOut: true }, signsDnskey: [ksk], signsZone: [ksk], signers: ['bind', 'knot'] },
  { of: 'two', denial: nsec, signsDnskey: [ksk, ed], signsZone: [ksk, ed], signers: all },
  { of: 'zonemd', denial: nsec, signsDnskey: [ed], signsZone: [ed], zonemd: ['sha384'], signers: ['knot', 'ldns'] },
];

/**
 * What may differ: the TTL of NSEC3PARAM; the next name of NSEC, which BIND and ldns write in the case of the owner (`Mx1`), and the
 * ZONEMD digest of ldns, which follows from that.
 */
function comparable(line: string): string {
  const [owner, ttl, , type, rdata] = line.split('\t');
  if (type === 'NSEC3PARAM') return `${owner} ${type} ${rdata}`;
  if (type === 'ZONEMD') return `${owner} ${ttl} ${type} ${rdata.split(' ').slice(0, 3).join(' ')}`;
  return `${owner} ${ttl} ${type} ${type === 'NSEC' ? rdata.toLowerCase() : rdata}`;
}

describe.each(cases)('zones of other signers, $of', ({ of, signers, ...input }) => {
  test.each(signers)('%s makes the same records from the same zone and keys', async (signer) => {
    const signed = zoneOf(readVector(`signed/${signer}-${of}.zone`), 'zone.test.');
    const { text, summary } = await sign(inputFor(signed, input));
    const unsigned = (zone: Zone) =>
      linesOf(zone)
        .filter((line) => line.split('\t')[3] !== 'RRSIG')
        .map(comparable);
    const again = zoneOf(text, 'zone.test.');
    expect(unsigned(again)).toEqual(unsigned(signed));
    const zonemd = (zone: Zone) => linesOf(zone).filter((line) => line.split('\t')[3] === 'ZONEMD');
    if (signer !== 'ldns') expect(zonemd(again)).toEqual(zonemd(signed));
    const heads = (zone: Zone) =>
      linesOf(zone)
        .filter((line) => line.split('\t')[3] === 'RRSIG')
        .map((line) => line.split(' ').slice(0, 8).join(' '))
        .filter((line) => !line.includes('NSEC3PARAM'));
    expect(heads(again)).toEqual(heads(signed));
    // Two NSEC records of two keys each have a next name in another case.
    expect(summary.signatures - summary.reused).toBeLessThanOrEqual(4);
  });
});
