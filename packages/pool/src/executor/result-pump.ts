import { availableParallelism } from 'node:os';
import type { BlockingQueue } from '@pkg/queue';
import { deadlineOf, realTime } from '@pkg/sync/kernel';
import type { Control } from './control.ts';
import type { Ledger } from './ledger.ts';
import { Patience } from './patience.ts';
import type { ResultRecord } from './protocol.ts';

/** Most results that are handed out in one turn of the event loop. */
const BATCH = 512;

/** Most turns of the event loop, some 3 microseconds each, in which it looks for results in vain before it sleeps. */
const IDLE_TURNS = 32;

/** With as many tasks under way as there are cores, each such look takes time away from a worker. */
const CORES = availableParallelism();

/**
 * While the workers have this much before them, by the pace of the results so far, in milliseconds, results are
 * fetched by a timer: to be woken for each of them would take the workers' time. A timer of 1 ms may take 2.
 */
const BACKLOG = 4;

/** The slowest pace for which a timer saves wake-ups, in milliseconds for one result. */
const SLOWEST_PACE = 0.5;

/**
 * Hands out results on the owner's event loop: as long as there are tasks under way, it looks in each turn; after
 * some turns in vain, or the first one when the workers need all cores or were asleep, it sleeps until a worker notifies
 * it, or for a millisecond when the workers have enough to do for longer than that.
 */
export class ResultPump {
  readonly #results: BlockingQueue<ResultRecord>;
  readonly #control: Control;
  readonly #ledger: Ledger;
  readonly #deliver: (record: ResultRecord) => void;
  #running = false;
  readonly #patience = new Patience(IDLE_TURNS);
  #idleTurns = 0;
  /** Results that were taken, and how many of them were handed out. */
  #batch: readonly ResultRecord[] = NOTHING;
  #handedOut = 0;
  /** When it last went to sleep, or began. */
  #sleptAt = 0;
  /** How many results have come since. */
  #resultsSince = 0;

  constructor(
    results: BlockingQueue<ResultRecord>,
    control: Control,
    ledger: Ledger,
    deliver: (record: ResultRecord) => void,
  ) {
    this.#results = results;
    this.#control = control;
    this.#ledger = ledger;
    this.#deliver = deliver;
  }

  /** Sees to it that results are handed out. To be called when a task comes under way. */
  start(): void {
    this.#idleTurns = 0;
    if (this.#running) return;
    this.#running = true;
    const now = realTime.now();
    this.#patience.paused(now - this.#sleptAt);
    this.#sleptAt = now;
    this.#resultsSince = 0;
    realTime.setImmediate(this.#look);
  }

  /**
   * Hands out results that are there, up to `most`; returns how many. Does not block. Who is handed one may call this
   * again (by `submitSync`, say): it goes on where that one stood, so that everything arrives in order.
   */
  drain(most: number = Infinity): number {
    let count = 0;
    for (; count < most; count++) {
      if (this.#handedOut === this.#batch.length && !this.#takeBatch()) break;
      this.#deliver(this.#batch[this.#handedOut++]!);
    }
    return count;
  }

  #takeBatch(): boolean {
    this.#handedOut = 0;
    // Nobody else takes results, so there is one if it is not empty.
    this.#batch = this.#results.empty() ? NOTHING : this.#results.getMany(BATCH, NO_WAIT);
    return this.#batch.length > 0;
  }

  /** Blocks until there may be results, `hasMail()`, or a thread has died; for `longest` milliseconds at the longest. */
  wait(longest: number, hasMail: () => boolean): void {
    const { results } = this.#control;
    const generation = results.enter();
    try {
      const ticket = results.ticket();
      if (this.#results.empty() && !hasMail()) results.park(ticket, deadlineOf(longest));
    } finally {
      results.leave(generation);
    }
  }

  readonly #look = (): void => {
    let count = 1;
    try {
      count = this.drain(BATCH);
    } finally {
      // Whatever comes out of handing out one result, the others are not to wait for ever.
      this.#goOn(count);
    }
  };

  #goOn(count: number): void {
    this.#resultsSince += count;
    if (count > 0) this.#idleTurns = 0;
    const looksOn = count > 0 || (this.#ledger.size < CORES && ++this.#idleTurns < this.#patience.looks);
    if (this.#ledger.size === 0) this.#running = false;
    else if (looksOn) realTime.setImmediate(this.#look);
    else this.#sleep();
  }

  #sleep(): void {
    const now = realTime.now();
    // Infinite when none has come, so that nobody looks every millisecond for the result of a long task.
    const pace = (now - this.#sleptAt) / this.#resultsSince;
    this.#sleptAt = now;
    this.#resultsSince = 0;
    // The ledger keeps the process alive while somebody waits for a task.
    if (pace < SLOWEST_PACE && pace * (this.#ledger.size - CORES) > BACKLOG)
      realTime.setTimeout(this.#look, 1).unref();
    else void this.#sleepUntilNotified();
  }

  async #sleepUntilNotified(): Promise<void> {
    const { results } = this.#control;
    const generation = results.enter();
    try {
      const ticket = results.ticket();
      if (this.#results.empty()) await results.parkAsync(ticket, Infinity, undefined, false);
    } finally {
      results.leave(generation);
    }
    this.#patience.paused(realTime.now() - this.#sleptAt);
    this.#idleTurns = 0;
    this.#look();
  }
}

const NO_WAIT = { timeout: 0 };
const NOTHING: readonly ResultRecord[] = [];
