/** One access as a thread made it under the {@link Gate}. */
export interface GatedAccess {
  readonly thread: number;
  readonly operation: string;
  readonly args: readonly unknown[];
  readonly result: unknown;
}

/** What the threads of a gated run share besides the scenario's own memory; structured-cloneable. */
export interface GateHandle {
  /** Layout below. */
  readonly control: SharedArrayBuffer;
  /** The thread whose turn it is, for each step. */
  readonly turns: readonly number[];
  readonly threads: number;
}

/**
 * Layout of the control words:
 *
 *   0            the step whose turn it is; written by the thread that made the step before
 *   1            1 once the run failed and everyone goes free
 *   2 + 2t       for thread t: 0, or 1 + the place in memory that it waits on, or -1 once woken
 *   3 + 2t       the step at which it came to wait
 */
const step = 0;
const failed = 1;
const placeOf = (thread: number): number => 2 + 2 * thread;
const cameOf = (thread: number): number => 3 + 2 * thread;

/** Milliseconds that a thread waits for its turn before it concludes that the schedule does not fit. */
const patience = 10_000;

/** Lets real threads make their accesses one at a time, in the order of a schedule. */
export class Gate {
  readonly #words: Int32Array;
  readonly #turns: readonly number[];
  readonly #threads: number;
  readonly #index: number;
  readonly accesses: (GatedAccess & { readonly step: number })[] = [];

  /** Control memory for a run of `threads` threads. */
  static create(turns: readonly number[], threads: number): GateHandle {
    return { control: new SharedArrayBuffer(placeOf(threads) * 4), turns, threads };
  }

  constructor(handle: GateHandle, index: number) {
    this.#words = new Int32Array(handle.control);
    this.#turns = handle.turns;
    this.#threads = handle.threads;
    this.#index = index;
  }

  /** Waits for this thread's turn. */
  #enter(): number {
    for (;;) {
      const now = Atomics.load(this.#words, step);
      if (Atomics.load(this.#words, failed) === 1) throw new Error('Another thread of the gated run failed');
      if (this.#turns[now] === this.#index) return now;
      if (now >= this.#turns.length || Atomics.wait(this.#words, step, now, patience) === 'timed-out') {
        throw new Error(
          `Thread ${this.#index} stood at step ${now} of ${this.#turns.length} and had no turn`,
        );
      }
    }
  }

  /** Passes the turn on. */
  #leave(at: number): void {
    Atomics.store(this.#words, step, at + 1);
    Atomics.notify(this.#words, step);
  }

  /** Lets everyone go, because the run cannot be finished. */
  fail(): void {
    Atomics.store(this.#words, failed, 1);
    // A step that is nobody's: who is about to wait for the present one does not fall asleep on it.
    Atomics.store(this.#words, step, this.#turns.length + 1);
    Atomics.notify(this.#words, step);
    for (let thread = 0; thread < this.#threads; thread++) Atomics.notify(this.#words, placeOf(thread));
  }

  /** Makes one access in this thread's turn. */
  access<T>(operation: string, args: readonly unknown[], body: () => T): T {
    const at = this.#enter();
    const result = body();
    this.accesses.push({ step: at, thread: this.#index, operation, args, result });
    this.#leave(at);
    return result;
  }

  /**
   * `Atomics.wait`: compares in this thread's turn; then sleeps on a word of its own, registered under the place,
   * until a notify wakes it.
   */
  wait(place: number, args: readonly unknown[], isEqual: () => boolean): string {
    const at = this.#enter();
    const word = placeOf(this.#index);
    const sleeps = isEqual();
    const result = sleeps ? 'waits' : 'not-equal';
    this.accesses.push({ step: at, thread: this.#index, operation: 'wait', args, result });
    if (sleeps) {
      Atomics.store(this.#words, cameOf(this.#index), at);
      Atomics.store(this.#words, word, 1 + place);
    }
    this.#leave(at);
    if (!sleeps) return result;
    while (Atomics.load(this.#words, word) !== -1) {
      if (Atomics.load(this.#words, failed) === 1) throw new Error('Another thread of the gated run failed');
      Atomics.wait(this.#words, word, 1 + place, patience);
    }
    Atomics.store(this.#words, word, 0);
    return 'ok';
  }

  /** `Atomics.notify`: wakes those who wait on the place, first come, first woken. */
  notify(place: number, count: number): number {
    return this.access('notify', count === Number.POSITIVE_INFINITY ? [] : [count], () => {
      const waiters = Array.from({ length: this.#threads }, (_, thread) => thread)
        .filter((thread) => Atomics.load(this.#words, placeOf(thread)) === 1 + place)
        .sort((a, b) => Atomics.load(this.#words, cameOf(a)) - Atomics.load(this.#words, cameOf(b)))
        .slice(0, count);
      for (const thread of waiters) {
        Atomics.store(this.#words, placeOf(thread), -1);
        Atomics.notify(this.#words, placeOf(thread));
      }
      return waiters.length;
    });
  }
}
