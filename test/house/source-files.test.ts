import { expect, test } from 'vitest';
import { codeOf, importsOf } from './source-files.ts';

test('every way to import is seen, and whether it leaves anything at run time', () => {
  const text = `
import { a } from './a.ts';
import type { B } from '../b/b.ts';
import { type C, type D } from './c.ts';
import { type E, f } from './f.ts';
import g, { type H } from 'g';
import * as i from 'node:i';
import './j.ts';
import {
  k,
  type L,
} from '@k/k';
export { m } from './m.ts';
export type { N } from './n.ts';
export * from './o.ts';
const p = await import('./p.ts');
type Q = typeof import('./q.ts');
const r = require('r/r.js') as typeof import('r/r.js');
`;
  expect(importsOf('src/x/y.ts', text)).toEqual([
    { of: 'src/x/a.ts', typesOnly: false, lazy: false },
    { of: 'src/b/b.ts', typesOnly: true, lazy: false },
    { of: 'src/x/c.ts', typesOnly: true, lazy: false },
    { of: 'src/x/f.ts', typesOnly: false, lazy: false },
    { of: 'g', typesOnly: false, lazy: false },
    { of: 'node:i', typesOnly: false, lazy: false },
    { of: '@k/k', typesOnly: false, lazy: false },
    { of: 'src/x/m.ts', typesOnly: false, lazy: false },
    { of: 'src/x/n.ts', typesOnly: true, lazy: false },
    { of: 'src/x/o.ts', typesOnly: false, lazy: false },
    { of: 'src/x/j.ts', typesOnly: false, lazy: false },
    { of: 'src/x/q.ts', typesOnly: true, lazy: false },
    { of: 'r/r.js', typesOnly: true, lazy: false },
    { of: 'src/x/p.ts', typesOnly: false, lazy: true },
    { of: 'r/r.js', typesOnly: false, lazy: true },
  ]);
});

test('comments and the content of strings are not code', () => {
  expect(codeOf("a('Date.now'); // console\n/* x\ny */ b")).toBe("a('        ');           \n    \n     b");
});
