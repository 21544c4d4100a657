/** The text of a YAML file and where its lines begin. */
import type { Source } from './tree.ts';

export function sourceOf(file: string, text: string): Source {
  let lines: number[] | undefined;
  return {
    file,
    text,
    position(from, to) {
      lines ??= lineStarts(text);
      const line = lineOf(lines, from);
      const newline = text.indexOf('\n', from);
      const lineEnd = newline === -1 ? text.length : newline;
      const end = Math.min(to, text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd);
      return { file, line: line + 1, column: from - lines[line] + 1, length: Math.max(1, end - from) };
    },
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The last line that begins at or before the offset. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
