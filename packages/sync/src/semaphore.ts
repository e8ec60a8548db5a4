/**
 * A counter of permits.
 *
 * ```text
 *   word  1   PARAMETER  30 .... 0 the initial value; bit 31: bounded by it
 *        16   LOCK       OwnerLock over STATE and HOLDERS
 *        32   RELEASED   event count: there may be permits
 *        48   STATE      twin state: AVAILABLE, ROW_ID, ROW_HELD
 *        64   HOLDERS    how many permits each thread holds
 * ```
 *
 * Invariant, at every commit: the permits in HOLDERS add up to `max(0, initial - AVAILABLE)`. So a permit counts
 * as held only while fewer are available than there were at first. That is what makes the two uses of a
 * semaphore go together: permits to be given back, which must not die with their holder, and signals, which
 * are released by one thread and consumed by another, and must not be signalled again when the consumer dies.
 *
 * An operation commits AVAILABLE together with the one row that it changes, and then copies the row to HOLDERS;
 * whoever takes the lock from a dead thread repeats the copy.
 *
 * @packageDocumentation
 */

import { BlockingForbidden } from './blocking-forbidden.ts';
import { checkInteger } from './check-integer.ts';
import { checkFlag, checkOptions } from './check-options.ts';
import { throwIfAborted } from './check-signal.ts';
import { EventCount } from './event-count.ts';
import { OwnerLock } from './owner-lock.ts';
import { PERMIT_HOLDERS_WORDS, PermitHolders } from './permit-holders.ts';
import { FROM, registerSharedClass, type SharedHandle } from './shared-object.ts';
import {
  FIRST_WORD,
  openHandle,
  type Placement,
  type PrimitiveHandle,
  SharedPrimitive,
} from './shared-primitive.ts';
import type { ThreadIdentity } from './thread-identity.ts';
import { slotOf } from './thread-table.ts';
import { type AsyncWaitOptions, deadlineIn, type WaitOptions } from './timeout.ts';
import { TwinState } from './twin-state.ts';
import { waitUntil, waitUntilAsync } from './wait-until.ts';

const KIND_OF_SEMAPHORE = '@pkg/sync.Semaphore';

const LOCK = FIRST_WORD;
const RELEASED = 2 * FIRST_WORD;
const STATE = 3 * FIRST_WORD;
const HOLDERS = 4 * FIRST_WORD;
const WORDS = HOLDERS + PERMIT_HOLDERS_WORDS;

const AVAILABLE = 0;
const ROW_ID = 1;
const ROW_HELD = 2;
const STATE_FIELDS = 3;

const BOUNDED = 1 << 31;
const MOST = 2 ** 31 - 1;

/** What a new {@link Semaphore} may be told. */
export interface SemaphoreOptions {
  /**
   * Whether releasing more permits than there were at first is an error, as in Python's `BoundedSemaphore`.
   * Default false.
   */
  bounded?: boolean | undefined;
}

/**
 * A number of permits, like Python's `threading.Semaphore` and, with `bounded`, `BoundedSemaphore`. `release`
 * may be called by another thread than the one that acquired.
 *
 * Permits that a thread holds when it dies are given back. A release by a thread that holds none is counted
 * for another thread that does. Permits beyond the initial value are signals that nobody holds: so a semaphore
 * that starts at 0 gives nothing back.
 *
 * What a thread wrote to shared memory before `release` is seen by the thread that acquires the permit.
 *
 * @example
 * ```ts
 * const connections = new Semaphore(4, { bounded: true });
 * new Worker(url, { workerData: connections.handle });
 *
 * // in the worker
 * const connections = Semaphore.from(workerData);
 * connections.acquire();
 * try {
 *   query();
 * } finally {
 *   connections.release();
 * }
 * ```
 */
export class Semaphore extends SharedPrimitive {
  readonly #initial: number;
  readonly #bounded: boolean;
  readonly #lock: OwnerLock;
  readonly #released: EventCount;
  readonly #state: TwinState;
  readonly #holders: PermitHolders;
  readonly #recover = () => this.recover();
  readonly #attempt = (): boolean => {
    if (this.#take()) return true;
    if (!this.needsRecovery) return false;
    this.recover();
    return this.#take();
  };

