/**
 * One writing run at a time in a root. The lock is a file that says who holds it; it appears whole or not at all. It keeps
 * runs from doing work in vain: that two never mix rests on the checks at the commit point (transaction.ts).
 */
import { join } from 'node:path';
import { escapeControls } from '../text/escape.ts';
import { readableTime } from '../text/time.ts';
import { FileError, type Host } from './host.ts';
import { lockFile, ownFolder } from './places.ts';

interface Owner {
  readonly host: string;
  readonly pid: number;
  /** ThisProcess.started. */
  readonly started: string;
  /** Unix seconds. */
  readonly since: number;
  /** Sixteen hexadecimal digits, new in each run. */
  readonly token: string;
}

export interface Lock {
  readonly token: string;
  /** Whether nobody has taken it away. */
  isOurs(): boolean;
  release(): void;
}

/** Another run holds the lock. `code` is ELOCKED; the message says what to do. */
export class Locked extends FileError {
  constructor(path: string, message: string) {
    super('ELOCKED', path, message);
  }
}

/** Takes the lock, or throws Locked. A lock whose process is gone is taken over. */
export function takeLock(host: Host, root: string, token: string): Lock {
  const { files } = host;
  const folder = join(root, ownFolder);
  const path = join(folder, lockFile);
  const ours = join(folder, `${lockFile}-${token}`);
  const { hostName, pid, started } = host.process;
  const owner: Owner = { host: hostName, pid, started, since: host.now(), token };
  const content = Buffer.from(`${JSON.stringify(owner)}\n`);

  for (let attempt = 0; attempt < 5; attempt++) {
    files.writeNew(ours, content);
    try {
      files.renameNew(ours, path);
      break;
    } catch (error) {
      if (!(error instanceof FileError) || (error.code !== 'EEXIST' && error.code !== 'ENOENT')) throw error;
    }
    // ENOENT: a run that recovered tidied our file away.
    removeIfThere(host, ours);
    const found = readLock(host, path);
    if (found === undefined) continue;
    if (!isStale(host, found.owner)) throw new Locked(path, words(path, root, host, found.owner));
    takeAway(host, path, found.text, join(folder, `${lockFile}-stale-${token}`));
    if (attempt === 4) throw new Locked(path, `${escapeControls(path)} changes hands all the time: start again later`);
  }

  const isOurs = () => readLock(host, path)?.owner?.token === token;
  return {
    token,
    isOurs,
    release() {
      if (isOurs()) removeIfThere(host, path);
    },
  };
}

function readLock(host: Host, path: string): { readonly text: string; readonly owner: Owner | undefined } | undefined {
  let text: string;
  try {
    text = Buffer.from(host.files.read(path)).toString('utf8');
  } catch (error) {
    if (error instanceof FileError && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return { text, owner: parseOwner(text) };
}

function parseOwner(text: string): Owner | undefined {
  try {
    const { host, pid, started, since, token } = JSON.parse(text);
    const whole =
      typeof host === 'string' &&
      Number.isInteger(pid) &&
      typeof started === 'string' &&
      Number.isInteger(since) &&
      typeof token === 'string';
    return whole ? { host, pid, started, since, token } : undefined;
  } catch {
    return undefined;
  }
}

/** Only of this machine can it be said that a process is gone; a pid that another process has by now does not count. */
function isStale(host: Host, owner: Owner | undefined): boolean {
  return (
    owner !== undefined && owner.host === host.process.hostName && host.process.startOf(owner.pid) !== owner.started
  );
}

/**
 * Takes a stale lock away in one step. Between our look and this step another run may have done so and hold the lock now:
 * then it gets its lock back, or, if a third was quicker, finds at its commit point that it has lost it.
 */
function takeAway(host: Host, path: string, expected: string, aside: string): void {
  try {
    host.files.rename(path, aside);
  } catch (error) {
    if (error instanceof FileError && error.code === 'ENOENT') return;
    throw error;
  }
  if (readLock(host, aside)?.text !== expected) {
    try {
      host.files.renameNew(aside, path);
      return;
    } catch (error) {
      if (!(error instanceof FileError) || error.code !== 'EEXIST') throw error;
    }
  }
  removeIfThere(host, aside);
}

function words(path: string, root: string, host: Host, owner: Owner | undefined): string {
  const shown = escapeControls(path);
  if (owner === undefined) {
    return `${shown} is not a lock that can be read: if no danezone runs in ${escapeControls(root)}, remove it and start again`;
  }
  const who = `pid ${owner.pid} on ${escapeControls(owner.host)}, since ${readableTime(owner.since)}`;
  return owner.host === host.process.hostName
    ? `another danezone writes in ${escapeControls(root)} (${who}): wait for it, then start again`
    : `another danezone writes in ${escapeControls(root)} (${who}): whether it still runs cannot be seen from here; ` +
        `if it is gone, remove ${shown} and start again`;
}

function removeIfThere(host: Host, path: string): void {
  try {
    host.files.remove(path);
  } catch (error) {
    if (!(error instanceof FileError) || error.code !== 'ENOENT') throw error;
  }
}
