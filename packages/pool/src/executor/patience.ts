/**
 * After a pause longer than this, in milliseconds, the other side is asleep as well. What it takes to wake up, some
 * hundreds of microseconds then, is not worth staying awake for, and takes the time of those who work. Far more than
 * sleeping and waking take where both sides are busy: or two that only ever sleep would never again stay awake.
 */
const PAUSE = 2;

/** How often to look for something before going to sleep: often as long as there is much to do, once after a pause. */
export class Patience {
  readonly #most: number;
  #looks: number;

  /** @param most how many looks are made in vain at the most */
  constructor(most: number) {
    this.#most = most;
    this.#looks = most;
  }

  /** How many looks to make before the next sleep. */
  get looks(): number {
    return this.#looks;
  }

  /** Tells how long nothing has happened, in milliseconds. */
  paused(milliseconds: number): void {
    this.#looks = milliseconds < PAUSE ? this.#most : 1;
  }
}
