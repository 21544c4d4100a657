/**
 * The scalars of the quick reading: where each ends and what it says. Whatever readers of YAML could disagree on is
 * undefined here.
 */

/** Characters with which no plain scalar of the quick reading begins; a dash only before a space. */
const indicators = new Set('?:,[]{}#&*!|>\'"%@` \r\n');

/** A part of a plain scalar that holds nothing that could end it, and the character that could. */
const blockPart = /[^ :\r\n]*/y;
const flowPart = /[^ :\r\n,[\]{}]*/y;
const spaces = / */y;

/** The end of a plain scalar on one line, without the spaces behind it; undefined where none begins. */
export function endOfPlain(text: string, from: number, isFlow: boolean): number | undefined {
  const part = isFlow ? flowPart : blockPart;
  if (from >= text.length || indicators.has(text[from])) return undefined;
  if (text[from] === '-' && endsPart(text[from + 1], isFlow)) return undefined;
  for (let at = from; ; ) {
    const end = behind(part, text, at);
    const next = text[end];
    if (next === ':' && !endsPart(text[end + 1], isFlow)) {
      at = end + 1;
      continue;
    }
    if (next !== ' ') return end;
    const after = behind(spaces, text, end);
    const follows = text[after];
    const isEnd = follows === '#' || (follows === ':' && endsPart(text[after + 1], isFlow));
    if (isEnd || (follows !== ':' && endsPart(follows, isFlow))) return end;
    at = follows === ':' ? after + 1 : after;
  }
}

/** Whether nothing of a plain scalar can stand here, or behind a colon that stands before it. */
function endsPart(character: string | undefined, isFlow: boolean): boolean {
  switch (character) {
    case undefined:
    case ' ':
    case '\n':
    case '\r':
      return true;
    case ',':
    case '[':
    case ']':
    case '{':
    case '}':
      return isFlow;
    default:
      return false;
  }
}

function behind(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  pattern.test(text);
  return pattern.lastIndex;
}

export interface Quoted {
  readonly end: number;
  readonly text: string;
  readonly style: 'single' | 'double';
}

/** A text in quotes. Lines that follow have to begin behind `column`. */
export function readQuoted(text: string, from: number, column: number): Quoted | undefined {
  const style = text[from] === "'" ? 'single' : 'double';
  const end = style === 'single' ? endOfSingle(text, from + 1) : endOfDouble(text, from + 1);
  if (end === undefined) return undefined;
  const inner = text.slice(from + 1, end - 1);
  if (inner.includes('\n') && !isFolded(inner, column)) return undefined;
  const said = style === 'single' ? unquoteSingle(inner) : unquoteDouble(inner);
  return said === undefined ? undefined : { end, text: said, style };
}

/** Behind the closing quote. */
function endOfSingle(text: string, from: number): number | undefined {
  for (let at = text.indexOf("'", from); at >= 0; at = text.indexOf("'", at + 2)) {
    if (text[at + 1] !== "'") return at + 1;
  }
  return undefined;
}

function endOfDouble(text: string, from: number): number | undefined {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let first = quote;
    while (first > from && text[first - 1] === '\\') first--;
    if ((quote - first) % 2 === 0) return quote + 1;
  }
  return undefined;
}

/** Whether every line after the first begins behind the column, and none is empty. */
function isFolded(inner: string, column: number): boolean {
  const lines = inner.split('\n').slice(1);
  return lines.every((line, index) => {
    const indent = line.search(/[^ ]/);
    // The closing quote may stand alone on the last line.
    if (indent < 0) return index === lines.length - 1 && line.length > column;
    return indent > column && line[indent] !== '\r';
  });
}

function unquoteSingle(inner: string): string {
  return inner.includes("'") || inner.includes('\n') ? inner.replace(/ *\r?\n */g, ' ').replaceAll("''", "'") : inner;
}

/** YAML 1.2.2 section 5.7. */
const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};

function unquoteDouble(inner: string): string | undefined {
  if (!inner.includes('\\') && !inner.includes('\n')) return inner;
  let isKnown = true;
  const piece = /\\(?:\r?\n *|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))| *\r?\n */gs;
  const said = inner.replace(piece, (whole: string, two?: string, four?: string, eight?: string, one?: string) => {
    const code = two ?? four ?? eight;
    if (one !== undefined) {
      isKnown &&= Object.hasOwn(escapes, one);
      return escapes[one];
    }
    if (code === undefined) return whole.startsWith('\\') ? '' : ' ';
    const point = Number.parseInt(code, 16);
    // Halves of a pair.
    isKnown &&= point < 0xd800 || (point > 0xdfff && point <= 0x10ffff);
    return isKnown ? String.fromCodePoint(point) : '';
  });
  return isKnown ? said : undefined;
}

export interface BlockText {
  readonly end: number;
  readonly text: string;
}

const blockHeader = /([|>])(-?)\r?\n( +)/y;

/** A block scalar (`|`, `|-`, `>`, `>-`) of lines that are all indented alike and not empty, behind `column`. */
export function readBlock(text: string, from: number, column: number): BlockText | undefined {
  blockHeader.lastIndex = from;
  const header = blockHeader.exec(text);
  if (header === null || header[3].length <= column) return undefined;
  const [, style, chomping, indent] = header;
  const lines: string[] = [];
  let end = blockHeader.lastIndex - indent.length;
  while (text.startsWith(indent, end)) {
    const newline = text.indexOf('\n', end);
    const next = newline < 0 ? text.length : newline + 1;
    const line = text.slice(end + indent.length, newline < 0 ? next : newline).replace(/\r$/, '');
    if (line === '' || line.startsWith(' ')) return undefined;
    lines.push(line);
    end = next;
  }
  // A line that is less indented and yet behind the column, or one of the block after an empty one.
  if (lines.length === 0 || text[end - 1] !== '\n' || isContinued(text, end, column)) return undefined;
  return { end, text: lines.join(style === '|' ? '\n' : ' ') + (chomping === '-' ? '' : '\n') };
}

/** Whether the next line that is not empty is indented behind the column. */
function isContinued(text: string, from: number, column: number): boolean {
  let start = from;
  let at = from;
  for (; text[at] === ' ' || text[at] === '\r' || text[at] === '\n'; at++) if (text[at] === '\n') start = at + 1;
  return at < text.length && at - start > column;
}
