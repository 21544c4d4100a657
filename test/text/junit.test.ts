import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { junitReport } from '../../src/text/junit.ts';
import type { Problem } from '../../src/text/problem.ts';
import { hostile } from './hostile.ts';

/**
 * Elements with attributes, for documents without comments, CDATA and processing instructions: a document with any of them fails, and so
 * does one that is not well-formed. test/e2e/reports.test.ts asks xmllint.
 */
interface Element {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Element[];
  text: string;
}

function parse(xml: string): Element {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  expect(xml.startsWith(declaration)).toBe(true);
  // Characters that XML 1.0 knows (section 2.2).
  expect(xml).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  const rest = xml.slice(declaration.length);
  const token = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<>]*")*)(\/?)>|([^<>]+)/gy;
  let at = 0;
  for (let match = token.exec(rest); match !== null; match = token.exec(rest)) {
    at = token.lastIndex;
    const [, end, name, attributes, empty, text] = match;
    const current = open[open.length - 1];
    if (text !== undefined) current.text += decoded(text);
    else if (end === '/') expect(open.pop()?.name).toBe(name);
    else {
      const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, decoded(value)]);
      const element: Element = { name, attributes: Object.fromEntries(pairs), children: [], text: '' };
      current.children.push(element);
      if (empty !== '/') open.push(element);
    }
  }
  expect([at, open.length, top.children.length]).toEqual([rest.length, 1, 1]);
  return top.children[0];
}

function decoded(text: string): string {
  expect(text.replace(/&(?:amp|lt|gt|quot|apos);/g, '')).not.toMatch(/[&]/);
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}

const at = (file: string, line: number) => ({ file, line, column: 3 });
const problems: Problem[] = [
  {
    rule: 'zone/apex',
    tier: 'error',
    message: 'no SOA',
    position: at('zones/a.yaml', 2),
    hint: 'add one',
    source: 'RFC 1035',
  },
  { rule: 'zone/single-ns', tier: 'warning', message: 'one <server>', position: at('zones/a.yaml', 1) },
  { rule: 'build/absent', tier: 'error', message: 'nowhere' },
];

describe('a JUnit report', () => {
  test('has a suite a file and a case a problem; errors fail, the others pass', () => {
    const top = parse(junitReport(problems));
    expect(top).toMatchObject({ name: 'testsuites', attributes: { tests: '3', failures: '2', errors: '0' } });
    expect(top.children.map(({ attributes }) => attributes)).toMatchObject([
      { name: 'danezone', tests: '1', failures: '1' },
      { name: 'zones/a.yaml', tests: '2', failures: '1' },
    ]);
    const cases = top.children[1].children;
    expect(cases.map(({ attributes }) => attributes)).toMatchObject([
      { classname: 'zone/single-ns', name: 'zones/a.yaml:1:3 one <server>', file: 'zones/a.yaml', line: '1' },
      { classname: 'zone/apex', name: 'zones/a.yaml:2:3 no SOA' },
    ]);
    expect(cases.map(({ children }) => children.map(({ name }) => name))).toEqual([['system-out'], ['failure']]);
    expect(cases[1].children[0].attributes).toEqual({ type: 'zone/apex', message: 'no SOA' });
    expect(cases[1].children[0].text.split('\n')).toEqual([
      'error[zone/apex] no SOA',
      'at zones/a.yaml:2:3',
      'rule: RFC 1035',
      'help: add one',
    ]);
  });

  test('of a good repository is one test that passed', () => {
    const top = parse(junitReport([]));
    expect(top.attributes).toMatchObject({ tests: '1', failures: '0' });
    expect(top.children[0].children).toMatchObject([{ name: 'testcase', children: [] }]);
  });

  test('nothing of the input leaves its place', () => {
    const top = parse(junitReport(hostile));
    expect(top.children.length).toBe(3);
    for (const suite of top.children) expect(suite.children.map(({ name }) => name)).toEqual(['testcase']);
  });

  test('is well-formed whatever the texts are', () => {
    const any = fc.string({ unit: 'binary', maxLength: 20 });
    fc.assert(
      fc.property(any, any, any, (message, file, hint) => {
        const top = parse(junitReport([{ rule: 'zone/apex', tier: 'error', message, hint, position: at(file, 1) }]));
        expect(top.children.length).toBe(1);
      }),
    );
  });
});
