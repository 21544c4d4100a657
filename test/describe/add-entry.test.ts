import { describe, expect, test } from 'vitest';
import { withEntry } from '../../src/describe/add-entry.ts';

const entry = { path: ['certificates', 'mx1'], after: 'chain', key: 'next', text: 'certs/mx1.next.csr' };
const added = (text: string, more: Partial<typeof entry> = {}) => {
  const octets = withEntry('x.yaml', Buffer.from(text), { ...entry, ...more });
  return octets && Buffer.from(octets).toString('utf8');
};

describe('an entry is added', () => {
  test.each<[string, string, string]>([
    [
      'as a line with the indentation of its neighbour, behind the comment there',
      'certificates:\n  # ours\n  mx1:\n    chain: certs/mx1.pem   # the leaf first\n    source: staged\n  mx2: {chain: b.pem}\n',
      'certificates:\n  # ours\n  mx1:\n    chain: certs/mx1.pem   # the leaf first\n    next: certs/mx1.next.csr\n    source: staged\n  mx2: {chain: b.pem}\n',
    ],
    [
      'in braces on one line',
      'certificates: {mx1: {chain: "certs/mx1.pem", source: observed}} # all\n',
      'certificates: {mx1: {chain: "certs/mx1.pem", next: certs/mx1.next.csr, source: observed}} # all\n',
    ],
    [
      'in braces over several lines',
      'certificates:\n  mx1: {\n    chain: certs/mx1.pem, # leaf\n    source: staged\n  }\n',
      'certificates:\n  mx1: {\n    chain: certs/mx1.pem, next: certs/mx1.next.csr, # leaf\n    source: staged\n  }\n',
    ],
    [
      'at the end of a file without a line end, with CR LF and a byte order mark',
      '\ufeffcertificates:\r\n  mx1:\r\n    chain: a.pem',
      '\ufeffcertificates:\r\n  mx1:\r\n    chain: a.pem\r\n    next: certs/mx1.next.csr',
    ],
  ])('%s', (_, before, after) => {
    expect(added(before)).toBe(after);
  });

  test('in quotes where YAML would read something else', () => {
    expect(added('certificates:\n  mx1:\n    chain: a.pem\n', { text: 'a: b #c' })).toContain("next: 'a: b #c'\n");
  });
});

describe('nothing is written', () => {
  test.each([
    ['where the entry is there already', 'certificates: {mx1: {chain: a.pem, next: b.csr}}\n'],
    ['where the map is shared by an anchor', 'certificates:\n  mx1: &one\n    chain: a.pem\n  mx2: *one\n'],
    ['where the value comes from a merged map', 'x: &x {chain: a.pem}\ncertificates:\n  mx1:\n    <<: *x\n'],
    ['where the value is a block', 'certificates:\n  mx1:\n    chain: |-\n      a.pem\n'],
    ['where the map is not there', 'certificates: {mx2: {chain: a.pem}}\n'],
    ['where the file is broken', 'certificates: {mx1: {chain: a.pem}\n'],
  ])('%s', (_, text) => {
    expect(added(text)).toBeUndefined();
  });
});
