/** Reads keys/<zone>/journal.json. Strict: a field that this danezone does not know may matter, so nothing is guessed. */
import { compareNames, type Name, parseName } from '../dns/name.ts';
import { type TypeCode, typeCode, typeName } from '../dns/type.ts';
import { keyStates } from '../dnssec/key-state.ts';
import { asBuffer, type Octets } from '../text/octets.ts';
import { type Report, report } from '../text/problem.ts';
import {
  type BuiltSerial,
  type ContentVersion,
  type DsVersion,
  type Evidence,
  type Fact,
  type Journal,
  journalVersion,
  type KeyId,
  type KeyRecord,
  type Override,
  type RecordState,
  type Requests,
  type RollRequest,
  type RRsetHistory,
  type RRsetVersion,
  type SerialRecord,
  type Service,
  type Signed,
  type Timeline,
} from './journal.ts';
import { JsonValue, Unexpected } from './json-reader.ts';
import { sealOf } from './print.ts';
import { rules } from './rules.ts';

const maxTtl = 0x7fff_ffff;
const maxSerial = 0xffff_ffff;
const keyIdForm = /^[0-9]{3}\+[0-9]{5}$/;

/** The journal of `zone`, or undefined and a problem: then nothing may be written over the file. */
export function parseJournal(file: string, octets: Octets, zone: Name, to: Report): Journal | undefined {
  const position = { file, line: 1, column: 1 };
  const subject = { subject: zone };
  try {
    const value = new JsonValue(parseJson(octets));
    const version = Object.fromEntries(value.entries()).version;
    if (version === undefined) value.fail('a field version', 'none');
    const found = version.whole();
    if (found > journalVersion) {
      report(to, rules['ops/journal-newer'], position, { known: journalVersion, found }, subject);
      return undefined;
    }
    if (found !== 1 && found !== journalVersion) version.fail(`${journalVersion}`);
    if (found === 1) return readFirstForm(value, zone);
    const journal = readJournal(value, zone);
    return sealOf(journal) === Object.fromEntries(value.entries()).seal?.value
      ? journal
      : { ...journal, isEdited: true };
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    const { where, expected, found } = error;
    report(to, rules['ops/journal-unreadable'], position, { where, expected, found }, subject);
    return undefined;
  }
}

function parseJson(octets: Octets): unknown {
  const text = asBuffer(octets).toString('utf8');
  if (/^(<{7}|={7}|>{7})/m.test(text)) {
    throw new Unexpected('', 'one journal', 'the marks of a merge conflict: take one side whole, the later one');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Unexpected('', 'JSON', text.trim() === '' ? 'nothing' : 'something else (was it edited or cut off?)');
  }
}

const firstFields = [
  'version',
  'zone',
  'generation',
  'changed',
  'content',
  'parentDs',
  'rrsets',
  'evidence',
  'overrides',
] as const;

type FirstFields = Readonly<
  Record<(typeof firstFields)[number], JsonValue> & Partial<Record<'serial' | 'routes', JsonValue>>
>;

/** Of form 1 nothing is known but the last serial, and nobody had asked for anything. */
function readFirstForm(value: JsonValue, zone: Name): Journal {
  const common = readCommon(value.fields(firstFields, ['serial']), zone);
  const { serial } = common;
  const serials = serial === undefined ? [] : [{ serial: serial.last, built: serial.built }];
  return { ...common, keys: [], requests: {}, serials };
}

function readJournal(value: JsonValue, zone: Name): Journal {
  const fields = value.fields([...firstFields, 'keys', 'requests', 'serials'], ['serial', 'routes', 'seal']);
  return {
    ...readCommon(fields, zone),
    keys: readKeys(fields.keys),
    requests: readRequests(fields.requests),
    serials: fields.serials.items().map(readBuiltSerial),
  };
}

function readCommon(fields: FirstFields, zone: Name): Omit<Journal, 'keys' | 'requests' | 'serials'> {
  if (readName(fields.zone) !== zone) fields.zone.fail(`${zone}, the zone of its folder`);
  return {
    zone,
    generation: fields.generation.whole(),
    changed: fields.changed.time(),
    serial: fields.serial && readSerial(fields.serial),
    content: inOrder(fields.content, readContent),
    parentDs: inOrder(fields.parentDs, readDs),
    rrsets: readHistories(fields.rrsets),
    routes: fields.routes ? readHistories(fields.routes) : [],
    evidence: readRows(fields.evidence),
    overrides: fields.overrides.items().map(readOverride),
  };
}

function readBuiltSerial(value: JsonValue): BuiltSerial {
  const { serial, built, firstExpiry } = value.fields(['serial', 'built'], ['firstExpiry']);
  return { serial: serial.whole(maxSerial), built: built.time(), firstExpiry: firstExpiry?.time() };
}

