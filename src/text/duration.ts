/** Durations as people write them; inside, a duration is whole seconds. */

const units = { w: 604800, d: 86400, h: 3600, m: 60, s: 1 } as const;

/** A hundred years: more is a slip of the pen, and every sum of durations stays exact. */
export const longestDuration = 100 * 366 * units.d;

/** What `parseDuration` takes, for JSON Schema; the parser also demands that the sum is in range. */
export const durationPattern =
  '^(?:[0-9]+|(?:[0-9]+[wW])?(?:[0-9]+[dD])?(?:[0-9]+[hH])?(?:[0-9]+[mM])?(?:[0-9]+[sS])?|P(?:[0-9]+W)?(?:[0-9]+D)?(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?)$';

const plain = /^[0-9]{1,12}$/;
const short = /^(?:([0-9]{1,12})w)?(?:([0-9]{1,12})d)?(?:([0-9]{1,12})h)?(?:([0-9]{1,12})m)?(?:([0-9]{1,12})s)?$/i;
const iso =
  /^P(?:([0-9]{1,12})W)?(?:([0-9]{1,12})D)?(?:T(?=[0-9])(?:([0-9]{1,12})H)?(?:([0-9]{1,12})M)?(?:([0-9]{1,12})S)?)?$/;

/**
 * Seconds of `90d`, `1h30m`, `2w`, plain seconds, or ISO 8601 without years and months, whose length varies (`P1DT2H`).
 * Units stand in falling order, each once. Undefined where the text is none of these or says more than a hundred years.
 */
export function parseDuration(text: string): number | undefined {
  if (plain.test(text)) return within(Number(text));
  const match = short.exec(text) ?? iso.exec(text);
  if (match === null || !/[0-9]/.test(text)) return undefined;
  const [, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match.map((part) => Number(part ?? 0));
  return within(weeks * units.w + days * units.d + hours * units.h + minutes * units.m + seconds);
}

function within(seconds: number): number | undefined {
  return seconds <= longestDuration ? seconds : undefined;
}

/**
 * `1d2h`, `90s`, `0s`: the form that `parseDuration` reads back to the same number. Whole weeks are written in days.
 */
export function printDuration(seconds: number): string {
  if (seconds === 0) return '0s';
  let rest = seconds;
  let text = '';
  for (const [unit, length] of Object.entries(units)) {
    if (unit === 'w') continue;
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}

const words: Readonly<Record<string, keyof typeof units>> = {};
for (const [unit, names] of Object.entries({
  w: 'w wk wks week weeks',
  d: 'd day days',
  h: 'h hr hrs hour hours',
  m: 'm min mins minute minutes',
  s: 's sec secs second seconds',
})) {
  for (const name of names.split(' ')) (words as Record<string, string>)[name] = unit;
}

/**
 * The duration that a text says in words, as `parseDuration` takes it: `1h30m` of `1 hour and 30 minutes`. Undefined where
 * it says none, or can be read in two ways (months, fractions, `1:30`).
 */
export function meantDuration(text: string): string | undefined {
  const parts = text
    .trim()
    .toLowerCase()
    .split(/(?<=[a-z])\s*(?:,|,?\s+and\s)?\s*(?=[0-9])/);
  const short = parts.map((part) => {
    const match = /^([0-9]{1,12})\s*([a-z]+)$/.exec(part);
    return match !== null && Object.hasOwn(words, match[2]) ? `${match[1]}${words[match[2]]}` : undefined;
  });
  const made = short.includes(undefined) ? '' : short.join('');
  return parseDuration(made) === undefined ? undefined : made;
}
