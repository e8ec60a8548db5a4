import { perThread } from '@pkg/sync/kernel';
import { NoCurrentTask } from '../errors.ts';
import type { TaskWords } from '../task-words.ts';

/** What a task may know of itself, and say, while it runs. */
export interface CurrentTask {
  /** The name that it was submitted by. */
  readonly name: string;
  /** Whether it was cancelled. Reads shared memory: a loop may ask it without awaiting anything. */
  readonly cancelled: boolean;
  /**
   * Aborted when the task is cancelled, with the canceller's reason. The `abort` event needs the thread's event
   * loop; `signal.aborted`, `signal.reason` and `signal.throwIfAborted()` read shared memory, as {@link cancelled} does.
   */
  readonly signal: AbortSignal;
  /** Hands `value` to the `onProgress` of the submission. Does not wait. */
  reportProgress(value: unknown): void;
}

const worker = perThread<{
  /** The task that it runs. */
  running: RunningTask | undefined;
  /** Whose worker it is. */
  executor: string | undefined;
}>('@pkg/pool.worker', () => ({ running: undefined, executor: undefined }));

/**
 * The task that the calling worker runs. To be called by the task itself; callbacks that outlive it should keep
 * the object. Does not block.
 *
 * @throws NoCurrentTask outside of a task
 * @example
 * ```ts
 * export function search(haystack: string[], needle: string): number {
 *   const task = currentTask();
 *   for (let i = 0; i < haystack.length && !task.cancelled; i++) if (haystack[i] === needle) return i;
 *   return -1;
 * }
 * ```
 */
export function currentTask(): CurrentTask {
  const task = worker.running;
  if (task === undefined) throw new NoCurrentTask();
  return task;
}

/** Says which task the calling worker runs. */
export function setCurrentTask(task: RunningTask | undefined): void {
  worker.running = task;
}

/** Says which executor's worker this thread is. */
export function setExecutorOfThread(channel: string): void {
  worker.executor = channel;
}

/** The task that the calling thread runs, if it is a worker of that executor. */
export function taskOfExecutor(channel: string): { slot: number; generation: number } | undefined {
  const task = worker.executor === channel ? worker.running : undefined;
  return task && { slot: task.slot, generation: task.generation };
}

const getterOf = (name: 'aborted' | 'reason') =>
  Object.getOwnPropertyDescriptor(AbortSignal.prototype, name)!.get!;
const aborted = getterOf('aborted');
const reason = getterOf('reason');

/** The task that a worker runs. */
export class RunningTask implements CurrentTask {
  readonly slot: number;
  readonly generation: number;
  readonly name: string;
  readonly #words: TaskWords;
  readonly #report: (task: RunningTask, value: unknown) => void;
  readonly #awaitMail: (isThere: () => boolean) => void;
  #controller: AbortController | undefined;
  /** The canceller's reason, once the message with it has been read. */
  #cancellation: { reason: unknown } | undefined;
  #over = false;
  #onSignalUsed: (() => void) | undefined;

  /**
   * @param report sends progress
   * @param awaitMail reads what the owner posts until the condition holds or it is no use to wait; blocks
   */
  constructor(
    slot: number,
    generation: number,
    name: string,
    words: TaskWords,
    report: (task: RunningTask, value: unknown) => void,
    awaitMail: (isThere: () => boolean) => void,
  ) {
    this.slot = slot;
    this.generation = generation;
    this.name = name;
    this.#words = words;
    this.#report = report;
    this.#awaitMail = awaitMail;
  }

  get cancelled(): boolean {
    // After the end the slot is another task's.
    if (this.#over) return this.#controller?.signal.aborted ?? false;
    return this.#words.isCancelled(this.slot);
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      this.#onSignalUsed?.();
      const { signal } = controller;
      const look = () => {
        if (!aborted.call(signal) && !this.#over && this.cancelled) this.#abortNow();
        return aborted.call(signal) as boolean;
      };
      const throwIfAborted = () => {
        if (look()) throw reason.call(signal);
      };
      const lookAtReason = () => {
        look();
        return reason.call(signal) as unknown;
      };
      Object.defineProperties(signal, {
        aborted: { get: look, configurable: true },
        reason: { get: lookAtReason, configurable: true },
        throwIfAborted: { value: throwIfAborted, configurable: true },
      });
      if (this.#cancellation !== undefined) controller.abort(this.#cancellation.reason);
    }
    return this.#controller.signal;
  }

  reportProgress(value: unknown): void {
    if (!this.#over) this.#report(this, value);
  }

  /** Whether somebody listens for the abort, and so may wait for nothing else. Called when that comes true. */
  whenSignalIsUsed(action: () => void): void {
    this.#onSignalUsed = action;
    if (this.#controller !== undefined) action();
  }

  /** The cancellation has arrived by message. */
  abort(reason: unknown): void {
    this.#cancellation ??= { reason };
    this.#controller?.abort(this.#cancellation.reason);
  }

  /** Shared memory tells of the cancellation before the message does, which the owner posts right afterwards. */
  #abortNow(): void {
    this.#awaitMail(() => this.#cancellation !== undefined);
    // With the reason that AbortController gives by itself, if there has been no message.
    if (this.#cancellation === undefined) this.abort(undefined);
  }

  end(): void {
    this.#over = true;
    this.#onSignalUsed = undefined;
  }
}
