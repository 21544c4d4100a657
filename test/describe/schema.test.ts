import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { printJsonSchema } from '../../src/describe/json-schema.ts';
import { sections } from '../../src/describe/schema.ts';

const path = new URL('../../schema/danezone.schema.json', import.meta.url);

describe('the JSON Schema', () => {
  test('schema/danezone.schema.json is what the shape says (`node build.mjs --schema` writes it)', () => {
    expect(readFileSync(path, 'utf8')).toBe(printJsonSchema());
  });

  test('each section and each entry is described, and every reference in it leads somewhere', () => {
    const schema = JSON.parse(printJsonSchema());
    expect(Object.keys(schema.properties)).toEqual(sections);
    for (const section of sections) expect(schema.properties[section].description).toBeTypeOf('string');
    for (const definition of Object.values<Record<string, unknown>>(schema.$defs)) {
      expect(definition.description).toBeTypeOf('string');
    }
    const references = [...printJsonSchema().matchAll(/"#\/\$defs\/([^"]+)"/g)].map((match) => match[1]);
    for (const reference of references) expect(Object.keys(schema.$defs)).toContain(reference);
  });
});
