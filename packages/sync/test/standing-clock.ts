import { vi } from 'vitest';
import { realTime } from '../src/real-time.ts';

/** Longer than any wait of a test lasts, however busy the machine: milliseconds of real time. */
const LONGEST_WAIT = 30_000;

/**
 * Stops `performance.now()` until it is disposed of, as fake timers do. Who still looks at it after half a minute, since it
 * does not move, is told so by an error: it would block for ever.
 */
export function stopClock(): Disposable {
  const stopped = realTime.now();
  const now = vi.spyOn(performance, 'now').mockImplementation(() => {
    if (realTime.now() - stopped > LONGEST_WAIT) {
      throw new Error(`the clock stands still, and somebody looks at it after ${LONGEST_WAIT} ms`);
    }
    return 1000;
  });
  return { [Symbol.dispose]: () => now.mockRestore() };
}
