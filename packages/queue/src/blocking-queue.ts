import type { AsyncWaitOptions, WaitOptions } from '@pkg/sync';

/** Figures of a queue, counted since its creation by all threads together. */
export interface QueueStats {
  /** Items put, modulo 2^32. */
  readonly puts: number;
  /** Items taken, modulo 2^32; deliveries again are not counted. */
  readonly gets: number;
  /** How many puts had to wait, a batch counted once. */
  readonly putWaits: number;
  /** How many gets had to wait, a batch counted once. */
  readonly getWaits: number;
  /** The most items that were queued at once. */
  readonly highWaterMark: number;
  /** Items that count as done because the thread that took them died. */
  readonly abandoned: number;
  /** Memory that queued and held items take up, in bytes, a multiple of the page size (32 KiB). */
  readonly bytesInUse: number;
  /** Memory that the queue has grown to, in bytes. It is reused and never shrinks. */
  readonly bytesReserved: number;
}

/**
 * The verbs of a queue between threads, with the semantics of Python 3.13's `queue` module.
 *
 * | | throws at once | blocks | blocks at most | promise |
 * | --- | --- | --- | --- | --- |
 * | insert | `putNowait(item)` | `put(item)` | `put(item, {timeout})` | `putAsync(item)` |
 * | remove | `getNowait()` | `get()` | `get({timeout})` | `getAsync()` |
 * | wait until all is done | | `join()` | `join({timeout})` | `joinAsync()` |
 *
 * Happens-before: what a thread did before it put an item is visible to the thread that gets the item; what a
 * thread did before `taskDone` is visible to whoever `join` lets go on.
 *
 * Timeouts are in milliseconds: `undefined` waits for ever, `0` does not wait; a negative one or `NaN` is a
 * `RangeError`. Every verb may be called on every thread, the blocking ones only where blocking is allowed
 * (elsewhere they throw `BlockingForbidden` at once). A pending promise keeps the process alive.
 */
export interface BlockingQueue<T> {
  /** Puts an item in, waiting for a free place. Throws `QueueFull` on a time-out, `QueueShutDown` after a shutdown. */
  put(item: T, options?: WaitOptions): void;
  /** {@link put} that does not wait. */
  putNowait(item: T): void;
  /** {@link put} as a promise. The item is encoded before this returns. */
  putAsync(item: T, options?: AsyncWaitOptions): Promise<void>;
  /** Puts all items in, in order, as many per lock round as there are places. */
  putMany(items: Iterable<T>, options?: WaitOptions): void;
  /** {@link putMany} as a promise. */
  putManyAsync(items: Iterable<T>, options?: AsyncWaitOptions): Promise<void>;
  /** Takes an item out, waiting for one. Throws `QueueEmpty` on a time-out, `QueueShutDown` when drained after a shutdown. */
  get(options?: WaitOptions): T;
  /** {@link get} that does not wait. */
  getNowait(): T;
  /** {@link get} as a promise. */
  getAsync(options?: AsyncWaitOptions): Promise<T>;
  /** Waits for at least one item and takes up to `max` that are there, in order. */
  getMany(max: number, options?: WaitOptions): T[];
  /** {@link getMany} as a promise. */
  getManyAsync(max: number, options?: AsyncWaitOptions): Promise<T[]>;
  /** Items queued now; another thread may change that at any time. */
  qsize(): number;
  /** Whether no item is queued now. */
  empty(): boolean;
  /** Whether there is no free place now. */
  full(): boolean;
  /** Takes items until the queue is shut down and drained. Blocks. */
  [Symbol.iterator](): Iterator<T>;
  /** Takes items until the queue is shut down and drained. */
  [Symbol.asyncIterator](): AsyncIterator<T>;
}
