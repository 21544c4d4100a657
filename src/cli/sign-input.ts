/** A plain master file and a folder of keys, made into the input of the stage `sign`. */
import { dirname, join, resolve } from 'node:path';
import { rules as composeRules } from '../compose/rules.ts';
import { readMaster } from '../dns/master-reader.ts';
import { decode } from '../dns/rdata/index.ts';
import { Type, typeName } from '../dns/type.ts';
import type { Zone } from '../dns/zone.ts';
import { dsRData } from '../dnssec/ds.ts';
import { keyTag } from '../dnssec/key-tag.ts';
import { confinedReader, refusalText } from '../host/confined.ts';
import type { Host } from '../host/host.ts';
import { regularFiles } from '../host/regular.ts';
import type { ZoneKey } from '../keys/key.ts';
import { checkRoles, type KeySet, readKeySet } from '../keys/key-set.ts';
import { type KeyRoles, rolesOf } from '../keys/roles.ts';
import { isRevoked, isSep } from '../keys/zone-key.ts';
import { nextSerial } from '../pipeline/serial.ts';
import { reportUnsignable } from '../sign/rules.ts';
import type { SigningInput } from '../sign/sign.ts';
import { stripSigning } from '../sign/strip.ts';
import type { SignerSpec } from '../signers/signer.ts';
import { equalOctets, type Octets } from '../text/octets.ts';
import { type Report, report } from '../text/problem.ts';
import type { SignOptions } from './sign-options.ts';

/** Octets of a file that $INCLUDE names, at most. */
const maxIncluded = 1 << 30;

const sha256 = 2;

export interface ReadZone {
  readonly zone: Zone;
  /** What was left out of the file or kept in it, for people. */
  readonly notes: readonly string[];
}

/**
 * Reads the zone and takes an earlier signing out of it. `path` is as it was given, and so it stands in messages. $INCLUDE reaches
 * files in and under the folder of the file. Undefined where the report says what is wrong.
 */
export function readZone(
  host: Host,
  path: string,
  octets: Octets,
  { origin, denial }: SignOptions,
  to: Report,
): ReadZone | undefined {
  const folder = path === '-' ? '.' : dirname(path);
  const confined = confinedReader(host.files, resolve(host.workingFolder, folder), { maxSize: maxIncluded });
  const include = (named: string) => {
    const found = confined(named);
    return 'error' in found
      ? { error: refusalText(named, found) }
      : { file: join(folder, found.file), octets: found.octets };
  };
  const read = readMaster({ file: path, octets, origin, apex: origin, include }, to);
  if (read === undefined || to.hasErrors) return undefined;
  checkApex(read, path, to);
  reportUnsignable(read, denial, to);
  if (to.hasErrors) return undefined;
  const { zone, dropped } = stripSigning(read);
  const notes = [...dropped].map(([type, count]) => `left out ${count} ${typeName(type)} of an earlier signing`);
  return { zone, notes };
}

/** What no server would load. */
function checkApex(zone: Zone, file: string, to: Report): void {
  const count = (type: number) => {
    const row = zone.row(0, type);
    return row < 0 ? 0 : zone.rdataOf(row).length;
  };
  const soas = count(Type.SOA);
  const say = (what: string) => {
    const position = { file, line: 1, column: 1 };
    const hint = 'give --origin the name of the zone: its SOA and NS records stand there';
    report(to, composeRules['zone/apex'], position, { owner: zone.apex, what }, { subject: zone.apex, hint });
  };
  if (soas !== 1) say(soas === 0 ? 'has no SOA record' : `has ${soas} SOA records`);
  if (count(Type.NS) === 0) say('has no name servers');
}

export interface ReadKeys {
  readonly set: KeySet;
  readonly roles: KeyRoles;
  readonly notes: readonly string[];
}

/**
 * `folder` is as it was given. Undefined where the keys cannot sign the zone; the report says why, unless there are none. A private key that others can read
 * is only noted: this command takes keys as they are, also copies of test keys.
 */
export function readKeys(host: Host, folder: string, zone: Zone, now: number, to: Report): ReadKeys | undefined {
  const regular = regularFiles(host.files);
  const at = (path: string) => resolve(host.workingFolder, path);
  const files = regular.list(at(folder)).map((file) => {
    const path = join(folder, file);
    return { path, octets: () => regular.read(at(path)) };
  });
  const set = readKeySet(zone.apex, files, to);
  const roles = rolesOf(set.keys, now);
  if (!checkRoles(set, roles, to) || to.hasErrors) return undefined;
  const isOpen = ({ path }: ZoneKey) => ((host.files.facts(at(`${path}.private`))?.mode ?? 0) & 0o007) !== 0;
  const open = [...new Set([...roles.signsKeys, ...roles.signsZone])].filter(isOpen);
  return { set, roles, notes: open.map(({ path }) => `${path}.private can be read by others: chmod 600`) };
}

/** Everything but the executor's business. DNSKEY records of the zone that are of no key in the folder are published on. */
export function signingInput(
  zone: Zone,
  { set, roles, notes }: ReadKeys,
  options: SignOptions,
  now: number,
): { input: SigningInput; notes: readonly string[] } {
  const row = zone.row(0, Type.DNSKEY);
  const isOfFolder = (rdata: Octets) =>
    [...set.keys, ...set.refused].some((key) => equalOctets(key.rdata.subarray(2), rdata.subarray(2)));
  const foreignDnskeys = row < 0 ? [] : zone.rdataOf(row).filter((rdata) => !isOfFolder(rdata));
  const soaRow = zone.row(0, Type.SOA);
  const { serial } = decode('SOA', zone.rdataOf(soaRow)[0]);
  const ttlOfZone = row < 0 ? undefined : zone.columns.ttl[row];
  const ttlOfKeys = roles.published.find(({ ttl }) => ttl !== undefined)?.ttl;
  const dnskeyTtl = options.dnskeyTtl ?? ttlOfZone ?? ttlOfKeys ?? zone.columns.ttl[soaRow];
  const specOf = (key: ZoneKey): SignerSpec => ({ key, privateKey: set.privateKeyOf(key)!, engine: options.engine });
  const anchors = options.cds ? trustAnchors(roles) : [];
  return {
    input: {
      zone,
      published: roles.published,
      foreignDnskeys,
      signsDnskey: roles.signsKeys.map(specOf),
      signsZone: roles.signsZone.map(specOf),
      dnskeyTtl,
      cds: anchors.map(({ rdata }) => dsRData(zone.apex, rdata, sha256)),
      cdnskey: anchors.map(({ rdata }) => rdata),
      cdsTtl: dnskeyTtl,
      denial: options.denial,
      zonemd: options.zonemd,
      windows: options.windows,
      serial: options.serial === 'keep' ? serial : nextSerial({ policy: options.serial, floors: [serial], now }, ''),
      // The staged file is verified as a whole, or the user wants no verification.
      checkSignatures: 'none',
    },
    notes: [
      ...notes,
      ...foreignDnskeys.map((rdata) => `kept DNSKEY ${keyTag(rdata)} of the zone, which is not in the folder of keys`),
    ],
  };
}

/** The keys that a parent should point to: SEP keys; of an algorithm without one, what signs in its place. */
function trustAnchors({ signsKeys }: KeyRoles): ZoneKey[] {
  const keys = signsKeys.filter((key) => !isRevoked(key));
  return keys.filter((key) => isSep(key) || !keys.some((other) => isSep(other) && other.algorithm === key.algorithm));
}
