import { canBlock } from './can-block.ts';
import { slotOf, type ThreadTable } from './thread-table.ts';

/** How long a parked thread sleeps before it looks whether a thread has died, in milliseconds. */
const LOOK_FOR_DEATHS_EVERY = 50;

/**
 * Who is acting: passed to every kernel object, so that the kernel itself keeps no state per thread and the
 * interleaving explorer can act as several threads in one.
 */
export class ThreadIdentity {
  readonly table: ThreadTable;
  /** The owner's name in lock words; positive, below 2^30. */
  readonly id: number;
  /** Index into tables with a row per thread. */
  readonly slot: number;
  /** Whether `Atomics.wait` is allowed here. A browser's main thread may not wait. */
  readonly mayBlock: boolean;
  /**
   * The first sleep of a wait, in milliseconds; later ones of the same wait last longer. A sleep that ends so looks for
   * deaths and for nothing else, so a lost wake-up stays visible. The explorer sets `Infinity`.
   */
  readonly slice: number;
  /**
   * Called between two sleeps of a thread that blocks: notes the ends of threads that it started, and sees to it that
   * its own pending asynchronous waits keep no notification from others. Returns how long it may sleep at most until the
   * next call, in milliseconds.
   */
  readonly reap: () => number;

  constructor(
    table: ThreadTable,
    id: number,
    options: { slice?: number; reap?: () => number; mayBlock?: boolean } = {},
  ) {
    this.table = table;
    this.id = id;
    this.slot = slotOf(id);
    this.slice = options.slice ?? LOOK_FOR_DEATHS_EVERY;
    this.reap = options.reap ?? (() => Infinity);
    this.mayBlock = options.mayBlock ?? canBlock();
  }
}
