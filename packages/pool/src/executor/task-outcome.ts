import { throwUncaught } from '@pkg/sync/kernel';
import { addCallersOf } from './caller-frames.ts';
import { TaskValueError } from './errors.ts';
import { PendingTask } from './pending-task.ts';
import { Task } from './task.ts';
import { TaskStream } from './task-stream.ts';
import { Unsendable } from './value-travel.ts';

/** A task whose `pending` settles it. */
export function newTask(name: string, canceller: NonNullable<Task<unknown>['canceller']>): Task<unknown> {
  const task = new Task<unknown>(keepSettlers);
  task.canceller = canceller;
  const pending = new PendingTask(name, resolveLast, rejectLast);
  pending.promised = true;
  task.pending = pending;
  return task;
}

/** The two functions of the promise made last: no closure is made for each promise. */
let resolveLast: (value: unknown) => void;
let rejectLast: (error: unknown) => void;
const keepSettlers = (resolve: (value: unknown) => void, reject: (error: unknown) => void): void => {
  resolveLast = resolve;
  rejectLast = reject;
};

/** What becomes of a task that somebody blocks for. */
export class SyncOutcome {
  readonly pending: PendingTask;
  #outcome: { value: unknown } | { error: unknown } | undefined;
  /** Whether the error is the task's own, and not a reason that somebody gave to cancel it. */
  #isOwn = false;

  constructor(name: string) {
    this.pending = new PendingTask(
      name,
      (value) => {
        this.#outcome = { value };
      },
      (error) => {
        this.#outcome = { error };
      },
    );
    this.pending.fail = (error) => {
      this.#isOwn = true;
      this.pending.reject(error);
    };
  }

  /** Whether it is known. */
  get isKnown(): boolean {
    return this.#outcome !== undefined;
  }

  /**
   * The task's result. Throws what it threw; TypeError for a result that has to be awaited.
   *
   * @param callee whose callers have waited
   */
  unwrap(callee: (...args: never[]) => unknown): unknown {
    const outcome = this.#outcome!;
    if ('error' in outcome) {
      if (this.#isOwn) addCallersOf(callee, outcome.error);
      throw outcome.error;
    }
    const { value } = outcome;
    if (!(value instanceof Promise || value instanceof TaskStream)) return value;
    const what =
      value instanceof TaskStream
        ? 'is a stream'
        : 'has a shared object in it whose package is not loaded here';
    if (value instanceof TaskStream) void value.return();
    throw new TypeError(
      `the result of task '${this.pending.name}' ${what}, which submitSync cannot wait for: await submit()`,
    );
  }
}

/** What went wrong with a submission, as its caller is to see it. */
export function explain(taskName: string, error: unknown): unknown {
  if (error instanceof Unsendable) return new TaskValueError(taskName, error.path, error.why, error.cause);
  if ((error as { name?: unknown } | null)?.name === 'DataCloneError') {
    return new TaskValueError(taskName, 'args', (error as Error).message, error);
  }
  return error;
}

/**
 * Hands progress to whoever asked for it, unless they know by now what has become of the task: one that was called off may
 * go on for a while. What they throw is nobody else's: it goes uncaught.
 *
 * @param refuse is given the TaskValueError of progress that they cannot be given: it has a shared object in it of a
 *   class that this thread does not know
 */
export function tellProgress(task: PendingTask, value: unknown, refuse: (error: unknown) => void): void {
  if (task.onProgress === undefined || (task.settled && task.stream?.isOver !== false)) return;
  if (value instanceof Promise) {
    value.then((arrived) => tellProgress(task, arrived, refuse), refuse);
    return;
  }
  try {
    task.onProgress(value);
  } catch (error) {
    throwUncaught(error);
  }
}
