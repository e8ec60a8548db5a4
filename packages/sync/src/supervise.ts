import { keyOfWorker, type LivenessProbe, watchStop } from '#platform';
import { addChild, bury, type Child, noteStop, recoverWhatIsDue, terminateChild } from './children.ts';
import { currentThread, identitiesOfThisThread } from './current-thread.ts';
import { describeValue } from './describe-value.ts';
import { hasSharedMemory } from './has-shared-memory.ts';
import { homeTable } from './known-tables.ts';
import type { TerminableWorker } from './termination.ts';

// When this module is loaded, and not when a worker is supervised: a worker inherits what its parent has at
// the moment of its start, and without the parent's table it would make one that the parent never hears of. A page without
// shared memory loads this module all the same, and is told when it uses it.
if (hasSharedMemory()) homeTable();

/** What {@link supervise} needs of a worker: Node's `Worker` has it. */
export interface SupervisedWorker extends TerminableWorker {
  readonly threadId: number;
  once(event: 'exit', listener: (exitCode: number) => void): unknown;
}

/** One watched thread. */
export interface Supervision {
  /**
   * Whether the worker has ended, with the threads that it supervised, and that has been recorded. Looks by itself; does
   * not block.
   */
  readonly ended: boolean;
  /** Whether its end has been requested here: by {@link terminate}, or as this thread ends itself. Does not block. */
  readonly terminationRequested: boolean;
  /**
   * Ends the worker at whatever instruction it is. Unlike the worker's own `terminate()` it repeats its request,
   * which Node can lose, until the worker has ended. Does not block. To be called on the thread that supervises.
   *
   * @returns a promise that settles when the worker has ended
   */
  terminate(): Promise<void>;
}

/**
 * For users of a raw `Worker`: when it ends, however it ends, everything it held in the shared objects of
 * this project is recovered: locks go to the next owner as `abandoned`, items it had taken are redelivered
 * or counted as done, and whoever waited because of it is woken. `@pkg/pool` does this by itself.
 *
 * Threads that the worker starts and supervises in turn end with it, and are recovered with it. They run on for a moment
 * when it has stopped: while this thread blocks, and the worker keeps no `probe`, what they held comes back only after the
 * wait, with the worker's `exit` event.
 *
 * To be called on the thread that started the worker, right after starting it. Does not block. The end is
 * noticed by the worker's `exit` event, and by a thread that blocks in an object of this project while it does so. A
 * worker that exits by itself, an uncaught error included, says so as the last thing that it does. Of one that could not say
 * so Node tells a thread that blocks only if that has served events while the worker ran; if it has done nothing but block
 * since it started the worker, in one wait or in several, the end is noticed after the wait, when the thread serves events.
 * Such a worker was ended by `terminate()` or by the engine (out of memory), or a listener of its own for `exit` threw, called
 * `process.exit()` again, or was added in the stretch of code that exits, or the package `signal-exit` is in use there, which
 * has code run after all listeners. A `probe` whose port it keeps tells of it.
 *
 * @param worker a Node `Worker`
 * @param probe from `createLivenessProbe` of `@pkg/sync/kernel`, its port handed to the worker, which hands it to
 *   `keepProbe`: then the end is noticed in any case; in Deno and Bun, in any case in which the worker ends by itself
 * @throws TypeError when `worker` is no worker that has been started, and for the `Worker` of the web: nobody is told of
 *   the end of one; RangeError when 1024 threads are supervised already
 * @example
 * ```ts
 * const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: queue.handle });
 * supervise(worker);
 * ```
 */
export function supervise(worker: SupervisedWorker, probe?: LivenessProbe): Supervision {
  const key = keyOfWorker(worker);
  if (isWebWorker(worker)) {
    throw new TypeError(
      'supervise() takes a Worker of node:worker_threads, not a web Worker: nobody is told of the end of one. ' +
        'Have it give back what it holds before it ends',
    );
  }
  if (key === 0 || typeof worker.once !== 'function') {
    throw new TypeError(`supervise() takes a worker that has been started, not ${describe(worker)}`);
  }
  currentThread();
  const hasStopped = probe === undefined ? watchStop(worker) : () => probe.isDead();
  const child: Child = {
    key,
    worker,
    probe,
    hasStopped,
    terminationRequested: false,
    termination: undefined,
    enrolments: [],
    stopped: false,
    ended: false,
  };
  addChild(child, identitiesOfThisThread());
  worker.once('exit', () => bury(child));
  return {
    get ended() {
      if (!noteStop(child)) child.termination?.insist();
      // It may have been noted by a wait of this thread, which recovers nothing; who is told of it here counts on it.
      else recoverWhatIsDue();
      return child.ended;
    },
    get terminationRequested() {
      return child.terminationRequested;
    },
    terminate() {
      return terminateChild(child).ended;
    },
  };
}

/** The Worker of browsers, which Deno and Bun have as well: without the methods of Node's emitters. */
function isWebWorker(worker: unknown): boolean {
  if (worker === null || typeof worker !== 'object') return false;
  const { once, addEventListener, terminate } = worker as Record<string, unknown>;
  return (
    typeof once !== 'function' && [addEventListener, terminate].every((own) => typeof own === 'function')
  );
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return describeValue(value);
  return `${describeValue(value)} with threadId ${describeValue((value as { threadId?: unknown }).threadId)}`;
}
