/** Policies and parents: a chain of declarations read into one value, every gap filled from the table of defaults. */

import { type Algorithm, algorithmOf, algorithms } from '../dnssec/algorithm.ts';
import { digestTypeOf, digestTypes } from '../dnssec/ds.ts';
import { printDuration } from '../text/duration.ts';
import { fromHex } from '../text/octets.ts';
import type { Position } from '../text/problem.ts';
import type { Declaration } from './declarations.ts';
import { defaults } from './defaults.ts';
import type { Denial, ParentPolicy, Policy } from './description.ts';
import { didYouMean } from './did-you-mean.ts';
import { complain, Fields, itemsOf, type Reading, readDuration, readText } from './reading.ts';
import { rules } from './rules.ts';
import { isNull, placeOfEntry, type YamlEntry } from './tree.ts';

const builtIn: Position = { file: '(built in)', line: 1, column: 1 };

/** The policy and the parent of domains that name none. */
export const defaultName = 'default';
/** The built-in policy of domains that are not signed. */
export const unsignedName = 'unsigned';

/** Signatures are renewed at whole hours: windows are counted in these. */
const tick = 3600;

export function readPolicy(name: string, chain: readonly Declaration[], reading: Reading): Policy {
  const fields = new Fields(
    chain.map((declaration) => declaration.entry.value),
    reading,
  );
  const keys = readKeys(fields);
  const signatures = readSignatures(fields);
  const policy: Policy = {
    name,
    at: chain[0]?.at ?? builtIn,
    signing: name === unsignedName ? 'none' : fields.plain<'none' | 'dnssec'>('dnssec', 'signing'),
    keys,
    signatures,
    denial: readDenial(fields.only('denial')),
    zonemd: readZonemd(fields),
    serial: fields.plain<Policy['serial']>(defaults.serial, 'serial'),
    ttls: {
      default: fields.ttl(defaults.ttls.default, 'ttls', 'default'),
      tlsa: fields.ttl(defaults.ttls.tlsa, 'ttls', 'tlsa'),
      dnskey: fields.ttl(defaults.ttls.dnskey, 'ttls', 'dnskey'),
      max: fields.ttl(defaults.ttls.max, 'ttls', 'max'),
    },
    timing: {
      runInterval: fields.duration(defaults.timing.runInterval, 'timing', 'run-interval'),
      zonePropagationDelay: fields.duration(defaults.timing.zonePropagationDelay, 'timing', 'zone-propagation-delay'),
      publishSafety: fields.duration(defaults.timing.publishSafety, 'timing', 'publish-safety'),
      retireSafety: fields.duration(defaults.timing.retireSafety, 'timing', 'retire-safety'),
    },
    cds: fields.plain<boolean>(defaults.cds, 'cds'),
    publication: readPublication(fields.only('publication')),
  };
  checkPolicy(policy, fields);
  return policy;
}

