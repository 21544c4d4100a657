/** `{{domain}}`: the domain that a template is used for, without its final dot. */
import type { Name } from '../dns/name.ts';
import { onlyMeant, suggest } from '../text/suggest.ts';

const pattern = /\{\{([^{}]*)\}\}/g;
const known = 'domain';

export interface PlaceholderError {
  /** UTF-16 offsets in the text. */
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly hint?: string;
  /** What can only have been meant. */
  readonly meant?: string;
}

/**
 * What is wrong with the placeholders of a text; undefined where nothing is. `taken`: whether the text belongs to a
 * domain.
 */
export function placeholderError(text: string, taken: boolean): PlaceholderError | undefined {
  for (const match of text.matchAll(pattern)) {
    const word = match[1].trim();
    const [from, to] = [match.index, match.index + match[0].length];
    if (word !== known) {
      const near = suggest(word, [known]);
      if (near === undefined) return { from, to, reason: 'is not known' };
      const isMeant = taken && onlyMeant(word, [known]) !== undefined;
      const meant = `{{${near}}}`;
      return { from, to, reason: 'is not known', hint: `did you mean ${meant}?`, meant: isMeant ? meant : undefined };
    }
    if (!taken) {
      return {
        from,
        to,
        reason: 'has no meaning here',
        hint: 'write it in a domain or template; elsewhere, write the name',
      };
    }
  }
  return undefined;
}

export interface Substituted {
  readonly text: string;
  /** The offset in the text as it was written, of an offset in the text as it is now. */
  readonly written: (offset: number) => number;
}

/** The text with its placeholders replaced; they have been checked. */
export function substitute(text: string, domain: Name): Substituted {
  const name = domain.slice(0, -1);
  const places: { readonly from: number; readonly to: number; readonly length: number }[] = [];
  let shift = 0;
  const made = text.replace(pattern, (match, _word, at: number) => {
    places.push({ from: at + shift, to: at + shift + name.length, length: match.length });
    shift += name.length - match.length;
    return name;
  });
  const written = (offset: number) => {
    let back = 0;
    for (const { from, to, length } of places) {
      if (offset <= from) break;
      if (offset < to) return from - back;
      back += to - from - length;
    }
    return offset - back;
  };
  return { text: made, written };
}
