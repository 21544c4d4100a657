import { describe, expect, test } from 'vitest';
import { readPem } from '../../src/x509/pem.ts';

const body = 'TUlJQg==';
const block = (label = 'CERTIFICATE') => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
const lines = (text: string) => readPem('a.pem', text).blocks.map(({ at }) => [at.line, at.column]);
const faults = (text: string) => readPem('a.pem', text).faults.map(({ at }) => [at.line, at.column]);

describe('where blocks are found', () => {
  test.each([
    [
      'text before, between and after',
      `some text\n${block()}more\n${block()}end`,
      [
        [2, 1],
        [6, 1],
      ],
    ],
    [
      'CR LF',
      block().replaceAll('\n', '\r\n') + block(),
      [
        [1, 1],
        [4, 1],
      ],
    ],
    [
      'CR alone',
      (block() + block()).replaceAll('\n', '\r'),
      [
        [1, 1],
        [4, 1],
      ],
    ],
    ['indentation', block().replace(/^/gm, '\t  '), [[1, 4]]],
    ['trailing spaces', block().replaceAll('\n', '  \n'), [[1, 1]]],
    [
      'END and BEGIN on one line',
      block().trimEnd() + block(),
      [
        [1, 1],
        [3, 26],
      ],
    ],
    ['a block on one line', block().replaceAll('\n', ''), [[1, 1]]],
    ['blank lines inside', block().replaceAll('\n', '\n\n'), [[1, 1]]],
    ['a block that is commented out', block() + block().replace(/^/gm, '# '), [[1, 1]]],
    [
      'a sentence about -----BEGIN CERTIFICATE----- lines',
      `See the -----BEGIN CERTIFICATE----- line\n${block()}`,
      [[2, 1]],
    ],
  ])('%s', (_, text, places) => {
    expect(readPem('a.pem', text).faults).toEqual([]);
    expect(lines(text)).toEqual(places);
    for (const { octets } of readPem('a.pem', text).blocks) expect(Buffer.from(octets).toString()).toBe('MIIB');
  });

  test('header fields of RFC 1421', () => {
    const text = block('EC PRIVATE KEY').replace('TUlJ', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nTUlJ');
    expect(readPem('a.pem', text).blocks[0].headers).toEqual([
      { name: 'Proc-Type', value: '4,ENCRYPTED' },
      { name: 'DEK-Info', value: 'AES-128-CBC,00' },
    ]);
  });
});

describe('faults, and the line that has them', () => {
  test.each([
    ['no END', `\n${block().slice(0, 30)}`, [[2, 1]]],
    ['a second BEGIN before the END', block().slice(0, 37) + block(), [[1, 1]]],
    ['another label at the END', block().replace('END CERTIFICATE', 'END X509 CRL'), [[3, 1]]],
    ['an END without a BEGIN', `\n  ${block().slice(37)}`, [[2, 3]]],
    ['a character outside Base64', block().replace('lJ', 'l*'), [[2, 4]]],
    ['a no-break space', block().replace('lJ', 'l\xa0'), [[2, 4]]],
    ['Base64 that is cut off', block().replace('Qg==', 'Qg='), [[2, 7]]],
    ['padding in the middle', block().replace('lJ', '=J'), [[2, 3]]],
    ['no content', block().replace(`${body}\n`, ''), [[1, 1]]],
  ])('%s', (_, text, places) => {
    expect(faults(text)).toEqual(places);
  });

  test('one bad block does not hide the good ones', () => {
    const { blocks, faults } = readPem('a.pem', block().replace('lJ', 'l*') + block());
    expect([blocks.length, faults.length]).toEqual([1, 1]);
  });
});
