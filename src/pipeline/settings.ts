/** How a zone is signed: the part of its policy that a later run needs when the description cannot be read. */
import * as z from 'zod';
import type { Domain } from '../describe/description.ts';

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

export function settingsOf({ policy, parent }: Domain): Settings {
  return {
    validity: policy.signatures.validity,
    refresh: policy.signatures.refresh,
    dnskeyValidity: policy.signatures.dnskeyValidity,
    tlsaValidity: policy.signatures.tlsaValidity,
    denial: policy.denial,
    zonemd: [...policy.zonemd],
    serial: policy.serial,
    dnskeyTtl: policy.ttls.dnskey,
    cds: policy.cds,
    digests: [...parent.digests],
    dsTtl: parent.ttl,
    zonePropagationDelay: policy.timing.zonePropagationDelay,
  };
}

export function printSettings(settings: Settings): string {
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

/** Undefined where the text is not what `printSettings` writes. */
export function parseSettings(text: string): Settings | undefined {
  try {
    const parsed = settingsSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
