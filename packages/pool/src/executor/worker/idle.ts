import type { Control } from '../control.ts';
import { turn } from '../turn.ts';

/** How often a worker looks for work before it sleeps: about as long as a result takes to the caller and back. */
const LOOKS = 300;

/**
 * How long it then sleeps with its event loop standing still, in milliseconds. Being woken from that takes a
 * quarter of what it takes from the event loop.
 */
const LONGEST_STANDSTILL = 2;

/**
 * Waits until `hasWork()`: for a moment wide awake, for a short while asleep, then in the event loop, so that
 * whatever tasks have left behind (timers, sockets) is served.
 *
 * @returns false when the worker has retired instead
 */
export async function waitForWork(control: Control, hasWork: () => boolean): Promise<boolean> {
  for (let looks = LOOKS; looks > 0; looks--) if (hasWork()) return true;
  const work = control.work;
  let idleUntil = performance.now() + control.idleTimeout;
  const generation = work.enter();
  try {
    const ticket = work.ticket();
    if (hasWork()) return true;
    work.park(ticket, performance.now() + LONGEST_STANDSTILL);
  } finally {
    work.leave(generation);
  }
  if (hasWork()) return true;
  await turn();
  for (;;) {
    const generation = work.enter();
    try {
      const ticket = work.ticket();
      if (hasWork()) return true;
      const woken = await work.parkAsync(ticket, idleUntil, undefined);
      if (hasWork()) return true;
      if (woken === 'timed-out' && control.retire()) return false;
      // One of those that stay.
      if (woken === 'timed-out') idleUntil = Infinity;
    } finally {
      work.leave(generation);
    }
  }
}
