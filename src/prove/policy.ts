/** What the proof has to be told about a zone beside its journal: how long the world may lag behind what was built or seen. */

/** Seconds. Every RolloverPolicy of the engine has these fields; nothing else of it is read. */
export interface ProofPolicy {
  readonly publication: { readonly kind: 'evidence' } | { readonly kind: 'by-build'; readonly after: number };
  readonly zonePropagationDelay: number;
  readonly publishSafety: number;
  readonly retireSafety: number;
  /** Another provider that signs the zone with its own keys; `keys` is DNSKEY RDATA, hexadecimal. Where it serves, it does so from the time that is judged on. */
  readonly foreign?: { readonly keys: readonly string[]; readonly serves: boolean };
  /** SOA EXPIRE, for versions that the journal has no content of. */
  readonly expire: number;
  /** SOA REFRESH + RETRY: a secondary without NOTIFY is that late, whatever the delay of the policy says. */
  readonly secondaryRefresh?: number;
  readonly parent: { readonly ttl: number; readonly propagationDelay: number };
}

/**
 * How long a version is taken to be served after it was withdrawn.
 *
 * `plain`: until every server was seen without it; under `by-build`, until withdrawal + after + zone-propagation-delay.
 * `margins`: besides, what the policy promises on top: zone-propagation-delay after evidence,
 * publish-safety, and retire-safety where a key takes over from another of its algorithm.
 * `strict`: under `by-build` also until withdrawal + after + SOA EXPIRE: a secondary that has lost its primary serves that long.
 */
export type ServiceMode = 'plain' | 'margins' | 'strict';

export interface ServiceRules {
  readonly policy: ProofPolicy;
  readonly mode: ServiceMode;
  /** Seconds by which clocks of validators may be wrong. */
  readonly clockSkew: number;
}
