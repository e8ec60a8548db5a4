import { perThread, realTime } from '@pkg/sync/kernel';
import type { ExecutorBody } from '../executor-body.ts';

/** An executor that this thread has made, and that other threads may be attached to. */
export interface OwnExecutor extends ExecutorBody {
  /** Does what its tasks and the threads that are attached to it ask for, without the event loop. Does not block. */
  serve(): void;
}

/** The executors that this thread has made and given handles of, by their channels. */
export const ownExecutors = perThread('@pkg/pool.own-executors', () => new Map<string, OwnExecutor>());

/** How long a thread that blocks for one executor leaves its others alone, in milliseconds: they cannot wake it. */
const LEFT_ALONE = 2;

/**
 * For a thread that blocks until a task has ended, which may wait for tasks of other executors of the same thread: serves
 * all but the given one.
 *
 * @returns when to do it again, in real time
 */
export function serveOtherExecutors(served?: OwnExecutor): number {
  let others = 0;
  for (const each of [...ownExecutors.values()]) {
    if (each === served) continue;
    each.serve();
    others++;
  }
  return others === 0 ? Infinity : realTime.now() + LEFT_ALONE;
}
