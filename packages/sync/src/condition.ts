/**
 * Waiting, under a mutex, for something that another thread will say.
 *
 * ```text
 *   word  1       PARAMETER  how many may wait at a time
 *        16       ARRIVALS   how many have begun to wait; written under the mutex
 *        17       USED       one more than the highest record that was ever used; written under the mutex
 *        32 + 4r  record r of a waiter:
 *                   +0  STATE    0 when free, else the waiter's id, with bit 30 once it has been notified
 *                   +1  NUMBER   its arrival
 *                   +2  CALLED   event count: STATE has been notified
 * ```
 *
 * Who changes STATE
 * - 0 to id: the waiter, under the mutex, after it has written NUMBER;
 * - id to id + notified: a notifier, under the mutex, for the lowest numbers; or recovery, without it, for all;
 * - to 0: the waiter, with or without the mutex, by an exchange that tells it at the same time whether it was notified;
 *   or recovery, when the waiter is dead.
 *
 * So a notification is for a waiter that was there when it was sent, never for one that came later, and one
 * that times out and is notified at the same time has been notified. A waiter that dies notified, before it
 * took its record back, may have swallowed what was meant for another: recovery notifies all then, which is
 * why `wait` may return without a `notify` after a death.
 *
 * @packageDocumentation
 */

import { BlockingForbidden } from './blocking-forbidden.ts';
import { checkInteger } from './check-integer.ts';
import { checkOptions } from './check-options.ts';
import { throwIfAborted } from './check-signal.ts';
import { describeValue } from './describe-value.ts';
import { EVENT_COUNT_WORDS, EventCount } from './event-count.ts';
import { lowest } from './lowest.ts';
import { KIND_OF_MUTEX, Mutex } from './mutex.ts';
import {
  FROM,
  HANDLE,
  isSharedObject,
  KIND,
  registerSharedClass,
  type SharedHandle,
} from './shared-object.ts';
import {
  FIRST_WORD,
  openHandle,
  type Placement,
  type PrimitiveHandle,
  SharedPrimitive,
} from './shared-primitive.ts';
import type { ThreadIdentity } from './thread-identity.ts';
import { type AsyncWaitOptions, deadlineIn, remaining, type WaitOptions } from './timeout.ts';
import { waitUntil, waitUntilAsync } from './wait-until.ts';
import { whenAborted } from './when-aborted.ts';

const KIND_OF_CONDITION = '@pkg/sync.Condition';

const ARRIVALS = FIRST_WORD;
const USED = ARRIVALS + 1;
const RECORDS = 2 * FIRST_WORD;
const NUMBER = 1;
const CALLED = 2;
const RECORD_WORDS = CALLED + EVENT_COUNT_WORDS;

const NOTIFIED = 1 << 30;
const MOST_WAITERS = 65_536;
const DEFAULT_MAX_WAITERS = 1024;

/** What stands for a {@link Condition} on its way to another thread. */
export interface ConditionHandle extends PrimitiveHandle {
  /** The mutex that belongs to it. */
  readonly mutex: PrimitiveHandle;
}

/** What a new {@link Condition} may be told. */
export interface ConditionOptions {
  /**
   * How many may wait at the same time, over all threads: 1 to 65536, default 1024. Each takes 16 bytes of
   * shared memory, in use or not. One more is a RangeError in `wait`.
   */
  maxWaiters?: number | undefined;
}

/** What {@link Condition.waitFor} waits for: anything truthy. */
type Predicate = () => unknown;

/**
 * Lets threads that hold a mutex wait until another one notifies them, like Python's `threading.Condition`.
 * Waiters are notified in the order in which they began to wait. All verbs that wait or notify are for a
 * thread that holds the mutex.
 *
 * @example
 * ```ts
 * const mutex = new Mutex();
 * const filled = new Condition(mutex);
 *
 * // one thread                                  // another
 * const guard = mutex.lock();                    const guard = mutex.lock();
 * filled.waitFor(() => items[0] > 0);            items[0]++;
 * items[0]--;                                    filled.notify();
 * guard.unlock();                                guard.unlock();
 * ```
 */
