import type { ByteReader } from './codec/byte-reader.ts';
import type { Tail } from './codec/byte-writer.ts';

/** Why an offer was refused: the queue is shut down, has no free place, or its memory is in use. */
export type Refusal = 'shut-down' | 'full' | 'no-memory';

/**
 * Where a queue's items lie and in which order they leave: what differs between FIFO, LIFO and priority.
 * Items come and go as frames, an array of words each:
 *
 * ```text
 *   word 0                bytes of the item
 *        1 .. header-1    the store's own
 *        header ..        the item, padded to whole words
 * ```
 *
 * No method blocks for longer than a critical section, and none runs user code.
 */
export interface ItemStore {
  /** Words before the item in a frame that is offered. */
  readonly offerHeader: number;
  /** Words before the item in a frame that was taken. */
  readonly takeHeader: number;
  /** Most words that a frame may have in this memory. */
  readonly largestFrame: number;
  /** Words of the last offer that were accepted. */
  readonly acceptedWords: number;
  /** Why the last offer that accepted nothing did not. */
  readonly refusal: Refusal;

  /** What this object remembers of its own from one call to the next, for `SharedQueue.recollection`. */
  readonly recollection: readonly unknown[];

  /**
   * Takes in as many of `count` frames, which lie behind one another in `source` from word `from` to word
   * `end`, as there is room for now.
   *
   * @param tail the last bytes of a single frame, where they are not in `source`
   * @returns how many; 0 sets {@link refusal}
   */
  offer(source: Int32Array, from: number, end: number, count: number, tail?: Tail): number;

  /**
   * Copies up to `max` frames to the front of `reader.words`, behind one another.
   *
   * @returns how many; 0 when there is none
   */
  take(reader: ByteReader, max: number): number;

  /**
   * Counts `count` items as done. False when there are not so many unfinished ones, or with leases not so many that are
   * leased; nothing changes then.
   */
  settle(count: number): boolean;

  /** Items queued now. */
  readonly size: number;
  /** Items put and not done. */
  readonly unfinished: number;
  /** Refuses puts from now on; `discard` drops what is queued. */
  shutDown(discard: boolean): void;
  /** Changes the bound; 0 is no bound. */
  setMaxsize(maxsize: number): void;
  /** Takes back memory that is in use for nothing. */
  reclaim(): void;
  /** Gives back what dead threads held. Idempotent, and may itself die half-way. */
  recover(): void;
  /** Copies the frames of items that were delivered too often; see `QueueOptions.maxDeliveries`. */
  deadLetters(visit: (words: Int32Array, at: number) => void): void;
}
