import { parentPort } from 'node:worker_threads';
import { type QueueContext, queueOf } from '../src/queue-scenarios.fixture.ts';

parentPort!.on('message', (context: QueueContext) => {
  queueOf(context, 5).recover();
  parentPort!.postMessage(undefined);
});
parentPort!.postMessage('ready');
