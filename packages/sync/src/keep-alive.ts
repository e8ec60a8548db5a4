import { realTime } from './real-time.ts';
import { LONGEST_TIMER } from './timeout.ts';

let holders = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/**
 * Keeps the event loop of the calling thread alive until the returned function is called (once).
 * `Atomics.waitAsync` alone does not: Node would exit with the wait pending. Does not block.
 */
export function holdEventLoop(): () => void {
  if (holders++ === 0) timer = realTime.setInterval(() => {}, LONGEST_TIMER);
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    if (--holders === 0) realTime.clearInterval(timer);
  };
}
