import { holdEventLoop, LONGEST_TIMER } from '@pkg/sync/kernel';
import { ExecutorShutDown } from './errors.ts';
import { type ShutdownOptions, shutdownSettingsOf } from './options.ts';

/** What {@link Closing} has the executor do. */
export interface ClosingEvents {
  /** Cancels the tasks that no worker has begun. */
  cancelPending(): void;
  /** Lets the workers end if no task is under way. */
  closeWhenDone(): void;
  /** Cancels what is under way and ends the workers by force. */
  end(): void;
  /** The last worker has ended. */
  ended(): void;
}

/** The way of an executor to its end: gentle first, harder if asked again. */
export class Closing {
  /** Why tasks are refused; undefined as long as they are not. */
  refusal: ((taskName: string) => Error) | undefined;
  readonly #events: ClosingEvents;
  #over: Promise<void> | undefined;
  #resolve: (() => void) | undefined;
  #isOver = false;

  constructor(events: ClosingEvents) {
    this.#events = events;
  }

  /** Whether it has begun. */
  get isUnderWay(): boolean {
    return this.#over !== undefined;
  }

  /** Whether the last worker has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** See `ThreadPoolExecutor.shutdown`. */
  shutdown(options: ShutdownOptions): Promise<void> {
    const { wait, cancelPending, limit } = shutdownSettingsOf(options);
    this.refusal ??= (name) => new ExecutorShutDown(name);
    this.#over ??= new Promise((resolve) => {
      this.#resolve = resolve;
    });
    if (cancelPending) this.#events.cancelPending();
    this.#events.closeWhenDone();
    if (limit <= LONGEST_TIMER && !this.#isOver) {
      const timer = setTimeout(() => {
        if (!this.#isOver) this.#events.end();
      }, limit);
      void this.#over.then(() => clearTimeout(timer));
    }
    if (!wait) return Promise.resolve();
    const release = holdEventLoop();
    return this.#over.finally(release);
  }

  /** To be called when there is no worker left; nothing happens if there are to be others. */
  finish(): void {
    if (this.#over === undefined || this.#isOver) return;
    this.#isOver = true;
    this.#events.ended();
    this.#resolve?.();
  }
}
