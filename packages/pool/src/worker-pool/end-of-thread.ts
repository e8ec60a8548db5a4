import { homeTable } from '@pkg/sync/kernel';
import type { Thread } from '../thread.ts';
import { nextDeath } from './next-death.ts';

/** How a thread ended. */
export type ThreadEnd = { readonly failed: false } | { readonly failed: true; readonly error: unknown };

/**
 * Waits for the end of a thread that was started here. Unlike `joinAsync`, it lets the process end before a daemon
 * does.
 */
export async function endOfThread(thread: Thread): Promise<ThreadEnd> {
  if (thread.daemon) while (thread.isAlive()) await nextDeath(homeTable());
  try {
    await thread.joinAsync();
    return { failed: false };
  } catch (error) {
    return { failed: true, error };
  }
}
