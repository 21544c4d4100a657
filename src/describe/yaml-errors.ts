/** What yaml's parser says, in plain words and without what only follows from the first mistake. */
import { type Report, report } from '../text/problem.ts';
import { rules } from './rules.ts';
import type { Source } from './tree.ts';

/** An error or warning of the yaml package, as much as is needed of it. */
export interface YamlError {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [from: number, to: number];
}

const tokenWords: Readonly<Record<string, string>> = {
  'flow-map-start': 'a {',
  'flow-map-end': 'a }',
  'flow-seq-start': 'a [',
  'flow-seq-end': 'a ]',
  'map-value-ind': 'a colon',
  'explicit-key-ind': 'a question mark',
  'seq-item-ind': 'a list item (-)',
  comma: 'a comma',
  scalar: 'a text',
  'single-quoted-scalar': 'a quoted text',
  'double-quoted-scalar': 'a quoted text',
  'block-scalar': 'a block of text',
  alias: 'an alias (*)',
  anchor: 'an anchor (&)',
  tag: 'a tag (!)',
};

const sentences: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [
    /^Unexpected (\S+) at node end$/,
    (token) => `${tokenWords[token] ?? token} stands where the value before it has ended`,
  ],
  [
    /^Unexpected (\S+) token in YAML stream/,
    (token) => `${tokenWords[token] ?? token} stands where nothing can follow`,
  ],
  [/^Unexpected (\S+)$/, (token) => `${tokenWords[token] ?? token} cannot stand here`],
  [/^Nested mappings are not allowed in compact mappings$/, () => 'a second colon: a text with ": " needs quotes'],
  [/^Implicit keys need to be on a single line$/, () => 'a key over several lines, or a key without its colon'],
  [/^Implicit map keys need to be followed by map values$/, () => 'a key without its colon'],
  [/^All mapping items must start at the same column$/, () => 'this key is not indented like those above it'],
  [/^Tabs are not allowed as indentation$/, () => 'a tab cannot indent; use spaces'],
  [/^Source contains multiple documents/, () => 'a second document begins here; a file holds one'],
];

/** At most this many mistakes of one file are told; after a token out of place nothing else is sure. */
const atMost = 20;

export function reportYamlErrors(errors: readonly YamlError[], source: Source, to: Report): void {
  const ordered = [...errors].sort((a, b) => a.pos[0] - b.pos[0]);
  const lost = ordered.findIndex((error) => error.code === 'UNEXPECTED_TOKEN' || error.code === 'BAD_INDENT');
  for (const error of ordered.slice(0, Math.min(atMost, lost < 0 ? atMost : lost + 1))) {
    // What is missing at the end is missing behind the last text, not on the empty line after it.
    const from = Math.min(error.pos[0], source.text.trimEnd().length);
    const version = /^Unsupported YAML version (.*)$/.exec(error.message);
    if (version !== null) {
      report(to, rules['yaml/version'], source.position(from, error.pos[1]), { version: version[1] });
      continue;
    }
    const rule = error.code === 'TAG_RESOLVE_FAILED' ? rules['yaml/tag'] : rules['yaml/syntax'];
    const hint = /\{\{/.test(source.text.slice(from - 2, from + 2)) ? 'put the text with {{…}} in quotes' : undefined;
    report(to, rule, source.position(from, error.pos[1]), { said: sentenceOf(error.message) }, { hint });
  }
}

function sentenceOf(message: string): string {
  const plain = message.replace(/\s+/g, ' ').trim();
  for (const [pattern, sentence] of sentences) {
    const match = pattern.exec(plain);
    if (match !== null) return sentence(...match.slice(1));
  }
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}
