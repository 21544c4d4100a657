// Reads the YAML files of a folder with the yaml package, which knows the place of every value, and does nothing else.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';

const [folder] = process.argv.slice(2);
for (const name of readdirSync(folder)) {
  if (!name.endsWith('.yaml')) continue;
  const document = parseDocument(readFileSync(join(folder, name), 'utf8'), { lineCounter: new LineCounter(), uniqueKeys: false });
  if (document.errors.length > 0) throw document.errors[0];
}
