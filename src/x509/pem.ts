/**
 * PEM blocks (RFC 7468). Strict about what a digest hangs on — boundaries, labels, Base64 — and tolerant of what
 * editors, mail and shells do around it: any line ends, a byte order mark, indentation, blank lines, text between
 * blocks, long lines, two blocks on one line.
 */
import type { Octets } from '../text/octets.ts';
import type { Position } from '../text/problem.ts';

export interface PemBlock {
  /** `CERTIFICATE`. */
  readonly label: string;
  /** The BEGIN boundary. */
  readonly at: Position;
  /** RFC 1421 header fields (`Proc-Type`, `DEK-Info`): only old encrypted keys have them. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** What the Base64 stands for. */
  readonly octets: Octets;
}

export interface PemFault {
  readonly at: Position;
  /** A sentence about the file. */
  readonly message: string;
  readonly hint?: string;
}

const boundary = /-----(BEGIN|END) ([^\r\n]*?)-----/g;
const header = /^([A-Za-z][A-Za-z0-9-]*): ?([^\r\n]*)(?:\r\n|\r|\n)/;

interface OpenBlock {
  readonly label: string;
  readonly at: Position;
  /** Where the body starts in the text. */
  readonly bodyFrom: number;
}

/** Every block of a file, in order, and what is wrong with the others. `text` is the file, one character an octet. */
export function readPem(file: string, text: string): { blocks: PemBlock[]; faults: PemFault[] } {
  const blocks: PemBlock[] = [];
  const faults: PemFault[] = [];
  const positionAt = positions(file, text);
  let open: OpenBlock | undefined;
  let afterEnd = 0;
  for (const match of text.matchAll(boundary)) {
    const [whole, word, label] = match;
    const at = positionAt(match.index, whole.length);
    // A boundary behind other text, such as a comment sign, is text; one right behind an END is two glued blocks.
    const isBoundary = text.slice(Math.max(afterEnd, match.index - at.column + 1), match.index).trim() === '';
    if (word === 'BEGIN') {
      if (!isBoundary) continue;
      if (open !== undefined) faults.push(missingEnd(open));
      open = { label, at, bodyFrom: match.index + whole.length };
      continue;
    }
    if (open === undefined) {
      if (!isBoundary) continue;
      faults.push({
        at,
        message: `an END ${label} line without its BEGIN line`,
        hint: `put the line -----BEGIN ${label}----- in front of the Base64, or fetch the file again`,
      });
    } else if (open.label !== label) {
      faults.push({ at, message: `the block begins as ${open.label} and ends as ${label}` });
    } else {
      const block = readBody(open, text.slice(open.bodyFrom, match.index), positionAt);
      if ('octets' in block) blocks.push(block);
      else faults.push(block);
    }
    open = undefined;
    afterEnd = match.index + whole.length;
  }
  if (open !== undefined) faults.push(missingEnd(open));
  return { blocks, faults };
}

function missingEnd(open: OpenBlock): PemFault {
  return {
    at: open.at,
    message: `the block ${open.label} has no line -----END ${open.label}-----`,
    hint: 'the file may be cut off: fetch it again',
  };
}

type PositionAt = (offset: number, length?: number) => Position;

function readBody(open: OpenBlock, raw: string, positionAt: PositionAt): PemBlock | PemFault {
  // Nothing of a private key may come near a message or a code frame, so its faults are told at its BEGIN line.
  const isSecret = open.label.includes('PRIVATE KEY');
  const place = (offset: number) => (isSecret ? open.at : positionAt(open.bodyFrom + offset));
  const headers: { name: string; value: string }[] = [];
  let from = /^[ \t]*(?:\r\n|\r|\n)?/.exec(raw)?.[0].length ?? 0;
  for (let field = header.exec(raw.slice(from)); field !== null; field = header.exec(raw.slice(from))) {
    headers.push({ name: field[1], value: field[2].trim() });
    from += field[0].length;
  }
  const body = raw.slice(from);
  const bad = /[^A-Za-z0-9+/= \t\r\n\v\f]/.exec(body);
  if (bad !== null) return badCharacter(bad[0], isSecret, place(from + bad.index));
  const digits = body.replace(/[ \t\r\n\v\f]+/g, '');
  if (digits === '') return { at: open.at, message: `the block ${open.label} is empty` };
  const last = place(from + body.trimEnd().length - 1);
  const padding = /=*$/.exec(digits)?.[0].length ?? 0;
  if (digits.slice(0, digits.length - padding).includes('=') || padding > 2) {
    return { at: place(from + body.indexOf('=')), message: 'the Base64 has "=" before its end' };
  }
  if (digits.length % 4 !== 0) {
    return {
      at: last,
      message: `the Base64 is cut off: it has ${digits.length} characters, which is no multiple of four`,
      hint: 'fetch or copy the file again, whole',
    };
  }
  return { label: open.label, at: open.at, headers, octets: Buffer.from(digits, 'base64') };
}

function badCharacter(character: string, isSecret: boolean, at: Position): PemFault {
  if (character === '\\' && !isSecret) {
    return {
      at,
      message: 'a backslash inside the Base64: line breaks were written as \\n',
      hint: 'turn them into line breaks: printf \'%b\' "$(cat FILE)" > NEW-FILE',
    };
  }
  const code = character.charCodeAt(0);
  const shown =
    code > 0x20 && code < 0x7f ? JSON.stringify(character) : `the octet 0x${code.toString(16).padStart(2, '0')}`;
  return { at, message: isSecret ? 'a character that is not Base64' : `${shown} is not a character of Base64` };
}

/**
 * Makes offsets into lines and columns; CR LF, LF and CR end a line. No line of a certificate or key file is ever
 * shown: it tells nobody anything, and what lies in a damaged file may be a private key.
 */
function positions(file: string, text: string): PositionAt {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  return (offset, length = 1) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return { file, line: low + 1, column: offset - starts[low] + 1, length, isUnquotable: true };
  };
}

/** The block as PEM text with its header fields: what OpenSSL wants for an old encrypted key. */
export function blockText(block: PemBlock): string {
  const fields = block.headers.map(({ name, value }) => `${name}: ${value}\n`).join('');
  const lines = Buffer.from(block.octets)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n');
  return `-----BEGIN ${block.label}-----\n${fields}${fields === '' ? '' : '\n'}${lines}-----END ${block.label}-----\n`;
}
