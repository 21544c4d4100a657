/** TLSA records that the description spells out: `3 1 1 8755cd…` or `DANE-EE SPKI SHA2-256 8755cd…`. */
import { fromHex } from '../text/octets.ts';
import { type Position, type Report, report } from '../text/problem.ts';
import { choices, matchings, parseMatching, parseSelector, parseUsage, selectors, usages } from './acronym.ts';
import { type Association, dataLength } from './association.ts';
import { rules } from './rules.ts';

/**
 * Reads the RDATA; parentheses and spaces inside the data are as in a master file. Undefined after dane/field-range.
 */
export function parseLiteral(text: string, at: Position, to: Report): Association | undefined {
  const wrong = (field: string, found: string, expected: string) => {
    report(to, rules['dane/field-range'], at, { field, found, expected });
    return undefined;
  };
  const [usageText = '', selectorText = '', matchingText = '', ...rest] = text
    .replace(/[()]/g, ' ')
    .trim()
    .split(/\s+/);
  const quoted = (field: string) => (field === '' ? 'is missing' : `is ${JSON.stringify(field)}`);
  const usage = parseUsage(usageText);
  if (usage === undefined) return wrong('certificate usage', quoted(usageText), choices(usages));
  const selector = parseSelector(selectorText);
  if (selector === undefined) return wrong('selector', quoted(selectorText), choices(selectors));
  const matching = parseMatching(matchingText);
  if (matching === undefined) return wrong('matching type', quoted(matchingText), choices(matchings));
  const digits = rest.join('');
  const data = fromHex(digits);
  const length = dataLength[matching];
  const expected = length === undefined ? 'hexadecimal octets' : `${length} octets in hexadecimal`;
  if (data === undefined) {
    const odd = /^[0-9a-f]+$/i.test(digits) ? `has ${digits.length} digits, an odd number` : 'is not hexadecimal';
    return wrong('association data', digits === '' ? 'is missing' : odd, expected);
  }
  if (length !== undefined && data.length !== length) {
    return wrong(`association data for ${matching}`, `has ${data.length} octets`, expected);
  }
  return { usage, selector, matching, data, from: [{ kind: 'literal', at }] };
}
