/** A line of a file with carets under the part that is meant. Plain text; render.ts adds the colours. */
import { escapeControls } from './escape.ts';
import type { Position } from './problem.ts';
import { displayWidth, widthOf } from './width.ts';

export interface Frame {
  /** The line as it is shown: tabs expanded, controls escaped, cut to the width. */
  readonly line: string;
  /** Columns before the first caret. */
  readonly indent: number;
  /** Carets, at least 1. */
  readonly carets: number;
}

const tabStop = 4;
const ellipsis = '…';

/** Marks of a private key in PEM and in BIND's key files: a text that holds one is never quoted. */
const privateKeyMark = /PRIVATE KEY-----|^Private-key-format:|^\s*PrivateKey:/m;

export function holdsPrivateKey(text: string): boolean {
  return privateKeyMark.test(text);
}

/** Line `line` (from 1) without its line end; undefined where the text has no such line. */
export function lineOf(text: string, line: number): string | undefined {
  let start = 0;
  for (let at = 1; at < line; at++) {
    start = text.indexOf('\n', start) + 1;
    if (start === 0) return undefined;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? text.length : end).replace(/\r$/, '');
}

interface Cell {
  readonly text: string;
  readonly width: number;
  /** Where the character stands in the source line, in UTF-16 units. */
  readonly from: number;
}

/**
 * The frame of a position in its line, at most `columns` wide: of a longer line, the part around the first caret. A
 * position behind the end of the line puts its caret there.
 */
export function frameOf(line: string, position: Position, columns: number): Frame {
  const cells = cellsOf(line);
  const from = Math.max(0, position.column - 1);
  const to = Math.max(from + 1, from + (position.length ?? 1));
  const firstBehind = (offset: number) => {
    const index = cells.findIndex((cell) => cell.from >= offset);
    return index === -1 ? cells.length : index;
  };
  // A range that starts inside a surrogate pair belongs to the whole character.
  let first = firstBehind(from);
  if (first > 0 && cells[first]?.from !== from && from < line.length) first--;
  const last = Math.max(first, firstBehind(Math.min(to, line.length)));

  const [start, end] = window(cells, first, last, columns);
  const head = start > 0 ? ellipsis : '';
  const tail = end < cells.length ? ellipsis : '';
  const width = (a: number, b: number) => cells.slice(a, b).reduce((sum, cell) => sum + cell.width, 0);
  const text = cells.slice(start, end).map((cell) => cell.text);
  return {
    line: (head + text.join('') + tail).trimEnd(),
    indent: head.length + width(start, first),
    carets: Math.max(1, width(first, Math.min(last, end))),
  };
}

function cellsOf(line: string): Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  let from = 0;
  for (const character of line) {
    const text = character === '\t' ? ' '.repeat(tabStop - (column % tabStop)) : escapeControls(character);
    const width = text === character ? widthOf(character) : displayWidth(text);
    cells.push({ text, width, from });
    column += width;
    from += character.length;
  }
  return cells;
}

/** The cells that are shown: all, or as many around `first` as the columns hold. */
function window(cells: readonly Cell[], first: number, last: number, columns: number): [number, number] {
  const total = cells.reduce((sum, cell) => sum + cell.width, 0);
  if (total <= columns) return [0, cells.length];
  const room = Math.max(20, columns - 2);
  // A third of the room goes to what stands before the caret, unless the line ends sooner.
  let start = first;
  let used = 0;
  while (start > 0 && used + cells[start - 1].width <= room / 3) used += cells[--start].width;
  let end = start;
  used = 0;
  while (end < cells.length && used + cells[end].width <= room) used += cells[end++].width;
  while (end === cells.length && start > 0 && used + cells[start - 1].width <= room) used += cells[--start].width;
  return [start, Math.max(end, Math.min(last, first + 1))];
}
