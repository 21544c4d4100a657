/** The values of service parameters: text, wire form and validity by key (RFC 9460 section 7, RFC 9461 section 5). */
import type { Octets } from '../../text/octets.ts';
import type { OctetWriter } from '../fields.ts';
import { parseIpv4, parseIpv6, writeIpv4, writeIpv6 } from './address.ts';
import { decodeBase64, writeBase64 } from './data.ts';
import { putDecimalEscape } from './name-field.ts';
import { parseDecimal, readU16, writeDecimal } from './numbers.ts';
import { Key, keyOfText, writeKey } from './svc-keys.ts';

export interface ValueForm {
  /** Appends the wire form of the text, whose escapes of character strings are resolved; returns why it is none. */
  read(text: Octets, out: OctetWriter): string | undefined;
  /** Why the octets are no value of this key, to follow its name; undefined where they are. */
  error(octets: Octets, at: number, end: number): string | undefined;
  /** Without it, the value is written as a quoted string. */
  readonly write?: (octets: Octets, at: number, end: number, out: OctetWriter) => void;
}

const comma = 0x2c;
const backslash = 0x5c;
const quote = 0x22;
const valid = () => undefined;

/** Any octets: keys without a form of their own, and all keys written as `keyNNN`, whose text is the wire form. */
export const opaque: ValueForm = {
  read(text, out) {
    out.put(text);
    return undefined;
  },
  error: valid,
};

/** No value at all. */
const nothing: ValueForm = {
  read: (text) => (text.length === 0 ? undefined : 'takes no value'),
  error: (_octets, at, end) => (at === end ? undefined : 'takes no value'),
};

/** Items between commas; `put` appends one, or says why it is none. */
function list(
  put: (text: Octets, start: number, end: number, out: OctetWriter) => string | undefined,
  text: Octets,
  out: OctetWriter,
): string | undefined {
  if (text.length === 0) return 'needs a value';
  for (let start = 0; start <= text.length; ) {
    const found = text.indexOf(comma, start);
    const end = found < 0 ? text.length : found;
    const error = put(text, start, end, out);
    if (error !== undefined) return error;
    start = end + 1;
  }
  return undefined;
}

function itemText(text: Octets, start: number, end: number): string {
  return JSON.stringify(Buffer.from(text.subarray(start, end)).toString('utf8'));
}

/** Lists of addresses of one size. */
function addresses(
  size: number,
  kind: string,
  parse: typeof parseIpv4,
  write: (octets: Octets, at: number, out: OctetWriter) => void,
): ValueForm {
  return {
    read: (text, out) =>
      list(
        (octets, start, end, into) => {
          into.reserve(size);
          if (!parse(octets, start, end, into.octets, into.length)) {
            return `expects ${kind} addresses with commas between them, found ${itemText(octets, start, end)}`;
          }
          into.length += size;
          return undefined;
        },
        text,
        out,
      ),
    error: (_octets, at, end) =>
      end > at && (end - at) % size === 0 ? undefined : `needs ${kind} addresses of ${size} octets`,
    write(octets, at, end, out) {
      for (let i = at; i < end; i += size) {
        if (i > at) out.u8(comma);
        write(octets, i, out);
      }
    },
  };
}

const mandatory: ValueForm = {
  read(text, out) {
    const keys: number[] = [];
    const error = list(
      (octets, start, end) => {
        const key = keyOfText(octets, start, end);
        if (key < 0) return `expects keys with commas between them, found ${itemText(octets, start, end)}`;
        keys.push(key);
        return undefined;
      },
      text,
      out,
    );
    if (error !== undefined) return error;
    keys.sort((a, b) => a - b);
    const from = out.length;
    for (const key of keys) out.u16(key);
    return mandatory.error(out.octets, from, out.length);
  },
  error(octets, at, end) {
    if (at === end || (end - at) % 2 !== 0) return 'needs keys of 2 octets';
    let last: number = Key.mandatory;
    for (let i = at; i < end; i += 2) {
      const key = readU16(octets, i);
      if (key === Key.mandatory) return 'lists itself';
      if (key === last) return `lists key${key} twice`;
      if (key < last) return `lists key${key} after key${last}: keys ascend`;
      last = key;
    }
    return undefined;
  },
  write(octets, at, end, out) {
    for (let i = at; i < end; i += 2) {
      if (i > at) out.u8(comma);
      writeKey(readU16(octets, i), out);
    }
  },
};

