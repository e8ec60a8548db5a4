import { homeTable } from '@pkg/sync/kernel';
import type { Thread } from '../thread.ts';

/** How a thread ended. */
export type ThreadEnd = { readonly failed: false } | { readonly failed: true; readonly error: unknown };

/**
 * Waits for the end of a thread that was started here. Unlike `joinAsync`, it lets the process end before a daemon
 * does.
 */
export async function endOfThread(thread: Thread): Promise<ThreadEnd> {
  if (thread.daemon) while (thread.isAlive()) await nextDeath();
  try {
    await thread.joinAsync();
    return { failed: false };
  } catch (error) {
    return { failed: true, error };
  }
}

type WaitAsync = (words: Int32Array, index: number, value: number) => { value: string | Promise<string> };

let next: Promise<void> | undefined;

/** Settles when the end of a thread is recorded, once for all who wait. Does not keep the process alive. */
function nextDeath(): Promise<void> {
  next ??= (async () => {
    const table = homeTable();
    const { waitAsync } = Atomics as unknown as { waitAsync: WaitAsync };
    await waitAsync.call(Atomics, table.words, table.deathsIndex, table.deaths).value;
    next = undefined;
  })();
  return next;
}
