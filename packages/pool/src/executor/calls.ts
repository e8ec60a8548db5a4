import type { EventCount } from '@pkg/sync/kernel';

/** CALLED: whether a worker was called that has not come to look yet, nor anybody else since. */
const NOBODY = 0;
const SOMEBODY = 1;

/**
 * Calls idle workers to a task while its record is still being made: what that takes, they take to wake up.
 *
 * ```text
 *   owner    CALLED = 1, wake one   ...   put the task   ...   CALLED still 1 ? nothing : wake one
 *   worker   announce, ticket, CALLED = 0, look at the queue, sleep on the ticket
 * ```
 *
 * All of these are sequentially consistent. If CALLED is still 1 after the put, nobody has come by since the call: whoever
 * it woke, or kept from falling asleep, has the look at the queue before it, and will find the task. If the call met
 * nobody, all workers are at work, and look before they sleep. If CALLED is 0, somebody may have looked too early and be
 * asleep again, so that one is woken, as if nobody had been called.
 *
 * A worker that is called and dies before it looks does so unnoticed here: its end wakes all others.
 */
export class Calls {
  readonly #words: Int32Array;
  readonly #called: number;
  readonly #work: EventCount;
  #isAhead = false;

  /**
   * @param words the shared memory
   * @param called index of the word CALLED in it
   * @param work where idle workers wait
   */
  constructor(words: Int32Array, called: number, work: EventCount) {
    this.#words = words;
    this.#called = called;
    this.#work = work;
  }

  /** By the owner, before it makes a task's record: wakes an idle worker, if there is one. Does not block. */
  callAhead(): void {
    if (!this.#work.hasWaiters) return;
    Atomics.store(this.#words, this.#called, SOMEBODY);
    this.#work.notify(1);
    this.#isAhead = true;
  }

  /** By the owner, after a task was put: wakes an idle worker, unless one that was called for it will look. Does not block. */
  call(): void {
    const isCalled = this.#isAhead && Atomics.load(this.#words, this.#called) === SOMEBODY;
    this.#isAhead = false;
    if (!isCalled && this.#work.hasWaiters) this.#work.notify(1);
  }

  /** By a worker, before each look at the queue, and after its ticket if it is about to sleep. Does not block. */
  heed(): void {
    if (Atomics.load(this.#words, this.#called) === SOMEBODY)
      Atomics.store(this.#words, this.#called, NOBODY);
  }
}
