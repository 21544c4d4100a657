/** How a zone was signed, as it is kept beside its journal. */
import * as z from 'zod';

const duration = z.number().int().positive();
const seconds = z.number().int().nonnegative();

/** RolloverPolicy: a zone whose description cannot be read goes on with the rolls that it is in. */
const rolloverSchema = z.object({
  keys: z.object({
    layout: z.enum(['csk', 'ksk-zsk']),
    algorithm: z.number().int(),
    kskLifetime: duration.optional(),
    zskLifetime: duration.optional(),
    kskRoll: z.enum(['double-ksk', 'double-ds']).optional(),
    zskRoll: z.enum(['pre-publication', 'double-signature']).optional(),
    standby: z.enum(['none', 'ds', 'ds-and-dnskey']).optional(),
  }),
  ttls: z.object({ dnskey: seconds, tlsa: seconds, max: seconds, negative: seconds }),
  signatures: z.object({ validity: duration, refresh: duration }),
  runInterval: seconds,
  zonePropagationDelay: seconds,
  publishSafety: seconds,
  retireSafety: seconds,
  expire: seconds,
  publication: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('evidence') }),
    z.object({ kind: z.literal('by-build'), after: seconds }),
  ]),
  parent: z.object({
    ttl: seconds,
    propagationDelay: seconds,
    registrationDelay: seconds,
    digests: z.array(z.number().int()).readonly(),
    maxDs: z.number().int(),
    replace: z.enum(['add-remove', 'atomic']),
    interface: z.enum(['ds', 'key', 'cds', 'manual']),
  }),
  foreign: z.object({ keys: z.array(z.string()).readonly(), serves: z.boolean() }).optional(),
  cds: z.boolean().optional(),
  algorithmOrder: z.enum(['conservative', 'bind']),
  manual: z.boolean(),
});

/** Seconds. Kept beside the journal of the zone. */
const settingsSchema = z.object({
  validity: duration,
  refresh: duration,
  dnskeyValidity: duration,
  tlsaValidity: duration,
  denial: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('nsec') }),
    z.object({ kind: z.literal('nsec3'), optOut: z.boolean(), iterations: z.number().int(), salt: z.string() }),
  ]),
  zonemd: z.array(z.enum(['sha384', 'sha512'])),
  serial: z.enum(['counter', 'unixtime', 'date']),
  dnskeyTtl: z.number().int().nonnegative(),
  cds: z.boolean(),
  digests: z.array(z.number().int()).readonly(),
  dsTtl: z.number().int().nonnegative(),
  zonePropagationDelay: z.number().int().nonnegative(),
  /** Absent in what the first danezone wrote. */
  rollover: rolloverSchema.optional(),
});

export type Settings = z.infer<typeof settingsSchema>;

/** Undefined where the text is not what `printSettings` writes. */
export function parseSettings(text: string): Settings | undefined {
  try {
    const parsed = settingsSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
