import { workerData } from 'node:worker_threads';
import { type QueueContext, queueOf } from '../src/queue-scenarios.fixture.ts';

queueOf(workerData as QueueContext, 5).recover();
