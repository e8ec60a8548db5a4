import { FROM, registerSharedClass } from '@pkg/sync';
import type { Codec, CodecName } from './codec/codec.ts';
import { LifoOrder } from './ordered/lifo-order.ts';
import { OrderedStore } from './ordered/ordered-store.ts';
import type { TaskQueueOptions } from './queue-options.ts';
import { type QueueHandle, QueueOrigin } from './queue-origin.ts';
import { TaskQueue } from './task-queue.ts';

const KIND_OF_LIFO_QUEUE = '@pkg/queue.LifoQueue';

/**
 * A last-in, first-out queue (a stack) between threads: Python 3.13's `queue.LifoQueue`, in shared memory. With
 * `redeliver`, items that are delivered again leave before all others.
 *
 * @example
 * ```ts
 * const stack = new LifoQueue<string>();
 * stack.putMany(['first', 'second']);
 * stack.get(); // 'second'
 * ```
 */
export class LifoQueue<T> extends TaskQueue<T> {
  /**
   * @param maxsize the most items that are queued at once; 0 or less, the default, is no bound
   * @throws TypeError or RangeError for a bad `maxsize` or option; does not block
   */
  constructor(maxsize?: number, options?: TaskQueueOptions<T>);
  /** @internal */
  constructor(origin: QueueOrigin<T>);
  constructor(first: number | QueueOrigin<T> = 0, options: TaskQueueOptions<T> = {}) {
    const origin = first instanceof QueueOrigin ? first : QueueOrigin.create(first, options, true);
    const store = new OrderedStore(origin.pages, new LifoOrder(origin.pages), origin.self, origin.spins);
    super(origin, store, KIND_OF_LIFO_QUEUE);
  }

  /**
   * Attaches to the queue behind `handle`, on any thread. Does not block.
   *
   * @param options the codec, when it is a user's own
   * @returns a `LifoQueue`, also when the one with that handle is of a class that extends it; see {@link LifoQueue.handle}
   * @throws TypeError when `handle` is not that of a `LifoQueue`, or `options` are no object
   */
  static from<T>(
    handle: QueueHandle<T>,
    options?: { codec?: CodecName | Codec<T> | undefined },
  ): LifoQueue<T> {
    return new LifoQueue<T>(QueueOrigin.attach(handle, KIND_OF_LIFO_QUEUE, options));
  }

  /** {@link from}, for whatever carries values to other threads. */
  static [FROM](handle: QueueHandle<unknown>): LifoQueue<unknown> {
    return LifoQueue.from(handle);
  }
}

registerSharedClass(KIND_OF_LIFO_QUEUE, LifoQueue as never);
