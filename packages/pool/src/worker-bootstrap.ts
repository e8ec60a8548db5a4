/**
 * The first module of every worker of this package: of a thread and of an executor's worker alike.
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
