/** The sections of all files together: every entry declared, everything else at the top of a file reported. */
import { type Name, parseName } from '../dns/name.ts';
import { type Report, report } from '../text/problem.ts';
import { Declarations } from './declarations.ts';
import { didYouMean } from './did-you-mean.ts';
import { unsignedName } from './policies.ts';
import { rules } from './rules.ts';
import type { Section } from './schema.ts';
import { shapes } from './shape-table.ts';
import { found, isNull, placeOf, placeOfEntry, type YamlEntry, type YamlMap, type YamlNode } from './tree.ts';

export interface Sections {
  /** Values whose shape is wrong and has been reported. */
  readonly bad: Set<YamlNode>;
  readonly policies: Declarations;
  readonly parents: Declarations;
  readonly nameserverSets: Declarations;
  readonly certificates: Declarations;
  readonly issuers: Declarations;
  readonly hosts: Declarations;
  readonly templates: Declarations;
  readonly domains: Declarations;
  readonly groups: Declarations;
}

/**
 * `broken`: files of which nothing was read. It is looked at when a reference leads nowhere, and may grow until then.
 */
export function newSections(broken: readonly string[]): Sections {
  const bad = new Set<YamlNode>();
  return {
    bad,
    policies: new Declarations('policy', 'policies', bad, broken),
    parents: new Declarations('parent', 'parents', bad, broken),
    nameserverSets: new Declarations('name server set', 'nameserver-sets', bad, broken),
    certificates: new Declarations('certificate', 'certificates', bad, broken),
    issuers: new Declarations('issuer catalogue', 'issuers', bad, broken),
    hosts: new Declarations('host', 'hosts', bad, broken),
    templates: new Declarations('template', 'templates', bad, broken),
    domains: new Declarations('domain', 'domains', bad, broken),
    groups: new Declarations('group', 'groups', bad, broken),
  };
}

const keyOf: Readonly<Record<Section, Exclude<keyof Sections, 'bad'>>> = {
  policies: 'policies',
  parents: 'parents',
  'nameserver-sets': 'nameserverSets',
  certificates: 'certificates',
  issuers: 'issuers',
  hosts: 'hosts',
  templates: 'templates',
  domains: 'domains',
  groups: 'groups',
};

/** The sections that a file may have. */
const known = Object.keys(shapes);

/** Sections whose keys are domain names. */
const named: ReadonlySet<string> = new Set(['hosts', 'domains']);

/**
 * Declares what a file says. False where a part of it cannot be tied to any zone (a misspelt section, a host whose name
 * is none): then zones that depended on the file may lack something, and it counts as broken.
 */
export function declareSections(root: YamlMap, sections: Sections, to: Report): boolean {
  let whole = true;
  for (const [key, section] of root.entries) {
    // A place for anchors that other sections use.
    if (key.startsWith('x-')) continue;
    if (!Object.hasOwn(keyOf, key)) {
      const place = placeOf(section.key);
      const meant = didYouMean(key, known, place, `known are ${known.join(', ')}`);
      report(to, rules['describe/unknown-key'], place, { key, where: 'a file' }, meant);
      whole = false;
      continue;
    }
    if (isNull(section.value)) continue;
    if (section.value.kind !== 'map') {
      const facts = { expected: `a map of ${key}`, found: found(section.value) };
      report(to, rules['describe/wrong-type'], placeOfEntry(section), facts);
      whole = false;
      continue;
    }
    for (const entry of section.value.entries.values()) {
      if (!declareEntry(key, entry, sections, to)) whole = false;
    }
  }
  return whole;
}

function declareEntry(section: string, entry: YamlEntry, sections: Sections, to: Report): boolean {
  const { text } = entry.key;
  const declarations = sections[keyOf[section as Section]];
  if (!named.has(section)) {
    if (section === 'policies' && text === unsignedName) {
      report(to, rules['describe/reserved-name'], placeOf(entry.key), { what: 'policy', name: text });
      return true;
    }
    declarations.declare(text, entry, to);
    return true;
  }
  const name = readKeyName(text);
  if (typeof name !== 'string') {
    report(to, rules['describe/name'], placeOf(entry.key), { text, error: name.error });
    return false;
  }
  declarations.declare(name, entry, to, name);
  return true;
}

function readKeyName(text: string): Name | { readonly error: string } {
  const name = parseName(text);
  return name === '.' ? { error: 'is the root, which is not built here' } : name;
}