export class Condition extends SharedPrimitive {
  /** The mutex that belongs to the condition. */
  readonly mutex: Mutex;
  readonly #recover = () => this.recover();

  /**
   * A new condition.
   *
   * @param mutex that belongs to it; default: a new one
   * @param options see {@link ConditionOptions}
   * @param placement internal: leave it out
   * @throws TypeError when `mutex` is no Mutex or `maxWaiters` no number; RangeError when that is not whole or out of range
   */
  constructor(mutex: Mutex = new Mutex(), options: ConditionOptions = {}, placement?: Placement) {
    if (!isMutex(mutex)) {
      throw new TypeError(`a Condition takes the Mutex that belongs to it, not ${describeValue(mutex)}`);
    }
    checkOptions(options, '{ maxWaiters: 64 }');
    const { maxWaiters = DEFAULT_MAX_WAITERS } = options;
    checkInteger('maxWaiters', maxWaiters, 1, MOST_WAITERS);
    // By default in the mutex's table of threads: that is where the ids in its lock are known.
    super(KIND_OF_CONDITION, wordsFor(maxWaiters), maxWaiters, placement ?? mutex.beside);
    this.mutex = mutex;
  }

  /**
   * Attaches to the condition behind `handle`, and to its mutex. Callable on any thread; does not block.
   *
   * @throws TypeError when `handle` is no handle of a Condition
   */
  static from(handle: ConditionHandle): Condition {
    return Condition.attachAs(handle, undefined);
  }

  static [FROM](handle: SharedHandle): Condition {
    return Condition.from(handle as ConditionHandle);
  }

  /** @internal Attaches as `identity`; undefined is the calling thread. */
  static attachAs(handle: ConditionHandle, identity: ThreadIdentity | undefined): Condition {
    const placement = openHandle(handle, KIND_OF_CONDITION, 'Condition', wordsFor(1), identity);
    return new Condition(Mutex.attachAs(handle.mutex, identity), { maxWaiters: 1 }, placement);
  }

  override get handle(): ConditionHandle {
    return { ...super.handle, [KIND]: KIND_OF_CONDITION, mutex: this.mutex.handle };
  }

