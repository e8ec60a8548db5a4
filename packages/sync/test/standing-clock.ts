import { vi } from 'vitest';

/** More looks than any wait of a test takes. */
const MOST_LOOKS = 100;

/**
 * Stops `performance.now()` until it is disposed of, as fake timers do. Who looks at it again and again, since it does not
 * move, is told so by an error: it would block for ever.
 */
export function stopClock(): Disposable {
  let looks = 0;
  const now = vi.spyOn(performance, 'now').mockImplementation(() => {
    if (++looks > MOST_LOOKS) throw new Error(`the clock was looked at ${looks} times, and stands still`);
    return 1000;
  });
  return { [Symbol.dispose]: () => now.mockRestore() };
}
