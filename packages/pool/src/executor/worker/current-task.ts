import type { TaskWords } from '../task-words.ts';

/** What a task may know of itself, and say, while it runs. */
export interface CurrentTask {
  /** The name that it was submitted by. */
  readonly name: string;
  /** Whether it was cancelled. Reads shared memory: a loop may ask it without awaiting anything. */
  readonly cancelled: boolean;
  /**
   * Aborted when the task is cancelled, with the canceller's reason. The `abort` event needs the thread's event
   * loop; `signal.aborted` and `signal.throwIfAborted()` read shared memory, as {@link cancelled} does.
   */
  readonly signal: AbortSignal;
  /** Hands `value` to the `onProgress` of the submission. Does not wait. */
  reportProgress(value: unknown): void;
}

const SLOT = Symbol.for('@pkg/pool.current-task');
const EXECUTOR = Symbol.for('@pkg/pool.executor-of-thread');

/** Kept on the global object: a program may load this package twice (from its sources and compiled, say). */
const global = globalThis as { [SLOT]?: RunningTask | undefined; [EXECUTOR]?: string };

/**
 * The task that the calling worker runs. To be called by the task itself; callbacks that outlive it should keep
 * the object. Does not block.
 *
 * @throws Error outside of a task
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
  const task = global[SLOT];
  if (task === undefined)
    throw new Error('currentTask() was called outside of a task of a ThreadPoolExecutor');
  return task;
}

/** Says which task the calling worker runs. */
export function setCurrentTask(task: RunningTask | undefined): void {
  global[SLOT] = task;
}

/** Says which executor's worker this thread is. */
export function setExecutorOfThread(channel: string): void {
  global[EXECUTOR] = channel;
}

/** The task that the calling thread runs, if it is a worker of that executor. */
export function taskOfExecutor(channel: string): { slot: number; generation: number } | undefined {
  const task = global[EXECUTOR] === channel ? global[SLOT] : undefined;
  return task && { slot: task.slot, generation: task.generation };
}

/** The task that a worker runs. */
export class RunningTask implements CurrentTask {
  readonly slot: number;
  readonly generation: number;
  readonly name: string;
  readonly #words: TaskWords;
  readonly #report: (task: RunningTask, value: unknown) => void;
  #controller: AbortController | undefined;
  #reason: unknown;
  #over = false;
  #onSignalUsed: (() => void) | undefined;

  constructor(
    slot: number,
    generation: number,
    name: string,
    words: TaskWords,
    report: (task: RunningTask, value: unknown) => void,
  ) {
    this.slot = slot;
    this.generation = generation;
    this.name = name;
    this.#words = words;
    this.#report = report;
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
      const aborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')!.get!;
      const look = () => {
        if (!aborted.call(controller.signal) && !this.#over && this.cancelled) this.abort(this.#reason);
        return aborted.call(controller.signal) as boolean;
      };
      Object.defineProperty(controller.signal, 'aborted', { get: look, configurable: true });
      Object.defineProperty(controller.signal, 'throwIfAborted', {
        value() {
          if (look()) throw controller.signal.reason;
        },
        configurable: true,
      });
      if (this.#reason !== undefined) controller.abort(this.#reason);
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
    this.#reason = reason ?? new DOMException('This operation was aborted', 'AbortError');
    this.#controller?.abort(this.#reason);
  }

  end(): void {
    this.#over = true;
    this.#onSignalUsed = undefined;
  }
}
