/** This machine as a Host: file system, clock, entropy, worker threads, streams and signals. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type Executor, inProcess } from '../parallel/executor.ts';
import { fileFailure } from './file-failure.ts';
import { earlierVersions } from './git-history.ts';
import type { Host, Output } from './host.ts';
import { realFiles } from './real-files.ts';
import { thisProcess } from './this-process.ts';
import { workerThreads } from './workers.ts';

export interface RealHostOptions {
  /** Absolute path of the bundled worker (dist/worker.js). Without one every executor works in process. */
  readonly workerEntry?: string;
}

export interface RealHost extends Host {
  /** Stops the worker threads, so that the process can end. */
  close(): Promise<void>;
}

export function realHost({ workerEntry }: RealHostOptions = {}): RealHost {
  const executors: Executor[] = [];
  return {
    files: realFiles,
    process: thisProcess,
    now: () => Math.floor(Date.now() / 1000),
    entropy: (count) => randomBytes(count),
    executor(width = availableParallelism()) {
      if (width <= 1 || workerEntry === undefined) return inProcess;
      const executor = workerThreads(workerEntry, width);
      executors.push(executor);
      return executor;
    },
    earlierVersions,
    environment: (name) => process.env[name],
    workingFolder: process.cwd(),
    stdin: readStdin,
    get stdout() {
      return outputTo(process.stdout);
    },
    get stderr() {
      return outputTo(process.stderr);
    },
    onInterrupt,
    async close() {
      await Promise.all(executors.splice(0).map((executor) => executor.close()));
    },
  };
}

async function readStdin() {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const outputs = new Map<NodeJS.WriteStream, Output>();

/**
 * A reader that went away (`danezone ds | head -1`) is no error and must not stop a build half way: what follows is dropped.
 */
function outputTo(stream: NodeJS.WriteStream): Output {
  const before = outputs.get(stream);
  if (before !== undefined) return before;
  let closed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!closed && error.code !== 'EPIPE') cutShort(stream, error);
    closed = true;
  });
  const output: Output = {
    write(text) {
      if (!closed) stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
  };
  outputs.set(stream, output);
  return output;
}

/** An output that is not whole is no success, whatever the command says. */
function cutShort(stream: NodeJS.WriteStream, { code = '', message }: NodeJS.ErrnoException): void {
  if (stream !== process.stderr) {
    const { message: text } = fileFailure('write', 'standard output', code, message);
    process.stderr.write(`danezone: ${text}\n`);
  }
  process.once('exit', () => {
    process.exitCode ||= 1;
  });
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const cleanUps: (() => void)[] = [];

function onInterrupt(cleanUp: () => void): () => void {
  if (cleanUps.length === 0) for (const signal of signals) process.on(signal, interrupted);
  cleanUps.push(cleanUp);
  return () => {
    const at = cleanUps.indexOf(cleanUp);
    if (at >= 0) cleanUps.splice(at, 1);
    if (cleanUps.length === 0) for (const signal of signals) process.off(signal, interrupted);
  };
}

/** Cleans up, then lets the signal do what it does without us: who waits for this process sees that it was stopped. */
function interrupted(signal: NodeJS.Signals): void {
  for (const cleanUp of cleanUps.splice(0).reverse()) {
    try {
      cleanUp();
    } catch {
      // The next run recovers what could not be cleaned up here.
    }
  }
  for (const each of signals) process.off(each, interrupted);
  process.kill(process.pid, signal);
}
