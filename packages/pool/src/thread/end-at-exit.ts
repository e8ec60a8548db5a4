import { endChildren, lastAtExit, perThread } from '@pkg/sync/kernel';

/** Whether it will, whichever copy of this package has seen to it. */
const ending = perThread('@pkg/pool.ending-at-exit', () => ({ isSeenTo: false }));

/**
 * Sees to it that the threads of this thread end when it exits. Node ends them too, but can wait for ever for one
 * whose request got lost (see `Termination` of `@pkg/sync`), so that `process.exit()` never returns. What a program does
 * at its exit still finds its threads alive, but for a listener of `exit` that was added just before in the same stretch of
 * code. Does not block.
 */
export function endThreadsAtExit(): void {
  if (ending.isSeenTo) return;
  ending.isSeenTo = true;
  lastAtExit(() => endChildren('probed'));
}
