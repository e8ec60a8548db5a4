/**
 * A flag that threads wait for.
 *
 * ```text
 *   word 16   STATE    31 ......... 1   0
 *                      times set        whether it is set now.    Written by compare-exchange, by anybody
 *        32   CHANGED  event count: the flag has been set
 * ```
 *
 * A waiter remembers STATE as it was when it began to wait, with the flag down. Any other value means that the
 * flag has been set since, even if it has been cleared again: such a waiter returns true, as in Python.
 *
 * @packageDocumentation
 */

import { BlockingForbidden } from './blocking-forbidden.ts';
import { throwIfAborted } from './check-signal.ts';
import { EventCount } from './event-count.ts';
import { FROM, registerSharedClass, type SharedHandle } from './shared-object.ts';
import {
  FIRST_WORD,
  openHandle,
  type Placement,
  type PrimitiveHandle,
  SharedPrimitive,
} from './shared-primitive.ts';
import type { ThreadIdentity } from './thread-identity.ts';
import { type AsyncWaitOptions, deadlineIn, type WaitOptions } from './timeout.ts';
import { waitUntil, waitUntilAsync } from './wait-until.ts';

const KIND_OF_EVENT = '@pkg/sync.Event';

const STATE = FIRST_WORD;
const CHANGED = 2 * FIRST_WORD;
const WORDS = 3 * FIRST_WORD;

const SET = 1;
const ONE_MORE = 2;

/**
 * A flag for threads to wait for, like Python's `threading.Event`. Down at first. What a thread wrote to
 * shared memory before `set()` is seen by the threads that it wakes.
 *
 * @example
 * ```ts
 * const ready = new Event();
 * new Worker(url, { workerData: ready.handle });
 * await ready.waitAsync();
 *
 * // in the worker
 * Event.from(workerData).set();
 * ```
 */
export class Event extends SharedPrimitive {
  readonly #changed: EventCount;
  readonly #recover = () => this.recover();

  /**
   * A new event, not set.
   *
   * @param placement internal: leave it out
   */
  constructor(placement?: Placement) {
    super(KIND_OF_EVENT, WORDS, 0, placement);
    this.#changed = new EventCount(this.words, CHANGED, this.self);
  }

  /**
   * Attaches to the event behind `handle`. Callable on any thread; does not block.
   *
   * @throws TypeError when `handle` is no handle of an Event
   */
  static from(handle: PrimitiveHandle): Event {
    return Event.attachAs(handle, undefined);
  }

  static [FROM](handle: SharedHandle): Event {
    return Event.from(handle as PrimitiveHandle);
  }

  /** @internal Attaches as `identity`; undefined is the calling thread. */
  static attachAs(handle: PrimitiveHandle, identity: ThreadIdentity | undefined): Event {
    return new Event(openHandle(handle, KIND_OF_EVENT, 'Event', WORDS, identity));
  }

  /** Whether the flag is up. A snapshot; does not block. */
  get isSet(): boolean {
    return (Atomics.load(this.words, STATE) & SET) !== 0;
  }

  /** Raises the flag and wakes everybody who waits. Does nothing when it is up. Does not block. */
  set(): void {
    for (;;) {
      const seen = Atomics.load(this.words, STATE);
      if (seen & SET) return;
      if (Atomics.compareExchange(this.words, STATE, seen, (seen + ONE_MORE) | SET) === seen) break;
    }
    if (this.#changed.hasWaiters) this.#changed.notify();
  }

  /** Lowers the flag. Those who have been waiting while it was up return true all the same. Does not block. */
  clear(): void {
    for (;;) {
      const seen = Atomics.load(this.words, STATE);
      if ((seen & SET) === 0) return;
      if (Atomics.compareExchange(this.words, STATE, seen, seen & ~SET) === seen) return;
    }
  }

  /**
   * Waits until the flag is up. Blocks.
   *
   * @param options `timeout` in milliseconds, default: wait for ever
   * @returns true when the flag was up; false when the time ran out first
   * @throws BlockingForbidden on a thread that may not block, unless `timeout` is 0
   * @throws RangeError when `timeout` is negative or NaN, TypeError when it is no number or `options` are no object
   */
  wait(options: WaitOptions = {}): boolean {
    const deadline = deadlineIn(options);
    if (!this.self.mayBlock && deadline !== -Infinity) throw new BlockingForbidden('event.wait');
    const attempt = this.#attemptFromNow();
    return attempt() || waitUntil(this.#changed, attempt, deadline, this.#recover);
  }

  /** {@link wait} as a promise, for any thread. Rejects with the signal's reason when it is aborted. */
  async waitAsync(options: AsyncWaitOptions = {}): Promise<boolean> {
    const deadline = deadlineIn(options);
    throwIfAborted(options.signal);
    const attempt = this.#attemptFromNow();
    return attempt() || (await waitUntilAsync(this.#changed, attempt, deadline, options.signal));
  }

  protected override clearAfterDeaths(): void {
    // The dead may have set the flag and have died before they woke anybody.
    this.#changed.reset();
  }

  #attemptFromNow(): () => boolean {
    const first = Atomics.load(this.words, STATE);
    return first & SET ? () => true : () => Atomics.load(this.words, STATE) !== first;
  }
}

registerSharedClass(KIND_OF_EVENT, Event);
