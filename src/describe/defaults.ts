/**
 * What counts where the YAML says nothing. Seconds. Together they pass every rule: a signature is
 * renewed with 10 days left, which covers run interval (1d), propagation (1h), SOA expire (7d) and the largest TTL
 * (1d).
 */
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

export const defaults = {
  keys: {
    layout: 'csk',
    algorithm: 13,
    algorithmName: 'ECDSAP256SHA256',
    /** Bits, for RSA. */
    size: 2048,
    rolls: 'automatic',
    kskRoll: 'double-ksk',
    zskRoll: 'pre-publication',
    standby: 'none',
    algorithmOrder: 'conservative',
  },
  signatures: { validity: 21 * day, refresh: 10 * day },
  denial: { kind: 'nsec' },
  /** RFC 9276 section 3.1. */
  nsec3: { optOut: false, iterations: 0, salt: '' },
  serial: 'counter',
  ttls: { default: hour, tlsa: 15 * minute, dnskey: hour, max: day },
  timing: { runInterval: day, zonePropagationDelay: hour, publishSafety: hour, retireSafety: hour },
  cds: true,
  publication: { kind: 'evidence' },
  parent: {
    interface: 'ds',
    /** SHA-256. */
    digests: [2],
    maxDs: 4,
    replace: 'add-remove',
    registrationDelay: day,
    propagationDelay: hour,
    ttl: day,
  },
  soa: { refresh: 30 * minute, retry: 10 * minute, expire: 7 * day, minimum: 5 * minute },
  /** RFC 2142 section 7. */
  contact: 'hostmaster@{{domain}}',
  preference: 10,
  certificateSource: 'staged',
  reuseKey: false,
} as const;
