import { leavable } from './leavable.ts';
import type { PendingTask } from './pending-task.ts';
import { TaskStream } from './task-stream.ts';

/** Who can cancel a task. */
interface Canceller {
  cancel(task: PendingTask, reason: unknown): void;
}

/** What `submit` returns: a promise of the task's result that can also be cancelled, or iterated if it is a stream. */
export class Task<R> extends Promise<R> {
  /** @internal */
  canceller: Canceller | undefined;
  /** @internal */
  pending: PendingTask | undefined;

  /**
   * Cancels the task, if it is not done: the promise rejects at once with `reason`, by default a TaskCancelled. If
   * no worker has begun it, none ever will. If it runs, it can see so by `currentTask()`; if it still runs after
   * the executor's `graceMs`, its worker is terminated and replaced. A stream gives no more items, and rejects with
   * `reason` instead, at once as well. Does not block.
   */
  cancel(reason?: unknown): void {
    if (this.pending !== undefined) this.canceller?.cancel(this.pending, reason);
  }

  /**
   * The items of a task that is a generator, as they come. Leaving the loop early ends the generator, also while it is
   * to yield its next item. The iterator's `return()` and `throw()` cancel a task that has yet to begin.
   */
  [Symbol.asyncIterator](): AsyncGenerator<R extends AsyncIterable<infer T> ? T : never> {
    let left = false;
    return leavable(
      this.#items(() => left),
      () => {
        left = true;
        this.#leave();
      },
    );
  }

  async *#items(isLeft: () => boolean): AsyncGenerator<R extends AsyncIterable<infer T> ? T : never> {
    let stream: unknown;
    try {
      stream = await this;
    } catch (error) {
      // Of the cancellation that leaving has caused.
      if (isLeft()) return;
      throw error;
    }
    if (typeof stream !== 'object' || stream === null || !(Symbol.asyncIterator in stream)) {
      throw new TypeError('the task returned a single value: await it. Only a generator can be iterated');
    }
    yield* stream as AsyncIterable<never>;
  }

  /** The consumer of the items wants no more. */
  #leave(): void {
    const stream = this.pending?.stream;
    if (stream instanceof TaskStream) {
      stream.leave();
      return;
    }
    // Whoever has called for it is not to hear of it as of an error that nobody handles.
    this.catch(() => {});
    this.cancel();
  }
}

// `await` takes the direct way for promises that call themselves so, and `then` makes plain promises.
Object.defineProperty(Task.prototype, 'constructor', { value: Promise, writable: true, configurable: true });
