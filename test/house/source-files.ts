/** The sources as the house rules see them: paths, import lines, text without comments. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface Import {
  /** Path from the root of the project, or the name of a package. */
  readonly of: string;
  /** Nothing of it is left when the types are gone. */
  readonly typesOnly: boolean;
  /** `await import` or `require`: it runs when it is asked for. */
  readonly lazy: boolean;
}

export interface SourceFile {
  /** `src/dns/name.ts`. */
  readonly path: string;
  /** `dns`: the first folder below src; the file's own name where it stands in src itself. */
  readonly room: string;
  readonly text: string;
  /** Comments and the contents of string literals blanked; lines stay. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export function sourceFiles(root = 'src'): SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => {
      const path = posix.join(root, name.replaceAll('\\', '/'));
      const text = readFileSync(join(root, name), 'utf8');
      return {
        path,
        room: path.split('/')[1].replace(/\.ts$/, ''),
        text,
        code: codeOf(text),
        imports: importsOf(path, text),
      };
    });
}

const statement =
  /^(import|export)\s+(type\s+)?((?:[\w*]+(?:\s+as\s+\w+)?\s*,?\s*)?(?:\{[^}]*\})?)\s*from\s+'([^']+)'/gm;
const bare = /^import\s+'([^']+)'/gm;
const dynamic = /\b(?:import|require)\(\s*'([^']+)'\s*\)/g;
const typeQuery = /\btypeof\s+import\(\s*'([^']+)'\s*\)/g;

export function importsOf(path: string, text: string): Import[] {
  const found: Import[] = [];
  const target = (specifier: string) =>
    specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier;
  for (const [, , typeKeyword, names, specifier] of text.matchAll(statement)) {
    found.push({ of: target(specifier), typesOnly: typeKeyword !== undefined || areTypes(names), lazy: false });
  }
  for (const [, specifier] of text.matchAll(bare)) found.push({ of: target(specifier), typesOnly: false, lazy: false });
  const withoutQueries = text.replace(typeQuery, (_, specifier: string) => {
    found.push({ of: target(specifier), typesOnly: true, lazy: false });
    return '';
  });
  for (const [, specifier] of withoutQueries.matchAll(dynamic))
    found.push({ of: target(specifier), typesOnly: false, lazy: true });
  return found;
}

/** `{ type A, type B }` */
function areTypes(names: string): boolean {
  const inBraces = /^\{([^}]*)\}$/.exec(names.trim());
  if (inBraces === null) return false;
  const each = inBraces[1].split(',').map((name) => name.trim());
  return each.every((name) => name === '' || name.startsWith('type '));
}

export function codeOf(text: string): string {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ');
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, (part) =>
    part.startsWith('/') ? blank(part) : `${part[0]}${blank(part.slice(1, -1))}${part[0]}`,
  );
}
