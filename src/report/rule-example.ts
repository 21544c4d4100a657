/** The example of a rule: what its smallest refused input and the one beside it that is taken do not have in common. */

/** Path → text. */
export type Fixture = ReadonlyMap<string, string>;

/** Descriptions up to this many lines are shown whole; of anything else the changes with some lines around them. */
const wholeUpTo = 24;
const around = 1;
const longestLine = 110;

/**
 * A unified difference, a block a file: `-` is refused, `+` is taken, lines of both begin with a space. What nobody reads, the
 * body of a certificate or a digest, is shortened. Undefined where the two are equal.
 */
export function exampleOf(bad: Fixture, good: Fixture): string | undefined {
  const paths = [...new Set([...bad.keys(), ...good.keys()])].sort();
  const blocks = paths.flatMap((path) => blockOf(path, bad.get(path), good.get(path)) ?? []);
  return blocks.length === 0 ? undefined : blocks.join('\n');
}

function blockOf(path: string, bad: string | undefined, good: string | undefined): string | undefined {
  if (bad === good) return undefined;
  const lines = difference(linesOf(bad), linesOf(good));
  // Certificates of which nobody would see what differs.
  if (lines.every(({ mark }) => mark === ' ')) return undefined;
  const isWhole = path.endsWith('.yaml') && lines.length <= wholeUpTo;
  const shown = isWhole ? lines : nearChanges(lines);
  const body = shown.slice(0, wholeUpTo).map(({ mark, text }) => `${mark} ${text}`.trimEnd());
  if (shown.length > wholeUpTo) body.push('  …');
  return [path, ...body, ''].join('\n');
}

/** The lines as they are shown. */
function linesOf(text: string | undefined): string[] {
  if (text === undefined) return [];
  const lines = text.replace(/\n$/, '').split(/\r?\n/);
  const shown: string[] = [];
  for (const line of lines) {
    const isBody = /^[A-Za-z0-9+/=]{30,}$/.test(line) || (shown.at(-1) === '…' && /^[A-Za-z0-9+/=]+$/.test(line));
    if (!isBody) shown.push(shorten(line));
    else if (shown.at(-1) !== '…') shown.push('…');
  }
  return shown;
}

function shorten(line: string): string {
  const brief = line.replace(
    /[A-Za-z0-9+/]{36,}={0,2}(?: [A-Za-z0-9+/=]{4,})*/g,
    (run) => `${run.slice(0, 8)}…${run.slice(-8)}`,
  );
  const characters = [...brief.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, '�')];
  return characters.length <= longestLine ? characters.join('') : `${characters.slice(0, longestLine - 1).join('')}…`;
}

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** By the longest common subsequence; fixtures are short. */
function difference(bad: readonly string[], good: readonly string[]): Line[] {
  const common = Array.from({ length: bad.length + 1 }, () => new Array<number>(good.length + 1).fill(0));
  for (let i = bad.length - 1; i >= 0; i--)
    for (let j = good.length - 1; j >= 0; j--)
      common[i][j] = bad[i] === good[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < bad.length || j < good.length) {
    if (i < bad.length && j < good.length && bad[i] === good[j]) {
      lines.push({ mark: ' ', text: bad[i] });
      i++;
      j++;
    } else if (j >= good.length || (i < bad.length && common[i + 1][j] >= common[i][j + 1])) {
      lines.push({ mark: '-', text: bad[i++] });
    } else {
      lines.push({ mark: '+', text: good[j++] });
    }
  }
  return lines;
}

function nearChanges(lines: readonly Line[]): Line[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - around), at + around + 1).some(({ mark }) => mark !== ' '),
  );
  return lines.flatMap((line, at) => {
    if (near[at]) return [line];
    return at === 0 || near[at - 1] ? [{ mark: ' ' as const, text: '…' }] : [];
  });
}
