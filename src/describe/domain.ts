/** One domain: its own map and all that it is like, read into a value. */
import { type Name, parseName } from '../dns/name.ts';
import { Type } from '../dns/type.ts';
import type { Position } from '../text/problem.ts';
import { parseTime } from '../text/time.ts';
import type { Declaration, Declarations } from './declarations.ts';
import { defaults } from './defaults.ts';
import type { At, Domain, MailHost, ParentPolicy, Policy } from './description.ts';
import type { FileReader } from './files.ts';
import { readForeign } from './foreign.ts';
import { substitute } from './placeholder.ts';
import {
  complain,
  Fields,
  itemsOf,
  type Reading,
  readPath,
  readTarget,
  readText,
  readTtl,
  targetOf,
} from './reading.ts';
import type { ValueReader } from './record-value.ts';
import { type RecordLayer, readRecords } from './records.ts';
import { rules } from './rules.ts';
import { isNull, type YamlEntry } from './tree.ts';

export interface DomainContext {
  readonly nameserverSets: Declarations;
  readonly hosts: Declarations;
  readonly policyOf: (name: At<string> | undefined, reading: Reading) => Policy | undefined;
  readonly parentOf: (name: At<string> | undefined, reading: Reading) => ParentPolicy | undefined;
  readonly readFile: FileReader;
  readonly values: ValueReader;
  /** Notes that the domain depends on a declaration, and shares its faults. */
  readonly uses: (declaration: Declaration) => void;
  /** Notes that the domain depends on a file. */
  readonly dependsOn: (file: string) => void;
}

/** Where a domain is declared and what it says: its own declaration, if it has one, then those that it is like. */
export interface DomainSource {
  readonly name: Name;
  readonly at: Position;
  readonly chain: readonly { readonly declaration: Declaration; readonly origin?: Name }[];
}

/**
 * The domain, with what is wrong with it in the report of `reading`; undefined where a part that it cannot be without
 * is missing.
 */
export function readDomain(
  source: DomainSource,
  reading: Reading & { readonly domain: Name },
  context: DomainContext,
): Domain | undefined {
  const { name, at, chain } = source;
  const fields = new Fields(
    chain.map(({ declaration }) => declaration.entry.value),
    reading,
  );
  const policy = context.policyOf(fields.text('policy'), reading);
  const parent = context.parentOf(fields.text('parent'), reading);
  const include = readInclude(fields, context);
  const nameservers = readNameservers(fields, context);
  const hasInclude = fields.entry('include') !== undefined && !saysNull(fields, 'include');
  const isWrong = chain.some(({ declaration }) => reading.bad.has(declaration.entry.value));
  if (!hasInclude && !isWrong && !fields.says('nameservers')) {
    complain(reading, rules['describe/no-nameservers'], at, { domain: name });
  }
  const layers: RecordLayer[] = [];
  for (const { declaration, origin } of [...chain].reverse()) {
    const { value } = declaration.entry;
    const records = value.kind === 'map' ? value.entries.get('records')?.value : undefined;
    if (records?.kind === 'map' && !reading.bad.has(records)) layers.push({ map: records, origin });
  }
  const { records, removed } = readRecords(layers, { reading, values: context.values, hasInclude });
  const mail = readMail(fields);
  const domain = {
    name,
    at,
    soaDeclared: fields.entry('soa') !== undefined,
    soa: readSoa(fields, name, nameservers),
    nameservers,
    mail,
    records,
    removed: saysNull(fields, 'mail') ? [...removed, { owner: name, type: Type.MX }] : removed,
    include,
    foreign: policy && readForeign(fields, policy),
    like: fields.text('like'),
    silences: readSilences(fields),
  };
  checkTwoWays(domain, context, reading);
  if (policy === undefined || parent === undefined) return undefined;
  return { ...domain, policy, parent, ttl: fields.ttl(policy.ttls.default, 'ttl') };
}

function saysNull(fields: Fields, key: string): boolean {
  const entry = fields.entry(key);
  return entry !== undefined && isNull(entry.value);
}

function readInclude(fields: Fields, context: DomainContext): Domain['include'] {
  const entry = fields.entry('include');
  const path = entry === undefined || isNull(entry.value) ? undefined : readPath(entry, fields.reading);
  if (path === undefined) return undefined;
  context.dependsOn(path.value);
  const octets = context.readFile(path, fields.reading);
  return octets === undefined ? undefined : { ...path, octets };
}

function readNameservers(fields: Fields, context: DomainContext): At<Name>[] {
  const { reading } = fields;
  const entry = fields.entry('nameservers');
  if (entry === undefined) return [];
  let list: YamlEntry | undefined = entry;
  if (entry.value.kind === 'scalar') {
    const set = readText(entry, reading);
    const declaration = set === undefined ? undefined : context.nameserverSets.find(set.value, set.at, reading);
    if (declaration !== undefined) context.uses(declaration);
    list = declaration?.entry;
  }
  const names: At<Name>[] = [];
  for (const item of list === undefined ? [] : itemsOf(list, reading)) {
    const target = readTarget(item, reading);
    const before = target && names.find((other) => other.value === target.value);
    if (target === undefined) continue;
    if (before === undefined) names.push(target);
    else {
      const related = [{ position: before.at, message: 'first written here' }];
      complain(
        reading,
        rules['describe/duplicate'],
        target.at,
        { what: 'name server', name: target.value },
        { related },
      );
    }
  }
  return names;
}