  /**
   * Unlocks the mutex, waits until notified, and locks it again. Blocks, also past the timeout while another
   * thread holds the mutex. May return true without a notification after a thread has died: look at what
   * was waited for, or use {@link waitFor}.
   *
   * @param options `timeout` in milliseconds, default: wait for ever
   * @returns true when notified, false when the time ran out first. The calling thread holds the mutex again
   * @throws LockNotHeld when the calling thread does not hold the mutex
   * @throws BlockingForbidden on a thread that may not block, also with a timeout of 0: it may wait for the mutex
   * @throws RangeError when `timeout` is negative or NaN, or when `maxWaiters` wait already
   */
  wait(options: WaitOptions = {}): boolean {
    const deadline = deadlineIn(options);
    if (!this.self.mayBlock) throw new BlockingForbidden('condition.wait');
    const record = this.#enter('condition.wait');
    const hold = this.mutex.suspend();
    waitUntil(this.#called(record), this.#isNotified(record), deadline, this.#recover);
    this.mutex.resume(hold);
    return this.#leave(record);
  }

  /**
   * {@link wait} as a promise, for any thread. When the signal is aborted, rejects with its reason, after it
   * has locked the mutex again. Other tasks of the thread run meanwhile, and may lock the mutex.
   */
  async waitAsync(options: AsyncWaitOptions = {}): Promise<boolean> {
    const deadline = deadlineIn(options);
    const { signal } = options;
    throwIfAborted(signal);
    const record = this.#enter('condition.waitAsync');
    const hold = this.mutex.suspend();
    let notified: boolean | undefined;
    // At once, and not when the promise settles: what is notified from now on is for those who still wait. The record
    // may be another waiter's by the time this one looks at it again, so what it said at the abort is what counts.
    const forget = whenAborted(signal, () => {
      notified = this.#leave(record);
    });
    let wasAborted = false;
    try {
      await waitUntilAsync(this.#called(record), this.#isNotified(record), deadline, signal);
    } catch {
      wasAborted = true;
    }
    await this.mutex.resumeAsync(hold);
    forget();
    notified ??= this.#leave(record);
    // If it was notified all the same, it says so: the notification would be lost otherwise.
    if (wasAborted && !notified) throw signal!.reason;
    return notified;
  }

  /**
   * Waits until `predicate` holds: looks at it, under the mutex, now and after each notification. Blocks, unless
   * `timeout` is 0: then it looks once.
   *
   * @param predicate called with the mutex held
   * @param options `timeout` in milliseconds for all of it, default: wait for ever
   * @returns whether the predicate held at last. Throws as {@link wait} does, what the predicate throws, and a TypeError
   *   when that is no function or returns a promise: the mutex is not held until that has settled
   */
  waitFor(predicate: Predicate, options: WaitOptions = {}): boolean {
    const deadline = deadlineIn(options);
    if (!this.self.mayBlock && deadline !== -Infinity) throw new BlockingForbidden('condition.waitFor');
    this.mutex.assertMine('condition.waitFor');
    for (let isOver = false; ; ) {
      if (holds(predicate, 'condition.waitFor')) return true;
      const left: number = isOver ? 0 : remaining(deadline);
      if (left === 0) return false;
      // Not left to the clock, which stands still if it is that of fake timers.
      isOver = !this.wait({ timeout: left });
    }
  }

  /** {@link waitFor} as a promise, for any thread. Rejects as {@link waitAsync} does. */
  async waitForAsync(predicate: Predicate, options: AsyncWaitOptions = {}): Promise<boolean> {
    const deadline = deadlineIn(options);
    const { signal } = options;
    throwIfAborted(signal);
    this.mutex.assertMine('condition.waitForAsync');
    for (let isOver = false; ; ) {
      if (holds(predicate, 'condition.waitForAsync')) return true;
      const left: number = isOver ? 0 : remaining(deadline);
      if (left === 0) return false;
      // Not left to the clock, which stands still if it is that of fake timers.
      isOver = !(await this.waitAsync({ timeout: left, signal }));
    }
  }

  /**
   * Wakes the `count` threads that have waited longest, or all if there are fewer. They go on when the calling
   * thread unlocks the mutex. Does not block.
   *
   * @param count 0 or more, default 1
   * @throws LockNotHeld when the calling thread does not hold the mutex
   * @throws TypeError when `count` is no number, RangeError when it is not whole or negative
   */
  notify(count: number = 1): void {
    checkInteger('count', count, 0, 2 ** 31 - 1);
    this.mutex.assertMine('condition.notify');
    this.#notify(count);
  }

  /** Wakes everybody who waits. Otherwise as {@link notify}. */
  notifyAll(): void {
    this.mutex.assertMine('condition.notifyAll');
    this.#notify(Infinity);
  }

  protected override clearAfterDeaths(): void {
    while (!this.#clearRecords());
  }

  /** One pass over the records; returns false when a notifier came in between, and another pass is needed. */
  #clearRecords(): boolean {
    const used = this.#used;
    let swallowed = false;
    for (let record = 0; record < used; record++) {
      const state = this.#state(record);
      if (state & NOTIFIED && this.#isDead(state)) swallowed = true;
    }
    for (let record = 0; swallowed && record < used; record++) this.#setNotified(record);
    let done = true;
    for (let record = 0; record < used; record++) {
      // A notifier may have died before it woke whom it had notified.
      this.#called(record).notify();
      const state = this.#state(record);
      if (!this.#isDead(state)) continue;
      // Notified since the first look, and nobody instead of it.
      if (state & NOTIFIED && !swallowed) done = false;
      else if (Atomics.compareExchange(this.words, recordAt(record), state, 0) !== state) done = false;
    }
    return done;
  }

  #isDead(state: number): boolean {
    return state !== 0 && !this.self.table.isAlive(state & ~NOTIFIED);
  }

  get #used(): number {
    return Atomics.load(this.words, USED);
  }

  #state(record: number): number {
    return Atomics.load(this.words, recordAt(record));
  }

  #called(record: number): EventCount {
    return new EventCount(this.words, recordAt(record) + CALLED, this.self);
  }

