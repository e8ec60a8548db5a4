import { type AsyncWaitOptions, BlockingForbidden, type WaitOptions } from '@pkg/sync';
import {
  checkFlag,
  checkInteger,
  checkOptions,
  deadlineIn,
  EventCount,
  throwIfAborted,
  waitUntil,
  waitUntilAsync,
} from '@pkg/sync/kernel';
import { decodeFailure } from './codec/queue-codec-error.ts';
import { QueueTimeout } from './errors.ts';
import type { ItemStore } from './item-store.ts';
import { ABANDONED, ALL_DONE, isShutDown, MAXSIZE, TRACK_LEASES, TRACKING } from './layout.ts';
import { type QueueOrigin, validMaxsize } from './queue-origin.ts';
import { SharedQueue } from './shared-queue.ts';

/** What `Queue`, `LifoQueue` and `PriorityQueue` add to moving items: a bound, tasks that get done, a shutdown. */
export abstract class TaskQueue<T> extends SharedQueue<T> {
  readonly #header: Int32Array;
  readonly #store: ItemStore;
  readonly #allDone: EventCount;
  readonly #mayBlock: boolean;

  /** @internal */
  protected constructor(origin: QueueOrigin<T>, store: ItemStore, kind: string) {
    super(origin, store, kind);
    this.#header = origin.pages.header;
    this.#store = store;
    this.#allDone = new EventCount(this.#header, ALL_DONE, origin.self);
    this.#mayBlock = origin.self.mayBlock;
  }

  /** @internal */
  override get recollection(): readonly unknown[] {
    return [this.#allDone.deathsTold, ...super.recollection];
  }

  /** The most items that are queued at once, 0 for no bound. */
  get maxsize(): number {
    return Atomics.load(this.#header, MAXSIZE);
  }

  /**
   * May be changed at any time, on any thread. Lowering it below what is queued takes nothing out: puts wait until
   * there is a place. Blocks no longer than a put.
   */
  set maxsize(maxsize: number) {
    this.#store.setMaxsize(validMaxsize(maxsize));
  }

  /** Items that were put and are not done yet. Does not block. */
  get unfinishedTasks(): number {
    return this.#store.unfinished;
  }

  /** Items that count as done because the thread that took them died. Blocks no longer than a put. */
  get abandoned(): number {
    this.recover();
    return Atomics.load(this.#header, ABANDONED) >>> 0;
  }

  /** Whether {@link shutdown} was called, on any thread. Does not block. */
  get isShutDown(): boolean {
    return isShutDown(this.#header);
  }

  /**
   * Says that `count` items that were taken are done. Any thread may say so for any other: an item counts for the
   * caller's own first. With `redeliver`, the caller's oldest item is meant, and one that is queued cannot be done:
   * it will be delivered. Without, items that are queued may be done ahead, as in Python. Blocks no longer than a put.
   *
   * @param count default 1
   * @throws RangeError when that is more than there are unfinished items, or with `redeliver` more than there are items
   *   that threads have taken and not done; nothing changes. Python: `ValueError`
   */
  taskDone(count: number = 1): void {
    checkInteger('count', count, 1, 2 ** 31 - 1);
    if (!this.#store.settle(count)) {
      throw new RangeError(
        `taskDone(${count}) called too often: ${this.#whatCanBeDone()}. Call it once for each item taken`,
      );
    }
  }

  /**
   * Waits until every item that was put is done. Blocks.
   *
   * @throws QueueTimeout when `timeout` ran out, RangeError when it is negative or NaN, TypeError when it is no number or
   *   `options` are no object
   */
  join(options: WaitOptions = {}): void {
    const deadline = deadlineIn(options);
    if (!this.#mayBlock && deadline !== -Infinity) throw new BlockingForbidden('join');
    this.recover();
    if (this.#store.unfinished === 0) return;
    if (
      !waitUntil(
        this.#allDone,
        () => this.#store.unfinished === 0,
        deadline,
        () => this.recover(),
      )
    ) {
      throw new QueueTimeout(options.timeout ?? 0, this.#store.unfinished);
    }
  }

  /**
   * {@link join} as a promise, for any thread. Aborting `signal` changes nothing else.
   *
   * @throws as {@link join}; the reason of `signal` when it is aborted, TypeError when it is no `AbortSignal`
   */
  async joinAsync(options: AsyncWaitOptions = {}): Promise<void> {
    const deadline = deadlineIn(options);
    throwIfAborted(options.signal);
    this.recover();
    const attempt = () => this.#store.unfinished === 0;
    if (attempt()) return;
    if (!(await waitUntilAsync(this.#allDone, attempt, deadline, options.signal))) {
      throw new QueueTimeout(options.timeout ?? 0, this.#store.unfinished);
    }
  }

  /**
   * From now on `put` throws `QueueShutDown`, and so does `get` once the queue is empty. Everybody who waits in
   * them is woken. May be called again. Blocks no longer than a put.
   *
   * @param options `immediate`: drop what is queued, as if it were done. `join` still waits for items that were
   *   taken. Default `false`.
   * @throws TypeError when `options` are no object or `immediate` is no boolean; nothing changes
   */
  shutdown(options: { immediate?: boolean | undefined } = {}): void {
    checkOptions(options, '{ immediate: true }');
    this.#store.shutDown(checkFlag('immediate', options.immediate));
  }

  /**
   * With `redeliver`: the items that were delivered `maxDeliveries` times to threads that died, and so count as
   * done, oldest first. They stay here. Blocks no longer than a put.
   *
   * @throws QueueCodecError when one of them cannot be decoded, every time: those that can are in its `items`, oldest
   *   first
   */
  deadLetters(): T[] {
    this.recover();
    const items: T[] = [];
    let failure: { readonly thrown: unknown } | undefined;
    this.#store.deadLetters((words, at) => {
      try {
        items.push(this.decodeFrame(words, at));
      } catch (thrown) {
        failure ??= { thrown };
      }
    });
    if (failure !== undefined) throw decodeFailure(failure.thrown, 0, items);
    return items;
  }

  /** How many items {@link taskDone} would have found. */
  #whatCanBeDone(): string {
    const unfinished = this.#store.unfinished;
    if (this.#header[TRACKING] !== TRACK_LEASES) return `${unfinished} items are unfinished`;
    const held = Math.max(0, unfinished - this.#store.size);
    return (
      `of the ${unfinished} unfinished items ${held} are held by threads that have taken them ` +
      '(with redeliver, those that are queued cannot be done)'
    );
  }
}