function readSoa(fields: Fields, name: Name, nameservers: readonly At<Name>[]): Domain['soa'] {
  const { reading } = fields;
  const primary = fields.entry('soa', 'primary');
  const contact = fields.text('soa', 'contact');
  const ttl = fields.entry('soa', 'ttl');
  const [first] = nameservers;
  return {
    // Of an adopted zone the file says both; the apex stands in where nothing is written.
    primary: (primary === undefined ? first?.value : readTarget(primary, reading)?.value) ?? name,
    contact: contact === undefined ? usualContact(name) : (readContact(contact, reading) ?? name),
    refresh: fields.ttl(defaults.soa.refresh, 'soa', 'refresh'),
    retry: fields.ttl(defaults.soa.retry, 'soa', 'retry'),
    expire: fields.ttl(defaults.soa.expire, 'soa', 'expire'),
    minimum: fields.ttl(defaults.soa.minimum, 'soa', 'minimum'),
    ttl: (ttl === undefined ? undefined : readTtl(ttl, reading)) ?? fields.ttl(defaults.ttls.default, 'ttl'),
  };
}

function usualContact(name: Name): Name {
  const contact = mailboxName(substitute(defaults.contact, name).text);
  return contact ?? name;
}

/** `john.doe@example.org`, whose local part becomes one label (RFC 1035 section 8); a plain name is taken as it is. */
function readContact(contact: At<string>, reading: Reading): Name | undefined {
  if (!contact.value.includes('@')) return targetOf(contact, reading)?.value;
  const name = mailboxName(contact.value);
  if (name === undefined) complain(reading, rules['describe/contact'], contact.at, { text: contact.value });
  return name;
}

function mailboxName(address: string): Name | undefined {
  const at = address.lastIndexOf('@');
  const [local, host] = [address.slice(0, at), address.slice(at + 1)];
  if (!/^[\x21-\x7e]+$/.test(local) || /["\\@]/.test(local)) return undefined;
  const domain = parseName(host);
  if (typeof domain !== 'string' || domain === '.' || !host.includes('.')) return undefined;
  const name = parseName(`${local.replace(/[.;()$]/g, '\\$&')}.${domain}`);
  return typeof name === 'string' ? name : undefined;
}

function readMail(fields: Fields): Domain['mail'] {
  const { reading } = fields;
  const entry = fields.entry('mail');
  if (entry === undefined || isNull(entry.value)) return [];
  if (entry.value.kind === 'scalar') return 'null-mx';
  const hosts: MailHost[] = [];
  for (const item of itemsOf(entry, reading)) {
    const map = new Fields([item.value], reading);
    const host = item.value.kind === 'scalar' ? item : map.entry('host');
    const text = host === undefined ? undefined : readText(host, reading);
    if (text === undefined) continue;
    if (text.value === '.') {
      const facts = { expected: 'the name of a mail host', found: 'the root' };
      complain(reading, rules['describe/wrong-value'], text.at, facts, {
        hint: 'a domain without mail says mail: null-mx',
      });
      continue;
    }
    // An IPv6 address has one label: zone/mx-is-address says what is wrong with it.
    const address = text.value.includes(':') ? parseName(text.value) : undefined;
    const target = typeof address === 'string' ? { value: address, at: text.at } : targetOf(text, reading);
    if (target === undefined) continue;
    const before = hosts.find((other) => other.host === target.value);
    if (before !== undefined) {
      const related = [{ position: before.at, message: 'first written here' }];
      complain(reading, rules['describe/duplicate'], target.at, { what: 'mail host', name: target.value }, { related });
      continue;
    }
    const preference = map.plain<number>(defaults.preference, 'preference');
    hosts.push({ host: target.value, preference, at: target.at });
  }
  return hosts;
}

function readSilences(fields: Fields): Domain['silences'] {
  const { reading } = fields;
  const entry = fields.entry('silences');
  const silences: Domain['silences'][number][] = [];
  for (const item of entry === undefined ? [] : itemsOf(entry, reading)) {
    const map = new Fields([item.value], reading);
    const [rule, reason, until] = [map.text('rule'), map.text('reason'), map.text('until')];
    if (rule === undefined || reason === undefined || until === undefined) continue;
    const refuse = (text: At<string>, expected: string) => {
      const facts = { expected, found: JSON.stringify(text.value) };
      complain(reading, rules['describe/wrong-value'], text.at, facts);
    };
    const time = parseTime(until.value);
    if (!/^[a-z0-9]+\/[a-z0-9-]+$/.test(rule.value)) refuse(rule, 'the id of a rule, such as zone/single-ns');
    else if (reason.value.trim() === '') refuse(reason, 'a reason');
    else if (time === undefined || !until.value.includes('-')) refuse(until, 'a date, such as 2027-01-31');
    else silences.push({ rule: rule.value, reason: reason.value, until: time, at: rule.at });
  }
  return silences;
}

/** Records that are written although another key of the domain, or a host, makes them. */
function checkTwoWays(
  domain: Pick<Domain, 'name' | 'records' | 'mail'>,
  context: DomainContext,
  reading: Reading,
): void {
  const said = new Set<string>();
  for (const { owner, type, at } of domain.records) {
    const other = otherWay(owner, type);
    if (other === undefined || said.has(`${owner} ${type}`)) continue;
    said.add(`${owner} ${type}`);
    complain(reading, rules['describe/two-ways'], at, other);
  }

  function otherWay(owner: Name, type: number): { records: string; other: string } | undefined {
    if (owner === domain.name && type === Type.NS)
      return { records: 'NS records of the domain', other: 'nameservers:' };
    if (owner === domain.name && type === Type.MX && domain.mail.length > 0) {
      return { records: 'MX records of the domain', other: 'mail:' };
    }
    if (type !== Type.A && type !== Type.AAAA) return undefined;
    const host = context.hosts.all.get(owner)?.entry.value;
    const addresses = host?.kind === 'map' && host.entries.has('addresses');
    return addresses
      ? { records: `address records of ${owner}`, other: 'the host of this name under hosts:' }
      : undefined;
  }
}
