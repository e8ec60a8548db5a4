import { endChildren, perThread } from '@pkg/sync/kernel';

/** How long this thread waits at its exit for the threads that it started, in milliseconds. They take 1-3. */
const LIMIT = 1_000;

const end = () => endChildren(LIMIT);

/** One for all copies of this package in a thread: two would each want to stay the last, and never come to rest. */
const ending = perThread('@pkg/pool.ending-at-exit', () => ({ installed: false }));

/**
 * Sees to it that the threads of this thread end when it exits. Node ends them too, but can wait for ever for one
 * whose request got lost (see `Termination` of `@pkg/sync`), so that `process.exit()` never returns. Does not block.
 */
export function endThreadsAtExit(): void {
  if (ending.installed) return;
  ending.installed = true;
  process.on('exit', end);
  // It stays the last of all, so that what a program does at its exit still finds its threads alive.
  process.on('newListener', (event, listener) => {
    if (event !== 'exit' || listener === end) return;
    queueMicrotask(() => {
      process.off('exit', end);
      process.on('exit', end);
    });
  });
}
