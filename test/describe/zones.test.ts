import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { describedOctets } from './described.ts';

const root = new URL('../../', import.meta.url).pathname;

function filesBelow(path: string): string[] {
  return readdirSync(join(root, path)).flatMap((entry) => {
    const inner = `${path}/${entry}`;
    return statSync(join(root, inner)).isDirectory() ? filesBelow(inner) : [inner];
  });
}

const files = new Map(filesBelow('zones').map((file) => [file, readFileSync(join(root, file))]));
const { description, problems, broken, faulty } = describedOctets(files);

describe('the example under zones/', () => {
  test('has no problems', () => {
    expect(problems).toEqual([]);
    expect(broken).toEqual([]);
    expect(faulty.size).toBe(0);
  });

  test('has a zone for each way of signing', () => {
    const policies = [...description.domains.values()].map(({ policy }) => policy);
    const has = (what: (policy: (typeof policies)[number]) => boolean) => expect(policies.some(what)).toBe(true);
    has(({ signing }) => signing === 'none');
    has(({ denial }) => denial.kind === 'nsec');
    has(({ denial }) => denial.kind === 'nsec3' && !denial.optOut);
    has(({ denial }) => denial.kind === 'nsec3' && denial.optOut);
    has(({ keys }) => keys.layout === 'ksk-zsk');
    has(({ keys }) => keys.algorithm === 8);
    has(({ keys }) => keys.algorithm === 15);
    has(({ zonemd }) => zonemd.length > 0);
  });

  test('has parked domains without mail, an IDN, an adopted zone and a signed child', () => {
    expect(description.domains.get(name('mueller.example.'))?.mail).toBe('null-mx');
    expect(description.domains.get(name('xn--bckerei-5wa.example.'))?.mail).toBe('null-mx');
    expect(description.domains.get(name('xn--mller-kva.example.'))?.records.length).toBeGreaterThan(10);
    expect(description.domains.get(name('example.com.'))?.include?.value).toBe('zones/legacy/example.com.zone');
    const child = description.domains
      .get(name('example.org.'))
      ?.records.find(({ content }) => content.kind === 'from-child');
    expect(child?.owner).toBe('lab.example.org.');
  });

  test('has names and addresses that are reserved for examples (RFC 2606, 5737, 3849)', () => {
    for (const domain of description.domains.keys()) {
      expect(domain).toMatch(/(?:^|\.)example\.(?:org|net|com)?\.?$|(?:^|\.)2\.0\.192\.in-addr\.arpa\.$/);
    }
    for (const { addresses } of description.hosts.values()) {
      for (const { value } of addresses) expect(value).toMatch(/^(?:192\.0\.2|198\.51\.100|203\.0\.113)\.|^2001:db8:/);
    }
  });

  test('holds no private key', () => {
    for (const [file, octets] of files)
      expect([file, octets.toString().includes('PRIVATE KEY')]).toEqual([file, false]);
  });

  test('names certificates that are there', () => {
    for (const { chain, next } of description.certificates.values()) {
      expect(files.has(chain.value)).toBe(true);
      expect(next === undefined || files.has(next.value)).toBe(true);
    }
  });
});
