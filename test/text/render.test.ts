import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { githubAnnotations, problemsJson } from '../../src/text/annotations.ts';
import { escapeControls } from '../../src/text/escape.ts';
import { frameOf } from '../../src/text/frame.ts';
import type { Problem } from '../../src/text/problem.ts';
import { renderProblems, summary } from '../../src/text/render.ts';

const source = ['domains:', '  example.org:', '    ttl: 1 hour', '    nameservers: ours'].join('\n');
const problem: Problem = {
  rule: 'describe/duration',
  tier: 'error',
  message: '"1 hour" is no duration',
  position: { file: 'zones/a.yaml', line: 3, column: 10, length: 6 },
  hint: 'write 1h',
  source: 'RFC 0000 section 1',
};
const plain = { source: () => source, colour: false };

describe('rendered problems', () => {
  test('a problem shows rule, place, line, carets, source and help', () => {
    expect(renderProblems([problem], plain)).toBe(
      [
        'error[describe/duration] "1 hour" is no duration',
        '  --> zones/a.yaml:3:10',
        '   |',
        ' 3 |     ttl: 1 hour',
        '   |          ^^^^^^',
        '   = rule: RFC 0000 section 1',
        '   = help: write 1h',
        '',
        '1 error',
        '',
      ].join('\n'),
    );
  });

  test('related places are shown with their own frames', () => {
    const related = [{ position: { file: 'b.yaml', line: 2, column: 3, length: 11 }, message: 'first declared here' }];
    const text = renderProblems([{ ...problem, related }], plain);
    expect(text).toContain('  ::: b.yaml:2:3\n   |\n 2 |   example.org:\n   |   ^^^^^^^^^^^ first declared here\n');
  });

  test('problems without a place, without a source or behind the end of the file need no frame', () => {
    const texts = [
      renderProblems([{ ...problem, position: undefined }], plain),
      renderProblems([problem], { ...plain, source: () => undefined }),
      renderProblems([{ ...problem, position: { file: 'a', line: 99, column: 1 } }], plain),
    ];
    for (const text of texts) expect(text).not.toContain('^');
  });

  test('no problems are no text', () => {
    expect(renderProblems([], plain)).toBe('');
  });

  test.each([
    '-----BEGIN EC PRIVATE KEY-----',
    'Private-key-format: v1.3',
    'Algorithm: 13\nPrivateKey: AAAA',
  ])('a file that holds a private key is never quoted: %j', (key) => {
    const text = renderProblems([{ ...problem, position: { file: 'k', line: 1, column: 1 } }], {
      ...plain,
      source: () => key,
    });
    expect(text).not.toContain('AAAA');
    expect(text).not.toContain('BEGIN');
    expect(text).not.toContain('Private-key-format');
  });

  test('nothing of the input reaches the terminal as a control character', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.nat(50),
        fc.nat(50),
        fc.boolean(),
        (message, line, hint, column, length, wide) => {
          const made = renderProblems(
            [{ ...problem, message, hint, position: { file: message, line: 1, column: column + 1, length } }],
            { source: () => line, colour: false, columns: wide ? 200 : 20 },
          );
          expect(made.replaceAll('\n', '')).toBe(escapeControls(made.replaceAll('\n', '')));
          expect(made.split('\n').length).toBeLessThanOrEqual(11);
        },
      ),
    );
  });

  test('colours are terminal sequences only where they are asked for', () => {
    expect(renderProblems([problem], { ...plain, colour: true })).toContain('\x1b[31m');
    expect(renderProblems([problem], plain)).not.toContain('\x1b');
  });

  test('the summary counts each tier', () => {
    const of = (tier: Problem['tier']) => ({ ...problem, tier });
    expect(summary([of('error'), of('error'), of('error'), of('warning')])).toBe('3 errors, 1 warning');
    expect(summary([of('information')])).toBe('1 piece of information');
    expect(summary([])).toBe('no problems');
  });
});

describe('frames', () => {
  const place = (column: number, length: number) => ({ file: '', line: 1, column, length });

  test('a tab is as wide in the line as before the caret', () => {
    expect(frameOf('\tab\tc', place(5, 1), 80)).toEqual({ line: '    ab  c', indent: 8, carets: 1 });
  });

  test('wide characters take two columns, combining ones none, controls what their escape takes', () => {
    expect(frameOf('漢字x', place(3, 1), 80)).toEqual({ line: '漢字x', indent: 4, carets: 1 });
    expect(frameOf('漢字x', place(1, 2), 80)).toEqual({ line: '漢字x', indent: 0, carets: 4 });
    expect(frameOf('e\u0301x', place(3, 1), 80)).toEqual({ line: 'e\u0301x', indent: 1, carets: 1 });
    expect(frameOf('\x1bx', place(2, 1), 80)).toEqual({ line: '\\x1bx', indent: 4, carets: 1 });
    expect(frameOf('😀x', place(3, 1), 80)).toEqual({ line: '😀x', indent: 2, carets: 1 });
  });

  test('a caret behind the end of the line stands there', () => {
    expect(frameOf('ab', place(3, 1), 80)).toEqual({ line: 'ab', indent: 2, carets: 1 });
    expect(frameOf('', place(9, 9), 80)).toEqual({ line: '', indent: 0, carets: 1 });
  });

  test('of a long line the part around the caret is shown, and the caret stands under it', () => {
    const line = `${'a'.repeat(500)}X${'b'.repeat(500)}`;
    const frame = frameOf(line, place(501, 1), 60);
    expect(frame.line.length).toBeLessThanOrEqual(60);
    expect(frame.line[frame.indent]).toBe('X');
    expect(frame.carets).toBe(1);
    const atEnd = frameOf(line, place(1001, 1), 60);
    expect(atEnd.indent).toBe([...atEnd.line].length - 1);
    const whole = frameOf(line, place(1, 1001), 60);
    expect(whole.indent + whole.carets).toBeLessThanOrEqual(60);
  });
});

describe('problems for programs', () => {
  test('the JSON holds every fact of a problem', () => {
    const result = JSON.parse(problemsJson([problem]));
    expect(result).toMatchObject({ errors: 1, warnings: 0, information: 0 });
    expect(result.problems).toEqual([problem]);
  });

  test('an annotation names file, line and columns', () => {
    expect(githubAnnotations([problem])).toBe(
      '::error file=zones/a.yaml,line=3,col=10,endColumn=16,title=describe/duration::"1 hour" is no duration. Help: write 1h\n',
    );
  });

  test('input cannot end an annotation or start another command', () => {
    const hostile = {
      ...problem,
      message: 'x\n::set-env name=a::b%0A',
      hint: undefined,
      position: { file: 'a,b:c%', line: 1, column: 1 },
    };
    expect(githubAnnotations([hostile])).toBe(
      '::error file=a%2Cb%3Ac%25,line=1,col=1,title=describe/duration::x\\n::set-env name=a::b%250A\n',
    );
  });
});
