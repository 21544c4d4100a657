import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../src/describe/limits.ts';
import { placeInside, plainOf, type YamlNode, type YamlScalar } from '../../src/describe/tree.ts';
import { readYaml } from '../../src/describe/yaml-document.ts';
import { newReport } from '../../src/text/problem.ts';

function read(text: string | Uint8Array) {
  const report = newReport();
  const { root } = readYaml('a.yaml', typeof text === 'string' ? Buffer.from(text) : text, report);
  const places = report.problems.map(({ rule, position }) => `${rule} ${position?.line}:${position?.column}`);
  return { root, places, problems: report.problems, plain: root === undefined ? undefined : plainOf(root) };
}

function at(root: YamlNode | undefined, ...path: string[]): YamlNode {
  let node = root;
  for (const step of path) node = node?.kind === 'map' ? node.entries.get(step)?.value : undefined;
  if (node === undefined) throw new Error(path.join('.'));
  return node;
}

describe('YAML 1.2, core schema', () => {
  test('yes, no, on and 1:30 are texts; true, null and numbers are not', () => {
    expect(read('a: [yes, no, on, 1:30, true, null, 12, 0x1f]').plain).toEqual({
      a: ['yes', 'no', 'on', '1:30', true, null, 12, 31],
    });
  });

  test.each([
    '0123456789',
    '12e10',
    '0x1F',
    '1.50',
    '.inf',
    '+7',
    '00',
  ])('the text of the number %s is what stands in the file', (written) => {
    expect(at(read(`a: ${written}`).root, 'a')).toMatchObject({ kind: 'scalar', text: written });
  });

  test('an empty file is a file without sections', () => {
    for (const text of ['', '\n', '# nothing\n', '---\n', '\ufeff'])
      expect(read(text)).toMatchObject({ places: [], plain: {} });
  });

  test('a byte order mark moves no column', () => {
    expect(read('\ufeffa: !x y').places).toEqual(['yaml/tag 1:4']);
  });

  test('a merge key brings the entries of another map, and the own entries win', () => {
    const text = 'base: &base {a: 1, b: 2}\nother: &other {b: 3, c: 4}\nmade:\n  b: 9\n  <<: [*base, *other]\n';
    expect(read(text).plain).toMatchObject({ made: { a: 1, b: 9, c: 4 } });
  });

  test('"<<" in quotes is a key like any other', () => {
    expect(read('made: {"<<": {a: 1}}').plain).toEqual({ made: { '<<': { a: 1 } } });
  });

  test('an anchor may be set again, and an alias means the last one before it', () => {
    expect(read('a: &x 1\nb: *x\nc: &x 2\nd: *x').plain).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });
});

describe('what is refused, and where', () => {
  test.each([
    ['a:\n  b: 1\n   c: 2', 'yaml/syntax 2:6'],
    ['a: "x', 'yaml/syntax 1:6'],
    ['a: [1, 2', 'yaml/syntax 1:9'],
    ['a: [1, 2\n', 'yaml/syntax 1:9'],
    ['domains: [\n\n', 'yaml/syntax 1:11'],
    ['a: {b: 1\n\n', 'yaml/syntax 1:9'],
    ['a:\n\tb: 1', 'yaml/syntax 2:1'],
    ['a: 1\n---\nb: 2', 'yaml/syntax 2:1'],
    ['- a\n- b', 'yaml/syntax 1:1'],
    ['just text', 'yaml/syntax 1:1'],
    ['%YAML 1.1\n---\na: no', 'yaml/version 1:1'],
    ['%YAML 1.3\n---\na: no', 'yaml/version 1:7'],
    ['a: !!python/object x', 'yaml/tag 1:4'],
    ['a: !x y', 'yaml/tag 1:4'],
    ['a: &a [*a]', 'yaml/alias 1:8'],
    ['a: *b', 'yaml/alias 1:4'],
    ['a: *b\nb: &b 1', 'yaml/alias 1:4'],
    ['a: 1\n"a": 2', 'yaml/duplicate-key 2:1'],
    ['1: x\n"1": y', 'yaml/duplicate-key 2:1'],
    ['? [a, b]\n: c', 'yaml/key 1:3'],
    [': c', 'yaml/key 1:1'],
    ['__proto__: c', 'yaml/key 1:1'],
    ['a: {<<: text}', 'yaml/key 1:5'],
    ['a: \u0000', 'yaml/character 1:4'],
    ['a: x\u202ey', 'yaml/character 1:5'],
  ])('%j: %s', (text, place) => {
    const { places, root } = read(text);
    expect(places[0]).toBe(place);
    expect(root).toBeUndefined();
  });

  test('a duplicate key names the first place too', () => {
    const { problems } = read('a: 1\nb: 2\na: 3');
    expect(problems[0].related).toMatchObject([{ position: { line: 1, column: 1 } }]);
  });

  test('another encoding than UTF-8', () => {
    expect(read(Buffer.from([0x61, 0x3a, 0x20, 0xe9])).places).toEqual(['yaml/encoding 1:4']);
    expect(read(Buffer.from('\ufeffa: 1', 'utf16le')).places).toEqual(['yaml/encoding 1:1']);
  });

  test('several mistakes of one file are told together', () => {
    expect(read('a: !x 1\nb: !y 2\nc: 3').places).toEqual(['yaml/tag 1:4', 'yaml/tag 2:4']);
  });
});

