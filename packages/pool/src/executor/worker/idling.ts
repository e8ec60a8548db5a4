import { turn } from '@pkg/sync/kernel';
import type { Control } from '../control.ts';
import { Patience } from '../patience.ts';

/** How often a worker looks for work before it sleeps: about as long as a result takes to the caller and back. */
const LOOKS = 300;

/**
 * How long it then sleeps with its event loop standing still, in milliseconds. Being woken from that takes a
 * quarter of what it takes from the event loop.
 */
const LONGEST_STANDSTILL = 2;

/**
 * Waits for work: for a moment wide awake, unless there was none for long, for a short while asleep, then in the event
 * loop, so that whatever tasks have left behind (timers, sockets) is served.
 */
export class Idling {
  readonly #control: Control;
  readonly #hasWork: () => boolean;
  readonly #patience = new Patience(LOOKS);

  constructor(control: Control, hasWork: () => boolean) {
    this.#control = control;
    this.#hasWork = hasWork;
  }

  /** Returns true when there is work, false when the worker has retired instead. */
  async wait(): Promise<boolean> {
    const hasWork = this.#hasWork;
    for (let looks = this.#patience.looks; looks > 0; looks--) if (hasWork()) return true;
    const start = performance.now();
    const found = this.#standStill() || (await this.#sleep(start));
    this.#patience.paused(performance.now() - start);
    return found;
  }

  #standStill(): boolean {
    const { work } = this.#control;
    const generation = work.enter();
    try {
      const ticket = work.ticket();
      if (this.#hasWork()) return true;
      work.park(ticket, performance.now() + LONGEST_STANDSTILL);
    } finally {
      work.leave(generation);
    }
    return this.#hasWork();
  }

  async #sleep(start: number): Promise<boolean> {
    const control = this.#control;
    const { work } = control;
    let idleUntil = start + control.idleTimeout;
    await turn();
    for (;;) {
      const generation = work.enter();
      try {
        const ticket = work.ticket();
        if (this.#hasWork()) return true;
        const woken = await work.parkAsync(ticket, idleUntil, undefined);
        if (this.#hasWork()) return true;
        if (woken === 'timed-out' && control.retire()) return false;
        // One of those that stay.
        if (woken === 'timed-out') idleUntil = Infinity;
      } finally {
        work.leave(generation);
      }
    }
  }
}
