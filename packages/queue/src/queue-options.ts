import type { Codec, CodecName } from './codec/codec.ts';

/** How a queue is made. All threads that attach to it by its handle share these. */
export interface QueueOptions<T> {
  /**
   * How items become bytes. Default `'any'`: every structured-cloneable value that bytes can carry. A codec of
   * the user's is to be given to `from` as well.
   */
  codec?: CodecName | Codec<T> | undefined;
  /**
   * The most memory that items may take up, in bytes, rounded up to pages of 32 KiB. Default 512 MiB. Puts wait
   * for memory as they wait for a place. Memory is taken as it is needed. A FIFO queue may hold more by the run of pages
   * that its latest items lie in, 32 KiB or as much as a big item takes, so that an item of the largest size always finds
   * room once the others are out.
   *
   * @example `{ maxBytes: 64 * 1024 * 1024 }`
   */
  maxBytes?: number | undefined;
}

/** Options of queues that know which items are done. */
export interface TaskQueueOptions<T> extends QueueOptions<T> {
  /**
   * Whether an item whose thread dies before `taskDone()` returns to the front of the queue. Default `false`: it
   * counts as done, and `queue.abandoned` tells how many did.
   */
  redeliver?: boolean | undefined;
  /**
   * With `redeliver`: how often an item is delivered at the most, 1 or more; then it goes to
   * `queue.deadLetters()` and counts as done. Default 3. They stay in the queue's memory; in a `Queue` each keeps the
   * pages that it lies in, 32 KiB and more, from being used again.
   */
  maxDeliveries?: number | undefined;
}