/** Protocol names; a comma or backslash inside one stands behind a backslash (RFC 9460 appendix A.1). */
const alpn: ValueForm = {
  read(text, out) {
    if (text.length === 0) return 'needs a value';
    let lengthAt = out.length;
    out.u8(0);
    for (let i = 0; i <= text.length; i++) {
      if (i === text.length || text[i] === comma) {
        const length = out.length - lengthAt - 1;
        if (length === 0) return 'has an empty protocol name';
        if (length > 255) return `has a protocol name of ${length} octets, more than 255`;
        out.octets[lengthAt] = length;
        lengthAt = out.length;
        if (i < text.length) out.u8(0);
        continue;
      }
      if (text[i] === backslash && ++i === text.length) return 'ends in a backslash';
      out.u8(text[i]);
    }
    return undefined;
  },
  error(octets, at, end) {
    let i = at;
    while (i < end && octets[i] > 0) i += 1 + octets[i];
    return i === end && end > at ? undefined : 'needs protocol names, each after its length';
  },
  write(octets, at, end, out) {
    out.u8(quote);
    for (let i = at; i < end; i += 1 + octets[i]) {
      if (i > at) out.u8(comma);
      for (let j = i + 1; j <= i + octets[i]; j++) writeProtocolOctet(octets[j], out);
    }
    out.u8(quote);
  },
};

/** One octet of a protocol name, escaped for the list and then for the character string. */
function writeProtocolOctet(octet: number, out: OctetWriter): void {
  out.reserve(4);
  if (octet <= 0x20 || octet >= 0x7f) {
    putDecimalEscape(octet, out);
    return;
  }
  if (octet === quote) out.u8(backslash);
  if (octet === comma || octet === backslash) {
    out.u8(backslash);
    out.u8(backslash);
  }
  if (octet === backslash) out.u8(backslash);
  out.u8(octet);
}

const port: ValueForm = {
  read(text, out) {
    const value = parseDecimal(text, 0, text.length, 0xffff);
    if (value < 0) return `expects a port from 0 to 65535, found ${itemText(text, 0, text.length)}`;
    out.u16(value);
    return undefined;
  },
  error: (_octets, at, end) => (end - at === 2 ? undefined : 'needs 2 octets'),
  write: (octets, at, _end, out) => writeDecimal(readU16(octets, at), out),
};

const ech: ValueForm = {
  read: (text, out) => (decodeBase64(text, 0, text.length, out) ? undefined : 'expects Base64'),
  error: valid,
  write: (octets, at, end, out) => writeBase64(octets, at, end, 0, out),
};

const pathExpected = 'expects a relative URI template with the variable dns, such as /dns-query{?dns}';
const utf8 = new TextDecoder('utf-8', { fatal: true });

function pathError(octets: Octets, at: number, end: number): string | undefined {
  let text: string;
  try {
    text = utf8.decode(Uint8Array.prototype.slice.call(octets, at, end));
  } catch {
    return pathExpected;
  }
  return /^\//.test(text) && /\{[^{}]*\bdns\b[^{}]*\}/.test(text) ? undefined : pathExpected;
}

const dohpath: ValueForm = {
  read(text, out) {
    out.put(text);
    return pathError(text, 0, text.length);
  },
  error: pathError,
};

const forms = new Map<number, ValueForm>([
  [Key.mandatory, mandatory],
  [Key.alpn, alpn],
  [Key.noDefaultAlpn, nothing],
  [Key.port, port],
  [Key.ipv4hint, addresses(4, 'IPv4', parseIpv4, writeIpv4)],
  [Key.ech, ech],
  [Key.ipv6hint, addresses(16, 'IPv6', parseIpv6, writeIpv6)],
  [Key.dohpath, dohpath],
  [Key.ohttp, nothing],
]);

export function valueFormOf(key: number): ValueForm {
  return forms.get(key) ?? opaque;
}
