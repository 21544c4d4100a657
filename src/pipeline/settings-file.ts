/** How a zone was signed, as it is kept beside its journal. */
import * as z from 'zod';

const duration = z.number().int().positive();

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
  digests: z.array(z.number().int()),
  dsTtl: z.number().int().nonnegative(),
  zonePropagationDelay: z.number().int().nonnegative(),
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
