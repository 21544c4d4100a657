/** The entry of a worker thread, dist/worker.js. */
import { parentPort } from 'node:worker_threads';
import { jobs } from './jobs.ts';
import { answerOrders } from './worker-loop.ts';

if (parentPort === null) throw new Error('worker.js runs only as a worker thread of danezone');
answerOrders(parentPort, jobs);
