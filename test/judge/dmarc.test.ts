import { describe, expect, test } from 'vitest';
import { dmarcFault } from '../../src/judge/dmarc.ts';

const rdata = (...texts: string[]) =>
  texts.map((text) => Buffer.from(`${String.fromCharCode(text.length)}${text}`, 'latin1'));

describe('a DMARC policy (RFC 7489 section 6.3)', () => {
  test.each([
    'v=DMARC1; p=none',
    'v=DMARC1;p=reject;',
    'v=DMARC1; p=quarantine; sp=none; pct=50; adkim=s; aspf=r; ri=86400; fo=1:d:s',
    'v=DMARC1; p=reject; rua=mailto:a@example.org,mailto:b@example.net!10m; ruf=mailto:c@example.org',
    'v=DMARC1; p=reject; np=reject; psd=n; t=y; anything=else',
    'v=DMARC1; rua=mailto:a@example.org',
  ])('%s', (text) => {
    expect(dmarcFault(rdata(text))).toBeUndefined();
  });

  test.each([
    ['v=DMARC1', 'has no tag p'],
    ['v=DMARC1; p=rejct', 'p=rejct: expected none, quarantine, reject'],
    ['v=DMARC1; p=none; sp=off', 'sp=off'],
    ['v=DMARC1; p=none; pct=110', 'pct=110'],
    ['v=DMARC1; p=none; adkim=strict', 'adkim=strict'],
    ['v=DMARC1; p=none; rua=a@example.org', 'mailto:a@example.org'],
    ['v=DMARC1; p=none; rua=mailto:a@example.org, b@example.org', 'mailto:b@example.org'],
    ['v=DMARC1; p=none; p=reject', 'the tag p twice'],
    ['v=DMARC1; p=none rua=mailto:a@example.org', 'p=none rua'],
    ['v=DMARC1; p=none;; sp=none', 'two semicolons'],
    ['v=DMARC1; reject', '"reject" where a tag'],
    ['p=none; v=DMARC1', 'no text that begins with v=DMARC1'],
    ['v=dmarc1; p=none', 'no text that begins with v=DMARC1'],
    ['v=spf1 -all', 'no text that begins with v=DMARC1'],
  ])('%s', (text, expected) => {
    expect(dmarcFault(rdata(text))).toContain(expected);
  });

  test('two policies count as none; other texts beside one do not matter', () => {
    expect(dmarcFault(rdata('v=DMARC1; p=none', 'v=DMARC1; p=reject'))).toContain('2 DMARC policies');
    expect(dmarcFault(rdata('v=DMARC1; p=none', 'verification=123'))).toBeUndefined();
  });
});