describe('what was made to exhaust the machine', () => {
  test('a billion laughs', () => {
    let text = 'a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n';
    for (let i = 1; i < 12; i++)
      text += `a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]\n`;
    expect(read(text).problems.map((problem) => problem.rule)).toEqual(['yaml/limit']);
  });

  test.each([
    ['lists', '['.repeat(100_000)],
    ['maps', '{a: '.repeat(20_000)],
    ['items', '- '.repeat(50_000)],
    ['keys', '? '.repeat(50_000)],
  ])('%s without end', (_what, text) => {
    expect(read(text).problems.map((problem) => problem.rule)).toEqual(['yaml/limit']);
  });

  test('aliases without end', () => {
    const text = `a: &a x\nb: [${'*a, '.repeat(limits.aliases + 1)}]`;
    expect(read(text).problems.map((problem) => problem.rule)).toEqual(['yaml/limit']);
  });

  test('a file too large', () => {
    expect(read(Buffer.alloc(limits.yamlOctets + 1, 0x20)).places).toEqual(['yaml/limit 1:1']);
  });
});

describe('positions', () => {
  test('an offset in a text is the column in the file, whatever the quotes', () => {
    const texts = [
      ['plain value', 'a: plain value', 6, '1:10'],
      ["it's here", "a: 'it''s here'", 5, '1:11'],
      ['tab\there', 'a: "tab\\there"', 4, '1:10'],
      ['\u00e9 x', 'a: "\\u00e9 x"', 2, '1:12'],
      ['😀 x', 'a: "\\U0001f600 x"', 3, '1:16'],
      ['😀 x', "a: '😀 x'", 3, '1:8'],
    ] as const;
    for (const [text, yaml, offset, expected] of texts) {
      const node = at(read(yaml).root, 'a') as YamlScalar;
      expect(node.text).toBe(text);
      const { line, column } = placeInside(node, offset, offset + 1);
      expect(`${line}:${column}`).toBe(expected);
    }
  });

  test('a text over several lines is shown where it begins', () => {
    const node = at(read('a: >-\n  one\n  two').root, 'a') as YamlScalar;
    expect(node.text).toBe('one two');
    expect(placeInside(node, 5, 6)).toMatchObject({ line: 1, column: 4 });
  });

  test('the underlined part ends with its line, also before CR LF', () => {
    const node = at(read('a: "one\r\n  two"\r\n').root, 'a') as YamlScalar;
    expect(placeInside(node, 0, 9)).toEqual({ file: 'a.yaml', line: 1, column: 4, length: 4 });
  });
});

describe('never throws', () => {
  const piece = fc.constantFrom(
    ...[
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '&a ',
      '*a',
      '!x ',
      '!!str ',
      '"',
      "'",
      '|\n',
      '>-\n',
      '#',
      '%YAML 1.1\n',
    ],
    ...[
      '---\n',
      '...\n',
      '? ',
      '<<: ',
      '\t',
      '\r\n',
      'domains',
      '\u0000',
      '\ufeff',
      '{{domain}}',
      '0x',
      '~',
      '\\',
      '\u{1f600}',
    ],
  );
  test('on what looks like YAML', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { root, problems } = read(pieces.join(''));
        expect(root === undefined).toBe(problems.length > 0);
        for (const { position } of problems) {
          expect(position!.line).toBeGreaterThan(0);
          expect(position!.column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 800 },
    );
  });
  test('on any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => void read(octets)),
      { numRuns: 500 },
    );
  });
});
