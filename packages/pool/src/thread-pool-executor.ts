import { isAbsolute } from 'node:path';
import { FROM, HANDLE, isSharedHandle, KIND, registerSharedClass } from '@pkg/sync';
import { checkFlag, checkOptions, describeValue } from '@pkg/sync/kernel';
import { pathToFileURL } from './builtins.ts';
import { AttachedExecutor } from './executor/attached/attached-executor.ts';
import { Connection } from './executor/attached/connection.ts';
import { type ExecutorHandle, KIND_OF_EXECUTOR } from './executor/attached/messages.ts';
import { ownExecutors } from './executor/attached/own-executors.ts';
import type { ExecutorBody } from './executor/executor-body.ts';
import { ExecutorCore } from './executor/executor-core.ts';
import { type MapOptions, mapTasks } from './executor/map-tasks.ts';
import {
  type ExecutorOptions,
  type ShutdownOptions,
  type SubmitOptions,
  settingsOf,
} from './executor/options.ts';
import type { ExecutorStats } from './executor/stats.ts';
import type { Task } from './executor/task.ts';
import type { TaskTrace } from './executor/task-trace.ts';
import type { OneArgument, TaskArgs, TaskCall, TaskName, TaskResult } from './executor/task-types.ts';

/** The tasks of a module as methods; see {@link ThreadPoolExecutor.call}. */
export type TaskCalls<M> = {
  readonly [K in TaskName<M>]: (...args: TaskArgs<M, K>) => Task<TaskResult<M, K>>;
};

/** What {@link ThreadPoolExecutor.from} gives the constructor. */
class Attachable {
  readonly body: ExecutorBody;

  constructor(body: ExecutorBody) {
    this.body = body;
  }
}

/**
 * Runs the functions that a module exports on worker threads, like Python's
 * `concurrent.futures.ThreadPoolExecutor`.
 *
 * Workers take tasks from one shared queue, in the order of submission, one at a time each. A task may be
 * asynchronous, and may be a generator, whose items then stream to the caller. Arguments and results are copied:
 * whatever structured clone carries, and shared objects (queues, locks) as the same object.
 *
 * A worker that dies takes one task with it, the one it ran, and is replaced. Idle workers do not keep the process
 * alive; tasks that are under way do.
 *
 * @example
 * ```ts
 * // tasks.ts
 * export const add = (a: number, b: number) => a + b;
 *
 * // main.ts
 * await using executor = new ThreadPoolExecutor<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url));
 * const sum = await executor.submit('add', [1, 2]);
 * const other = await executor.call.add(3, 4);
 * ```
 */
export class ThreadPoolExecutor<M> {
  readonly #core: ExecutorBody;
  #call: TaskCalls<M> | undefined;

  /**
   * Starts `minWorkers` workers; does not wait for them.
   *
   * @param url of the module that exports the tasks: `new URL('./tasks.js', import.meta.url)`, or an absolute path
   * @throws TypeError or RangeError for a bad url or option
   */
  constructor(url: string | URL, options?: ExecutorOptions<M>);
  /** @internal */
  constructor(body: Attachable);
  constructor(first: string | URL | Attachable, options: ExecutorOptions<M> = {}) {
    this.#core =
      first instanceof Attachable ? first.body : new ExecutorCore(hrefOf(first), settingsOf(options));
  }

  /**
   * Attaches to the executor behind `handle`, in any thread, its own workers included: a task may submit tasks. Does
   * not block.
   *
   * What is submitted here goes by way of the thread that made the executor, when its event loop turns, or while it
   * blocks in `submitSync`; see the guide for what that means. `shutdown()` of an attached executor waits for the
   * tasks that were submitted by it, and takes no more; the executor goes on. When this thread ends, tasks that it has
   * submitted and that are not done are cancelled. In the thread that made the executor it is that executor itself.
   *
   * @throws TypeError when `handle` is not that of a `ThreadPoolExecutor`
   * @example
   * ```ts
   * // main.ts
   * await executor.submit('outer', [executor]);
   *
   * // tasks.ts
   * export async function outer(executor: ThreadPoolExecutor<typeof import('./tasks.js')>) {
   *   return (await executor.submit('inner', [1])) + 1;
   * }
   * ```
   */
  static from<M>(handle: ExecutorHandle): ThreadPoolExecutor<M> {
    if (!isSharedHandle(handle) || handle[KIND] !== KIND_OF_EXECUTOR) {
      const what = isSharedHandle(handle) ? `a handle of kind '${handle[KIND]}'` : describeValue(handle);
      throw new TypeError(
        `ThreadPoolExecutor.from() takes the handle of a ThreadPoolExecutor, not ${what}: pass executor.handle`,
      );
    }
    const body = ownExecutors.get(handle.channel) ?? new AttachedExecutor(Connection.to(handle));
    return new ThreadPoolExecutor<M>(new Attachable(body));
  }

