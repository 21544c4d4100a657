/** The entry of a worker thread (dist/worker.js): does the parts of the jobs in jobs.ts. */
import { parentPort } from 'node:worker_threads';
import { jobs } from './jobs.ts';
import { type Answer, type Order, packed } from './worker-messages.ts';

const port = parentPort;
if (port === null) throw new Error('worker.js runs only as a worker thread of danezone');

/** Per task the function that does a part, or what its preparation threw. */
const tasks = new Map<number, { readonly run: (part: unknown) => unknown } | { readonly error: unknown }>();

port.on('message', (order: Order) => {
  if (order.kind === 'forget') {
    tasks.delete(order.task);
  } else if (order.kind === 'prepare') {
    tasks.set(order.task, prepare(order));
  } else {
    const { answer, transfer } = answerTo(order);
    port.postMessage(answer, transfer);
  }
});

function prepare(order: Order & { kind: 'prepare' }) {
  const job = jobs.get(order.job);
  if (job === undefined) return { error: new Error(`no job is named ${order.job} in src/host/jobs.ts`) };
  try {
    return { run: job.prepare(order.shared) };
  } catch (error) {
    return { error };
  }
}

function answerTo(order: Order & { kind: 'part' }): { answer: Answer; transfer: ArrayBuffer[] } {
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
