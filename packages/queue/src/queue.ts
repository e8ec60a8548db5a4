import { FROM, registerSharedClass } from '@pkg/sync';
import type { Codec, CodecName } from './codec/codec.ts';
import { FifoStore } from './fifo/fifo-store.ts';
import type { TaskQueueOptions } from './queue-options.ts';
import { type QueueHandle, QueueOrigin } from './queue-origin.ts';
import { TaskQueue } from './task-queue.ts';

const KIND_OF_QUEUE = '@pkg/queue.Queue';

/**
 * A first-in, first-out queue between threads: Python 3.13's `queue.Queue`, in shared memory.
 *
 * @example
 * ```ts
 * const queue = new Queue<[string, string]>(100);
 * new Worker(new URL('./worker.js', import.meta.url), { workerData: queue.handle });
 * for (const link of links) await queue.putAsync(['images', link]);
 * await queue.joinAsync();
 *
 * // worker.js
 * const queue = Queue.from<[string, string]>(workerData);
 * for (const [directory, link] of queue) {
 *   download(directory, link);
 *   queue.taskDone();
 * }
 * ```
 */
export class Queue<T> extends TaskQueue<T> {
  /**
   * @param maxsize the most items that are queued at once; 0 or less, the default, is no bound
   * @throws TypeError or RangeError for a bad `maxsize` or option; does not block
   */
  constructor(maxsize?: number, options?: TaskQueueOptions<T>);
  /** @internal */
  constructor(origin: QueueOrigin<T>);
  constructor(first: number | QueueOrigin<T> = 0, options: TaskQueueOptions<T> = {}) {
    const origin = first instanceof QueueOrigin ? first : QueueOrigin.create(first, options, true);
    if (origin.isNew) FifoStore.initialise(origin.pages);
    super(origin, new FifoStore(origin.pages, origin.self, origin.spins), KIND_OF_QUEUE);
  }

  /**
   * Attaches to the queue behind `handle`, on any thread. Does not block.
   *
   * @param options the codec, when it is a user's own
   * @returns a `Queue`, also when the one with that handle is of a class that extends it; see {@link Queue.handle}
   * @throws TypeError when `handle` is not that of a `Queue`, or `options` are no object
   */
  static from<T>(handle: QueueHandle<T>, options?: { codec?: CodecName | Codec<T> | undefined }): Queue<T> {
    return new Queue<T>(QueueOrigin.attach(handle, KIND_OF_QUEUE, options));
  }

  /** {@link from}, for whatever carries values to other threads. */
  static [FROM](handle: QueueHandle<unknown>): Queue<unknown> {
    return Queue.from(handle);
  }
}

registerSharedClass(KIND_OF_QUEUE, Queue as never);
