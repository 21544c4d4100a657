/**
 * The schema as plain data, so that values that fit are passed without zod: it takes longer to load than most
 * repositories take to check. `build.mjs` writes the table into the program; what does not fit goes to zod, which says
 * why (shape.ts).
 */
import type * as z from 'zod';
import { entries, type Section } from './schema.ts';
import type { Shape } from './shape-fit.ts';

/** What an entry of each section is. */
export const shapes = Object.fromEntries(
  Object.entries(entries).map(([section, schema]) => [section, shapeOf(schema)]),
) as Record<Section, Shape>;

/** What the table cannot say fits nothing. */
const unknown: Shape = { kind: 'unknown' };

export function shapeOf(schema: z.core.$ZodType): Shape {
  const { def } = (schema as z.ZodType)._zod as z.core.$ZodTypes['_zod'];
  switch (def.type) {
    case 'string':
      return hasChecks(def) ? unknown : { kind: 'text' };
    case 'number':
      return numberShape(def as z.core.$ZodNumberDef);
    case 'boolean':
      return hasChecks(def) ? unknown : { kind: 'boolean' };
    case 'null':
      return { kind: 'null' };
    case 'literal':
      return wordsShape(def.values);
    case 'enum':
      return wordsShape(Object.values(def.entries));
    case 'union':
      return { kind: 'union', of: def.options.map(shapeOf) };
    case 'array':
      return listShape(def);
    case 'record':
      return shapeOf(def.keyType).kind === 'text' && !hasChecks(def)
        ? { kind: 'map', of: shapeOf(def.valueType) }
        : unknown;
    case 'object':
      return keysShape(def);
    default:
      return unknown;
  }
}

function hasChecks(def: z.core.$ZodTypeDef): boolean {
  return (def.checks ?? []).length > 0;
}

/** Whole numbers with bounds; `z.int()` is a format of its own. */
function numberShape(def: z.core.$ZodNumberDef & { format?: string }): Shape {
  let [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let isWhole = def.format === 'safeint';
  if (def.format !== undefined && !isWhole) return unknown;
  for (const check of def.checks ?? []) {
    const bound = check._zod.def as { check: string; format?: string; value?: unknown; inclusive?: boolean };
    if (bound.check === 'number_format' && bound.format === 'safeint') isWhole = true;
    else if (typeof bound.value !== 'number' || bound.inclusive !== true) return unknown;
    else if (bound.check === 'greater_than') least = Math.max(least, bound.value);
    else if (bound.check === 'less_than') most = Math.min(most, bound.value);
    else return unknown;
  }
  const bounds = { ...(Number.isFinite(least) && { least }), ...(Number.isFinite(most) && { most }) };
  return { kind: 'number', isWhole, ...bounds };
}

function wordsShape(words: readonly unknown[]): Shape {
  return words.every((word) => typeof word === 'string') ? { kind: 'words', words } : unknown;
}

function listShape(def: z.core.$ZodArrayDef): Shape {
  let least = 0;
  for (const check of def.checks ?? []) {
    const bound = check._zod.def as { check: string; minimum?: number };
    if (bound.check !== 'min_length' || bound.minimum === undefined) return unknown;
    least = Math.max(least, bound.minimum);
  }
  return { kind: 'list', of: shapeOf(def.element), least };
}

function keysShape(def: z.core.$ZodObjectDef): Shape {
  const isStrict = def.catchall?._zod.def.type === 'never';
  if (!isStrict || hasChecks(def)) return unknown;
  const optional: Record<string, Shape> = {};
  const needed: Record<string, Shape> = {};
  for (const [key, schema] of Object.entries(def.shape)) {
    const inner = schema._zod.def as z.core.$ZodOptionalDef;
    if (inner.type === 'optional') optional[key] = shapeOf(inner.innerType);
    else needed[key] = shapeOf(schema);
  }
  return { kind: 'keys', needed, optional };
}
