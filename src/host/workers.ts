/**
 * Worker threads as an Executor: the one door to node:worker_threads on the side of the main thread.
 *
 * Threads start with the first work that is worth one and stay for the next zone; an idle thread does not keep the process
 * alive. Results come in the order of the parts; at most `ahead` parts per thread are handed out beyond the result that the
 * consumer waits for, so that a slow consumer (a disk) holds the threads back instead of filling the memory.
 */
import { Worker } from 'node:worker_threads';
import { type Executor, inProcess, type Job } from '../parallel/executor.ts';
import type { Answer, Order } from './worker-messages.ts';

/** One part in work, one waiting, one finished: a thread never waits for the main thread's next turn. */
const ahead = 3;

/** A thread takes some 50 ms to start, which is more than one part takes. With threads running, two parts are worth two. */
const worthStarting = 3;
const worthSharing = 2;

/**
 * A thread's garbage is young: signatures and lines of text. V8 would let it grow to 48 MB a thread before it looks, and be no
 * faster for it.
 */
const maxYoungGenerationSizeMb = 4;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One thread and the parts it owes an answer for. */
class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<string, Waiting>();
  #failed: Error | undefined;
  readonly knows = new Set<number>();

  constructor(entry: string) {
    this.#worker = new Worker(entry, { execArgv: [], resourceLimits: { maxYoungGenerationSizeMb } });
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => this.#take(answer));
    this.#worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('messageerror', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`a worker thread ended with status ${code}`)));
  }

  get load(): number {
    return this.#waiting.size;
  }

  get failed(): boolean {
    return this.#failed !== undefined;
  }

  send(order: Order): void {
    this.#worker.postMessage(order);
  }

  do(task: number, index: number, part: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#failed !== undefined) {
        reject(this.#failed);
        return;
      }
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(`${task} ${index}`, { resolve, reject });
      this.send({ kind: 'part', task, index, part });
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #take(answer: Answer): void {
    const key = `${answer.task} ${answer.index}`;
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (answer.kind === 'result') {
      waiting?.resolve(answer.result);
    } else {
      const error = new Error(answer.error.message);
      error.stack = answer.error.stack ?? error.stack;
      waiting?.reject(error);
    }
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failed);
    this.#waiting.clear();
    this.#worker.unref();
  }
}

/** `entry` is the path of the bundled worker.ts; `width` threads at most. */
export function workerThreads(entry: string, width: number): Executor {
  let threads: Thread[] = [];
  let tasks = 0;

  const leastLoaded = () => {
    // A thread that died of one job (out of memory, say) must not fail the next.
    threads = threads.filter((thread) => !thread.failed);
    const idle = threads.find((thread) => thread.load === 0);
    if (idle !== undefined) return idle;
    if (threads.length < width) {
      const thread = new Thread(entry);
      threads.push(thread);
      return thread;
    }
    return threads.reduce((least, thread) => (thread.load < least.load ? thread : least));
  };

  async function* map<Shared, Part, Result>(
    job: Job<Shared, Part, Result>,
    shared: Shared,
    parts: readonly Part[],
  ): AsyncIterable<Result> {
    if (parts.length < (threads.length === 0 ? worthStarting : worthSharing)) {
      yield* inProcess.map(job, shared, parts);
      return;
    }
    const task = tasks++;
    const pending: Promise<Result>[] = [];
    let next = 0;
    const handOut = () => {
      const thread = leastLoaded();
      if (!thread.knows.has(task)) {
        thread.knows.add(task);
        thread.send({ kind: 'prepare', task, job: job.name, shared });
      }
      const result = thread.do(task, next, parts[next]) as Promise<Result>;
      // A part may fail while an earlier one is awaited; it is reported when its turn comes.
      result.catch(() => {});
      pending.push(result);
      next++;
    };
    try {
      while (pending.length > 0 || next < parts.length) {
        while (next < parts.length && pending.length < width * ahead) handOut();
        const result = await pending[0];
        pending.shift();
        yield result;
      }
    } finally {
      for (const thread of threads) if (thread.knows.delete(task)) thread.send({ kind: 'forget', task });
    }
  }

  return {
    width,
    map,
    async close() {
      const closing = threads;
      threads = [];
      await Promise.all(closing.map((thread) => thread.close()));
    },
  };
}
