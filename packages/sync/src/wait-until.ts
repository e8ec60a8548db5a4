import type { EventCount } from './event-count.ts';

/**
 * Blocks until `attempt` succeeds. The one loop behind every blocking verb of the project.
 *
 * @param event notified whenever `attempt` may have become possible
 * @param attempt tries the operation and tells whether it succeeded; may throw to end the wait
 * @param deadline see `deadlineOf`
 * @param recover called when a thread has died meanwhile
 * @returns false when the deadline passed without success
 */
export function waitUntil(
  event: EventCount,
  attempt: () => boolean,
  deadline: number,
  recover: () => void,
): boolean {
  for (;;) {
    const generation = event.enter();
    const ticket = event.ticket();
    let woken: ReturnType<EventCount['park']>;
    try {
      if (attempt()) return true;
      woken = event.park(ticket, deadline);
    } finally {
      event.leave(generation);
    }
    if (woken === 'death') {
      recover();
      event.recoverOthers();
    }
    // A last attempt even after a time-out: the notification may have come for this waiter just then.
    else if (woken === 'timed-out') return attempt();
  }
}

/** {@link waitUntil} as a promise, for any thread. Rejects with the signal's reason when it is aborted. */
export async function waitUntilAsync(
  event: EventCount,
  attempt: () => boolean,
  deadline: number,
  signal: AbortSignal | undefined,
  keepAlive: boolean = true,
): Promise<boolean> {
  for (;;) {
    const generation = event.enter();
    const ticket = event.ticket();
    let woken: ReturnType<EventCount['park']>;
    try {
      if (attempt()) return true;
      woken = await event.parkAsync(ticket, deadline, signal, keepAlive);
    } finally {
      event.leave(generation);
    }
    if (woken === 'aborted') throw signal?.reason;
    if (woken === 'timed-out') return attempt();
  }
}
