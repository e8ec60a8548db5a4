import { perThread } from './per-thread.ts';

/** Asynchronous sleeps of this thread in one event count, as far as they may still take a notification. */
export interface PendingSleeps {
  /** Wakes them, with whoever else sleeps there; they are pending no more then. Does not block. */
  wake(): void;
}

const pending = perThread('@pkg/sync.pending-sleeps', () => new Set<PendingSleeps>());

/** Remembers sleeps that have begun. */
export function addPendingSleeps(sleeps: PendingSleeps): void {
  pending.add(sleeps);
}

/** Forgets sleeps that are over. */
export function removePendingSleeps(sleeps: PendingSleeps): void {
  pending.delete(sleeps);
}

/**
 * For a thread that blocks. Its asynchronous sleeps stand in line with those of other threads and take notifications
 * that it does not act on until it serves events again, if it ever does: what they were notified of may be what another
 * waits for, and may be what it takes to end the block. So all of those event counts are woken: the sleeps of this
 * thread leave the line, and whoever else is in it looks again. It costs nothing when there are none, and so also the
 * second time in one block. Does not block.
 */
export function wakePendingSleeps(): void {
  if (pending.size === 0) return;
  // Copied, since each takes itself out.
  for (const sleeps of [...pending]) sleeps.wake();
}
