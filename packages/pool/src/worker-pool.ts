import { holdEventLoop } from '@pkg/sync/kernel';
import { wholeNumber } from './executor/options.ts';
import type { Thread } from './thread.ts';
import { endOfThread } from './worker-pool/end-of-thread.ts';
import { RestartsExhausted } from './worker-pool/restarts-exhausted.ts';

/** How a WorkerPool is made. */
export interface WorkerPoolOptions<A extends readonly unknown[]> {
  /** How many threads run, 1 to 1000. */
  size: number;
  /** What the constructor of each is given; a function is asked anew for each, with its index, 0 to `size` - 1. */
  args?: readonly [...A] | ((index: number) => readonly [...A]) | undefined;
  /**
   * How many threads are started, over the life of the pool, in place of others that failed: that died, or whose
   * `run` threw. Default `3 * size`; `Infinity` for no bound, 0 for none.
   */
  maxRestarts?: number | undefined;
}

/**
 * Some threads of one class, supervised: one that fails is replaced by another, with the same arguments. A thread
 * whose `run` returns has done its work and is not replaced.
 *
 * What a thread held when it died is recovered: the locks, and the items that it had taken from queues (which are
 * delivered again with `redeliver: true`). So a pool of threads that take items from a queue finishes all of them,
 * whichever threads die.
 *
 * @example
 * ```ts
 * const queue = new Queue<[string, string]>(0, { redeliver: true });
 * await using pool = new WorkerPool(DownloadWorker, { size: 8, args: [queue] });
 * for (const link of links) queue.put(['images', link]);
 * await Promise.race([queue.joinAsync(), pool.join()]);
 * ```
 */
export class WorkerPool<T extends Thread, A extends readonly unknown[] = readonly unknown[]> {
  readonly #threadClass: new (
    ...args: [...A]
  ) => T;
  readonly #args: (index: number) => readonly [...A];
  readonly #maxRestarts: number;
  readonly #threads: T[] = [];
  readonly #done: Promise<void>;
  #restarts = 0;
  #closed = false;

  /**
   * Starts the threads. Blocks where `Thread.start()` does: as a rule, never.
   *
   * @throws what the constructor or `start()` of a thread throws; RangeError or TypeError for a bad option
   */
  constructor(threadClass: new (...args: [...A]) => T, options: WorkerPoolOptions<A>) {
    const size = wholeNumber('size', options.size, 1, 1000);
    const { args, maxRestarts = 3 * size } = options;
    this.#threadClass = threadClass;
    this.#args = typeof args === 'function' ? args : () => args ?? ([] as unknown as readonly [...A]);
    this.#maxRestarts =
      maxRestarts === Infinity ? maxRestarts : wholeNumber('maxRestarts', maxRestarts, 0, 2 ** 31 - 1);
    try {
      for (let index = 0; index < size; index++) this.#threads.push(this.#start(index));
    } catch (error) {
      for (const thread of this.#threads) void thread.terminate();
      throw error;
    }
    this.#done = Promise.all(this.#threads.map((_, index) => this.#supervise(index))).then(() => {});
    // Whoever wants to know of a failure joins.
    this.#done.catch(() => {});
  }

  /** The threads, by index: each the one that runs now, or ran last. */
  get threads(): readonly T[] {
    return [...this.#threads];
  }

  /** How many threads were started in place of others. */
  get restarts(): number {
    return this.#restarts;
  }

  /**
   * Waits until every thread has ended. Keeps the process alive meanwhile. May be called any number of times.
   *
   * @throws RestartsExhausted as soon as a thread fails and no other is started in its place; the other threads go
   *   on. At once, whatever `maxRestarts`, when the module cannot be loaded in a thread
   */
  async join(): Promise<void> {
    const release = holdEventLoop();
    try {
      await this.#done;
    } finally {
      release();
    }
  }

  /** Ends all threads at whatever instruction they are, and replaces none. Afterwards `join` resolves. */
  async terminate(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  /** {@link terminate}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.terminate();
  }

  #start(index: number): T {
    return new this.#threadClass(...this.#args(index)).start();
  }

  async #supervise(index: number): Promise<void> {
    for (;;) {
      const end = await endOfThread(this.#threads[index]!);
      if (!end.failed || this.#closed) return;
      // What cannot be loaded would never start, however often.
      if (this.#restarts >= this.#maxRestarts || end.couldNotStart) {
        throw new RestartsExhausted(this.#threadClass.name, this.#restarts, end.error);
      }
      this.#restarts++;
      this.#threads[index] = this.#start(index);
    }
  }
}
