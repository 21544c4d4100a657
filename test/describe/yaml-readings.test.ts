import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../src/describe/limits.ts';
import type { YamlNode } from '../../src/describe/tree.ts';
import { readComposed } from '../../src/describe/yaml-composed.ts';
import { readYaml } from '../../src/describe/yaml-document.ts';
import { readQuickly } from '../../src/describe/yaml-quick.ts';
import { sourceOf } from '../../src/describe/yaml-source.ts';
import { newReport } from '../../src/text/problem.ts';

/** A tree in a line for each node: what it is, where, and whether it is a node that has been seen before (an alias). */
function lines(node: YamlNode, seen: Map<YamlNode, number> = new Map()): string[] {
  const before = seen.get(node);
  if (before !== undefined) return [`again ${before}`];
  seen.set(node, seen.size);
  const place = `${node.from}-${node.to} weighs ${node.weight}`;
  switch (node.kind) {
    case 'scalar': {
      const value = Object.is(node.value, -0) ? '-0' : String(node.value);
      return [`${node.style} ${typeof node.value} ${value} ${JSON.stringify(node.text)} ${place}`];
    }
    case 'list':
      return [`list ${place}`, ...node.items.flatMap((item) => lines(item, seen)), 'end'];
    case 'map': {
      const entries = [...node.entries].flatMap(([key, entry]) => [
        JSON.stringify(key),
        ...lines(entry.key, seen),
        ...lines(entry.value, seen),
      ]);
      return [`map ${place}`, ...entries, 'end'];
    }
  }
}

/** What both readings say of a text; the quick one may say nothing. */
function readings(text: string): { quick: string[] | undefined; careful: string[] | undefined; problems: string[] } {
  const source = sourceOf('a.yaml', text);
  const quick = readQuickly(source);
  const report = newReport();
  const careful = readComposed(source, report);
  return {
    quick: quick && lines(quick),
    careful: careful && lines(careful),
    problems: report.problems.map(({ message }) => message),
  };
}

/** Whether the quick reading took it; what it took is what the careful one says, and nothing is wrong with it. */
function agree(text: string): boolean {
  const { quick, careful, problems } = readings(text);
  if (quick === undefined) return false;
  expect(problems, JSON.stringify(text)).toEqual([]);
  expect(quick, JSON.stringify(text)).toEqual(careful);
  return true;
}

function yamlBelow(folder: string): { path: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(folder, name), 'utf8') }));
}

const example = yamlBelow('zones');
const fixtures = yamlBelow('test/rules');

