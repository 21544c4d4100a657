/**
 * What a file that cannot be parsed was about: the names of its domains and hosts, as far as lines that look like keys
 * tell. Nothing of it is used; it only says which zones have to keep their content on a first build, when no manifest
 * knows.
 */

import { type Name, parseName } from '../dns/name.ts';
import { suggest } from '../text/suggest.ts';

export interface Salvage {
  readonly domains: readonly Name[];
  readonly hosts: readonly Name[];
}

const keyLine = /^( *)(?:"([^"]+)"|'([^']+)'|([^\s#"'{}[\],&*!|>%@`-][^\s#]*?))\s*:(?=\s|$)/;

const sections = ['domains', 'hosts'];

export function salvage(text: string): Salvage {
  const domains = new Set<Name>();
  const hosts = new Set<Name>();
  let into: Set<Name> | undefined;
  let depth = 0;
  for (const line of text.split(/\r?\n/)) {
    const match = keyLine.exec(line);
    if (match === null) continue;
    const indent = match[1].length;
    const key = match[2] ?? match[3] ?? match[4];
    if (indent === 0) {
      const section = sections.includes(key) ? key : suggest(key, sections);
      into = section === 'domains' ? domains : section === 'hosts' ? hosts : undefined;
      depth = 0;
      continue;
    }
    // The first indented key of a section says how deep its names stand.
    if (depth === 0) depth = indent;
    if (into === undefined || indent !== depth || !key.includes('.')) continue;
    const name = parseName(key);
    if (typeof name === 'string') into.add(name);
  }
  return { domains: [...domains], hosts: [...hosts] };
}
