/**
 * What `danezone ready` goes by: since when each TLSA record is in every cache. It is public, so that a machine without the repository
 * can be given it as a file.
 */
import { type Name, parseName } from '../dns/name.ts';
import { JsonValue, Unexpected } from '../journal/json-reader.ts';
import { jsonText } from '../text/annotations.ts';
import { readableTime } from '../text/time.ts';

/** The form that this danezone writes and reads. */
export const statusVersion = 1;

export interface ReadyStatus {
  /** Unix seconds. */
  readonly made: number;
  readonly services: readonly ServiceStatus[];
}

export interface ServiceStatus {
  readonly host: Name;
  /** `smtp`. */
  readonly service: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** Where senders find the records, aliases followed. */
  readonly owner: Name;
  /** Those that were built last. */
  readonly records: readonly RecordStatus[];
  readonly certificates: readonly CertificateStatus[];
}

export interface DatedWait {
  /** When it is over, Unix seconds; undefined: its clock does not run yet. */
  readonly earliest?: number;
  /** How long it takes from publication, if that were now. */
  readonly seconds: number;
  /** The formula with its numbers. */
  readonly wait: string;
}

export interface RecordStatus extends DatedWait {
  /** Hexadecimal. */
  readonly rdata: string;
}

export interface CertificateStatus {
  readonly name: string;
  /** Of its key: `ECDSA P-256`. */
  readonly algorithm: string;
  readonly current: KeyStatus;
  readonly next?: KeyStatus;
  /** The current one itself came before its records were in every cache. */
  readonly early?: DatedWait;
}

export interface KeyStatus {
  /** SHA-256, hexadecimal. */
  readonly spki: string;
  /** Unix seconds; undefined: no certificate yet. */
  readonly notAfter?: number;
  /** The records that it matches. */
  readonly matches: readonly string[];
}

export function printStatus({ made, services }: ReadyStatus): string {
  const time = (at: number | undefined) => (at === undefined ? undefined : readableTime(at));
  const key = (of: KeyStatus | undefined) => of && { ...of, notAfter: time(of.notAfter) };
  const wait = <W extends DatedWait>(of: W | undefined) => of && { ...of, earliest: time(of.earliest) };
  return jsonText({
    version: statusVersion,
    made: readableTime(made),
    services: services.map((service) => ({
      ...service,
      records: service.records.map(wait),
      certificates: service.certificates.map(({ name, algorithm, current, next, early }) => {
        return { name, algorithm, current: key(current), next: key(next), early: wait(early) };
      }),
    })),
  });
}

/** The error is a sentence about the file. */
export function parseStatus(text: string): ReadyStatus | { readonly error: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { error: 'is not JSON: make it with danezone ready --export FILE' };
  }
  try {
    return readStatus(new JsonValue(json));
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    return { error: `has ${error.found} where ${error.expected} is expected, at ${error.where || 'its top'}` };
  }
}

function readStatus(value: JsonValue): ReadyStatus {
  const found = Object.fromEntries(value.entries()).version ?? value.fail('a field version', 'none');
  if (found.whole() !== statusVersion) found.fail(`${statusVersion}, the form of this danezone`);
  const { made, services } = value.fields(['version', 'made', 'services']);
  return { made: made.time(), services: services.items().map(readService) };
}

function readService(value: JsonValue): ServiceStatus {
  const fields = value.fields(['host', 'service', 'port', 'protocol', 'owner', 'records', 'certificates']);
  return {
    host: readName(fields.host),
    service: fields.service.text(),
    port: fields.port.whole(0xffff, 1),
    protocol: fields.protocol.oneOf(['tcp', 'udp', 'sctp']),
    owner: readName(fields.owner),
    records: fields.records.items().map((record) => {
      const { rdata, ...wait } = record.fields(['rdata', 'seconds', 'wait'], ['earliest']);
      return { rdata: readHex(rdata), ...readWait(wait) };
    }),
    certificates: fields.certificates.items().map((certificate) => {
      const { name, algorithm, current, next, early } = certificate.fields(
        ['name', 'algorithm', 'current'],
        ['next', 'early'],
      );
      return {
        name: name.text(),
        algorithm: algorithm.text(),
        current: readKey(current),
        next: next && readKey(next),
        early: early && readWait(early.fields(['seconds', 'wait'], ['earliest'])),
      };
    }),
  };
}

function readWait(fields: { readonly seconds: JsonValue; readonly wait: JsonValue; readonly earliest?: JsonValue }) {
  return { earliest: fields.earliest?.time(), seconds: fields.seconds.whole(), wait: fields.wait.text() };
}

function readKey(value: JsonValue): KeyStatus {
  const { spki, notAfter, matches } = value.fields(['spki', 'matches'], ['notAfter']);
  return {
    spki: spki.match(/^[0-9a-f]{64}$/, 'a SHA-256 digest in hexadecimal'),
    notAfter: notAfter?.time(),
    matches: matches.items().map(readHex),
  };
}

const readHex = (value: JsonValue) => value.match(/^(?:[0-9a-f]{2})+$/, 'RDATA in hexadecimal');

function readName(value: JsonValue): Name {
  const parsed = parseName(value.text());
  if (typeof parsed !== 'string' || parsed !== value.value) value.fail('an absolute name in lower case');
  return parsed as Name;
}