describe('both readings say the same', () => {
  test('of every file of the example, and the quick one takes them all', () => {
    expect(example.filter(({ text }) => !agree(text)).map(({ path }) => path)).toEqual([]);
  });

  test('of every fixture, and the quick one takes most', () => {
    const taken = fixtures.filter(({ text }) => agree(text));
    expect(taken.length).toBeGreaterThan(0.9 * fixtures.length);
  });

  test.each([
    ['lists and maps in every style', 'a:\n- x\n-   - y\n    - z: 1\n      w: {k: [1, "2", \'3\'],\n        l: m }\n'],
    ['comments everywhere', '# a\na: # b\n  # c\n  b: [ # d\n    x, # e\n    # f\n    y ] # g\n# h\n'],
    ['numbers as they stand', 'a: [0123, 12e10, 0x1F, 0o17, 1.50, .5, 5., +7, -0, .inf, -.Inf, .NaN, 1_000, 0b1]'],
    ['words of the core schema', 'a: [~, null, Null, NULL, nULL, true, True, yes, no, on, off, "true", \'~\']'],
    ['a text over several lines', 'a: "one\\\n  two\n  three"\nb: \'four\n  five\'\n'],
    ['escapes', "a: \"\\x41\\u00e9\\U0001f600\\t\\n\\\"\\\\\\/\\ \"\nb: 'it''s'\n"],
    ['CR LF', 'a: 1\r\nb:\r\n  - x # y\r\n  - "z"\r\nc: [x,\r\n  y]\r\n'],
    ['a marker before the document', '---\na: 1\n'],
    ['aliases and merge keys', 'x-a: &a {b: 1}\nc: {<<: *a, d: *a}\ne:\n  <<: [*a, *a]\n  b: 2\n'],
    ['an anchor that is set again', 'a: &x 1\nb: *x\nc: &x 2\nd: *x'],
    ['what is not ASCII', 'müller.example: {TXT: käse 😀}\n"straße": "\u2028"\n'],
    ['an unquoted address, digest and path', 'a: {A: 2001:db8::1, b: 3 1 1 0123456789, c: a/b.pem, d: v=spf1 -all}'],
    ['no final line break', 'a: [1, 2]'],
  ])('%s: and the quick one takes it', (_what, text) => {
    expect(agree(text)).toBe(true);
  });

  test.each([
    ['double keys', 'a: 1\n"a": 2'],
    ['a double key in a merge', 'a: &a {b: 1, b: 2}\nc: {<<: *a}'],
    ['YAML 1.1', '%YAML 1.1\n---\na: no'],
    ['a tag', 'a: !!str 1'],
    ['tabs', 'a:\tb\nc: d\te'],
    ['a tab that indents', 'a:\n\tb: 1'],
    ['a byte order mark inside', 'a: 1\n\ufeffb: 2'],
    ['a carriage return alone', 'a: 1\rb: 2'],
    ['two documents', 'a: 1\n---\nb: 2'],
    ['the end of a document', 'a: 1\n...\n'],
    ['a circle', 'a: &a [*a]'],
    [
      'a billion laughs',
      `a0: &a0 [x, x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join('')}`,
    ],
    ['aliases without end', `a: &a x\nb: [${'*a, '.repeat(limits.aliases + 1)}]`],
    ['merges without end', `a: &a {b: 1}\nc: {<<: [${'*a, '.repeat(limits.aliases + 1)}]}`],
    ['levels without end', '['.repeat(100_000)],
    ['as many levels as there may be', `${'['.repeat(limits.depth - 1)}x${']'.repeat(limits.depth - 1)}`],
    ['a key too long', `${'k'.repeat(1025)}: 1`],
    ['keys of other kinds', '? [a]\n: b\n? {c: d}\n: e\n'],
    ['an explicit key', '? a\n: b\n'],
    ['nothing where a value could be', 'a:\nb: [,]\nc: {d, e: }\n- f'],
    ['__proto__', '__proto__: {a: 1}'],
    ['an empty file', ''],
    ['a list at the top', '- a'],
    ['a map in a map on one line', 'a: b: c'],
    ['a comment that touches a text', 'a: "b"#c'],
    ['a comment before its comma', 'a: {b: c\n# d\n}'],
    ['an escaped line break before an empty line', 'a: "b\\\n\n  c"'],
    ['a key in a list', 'a: [b: c]'],
    ['an anchored key', '&a b: c'],
    ['an anchored map on the line of its key', 'a: &b c: d'],
    ['a block of text', 'a: |\n  b\nc: >-\n  d\n  e\n'],
    ['a plain text over several lines', 'a: b\n  c\n'],
  ])('%s: or the quick one leaves it to the careful one', (_what, text) => {
    agree(text);
  });
});

