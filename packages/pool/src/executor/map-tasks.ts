import {
  checkInteger,
  checkSignal,
  describeValue,
  throwIfAborted,
  turn,
  whenAborted,
} from '@pkg/sync/kernel';
import { leavable } from './leavable.ts';
import type { Task } from './task.ts';
import { leaveStream } from './task-stream.ts';

/** How `map` goes through its items. */
export interface MapOptions {
  /**
   * The most items that are taken from the source and not yet consumed, 1 or more: this bounds the memory, whatever
   * the length of the source. An item counts as consumed when the next result is asked for. Default: twice
   * `maxWorkers`.
   */
  concurrency?: number | undefined;
  /** Whether results come in the order of the items, or as they are done. Default `true`. */
  ordered?: boolean | undefined;
  /** Ends the iteration with the signal's reason, at once, and cancels what is under way. */
  signal?: AbortSignal | undefined;
}

/**
 * Runs `begin` on each item, up to `concurrency` at once, and yields each result as soon as it is there, whether or not
 * the source has given its next item. Leaving early (`return()`, `throw()`), a failure of a task or of the source, and the
 * signal cancel what is under way, streams that were not yielded yet too, and close the source. A source that is still to
 * answer then is told so by its `return()`, but not waited for; an item that it gives afterwards is dropped.
 */
export function mapTasks<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  begin: (item: T) => Task<R>,
  options: MapOptions & { concurrency: number },
): AsyncGenerator<R, void, undefined> {
  const mapping = new Mapping(source, begin, options);
  return leavable(mapping.results(), () => mapping.end('left'));
}

type Outcome<R> = { value: R } | { error: unknown };

/** An item whose result has not been handed on. */
interface Place<R> {
  outcome: Outcome<R> | undefined;
}