function readKeys(fields: Fields): Policy['keys'] {
  const { reading } = fields;
  const layout = fields.plain<Policy['keys']['layout']>(defaults.keys.layout, 'keys', 'layout');
  const entry = fields.entry('keys', 'algorithm');
  const algorithm =
    (entry === undefined ? undefined : readAlgorithm(entry, reading))?.number ?? defaults.keys.algorithm;
  const sizeEntry = fields.entry('keys', 'size');
  const size = fields.plain<number>(defaults.keys.size, 'keys', 'size');
  const isRsa = algorithmOf(algorithm)?.kind === 'rsa';
  if (sizeEntry !== undefined && isRsa && (size < 2048 || size > 4096 || size % 8 !== 0)) {
    const error = `RSA keys have 2048 to 4096 bits, a multiple of 8; found ${size}`;
    complain(reading, rules['describe/policy'], placeOfEntry(sizeEntry), { error });
  }
  if (sizeEntry !== undefined && !isRsa) {
    const error = `only RSA keys have a size; ${algorithmOf(algorithm)?.mnemonic} has one that is fixed`;
    complain(reading, rules['describe/policy'], placeOfEntry(sizeEntry), { error });
  }
  const one = layout === 'csk';
  const fitting = (key: string, fits: boolean) => {
    const found = fields.entry('keys', key);
    if (found === undefined || fits) return found;
    const error = `${key} has no meaning with keys.layout ${layout}`;
    complain(reading, rules['describe/policy'], placeOfEntry(found), { error });
    return undefined;
  };
  const lifetime = (key: string, fits: boolean) => {
    const found = fitting(key, fits);
    if (found === undefined) return undefined;
    const unlimited = found.value.kind === 'scalar' && found.value.text === 'unlimited';
    return unlimited ? undefined : readDuration(found, reading);
  };
  const [csk, ksk, zsk] = [lifetime('lifetime', one), lifetime('ksk-lifetime', !one), lifetime('zsk-lifetime', !one)];
  const method = <T extends string>(key: string, otherwise: T) =>
    fitting(key, !one) === undefined ? otherwise : fields.plain<T>(otherwise, 'keys', key);
  const backupEntry = fields.entry('keys', 'backup');
  const backup = backupEntry === undefined ? undefined : readText(backupEntry, reading)?.value;
  return {
    layout,
    algorithm,
    size,
    kskLifetime: one ? csk : ksk,
    zskLifetime: zsk,
    rolls: fields.plain<Policy['keys']['rolls']>(defaults.keys.rolls, 'keys', 'rolls'),
    kskRoll: method<Policy['keys']['kskRoll']>('ksk-roll', defaults.keys.kskRoll),
    zskRoll: method<Policy['keys']['zskRoll']>('zsk-roll', defaults.keys.zskRoll),
    standby: fields.plain<Policy['keys']['standby']>(defaults.keys.standby, 'keys', 'standby'),
    algorithmOrder: fields.plain<Policy['keys']['algorithmOrder']>(
      defaults.keys.algorithmOrder,
      'keys',
      'algorithm-order',
    ),
    backup,
  };
}

function readAlgorithm(entry: YamlEntry, reading: Reading): Algorithm | undefined {
  const text = readText(entry, reading);
  if (text === undefined) return undefined;
  const row = algorithmOf(text.value);
  if (row?.mayUse === true) return row;
  const known = algorithms.filter((one) => one.mayUse).map((one) => one.mnemonic);
  const why = row === undefined ? 'is no DNSSEC algorithm' : `(${row.mnemonic}) ${row.refusal ?? 'is not used here'}`;
  const otherwise = `possible are ${known.join(', ')}`;
  const meant = row === undefined ? didYouMean(text.value, known, text.at, otherwise) : { hint: otherwise };
  complain(reading, rules['describe/algorithm'], text.at, { text: text.value, why }, meant);
  return undefined;
}

function readSignatures(fields: Fields): Policy['signatures'] {
  const validity = fields.duration(defaults.signatures.validity, 'signatures', 'validity');
  return {
    validity,
    refresh: fields.duration(defaults.signatures.refresh, 'signatures', 'refresh'),
    dnskeyValidity: fields.duration(validity, 'signatures', 'dnskey-validity'),
    tlsaValidity: fields.duration(validity, 'signatures', 'tlsa-validity'),
  };
}

function readDenial(fields: Fields): Denial {
  const { value } = fields.entry('denial') ?? {};
  if (value === undefined || (value.kind === 'scalar' && value.text === 'nsec')) return { kind: 'nsec' };
  const { optOut, iterations } = defaults.nsec3;
  const entry = fields.entry('denial', 'nsec3', 'iterations');
  const count = fields.plain<number>(iterations, 'denial', 'nsec3', 'iterations');
  if (entry !== undefined && count > 0xffff) {
    const facts = { error: `NSEC3 has at most 65535 iterations; found ${count}` };
    complain(fields.reading, rules['describe/policy'], placeOfEntry(entry), facts);
  }
  return {
    kind: 'nsec3',
    optOut: fields.plain<boolean>(optOut, 'denial', 'nsec3', 'opt-out'),
    iterations: count,
    salt: readSalt(fields),
  };
}

function readSalt(fields: Fields): string {
  const salt = fields.text('denial', 'nsec3', 'salt');
  if (salt === undefined || salt.value === '-') return defaults.nsec3.salt;
  if (fromHex(salt.value) !== undefined && salt.value.length <= 510) return salt.value.toLowerCase();
  const error = 'a salt is 1 to 255 octets in hexadecimal, or - for none';
  complain(fields.reading, rules['describe/policy'], salt.at, { error });
  return defaults.nsec3.salt;
}

function readZonemd(fields: Fields): Policy['zonemd'] {
  const entry = fields.entry('zonemd');
  if (entry === undefined) return [];
  const texts = itemsOf(entry, fields.reading).map((item) => readText(item, fields.reading)?.value);
  return (['sha384', 'sha512'] as const).filter((scheme) => texts.includes(scheme));
}

