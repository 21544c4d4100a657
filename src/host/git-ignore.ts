/**
 * Which files git is told to leave alone: the .gitignore files of a work tree and its info/exclude, read without running git.
 * What a user's own configuration excludes everywhere is not known here. Source: gitignore(5), "PATTERN FORMAT".
 */
import { dirname, join, relative, sep } from 'node:path';
import { workTreeOf } from './git-index.ts';
import type { ReadableFiles } from './host.ts';

interface Pattern {
  /** Folder of the file that has it, relative to the top, with a final slash; empty at the top. */
  readonly base: string;
  readonly expression: RegExp;
  readonly isNegated: boolean;
  readonly foldersOnly: boolean;
}

/** Says of absolute paths below `folder` whether they are ignored; false for everything outside of a work tree. */
export function ignoresBelow(files: ReadableFiles, folder: string): (path: string) => boolean {
  const tree = workTreeOf(files, folder);
  if (tree === undefined) return () => false;
  const { top, git } = tree;
  const known = new Map<string, readonly Pattern[]>();
  const exclude = patternsIn(files, join(git, 'info', 'exclude'), '');

  /** Of the folder and those above it, the outermost first: what comes later counts more. */
  const patternsAt = (at: string): readonly Pattern[] => {
    const found = known.get(at);
    if (found !== undefined) return found;
    const way = relative(top, at).split(sep).join('/');
    const own = patternsIn(files, join(at, '.gitignore'), way === '' ? '' : `${way}/`);
    const all = [...(at === top ? exclude : patternsAt(dirname(at))), ...own];
    known.set(at, all);
    return all;
  };

  return (path) => {
    const parts = relative(top, path).split(sep);
    for (let depth = 1; depth <= parts.length; depth++) {
      const isFolder = depth < parts.length;
      const at = parts.slice(0, depth).join('/');
      const patterns = patternsAt(join(top, ...parts.slice(0, depth - 1)));
      const last = patterns.findLast((pattern) => matches(pattern, at, isFolder));
      // Below an ignored folder nothing can be taken in again.
      if (last !== undefined && !last.isNegated) return true;
    }
    return false;
  };
}

function matches({ base, expression, foldersOnly }: Pattern, path: string, isFolder: boolean): boolean {
  return path.startsWith(base) && (isFolder || !foldersOnly) && expression.test(path.slice(base.length));
}

function patternsIn(files: ReadableFiles, path: string, base: string): Pattern[] {
  if (files.facts(path)?.kind !== 'file') return [];
  const lines = Buffer.from(files.read(path)).toString('utf8').split(/\r?\n/);
  return lines.flatMap((line) => parsePattern(line, base) ?? []);
}

function parsePattern(line: string, base: string): Pattern | undefined {
  const isNegated = line.startsWith('!');
  const written = line.slice(isNegated ? 1 : 0).replace(/(?<!\\) +$/, '');
  if (written === '' || line.startsWith('#')) return undefined;
  const foldersOnly = written.endsWith('/');
  const body = foldersOnly ? written.slice(0, -1) : written;
  const isAnchored = body.includes('/');
  const source = expressionOf(body.replace(/^\//, ''));
  try {
    return { base, isNegated, foldersOnly, expression: new RegExp(`^${isAnchored ? '' : '(?:.*/)?'}${source}$`) };
  } catch {
    // A class such as [z-a]: git takes it for a pattern that matches nothing.
    return undefined;
  }
}

function expressionOf(pattern: string): string {
  return pattern.replace(/\*\*\/|\/\*\*$|\*+|\?|\[!?\]?[^\]]*\]|\\.|[\s\S]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '/**') return '/.*';
    if (part.startsWith('*')) return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 1 && part.startsWith('[')) return part.replace(/^\[!/, '[^');
    return (part.startsWith('\\') && part.length > 1 ? part.slice(1) : part).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
}
