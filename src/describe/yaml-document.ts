/** The octets of a YAML file to a tree with positions. */
import type { Octets } from '../text/octets.ts';
import { type Report, report } from '../text/problem.ts';
import { limits } from './limits.ts';
import { rules } from './rules.ts';
import type { Source, YamlMap } from './tree.ts';
import { readComposed } from './yaml-composed.ts';
import { readQuickly } from './yaml-quick.ts';
import { sourceOf } from './yaml-source.ts';

export interface YamlDocument {
  /** The text, where the octets are UTF-8. */
  readonly text?: string;
  /** The top of the file; undefined where the file is broken and nothing of it may be used. */
  readonly root?: YamlMap;
}

/** Reads one file. Where it says anything is wrong, `root` is undefined: half a file is not a description. */
export function readYaml(file: string, octets: Octets, to: Report): YamlDocument {
  const start = { file, line: 1, column: 1 };
  if (octets.length > limits.yamlOctets) {
    report(to, rules['yaml/limit'], start, { what: 'octets', limit: limits.yamlOctets });
    return {};
  }
  const text = decode(file, octets, to);
  if (text === undefined) return {};
  const source = sourceOf(file, text);
  if (!checkCharacters(source, to)) return { text };
  const quick = readQuickly(source);
  if (quick !== undefined) return { text, root: quick };
  const before = to.problems.length;
  const root = readComposed(source, to);
  return to.problems.length === before && root !== undefined ? { text, root } : { text };
}

function decode(file: string, octets: Octets, to: Report): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    // The replacement character stands where the first bad octet was, unless the text had one itself.
    const lenient = new TextDecoder('utf-8').decode(octets);
    const lines = lenient.slice(0, lenient.indexOf('\ufffd')).split('\n');
    const position = { file, line: lines.length, column: lines[lines.length - 1].length + 1 };
    const utf16 = (octets[0] === 0xff && octets[1] === 0xfe) || (octets[0] === 0xfe && octets[1] === 0xff);
    report(to, rules['yaml/encoding'], position, { found: utf16 ? 'UTF-16' : 'another encoding' });
    return undefined;
  }
}

/** What YAML does not take as printable, and the marks that make a text look like another one. */
const unseen = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/;

function checkCharacters(source: Source, to: Report): boolean {
  const at = source.text.search(unseen);
  if (at < 0) return true;
  const code = source.text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  report(to, rules['yaml/character'], source.position(at, at + 1), { character: `U+${code}` });
  return false;
}
