/** The JSON Schema that editors use for completion and hints: schema/danezone.schema.json. */
import * as z from 'zod';
import type { Type } from '../dns/type.ts';
import { file } from './schema.ts';

/** Types that an editor offers for a record, the usual ones. */
const offered = [
  ...['A', 'AAAA', 'CAA', 'CNAME', 'DNAME', 'DS', 'HTTPS', 'LOC', 'MX', 'NAPTR', 'NS', 'OPENPGPKEY', 'PTR', 'RP'],
  ...['SMIMEA', 'SRV', 'SSHFP', 'SVCB', 'TLSA', 'TXT', 'URI'],
] as const satisfies readonly (keyof typeof Type)[];

export function jsonSchema(): Record<string, unknown> {
  const schema: Record<string, unknown> = z.toJSONSchema(file, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // A whole number is whole without bounds that say only what a double can hold.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      mergeNull(jsonSchema);
      if (z.globalRegistry.get(zodSchema)?.id !== 'records') return;
      jsonSchema.properties = Object.fromEntries(offered.map((type) => [type, { $ref: '#/$defs/rrset' }]));
    },
  });
  const { $schema, ...rest } = schema;
  return {
    $schema,
    $id: 'https://danezone.example/schema/danezone.schema.json',
    title: 'danezone: domains, mail hosts and certificates',
    description: 'All files under zones/ together are one description; a reference may cross files.',
    ...rest,
    patternProperties: { '^x-': { description: 'A place for anchors that other sections use.' } },
  };
}

/**
 * An object or null as one schema: editors tell what is wrong inside of it, and not that neither branch of a choice
 * fits.
 */
function mergeNull(schema: z.core.JSONSchema.BaseSchema): void {
  const [object, nothing, ...others] = schema.anyOf ?? [];
  if (others.length > 0 || typeof object !== 'object' || typeof nothing !== 'object') return;
  if (object.type !== 'object' || nothing.type !== 'null') return;
  const { type: _, ...rest } = object;
  delete schema.anyOf;
  Object.assign(schema, { type: ['object', 'null'], ...rest });
}

/** The content of schema/danezone.schema.json. */
export function printJsonSchema(): string {
  return `${JSON.stringify(jsonSchema(), undefined, 2)}\n`;
}
