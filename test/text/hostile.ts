/** Problems as an attacker would have them: every text of the input tries to leave its place. */
import type { Problem } from '../../src/text/problem.ts';

const nasty = [
  ']]>',
  '"><script>&amp;</script><!--',
  "' onload='x",
  '\u0000\u0008\u001b[31m\r\n::error file=a::b',
  '\u0085\u2028\u202e\ufffe\uffff\ud800',
  '[click](http://example.org) [x]( 1 ) {0} {{domain}} }',
  '%0A%25,:',
  '\\[a](b)',
].join(' ');

export const hostile: readonly Problem[] = [
  {
    rule: 'describe/name',
    tier: 'error',
    message: nasty,
    position: { file: `zones/${nasty}:x y#?.yaml`, line: 1, column: 1, length: 3 },
    subject: nasty,
    hint: nasty,
    source: nasty,
    related: [{ position: { file: nasty, line: 2, column: 1 }, message: nasty }],
    fix: { position: { file: `zones/${nasty}:x y#?.yaml`, line: 1, column: 1, length: 3 }, text: nasty },
  },
  { rule: 'build/gone', tier: 'information', message: nasty },
  {
    rule: 'zone/single-ns',
    tier: 'warning',
    message: '',
    position: { file: '/absolute path/ä.zone', line: 7, column: 2 },
  },
];
