import { wholeNumber } from './options.ts';
import type { Task } from './task.ts';

/** How `map` goes through its items. */
export interface MapOptions {
  /**
   * The most items that are taken from the source and not yet consumed, 1 or more: this bounds the memory, whatever
   * the length of the source. Default: twice `maxWorkers`.
   */
  concurrency?: number | undefined;
  /** Whether results come in the order of the items, or as they are done. Default `true`. */
  ordered?: boolean | undefined;
  /** Ends the iteration with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Runs `begin` on each item, up to `concurrency` at once, and yields the results. Leaving early, or an error,
 * cancels what is under way and closes the source.
 */
export async function* mapTasks<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  begin: (item: T) => Task<R>,
  { concurrency, ordered = true, signal }: MapOptions & { concurrency: number },
): AsyncGenerator<R, void, undefined> {
  wholeNumber('concurrency', concurrency, 1, 2 ** 31 - 1);
  const iterator =
    Symbol.asyncIterator in source
      ? source[Symbol.asyncIterator]()
      : (source[Symbol.iterator]() as Iterator<T>);
  const underWay = new Set<Task<R>>();
  const results: Promise<Outcome<R>>[] = [];
  const abort = signal && rejectionOf(signal);
  let exhausted = false;
  const fill = async () => {
    while (!exhausted && results.length < concurrency) {
      const next = iterator.next();
      const step =
        next instanceof Promise ? await (abort ? Promise.race([next, abort.promise]) : next) : next;
      if ((step as IteratorResult<T>).done === true) {
        exhausted = true;
        return;
      }
      const task = begin((step as IteratorResult<T>).value);
      underWay.add(task);
      // Watched from the start: it may reject long before its turn.
      const result: Promise<Outcome<R>> = task.then(
        (value) => ({ value, of: result }),
        (error) => ({ error, of: result }),
      );
      void result.then(() => underWay.delete(task));
      results.push(result);
    }
  };
  try {
    signal?.throwIfAborted();
    for (;;) {
      await fill();
      if (results.length === 0) return;
      const candidates = ordered ? [results[0]!] : results;
      const first = await Promise.race(abort ? [abort.promise, ...candidates] : candidates);
      results.splice(results.indexOf(first.of), 1);
      if ('error' in first) throw first.error;
      yield first.value;
    }
  } finally {
    abort?.release();
    // The latest first: a worker that is freed by a cancellation is to find nothing more to begin.
    for (const task of [...underWay].reverse()) task.cancel();
    if (!exhausted) await iterator.return?.();
  }
}

type Outcome<R> = { of: Promise<Outcome<R>> } & ({ value: R } | { error: unknown });

function rejectionOf(signal: AbortSignal): { promise: Promise<never>; release: () => void } {
  let onAbort!: () => void;
  const promise = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  promise.catch(() => {});
  return { promise, release: () => signal.removeEventListener('abort', onAbort) };
}
