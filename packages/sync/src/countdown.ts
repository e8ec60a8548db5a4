import { remaining } from './timeout.ts';

/**
 * The time that a thread has left which blocks until a deadline: by the clock, and by how long it has slept. A program may
 * have put a clock of its own in the place of `performance.now`, as tests with fake timers do, and that one stands still
 * for as long as the thread blocks.
 */
export class Countdown {
  readonly #deadline: number;
  /** What is left by the sleeps alone, since the last look at the clock. */
  #most = Infinity;

  /** @param deadline see `deadlineOf` */
  constructor(deadline: number) {
    this.#deadline = deadline;
  }

  /** Milliseconds left; 0 when time is up, `Infinity` when there is no deadline. Does not block. */
  get left(): number {
    this.#most = Math.min(this.#most, remaining(this.#deadline));
    return this.#most;
  }

  /** Counts a sleep that lasted for `milliseconds`, no more than were left. Does not block. */
  slept(milliseconds: number): void {
    this.#most -= milliseconds;
  }
}
