/** The small shapes that the sections of the YAML files are made of. `error` texts complete "expected …". */
import * as z from 'zod';
import { durationPattern } from '../text/duration.ts';

/**
 * A map with these keys and no others. The error of an unknown key carries, line by line, `what` and the keys that are
 * known.
 */
export function keys<Shape extends z.ZodRawShape>(what: string, shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? [what, ...Object.keys(shape)].join('\n') : what),
  });
}

export const oneOrMany = <T extends z.ZodType>(item: T, error: string) => z.union([item, z.array(item)], { error });

export const word = z.string('a text');
/** Content: YAML may take digits for a number, and what counts is what stands in the file. */
export const text = z.union([z.string(), z.number(), z.boolean()], { error: 'a text' });
export const count = (what: string) => z.int(what).min(0, what);
export const yesOrNo = z.boolean('true or false');
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, `one of ${values.join(', ')}`);

const durationWords = 'a duration, such as 90d or 1h30m';
export const duration = z
  .union([z.int(durationWords).min(0, durationWords), z.string().meta({ pattern: durationPattern })], {
    error: durationWords,
  })
  .meta({
    id: 'duration',
    description: 'A duration: 90d, 1h30m, 2w, ISO 8601 without months and years (P1DT2H), or plain seconds.',
    examples: ['1h', '21d', '1h30m', 'PT15M', 3600],
  });

export const domainName = z.string('a domain name').meta({
  description: 'A whole domain name; the final dot is optional, IDN is taken, a single label is an error.',
  examples: ['mx1.example.org'],
});

export const like = word.meta({
  description: 'Takes everything that is not written here from another one of the same kind.',
});

export const path = z.string('the path of a file').meta({
  description: 'A file, relative to the folder of this YAML file.',
  examples: ['certs/mx1-ecdsa.pem'],
});
