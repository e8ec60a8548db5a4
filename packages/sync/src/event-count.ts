/**
 * The one place where this project waits for something to become true.
 *
 * ```text
 *   word 0   SEQUENCE   bumped by every notification; threads sleep on it
 *        1   WAITERS    31 ...... 20   19 ....... 0
 *                       generation     how many have announced themselves and not left
 * ```
 *
 * A waiter: enter (announce), take a ticket, look at the condition, and only then sleep on the ticket.
 * A notifier: make the condition true, then look at WAITERS, and only if somebody is there bump SEQUENCE and
 * wake. All of these are sequentially consistent, so either the notifier sees the announcement, or the
 * announcement came after its look and the waiter's look at the condition came later still, and sees it true
 * (Dekker's argument). If the notifier saw it, the bump makes the ticket stale, so a waiter on its way to
 * sleep does not fall asleep.
 *
 * A waiter that dies stays counted. That costs needless notifications and nothing else; recovery calls
 * {@link EventCount.reset}, which starts a new generation, so that the living do not leave a count that they
 * are no longer in. A waiter whose announcement was forgotten so must not fall asleep: if the new generation
 * began before its ticket was taken, the ticket is stale from the start; if it began later, the bump that
 * follows makes it stale.
 *
 * So each round of a waiter is `enter`, `ticket`, look, `park`, `leave`: after a wake it announces itself anew.
 *
 * A notification for one sleeper is for whoever is first in line, and that one has to look before long. An asynchronous
 * sleeper may not: it has been called off, or its thread blocks. Then all sleepers are woken, which takes it out of line,
 * and those who look find what it was told of: at once when it is called off, and when the first slice of a sleep runs
 * out where its thread blocks (`wakePendingSleeps`).
 *
 * Cf. Vyukov's eventcount and folly's `EventCount`.
 *
 * @packageDocumentation
 */
import { recoverAttachedIfDue } from './attached-objects.ts';
import { Countdown } from './countdown.ts';
import { holdEventLoop } from './keep-alive.ts';
import { addPendingSleeps, type PendingSleeps, removePendingSleeps } from './pending-sleeps.ts';
import type { ThreadIdentity } from './thread-identity.ts';
import { remaining } from './timeout.ts';
import { waitAsync } from './wait-async.ts';
import { watchDeaths } from './watch-deaths.ts';
import { whenAborted } from './when-aborted.ts';

const SEQUENCE = 0;
const WAITERS = 1;
const COUNT = 0xf_ffff;
const GENERATION_SHIFT = 20;

/** How many words an event count takes. */
export const EVENT_COUNT_WORDS = 2;

/**
 * Why a sleep ended: somebody notified (or had, before the sleep began), the time ran out, a thread died
 * meanwhile (recover, then look again), or the signal was aborted.
 */
export type Woken = 'notified' | 'timed-out' | 'death' | 'aborted';

/** The asynchronous sleeps of one view that began since all sleepers were last woken through it. */
interface Sleeps extends PendingSleeps {
  count: number;
}

/** An event count in shared memory, as seen by one thread. Sleepers, blocking and asynchronous, mix freely. */
export class EventCount {
  readonly #words: Int32Array;
  readonly #sequence: number;
  readonly #waiters: number;
  readonly #self: ThreadIdentity;
  /** Generation of the latest {@link enter} through this view. */
  #entered = 0;
  /** Deaths that waiters of this view have been told of, so that none is missed between two sleeps. */
  #deaths = 0;
  /** Asynchronous sleeps through this view that may be in the engine's list, or have just taken a notification. */
  #sleeps: Sleeps | undefined;

  /**
   * @param words the shared memory
   * @param index the first of its {@link EVENT_COUNT_WORDS} words; all zero is an event count without waiters
   * @param self who waits through this view
   */
  constructor(words: Int32Array, index: number, self: ThreadIdentity) {
    this.#words = words;
    this.#sequence = index + SEQUENCE;
    this.#waiters = index + WAITERS;
    this.#self = self;
  }

  /** How many deaths waiters of this view have been told of: all that it remembers from one wait to the next. */
  get deathsTold(): number {
    return this.#deaths;
  }

