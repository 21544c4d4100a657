/** What a plain scalar of YAML is, by the core schema (YAML 1.2.2 section 10.3.2). */
import type { YamlScalar } from './tree.ts';

const table: readonly (readonly [RegExp, (text: string) => YamlScalar['value']])[] = [
  [/^(?:~|null|Null|NULL)?$/, () => null],
  [/^(?:true|True|TRUE)$/, () => true],
  [/^(?:false|False|FALSE)$/, () => false],
  [/^[-+]?[0-9]+$/, (text) => Number.parseInt(text, 10)],
  [/^0o[0-7]+$/, (text) => Number.parseInt(text.slice(2), 8)],
  [/^0x[0-9a-fA-F]+$/, (text) => Number.parseInt(text.slice(2), 16)],
  [/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/, (text) => Number.parseFloat(text)],
  [/^-\.(?:inf|Inf|INF)$/, () => Number.NEGATIVE_INFINITY],
  [/^\+?\.(?:inf|Inf|INF)$/, () => Number.POSITIVE_INFINITY],
  [/^\.(?:nan|NaN|NAN)$/, () => Number.NaN],
];

/** Any of them: most scalars are texts, and are asked once. */
const any = new RegExp(table.map(([{ source }]) => source).join('|'));

export function coreValue(text: string): YamlScalar['value'] {
  if (!any.test(text)) return text;
  const row = table.find(([pattern]) => pattern.test(text));
  return row === undefined ? text : row[1](text);
}
