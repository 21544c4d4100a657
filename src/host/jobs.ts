/** The jobs that a worker can do, by name. A row here is all that a new job needs. */

import type { Job } from '../parallel/executor.ts';
import { nsec3HashJob } from '../sign/nsec3-hashes.ts';
import { signPartJob } from '../sign/part-job.ts';
import { verifyJob } from '../verify/job.ts';

// biome-ignore lint/suspicious/noExplicitAny: what crosses is typed where a job is handed out (Executor.map)
export type AnyJob = Job<any, any, unknown>;

const all: readonly AnyJob[] = [nsec3HashJob, signPartJob, verifyJob];

export const jobs: ReadonlyMap<string, AnyJob> = new Map(all.map((job) => [job.name, job]));