  /** {@link from}, for whatever carries values to other threads. */
  static [FROM](handle: ExecutorHandle): ThreadPoolExecutor<unknown> {
    return ThreadPoolExecutor.from(handle);
  }

  /** Structured-cloneable; `ThreadPoolExecutor.from(handle)` attaches to this executor in another thread. */
  get handle(): ExecutorHandle {
    return this.#core.handle;
  }

  /** {@link handle}, for whatever carries values to other threads. */
  [HANDLE](): ExecutorHandle {
    return this.handle;
  }

  /**
   * Runs the task `name` on a worker. Does not block; never throws: whatever is wrong rejects the promise.
   *
   * It rejects with what the task threw (class, message, stack of both sides, `cause` and own fields); with a
   * WorkerDiedError when the worker died of it; with a TaskTimeout or the signal's reason when it was cancelled;
   * with TaskNotFound, TaskValueError, ExecutorShutDown, ExecutorBroken.
   *
   * @example `await executor.submit('resize', [image, 300], { timeout: 5000, signal })`
   */
  submit<K extends TaskName<M>>(name: K, ...call: TaskCall<M, K, SubmitOptions>): Task<TaskResult<M, K>>;
  submit(name: string, args: readonly unknown[] = [], options?: SubmitOptions): Task<unknown> {
    return this.#core.submit(name, args, options);
  }

  /**
   * {@link submit} that blocks until the task is done. Meanwhile this thread serves no events; a worker that dies is
   * noticed all the same, and throws here. Not for tasks that stream.
   *
   * @throws as `submit` rejects
   */
  submitSync<K extends TaskName<M>>(name: K, ...call: TaskCall<M, K, SubmitOptions>): TaskResult<M, K>;
  submitSync(name: string, args: readonly unknown[] = [], options: SubmitOptions = {}): unknown {
    return this.#core.submitSync(name, args, options);
  }

  /** The tasks as methods: `executor.call.add(1, 2)` is `executor.submit('add', [1, 2])`. */
  get call(): TaskCalls<M> {
    this.#call ??= new Proxy(Object.create(null) as TaskCalls<M>, {
      get: (_, name) =>
        // A promise would be taken for thenable when it is returned from an async function.
        typeof name === 'string' && name !== 'then'
          ? (...args: unknown[]) => this.#core.submit(name, args)
          : undefined,
    });
    return this.#call;
  }

  /**
   * Runs the task `name` with each item of `source` as its one argument, and yields the results. The source may be
   * endless: no more than `concurrency` items are ahead of the consumer. Leaving the loop, and an error, cancel what
   * is under way and close the source.
   *
   * @example `for await (const thumbnail of executor.map('resize', images, { concurrency: 8 })) …`
   */
  map<K extends TaskName<M>>(
    name: K,
    source: Iterable<OneArgument<M, K>> | AsyncIterable<OneArgument<M, K>>,
    options: MapOptions = {},
  ): AsyncGenerator<TaskResult<M, K>, void, undefined> {
    checkOptions(options, '{ concurrency: 8 }');
    const { ordered = true, concurrency = 2 * this.#core.maxWorkers } = options;
    checkFlag('ordered', ordered);
    const begin = (item: unknown) => this.#core.submit(name, [item]) as Task<TaskResult<M, K>>;
    return mapTasks(source, begin, { ...options, ordered, concurrency });
  }

  /**
   * Runs the task `name` once on each worker that there is now, and collects what they return. Rejects if one of
   * them does. A worker that ends before it comes to it, as one does that has been idle for long, is left out.
   *
   * @example `await executor.broadcast('clearCache')`
   */
  broadcast<K extends TaskName<M>>(name: K, ...[args]: TaskCall<M, K, never>): Promise<TaskResult<M, K>[]> {
    return this.#core.broadcast(name, args ?? []) as Promise<TaskResult<M, K>[]>;
  }

  /** Figures so far, for looking at. Reads shared memory; does not block. */
  stats(): ExecutorStats {
    return this.#core.stats();
  }

  /** Records from now on which worker runs which task when. Costs each task some microseconds. Does not block. */
  trace(): TaskTrace {
    return this.#core.trace();
  }

  /**
   * Takes no more tasks, lets those under way finish, and ends the workers. May be called again, with harder
   * options.
   *
   * @returns a promise that settles when the last worker has ended; with `wait: false`, at once
   */
  shutdown(options: ShutdownOptions = {}): Promise<void> {
    return this.#core.shutdown(options);
  }

  /** {@link shutdown}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }
}

registerSharedClass(KIND_OF_EXECUTOR, ThreadPoolExecutor as never);

function hrefOf(url: unknown): string {
  const text = url instanceof URL ? url.href : url;
  if (typeof text === 'string') {
    if (isAbsolute(text)) return pathToFileURL(text).href;
    if (URL.canParse(text)) return text;
  }
  throw new TypeError(
    `the module of the tasks must be named by a URL or an absolute path, not ${describeValue(url)}: ` +
      "write new URL('./tasks.js', import.meta.url)",
  );
}
