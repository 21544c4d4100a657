/** What rollovers go by: the part of a domain's policy, and of its parent's, that decides when a step is safe. */
import type { Domain, KeyLayout, Policy } from '../describe/description.ts';
import { hex } from '../text/octets.ts';

/** Every time in seconds. */
export interface RolloverPolicy {
  readonly keys: {
    readonly layout: KeyLayout;
    /** DNSSEC algorithm number. */
    readonly algorithm: number;
    /** Undefined: unlimited, such a key is rolled on request only. Of the CSK where there is one key. */
    readonly kskLifetime?: number;
    readonly zskLifetime?: number;
    /** Undefined: double-ksk. */
    readonly kskRoll?: 'double-ksk' | 'double-ds';
    /** Undefined: pre-publication. */
    readonly zskRoll?: 'pre-publication' | 'double-signature';
    /** Undefined: none. */
    readonly standby?: 'none' | 'ds' | 'ds-and-dnskey';
  };
  readonly ttls: {
    readonly dnskey: number;
    readonly tlsa: number;
    /** The largest TTL that the zone may have. */
    readonly max: number;
    /** Of denials: min(SOA TTL, SOA MINIMUM). */
    readonly negative: number;
  };
  readonly signatures: { readonly validity: number; readonly refresh: number };
  readonly runInterval: number;
  readonly zonePropagationDelay: number;
  readonly publishSafety: number;
  readonly retireSafety: number;
  /** SOA EXPIRE. */
  readonly expire: number;
  readonly publication: Policy['publication'];
  readonly parent: {
    readonly ttl: number;
    readonly propagationDelay: number;
    readonly registrationDelay: number;
    /** DS digest types. */
    readonly digests: readonly number[];
    readonly maxDs: number;
    readonly replace: 'add-remove' | 'atomic';
    readonly interface: 'ds' | 'key' | 'cds' | 'manual';
  };
  /** Whether the zone has CDS and CDNSKEY; undefined: yes. */
  readonly cds?: boolean;
  /** Another provider signs the zone too; undefined: nobody else. */
  readonly foreign?: {
    /** DNSKEY RDATA, hexadecimal. */
    readonly keys: readonly string[];
    /** Its servers stand in the NS set. */
    readonly serves: boolean;
  };
  /** How a new algorithm comes and an old one goes: `conservative` keeps signatures ahead of keys, `bind` moves both at once. */
  readonly algorithmOrder: 'conservative' | 'bind';
  /** Every step waits for `danezone roll step`. */
  readonly manual: boolean;
}

export type PolicySource = Pick<Domain, 'policy' | 'parent' | 'soa' | 'foreign' | 'nameservers'>;

export function rolloverPolicyOf({ policy, parent, soa, foreign, nameservers }: PolicySource): RolloverPolicy {
  const serves = nameservers.some(({ value }) => foreign?.nameservers.some((other) => other.value === value));
  const { keys, ttls, signatures, timing, publication } = policy;
  return {
    keys: {
      layout: keys.layout,
      algorithm: keys.algorithm,
      kskLifetime: keys.kskLifetime,
      zskLifetime: keys.zskLifetime,
      kskRoll: keys.kskRoll,
      zskRoll: keys.zskRoll,
      standby: keys.standby,
    },
    ttls: { dnskey: ttls.dnskey, tlsa: ttls.tlsa, max: ttls.max, negative: Math.min(soa.ttl, soa.minimum) },
    signatures: { validity: signatures.validity, refresh: signatures.refresh },
    ...timing,
    expire: soa.expire,
    publication,
    parent: {
      ttl: parent.ttl,
      propagationDelay: parent.propagationDelay,
      registrationDelay: parent.registrationDelay,
      digests: parent.digests,
      maxDs: parent.maxDs,
      replace: parent.replace,
      interface: parent.interface,
    },
    foreign: foreign && { keys: foreign.keys.map(({ value }) => hex(value)).sort(), serves },
    cds: policy.cds,
    algorithmOrder: keys.algorithmOrder,
    // What we sign with has to be in the DNSKEY RRset of the other provider first: somebody has to look.
    manual: keys.rolls === 'manual' || serves,
  };
}
