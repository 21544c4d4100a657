import { parentPort } from 'node:worker_threads';
import { answerOrders } from '../../src/host/worker-loop.ts';
import { jobsOfTests } from './jobs-of-tests.ts';

if (parentPort !== null) answerOrders(parentPort, new Map(jobsOfTests.map((job) => [job.name, job])));
