import { realTime } from './real-time.ts';

/** What a {@link Termination} needs of a worker: Node's `Worker` has it. */
export interface TerminableWorker {
  terminate(): PromiseLike<unknown>;
  getMaxListeners?(): number;
  setMaxListeners?(count: number): unknown;
}

/** How long the first request is given, in milliseconds, before it is repeated. A worker mostly ends within 3. */
const FIRST_PATIENCE = 10;

/** Each request is given twice as long as the one before, up to this many milliseconds. */
const LONGEST_PATIENCE = 1_000;

/**
 * The end of a worker, requested until it has come.
 *
 * One request can get lost. `terminate()` makes the thread throw an exception that no code can catch, at the next
 * instruction where the engine looks; if that is within JavaScript that Node itself calls from C++, the exception
 * ends only that call. Node does so for every promise that is rejected before anyone awaits it, so that a thread
 * that loops over an async function which throws runs on, and `terminate()` never settles (seen with Node 20.20,
 * 22.23, 24.21 and 26.10). A second request ends it.
 */
export class Termination {
  /** Settles when the worker has ended. */
  readonly ended: Promise<void>;
  readonly #worker: TerminableWorker;
  #patience = FIRST_PATIENCE;
  #repeatAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Requests the end. Does not block. */
  constructor(worker: TerminableWorker) {
    this.#worker = worker;
    this.ended = Promise.resolve(this.#request()).then(() => this.settle());
  }

  /** Repeats the request if the last one has been given its time: for who blocks, so that no timer fires. */
  insist(): void {
    if (realTime.now() < this.#repeatAt) return;
    // Each request adds a listener to the worker, and Node warns of more than ten.
    const listeners = this.#worker.getMaxListeners?.() ?? 0;
    if (listeners > 0) this.#worker.setMaxListeners?.(listeners + 1);
    void this.#request();
  }

  /** The worker has ended: there is nothing left to request. */
  settle(): void {
    realTime.clearTimeout(this.#timer);
    this.#repeatAt = Number.POSITIVE_INFINITY;
  }

  #request(): PromiseLike<unknown> {
    const patience = this.#patience;
    this.#patience = Math.min(2 * patience, LONGEST_PATIENCE);
    this.#repeatAt = realTime.now() + patience;
    realTime.clearTimeout(this.#timer);
    this.#timer = realTime.setTimeout(() => this.insist(), patience + 1);
    return this.#worker.terminate();
  }
}
