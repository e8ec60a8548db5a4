import { FROM, registerSharedClass } from '@pkg/sync';
import type { Codec, CodecName } from './codec/codec.ts';
import { FifoStore } from './fifo/fifo-store.ts';
import type { QueueOptions } from './queue-options.ts';
import { type QueueHandle, QueueOrigin } from './queue-origin.ts';
import { SharedQueue } from './shared-queue.ts';

const KIND_OF_SIMPLE_QUEUE = '@pkg/queue.SimpleQueue';

/**
 * A first-in, first-out queue without bound, without tasks and without shutdown: Python's `queue.SimpleQueue`.
 *
 * @example
 * ```ts
 * const results = new SimpleQueue<number>();
 * results.put(42);
 * results.get(); // 42
 * ```
 */
export class SimpleQueue<T> extends SharedQueue<T> {
  /** @throws TypeError or RangeError for a bad option; does not block */
  constructor(options?: QueueOptions<T>);
  /** @internal */
  constructor(origin: QueueOrigin<T>);
  constructor(first: QueueOptions<T> | QueueOrigin<T> = {}) {
    const origin = first instanceof QueueOrigin ? first : QueueOrigin.create<T>(0, first, false);
    if (origin.isNew) FifoStore.initialise(origin.pages);
    super(origin, new FifoStore(origin.pages, origin.self, origin.spins), KIND_OF_SIMPLE_QUEUE);
  }

  /**
   * Attaches to the queue behind `handle`, on any thread. Does not block.
   *
   * @param options the codec, when it is a user's own
   * @returns a `SimpleQueue`, also when the one with that handle is of a class that extends it; see {@link SimpleQueue.handle}
   * @throws TypeError when `handle` is not that of a `SimpleQueue`, or `options` are no object
   */
  static from<T>(
    handle: QueueHandle<T>,
    options?: { codec?: CodecName | Codec<T> | undefined },
  ): SimpleQueue<T> {
    return new SimpleQueue<T>(QueueOrigin.attach(handle, KIND_OF_SIMPLE_QUEUE, options));
  }

  /** {@link from}, for whatever carries values to other threads. */
  static [FROM](handle: QueueHandle<unknown>): SimpleQueue<unknown> {
    return SimpleQueue.from(handle);
  }
}

registerSharedClass(KIND_OF_SIMPLE_QUEUE, SimpleQueue as never);
