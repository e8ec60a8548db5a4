import { holdEventLoop, realTime } from '@pkg/sync/kernel';
import { TaskNeverSettled } from '../errors.ts';
import type { RunningTask } from './current-task.ts';

/** The `then` of what a task has returned, if it is thenable. It is looked at once: each look may run code of the task's. */
export function thenOf(value: unknown): PromiseLike<unknown>['then'] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { then } = value as { then?: unknown };
  return typeof then === 'function' ? (then as PromiseLike<unknown>['then']) : undefined;
}

/**
 * A promise of this thread's own in place of a thenable. It rejects with what `then` throws, and settles only when
 * the thenable that this one resolves to does.
 */
export function adopt(thenable: unknown, then: PromiseLike<unknown>['then']): Promise<unknown> {
  return new Promise((resolve, reject) => {
    then.call(thenable, resolve, reject);
  });
}

/** Rejects the promise that the worker awaits; undefined while it awaits none. */
let giveUp: (() => void) | undefined;

process.on('beforeExit', () => {
  if (giveUp === undefined) return;
  // Another turn: the next task may begin amid this one, and would get no such event if it were the last.
  realTime.setImmediate(() => {});
  giveUp();
});

/**
 * Awaits what a task has promised. When no event is left in this thread that could settle it, it rejects: nobody
 * would ever do so. A task that has asked for its signal may wait for that alone.
 */
export function settlement<T>(running: RunningTask, promised: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let release: (() => void) | undefined;
    let over = false;
    const finish = () => {
      over = true;
      giveUp = undefined;
      release?.();
    };
    giveUp = () => {
      finish();
      reject(new TaskNeverSettled(running.name));
    };
    running.whenSignalIsUsed(() => {
      if (!over) release ??= holdEventLoop();
    });
    promised.then(
      (value) => {
        if (over) return;
        finish();
        resolve(value);
      },
      (error) => {
        if (over) return;
        finish();
        reject(error);
      },
    );
  });
}