  #isNotified(record: number): () => boolean {
    return () => (this.#state(record) & NOTIFIED) !== 0;
  }

  /** Takes a record. Under the mutex. */
  #enter(verb: string): number {
    this.mutex.assertMine(verb);
    if (this.needsRecovery) this.recover();
    const most = this.parameter;
    let record = 0;
    while (record < most && this.#state(record) !== 0) record++;
    if (record === most) {
      throw new RangeError(
        `${most} wait on this condition already: make it with a higher maxWaiters than ${most}`,
      );
    }
    if (record >= this.#used) Atomics.store(this.words, USED, record + 1);
    const number = (Atomics.load(this.words, ARRIVALS) + 1) | 0;
    Atomics.store(this.words, ARRIVALS, number);
    Atomics.store(this.words, recordAt(record) + NUMBER, number);
    Atomics.store(this.words, recordAt(record), this.self.id);
    return record;
  }

  /** Gives the record back; returns whether it had been notified. */
  #leave(record: number): boolean {
    return (Atomics.exchange(this.words, recordAt(record), 0) & NOTIFIED) !== 0;
  }

  /** Under the mutex. */
  #notify(count: number): void {
    const used = this.#used;
    let waiting = this.#waiting(used);
    let order = (_a: number, _b: number) => 0;
    // Not for one that waits alone: it is compared with nobody.
    if (waiting.length > 1) {
      const numbers = new Array<number>(used).fill(0);
      for (const record of waiting) numbers[record] = Atomics.load(this.words, recordAt(record) + NUMBER);
      // By the difference, since numbers wrap around.
      order = (a, b) => (numbers[a]! - numbers[b]!) | 0;
    }
    for (let left = count; left > 0 && waiting.length > 0; ) {
      const first = lowest(waiting, left, order);
      for (const record of first) if (this.#setNotified(record)) left--;
      if (left === 0 || first.length === waiting.length) return;
      // One of them has given up meanwhile: the notification is for the next.
      const tried = new Set(first);
      waiting = waiting.filter((record) => !tried.has(record));
    }
  }

  /** Which of the first `used` records are of those who wait and live, and have not been notified. Under the mutex. */
  #waiting(used: number): number[] {
    const waiting: number[] = [];
    for (let record = 0; record < used; record++) {
      const state = this.#state(record);
      if (state !== 0 && (state & NOTIFIED) === 0 && this.self.table.isAlive(state)) waiting.push(record);
    }
    return waiting;
  }

  /** Notifies a waiter and wakes it; returns whether there was one that had not been notified. */
  #setNotified(record: number): boolean {
    const state = this.#state(record);
    if (state === 0 || state & NOTIFIED) return false;
    if (Atomics.compareExchange(this.words, recordAt(record), state, state | NOTIFIED) !== state)
      return false;
    this.#called(record).notify();
    return true;
  }
}

/** What the predicate says, if it can say it while the mutex is held. */
function holds(predicate: Predicate, verb: string): boolean {
  if (typeof predicate !== 'function') {
    throw new TypeError(
      `${verb} takes a function that says whether to wait on, not ${describeValue(predicate)}`,
    );
  }
  const said = predicate();
  if (typeof (said as { then?: unknown } | null | undefined)?.then === 'function') {
    throw new TypeError(
      `the predicate of ${verb} returned ${describeValue(said)}: it has to be a plain function, as the mutex is held for ` +
        'as long as that runs',
    );
  }
  return Boolean(said);
}

/** By its handle, since a Mutex of another copy of this package, loaded by the same thread, will do as well. */
const isMutex = (value: unknown): value is Mutex =>
  isSharedObject(value) && value[HANDLE]()[KIND] === KIND_OF_MUTEX;

const recordAt = (record: number): number => RECORDS + RECORD_WORDS * record;
const wordsFor = (waiters: number): number => recordAt(waiters);

registerSharedClass(KIND_OF_CONDITION, Condition);