describe('whatever is written', () => {
  const word = fc.constantFrom(
    'a',
    'b',
    'www',
    'mx1.example.net',
    '_25._tcp',
    '12',
    '0x1f',
    'true',
    '~',
    '2001:db8::1',
    'é',
  );
  const end = fc.constantFrom('', '', ' ', '  # c', ' # {é: [');
  const line = fc
    .tuple(end, fc.constantFrom('\n', '\n', '\n\n', '\r\n', '\n# c\n', '\n    # c\n'))
    .map((parts) => parts.join(''));
  const scalar = fc.oneof(
    word,
    fc.tuple(word, word).map(([a, b]) => `${a} ${b}`),
    fc
      .tuple(word, fc.constantFrom('-', '.', '/', '=', ':', '#', '"', "'", '*', '|', '%', '?'), word)
      .map((parts) => parts.join('')),
    fc.tuple(word, fc.constantFrom('', ': ', ' # ', "''", '"', '{', '\\'), word).map((parts) => `'${parts.join('')}'`),
    fc
      .tuple(word, fc.constantFrom('', ': ', ' # ', "'", '\\"', '\\n', '\\u00e9', '\\\n    ', '\n    '), word)
      .map((parts) => `"${parts.join('')}"`),
    fc.constantFrom('*k', '&k x', '""', "''"),
  );
  const space = fc.constantFrom('', ' ', ' ', '\n      ', ' # c\n        ', '\r\n       ');
  const { flow } = fc.letrec<{ flow: string }>((tie) => {
    const inner = fc.oneof({ maxDepth: 3, depthSize: 'small' }, scalar, tie('flow'));
    const items = fc.array(fc.tuple(space, inner), { maxLength: 3 });
    const join = (list: readonly (readonly [string, string])[], of: (item: string, index: number) => string) =>
      list.map(([gap, item], index) => `${gap}${of(item, index)}`).join(',');
    return {
      flow: fc.oneof(
        fc.tuple(items, space).map(([list, last]) => `[${join(list, (item) => item)}${last}]`),
        fc.tuple(items, space).map(([list, last]) => `{${join(list, (item, index) => `k${index}: ${item}`)}${last}}`),
      ),
    };
  });
  const indented = (text: string, by: number) => text.replace(/^(?=[^\r\n])/gm, ' '.repeat(by));
  const { block } = fc.letrec<{ block: string }>((tie) => {
    const value = fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.tuple(fc.oneof(scalar, flow), line).map(([text, rest]) => ` ${text}${rest}`),
      fc
        .tuple(fc.constantFrom('', '', ' &k'), line, tie('block'), fc.constantFrom(1, 2, 2, 4))
        .map(([anchor, rest, text, by]) => `${anchor}${rest}${indented(text, by)}`),
    );
    const key = fc.constantFrom('k', 'l', '"m"', "'n'", 'o p', 'q.r', '<<');
    return {
      block: fc.oneof(
        {
          arbitrary: fc
            .array(fc.tuple(key, value), { minLength: 1, maxLength: 3 })
            .map((list) =>
              list
                .map(
                  ([name, text], index) =>
                    `${name === '<<' ? name : `${name.slice(0, 1)}${index}${name.slice(1)}`.replace(/^(["'])(\d)(.*)/, '$1$2$3')}:${text}`,
                )
                .join(''),
            ),
          weight: 3,
        },
        {
          arbitrary: fc
            .array(value, { minLength: 1, maxLength: 3 })
            .map((list) => list.map((text) => `-${text}`).join('')),
          weight: 1,
        },
      ),
    };
  });

  /** Cuts, doubles and changes a few characters. */
  const mutation = fc.record({
    at: fc.nat(),
    cut: fc.nat(3),
    put: fc.constantFrom(
      '',
      'a',
      ': ',
      '- ',
      '\n',
      '\n  ',
      ' ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '#',
      ' # c',
      '&k ',
      '*k',
      '? ',
      '<<: ',
      '|\n',
      '~',
      '!x ',
    ),
  });
  const mutated = (text: string, changes: readonly { at: number; cut: number; put: string }[]) =>
    changes.reduce((before, { at, cut, put }) => {
      const from = at % (before.length + 1);
      return before.slice(0, from) + put + before.slice(from + cut);
    }, text);

  let taken = 0;
  test('in order', () => {
    fc.assert(
      fc.property(block, (text) => void (taken += Number(agree(text)))),
      { numRuns: 1500 },
    );
    expect(taken).toBeGreaterThan(150);
  });

  test('and then damaged', () => {
    const damaged = fc.tuple(block, fc.array(mutation, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(damaged, ([text, changes]) => void agree(mutated(text, changes))),
      { numRuns: 1500 },
    );
  });

  test('in a fixture, damaged', () => {
    const texts = [...example, ...fixtures].map(({ text }) => text).filter((text) => text.length < 1500);
    const damaged = fc.tuple(fc.constantFrom(...texts), fc.array(mutation, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(damaged, ([text, changes]) => void agree(mutated(text, changes))),
      { numRuns: 1000 },
    );
  });

  test('in any order', () => {
    const piece = fc.constantFrom(
      'a',
      'b: ',
      '- ',
      '\n',
      '\n  ',
      ' ',
      '{',
      '}',
      '[',
      ']',
      ', ',
      '&a ',
      '*a',
      '"',
      "'x'",
      '# c',
      '? ',
      '<<: ',
      '\r\n',
      '~',
      '\\',
      '---\n',
      '%',
      '\t',
      '\ufeff',
      '|\n',
      '!x ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => void agree(pieces.join(''))),
      { numRuns: 3000 },
    );
  });
});

test('a problem is told as the careful reading tells it', () => {
  for (const text of ['a: 1\nb: 2\na: 3', 'a: &a [*a]', 'a: b: c', 'a: *b']) {
    const [through, careful] = [newReport(), newReport()];
    expect(readYaml('a.yaml', Buffer.from(text), through).root).toBeUndefined();
    readComposed(sourceOf('a.yaml', text), careful);
    expect(through.problems.length).toBeGreaterThan(0);
    expect(through.problems).toEqual(careful.problems);
  }
});
