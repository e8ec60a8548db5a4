/**
 * A mutual-exclusion lock in shared memory.
 *
 * ```text
 *   word 16   LOCK        see OwnerLock: who holds it. Written by compare-exchange to take it, by its owner to
 *                         give it back. Nobody sleeps on it.
 *        17   HOLDS       how many holds there have been; written by the owner
 *        18   HOLD        number of the present hold, by which a guard knows whether it is still its own;
 *                         written by the owner
 *        19   ABANDONED   number of the latest hold that was taken over from a dead thread, 0 for none; written by
 *                         the owner
 *        32   FREED       event count: LOCK may be free, or its owner dead. Waiters, blocking or asynchronous
 * ```
 *
 * Whoever unlocks wakes one waiter, if there is one; the waiter may find the lock taken by a thread that came
 * in between, and waits again, still counted, so that thread will wake it in turn. Not fair, but never idle.
 *
 * A death while holding changes nothing in LOCK: recovery wakes the waiters, and the compare-exchange by which
 * one of them takes the lock from the dead thread is the only decision about who gets it as abandoned.
 *
 * @packageDocumentation
 */

import { BlockingForbidden } from './blocking-forbidden.ts';
import { throwIfAborted } from './check-signal.ts';
import { DeadlockError } from './deadlock-error.ts';
import { EventCount } from './event-count.ts';
import { LockNotHeld } from './lock-not-held.ts';
import { LockTimeout } from './lock-timeout.ts';
import { MutexGuard } from './mutex-guard.ts';
import { OwnerLock } from './owner-lock.ts';
import { FROM, registerSharedClass, type SharedHandle } from './shared-object.ts';
import {
  FIRST_WORD,
  openHandle,
  type Placement,
  type PrimitiveHandle,
  SharedPrimitive,
  SPINS,
} from './shared-primitive.ts';
import type { ThreadIdentity } from './thread-identity.ts';
import { type AsyncWaitOptions, deadlineIn, type WaitOptions } from './timeout.ts';
import { waitUntil, waitUntilAsync } from './wait-until.ts';

/** The kind that handles of mutexes name. */
export const KIND_OF_MUTEX = '@pkg/sync.Mutex';

const LOCK = FIRST_WORD;
const HOLDS = LOCK + 1;
const HOLD = LOCK + 2;
const ABANDONED = LOCK + 3;
const FREED = 2 * FIRST_WORD;
const WORDS = 3 * FIRST_WORD;

/**
 * A lock that one thread at a time holds, like Python's `threading.Lock`, with two differences: it belongs to
 * the thread that locked it, which alone may unlock it, and a thread that dies while it holds it does not
 * wedge it.
 *
 * Ownership is by thread, not by asynchronous task: tasks of one thread keep each other out with
 * {@link Mutex.lockAsync}. Not re-entrant. What a thread wrote to shared memory before it unlocked is seen by
 * the thread that locks next. Deaths are noticed for threads that are supervised (see {@link supervise}) or
 * belong to `@pkg/pool`.
 *
 * @example
 * ```ts
 * const mutex = new Mutex();
 * new Worker(url, { workerData: mutex.handle });
 *
 * // in the worker
 * const mutex = Mutex.from(workerData);
 * const guard = mutex.lock();
 * try {
 *   if (guard.abandoned) repair();
 *   work();
 * } finally {
 *   guard.unlock();
 * }
 * ```
 */
