/** Bundles of our own TypeScript for tests that need a second process or a thread: Node 20 runs no .ts files. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { onTestFinished } from 'vitest';

/** A folder for several tests; the caller removes it in `afterAll`. */
export function keptFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'danezone-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const { path, remove } = keptFolder();
  onTestFinished(remove);
  return path;
}

/** Path of a CommonJS bundle of `source` (a path from the root of the project). */
export function bundled(source: string, into: string = temporaryFolder()): string {
  const outfile = join(into, `${source.replaceAll('/', '-')}.js`);
  buildSync({ entryPoints: [source], outfile, bundle: true, platform: 'node', target: 'node20', format: 'cjs' });
  return outfile;
}
