import { isError, registerErrorClass } from '@pkg/sync/kernel';

/** What is known about the end of a thread that did not come out of its `run`. */
export interface WorkerDeath {
  /** The exit code; undefined where it could not be learnt. */
  readonly exitCode?: number | undefined;
  /** The error that nobody caught, or that the engine ended the thread with. */
  readonly cause?: unknown;
  /** What happened, as the end of a sentence. */
  readonly how?: string | undefined;
  /** The task of an executor that the thread ran. */
  readonly taskName?: string | undefined;
}

/**
 * A thread ended without finishing: an uncaught error outside of what `run` awaits, `process.exit()`, out of
 * memory, or no event left that could ever finish it. Or a worker of an executor did, while it ran a task.
 */
export class WorkerDiedError extends Error {
  readonly code = 'POOL_WORKER_DIED';
  override readonly name = 'WorkerDiedError';
  /** The thread's name. */
  readonly threadName: string;
  /** The exit code of the thread; undefined where it is not known. */
  readonly exitCode: number | undefined;
  /** The task that it ran, as a worker of an executor; undefined for any other thread. */
  readonly taskName: string | undefined;

  constructor(threadName: string, death: WorkerDeath = {}) {
    const how =
      death.how ??
      (isError(death.cause)
        ? `${death.cause.name}: ${death.cause.message}`
        : death.exitCode === undefined
          ? 'it ended without a word'
          : `exit code ${death.exitCode}`);
    const ranTask = death.taskName === undefined ? '' : ` (it ran task '${death.taskName}')`;
    super(
      `thread '${threadName}' died before its work was finished: ${how}${ranTask}`,
      'cause' in death && death.cause !== undefined ? { cause: death.cause } : {},
    );
    this.threadName = threadName;
    this.exitCode = death.exitCode;
    this.taskName = death.taskName;
  }
}
registerErrorClass(WorkerDiedError);
