import { registerErrorClass } from '@pkg/sync/kernel';

/** Thrown by `get` when no item came in time. Python: `queue.Empty`. */
export class QueueEmpty extends Error {
  readonly code = 'QUEUE_EMPTY';
  override readonly name = 'QueueEmpty';
  /** The timeout that ran out, in milliseconds; 0 for a verb that does not wait. */
  readonly timeout: number;

  constructor(timeout: number) {
    super(timeout === 0 ? 'the queue is empty' : `the queue stayed empty for ${timeout} ms`);
    this.timeout = timeout;
  }
}

/** Thrown by `put` when no place, or no memory, became free in time. Python: `queue.Full`. */
export class QueueFull extends Error {
  readonly code = 'QUEUE_FULL';
  override readonly name = 'QueueFull';
  /** The timeout that ran out, in milliseconds; 0 for a verb that does not wait. */
  readonly timeout: number;
  /** How many items of a batch were put before; they stay in the queue. 0 for a single item. */
  readonly accepted: number;

  /**
   * @param timeout see {@link QueueFull.timeout}
   * @param accepted see {@link QueueFull.accepted}
   * @param maxsize the bound that was reached, 0 when it is memory that ran out
   * @param maxBytes the bound of the memory
   */
  constructor(timeout: number, accepted: number, maxsize: number, maxBytes: number) {
    const batch = accepted > 0 ? `; ${accepted} items of the batch are in it` : '';
    super(`${maxsize > 0 ? noPlace(timeout, maxsize) : noMemory(timeout, maxBytes)}${batch}`);
    this.timeout = timeout;
    this.accepted = accepted;
  }
}

const noPlace = (timeout: number, maxsize: number): string =>
  `the queue ${timeout === 0 ? 'is full' : `stayed full for ${timeout} ms`} (maxsize ${maxsize})`;

const noMemory = (timeout: number, maxBytes: number): string =>
  `the memory of the queue ${timeout === 0 ? 'is in use' : `stayed in use for ${timeout} ms`} (maxBytes ${maxBytes}): ` +
  'take items out, with redeliver call taskDone for those taken, or raise maxBytes';

/** Thrown by `put` after a shutdown, and by `get` once the queue is drained. Python 3.13: `queue.ShutDown`. */
export class QueueShutDown extends Error {
  readonly code = 'QUEUE_SHUT_DOWN';
  override readonly name = 'QueueShutDown';
  /** How many items of a batch were put before the shutdown. 0 for a single item. */
  readonly accepted: number;

  constructor(accepted: number = 0) {
    super(`the queue is shut down${accepted > 0 ? `; ${accepted} items of the batch were put before` : ''}`);
    this.accepted = accepted;
  }
}

/** Thrown by `join` when its timeout ran out. */
export class QueueTimeout extends Error {
  readonly code = 'QUEUE_TIMEOUT';
  override readonly name = 'QueueTimeout';
  /** The timeout that ran out, in milliseconds. */
  readonly timeout: number;
  /** Items that were still unfinished. */
  readonly unfinished: number;

  constructor(timeout: number, unfinished: number) {
    super(`${unfinished} items were still unfinished after ${timeout} ms`);
    this.timeout = timeout;
    this.unfinished = unfinished;
  }
}

// Thrown in one thread, they arrive in another as what they are.
for (const each of [QueueEmpty, QueueFull, QueueShutDown, QueueTimeout]) registerErrorClass(each);
