import { endChildren, lastAtExit, perThread } from '@pkg/sync/kernel';

/** How long this thread waits at its exit for the threads that it started, in milliseconds. They take 1-3. */
const LIMIT = 1_000;

/** Whether it will, whichever copy of this package has seen to it. */
const ending = perThread('@pkg/pool.ending-at-exit', () => ({ isSeenTo: false }));

/**
 * Sees to it that the threads of this thread end when it exits. Node ends them too, but can wait for ever for one
 * whose request got lost (see `Termination` of `@pkg/sync`), so that `process.exit()` never returns. What a program does
 * at its exit still finds its threads alive. Does not block.
 */
export function endThreadsAtExit(): void {
  if (ending.isSeenTo) return;
  ending.isSeenTo = true;
  lastAtExit(() => endChildren(LIMIT, true));
}
