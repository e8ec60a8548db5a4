import { holdEventLoop } from '@pkg/sync/kernel';
import { rejectionWithCallers } from './caller-frames.ts';
import type { StreamSink } from './stream-sink.ts';

/**
 * The consumer's end of a stream of results. The task stays at most a window of items ahead of it. Leaving a loop
 * over it (`return()`, `throw()`) ends the generator in the worker.
 */
export class TaskStream implements AsyncIterableIterator<unknown>, StreamSink {
  readonly #items: unknown[] = [];
  readonly #waiting: {
    resolve: (result: IteratorResult<unknown> | Promise<never>) => void;
    reject: (error: unknown) => void;
  }[] = [];
  readonly #onConsumed: () => void;
  readonly #onAbandoned: () => void;
  #ended = false;
  #error: { value: unknown; isOwn: boolean } | undefined;
  #release: (() => void) | undefined;

  /**
   * @param onConsumed an item has reached the consumer
   * @param onAbandoned the consumer wants no more
   */
  constructor(onConsumed: () => void, onAbandoned: () => void) {
    this.#onConsumed = onConsumed;
    this.#onAbandoned = onAbandoned;
  }

  get isOver(): boolean {
    return this.#ended;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next item. A pending call keeps the process alive; an abandoned stream does not. */
  next(): Promise<IteratorResult<unknown>> {
    if (this.#items.length > 0) {
      if (!this.#ended) this.#onConsumed();
      return delivered(this.#items.shift());
    }
    if (this.#error !== undefined) {
      const { value, isOwn } = this.#error;
      this.#error = undefined;
      return isOwn ? rejectionWithCallers(value) : Promise.reject(value);
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    this.#release ??= holdEventLoop();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Ends the generator in the worker; items that are on their way are dropped. */
  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    this.leave();
    return { done: true, value };
  }

  /** As `return`, and rejects with `error`. */
  async throw(error?: unknown): Promise<never> {
    this.leave();
    throw error;
  }

  /** The consumer wants no more: pending calls of `next` are told that this is the end. */
  leave(): void {
    this.#items.length = 0;
    this.#error = undefined;
    if (!this.end()) return;
    this.#onAbandoned();
  }

  push(item: unknown): void {
    if (this.#ended) return;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) {
      this.#items.push(item);
      return;
    }
    if (this.#waiting.length === 0) this.#letGo();
    this.#onConsumed();
    delivered(item).then(waiting.resolve, waiting.reject);
  }

  end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#letGo();
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
    return true;
  }

  fail(error: unknown, isOwn = false): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#letGo();
    const first = this.#waiting.shift();
    if (first === undefined) this.#error = { value: error, isOwn };
    else if (isOwn) first.resolve(rejectionWithCallers(error));
    else first.reject(error);
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
    return true;
  }

  callOff(error: unknown): boolean {
    if (!this.fail(error)) return false;
    this.#items.length = 0;
    return true;
  }

  #letGo(): void {
    this.#release?.();
    this.#release = undefined;
  }
}

/** An item with a shared object in it may arrive as a promise. */
const delivered = async (item: unknown): Promise<IteratorResult<unknown>> => ({
  done: false,
  value: await item,
});

/** For the result of a task that nobody gets: if it is a stream, it is left, or it would keep its worker for ever. */
export function leaveStream(result: unknown): void {
  if (result instanceof TaskStream) result.leave();
}