export class Mutex extends SharedPrimitive {
  readonly #lock: OwnerLock;
  readonly #freed: EventCount;
  readonly #spins: number;
  readonly #recover = () => this.recover();
  /** Takes the lock if it can, and begins a hold. Only the owner writes the words of the hold. */
  readonly #attempt = (): boolean => {
    const found = this.#lock.tryAcquire();
    if (found === undefined) return false;
    // Never 0, which is the number in ABANDONED before any hold was.
    const hold = (Atomics.load(this.words, HOLDS) + 1) | 0 || 1;
    Atomics.store(this.words, HOLDS, hold);
    Atomics.store(this.words, HOLD, hold);
    if (found === 'abandoned') Atomics.store(this.words, ABANDONED, hold);
    // The number is that of a hold 2^32 ago, and so is what is said of it.
    else if (Atomics.load(this.words, ABANDONED) === hold) Atomics.store(this.words, ABANDONED, 0);
    return true;
  };

  /**
   * A new mutex, free.
   *
   * @param placement internal: leave it out
   */
  constructor(placement?: Placement) {
    super(KIND_OF_MUTEX, WORDS, 0, placement);
    this.#lock = new OwnerLock(this.words, LOCK, this.self, 0);
    this.#freed = new EventCount(this.words, FREED, this.self);
    this.#spins = placement === undefined ? SPINS : (placement.spins ?? 0);
  }

  /**
   * Attaches to the mutex behind `handle`. Callable on any thread; does not block.
   *
   * @throws TypeError when `handle` is no handle of a Mutex
   */
  static from(handle: PrimitiveHandle): Mutex {
    return Mutex.attachAs(handle, undefined);
  }

  static [FROM](handle: SharedHandle): Mutex {
    return Mutex.from(handle as PrimitiveHandle);
  }

  /** @internal Attaches as `identity`; undefined is the calling thread. */
  static attachAs(handle: PrimitiveHandle, identity: ThreadIdentity | undefined): Mutex {
    return new Mutex(openHandle(handle, KIND_OF_MUTEX, 'Mutex', WORDS, identity));
  }

  /** Whether a living thread holds the lock. A snapshot; does not block. */
  get isLocked(): boolean {
    const { owner } = this.#lock;
    return owner !== 0 && this.self.table.isAlive(owner);
  }

  /** Whether the calling thread holds the lock, in whichever of its asynchronous tasks. Does not block. */
  get isMine(): boolean {
    return this.#lock.isMine;
  }

  /**
   * Takes the lock. Blocks while another thread holds it.
   *
   * @param options `timeout` in milliseconds, default: wait for ever
   * @returns the hold, to be ended with `unlock()` or by `using`
   * @throws LockTimeout when the lock was not free in time
   * @throws DeadlockError when the calling thread holds it already
   * @throws BlockingForbidden on a thread that may not block, unless `timeout` is 0
   * @throws RangeError when `timeout` is negative or NaN, TypeError when it is no number or `options` are no object
   */
  lock(options: WaitOptions = {}): MutexGuard {
    const deadline = deadlineIn(options);
    if (!this.self.mayBlock && deadline !== -Infinity) throw new BlockingForbidden('mutex.lock');
    if (this.#lock.isMine) throw new DeadlockError('mutex.lock');
    if (!this.#acquire(deadline)) throw new LockTimeout(options.timeout as number);
    return this.#guard();
  }

  /**
   * Takes the lock, waiting without blocking. Callable on any thread, also on the one that holds it already:
   * then it waits for the task that does.
   *
   * @param options `timeout` in milliseconds, default: wait for ever; `signal` calls the wait off
   * @returns the hold. Rejects as {@link lock} throws, and with the signal's reason when it is aborted
   */
  async lockAsync(options: AsyncWaitOptions = {}): Promise<MutexGuard> {
    const deadline = deadlineIn(options);
    throwIfAborted(options.signal);
    if (!this.#attempt()) {
      if (!(await waitUntilAsync(this.#freed, this.#attempt, deadline, options.signal))) {
        throw new LockTimeout(options.timeout as number);
      }
    }
    return this.#guard();
  }

  /** Takes the lock if it can be had at once. Callable on any thread; does not block. */
  tryLock(): MutexGuard | undefined {
    return this.#attempt() ? this.#guard() : undefined;
  }

  /**
   * Gives the lock back. Only for the thread that holds it; does not block.
   *
   * @throws LockNotHeld when the calling thread does not hold it
   */
  unlock(): void {
    this.assertMine('mutex.unlock');
    this.#release();
  }

  /** @internal For guards. */
  unlockHold(hold: number): void {
    if (this.#lock.isMine && Atomics.load(this.words, HOLD) === hold) this.#release();
  }

  /** @internal For guards. */
  isAbandoned(hold: number): boolean {
    return Atomics.load(this.words, ABANDONED) === hold;
  }

  /** @internal */
  assertMine(verb: string): void {
    if (!this.#lock.isMine) throw new LockNotHeld(verb, this.self.id, this.#lock.owner);
  }

  /** @internal For `Condition`: lets go of the lock; what it returns goes to {@link resume}. */
  suspend(): number {
    const hold = Atomics.load(this.words, HOLD);
    this.#release();
    return hold;
  }

  /** @internal Takes the lock again, as the same hold, so that its guard still counts. Blocks. */
  resume(hold: number): void {
    this.#acquire(Infinity);
    this.#continue(hold);
  }

  /** @internal {@link resume} as a promise. */
  async resumeAsync(hold: number): Promise<void> {
    if (!this.#attempt()) await waitUntilAsync(this.#freed, this.#attempt, Infinity, undefined);
    this.#continue(hold);
  }

  protected override clearAfterDeaths(): void {
    // The dead may have been waiting, or have owed a wake, or hold the lock: every waiter looks again.
    this.#freed.reset();
  }

  #acquire(deadline: number): boolean {
    if (this.#attempt()) return true;
    for (let i = 0; i < this.#spins; i++) if (this.#lock.owner === 0 && this.#attempt()) return true;
    return waitUntil(this.#freed, this.#attempt, deadline, this.#recover);
  }

  #release(): void {
    this.#lock.release();
    if (this.#freed.hasWaiters) this.#freed.notify(1);
  }

  #guard(): MutexGuard {
    return new MutexGuard(this, Atomics.load(this.words, HOLD));
  }

  /** Makes the hold that has just begun a continuation of an earlier one. */
  #continue(hold: number): void {
    const abandoned = this.isAbandoned(Atomics.load(this.words, HOLD));
    Atomics.store(this.words, HOLD, hold);
    if (abandoned) Atomics.store(this.words, ABANDONED, hold);
  }
}

registerSharedClass(KIND_OF_MUTEX, Mutex);
