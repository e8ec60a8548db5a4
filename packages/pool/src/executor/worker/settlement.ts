import { holdEventLoop } from '@pkg/sync/kernel';
import { TaskNeverSettled } from '../errors.ts';
import type { RunningTask } from './current-task.ts';

/** Rejects the promise that the worker awaits; undefined while it awaits none. */
let giveUp: (() => void) | undefined;

process.on('beforeExit', () => giveUp?.());

/**
 * Awaits what a task has promised. When no event is left in this thread that could settle it, it rejects: nobody
 * would ever do so. A task that has asked for its signal may wait for that alone.
 */
export function settlement<T>(running: RunningTask, promised: PromiseLike<T>): Promise<T> {
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
