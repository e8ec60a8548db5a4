import { once } from 'node:events';
import { MessageChannel, type TransferListItem, Worker } from 'node:worker_threads';
import { Queue } from '@pkg/queue';

/** A measured transfer of many items between threads. */
export interface Load {
  readonly item: 'int' | 'tuple' | 'object' | 'mebibyte';
  readonly count: number;
  readonly producers?: number;
  readonly consumers?: number;
  readonly batch?: number;
  readonly maxsize?: number;
  readonly redeliver?: boolean;
  /** Whether consumers call taskDone. */
  readonly done?: boolean;
}

const script = new URL('./worker.mjs', import.meta.url);

async function race(workers: Worker[], go: SharedArrayBuffer): Promise<number> {
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const ended = Promise.all(workers.map((worker) => once(worker, 'message')));
  const start = performance.now();
  Atomics.store(new Int32Array(go), 0, 1);
  Atomics.notify(new Int32Array(go), 0);
  await ended;
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return seconds;
}

/** Items per second through our queue. */
export async function throughQueue(load: Load): Promise<number> {
  const { producers = 1, consumers = 1, batch = 1, maxsize = 0, redeliver = false, done = false } = load;
  const queue = new Queue(maxsize, { redeliver });
  const go = new SharedArrayBuffer(4);
  const common = { handle: queue.handle, go, batch, item: load.item, done };
  const start = (role: string, count: number) =>
    new Worker(script, { workerData: { ...common, role, count } });
  const workers = [
    ...Array.from({ length: producers }, () => start('put', load.count / producers)),
    ...Array.from({ length: consumers }, () => start('get', load.count / consumers)),
  ];
  return load.count / (await race(workers, go));
}

/** Items per second by `postMessage` over a channel between two workers. */
export async function throughPostMessage(load: Load): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  const go = new SharedArrayBuffer(4);
  const start = (role: string, channel: unknown) =>
    new Worker(script, {
      workerData: { role, channel, go, item: load.item, count: load.count },
      transferList: [channel as TransferListItem],
    });
  return load.count / (await race([start('post', port1), start('receive', port2)], go));
}
