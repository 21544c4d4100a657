/**
 * Text from input, made safe to show: what could move a cursor, hide characters, reverse their order or break a format
 * is written as an escape that can be read.
 */

/**
 * C0, DEL and C1 controls; soft hyphen, zero-width and direction marks, line and paragraph separators, fillers of the
 * formatting block, byte order mark, interlinear marks, tag characters; halves of surrogate pairs.
 */
const unsafe =
  /[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu;

const short = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** `text` with every unsafe character as `\n`, `\r`, `\t`, `\x1b` or `\u{202e}`. A line stays one line. */
export function escapeControls(text: string): string {
  return text.replace(unsafe, (character) => {
    const code = character.codePointAt(0)!;
    const name = short.get(character);
    if (name !== undefined) return name;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** A text as a message quotes it: in double quotes, escaped, at most `limit` characters of it. */
export function quote(text: string, limit = 80): string {
  const characters = [...text];
  const shown = characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : text;
  return `"${escapeControls(shown)}"`;
}
