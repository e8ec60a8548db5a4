// One end of a measured channel. Plain JavaScript, so that every Node loads it without help.
import { parentPort, workerData } from 'node:worker_threads';
import { Queue } from '@pkg/queue';
import { makers } from './items.mjs';

const { role, handle, count, batch, item, go, channel, done } = workerData;
const start = new Int32Array(go);
const queue = handle && Queue.from(handle);
const make = makers[item ?? 'int'];
parentPort.postMessage('ready');

const run = {
  put() {
    if (batch > 1) {
      const items = Array.from({ length: batch }, (_, i) => make(i));
      for (let i = 0; i < count; i += batch) queue.putMany(items);
    } else for (let i = 0; i < count; i++) queue.put(make(i));
  },
  get() {
    if (batch > 1) for (let n = 0; n < count; ) n += queue.getMany(Math.min(batch, count - n)).length;
    else if (done)
      for (let n = 0; n < count; n++) {
        queue.get();
        queue.taskDone();
      }
    else for (let n = 0; n < count; n++) queue.get();
  },
  post() {
    for (let i = 0; i < count; i++) channel.postMessage(make(i));
  },
  park() {
    if (queue) queue.get();
    else Atomics.wait(start, 0, 1);
  },
}[role];

if (role === 'receive') {
  let n = 0;
  channel.on('message', () => {
    if (++n === count) {
      parentPort.postMessage('done');
      channel.close();
    }
  });
} else {
  Atomics.wait(start, 0, 0);
  run();
  parentPort.postMessage('done');
  channel?.close();
}