/** By algorithm and tag. */
function readKeys(value: JsonValue): readonly KeyRecord[] {
  const entries = value.entries();
  const keys = entries.map(([id, key]) => {
    if (!keyIdForm.test(id)) key.fail('an algorithm and a key tag such as 013+07956 as its key', 'another');
    return readKey(id, key);
  });
  return keys.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function readKey(id: KeyId, value: JsonValue): KeyRecord {
  const fields = value.fields(
    ['role', 'rdata', 'goal', 'created', 'dnskey', 'zrrsig', 'krrsig', 'ds'],
    ['lifetime', 'active', 'predecessor', 'successor', 'standby'],
  );
  return {
    id,
    role: fields.role.oneOf(['ksk', 'zsk', 'csk']),
    rdata: readHex(fields.rdata),
    goal: fields.goal.oneOf(['hidden', 'omnipresent']),
    lifetime: fields.lifetime?.whole(),
    created: fields.created.time(),
    active: fields.active?.time(),
    predecessor: fields.predecessor && readKeyId(fields.predecessor),
    successor: fields.successor && readKeyId(fields.successor),
    standby: fields.standby?.mark(),
    dnskey: readState(fields.dnskey),
    zrrsig: readState(fields.zrrsig),
    krrsig: readState(fields.krrsig),
    ds: readState(fields.ds),
  };
}

function readState(value: JsonValue): RecordState {
  const { state, since } = value.fields(['state', 'since']);
  return { state: state.oneOf(keyStates), since: since.time() };
}

function readRequests(value: JsonValue): Requests {
  const { insecure, approved, rolls } = value.fields([], ['insecure', 'approved', 'rolls']);
  const request = (of: JsonValue | undefined) => {
    if (of === undefined) return undefined;
    const { at, by } = of.fields(['at', 'by']);
    return { at: at.time(), by: by.text() };
  };
  return { insecure: request(insecure), approved: request(approved), rolls: rolls?.items().map(readRoll) };
}

function readRoll(value: JsonValue): RollRequest {
  const { what, at, by, why } = value.fields(['what', 'at', 'by', 'why']);
  return {
    what: what.oneOf(['zsk', 'ksk', 'csk', 'algorithm']),
    at: at.time(),
    by: by.text(),
    why: why.oneOf(['wanted', 'compromised']),
  };
}

function readSerial(value: JsonValue): SerialRecord {
  const { last, policy, contentDigest, built } = value.fields(['last', 'policy', 'contentDigest', 'built']);
  return {
    last: last.whole(maxSerial),
    policy: policy.oneOf(['counter', 'unixtime', 'date']),
    contentDigest: contentDigest.match(/^[0-9a-f]+$/, 'a digest in hexadecimal'),
    built: built.time(),
  };
}

/** Oldest first, and only the last may be in the zone still. */
function inOrder<V extends Timeline>(list: JsonValue, read: (value: JsonValue) => V): readonly V[] {
  const versions = list.items().map((item) => ({ item, version: read(item) }));
  for (const { item, version } of versions.slice(0, -1)) {
    if (version.dropped === undefined) item.fail('a field dropped in all versions but the last', 'none');
  }
  return versions.map(({ version }) => version);
}

const timelineFields = ['built', 'service'] as const;
const laterFields = ['dropped', 'signers', 'inception', 'expiration'] as const;

function readContent(value: JsonValue): ContentVersion {
  const fields = value.fields([...timelineFields, 'largestTtl', 'negativeTtl', 'expire'], laterFields);
  return {
    ...readTimeline(fields),
    signed: readSigned(value, fields),
    largestTtl: fields.largestTtl.whole(maxTtl),
    negativeTtl: fields.negativeTtl.whole(maxTtl),
    expire: fields.expire.whole(maxTtl),
  };
}

function readDs(value: JsonValue): DsVersion {
  const fields = value.fields([...timelineFields, 'records'], ['dropped']);
  return { ...readTimeline(fields), records: fields.records.items().map(readHex) };
}

function readHistories(value: JsonValue): readonly RRsetHistory[] {
  const histories = value.entries().map(([key, versions]): RRsetHistory => {
    const { owner, type } = readHistoryKey(key, versions);
    return { owner, type, versions: inOrder(versions, readRRset) };
  });
  return histories.sort((a, b) => compareNames(a.owner, b.owner) || a.type - b.type);
}

/** `_25._tcp.mx1.example.org. TLSA`: nothing but what is printed, so that no RRset can stand there twice. */
function readHistoryKey(key: string, value: JsonValue): { owner: Name; type: TypeCode } {
  const space = key.lastIndexOf(' ');
  const owner = parseName(key.slice(0, Math.max(0, space)));
  const type = typeCode(key.slice(space + 1));
  if (typeof owner !== 'string' || type === undefined || `${owner} ${typeName(type)}` !== key) {
    value.fail('an owner and a type as a key', 'this');
  }
  return { owner: owner as Name, type: type as TypeCode };
}

function readRRset(value: JsonValue): RRsetVersion {
  const fields = value.fields([...timelineFields, 'records', 'ttl'], laterFields);
  return {
    ...readTimeline(fields),
    signed: readSigned(value, fields),
    records: fields.records.items().map(readHex),
    ttl: fields.ttl.whole(maxTtl),
  };
}

function readTimeline(fields: {
  readonly built: JsonValue;
  readonly dropped?: JsonValue;
  readonly service: JsonValue;
}): Timeline {
  return { built: fields.built.time(), dropped: fields.dropped?.time(), service: readService(fields.service) };
}

function readService(value: JsonValue): Service {
  const state = Object.fromEntries(value.entries()).state ?? value.fail('a field state', 'none');
  switch (state.oneOf(['unseen', 'published', 'gone'])) {
    case 'unseen':
      value.fields(['state']);
      return { state: 'unseen' };
    case 'published': {
      const { from, evidence } = value.fields(['state', 'from', 'evidence']);
      return { state: 'published', from: from.time(), evidence: evidence.whole(undefined, 1) };
    }
    case 'gone': {
      const { from, until, evidence } = value.fields(['state', 'until', 'evidence'], ['from']);
      return { state: 'gone', from: from?.time(), until: until.time(), evidence: evidence.whole(undefined, 1) };
    }
  }
}

function readSigned(
  value: JsonValue,
  fields: { readonly signers?: JsonValue; readonly inception?: JsonValue; readonly expiration?: JsonValue },
): Signed | undefined {
  const { signers, inception, expiration } = fields;
  if (signers === undefined && inception === undefined && expiration === undefined) return undefined;
  if (signers === undefined || inception === undefined || expiration === undefined) {
    value.fail('signers, inception and expiration together', 'only some of them');
  }
  return {
    signers: (signers as JsonValue).items().map(readKeyId),
    inception: (inception as JsonValue).time(),
    expiration: (expiration as JsonValue).time(),
  };
}

/** In the order of their numbers; rows that nothing goes by any more have been left out (trim.ts). */
function readRows(value: JsonValue): readonly Evidence[] {
  let last = 0;
  return value.items().map((row) => {
    const { id, at, by, servers, fact } = row.fields(['id', 'at', 'by', 'servers', 'fact']);
    if (id.whole() <= last) id.fail(`more than ${last}, the number of the row before`);
    last = id.whole();
    return {
      id: last,
      at: at.time(),
      by: by.text(),
      servers: servers.items().map((server) => server.text()),
      fact: readFact(fact),
    };
  });
}

function readFact(value: JsonValue): Fact {
  const kind = Object.fromEntries(value.entries()).kind ?? value.fail('a field kind', 'none');
  switch (kind.oneOf(['published', 'ds-seen', 'certificate-served'])) {
    case 'published':
      return { kind: 'published', serial: value.fields(['kind', 'serial']).serial.whole(maxSerial) };
    case 'ds-seen': {
      const { records, ttl } = value.fields(['kind', 'records', 'ttl']);
      return { kind: 'ds-seen', records: records.items().map(readHex), ttl: ttl.whole(maxTtl) };
    }
    case 'certificate-served': {
      const { host, port, protocol, spki } = value.fields(['kind', 'host', 'port', 'protocol', 'spki']);
      return {
        kind: 'certificate-served',
        host: readName(host),
        port: port.whole(0xffff),
        protocol: protocol.oneOf(['tcp', 'udp', 'sctp']),
        spki: spki.match(/^[0-9a-f]{64}$/, 'a SHA-256 digest in hexadecimal'),
      };
    }
  }
}

function readOverride(value: JsonValue): Override {
  const { at, rule, subject, by } = value.fields(['at', 'rule', 'subject', 'by']);
  return { at: at.time(), rule: rule.text(), subject: subject.text(), by: by.text() };
}

function readName(value: JsonValue): Name {
  const parsed = parseName(value.text());
  if (parsed !== value.value) value.fail('an absolute name in lower case');
  return parsed as Name;
}

function readKeyId(value: JsonValue): KeyId {
  return value.match(keyIdForm, 'an algorithm and a key tag such as 013+07956');
}

const readHex = (value: JsonValue) => value.match(/^(?:[0-9a-f]{2})+$/, 'RDATA in hexadecimal');
