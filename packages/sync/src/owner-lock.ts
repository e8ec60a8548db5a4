/**
 * The lock of the kernel: one word that names its owner.
 *
 * ```text
 *   bit  31          30          29 .......... 0
 *        CONTENDED   ABANDONED   owner's id, 0 when free
 * ```
 *
 * Invariants
 * - One compare-exchange both takes the lock and names the owner: there is no moment in which the lock is
 *   held by nobody known, so a death never wedges it.
 * - A thread sleeps only on a word with CONTENDED set, and whoever releases such a word wakes one sleeper.
 *   The sleeper takes the lock with CONTENDED set, since it cannot know whether it was the last. (Drepper,
 *   "Futexes Are Tricky", mutex 3.)
 * - Only a thread that the table says is dead loses the lock to another. ABANDONED says that it did, and that
 *   nobody has taken it since.
 * - A thread that was woken and gives up passes the wake on; for one that dies, recovery does ({@link
 *   OwnerLock.wakeAll}).
 *
 * @packageDocumentation
 */
import { Countdown } from './countdown.ts';
import type { ThreadIdentity } from './thread-identity.ts';

const CONTENDED = 1 << 31;
const ABANDONED = 1 << 30;
const OWNER = 0x3fff_ffff;

/** What {@link OwnerLock.acquire} found: the lock was released properly, its last owner died, or time ran out. */
export type Acquired = 'clean' | 'abandoned' | 'timed-out';

/** How often a thread looks again before it sleeps: about a microsecond, the length of a critical section. */
const SPINS = 40;

/** The owner-naming lock in one word of shared memory, as seen by one thread. Not re-entrant. */
export class OwnerLock {
  readonly #words: Int32Array;
  readonly #index: number;
  readonly #self: ThreadIdentity;
  readonly #spins: number;

  /**
   * @param words the shared memory
   * @param index the word of the lock in it; all zero is a free lock
   * @param self who locks through this view
   * @param spins how often to look again before sleeping, default 40; the explorer passes 0
   */
  constructor(words: Int32Array, index: number, self: ThreadIdentity, spins: number = SPINS) {
    this.#words = words;
    this.#index = index;
    this.#self = self;
    this.#spins = spins;
  }

  /** Id of the owner, 0 when free. A snapshot. Does not block. */
  get owner(): number {
    return Atomics.load(this.#words, this.#index) & OWNER;
  }

  /** Whether the thread of this view is the owner. Does not block. */
  get isMine(): boolean {
    return this.owner === this.#self.id;
  }

  /** Takes the lock if it is free or its owner is dead; returns undefined otherwise. Does not block. */
  tryAcquire(): 'clean' | 'abandoned' | undefined {
    const seen = Atomics.compareExchange(this.#words, this.#index, 0, this.#self.id);
    if (seen === 0) return 'clean';
    return this.#takeFromTheDead(seen) ? 'abandoned' : undefined;
  }

  /** Takes the lock. Blocks; on a thread that may not block it spins, as critical sections are short. */
  acquire(): 'clean' | 'abandoned' {
    if (Atomics.compareExchange(this.#words, this.#index, 0, this.#self.id) === 0) return 'clean';
    return this.#acquireSlowly(Infinity) as 'clean' | 'abandoned';
  }

  /** Takes the lock unless `deadline` (see `deadlineOf`) passes first. Blocks. */
  acquireUntil(deadline: number): Acquired {
    const taken = this.tryAcquire();
    if (taken !== undefined) return taken;
    return deadline === -Infinity ? 'timed-out' : this.#acquireSlowly(deadline);
  }

  /** Gives the lock back. Only its owner may call this. Does not block. */
  release(): void {
    if (Atomics.exchange(this.#words, this.#index, 0) < 0) Atomics.notify(this.#words, this.#index, 1);
  }

  /**
   * Part of every recovery. If the owner has died, the lock becomes free for whoever comes next, who acquires it
   * as abandoned: by the change of the word also a thread that is just going to sleep on it. And every sleeper is
   * woken in any case: a thread that died between freeing the word and waking a sleeper, or after having been
   * woken, owed them that. Does not block.
   */
  wakeAll(): void {
    const seen = Atomics.load(this.#words, this.#index);
    const owner = seen & OWNER;
    if (owner !== 0 && !this.#self.table.isAlive(owner)) {
      Atomics.compareExchange(this.#words, this.#index, seen, ABANDONED | (seen & CONTENDED));
    }
    Atomics.notify(this.#words, this.#index);
  }

  #takeFromTheDead(seen: number): boolean {
    const owner = seen & OWNER;
    if ((seen & ABANDONED) === 0 && (owner === 0 || this.#self.table.isAlive(owner))) return false;
    // CONTENDED stays: the dead owner's sleepers are still to be woken.
    return Atomics.compareExchange(this.#words, this.#index, seen, this.#self.id | CONTENDED) === seen;
  }

  #acquireSlowly(deadline: number): Acquired {
    const words = this.#words;
    const index = this.#index;
    const self = this.#self;
    for (let i = 0; i < this.#spins; i++) {
      if (Atomics.load(words, index) === 0 && Atomics.compareExchange(words, index, 0, self.id) === 0) {
        return 'clean';
      }
    }
    const countdown = new Countdown(deadline);
    let woken = false;
    for (;;) {
      let seen = Atomics.load(words, index);
      if (seen === 0) {
        if (Atomics.compareExchange(words, index, 0, self.id | CONTENDED) === 0) return 'clean';
        continue;
      }
      if (this.#takeFromTheDead(seen)) return 'abandoned';
      const { left } = countdown;
      if (left === 0) {
        // The wake that ended this thread's sleep was the only one, and whoever took the lock since may have
        // taken it without CONTENDED: the next sleeper has to see to it.
        if (woken) Atomics.notify(words, index, 1);
        return 'timed-out';
      }
      if (!self.mayBlock) continue;
      if (seen > 0) {
        if (Atomics.compareExchange(words, index, seen, seen | CONTENDED) !== seen) continue;
        seen |= CONTENDED;
      }
      const span = Math.min(left, self.slice);
      const outcome = Atomics.wait(words, index, seen, span);
      if (outcome === 'ok') woken = true;
      else if (outcome === 'timed-out') {
        countdown.slept(span);
        self.reap();
      }
    }
  }
}
