/** What the main thread does for a zone: the plan for the workers, and the RRsets at the apex. */
import { createHash } from 'node:crypto';
import { Type } from '../dns/type.ts';
import type { Executor } from '../parallel/executor.ts';
import type { SignerSpec } from '../signers/signer.ts';
import { compareOctets, equalOctets, fromHex, type Octets } from '../text/octets.ts';
import {
  type ApexRRset,
  apexRRsets,
  type StartOfAuthority,
  soaOf,
  soaRRset,
  type ZonemdDigest,
  zonemdRRset,
} from './apex.ts';
import { mergeOwner } from './collation.ts';
import { outlineOf } from './content-digest.ts';
import { denialTtl } from './denial.ts';
import { DenialRecords } from './denial-records.ts';
import type { SigningInput } from './input.ts';
import { makeNsec3Chain, type Nsec3Chain } from './nsec3-chain.ts';
import type { PartShared } from './part-job.ts';
import { PartSigner, type SignedPart } from './part-signer.ts';

export interface ZoneWork {
  /** For the workers. */
  readonly shared: PartShared;
  readonly soa: StartOfAuthority;
  /** RRsets at the apex but for SOA, ZONEMD and NSEC, by type. */
  readonly apexRRsets: readonly ApexRRset[];
  readonly zonemd: readonly ZonemdDigest[];
  /** What of SOA and ZONEMD belongs to the content digest. */
  readonly outline: Octets;
  readonly signer: PartSigner;
}

/** `input.zone` has nothing of an earlier signing in it. */
export async function prepare(input: SigningInput, executor: Executor): Promise<ZoneWork> {
  const { zone } = input;
  const apex = zone.nameWire(0);
  const soa = soaOf(zone);
  const chain = await chainOf(input, executor);
  const dnskeys = [...input.published.map(({ rdata }) => rdata), ...(input.foreignDnskeys ?? [])];
  const rrsets = apexRRsets(zone, { ...input, dnskeys, chain });
  const zonemd = [...new Set(input.zonemd)];
  const keys = distinctKeys([...input.signsDnskey, ...input.signsZone]);
  const indicesOf = (specs: readonly SignerSpec[]) =>
    keys.flatMap(({ key }, i) => (specs.some((spec) => equalOctets(spec.key.rdata, key.rdata)) ? [i] : []));

  const signing = {
    apex,
    columns: zone.columns,
    keys,
    signsDnskey: indicesOf(input.signsDnskey),
    signsZone: indicesOf(input.signsZone),
    windows: input.windows,
    previous: input.previous?.columns,
    check: input.checkSignatures,
    collates: zonemd.length > 0,
  };
  const lastTypes = zonemd.length > 0 ? [Type.SOA, Type.ZONEMD] : [Type.SOA];
  const apexTypes = [...lastTypes, ...rrsets.map(({ type }) => type)].sort((a, b) => a - b);
  const lastRRsets = [soaRRset(soa, 0)];
  if (zonemd.length > 0) lastRRsets.push(zonemdRRset(soa, 0, noDigests(zonemd)));
  return {
    shared: { signing, denial: { ttl: denialTtl(soa.ttl, soa.minimum), apexTypes, chain } },
    soa,
    apexRRsets: rrsets,
    zonemd,
    outline: outlineOf(
      apex,
      lastRRsets,
      signing.signsZone.map((i) => keys[i]),
      input.windows,
    ),
    signer: new PartSigner(signing),
  };
}

const noDigests = (kinds: readonly ZonemdDigest[]) => kinds.map((kind) => ({ kind, digest: new Uint8Array(0) }));

async function chainOf({ zone, denial }: SigningInput, executor: Executor): Promise<Nsec3Chain | undefined> {
  if (denial.kind === 'nsec') return undefined;
  const isSalted = denial.salt !== '' && denial.salt !== '-';
  const salt = isSalted ? fromHex(denial.salt) : new Uint8Array(0);
  if (salt === undefined || salt.length > 255) throw new Error(`${JSON.stringify(denial.salt)} is no NSEC3 salt`);
  const chain = await makeNsec3Chain(zone, { iterations: denial.iterations, salt }, denial.optOut, executor);
  if (!('collision' in chain)) return chain;
  const [first, second] = chain.collision.map((id) => zone.name(id));
  throw new Error(`${first} and ${second} have the same NSEC3 hash: sign with another salt or with NSEC`);
}

/** By algorithm, then tag: the order of RRSIG RDATA, in which everything before these fields is equal. */
function distinctKeys(specs: readonly SignerSpec[]): SignerSpec[] {
  return specs
    .filter((spec, i) => specs.findIndex((other) => equalOctets(other.key.rdata, spec.key.rdata)) === i)
    .sort(
      (a, b) =>
        a.key.algorithm - b.key.algorithm || a.key.tag - b.key.tag || compareOctets(a.key.publicKey, b.key.publicKey),
    );
}

/** Everything at the apex but SOA and ZONEMD, with its NSEC record. */
export function signApex({ shared, apexRRsets, signer }: ZoneWork): SignedPart {
  const { columns, apex } = shared.signing;
  const { table } = signer;
  const addNsec = () => new DenialRecords(columns, shared.denial).addNsec(table, 0);
  let wantsNsec = shared.denial.chain === undefined;
  for (const { type, ttl, records } of apexRRsets) {
    if (wantsNsec && type > Type.NSEC) {
      addNsec();
      wantsNsec = false;
    }
    table.addMade(type, ttl, records);
  }
  if (wantsNsec) addNsec();
  table.endOwner(apex);
  return signer.finish();
}

/** SOA and ZONEMD. `collated` is what the rest of the zone came to: the apex, then the parts; empty without ZONEMD. */
export function signHead(work: ZoneWork, serial: number, collated: readonly Octets[]): SignedPart {
  const soa = signRRset(work, soaRRset(work.soa, serial));
  if (work.zonemd.length === 0) return soa;
  const [apex, ...parts] = collated;
  const merged = [mergeOwner([apex, soa.collated]), ...parts];
  const digests = work.zonemd.map((kind) => {
    const hash = createHash(kind);
    for (const octets of merged) hash.update(octets);
    return { kind, digest: hash.digest() };
  });
  const zonemd = signRRset(work, zonemdRRset(work.soa, serial, digests));
  return {
    text: Buffer.concat([soa.text, zonemd.text]),
    collated: soa.collated,
    facts: {
      made: soa.facts.made + zonemd.facts.made,
      reused: soa.facts.reused + zonemd.facts.reused,
      firstExpiry: Math.min(soa.facts.firstExpiry, zonemd.facts.firstExpiry),
      records: soa.facts.records + zonemd.facts.records,
    },
  };
}

function signRRset({ shared, signer }: ZoneWork, { type, ttl, records }: ApexRRset): SignedPart {
  signer.table.addMade(type, ttl, records);
  signer.table.endOwner(shared.signing.apex);
  return signer.finish();
}