function readPublication(fields: Fields): Policy['publication'] {
  const after = fields.entry('publication', 'by-build', 'after');
  const seconds = after === undefined ? undefined : readDuration(after, fields.reading);
  return seconds === undefined ? { kind: 'evidence' } : { kind: 'by-build', after: seconds };
}

/** What the windows of signatures need, each said at the value that is written. */
function checkPolicy(policy: Policy, fields: Fields): void {
  const { signatures, timing, ttls } = policy;
  const place = (...paths: readonly (readonly string[])[]) => {
    const entries = paths.map((path) => fields.entry(...path)).filter((entry) => entry !== undefined);
    return entries.length === 0 ? policy.at : placeOfEntry(entries[0]);
  };
  const demand = (holds: boolean, position: Position, error: string) => {
    if (!holds) complain(fields.reading, rules['describe/policy'], position, { error });
  };
  const refresh = ['signatures', 'refresh'];
  for (const [key, validity] of [
    ['validity', signatures.validity],
    ['dnskey-validity', signatures.dnskeyValidity],
    ['tlsa-validity', signatures.tlsaValidity],
  ] as const) {
    const path = ['signatures', key];
    if (key !== 'validity' && fields.entry(...path) === undefined) continue;
    const period = validity - signatures.refresh;
    demand(
      period >= tick && period % tick === 0,
      place(path, refresh),
      `${key} ${printDuration(validity)} has to be one or more whole hours longer than refresh ${printDuration(signatures.refresh)}`,
    );
  }
  const least = timing.runInterval + timing.zonePropagationDelay;
  demand(
    signatures.refresh > least,
    place(refresh, ['timing', 'run-interval'], ['timing', 'zone-propagation-delay']),
    `refresh ${printDuration(signatures.refresh)} has to be longer than run-interval and zone-propagation-delay together, ${printDuration(least)}`,
  );
  for (const key of ['default', 'tlsa', 'dnskey'] as const) {
    demand(
      ttls[key] <= ttls.max,
      place(['ttls', key], ['ttls', 'max']),
      `the TTL ${key} ${printDuration(ttls[key])} is longer than max ${printDuration(ttls.max)}`,
    );
  }
}

export function readParent(name: string, chain: readonly Declaration[], reading: Reading): ParentPolicy {
  const fields = new Fields(
    chain.map((declaration) => declaration.entry.value),
    reading,
  );
  return {
    name,
    at: chain[0]?.at ?? builtIn,
    interface: fields.plain<ParentPolicy['interface']>(defaults.parent.interface, 'interface'),
    digests: readDigests(fields),
    maxDs: fields.plain<number>(defaults.parent.maxDs, 'max-ds'),
    replace: fields.plain<ParentPolicy['replace']>(defaults.parent.replace, 'replace'),
    registrationDelay: fields.duration(defaults.parent.registrationDelay, 'registration-delay'),
    propagationDelay: fields.duration(defaults.parent.propagationDelay, 'propagation-delay'),
    ttl: fields.ttl(defaults.parent.ttl, 'ttl'),
  };
}

function readDigests(fields: Fields): readonly number[] {
  const entry = fields.entry('digests');
  if (entry === undefined) return defaults.parent.digests;
  const known = digestTypes.filter((row) => row.mayMake).map((row) => row.mnemonic);
  const numbers = new Set<number>();
  for (const item of itemsOf(entry, fields.reading)) {
    const text = readText(item, fields.reading);
    if (text === undefined) continue;
    const row = digestTypeOf(text.value);
    if (row?.mayMake === true) {
      numbers.add(row.number);
      continue;
    }
    const why = row === undefined ? 'is no DS digest type' : `is not made: ${row.refusal}`;
    const otherwise = `possible are ${known.join(', ')}`;
    const meant = row === undefined ? didYouMean(text.value, known, text.at, otherwise) : { hint: otherwise };
    complain(fields.reading, rules['describe/algorithm'], text.at, { text: text.value, why }, meant);
  }
  if (numbers.size === 0 && !isNull(entry.value) && itemsOf(entry, fields.reading).length === 0) {
    const error = 'a parent needs at least one digest type';
    complain(fields.reading, rules['describe/policy'], placeOfEntry(entry), { error });
  }
  return [...numbers].sort((a, b) => a - b);
}