  /** Whether somebody may be waiting. To be asked after the condition was made true. Does not block. */
  get hasWaiters(): boolean {
    return (Atomics.load(this.#words, this.#waiters) & COUNT) !== 0;
  }

  /** How many have announced themselves; the dead among them count until recovery. Does not block. */
  get waiters(): number {
    return Atomics.load(this.#words, this.#waiters) & COUNT;
  }

  /** Wakes up to `count` sleepers. Does not block. */
  notify(count: number = Infinity): void {
    Atomics.add(this.#words, this.#sequence, 1);
    Atomics.notify(this.#words, this.#sequence, count);
  }

  /** Announces a waiter; returns what {@link leave} wants back. Does not block. */
  enter(): number {
    this.#entered = Atomics.add(this.#words, this.#waiters, 1) >>> GENERATION_SHIFT;
    return this.#entered;
  }

  /** Takes a waiter back out of the count, unless recovery has counted anew since it entered. Does not block. */
  leave(generation: number): void {
    for (;;) {
      const seen = Atomics.load(this.#words, this.#waiters);
      if (seen >>> GENERATION_SHIFT !== generation || (seen & COUNT) === 0) return;
      if (Atomics.compareExchange(this.#words, this.#waiters, seen, seen - 1) === seen) return;
    }
  }

  /**
   * To be taken right after {@link enter}, with no `await` in between, and before the look at the condition.
   * Does not block.
   */
  ticket(): number {
    const sequence = Atomics.load(this.#words, this.#sequence);
    // After the load of the sequence: a reset begins its generation first and bumps the sequence second.
    const generation = Atomics.load(this.#words, this.#waiters) >>> GENERATION_SHIFT;
    return generation === this.#entered ? sequence : (sequence - 1) | 0;
  }

  /** Forgets every announced waiter and wakes them all: they look again and announce themselves anew. */
  reset(): void {
    for (;;) {
      const seen = Atomics.load(this.#words, this.#waiters);
      const next = ((seen >>> GENERATION_SHIFT) + 1) << GENERATION_SHIFT;
      if (Atomics.compareExchange(this.#words, this.#waiters, seen, next) === seen) break;
    }
    this.notify();
  }

  /**
   * Sleeps until the ticket is stale or `deadline` (see `deadlineOf`) passes. Returns `'death'` without
   * sleeping when a death has been recorded that no waiter of this view was told of: recover, then look
   * again. Blocks; only where blocking is allowed.
   */
  park(ticket: number, deadline: number): Woken {
    const self = this.#self;
    const countdown = new Countdown(deadline);
    let slice = self.slice;
    for (;;) {
      // Compared with what was reported last, not with a value taken here: a death that was recorded since
      // the waiter last recovered would go unnoticed, with whatever the dead thread held.
      const deaths = self.table.deaths;
      if (deaths !== this.#deaths) {
        this.#deaths = deaths;
        return 'death';
      }
      const { left } = countdown;
      if (left === 0) return 'timed-out';
      const span = Math.min(left, slice);
      const outcome = Atomics.wait(this.#words, this.#sequence, ticket, span);
      if (outcome !== 'timed-out') return 'notified';
      countdown.slept(span);
      // Who has waited for long looks less often: a thread that is parked for hours costs next to nothing.
      slice = Math.max(slice, Math.min(2 * slice, self.reap()));
    }
  }

  /**
   * The same as a promise, for any thread. Keeps the event loop alive meanwhile, unless `keepAlive` is false.
   * Deaths are recovered by themselves, in every attached object of this thread, and then count as
   * notifications.
   *
   * `Atomics.waitAsync` cannot be called off: the engine's list would keep a wait that was aborted until somebody
   * notifies, and then let it take a notification that was meant for a living waiter. So an abort wakes all sleepers:
   * the dead one leaves the list, and the living look again. The same goes for what it may have taken just before.
   */
  async parkAsync(
    ticket: number,
    deadline: number,
    signal: AbortSignal | undefined,
    keepAlive: boolean = true,
  ): Promise<Woken> {
    const left = remaining(deadline);
    if (left === 0) return 'timed-out';
    if (signal?.aborted) return 'aborted';
    const release = keepAlive ? holdEventLoop() : undefined;
    const unwatch = watchDeaths(this.#self.table);
    try {
      const sleep = waitAsync(this.#words, this.#sequence, ticket, left);
      if (sleep === undefined) return 'notified';
      const sleeps = this.#beginSleep();
      try {
        if (signal === undefined) return translate(await sleep);
        return await new Promise<Woken>((resolve) => {
          const onAbort = () => {
            // At once and not in a microtask, as the thread may block before there is one. Of many aborts in a turn
            // the first wakes all; the others find that they are in the list no more.
            if (this.#sleeps === sleeps) sleeps.wake();
            resolve('aborted');
          };
          const forget = whenAborted(signal, onAbort);
          sleep.then((result) => {
            forget();
            resolve(translate(result));
          });
        });
      } finally {
        // The caller looks a microtask from now. Were the thread to block before that, in another task of its own,
        // whatever this sleep has taken would still be up to it.
        void Promise.resolve()
          .then(nothing)
          .then(() => this.#endSleep(sleeps));
      }
    } finally {
      unwatch();
      release?.();
    }
  }

  /** After a death: recovers whatever else this thread is attached to, as {@link parkAsync} does. Holds no lock. */
  recoverOthers(): void {
    recoverAttachedIfDue(this.#self.table);
  }

  #beginSleep(): Sleeps {
    let sleeps = this.#sleeps;
    if (sleeps === undefined) {
      sleeps = {
        count: 0,
        wake: () => {
          this.#forgetSleeps();
          this.notify();
        },
      };
      this.#sleeps = sleeps;
      addPendingSleeps(sleeps);
    }
    sleeps.count++;
    return sleeps;
  }

  #endSleep(sleeps: Sleeps): void {
    if (--sleeps.count === 0 && this.#sleeps === sleeps) this.#forgetSleeps();
  }

  #forgetSleeps(): void {
    if (this.#sleeps !== undefined) removePendingSleeps(this.#sleeps);
    this.#sleeps = undefined;
  }
}

const nothing = () => {};

const translate = (result: 'ok' | 'timed-out'): Woken => (result === 'ok' ? 'notified' : 'timed-out');
