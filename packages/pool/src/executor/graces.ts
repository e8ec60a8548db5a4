import { LONGEST_TIMER, realTime } from '@pkg/sync/kernel';

interface Grace {
  readonly until: number;
  readonly end: () => void;
}

/** The times of grace of tasks that were called off. They run out by timers, or, in a thread that blocks, when it looks. */
export class Graces {
  readonly #running = new Set<Grace>();

  /** When the next one runs out, in real time; `Infinity` when none will. */
  get next(): number {
    let next = Infinity;
    for (const { until } of this.#running) next = Math.min(next, until);
    return next;
  }

  /**
   * Calls `end` when `milliseconds` have passed. Does not keep the process alive.
   *
   * @returns a function that calls it off
   */
  begin(milliseconds: number, end: () => void): () => void {
    if (milliseconds > LONGEST_TIMER) return () => {};
    const grace = { until: realTime.now() + milliseconds, end };
    const timer = realTime.setTimeout(() => this.#end(grace), milliseconds).unref();
    this.#running.add(grace);
    return () => {
      realTime.clearTimeout(timer);
      this.#running.delete(grace);
    };
  }

  /** Ends those whose time is over. For a thread whose timers stand still. */
  look(): void {
    const now = realTime.now();
    for (const grace of this.#running) if (grace.until <= now) this.#end(grace);
  }

  #end(grace: Grace): void {
    if (this.#running.delete(grace)) grace.end();
  }
}
