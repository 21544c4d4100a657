/**
 * Earlier versions of a file, from git. The configuration of a repository may name programs, so whatever could run one when
 * history is read is turned off: showing signatures, monitors, hooks, and every transport by which a partial clone fetches.
 */
import { execFileSync } from 'node:child_process';
import { basename, dirname } from 'node:path';
import type { EarlierVersion } from './host.ts';

/** Commits; a certificate is renewed some times a year. */
const maxVersions = 20;
/** Octets of all versions together. */
const maxOutput = 16 * 1024 * 1024;
/** Milliseconds for each of the two calls. */
const patience = 3000;

const quiet = [
  'log.showSignature=false',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'protocol.allow=never',
].flatMap((setting) => ['-c', setting]);

/** See `Host.earlierVersions`. */
export function earlierVersions(path: string): readonly EarlierVersion[] {
  try {
    const folder = dirname(path);
    // Relative to the folder, whatever the file is called and wherever the work tree begins.
    const name = `./${basename(path)}`;
    if (name.includes('\n')) return [];
    const format = '--format=%H %h %cs';
    const log = git(folder, ['--literal-pathspecs', 'log', `--max-count=${maxVersions}`, format, '--', name]);
    const commits = log
      .toString('latin1')
      .split('\n')
      .flatMap((line) => {
        const [hash, commit, date] = line.split(' ');
        return date === undefined ? [] : [{ hash, commit, date }];
      });
    if (commits.length === 0) return [];
    const wanted = commits.map(({ hash }) => `${hash}:${name}\n`).join('');
    const contents = readBatch(git(folder, ['cat-file', '--batch'], wanted));
    return commits.flatMap(({ commit, date }, i) => {
      const octets = contents[i];
      return octets === undefined ? [] : [{ commit, date, octets }];
    });
  } catch {
    // No git, no work tree, one that git does not trust, a damaged one: then nothing is known of the past.
    return [];
  }
}

function git(folder: string, args: readonly string[], input = ''): Buffer {
  return execFileSync('git', [...quiet, ...args], {
    cwd: folder,
    input,
    env: environment(),
    stdio: ['pipe', 'pipe', 'ignore'],
    maxBuffer: maxOutput,
    timeout: patience,
    killSignal: 'SIGKILL',
  });
}

/** Without what a hook of git says about its own repository, which may be another one. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^GIT_(?!CONFIG|CEILING)/.test(name));
  return { ...Object.fromEntries(own), GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' };
}

/** Output of `git cat-file --batch`: for each object `OID TYPE SIZE`, a line end, the content, a line end; or `NAME missing`. */
function readBatch(output: Buffer): (Buffer | undefined)[] {
  const contents: (Buffer | undefined)[] = [];
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf('\n', at);
    if (end < 0) break;
    const [, type, size] = / (blob|tree|commit|tag) ([0-9]+)$/.exec(output.toString('latin1', at, end)) ?? [];
    const start = end + 1;
    const length = type === undefined ? -1 : Number(size);
    contents.push(type === 'blob' ? output.subarray(start, start + length) : undefined);
    at = length < 0 ? start : start + length + 1;
  }
  return contents;
}
