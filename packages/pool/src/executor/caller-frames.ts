/**
 * The caller's part of the stack of an error out of a task.
 *
 * To capture a stack in each `submit`, in case that the task fails, would take longer than the whole of a short task.
 * But once a task has failed, the engine still knows who waits for it: a stack that is captured while a promise
 * settles lists the async functions that await this promise, as `at async` frames. So the caller's part costs
 * nothing until there is an error to tell of, and nothing is there of a caller who awaits nothing.
 *
 * @packageDocumentation
 */
import { isError, realTime } from '@pkg/sync/kernel';

/** A promise that rejects with `error`, once the stacks of those who await it by then are part of its stack. */
export function rejectionWithCallers(error: unknown): Promise<never> {
  let open!: () => void;
  const settle = (): never => {
    addCallersOf(settle, error);
    throw error;
  };
  const rejection = new Promise<void>((resolve) => {
    open = resolve;
  }).then(settle);
  // Only then has whoever is resolved with this promise become one who waits for it.
  realTime.queueMicrotask(() => realTime.queueMicrotask(open));
  return rejection;
}

/** The lines of a stack, from whoever called `callee` on; none where the user's settings of `Error` leave no text. */
function callersOf(callee: (...args: never[]) => unknown): string[] {
  const here: { stack?: unknown } = {};
  Error.captureStackTrace(here, callee);
  const { stack } = here;
  return typeof stack === 'string' ? stack.split('\n') : [];
}

/** Adds the frames of those who called `callee` to the stack of `error`. */
export function addCallersOf(callee: (...args: never[]) => unknown, error: unknown): void {
  // What Node does between two events is of no interest.
  append(
    error,
    callersOf(callee).filter((line) => /^\s+at /.test(line) && !line.includes('node:internal/')),
  );
}

function append(error: unknown, frames: readonly string[]): void {
  if (!isError(error) || typeof error.stack !== 'string' || frames.length === 0) return;
  try {
    error.stack = [error.stack, ...frames].join('\n');
  } catch {
    // Its class has made it read-only.
  }
}
