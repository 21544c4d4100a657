/** Who runs, for the lock: host name, pid, and a start time that survives neither the process nor a reboot. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ThisProcess } from './host.ts';

let started: string | undefined;

export const thisProcess: ThisProcess = {
  hostName: hostname(),
  pid: process.pid,
  get started() {
    started ??= startOf(process.pid) ?? 'unknown';
    return started;
  },
  startOf,
};

/**
 * Linux: the id of this boot and field 22 of /proc/PID/stat, clock ticks since boot (proc(5)). Elsewhere: what ps prints; a
 * system without either has `unknown` for each process that exists.
 */
function startOf(pid: number): string | undefined {
  if (!isRunning(pid)) return undefined;
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in parentheses, which may hold anything, also parentheses and spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot}/${fields[22 - 3]}`;
  } catch {
    return startByPs(pid);
  }
}

function startByPs(pid: number): string {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'latin1',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return text === '' ? 'unknown' : text;
  } catch {
    return 'unknown';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
