/**
 * dist/danezone.js: the small file in front of the bundle. It answers `--version` without the bundle, and gives V8 the code
 * that it compiled in an earlier run.
 *
 * The cache is named by the bundle's SHA-256, the version of Node and the processor: V8 itself accepts a stale cache of a
 * source of the same length. It lies beside the bundle, or else in the user's own cache folder, is taken only from a file that
 * nobody else could have written, and every failure of it is silent: then the bundle is compiled as ever.
 */
import { hash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { constants, Script } from 'node:vm';

/** Set by build.mjs. */
declare const DANEZONE_VERSION: string;

const bundle = join(__dirname, 'program.js');
function load(): void {
  const source = readFileSync(bundle);
  const cache = process.env.DANEZONE_CODE_CACHE === '0' ? undefined : new CodeCache(source);
  const cached = cache?.read();
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) {${source.toString('latin1')}\n})`,
    {
      filename: bundle,
      cachedData: cached,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    },
  );
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, bundle, __dirname);
  if (cache !== undefined && (cached === undefined || script.cachedDataRejected)) {
    // At the end, so that what this command compiled lazily is in it too.
    process.once('exit', () => cache.write(script.createCachedData()));
  }
}

class CodeCache {
  readonly #name: string;

  constructor(source: Buffer) {
    this.#name = `program.${hash('sha256', source).slice(0, 32)}-${process.version}-${process.arch}.cache`;
  }

  read(): Buffer | undefined {
    for (const folder of folders()) {
      try {
        const path = join(folder, this.#name);
        if (isOnlyOurs(path)) return readFileSync(path);
      } catch {
        // Not there.
      }
    }
    return undefined;
  }

  write(data: Buffer): void {
    for (const folder of folders()) {
      const draft = join(folder, `${this.#name}.${process.pid}`);
      try {
        if (folder !== __dirname) mkdirSync(folder, { recursive: true, mode: 0o700 });
        if (!isOnlyOurs(folder)) continue;
        writeFileSync(draft, data, { flag: 'wx', mode: 0o600 });
        if (folder === __dirname) chmodSync(draft, 0o644);
        renameSync(draft, join(folder, this.#name));
        removeOld(folder, this.#name);
        return;
      } catch {
        // A read-only prefix, a full disk: the next folder, or none.
        try {
          unlinkSync(draft);
        } catch {}
      }
    }
  }
}

/** Where a cache may lie: beside the bundle, then the user's own (XDG Base Directory Specification). */
function folders(): string[] {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return [__dirname, join(base, 'danezone')];
}

/** Whether a file or folder can be written by nobody but this user, the superuser, or the owner of the bundle. */
function isOnlyOurs(path: string): boolean {
  const { uid, mode } = lstatSync(path);
  const trusted = [process.getuid?.(), 0, lstatSync(bundle).uid];
  return process.getuid === undefined || (trusted.includes(uid) && (mode & 0o022) === 0);
}

/** Caches of other versions that nobody has written for a month. */
function removeOld(folder: string, name: string): void {
  const limit = Date.now() - 30 * 86_400_000;
  for (const other of readdirSync(folder)) {
    if (other === name || !/^program\.[0-9a-f]{32}-v[0-9.]+-\w+\.cache(\.[0-9]+)?$/.test(other)) continue;
    const path = join(folder, other);
    if (folder === dirname(bundle) || lstatSync(path).mtimeMs < limit) unlinkSync(path);
  }
}

const [first, ...rest] = process.argv.slice(2);

if (rest.length === 0 && (first === '--version' || first === '-V')) process.stdout.write(`${DANEZONE_VERSION}\n`);
else load();
