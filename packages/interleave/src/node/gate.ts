/** One access as a thread made it under the {@link Gate}. */
export interface GatedAccess {
  readonly thread: number;
  readonly operation: string;
  readonly args: readonly unknown[];
  readonly result: unknown;
}

/** An access in one line, the same for the model's and a thread's if they are the same. */
export function summaryOf({ thread, operation, args, result }: GatedAccess): string {
  return `thread ${thread}: ${[operation, ...args.map(String)].join(' ')}: ${String(result)}`;
}

/** What the model did in one step, for the threads to do the same. */
export interface GatedStep {
  readonly thread: number;
  /** By {@link summaryOf}. */
  readonly summary: string;
}

/** What the threads of a gated run share besides the scenario's own memory; structured-cloneable. */
export interface GateHandle {
  /** Layout below. */
  readonly control: SharedArrayBuffer;
  /** What is to happen, step by step. */
  readonly steps: readonly GatedStep[];
  readonly threads: number;
}

/** Thrown in the thread that does not do what the model did. */
export class ThreadDiffers extends Error {
  /** The step in which it differs; the number of steps for an access after all of them. */
  readonly step: number;
  /** What it did there instead. */
  readonly did: string;

  constructor(step: number, did: string) {
    super(`Step ${step} was '${did}'`);
    this.step = step;
    this.did = did;
  }
}

/** Thrown in the threads that are let go because another one has failed. */
export class LetGo extends Error {}

/**
 * Layout of the control words:
 *
 *   0            the step whose turn it is; written by the thread that made the step before
 *   1            1 once the run failed and everyone goes free
 *   2            how many threads have come to the gate
 *   3 + 2t       for thread t: 0, or 1 + the place in memory that it waits on, or -1 once woken
 *   4 + 2t       the step at which it came to wait
 *
 * Invariant: every step before the one whose turn it is was what the model did. So the first access in which the threads
 * differ is found by the thread whose turn it is, and by no other: one that has an access too many keeps it back until
 * all steps are done, since another thread may still differ in an earlier one.
 */
const turn = 0;
const failed = 1;
const arrived = 2;
const placeOf = (thread: number): number => 3 + 2 * thread;
const cameOf = (thread: number): number => 4 + 2 * thread;

/**
 * Milliseconds without a step after which the thread whose turn it is counts as stuck: in memory that is not the
 * scenario's, or in an endless loop.
 */
const patience = 10_000;

/** Lets real threads make their accesses one at a time, in the order of a schedule, as long as they are the model's. */
export class Gate {
  readonly #words: Int32Array;
  readonly #steps: readonly GatedStep[];
  readonly #threads: number;
  readonly #index: number;
  readonly accesses: (GatedAccess & { readonly step: number })[] = [];

  /** Control memory for a run of `threads` threads. */
  static create(steps: readonly GatedStep[], threads: number): GateHandle {
    return { control: new SharedArrayBuffer(placeOf(threads) * 4), steps, threads };
  }

  constructor(handle: GateHandle, index: number) {
    this.#words = new Int32Array(handle.control);
    this.#steps = handle.steps;
    this.#threads = handle.threads;
    this.#index = index;
  }

  /** Waits until all threads have come: how long each takes to load its modules must not count as being stuck. */
  meet(): void {
    Atomics.add(this.#words, arrived, 1);
    Atomics.notify(this.#words, arrived);
    for (;;) {
      const present = Atomics.load(this.#words, arrived);
      this.#mayGoOn();
      if (present >= this.#threads) return;
      Atomics.wait(this.#words, arrived, present);
    }
  }

  /** Waits for this thread's turn, or for the end of all steps, and tells which it is. */
  #enter(): number {
    for (;;) {
      const now = Atomics.load(this.#words, turn);
      this.#mayGoOn();
      const step = this.#steps[now];
      if (step === undefined || step.thread === this.#index) return now;
      if (Atomics.wait(this.#words, turn, now, patience) === 'timed-out') {
        throw new ThreadDiffers(now, `thread ${step.thread}: nothing for ${patience / 1000} seconds`);
      }
    }
  }

  #mayGoOn(): void {
    if (Atomics.load(this.#words, failed) === 1) throw new LetGo('Another thread of the gated run failed');
  }

  /** Notes an access and passes the turn on. */
  #leave(step: number, operation: string, args: readonly unknown[], result: unknown): void {
    const access = { thread: this.#index, operation, args, result };
    const did = summaryOf(access);
    if (this.#steps[step]?.summary !== did) throw new ThreadDiffers(step, did);
    this.accesses.push({ step, ...access });
    Atomics.store(this.#words, turn, step + 1);
    Atomics.notify(this.#words, turn);
  }

  /** Lets everyone go, because the run cannot be finished. */
  fail(): void {
    Atomics.store(this.#words, failed, 1);
    // A step that is nobody's: who is about to wait for the present one does not fall asleep on it.
    Atomics.store(this.#words, turn, this.#steps.length + 1);
    Atomics.notify(this.#words, turn);
    Atomics.store(this.#words, arrived, this.#threads);
    Atomics.notify(this.#words, arrived);
    for (let thread = 0; thread < this.#threads; thread++) {
      // As the turn, the word is changed before it is notified.
      Atomics.store(this.#words, placeOf(thread), -1);
      Atomics.notify(this.#words, placeOf(thread));
    }
  }

  /** Called when the thread has no more accesses to make: in the model it must have none either. */
  finish(): void {
    const due = this.#steps.filter(({ thread }) => thread === this.#index).length;
    if (this.accesses.length < due) throw new ThreadDiffers(this.#enter(), `thread ${this.#index}: end`);
  }

  /** Makes one access in this thread's turn. */
  access<T>(operation: string, args: readonly unknown[], body: () => T): T {
    const step = this.#enter();
    const result = body();
    this.#leave(step, operation, args, result);
    return result;
  }

  /**
   * `Atomics.wait`: compares in this thread's turn; then sleeps on a word of its own, registered under the place,
   * until a notify wakes it.
   */
  wait(place: number, args: readonly unknown[], isEqual: () => boolean): string {
    const step = this.#enter();
    const word = placeOf(this.#index);
    const sleeps = isEqual();
    const result = sleeps ? 'waits' : 'not-equal';
    if (sleeps) {
      Atomics.store(this.#words, cameOf(this.#index), step);
      Atomics.store(this.#words, word, 1 + place);
    }
    this.#leave(step, 'wait', args, result);
    if (!sleeps) return result;
    // After the word was written: a failure that is noted later than this writes it once more.
    this.#mayGoOn();
    // The model's execution went on from here by a notify, which is among the steps: so it comes, or the run fails.
    while (Atomics.load(this.#words, word) !== -1) Atomics.wait(this.#words, word, 1 + place);
    Atomics.store(this.#words, word, 0);
    this.#mayGoOn();
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