class Mapping<T, R> {
  readonly #source: Iterable<T> | AsyncIterable<T>;
  readonly #begin: (item: T) => Task<R>;
  readonly #options: MapOptions & { concurrency: number };
  #iterator!: Iterator<T> | AsyncIterator<T>;
  #isAsync = false;
  /** Whether the source is to answer a `next()`: it is asked for one item at a time. */
  #asked = false;
  /** Whether the source has said that it is done, or has failed: then there is nothing to be closed. */
  #exhausted = false;
  /** Items that were taken and are not consumed. */
  #taken = 0;
  readonly #underWay = new Set<Task<R>>();
  /** When results come in order: the items from the oldest on whose result is not there. */
  readonly #line: Place<R>[] = [];
  /** What the consumer gets next. */
  readonly #ready: Outcome<R>[] = [];
  #end: 'left' | { error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(
    source: Iterable<T> | AsyncIterable<T>,
    begin: (item: T) => Task<R>,
    options: MapOptions & { concurrency: number },
  ) {
    this.#source = source;
    this.#begin = begin;
    this.#options = options;
  }

  async *results(): AsyncGenerator<R, void, undefined> {
    const { concurrency, signal } = this.#options;
    checkInteger('options.concurrency', concurrency, 1, 2 ** 31 - 1);
    checkSignal(signal);
    this.#open();
    const forget = whenAborted(signal, () => this.end({ error: signal!.reason }));
    let failed = false;
    try {
      throwIfAborted(signal);
      for (;;) {
        this.#ask();
        while (!this.#hasNews) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
        if (this.#end === 'left') return;
        if (this.#end !== undefined) throw this.#end.error;
        const outcome = this.#ready.shift();
        if (outcome === undefined) return;
        if ('error' in outcome) throw outcome.error;
        yield outcome.value;
        this.#taken--;
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      forget();
      this.end('left');
      if (!this.#exhausted) await this.#close(failed);
    }
  }

  /**
   * Nothing is begun any more, and what is under way is cancelled, streams that wait for their turn too. The first of
   * several reasons counts.
   */
  end(why: 'left' | { error: unknown }): void {
    if (this.#end !== undefined) return;
    this.#end = why;
    // The latest first: a worker that is freed by a cancellation is to find nothing more to begin.
    for (const task of [...this.#underWay].reverse()) task.cancel();
    // What is there is not handed on any more.
    for (const outcome of [...this.#ready, ...this.#line.map((place) => place.outcome)]) {
      if (outcome !== undefined && 'value' in outcome) leaveStream(outcome.value);
    }
    this.#wake?.();
  }

  /** As `for await` does; strings are iterable too, so nothing may take objects for granted. */
  #open(): void {
    const source = this.#source as Partial<Iterable<T> & AsyncIterable<T>> | null | undefined;
    const openAsync = source?.[Symbol.asyncIterator];
    this.#isAsync = openAsync !== undefined && openAsync !== null;
    const open = (this.#isAsync ? openAsync : source?.[Symbol.iterator]) as (() => Iterator<T>) | undefined;
    if (typeof open !== 'function') {
      throw new TypeError(`map() takes something iterable, not ${describeValue(source)}`);
    }
    this.#iterator = open.call(source);
  }

  get #hasNews(): boolean {
    return this.#ready.length > 0 || this.#end !== undefined || (this.#exhausted && this.#taken === 0);
  }

  get #hasRoom(): boolean {
    return (
      !this.#asked && !this.#exhausted && this.#end === undefined && this.#taken < this.#options.concurrency
    );
  }

  /**
   * Asks the source for items while the window has room, until it has to be waited for. It then goes on when the item
   * is there, also while the consumer is busy.
   */
  #ask(): void {
    while (this.#hasRoom) {
      let next: ReturnType<(Iterator<T> | AsyncIterator<T>)['next']>;
      try {
        next = this.#iterator.next();
      } catch (error) {
        this.#failBySource(error);
        return;
      }
      if (this.#isAsync) {
        this.#asked = true;
        void this.#answer(next as Promise<IteratorResult<T>>);
      } else this.#take(next as IteratorResult<T>);
    }
  }

  async #answer(next: Promise<IteratorResult<T>>): Promise<void> {
    let step: IteratorResult<T>;
    try {
      step = await next;
    } catch (error) {
      this.#asked = false;
      this.#failBySource(error);
      return;
    }
    this.#asked = false;
    this.#take(step);
    this.#ask();
  }

  #take(step: IteratorResult<T>): void {
    let item: T;
    try {
      if (Object(step) !== step) {
        throw new TypeError(`the source of map() gave ${describeValue(step)} instead of an iterator result`);
      }
      if (step.done) {
        this.#exhausted = true;
        this.#wake?.();
        return;
      }
      item = step.value;
    } catch (error) {
      this.#failBySource(error);
      return;
    }
    if (this.#end !== undefined) return;
    this.#taken++;
    try {
      this.#watch(this.#begin(item));
    } catch (error) {
      this.end({ error });
    }
  }

  /** From the start: the task may end long before its turn. */
  #watch(task: Task<R>): void {
    const place: Place<R> = { outcome: undefined };
    if (this.#options.ordered !== false) this.#line.push(place);
    const settle = (outcome: Outcome<R>) => {
      this.#underWay.delete(task);
      place.outcome = outcome;
      if (this.#options.ordered === false) this.#ready.push(outcome);
      else while (this.#line[0]?.outcome !== undefined) this.#ready.push(this.#line.shift()!.outcome!);
      if (this.#ready.length > 0) this.#wake?.();
    };
    this.#underWay.add(task);
    task.then(
      (value) => settle({ value }),
      (error) => settle({ error }),
    );
    // The item's own code may have ended the iteration while the task was being submitted.
    if (this.#end !== undefined) task.cancel();
  }

  #failBySource(error: unknown): void {
    this.#exhausted = true;
    this.end({ error });
  }

  /** As for-of does: an error on the way out is thrown, unless it would take the place of the one that led there. */
  async #close(failed: boolean): Promise<void> {
    try {
      const closed: unknown = this.#iterator.return?.();
      // A generator that is to answer closes after that. One whose item is just coming has done so within this turn.
      await (this.#asked ? Promise.race([closed, turn()]) : closed);
    } catch (error) {
      if (!failed) throw error;
    }
  }
}
