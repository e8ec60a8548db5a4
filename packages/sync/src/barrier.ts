/**
 * A place where threads wait for each other.
 *
 * ```text
 *   word  1      PARAMETER  the number of parties
 *        16      LOCK       OwnerLock over everything below
 *        32      TURNED     event count: a round has ended
 *        48      STATE      twin state: ROUND, BREAKS, BROKEN
 *        64 ..   BROKEN_ROUNDS   the last 64 rounds that were broken: break number b in word b mod 64
 *       128 ..   PLACES     for each index: round in which it was taken last, and the id of the thread that did
 * ```
 *
 * A round ends when all parties have come, or when it is broken. A place counts as taken when its word names
 * the present round, so ending a round frees all places by one commit, and a thread arrives by one store.
 * Rounds begin at 1: no place is taken in a new barrier.
 *
 * A waiter may be slow to look, and many rounds may have passed by then. It knows how many breaks there had
 * been when it came, so the next break after that is the only one that can have ended its round; whether it
 * did is written in BROKEN_ROUNDS. (A waiter that sleeps through 64 breaks takes its round for broken.)
 *
 * @packageDocumentation
 */

import { BlockingForbidden } from './blocking-forbidden.ts';
import { BrokenBarrierError } from './broken-barrier-error.ts';
import { checkInteger } from './check-integer.ts';
import { throwIfAborted } from './check-signal.ts';
import { EventCount } from './event-count.ts';
import { OwnerLock } from './owner-lock.ts';
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
import { TwinState } from './twin-state.ts';
import { waitUntil, waitUntilAsync } from './wait-until.ts';
import { whenAborted } from './when-aborted.ts';

const KIND_OF_BARRIER = '@pkg/sync.Barrier';

const LOCK = FIRST_WORD;
const TURNED = 2 * FIRST_WORD;
const STATE = 3 * FIRST_WORD;
const BROKEN_ROUNDS = 4 * FIRST_WORD;
const REMEMBERED_BREAKS = 64;
const PLACES = BROKEN_ROUNDS + REMEMBERED_BREAKS;

const ROUND = 0;
const BREAKS = 1;
const BROKEN = 2;
const STATE_FIELDS = 3;

const MOST_PARTIES = 65_536;

/** What one thread waits for. */
interface Arrival {
  /** The place it took. */
  readonly index: number;
  readonly round: number;
  /** Breaks before it came. */
  readonly breaks: number;
}

/**
 * Lets a fixed number of threads wait until all of them have come, again and again, like Python's
 * `threading.Barrier`. When one of them gives up or dies, the barrier breaks, and nobody waits in vain.
 *
 * What a thread wrote to shared memory before `wait` is seen by all after it.
 *
 * @example
 * ```ts
 * const barrier = new Barrier(4);
 * // in each of four threads
 * for (const phase of phases) {
 *   compute(phase);
 *   if (barrier.wait() === 0) report(phase); // one of the four
 * }
 * ```
 */
export class Barrier extends SharedPrimitive {
  readonly #lock: OwnerLock;
  readonly #turned: EventCount;
  readonly #state: TwinState;
  readonly #recover = () => this.recover();

  /**
   * A new barrier.
   *
   * @param parties how many must come: 1 to 65536
   * @param placement internal: leave it out
   * @throws TypeError when `parties` is no number, RangeError when it is not whole or out of range
   */
  constructor(parties: number, placement?: Placement) {
    checkInteger('parties', parties, 1, MOST_PARTIES);
    super(KIND_OF_BARRIER, wordsFor(parties), parties, placement);
    const spins = placement === undefined ? undefined : (placement.spins ?? 0);
    this.#lock = new OwnerLock(this.words, LOCK, this.self, spins);
    this.#turned = new EventCount(this.words, TURNED, this.self);
    this.#state = new TwinState(this.words, STATE, STATE_FIELDS);
    if (placement?.memory === undefined) this.#state.commit(1, 0, 0);
  }

