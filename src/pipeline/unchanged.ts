/**
 * "Nothing to do" without reading a YAML file: what a whole and successful build looked at and wrote, by stat, and until when its
 * result would be the same. Only a cache in `.danezone/`: where anything differs, or cannot be told, the build runs.
 */
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { FileSystem, ReadableFiles } from '../host/host.ts';
import { ownFolder } from '../host/places.ts';
import type { Places } from './places.ts';
import { descriptionFiles } from './repository.ts';

const cacheSchema = z.object({
  schema: z.literal(1),
  tool: z.string(),
  output: z.string(),
  state: z.string(),
  /** Unix seconds: the first and the first not of the times at which a build gives the same. */
  from: z.number(),
  until: z.number(),
  descriptions: z.array(z.string()),
  /** Folder → names in it. */
  folders: z.record(z.string(), z.array(z.string())),
  /** Path → what stat says. */
  files: z.record(z.string(), z.string()),
});

/** Seconds: a file changed as shortly before the build as this may have changed after it was read. */
const tooFresh = 2;

const cachePath = (places: Places) => join(places.root, ownFolder, 'unchanged.json');

function stat(files: ReadableFiles, path: string): string {
  const facts = files.facts(path);
  if (facts === undefined) return 'absent';
  return [facts.kind, facts.size, facts.modified, facts.inode, facts.mode.toString(8)].join(' ');
}

export function isUnchanged(files: ReadableFiles, places: Places, tool: string, now: number): boolean {
  const path = cachePath(places);
  if (files.facts(path)?.kind !== 'file') return false;
  const parsed = cacheSchema.safeParse(readJson(Buffer.from(files.read(path)).toString('utf8')));
  if (!parsed.success) return false;
  const known = parsed.data;
  return (
    known.tool === tool &&
    known.output === places.output &&
    known.state === places.state &&
    known.from <= now &&
    now < known.until &&
    sameNames(known.descriptions, descriptionFiles(files, places.root)) &&
    Object.entries(known.folders).every(([folder, names]) => sameNames(names, files.list(folder))) &&
    Object.entries(known.files).every(([file, facts]) => stat(files, file) === facts)
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const sameNames = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((name, index) => name === b[index]);

export interface Looked {
  readonly tool: string;
  readonly from: number;
  readonly until: number;
  /** When the build began to read, Unix seconds. */
  readonly began: number;
  /** Absolute paths of files that were read. */
  readonly inputs: readonly string[];
  /** Absolute paths of folders whose every file counts: those of the keys. */
  readonly folders: readonly string[];
  /** Absolute paths of what was written. */
  readonly outputs: readonly string[];
}

/** Remembers a build. Nothing is remembered where an input is so fresh that it may have changed after it was read. */
export function remember(files: FileSystem, places: Places, looked: Looked): void {
  const { tool, from, until, began, folders } = looked;
  const inFolders = folders.flatMap((folder) => files.list(folder).map((name) => join(folder, name)));
  // The state is read and written under the lock; only what people edit may change between the read and this look.
  const fresh = looked.inputs.some((path) => {
    const facts = files.facts(path);
    return facts === undefined || Number(BigInt(facts.modified) / 1_000_000_000n) >= began - tooFresh;
  });
  const path = cachePath(places);
  if (fresh) return;
  const all = [...new Set([...looked.inputs, ...inFolders, ...looked.outputs])].sort();
  const cache: z.infer<typeof cacheSchema> = {
    schema: 1,
    tool,
    output: places.output,
    state: places.state,
    from,
    until,
    descriptions: descriptionFiles(files, places.root),
    folders: Object.fromEntries([...folders].sort().map((folder) => [folder, files.list(folder)])),
    files: Object.fromEntries(all.map((file) => [file, stat(files, file)])),
  };
  const text = `${JSON.stringify(cache, undefined, 1)}\n`;
  if (files.facts(path)?.kind === 'file' && Buffer.from(files.read(path)).toString('utf8') === text) return;
  const draft = `${path}.new`;
  if (files.facts(draft) !== undefined) files.remove(draft);
  files.makeFolder(dirname(path));
  files.writeNew(draft, Buffer.from(text));
  files.rename(draft, path);
}
