/**
 * The records of a domain: those of its own map and of all that it is like, replaced per owner and type, deleted by
 * null. Owners are relative to the domain; one with a final dot is the whole name.
 */

import { isAtOrBelow, type Name, parseName, under } from '../dns/name.ts';
import { isMetaType, Type, type TypeCode, typeCode, typeName } from '../dns/type.ts';
import type { Fix } from '../text/problem.ts';
import type { Domain, RecordText } from './description.ts';
import { didYouMean } from './did-you-mean.ts';
import { complain, type Reading, readTtl, textOf } from './reading.ts';
import type { ValueForm, ValueReader } from './record-value.ts';
import { rules } from './rules.ts';
import { isNull, placeOf, placeOfEntry, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from './tree.ts';

/** One `records:` map and the domain that it was written for; a template's is undefined. */
export interface RecordLayer {
  readonly map: YamlMap;
  readonly origin?: Name;
}

export interface RecordContext {
  readonly reading: Reading & { readonly domain: Name };
  readonly values: ValueReader;
  /** An included file may hold what null deletes. */
  readonly hasInclude: boolean;
}

type Removed = Domain['removed'][number];

/** The records of all layers, the furthest first. */
export function readRecords(
  layers: readonly RecordLayer[],
  context: RecordContext,
): Pick<Domain, 'records' | 'removed'> {
  const merged = new Map<Name, Map<TypeCode, YamlEntry>>();
  const removed = new Map<string, Removed>();
  for (const layer of layers) addLayer(layer, merged, removed, context);
  const records: RecordText[] = [];
  for (const [owner, types] of merged) {
    for (const [type, entry] of types) records.push(...readSet(owner, type, entry, context));
  }
  return { records, removed: [...removed.values()] };
}

function addLayer(
  layer: RecordLayer,
  merged: Map<Name, Map<TypeCode, YamlEntry>>,
  removed: Map<string, Removed>,
  context: RecordContext,
): void {
  const { reading } = context;
  // What one map says twice under different spellings (`www` and `WWW`, `A` and `a`).
  const seen = new Map<Name, Map<TypeCode | 'all', YamlEntry>>();
  const isDouble = (owner: Name, type: TypeCode | 'all', entry: YamlEntry) => {
    let types = seen.get(owner);
    if (types === undefined) seen.set(owner, (types = new Map()));
    const before = types.get(type);
    if (before === undefined) {
      types.set(type, entry);
      return false;
    }
    const name = type === 'all' ? owner : `${owner} ${typeName(type)}`;
    const related = [{ position: placeOf(before.key), message: 'first written here' }];
    complain(reading, rules['describe/duplicate'], placeOf(entry.key), { what: 'record set', name }, { related });
    return true;
  };
  for (const entry of layer.map.entries.values()) {
    if (reading.bad.has(entry.value)) continue;
    const owner = readOwner(entry.key, layer.origin, reading);
    if (owner === undefined) continue;
    const whole = isNull(entry.value);
    if (whole && !isDouble(owner, 'all', entry)) {
      remove({ owner }, entry, merged.delete(owner));
      continue;
    }
    if (entry.value.kind !== 'map') continue;
    for (const set of entry.value.entries.values()) {
      if (reading.bad.has(set.value)) continue;
      const type = readType(set.key, reading);
      if (type === undefined || isDouble(owner, type, set)) continue;
      const types = merged.get(owner);
      if (isNull(set.value)) {
        remove({ owner, type }, set, types?.delete(type) === true);
        continue;
      }
      if (removed.size > 0) removed.delete(`${owner} ${type}`);
      if (types === undefined) merged.set(owner, new Map([[type, set]]));
      else types.set(type, set);
    }
  }

  function remove(what: Removed, entry: YamlEntry, existed: boolean): void {
    const { owner, type } = what;
    removed.set(`${owner} ${type ?? '*'}`, what);
    if (existed || context.hasInclude) return;
    const facts = { owner, type: type === undefined ? 'record' : typeName(type) };
    complain(reading, rules['describe/nothing-to-delete'], placeOf(entry.key), facts);
  }
}

/** `origin`: the domain that the owner was written for, where the records come from another domain. */
function readOwner(key: YamlScalar, origin: Name | undefined, reading: Reading & { domain: Name }): Name | undefined {
  const { domain } = reading;
  const text = textOf(key, reading);
  if (text === undefined) return undefined;
  if (text === '@') return domain;
  const refuse = (error: string) => {
    complain(reading, rules['describe/name'], placeOf(key), { text, error });
    return undefined;
  };
  // `a\.` ends in a dot that belongs to its label.
  const isWhole = text.endsWith('.') && (text.match(/\\*(?=\.$)/)?.[0].length ?? 0) % 2 === 0;
  const name = isWhole ? parseName(text) : under(text, domain);
  if (typeof name !== 'string') return refuse(name.error);
  if (!isWhole) {
    const plain = domain.slice(0, -1);
    const lower = text.toLowerCase();
    if (lower !== plain && !lower.endsWith(`.${plain}`)) return name;
    const position = placeOf(key);
    // In a template the same words may be right for another domain.
    const isOwn = origin === domain;
    const fix = isOwn ? { position, text: lower === plain ? '@' : text.slice(0, -plain.length - 1) } : undefined;
    complain(reading, rules['describe/owner-repeats-domain'], position, { owner: text, made: name }, { fix });
    return undefined;
  }
  if (isAtOrBelow(name, domain)) return name;
  // A whole name of another domain moves with its records.
  if (origin !== undefined && isAtOrBelow(name, origin)) {
    const moved = name === origin ? domain : under(name.slice(0, -origin.length - 1), domain);
    return typeof moved === 'string' ? moved : refuse(moved.error);
  }
  complain(reading, rules['describe/owner-outside'], placeOf(key), { owner: name, domain });
  return undefined;
}

const familiar = [
  'A',
  'AAAA',
  'CAA',
  'CNAME',
  'DNAME',
  'DS',
  'HTTPS',
  'LOC',
  'MX',
  'NAPTR',
  'NS',
  'OPENPGPKEY',
  'PTR',
].concat(['RP', 'SMIMEA', 'SRV', 'SSHFP', 'SVCB', 'TLSA', 'TXT', 'URI', 'HINFO', 'CERT', 'DNSKEY', 'CDS', 'CDNSKEY']);

function readType(key: YamlScalar, reading: Reading): TypeCode | undefined {
  const position = placeOf(key);
  const refuse = (why: string, hint?: string, fix?: Fix) => {
    complain(reading, rules['describe/record-type'], position, { type: key.text, why }, { hint, fix });
    return undefined;
  };
  const type = typeCode(key.text);
  if (type === undefined) {
    if (key.text.toLowerCase() === 'ttl') {
      return refuse('is no record type', 'a TTL stands with the values of one type: A: {ttl: 5m, value: 192.0.2.1}');
    }
    const { hint, fix } = didYouMean(key.text, familiar, position);
    return refuse('is no record type', hint, fix);
  }
  if (isMetaType(type)) return refuse('stands in messages only, never in a zone');
  if (type === Type.SOA)
    return refuse('is not written as a record', 'write soa: for the domain; the serial is set when the zone is built');
  return type;
}

interface Item {
  readonly node: YamlScalar;
  readonly form: ValueForm;
  readonly ttl?: YamlEntry;
}

function readSet(owner: Name, type: TypeCode, entry: YamlEntry, context: RecordContext): RecordText[] {
  const { reading, values } = context;
  const records: RecordText[] = [];
  for (const { node, form, ttl: ttlEntry } of itemsOfSet(entry, reading)) {
    const value = values.read(type, node, form, reading);
    const ttl = ttlEntry === undefined ? undefined : readTtl(ttlEntry, reading);
    if (value !== undefined) records.push({ owner, type, ttl, ...value });
  }
  return records;
}

/** A value, a list of values, or a map with one of `value`, `values` and `raw`, and perhaps a TTL. */
function itemsOfSet(entry: YamlEntry, reading: Reading, outerTtl?: YamlEntry): Item[] {
  const { value } = entry;
  if (reading.bad.has(value)) return [];
  if (value.kind === 'scalar') return isNull(value) ? [] : [{ node: value, form: 'value', ttl: outerTtl }];
  if (value.kind === 'list') {
    if (value.items.length === 0) refuse('a value, or null to delete', 'an empty list');
    return value.items.flatMap((item) => itemsOfSet({ key: entry.key, value: item }, reading, outerTtl));
  }
  const said = ['value', 'values', 'raw'].flatMap((key) => value.entries.get(key) ?? []);
  if (said.length !== 1) {
    refuse('one of value, values and raw', [...value.entries.keys()].join(' and ') || 'an empty map');
    return [];
  }
  const ttl = value.entries.get('ttl') ?? outerTtl;
  const [only] = said;
  if (only.key.text !== 'raw') return itemsOfSet(only, reading, ttl);
  const raws: readonly YamlNode[] = only.value.kind === 'list' ? only.value.items : [only.value];
  return raws
    .filter((node) => node.kind === 'scalar')
    .filter((node) => !isNull(node) && !reading.bad.has(node))
    .map((node) => ({ node, form: 'raw', ttl }));

  function refuse(expected: string, found: string): void {
    complain(reading, rules['describe/wrong-type'], placeOfEntry(entry), { expected, found });
  }
}
