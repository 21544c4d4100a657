/** What a worker thread does: takes orders, does parts, answers in the same order. */
import type { MessagePort } from 'node:worker_threads';
import type { AnyJob } from './jobs.ts';
import { type Answer, type Order, packed } from './worker-messages.ts';

/** Per task the function that does a part, or what its preparation threw. */
type Tasks = Map<number, { readonly run: (part: unknown) => unknown } | { readonly error: unknown }>;

export function answerOrders(port: MessagePort, jobs: ReadonlyMap<string, AnyJob>): void {
  const tasks: Tasks = new Map();
  port.on('message', (order: Order) => {
    if (order.kind === 'forget') {
      tasks.delete(order.task);
    } else if (order.kind === 'prepare') {
      tasks.set(order.task, prepare(order, jobs));
    } else {
      const { answer, transfer } = answerTo(order, tasks);
      port.postMessage(answer, transfer);
    }
  });
}

function prepare(order: Order & { kind: 'prepare' }, jobs: ReadonlyMap<string, AnyJob>) {
  const job = jobs.get(order.job);
  if (job === undefined) return { error: new Error(`no job is named ${order.job} in src/host/jobs.ts`) };
  try {
    return { run: job.prepare(order.shared) };
  } catch (error) {
    return { error };
  }
}

function answerTo(order: Order & { kind: 'part' }, tasks: Tasks): { answer: Answer; transfer: ArrayBuffer[] } {
  const { task, index } = order;
  try {
    const prepared = tasks.get(task);
    if (prepared === undefined) throw new Error('a part came before its task');
    if ('error' in prepared) throw prepared.error;
    const { value, transfer } = packed(prepared.run(order.part));
    return { answer: { kind: 'result', task, index, result: value }, transfer };
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
    return { answer: { kind: 'failure', task, index, error: { message, stack } }, transfer: [] };
  }
}
