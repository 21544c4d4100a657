/** The table by type number, with what the drivers of index.ts need ready at hand. */
import type { Octets } from '../../text/octets.ts';
import { Type, type TypeCode } from '../type.ts';
import type { Field, Fields, RDataCheck, RDataRow, RowOptions } from './field.ts';
import { table } from './table.ts';

export interface Layout {
  readonly type: TypeCode;
  readonly mnemonic: string;
  readonly fields: readonly Field<unknown>[];
  /** The keys of the typed object, field by field. */
  readonly keys: readonly string[];
  readonly check: RDataCheck | undefined;
  readonly opaque: RowOptions['opaque'];
  /** Canonical form differs from wire form. */
  readonly caseless: boolean;
  /** Canonical form is the wire form in lower case: the RDATA is names and nothing else. */
  readonly namesOnly: boolean;
  readonly hasNames: boolean;
}

const layouts: (Layout | undefined)[] = new Array(512).fill(undefined);
const rareLayouts = new Map<TypeCode, Layout>();

for (const [mnemonic, row] of Object.entries<RDataRow<Fields>>(table)) {
  const type = Type[mnemonic as keyof typeof table];
  const fields = Object.values(row.fields) as Field<unknown>[];
  const layout: Layout = {
    type,
    mnemonic,
    fields,
    keys: Object.keys(row.fields),
    check: row.check,
    opaque: row.opaque,
    caseless: fields.some((field) => field.caseless === true),
    namesOnly: fields.every((field) => field.caseless === true),
    hasNames: fields.some((field) => field.names !== undefined),
  };
  if (type < layouts.length) layouts[type] = layout;
  else rareLayouts.set(type, layout);
}

/** The layout of a type, or undefined where its RDATA is opaque. */
export function layoutOf(type: TypeCode): Layout | undefined {
  return type < layouts.length ? layouts[type] : rareLayouts.get(type);
}

/** As `layoutOf`, for RDATA that may have a form of its own within its type. */
export function layoutFor(type: TypeCode, octets: Octets, from: number, to: number): Layout | undefined {
  const layout = layoutOf(type);
  return layout?.opaque?.(octets, from, to) === true ? undefined : layout;
}

/** `keyTag` as people read it: `key tag`. */
export function wordsOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
