// Half of the hashing, without a pool: the best that a thread of this machine can do.
import { parentPort, workerData } from 'node:worker_threads';
import { hash } from './tasks.mjs';

const { first, last } = workerData;
parentPort.on('message', (passes) => {
  for (let pass = 0; pass < passes; pass++) for (let piece = first; piece < last; piece++) hash(piece);
  parentPort.postMessage(0);
});
