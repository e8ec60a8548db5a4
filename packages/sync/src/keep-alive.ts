import { waitsWakeEventLoop } from '#platform';
import { realTime } from './real-time.ts';
import { LONGEST_TIMER } from './timeout.ts';

/** How often an event loop turns that the end of an asynchronous wait does not wake, in milliseconds. */
const TURN_EVERY = 16;

let holders = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/**
 * Keeps the event loop of the calling thread alive until the returned function is called (once).
 * `Atomics.waitAsync` alone does not: Node would exit with the wait pending. Where its end does not wake the event loop,
 * this does so now and then. Does not block.
 */
export function holdEventLoop(): () => void {
  if (holders++ === 0)
    timer = realTime.setInterval(() => {}, waitsWakeEventLoop() ? LONGEST_TIMER : TURN_EVERY);
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    if (--holders === 0) realTime.clearInterval(timer);
  };
}
