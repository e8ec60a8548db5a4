import { FROM, registerSharedClass } from '@pkg/sync';
import { checkOptions, describeValue, messageOf } from '@pkg/sync/kernel';
import type { ByteWriter } from './codec/byte-writer.ts';
import type { Codec, CodecName } from './codec/codec.ts';
import { ofBatch, QueueCodecError } from './codec/queue-codec-error.ts';
import { OrderedStore } from './ordered/ordered-store.ts';
import { PriorityKey, PriorityOrder } from './ordered/priority-order.ts';
import type { TaskQueueOptions } from './queue-options.ts';
import { type QueueHandle, QueueOrigin } from './queue-origin.ts';
import { TaskQueue } from './task-queue.ts';

const KIND_OF_PRIORITY_QUEUE = '@pkg/queue.PriorityQueue';

/** Options of a {@link PriorityQueue}. */
export interface PriorityQueueOptions<T> extends TaskQueueOptions<T> {
  /**
   * The priority of an item: any number but `NaN`; the lowest leaves first, and `-0` equals `0`. Default: the item
   * itself when it is a number, else `item[0]`. Called once per put, on the thread that puts, before the item is
   * encoded. A function does not travel: threads that attach and want to put pass it to `from` as well.
   *
   * @example `{ priority: (job) => job.deadline }`
   */
  priority?: ((item: T) => number) | undefined;
}

/** What stands for a {@link PriorityQueue} on its way to another thread. */
export interface PriorityQueueHandle<T> extends QueueHandle<T> {
  /** Whether the queue was made with `options.priority`. */
  readonly ownPriority: boolean;
}

/**
 * A queue between threads from which the item of lowest priority leaves first, ties in the order of insertion:
 * Python 3.13's `queue.PriorityQueue`, in shared memory. With `redeliver`, an item that is delivered again keeps
 * its place.
 *
 * @example
 * ```ts
 * const queue = new PriorityQueue<[number, string]>();
 * queue.put([2, 'later']);
 * queue.put([1, 'sooner']);
 * queue.get(); // [1, 'sooner']
 * ```
 */
export class PriorityQueue<T> extends TaskQueue<T> {
  /** Undefined where only the thread that made the queue knows it. */
  readonly #priority: ((item: T) => number) | undefined;
  readonly #ownPriority: boolean;
  readonly #key = new PriorityKey();

  /**
   * @param maxsize the most items that are queued at once; 0 or less, the default, is no bound
   * @throws TypeError or RangeError for a bad `maxsize` or option; does not block
   */
  constructor(maxsize?: number, options?: PriorityQueueOptions<T>);
  /** @internal */
  constructor(origin: QueueOrigin<T>, options?: PriorityQueueOptions<T>, ownPriority?: boolean);
  constructor(
    first: number | QueueOrigin<T> = 0,
    options: PriorityQueueOptions<T> = {},
    ownPriority: boolean = options?.priority !== undefined,
  ) {
    checkOptions(options, '{ maxBytes: 1048576 }');
    const priority = validPriority(options.priority);
    const origin = first instanceof QueueOrigin ? first : QueueOrigin.create(first, options, true);
    const store = new OrderedStore(origin.pages, new PriorityOrder(origin.pages), origin.self, origin.spins);
    super(origin, store, KIND_OF_PRIORITY_QUEUE);
    this.#ownPriority = ownPriority;
    this.#priority = priority ?? (ownPriority ? undefined : (defaultPriority as (item: T) => number));
  }

  /**
   * Attaches to the queue behind `handle`, on any thread. Does not block.
   *
   * @param options the codec, when it is a user's own, and the priority, when the queue was made with one; without
   *   it, this thread can get and not put
   * @returns a `PriorityQueue`, also when the one with that handle is of a class that extends it; see {@link PriorityQueue.handle}
   * @throws TypeError when `handle` is not that of a `PriorityQueue`, when `options` are no object, or when `priority` is
   *   given for a queue that was made without
   */
  static from<T>(
    handle: PriorityQueueHandle<T>,
    options: { codec?: CodecName | Codec<T> | undefined; priority?: ((item: T) => number) | undefined } = {},
  ): PriorityQueue<T> {
    const origin = QueueOrigin.attach(handle, KIND_OF_PRIORITY_QUEUE, options);
    if (validPriority(options.priority) !== undefined && !handle.ownPriority) {
      throw new TypeError(
        'this queue was made without options.priority: all threads must use the same, so leave it out of from() ' +
          'or give it to the constructor as well',
      );
    }
    return new PriorityQueue<T>(origin, options, handle.ownPriority);
  }

  /** {@link from}, for whatever carries values to other threads. */
  static [FROM](handle: PriorityQueueHandle<unknown>): PriorityQueue<unknown> {
    return PriorityQueue.from(handle);
  }

  /**
   * Structured-cloneable; `PriorityQueue.from(handle)` attaches to this queue in another thread. As for other queues, it
   * does not name a class that extends this one. Does not block.
   */
  override get handle(): PriorityQueueHandle<T> {
    return { ...super.handle, ownPriority: this.#ownPriority };
  }

  protected override writeOrder(item: T, writer: ByteWriter, at: number, index: number | undefined): void {
    if (this.#priority === undefined) {
      throw new TypeError(
        'this queue was made with options.priority, which does not travel by handle: ' +
          'to put items on this thread, pass it to PriorityQueue.from(handle, { priority })',
      );
    }
    const priority: unknown = this.#priority(item);
    if (typeof priority !== 'number' || Number.isNaN(priority)) {
      this.mustBeCarried(item, writer);
      throw this.#wrongPriority(priority, item, index);
    }
    this.#key.write(priority, writer.words, at / 4);
  }

  #wrongPriority(priority: unknown, item: T, index: number | undefined): Error {
    const which = `the item is ${describeValue(item)}${index === undefined ? '' : ofBatch(index)}`;
    if (typeof priority === 'number') {
      return new RangeError(`the priority of an item must not be NaN; ${which}`);
    }
    const rule = this.#ownPriority ? 'options.priority(item)' : 'by default the item itself or item[0]';
    return new TypeError(
      `the priority of an item (${rule}) must be a number, not ${describeValue(priority)}; ${which}`,
    );
  }
}

function validPriority<F>(priority: F | undefined): F | undefined {
  if (priority === undefined || typeof priority === 'function') return priority;
  throw new TypeError(
    `options.priority must be a function from an item to a number, not ${describeValue(priority)}`,
  );
}

function defaultPriority(item: unknown): unknown {
  if (typeof item === 'number') return item;
  try {
    return (item as { 0?: unknown } | null | undefined)?.[0];
  } catch (cause) {
    // A getter that throws, or a revoked proxy: the item cannot be carried, as the codec would have found.
    const path = 'item[0]';
    throw new QueueCodecError(`Cannot put ${path} on the queue: reading it failed: ${messageOf(cause)}`, {
      path,
      cause,
    });
  }
}

registerSharedClass(KIND_OF_PRIORITY_QUEUE, PriorityQueue as never);