  /**
   * Attaches to the barrier behind `handle`. Callable on any thread; does not block.
   *
   * @throws TypeError when `handle` is no handle of a Barrier
   */
  static from(handle: PrimitiveHandle): Barrier {
    return Barrier.attachAs(handle, undefined);
  }

  static [FROM](handle: SharedHandle): Barrier {
    return Barrier.from(handle as PrimitiveHandle);
  }

  /** @internal Attaches as `identity`; undefined is the calling thread. */
  static attachAs(handle: PrimitiveHandle, identity: ThreadIdentity | undefined): Barrier {
    return new Barrier(1, openHandle(handle, KIND_OF_BARRIER, 'Barrier', wordsFor(1), identity));
  }

  /** How many must come. */
  get parties(): number {
    return this.parameter;
  }

  /** How many wait now. A snapshot; blocks for the short critical section only. */
  get nWaiting(): number {
    this.#lock.acquire();
    const waiting = this.#count(this.#state.get(ROUND));
    this.#lock.release();
    return waiting;
  }

  /** Whether the barrier is broken: `wait` throws until `reset`. A snapshot; does not block for long. */
  get broken(): boolean {
    this.#lock.acquire();
    const broken = this.#state.get(BROKEN) !== 0;
    this.#lock.release();
    return broken;
  }

