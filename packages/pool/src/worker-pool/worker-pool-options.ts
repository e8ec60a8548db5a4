import { checkInteger, describeValue } from '@pkg/sync/kernel';
import { Thread } from '../thread.ts';

/**
 * `A` itself. Written like this, the compiler learns `A` from the constructor, and from the arguments only if that is
 * generic: else `() => [false]` would make the parameter `false` where the constructor says `boolean`.
 */
type Same<A extends readonly unknown[]> = { readonly [K in keyof A]: A[K] };

/** What the constructor of each thread is given: the same for all, or asked anew for each. */
type PoolArgs<A extends readonly unknown[]> = Same<A> | ((index: number) => Same<A>);

interface PoolSize {
  /** How many threads run, 1 to 1000. */
  size: number;
  /**
   * How many threads are started, over the life of the pool, in place of others that failed: that died, or whose
   * `run` threw. Default `3 * size`; `Infinity` for no bound, 0 for none.
   */
  maxRestarts?: number | undefined;
}

interface RequiredArgs<A extends readonly unknown[]> {
  /**
   * What the constructor of each thread is given, as an array. A function is asked for it anew for each thread, also
   * for one in place of another, with the thread's index, 0 to `size` - 1. May be left out only where the constructor
   * can be called with none.
   */
  args: PoolArgs<A>;
}

interface OptionalArgs<A extends readonly unknown[]> {
  /**
   * What the constructor of each thread is given, as an array. A function is asked for it anew for each thread, also
   * for one in place of another, with the thread's index, 0 to `size` - 1. Default: no arguments.
   */
  args?: PoolArgs<A> | undefined;
}

/**
 * How a WorkerPool is made: `size`, `maxRestarts`, and `args`, which is required where the constructor of the threads
 * requires arguments.
 *
 * @example `{ size: 8, args: [queue] }`
 * @example `{ size: 8, args: (index) => [queue, index], maxRestarts: Infinity }`
 */
export type WorkerPoolOptions<A extends readonly unknown[]> = PoolSize &
  ([] extends A ? OptionalArgs<A> : RequiredArgs<A>);

/** Options with their defaults. */
export interface PoolSettings<T extends Thread, A extends readonly unknown[]> {
  readonly threadClass: new (...args: [...A]) => T;
  readonly size: number;
  /** Throws what the user's function throws, and TypeError when that returns no array. */
  readonly argsOf: (index: number) => readonly [...A];
  readonly maxRestarts: number;
}

/** Checks a class and options. Throws TypeError or RangeError, naming the option and its value; runs none of the class. */
export function settingsOf<T extends Thread, A extends readonly unknown[]>(
  threadClass: new (...args: [...A]) => T,
  options: WorkerPoolOptions<A>,
): PoolSettings<T, A> {
  checkClass(threadClass);
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`WorkerPool takes options such as { size: 4 }, not ${describeValue(options)}`);
  }
  const size = checkInteger('options.size', options.size, 1, 1000);
  const { maxRestarts = 3 * size } = options;
  return {
    threadClass,
    size,
    argsOf: argsOf<A>(options.args),
    maxRestarts:
      maxRestarts === Infinity ? Infinity : checkInteger('options.maxRestarts', maxRestarts, 0, 2 ** 31 - 1),
  };
}

function checkClass(threadClass: unknown): void {
  if (typeof threadClass === 'function' && threadClass.prototype instanceof Thread) return;
  const described = describeValue(threadClass);
  throw new TypeError(
    `WorkerPool takes a class that extends the Thread of this @pkg/pool, not ${described}: pass the class itself`,
  );
}

function argsOf<A extends readonly unknown[]>(
  args: PoolArgs<A> | undefined,
): (index: number) => readonly [...A] {
  if (typeof args === 'function') {
    return (index) => {
      const each: unknown = args(index);
      if (Array.isArray(each)) return each as unknown as readonly [...A];
      throw new TypeError(
        `options.args must return an array of the constructor's arguments, not ${describeValue(each)}, ` +
          `for the thread of index ${index}`,
      );
    };
  }
  if (args !== undefined && !Array.isArray(args)) {
    throw new TypeError(
      `options.args must be an array of the constructor's arguments or a function that returns one, ` +
        `not ${describeValue(args)}: write [value] for one argument`,
    );
  }
  // Those in place of others get the same, whatever becomes of the user's array.
  const same = [...(args ?? [])] as unknown as readonly [...A];
  return () => same;
}
