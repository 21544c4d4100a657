/**
 * The failure matrix of DANE for mail: what an operator got wrong, the rule that says so before it is published, and what Postfix
 * 3.7 (smtp_tls_security_level = dane) logs for a delivery if it is published all the same.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problemsIn } from '../pipeline/fixtures.ts';

interface Case {
  /** Errors, and what explains the state. */
  readonly rules: readonly string[];
  readonly postfix: 'Verified' | 'Trusted' | 'Untrusted' | 'deferred: Server certificate not verified';
}

const refused = 'deferred: Server certificate not verified';

const deck: Readonly<Record<string, Case>> = {
  'one-wrong-digit': { rules: ['dane/nothing-matches'], postfix: refused },
  'mx-domain-unsigned': { rules: ['dane/insecure-mx-domain'], postfix: 'Trusted' },
  'mx-host-in-unsigned-zone': { rules: ['dane/unsigned-zone'], postfix: 'Untrusted' },
  'tlsa-unsigned': { rules: ['dane/unsigned-zone'], postfix: 'Untrusted' },
  'root-missing-from-chain': { rules: ['dane/ta-not-in-chain'], postfix: refused },
  'root-missing-from-chain-literal': { rules: ['dane/nothing-matches'], postfix: refused },
  'renewal-with-a-new-key': { rules: ['dane/nothing-matches'], postfix: refused },
  'renewal-with-the-same-key': { rules: [], postfix: 'Verified' },
};

describe('the failure matrix', () => {
  test.each(Object.entries(deck))('%s', (name, { rules }) => {
    const found = problemsIn(join(import.meta.dirname, name)).map(({ rule }) => rule);
    expect(found.filter((rule) => rule.startsWith('dane/'))).toEqual(rules);
  });

  test('every folder is a case', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(deck).sort());
  });
});
