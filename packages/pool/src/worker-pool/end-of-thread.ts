import { couldNotStart, type Thread, threadEnd } from '../thread.ts';

/** How a thread ended. */
export type ThreadEnd =
  | { readonly failed: false }
  | { readonly failed: true; readonly error: unknown; readonly couldNotStart: boolean };

/**
 * Waits for the end of a thread that was started here. Unlike `joinAsync`, it lets the process end before a daemon
 * does.
 */
export async function endOfThread(thread: Thread): Promise<ThreadEnd> {
  if (thread.daemon) await threadEnd(thread);
  try {
    await thread.joinAsync();
    return { failed: false };
  } catch (error) {
    return { failed: true, error, couldNotStart: couldNotStart(thread) };
  }
}
