/** The options of `danezone sign` as values. */
import { type Name, parseName } from '../dns/name.ts';
import type { SigningInput, WindowPolicy } from '../sign/sign.ts';
import { quote } from '../text/escape.ts';
import { fromHex } from '../text/octets.ts';
import { parseTime } from '../text/time.ts';
import { type OptionSpec, UsageError } from './command.ts';

export const signOptions: readonly OptionSpec[] = [
  { flags: '--origin <name>', description: 'name of the zone (default: the owner of the SOA record)' },
  { flags: '-K, --keys <folder>', description: 'folder of the key files, K*.key and K*.private', required: true },
  { flags: '-o, --output <file>', description: 'where the signed zone goes; - for standard output', required: true },
  { flags: '--inception <time>', description: 'start of the signatures (default: an hour before now)' },
  { flags: '--expiration <time>', description: 'end of the signatures (default: 30 days after now or --inception)' },
  { flags: '--nsec3', description: 'NSEC3 instead of NSEC', default: false },
  { flags: '--iterations <count>', description: 'additional NSEC3 iterations (default: 0, as RFC 9276 asks)' },
  { flags: '--salt <hex>', description: 'NSEC3 salt (default: none, as RFC 9276 asks)' },
  { flags: '--opt-out', description: 'NSEC3 with opt-out: delegations without DS are left out', default: false },
  { flags: '--zonemd <hash>', description: 'add ZONEMD: sha384 or sha512; may be repeated', many: true },
  {
    flags: '--cds',
    description: 'add CDS (SHA-256) and CDNSKEY of the keys that sign the DNSKEY RRset',
    default: false,
  },
  {
    flags: '--serial <policy>',
    description: 'SOA serial: keep, counter (one more), unixtime or date (YYYYMMDDnn); never back',
    choices: ['keep', 'unixtime', 'date', 'counter'],
    default: 'keep',
  },
  {
    flags: '--dnskey-ttl <seconds>',
    description: 'TTL of DNSKEY, CDS and CDNSKEY (default: of the zone, of the key files, of the SOA record)',
  },
  { flags: '--no-verify', description: 'do not verify the zone before it is put in place' },
  { flags: '--jobs <count>', description: 'threads that sign (default: one a core)' },
  { flags: '--engine <engine>', description: 'what signs and verifies', choices: ['node', 'noble'], default: 'node' },
];

export interface SignOptions {
  readonly origin: Name | undefined;
  readonly keys: string;
  readonly output: string;
  readonly windows: WindowPolicy & { readonly kind: 'fixed' };
  readonly denial: SigningInput['denial'];
  readonly zonemd: SigningInput['zonemd'];
  readonly cds: boolean;
  readonly serial: 'keep' | 'unixtime' | 'date' | 'counter';
  readonly dnskeyTtl: number | undefined;
  readonly verifies: boolean;
  readonly jobs: number | undefined;
  readonly engine: 'node' | 'noble';
}

const day = 86400;
const hour = 3600;

/** @throws UsageError */
export function readSignOptions(options: Readonly<Record<string, unknown>>, now: number): SignOptions {
  const given = (name: string) => options[name] as string | undefined;
  return {
    origin: originOf(given('origin')),
    keys: given('keys')!,
    output: given('output')!,
    windows: windowsOf(given, now),
    denial: denialOf(options),
    zonemd: ((options.zonemd ?? []) as string[]).map(zonemdOf),
    cds: options.cds === true,
    serial: given('serial') as SignOptions['serial'],
    dnskeyTtl: numberOf('dnskey-ttl', given('dnskeyTtl'), 0, 0x7fff_ffff),
    verifies: options.verify !== false,
    jobs: numberOf('jobs', given('jobs'), 1, 1024),
    engine: given('engine') as SignOptions['engine'],
  };
}

function originOf(text: string | undefined): Name | undefined {
  if (text === undefined) return undefined;
  const origin = parseName(text);
  if (typeof origin !== 'string') throw new UsageError(`--origin ${quote(text)} ${origin.error}`);
  return origin;
}

/** As dnssec-signzone has them: from an hour ago, for 30 days. */
function windowsOf(given: (name: string) => string | undefined, now: number): SignOptions['windows'] {
  const time = (option: string) => {
    const text = given(option);
    const seconds = text === undefined ? undefined : parseTime(text);
    if (text !== undefined && seconds === undefined) {
      throw new UsageError(`--${option} ${quote(text)} is no time: write Unix seconds, YYYYMMDDHHMMSS or ISO 8601`);
    }
    return seconds;
  };
  const start = time('inception');
  const inception = start ?? now - hour;
  const expiration = time('expiration') ?? (start ?? now) + 30 * day;
  if (expiration <= inception) throw new UsageError('the signatures would expire before they begin');
  // RRSIG times are compared in serial number arithmetic (RFC 4034 section 3.1.5).
  if (expiration - inception >= 2 ** 31) throw new UsageError('no signature can be valid for more than 68 years');
  return { kind: 'fixed', inception, expiration };
}

function denialOf(options: Readonly<Record<string, unknown>>): SigningInput['denial'] {
  const text = options.salt as string | undefined;
  const iterations = numberOf('iterations', options.iterations as string | undefined, 0, 0xffff);
  if (options.nsec3 !== true) {
    if (text !== undefined || iterations !== undefined || options.optOut === true) {
      throw new UsageError('--iterations, --salt and --opt-out need --nsec3');
    }
    return { kind: 'nsec' };
  }
  const salt = text === undefined || text === '-' ? '' : text.toLowerCase();
  const octets = salt === '' ? new Uint8Array(0) : fromHex(salt);
  if (octets === undefined || octets.length > 255) {
    throw new UsageError(`--salt ${quote(salt)}: expected at most 255 octets in hexadecimal, or - for none`);
  }
  return { kind: 'nsec3', optOut: options.optOut === true, iterations: iterations ?? 0, salt };
}

function zonemdOf(text: string): SignOptions['zonemd'][number] {
  if (text === 'sha384' || text === 'sha512') return text;
  throw new UsageError(`--zonemd ${quote(text)}: expected sha384 or sha512`);
}

function numberOf(option: string, text: string | undefined, from: number, to: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= from && value <= to)) {
    throw new UsageError(`--${option} ${quote(text)}: expected a number from ${from} to ${to}`);
  }
  return value;
}