  /**
   * Waits until all parties have come. Blocks.
   *
   * @param options `timeout` in milliseconds, default: wait for ever. When it runs out the barrier breaks
   * @returns a number from 0 to `parties` - 1, another one for each of those who came together
   * @throws BrokenBarrierError when the barrier is broken, or is broken or reset meanwhile, or time runs out
   * @throws BlockingForbidden on a thread that may not block, unless `timeout` is 0
   * @throws RangeError when `timeout` is negative or NaN, TypeError when it is no number or `options` are no object
   */
  wait(options: WaitOptions = {}): number {
    const deadline = deadlineIn(options);
    if (!this.self.mayBlock && deadline !== -Infinity) throw new BlockingForbidden('barrier.wait');
    const arrival = this.#arrive();
    waitUntil(this.#turned, this.#hasEnded(arrival), deadline, this.#recover);
    return this.#conclude(arrival, options.timeout);
  }

  /**
   * {@link wait} as a promise, for any thread. Aborting the signal takes this party away again, without
   * breaking the barrier, and rejects with the signal's reason.
   */
  async waitAsync(options: AsyncWaitOptions = {}): Promise<number> {
    const deadline = deadlineIn(options);
    const { signal } = options;
    throwIfAborted(signal);
    const arrival = this.#arrive();
    let hasLeft = false;
    // At once, and not when the promise settles: others may come before that, in this turn and in other threads.
    const forget = whenAborted(signal, () => {
      hasLeft = this.#leave(arrival);
    });
    try {
      await waitUntilAsync(this.#turned, this.#hasEnded(arrival), deadline, signal);
    } catch {
      // The round had ended when the signal was aborted: this party has been counted.
    } finally {
      forget();
    }
    if (hasLeft) throw signal!.reason;
    return this.#conclude(arrival, options.timeout);
  }

  /** Makes the barrier as new. Those who wait throw a BrokenBarrierError. Does not block for long. */
  reset(): void {
    this.#lock.acquire();
    if (this.#count(this.#state.get(ROUND)) > 0) this.#break(0);
    else if (this.#state.get(BROKEN) !== 0) {
      this.#state.commit(this.#state.get(ROUND), this.#state.get(BREAKS), 0);
    }
    this.#releaseAndWake();
  }

  /** Breaks the barrier: those who wait, and whoever comes later, throw. Does not block for long. */
  abort(): void {
    this.#lock.acquire();
    if (this.#state.get(BROKEN) === 0) this.#break(1);
    this.#releaseAndWake();
  }

  protected override clearAfterDeaths(): void {
    this.#lock.acquire();
    const round = this.#state.get(ROUND);
    for (let index = 0; index < this.parties; index++) {
      if (!this.#isTaken(index, round) || this.self.table.isAlive(this.#occupant(index))) continue;
      this.#break(1);
      break;
    }
    this.#lock.release();
    // The dead may have been waiting, or have owed a wake to those who wait for the lock or for the round.
    this.#lock.wakeAll();
    this.#turned.reset();
  }

  #arrive(): Arrival {
    // A thread that waited here and died is not to be counted among those who came.
    if (this.needsRecovery) this.recover();
    this.#lock.acquire();
    if (this.#state.get(BROKEN) !== 0) {
      this.#lock.release();
      throw new BrokenBarrierError();
    }
    const round = this.#state.get(ROUND);
    const breaks = this.#state.get(BREAKS);
    const count = this.#count(round);
    let index = 0;
    while (this.#isTaken(index, round)) index++;
    if (count + 1 === this.parties) {
      this.#state.commit((round + 1) | 0 || 1, breaks, 0);
      this.#releaseAndWake();
    } else {
      Atomics.store(this.words, PLACES + 2 * index + 1, this.self.id);
      // The arrival: last, so that a place of this round always names its occupant.
      Atomics.store(this.words, PLACES + 2 * index, round);
      this.#lock.release();
    }
    return { index, round, breaks };
  }

  #hasEnded({ round }: Arrival): () => boolean {
    return () => {
      this.#lock.acquire();
      const ended = this.#state.get(ROUND) !== round;
      this.#lock.release();
      return ended;
    };
  }

  /** The result of an arrival whose round has ended, or whose time has run out. */
  #conclude({ index, round, breaks }: Arrival, timeout: number | undefined): number {
    this.#lock.acquire();
    const ranOut = this.#state.get(ROUND) === round;
    if (ranOut) this.#break(1);
    const since = (this.#state.get(BREAKS) - breaks) | 0;
    const broken =
      since >= REMEMBERED_BREAKS ||
      (since > 0 && Atomics.load(this.words, BROKEN_ROUNDS + (breaks & (REMEMBERED_BREAKS - 1))) === round);
    if (ranOut) this.#releaseAndWake();
    else this.#lock.release();
    if (broken) throw new BrokenBarrierError(ranOut ? timeout : undefined);
    return index;
  }

  /** Takes an arrival back, if its round has not ended; returns whether it did. */
  #leave({ index, round }: Arrival): boolean {
    this.#lock.acquire();
    const waiting = this.#state.get(ROUND) === round;
    if (waiting) Atomics.store(this.words, PLACES + 2 * index, 0);
    this.#lock.release();
    return waiting;
  }

  /** Under the lock: ends the round as broken, by one commit. `broken`: whether the barrier stays so. */
  #break(broken: 0 | 1): void {
    const round = this.#state.get(ROUND);
    const breaks = this.#state.get(BREAKS);
    // Until the commit, nobody looks at this entry: it belongs to a break that has not happened.
    Atomics.store(this.words, BROKEN_ROUNDS + (breaks & (REMEMBERED_BREAKS - 1)), round);
    this.#state.commit((round + 1) | 0 || 1, (breaks + 1) | 0, broken);
  }

  #releaseAndWake(): void {
    this.#lock.release();
    if (this.#turned.hasWaiters) this.#turned.notify();
  }

  #count(round: number): number {
    let count = 0;
    for (let index = 0; index < this.parties; index++) if (this.#isTaken(index, round)) count++;
    return count;
  }

  #isTaken(index: number, round: number): boolean {
    return Atomics.load(this.words, PLACES + 2 * index) === round;
  }

  #occupant(index: number): number {
    return Atomics.load(this.words, PLACES + 2 * index + 1);
  }
}

const wordsFor = (parties: number): number => PLACES + 2 * parties;

registerSharedClass(KIND_OF_BARRIER, Barrier);
