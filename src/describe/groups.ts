/** Groups: many domains that are all like one template, from a list in YAML or a file with one domain a line. */
import { type Name, parseName } from '../dns/name.ts';
import type { Position } from '../text/problem.ts';
import type { Declaration } from './declarations.ts';
import { type FileReader, listLines } from './files.ts';
import { limits } from './limits.ts';
import { complain, Fields, itemsOf, type Reading, readPath, readText } from './reading.ts';
import { rules } from './rules.ts';
import { placeOf } from './tree.ts';

export interface GroupMember {
  readonly name: Name;
  readonly at: Position;
  /** The YAML or list file that names it. */
  readonly file: string;
}

/** The members that can be read; a line that is no name is reported and takes no other with it. */
export function groupMembers(
  group: Declaration,
  reading: Reading,
  readFile: FileReader,
  broken: (file: string) => void,
): GroupMember[] {
  const entry = new Fields([group.entry.value], reading).entry('domains');
  const members: GroupMember[] = [];
  if (entry === undefined) {
    for (const file of group.files) broken(file);
    return members;
  }
  const add = (text: string, at: Position, file: string) => {
    const name = parseName(text);
    if (typeof name === 'string' && name !== '.') {
      members.push({ name, at, file });
      return;
    }
    // A name that cannot be read may be a zone that was built before: the file no longer says all that it said.
    broken(file);
    const error = typeof name === 'string' ? 'is the root, which is not built here' : name.error;
    complain(reading, rules['describe/name'], at, { text, error });
  };
  if (entry.value.kind === 'list') {
    for (const item of itemsOf(entry, reading)) {
      const text = readText(item, reading);
      if (text !== undefined) add(text.value, text.at, text.at.file);
    }
    return members;
  }
  const path = readPath(entry, reading);
  const octets = path && readFile(path, reading);
  if (path === undefined || octets === undefined) {
    broken(path?.value ?? entry.value.source.file);
    return members;
  }
  const lines = listLines(path.value, octets);
  if (lines === undefined) {
    broken(path.value);
    const facts = { path: path.value, error: `has more than ${limits.listOctets} octets` };
    complain(reading, rules['describe/unreadable-file'], placeOf(entry.value), facts);
    return members;
  }
  for (const { text, at } of lines) add(text, at, path.value);
  return members;
}
