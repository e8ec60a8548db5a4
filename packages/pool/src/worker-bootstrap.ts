/**
 * The first module of every worker of this package. One for threads and for executors' workers, so that what they have
 * in common with the rest of the package is a single file when it is published: a worker spends its start on files.
 *
 * @packageDocumentation
 */
import { workerData } from 'node:worker_threads';
import type { WorkerData } from './executor/protocol.ts';
import { WorkerMain } from './executor/worker/worker-main.ts';
import type { ThreadData } from './thread/protocol.ts';
import { ThreadMain } from './thread/thread-main.ts';

const data = workerData as ThreadData | WorkerData;
void ('className' in data ? new ThreadMain(data) : new WorkerMain(data)).run();
