import type { BlockingQueue } from '@pkg/queue';
import type { Control } from './control.ts';
import type { Ledger } from './ledger.ts';
import type { ResultRecord } from './protocol.ts';

/** Most results that are handed out in one turn of the event loop. */
const BATCH = 512;

/** Turns of the event loop, some 3 microseconds each, in which it looks for results in vain before it sleeps. */
const IDLE_TURNS = 32;

/**
 * Hands out results on the owner's event loop: as long as there are tasks under way, it looks in each turn; after
 * some turns in vain it sleeps until a worker notifies it.
 */
export class ResultPump {
  readonly #results: BlockingQueue<ResultRecord>;
  readonly #control: Control;
  readonly #ledger: Ledger;
  readonly #deliver: (record: ResultRecord) => void;
  #running = false;
  #idleTurns = 0;

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
    setImmediate(this.#look);
  }

  /** Hands out results that are there, up to `most`; returns how many. Does not block. */
  drain(most: number = Infinity): number {
    let count = 0;
    while (count < most && !this.#results.empty()) {
      // Nobody else takes results, so there is one.
      const records = this.#results.getMany(Math.min(BATCH, most - count), NO_WAIT);
      count += records.length;
      for (const record of records) this.#deliver(record);
    }
    return count;
  }

  /** Blocks until there may be results, `hasMail()`, a thread has died, or `deadline`. */
  wait(deadline: number, hasMail: () => boolean): void {
    const { results } = this.#control;
    const generation = results.enter();
    try {
      const ticket = results.ticket();
      if (this.#results.empty() && !hasMail()) results.park(ticket, deadline);
    } finally {
      results.leave(generation);
    }
  }

  readonly #look = (): void => {
    if (this.drain(BATCH) > 0) this.#idleTurns = 0;
    if (this.#ledger.size === 0) this.#running = false;
    else if (this.#idleTurns++ < IDLE_TURNS) setImmediate(this.#look);
    else void this.#sleep();
  };

  async #sleep(): Promise<void> {
    const { results } = this.#control;
    const generation = results.enter();
    try {
      const ticket = results.ticket();
      // The ledger keeps the process alive while somebody waits for a task.
      if (this.#results.empty()) await results.parkAsync(ticket, Infinity, undefined, false);
    } finally {
      results.leave(generation);
    }
    this.#idleTurns = 0;
    this.#look();
  }
}

const NO_WAIT = { timeout: 0 };
