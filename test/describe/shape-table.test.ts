import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { entries, type Section } from '../../src/describe/schema.ts';
import { fits } from '../../src/describe/shape-fit.ts';
import { shapeOf, shapes } from '../../src/describe/shape-table.ts';
import { plainOf, type YamlNode } from '../../src/describe/tree.ts';
import { readYaml } from '../../src/describe/yaml-document.ts';
import { newReport } from '../../src/text/problem.ts';

const sections = Object.keys(entries) as Section[];

/** Undefined where the text is no YAML. */
function nodeOf(text: string): YamlNode | undefined {
  return readYaml('a.yaml', Buffer.from(`v: ${text}`), newReport()).root?.entries.get('v')?.value;
}

function agree(section: Section, node: YamlNode | undefined): boolean {
  if (node === undefined) return false;
  const accepted = entries[section].safeParse(plainOf(node)).success;
  expect(fits(shapes[section], node), `${section}: ${JSON.stringify(plainOf(node))}`).toBe(accepted);
  return accepted;
}

describe('the table of shapes says what the schema says', () => {
  test('of every part of it', () => {
    expect(Object.keys(shapes)).toEqual(sections);
    expect(JSON.stringify(shapes)).not.toContain('unknown');
    // The program holds it as JSON.
    expect(JSON.parse(JSON.stringify(shapes))).toEqual(shapes);
  });

  test('of every entry of the example and the fixtures', () => {
    let accepted = 0;
    for (const folder of ['zones', 'test/rules']) {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!/\.ya?ml$/.test(name)) continue;
        const { root } = readYaml(name, readFileSync(join(folder, name)), newReport());
        for (const section of sections) {
          const map = root?.entries.get(section)?.value;
          if (map?.kind !== 'map') continue;
          for (const { value } of map.entries.values()) accepted += Number(agree(section, value));
        }
      }
    }
    expect(accepted).toBeGreaterThan(100);
  });

  test('of any value of any section', () => {
    const names = [...new Set(JSON.stringify(shapes).match(/[a-z-]+(?=")/g))];
    const leaf = fc.constantFrom(
      'a',
      '""',
      '0',
      '-1',
      '65536',
      '1.5',
      '1e400',
      '.inf',
      '.nan',
      '-0',
      'true',
      'null',
      'evidence',
      'nsec3',
      'null-mx',
      '9007199254740993',
    );
    const { value } = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
        fc
          .uniqueArray(fc.tuple(fc.constantFrom(...names, 'A', 'constructor'), tie('value')), {
            maxLength: 3,
            selector: ([key]) => key,
          })
          .map((pairs) => `{${pairs.map(([key, inner]) => `${key}: ${inner}`).join(', ')}}`),
      ),
    }));
    fc.assert(
      fc.property(fc.constantFrom(...sections), value, (section, text) => void agree(section, nodeOf(text))),
      { numRuns: 2000 },
    );
  });

  test('of a good value with one part replaced', () => {
    const good: Partial<Record<Section, string>> = {
      policies:
        '{keys: {layout: csk, size: 2048, lifetime: 90d}, signatures: {validity: 21d}, denial: {nsec3: {opt-out: true, iterations: 0, salt: 12}}, zonemd: [sha384], cds: false, publication: {by-build: {after: 1h}}, ttls: {max: 60}}',
      parents: '{interface: ds, digests: [2, SHA-384], max-ds: 4, replace: atomic, ttl: 1d}',
      'nameserver-sets': '[ns1.example.org, ns2.example.net]',
      certificates: '{chain: a.pem, next: b.csr, source: staged, renewal: {reuse-key: true}}',
      hosts:
        '{addresses: [192.0.2.1], services: {smtp: [a], 8443/tcp: b}, tlsa: [{association: DANE-TA SPKI SHA2-256, anchor: x}, 3 1 1 00], ttl: 5m}',
      domains:
        "{like: x, soa: {refresh: 30m}, nameservers: [a.b], mail: [{host: a.b, preference: 10}, c.d], records: {www: {A: {ttl: 5m, values: [192.0.2.1, {value: 1, ttl: 2}]}, TXT: 12}, '@': null}, include: a.zone, silences: [{rule: a/b, reason: c, until: 2027-01-31}]}",
      groups: '{domains: [a.example], like: x}',
    };
    const parts = ['a', '0', '-1', '1.5', '65536', 'true', 'null', '[]', '[a]', '{}', '{a: b}', '.inf'];
    for (const [section, text] of Object.entries(good) as [Section, string][]) {
      expect(agree(section, nodeOf(text))).toBe(true);
      const words = [...text.matchAll(/(?<=[[ ])[^\s,[\]{}:]+(?=[,\]}])/g)];
      expect(words.length).toBeGreaterThan(1);
      for (const word of words) {
        for (const part of parts)
          agree(section, nodeOf(text.slice(0, word.index) + part + text.slice(word.index + word[0].length)));
      }
      for (const key of text.matchAll(/[a-z-]+(?=: )/g))
        agree(section, nodeOf(`${text.slice(0, key.index)}x${text.slice(key.index)}`));
    }
  });
});

test('what the table has no words for fits nothing', () => {
  const node = nodeOf('a')!;
  for (const schema of [
    z.string().min(1),
    z.string().regex(/a/),
    z.any(),
    z.literal(['a', 1]),
    z.record(z.string().min(1), z.string()),
    z.object({}),
    z.strictObject({}).refine(() => false),
    z.number().gt(1),
    z.number().multipleOf(2),
    z.array(z.string()).max(3),
    z.string().transform((text) => text),
  ]) {
    const shape = shapeOf(schema);
    if (shape.kind !== 'unknown') expect(fits(shape, node), JSON.stringify(shape)).toBe(false);
  }
});
