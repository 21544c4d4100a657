/** Whether a value has a shape, by the table of shapes (shape-table.ts). It never fits what the schema refuses. */
import type { YamlNode } from './tree.ts';

export type Shape =
  | { readonly kind: 'text' | 'boolean' | 'null' | 'unknown' }
  | { readonly kind: 'number'; readonly isWhole: boolean; readonly least?: number; readonly most?: number }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'union'; readonly of: readonly Shape[] }
  | { readonly kind: 'list'; readonly of: Shape; readonly least: number }
  | { readonly kind: 'map'; readonly of: Shape }
  | {
      readonly kind: 'keys';
      readonly needed: Readonly<Record<string, Shape>>;
      readonly optional: Readonly<Record<string, Shape>>;
    };

export function fits(shape: Shape, node: YamlNode): boolean {
  switch (shape.kind) {
    case 'union':
      return shape.of.some((one) => fits(one, node));
    case 'list':
      return (
        node.kind === 'list' && node.items.length >= shape.least && node.items.every((item) => fits(shape.of, item))
      );
    case 'map': {
      if (node.kind !== 'map') return false;
      for (const { value } of node.entries.values()) if (!fits(shape.of, value)) return false;
      return true;
    }
    case 'keys': {
      if (node.kind !== 'map') return false;
      for (const [key, { value }] of node.entries) {
        const inner = own(shape.optional, key) ?? own(shape.needed, key);
        if (inner === undefined || !fits(inner, value)) return false;
      }
      return Object.keys(shape.needed).every((key) => node.entries.has(key));
    }
    default:
      return node.kind === 'scalar' && fitsScalar(shape, node.value, node.text);
  }
}

function own(shapes: Readonly<Record<string, Shape>>, key: string): Shape | undefined {
  return Object.hasOwn(shapes, key) ? shapes[key] : undefined;
}

function fitsScalar(shape: Shape, written: string | number | boolean | null, text: string): boolean {
  // What YAML writes as .inf or .nan is a text wherever this program reads it.
  const value = typeof written === 'number' && !Number.isFinite(written) ? text : written;
  switch (shape.kind) {
    case 'text':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'null':
      return value === null;
    case 'words':
      return typeof value === 'string' && shape.words.includes(value);
    case 'number': {
      const { isWhole, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = shape;
      return typeof value === 'number' && (!isWhole || Number.isSafeInteger(value)) && value >= least && value <= most;
    }
    default:
      return false;
  }
}
