/**
 * What can go wrong with a task, besides what it throws itself.
 *
 * @packageDocumentation
 */

import { describeValue, isError, registerErrorClass } from '@pkg/sync/kernel';

/** The task's time ran out before it was done, counted from its submission. */
export class TaskTimeout extends Error {
  readonly code = 'POOL_TASK_TIMEOUT';
  override readonly name = 'TaskTimeout';
  readonly taskName: string;
  /** The timeout that ran out, in milliseconds. */
  readonly timeout: number;

  constructor(taskName: string, timeout: number) {
    super(`task '${taskName}' was not done after ${timeout} ms`);
    this.taskName = taskName;
    this.timeout = timeout;
  }
}

/** The task was cancelled without a reason of the canceller's own. */
export class TaskCancelled extends Error {
  readonly code = 'POOL_TASK_CANCELLED';
  override readonly name = 'TaskCancelled';
  readonly taskName: string;

  constructor(taskName: string, why: string = 'it was cancelled') {
    super(`task '${taskName}' did not finish: ${why}`);
    this.taskName = taskName;
  }
}

/** The module of the tasks exports no function of that name. */
export class TaskNotFound extends Error {
  readonly code = 'POOL_TASK_NOT_FOUND';
  override readonly name = 'TaskNotFound';
  readonly taskName: string;

  constructor(taskName: string, url: string, tasks: readonly string[]) {
    super(
      `the module ${url} exports no task '${taskName}' ` +
        `(it exports ${tasks.length === 0 ? 'no function' : tasks.join(', ')})`,
    );
    this.taskName = taskName;
  }
}

/** An argument or a result of a task, an item of its stream, or what it reports as progress cannot travel between threads. */
export class TaskValueError extends Error {
  readonly code = 'POOL_TASK_VALUE';
  override readonly name = 'TaskValueError';
  readonly taskName: string;
  /** Where the value is, such as `args[0].onDone`, `result.stream`, `item.hook` or `progress`. */
  readonly path: string;

  constructor(taskName: string, path: string, why: string, cause?: unknown) {
    super(
      `${path} of task '${taskName}' cannot travel between threads: ${why}`,
      cause === undefined ? {} : { cause },
    );
    this.taskName = taskName;
    this.path = path;
  }
}

/** The executor has no workers: its module cannot be loaded, its initializer throws, or none can be started. `cause` is why. */
export class ExecutorBroken extends Error {
  readonly code = 'POOL_EXECUTOR_BROKEN';
  override readonly name = 'ExecutorBroken';
  /** The module of the tasks. */
  readonly url: string;

  constructor(url: string, what: string, cause: unknown) {
    super(
      `no worker can run the tasks of ${url}: ${what}` +
        (cause === undefined ? '' : `: ${isError(cause) ? cause.message : describeValue(cause)}`),
      cause === undefined ? {} : { cause },
    );
    this.url = url;
  }
}

/** The executor takes no more tasks: `shutdown()` was called. */
export class ExecutorShutDown extends Error {
  readonly code = 'POOL_EXECUTOR_SHUT_DOWN';
  override readonly name = 'ExecutorShutDown';

  constructor(taskName: string) {
    super(`task '${taskName}' was submitted to an executor that is shut down`);
  }
}

/** Every worker blocks, in `submitSync`, for a task that no worker is left to run: they would do so for ever. */
export class ExecutorDeadlock extends Error {
  readonly code = 'POOL_EXECUTOR_DEADLOCK';
  override readonly name = 'ExecutorDeadlock';
  readonly taskName: string;

  constructor(taskName: string, workers: number) {
    super(
      `task '${taskName}' would never begin: ${workers === 1 ? 'the only worker' : `each of the ${workers} workers`} ` +
        'runs a task that blocks for a task of its own: await submit() outside of the executor, ' +
        'raise maxWorkers, or use an executor of its own for the inner tasks',
    );
    this.taskName = taskName;
  }
}

/** The task returned a promise that can never settle: no event is left in its worker that could do so. */
export class TaskNeverSettled extends Error {
  readonly code = 'POOL_TASK_NEVER_SETTLED';
  override readonly name = 'TaskNeverSettled';
  readonly taskName: string;

  constructor(taskName: string) {
    super(
      `task '${taskName}' returned a promise that nothing is left to settle: ` +
        'no timer, socket or other event of its worker is pending',
    );
    this.taskName = taskName;
  }
}

/** `currentTask()` was called by a thread that runs no task, or by a callback that outlived its task. */
export class NoCurrentTask extends Error {
  readonly code = 'POOL_NO_CURRENT_TASK';
  override readonly name = 'NoCurrentTask';

  constructor() {
    super(
      'currentTask() was called outside of a task of a ThreadPoolExecutor: ' +
        'call it in the task itself, and let callbacks keep what it returned',
    );
  }
}

// These are made in workers, too, or travel on to the threads that are attached to an executor.
for (const each of [
  TaskValueError,
  TaskTimeout,
  TaskCancelled,
  TaskNotFound,
  ExecutorBroken,
  ExecutorShutDown,
  ExecutorDeadlock,
  TaskNeverSettled,
  NoCurrentTask,
])
  registerErrorClass(each);
