/** The parameters of SVCB and HTTPS (RFC 9460 sections 2.1, 2.2 and 7, appendix A; RFC 9461 for dohpath). */
import type { Octets } from '../../text/octets.ts';
import { FieldError, type FieldReader, OctetWriter } from '../fields.ts';
import { copyOf, type Field, unexpected } from './field.ts';
import { readU16 } from './numbers.ts';
import { putQuoted, resolveEscapes } from './strings.ts';
import { isGenericKey, Key, keyOfText, writeKey } from './svc-keys.ts';
import { opaque, type ValueForm, valueFormOf } from './svc-values.ts';

export interface SvcParam {
  readonly key: number;
  /** Wire form of the value. */
  readonly value: Octets;
}

const equals = 0x3d;

/** Where a parameter of valid RDATA ends; -1 where it runs past `to`. */
function paramEnd(octets: Octets, at: number, to: number): number {
  const end = at + 4 <= to ? at + 4 + readU16(octets, at + 2) : -1;
  return end <= to ? end : -1;
}

/** Why the octets are no parameters; undefined where they are. */
function paramsError(octets: Octets, at: number, to: number): string | undefined {
  let last = -1;
  const keys = new Set<number>();
  let mandatory: Octets = new Uint8Array(0);
  for (let i = at; i < to; ) {
    const end = paramEnd(octets, i, to);
    if (end < 0) return 'a parameter runs past the end';
    const key = readU16(octets, i);
    if (key === last) return `the key ${keyText(key)} stands twice`;
    if (key < last) return `the key ${keyText(key)} stands after ${keyText(last)}: keys ascend`;
    const error = valueFormOf(key).error(octets, i + 4, end);
    if (error !== undefined) return `${keyText(key)} ${error}`;
    if (key === Key.mandatory) mandatory = octets.subarray(i + 4, end);
    keys.add(key);
    last = key;
    i = end;
  }
  for (let i = 0; i < mandatory.length; i += 2) {
    const key = readU16(mandatory, i);
    if (!keys.has(key)) return `mandatory lists ${keyText(key)}, which is missing`;
  }
  // RFC 9460 section 7.1.1: without alpn the record is not self-consistent.
  return keys.has(Key.noDefaultAlpn) && !keys.has(Key.alpn) ? 'no-default-alpn needs alpn beside it' : undefined;
}

function keyText(key: number): string {
  const out = new OctetWriter(32);
  writeKey(key, out);
  return Buffer.from(out.octets.subarray(0, out.length)).toString('latin1');
}

/** Reads the parameter that the reader stands on, and its quoted value, which a reader may hand out as a field of its own. */
function readParam(fields: FieldReader): { param: SvcParam; more: boolean } {
  const { octets, start, end } = fields;
  if (fields.quoted) throw unexpected(fields, 'a parameter such as alpn=h2 whose key is not in quotes');
  const separator = octets.indexOf(equals, start);
  const keyEnd = separator < 0 || separator >= end ? end : separator;
  const key = keyOfText(octets, start, keyEnd);
  if (key < 0) throw unexpected(fields, 'a parameter such as alpn=h2 or key667=text');
  const form = isGenericKey(octets, start) ? opaque : valueFormOf(key);
  if (keyEnd === end) return { param: { key, value: encodeValue(form, key, fields, end, end) }, more: fields.next() };
  let more: boolean;
  let param: SvcParam;
  if (keyEnd + 1 < end) {
    param = { key, value: encodeValue(form, key, fields, keyEnd + 1, end) };
    more = fields.next();
  } else {
    more = fields.next();
    if (!more || !fields.quoted || fields.start !== end + 1) {
      const value = encodeEmpty(form, key, start, end);
      return { param: { key, value }, more };
    }
    param = { key, value: encodeValue(form, key, fields, fields.start, fields.end) };
    const quoteEnd = fields.end;
    more = fields.next();
    if (more && fields.start === quoteEnd + 1) throw unexpected(fields, 'a space after the closing quote');
  }
  return { param, more };
}

function encodeEmpty(form: ValueForm, key: number, from: number, to: number): Octets {
  const out = new OctetWriter(8);
  const error = form.read(new Uint8Array(0), out);
  if (error !== undefined) throw new FieldError(`${keyText(key)} ${error}`, from, to);
  return out.copy();
}

function encodeValue(form: ValueForm, key: number, fields: FieldReader, start: number, end: number): Octets {
  const text = new OctetWriter(end - start + 1);
  const out = new OctetWriter(64);
  const error = resolveEscapes(fields.octets, start, end, text) ?? form.read(text.copy(), out);
  if (error !== undefined) throw new FieldError(`${keyText(key)} ${error}`, fields.start, fields.end);
  if (out.length > 0xffff)
    throw new FieldError(`${keyText(key)} is longer than 65535 octets`, fields.start, fields.end);
  return out.copy();
}

function putParams(params: readonly SvcParam[], out: OctetWriter): void {
  for (const { key, value } of params) {
    out.u16(key);
    out.u16(value.length);
    out.put(value);
  }
}

export const svcParams: Field<readonly SvcParam[]> = {
  expected: 'parameters such as alpn=h2',
  rest: true,
  optional: true,
  read(fields, out, at) {
    const params: SvcParam[] = [];
    const from = fields.start;
    let to = fields.end;
    for (let more = at; more; ) {
      to = fields.end;
      const read = readParam(fields);
      params.push(read.param);
      more = read.more;
    }
    params.sort((a, b) => a.key - b.key);
    const start = out.length;
    putParams(params, out);
    const error = paramsError(out.octets, start, out.length);
    if (error !== undefined) throw new FieldError(error, from, to);
  },
  end: (octets, at, to) => (paramsError(octets, at, to) === undefined ? to : -1),
  explain: (octets, at, to) => paramsError(octets, at, to) ?? '',
  write(octets, at, end, out) {
    for (let i = at; i < end; ) {
      const next = paramEnd(octets, i, end);
      const key = readU16(octets, i);
      if (i > at) out.u8(0x20);
      writeKey(key, out);
      if (next > i + 4) {
        out.u8(equals);
        (valueFormOf(key).write ?? putQuoted)(octets, i + 4, next, out);
      }
      i = next;
    }
  },
  decode(octets, at, end) {
    const params: SvcParam[] = [];
    for (let i = at; i < end; i = paramEnd(octets, i, end)) {
      params.push({ key: readU16(octets, i), value: copyOf(octets, i + 4, paramEnd(octets, i, end)) });
    }
    return params;
  },
  encode(params, out) {
    for (const { key, value } of params) {
      if (!Number.isInteger(key) || key < 0 || key > 0xffff) throw new RangeError(`${key} is not a parameter key`);
      if (value.length > 0xffff) throw new RangeError(`the value of key${key} is longer than 65535 octets`);
    }
    putParams(params, out);
  },
};