  /**
   * A new semaphore.
   *
   * @param value permits at first: 0 to 2^31 - 1, default 1
   * @param options see {@link SemaphoreOptions}
   * @param placement internal: leave it out
   * @throws TypeError when `value` is no number, `options` are no object or `bounded` is no boolean;
   *   RangeError when `value` is not whole or out of range
   */
  constructor(value: number = 1, options: SemaphoreOptions = {}, placement?: Placement) {
    checkInteger('value', value, 0, MOST);
    checkOptions(options, '{ bounded: true }');
    const bounded = checkFlag('bounded', options.bounded);
    super(KIND_OF_SEMAPHORE, WORDS, value | (bounded ? BOUNDED : 0), placement);
    this.#initial = this.parameter & ~BOUNDED;
    this.#bounded = this.parameter < 0;
    this.#lock = new OwnerLock(
      this.words,
      LOCK,
      this.self,
      placement === undefined ? undefined : (placement.spins ?? 0),
    );
    this.#released = new EventCount(this.words, RELEASED, this.self);
    this.#state = new TwinState(this.words, STATE, STATE_FIELDS);
    this.#holders = new PermitHolders(this.words, HOLDERS);
    if (placement?.memory === undefined) this.#state.commit(value, 0, 0);
  }

  /**
   * Attaches to the semaphore behind `handle`. Callable on any thread; does not block.
   *
   * @throws TypeError when `handle` is no handle of a Semaphore
   */
  static from(handle: PrimitiveHandle): Semaphore {
    return Semaphore.attachAs(handle, undefined);
  }

  static [FROM](handle: SharedHandle): Semaphore {
    return Semaphore.from(handle as PrimitiveHandle);
  }

  /** @internal Attaches as `identity`; undefined is the calling thread. */
  static attachAs(handle: PrimitiveHandle, identity: ThreadIdentity | undefined): Semaphore {
    return new Semaphore(0, {}, openHandle(handle, KIND_OF_SEMAPHORE, 'Semaphore', WORDS, identity));
  }

  /** Permits that can be had now. A snapshot; does not block. */
  get value(): number {
    return this.#state.get(AVAILABLE);
  }

  /** Permits that the calling thread holds. Blocks for the short critical section only. */
  get held(): number {
    this.#enter();
    const held = this.#mine();
    this.#lock.release();
    return held;
  }

  /**
   * Takes a permit. Blocks while there is none.
   *
   * @param options `timeout` in milliseconds, default: wait for ever
   * @returns true with a permit; false when the time ran out first
   * @throws BlockingForbidden on a thread that may not block, unless `timeout` is 0
   * @throws RangeError when `timeout` is negative or NaN, TypeError when it is no number or `options` are no object
   */
  acquire(options: WaitOptions = {}): boolean {
    const deadline = deadlineIn(options);
    if (!this.self.mayBlock && deadline !== -Infinity) throw new BlockingForbidden('semaphore.acquire');
    return this.#attempt() || waitUntil(this.#released, this.#attempt, deadline, this.#recover);
  }

  /** {@link acquire} as a promise, for any thread. Rejects with the signal's reason when it is aborted. */
  async acquireAsync(options: AsyncWaitOptions = {}): Promise<boolean> {
    const deadline = deadlineIn(options);
    throwIfAborted(options.signal);
    return this.#attempt() || (await waitUntilAsync(this.#released, this.#attempt, deadline, options.signal));
  }

  /** Takes a permit if there is one; returns whether there was. Callable on any thread; does not block. */
  tryAcquire(): boolean {
    return this.#attempt();
  }

  /**
   * Gives `count` permits back, or adds them. Callable on any thread, whoever acquired them; does not block.
   *
   * @param count at least 1, default 1
   * @throws TypeError when `count` is no number; RangeError when it is not whole or below 1, or when there would be more
   *   permits than the initial value of a bounded semaphore, or than 2^31 - 1. Nothing is released then
   */
  release(count: number = 1): void {
    checkInteger('count', count, 1, MOST);
    this.#enter();
    const most = this.#bounded ? this.#initial : MOST;
    const available = this.#state.get(AVAILABLE);
    if (count > most - available) {
      this.#lock.release();
      throw new RangeError(
        `cannot release ${count}: ${available} of at most ${most} permits are available already` +
          (this.#bounded ? ', and the semaphore is bounded' : ''),
      );
    }
    this.#giveBack(count);
    this.#lock.release();
    if (this.#released.hasWaiters) this.#released.notify(count);
  }

  protected override clearAfterDeaths(): void {
    this.#enter();
    for (let slot = 0; slot < this.#holders.used; slot++) {
      const holder = this.#holders.holder(slot);
      if (holder !== 0 && !this.self.table.isAlive(holder)) this.#move(holder, -this.#holders.held(slot));
    }
    this.#lock.release();
    // The dead may have been waiting, or have owed a wake to those who wait for the lock or for a permit.
    this.#lock.wakeAll();
    this.#released.reset();
  }

  /** Takes the lock; finishes what a thread that died with it had committed. */
  #enter(): void {
    if (this.#lock.acquire() === 'clean') return;
    const id = this.#state.get(ROW_ID);
    if (id !== 0) this.#holders.set(id, this.#state.get(ROW_HELD));
  }

  #take(): boolean {
    // Without the lock first: waiters that find nothing do not stand in the way of the one that releases.
    if (this.#state.get(AVAILABLE) <= 0) return false;
    this.#enter();
    const taken = this.#state.get(AVAILABLE) > 0;
    if (taken) this.#move(this.self.id, 1);
    this.#lock.release();
    return taken;
  }

  /** Permits that the calling thread holds. Under the lock. */
  #mine(): number {
    const { id, slot } = this.self;
    const holder = this.#holders.holder(slot);
    if (holder === id) return this.#holders.held(slot);
    // The slot was another thread's, which has died, as the slot was given to this one.
    if (holder !== 0) this.#move(holder, -this.#holders.held(slot));
    return 0;
  }

  /** Under the lock: the calling thread's own permits first, then those of others, then new ones. */
  #giveBack(count: number): void {
    let left = count;
    const mine = Math.min(left, this.#mine());
    if (mine > 0) this.#move(this.self.id, -mine);
    left -= mine;
    for (let slot = 0; left > 0 && slot < this.#holders.used; slot++) {
      const theirs = Math.min(left, this.#holders.held(slot));
      if (theirs > 0) this.#move(this.#holders.holder(slot), -theirs);
      left -= theirs;
    }
    if (left > 0) this.#move(this.self.id, -left);
  }

  /**
   * Under the lock: takes `count` permits out of those available and counts them as held by `id`, or, negative,
   * puts them back. One commit: all of it has happened or nothing.
   */
  #move(id: number, count: number): void {
    if (count === 0) return;
    const before = id === this.self.id ? this.#mine() : this.#holders.held(slotOf(id));
    const available = this.#state.get(AVAILABLE) - count;
    // What is available beyond the initial value is nobody's.
    const held = count > 0 && available >= this.#initial ? before : Math.max(0, before + count);
    this.#state.commit(available, id, held);
    this.#holders.set(id, held);
  }
}

registerSharedClass(KIND_OF_SEMAPHORE, Semaphore);
