/** Strict reading of a JSON value: every field is known, wanted and of its type, or the path to the first that is not is said. */
import { quote } from '../text/escape.ts';
import { parseTime, readableTime } from '../text/time.ts';

/** Thrown inside the parser only; parseJournal makes a problem of it. */
export class Unexpected extends Error {
  readonly where: string;
  readonly expected: string;
  readonly found: string;
  constructor(where: string, expected: string, found: string) {
    super(`${where}: expected ${expected}, found ${found}`);
    this.where = where;
    this.expected = expected;
    this.found = found;
  }
}

/** A value and where it stands. Every method throws Unexpected where the value is not of that kind. */
export class JsonValue {
  readonly value: unknown;
  readonly where: string;

  constructor(value: unknown, where = '') {
    this.value = value;
    this.where = where;
  }

  /** The fields of an object: those of `required`, perhaps those of `optional`, no others. */
  fields<R extends string, O extends string = never>(
    required: readonly R[],
    optional: readonly O[] = [],
  ): { readonly [K in R]: JsonValue } & { readonly [K in O]?: JsonValue } {
    const entries = this.entries();
    const known: readonly string[] = [...required, ...optional];
    for (const [key, { where }] of entries) {
      if (!known.includes(key)) throw new Unexpected(where, `one of the fields ${known.join(', ')}`, quote(key));
    }
    const found = Object.fromEntries(entries);
    for (const key of required) if (!(key in found)) this.fail(`a field ${key}`, 'none');
    return found as { readonly [K in R]: JsonValue } & { readonly [K in O]?: JsonValue };
  }

  entries(): [string, JsonValue][] {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) this.fail('an object');
    return Object.entries(this.value as object).map(([key, value]) => {
      const step = /^\w+$/.test(key) ? `.${key}` : `[${quote(key)}]`;
      return [key, new JsonValue(value, this.where === '' ? key : `${this.where}${step}`)];
    });
  }

  items(): JsonValue[] {
    if (!Array.isArray(this.value)) this.fail('a list');
    return (this.value as unknown[]).map((value, index) => new JsonValue(value, `${this.where}[${index}]`));
  }

  text(): string {
    if (typeof this.value !== 'string') this.fail('a text');
    return this.value as string;
  }

  /** A text that matches; `expected` says in words what. */
  match(pattern: RegExp, expected: string): string {
    const text = this.text();
    if (!pattern.test(text)) this.fail(expected);
    return text;
  }

  oneOf<const T extends string>(words: readonly T[]): T {
    if (!words.some((word) => word === this.value)) this.fail(words.join(' or '));
    return this.value as T;
  }

  /** A field that is left out where it does not apply. */
  mark(): true {
    return this.value === true ? true : this.fail('true, or no such field');
  }

  whole(max = Number.MAX_SAFE_INTEGER, min = 0): number {
    const { value } = this;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
      this.fail(
        max === Number.MAX_SAFE_INTEGER ? `a whole number from ${min}` : `a whole number from ${min} to ${max}`,
      );
    }
    return value as number;
  }

  /** Unix seconds, from the form in which they are printed. */
  time(): number {
    const time = parseTime(this.text());
    if (time === undefined || readableTime(time) !== this.value) this.fail('a time such as 2026-01-01 00:00:00Z');
    return time as number;
  }

  fail(expected: string, found: string = describe(this.value)): never {
    throw new Unexpected(this.where, expected, found);
  }
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? quote(value, 40) : String(value);
}
