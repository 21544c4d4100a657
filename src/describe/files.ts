/**
 * Files that YAML names: read once each through the function that the edge hands in, which confines paths to the
 * repository.
 */
import type { Octets } from '../text/octets.ts';
import type { At } from './description.ts';
import { limits } from './limits.ts';
import { complain, type Reading } from './reading.ts';
import { rules } from './rules.ts';

/** Gives the file at a path from the root of the repository, or why it is not read: a sentence without its subject. */
export type ReadFile = (
  path: string,
) => { readonly file: string; readonly octets: Octets } | { readonly error: string };

/** Gives the octets of a file that is named in YAML, or reports at that place why it cannot be read. */
export type FileReader = (path: At<string>, reading: Reading) => Octets | undefined;

export function newFileReader(read: ReadFile): FileReader {
  const known = new Map<string, ReturnType<ReadFile>>();
  return (path, reading) => {
    let file = known.get(path.value);
    if (file === undefined) known.set(path.value, (file = read(path.value)));
    if (!('error' in file)) return file.octets;
    complain(reading, rules['describe/unreadable-file'], path.at, { path: path.value, error: file.error });
    return undefined;
  };
}

export interface ListLine {
  readonly text: string;
  readonly at: At<string>['at'];
}

/** The lines of a list file: one value each, `#` begins a comment. */
export function listLines(file: string, octets: Octets): ListLine[] | undefined {
  if (octets.length > limits.listOctets) return undefined;
  const text = new TextDecoder('utf-8').decode(octets);
  const lines: ListLine[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const value = line.replace(/#.*$/s, '').trim();
    if (value === '') continue;
    const column = line.indexOf(value) + 1;
    lines.push({ text: value, at: { file, line: index + 1, column, length: value.length } });
  }
  return lines;
}
