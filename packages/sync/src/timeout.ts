import { checkOptions } from './check-options.ts';
import { describeValue } from './describe-value.ts';

/** Longest delay that timers take, in milliseconds: some 24 days. With a longer one they go off at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** How long a blocking verb may wait. */
export interface WaitOptions {
  /**
   * Milliseconds to wait at the most. Default `undefined`: for ever. `0` does not wait.
   * Negative or `NaN` is a `RangeError`.
   */
  timeout?: number | undefined;
}

/** How long an asynchronous verb may wait, and what calls it off. */
export interface AsyncWaitOptions extends WaitOptions {
  /** Aborting it rejects the pending promise with the signal's reason and changes nothing else. */
  signal?: AbortSignal | undefined;
}

/**
 * The moment, on `performance.now()`'s clock, at which a wait of `timeout` milliseconds ends; `Infinity` for
 * `undefined`.
 *
 * @throws TypeError when `timeout` is no number, RangeError when it is negative or NaN
 */
export function deadlineOf(timeout: number | undefined): number {
  if (timeout === undefined) return Infinity;
  if (typeof timeout !== 'number') {
    throw new TypeError(
      `timeout must be a number of milliseconds or undefined, not ${describeValue(timeout)}`,
    );
  }
  if (!(timeout >= 0)) {
    throw new RangeError(
      `timeout must be 0 or more milliseconds, or undefined to wait for ever, not ${timeout}`,
    );
  }
  if (timeout === 0) return -Infinity;
  return timeout === Infinity ? Infinity : performance.now() + timeout;
}

/**
 * {@link deadlineOf} the timeout in a verb's options.
 *
 * @throws as that, and TypeError when `options` are no object: a bare number of milliseconds would pass for no timeout
 */
export function deadlineIn(options: WaitOptions): number {
  checkOptions(options, '{ timeout: 1000 }');
  return deadlineOf(options.timeout);
}

/** Milliseconds from now until `deadline`; 0 when it has passed, `Infinity` when there is none. */
export function remaining(deadline: number): number {
  if (deadline === Infinity) return Infinity;
  if (deadline === -Infinity) return 0;
  return Math.max(0, deadline - performance.now());
}
