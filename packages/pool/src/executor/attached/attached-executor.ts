import { checkOptions, holdEventLoop, LONGEST_TIMER, messageOf, realTime } from '@pkg/sync/kernel';
import { packError, unpackError } from '../../thread/error-travel.ts';
import { ExecutorShutDown, TaskCancelled, TaskTimeout, TaskValueError } from '../errors.ts';
import type { ExecutorBody } from '../executor-body.ts';
import { milliseconds, type ShutdownOptions, type SubmitOptions, shutdownSettingsOf } from '../options.ts';
import type { PendingTask } from '../pending-task.ts';
import type { ExecutorStats } from '../stats.ts';
import type { Task } from '../task.ts';
import { applyOptions, checkCall } from '../task-limits.ts';
import { explain, newTask, SyncOutcome, tellProgress } from '../task-outcome.ts';
import { TaskStream } from '../task-stream.ts';
import type { TaskTrace } from '../task-trace.ts';
import { type PackedValue, packValue, unpackValue } from '../value-travel.ts';
import { taskOfExecutor } from '../worker/current-task.ts';
import type { Connection } from './connection.ts';
import type { ExecutorHandle, Reply } from './messages.ts';
import { serveOtherExecutors } from './own-executors.ts';
import { canReceiveFromChannels } from './receive-from-channel.ts';

/** An executor, as a thread sees it that did not make it. What it is asked for, it has the owner do. */
export class AttachedExecutor implements ExecutorBody {
  readonly #connection: Connection;
  readonly #tasks = new Set<PendingTask>();
  /** How many of them have a caller who waits: they keep the process alive. */
  #awaited = 0;
  #release: (() => void) | undefined;
  #closed = false;
  #onEmpty: (() => void)[] = [];

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get handle(): ExecutorHandle {
    return this.#connection.handle;
  }

  get maxWorkers(): number {
    return this.handle.maxWorkers;
  }

  submit(name: string, args: readonly unknown[], options: SubmitOptions = {}): Task<unknown> {
    const task = newTask(name, this);
    this.#begin(task.pending!, args, options, { blocks: false, bounded: false });
    return task;
  }

  submitSync(name: string, args: readonly unknown[], options: SubmitOptions): unknown {
    if (!canReceiveFromChannels()) {
      throw new TypeError(
        `submitSync('${name}') in a thread that has not made the executor would wait for ever: ` +
          'this engine hears of the result by its event loop alone; await submit()',
      );
    }
    const outcome = new SyncOutcome(name);
    checkOptions(options, '{ timeout: 1000 }');
    const { timeout = Infinity, ...others } = options;
    const deadline = realTime.now() + milliseconds('options.timeout', timeout);
    this.#begin(outcome.pending, args, others, { blocks: true, bounded: timeout < Infinity });
    while (!outcome.isKnown) {
      this.#connection.collect();
      if (outcome.isKnown) break;
      const next = serveOtherExecutors();
      const now = realTime.now();
      if (now >= deadline) this.cancel(outcome.pending, new TaskTimeout(name, timeout));
      else this.#connection.wait(Math.max(0, Math.min(deadline, next) - now));
    }
    return outcome.unwrap(this.submitSync);
  }

  broadcast(name: string, args: readonly unknown[]): Promise<unknown[]> {
    const task = newTask(name, this);
    this.#send(task.pending!, args, (id, packed) =>
      this.#connection.send({ type: 'broadcast', id, name, args: packed, parent: this.#parent }),
    );
    return task as Promise<unknown[]>;
  }

  cancel(task: PendingTask, reason: unknown = new TaskCancelled(task.name)): void {
    const told = task.stream === undefined ? this.#reject(task, reason) : task.stream.callOff(reason);
    if (!told || task.slot < 0) return;
    this.#connection.send({ type: 'cancel', id: task.slot, reason: packError(reason) });
    this.#leave(task);
  }

  stats(): ExecutorStats {
    throw new TypeError('stats() is for the thread that made the executor: ask there, or by a task of yours');
  }

  trace(): TaskTrace {
    throw new TypeError('trace() is for the thread that made the executor: call it there');
  }

  /** Ends the attachment, not the executor: see `ThreadPoolExecutor.from`. */
  shutdown(options: ShutdownOptions): Promise<void> {
    const { wait, cancelPending, limit } = shutdownSettingsOf(options);
    this.#closed = true;
    if (cancelPending && this.#tasks.size > 0) {
      this.#connection.send({ type: 'cancel-pending', ids: [...this.#tasks].map(({ slot }) => slot) });
    }
    if (this.#tasks.size === 0) return Promise.resolve();
    const done = new Promise<void>((resolve) => this.#onEmpty.push(resolve));
    if (limit <= LONGEST_TIMER) {
      const timer = setTimeout(() => {
        for (const task of [...this.#tasks].reverse())
          this.cancel(task, new TaskCancelled(task.name, SHUT_DOWN));
      }, limit);
      void done.then(() => clearTimeout(timer));
    }
    return wait ? done : Promise.resolve();
  }

  get #parent(): ReturnType<typeof taskOfExecutor> {
    return taskOfExecutor(this.handle.channel);
  }

  #begin(
    task: PendingTask,
    args: readonly unknown[],
    options: SubmitOptions,
    { blocks, bounded }: { blocks: boolean; bounded: boolean },
  ): void {
    this.#send(task, args, (id, packed) => {
      applyOptions(task, options, (reason) => this.cancel(task, reason));
      if (options.transfer !== undefined && options.transfer.length > 0) {
        throw new TypeError(
          `task '${task.name}': only the thread that made the executor can move things to a worker; ` +
            "leave out 'transfer', and they are copied",
        );
      }
      const progress = task.onProgress !== undefined;
      const { name, priority, retriesLeft: retries } = task;
      // What ends by itself keeps nobody waiting for ever.
      const parent = options.timeout === undefined && !bounded ? this.#parent : undefined;
      this.#connection.send({
        type: 'submit',
        id,
        name,
        args: packed,
        priority,
        retries,
        progress,
        parent,
        blocks,
      });
    });
  }

  /** Brings a task under way. Whatever is wrong with it rejects it. */
  #send(task: PendingTask, args: readonly unknown[], send: (id: number, packed: PackedValue) => void): void {
    const { name } = task;
    if (this.#closed) {
      task.settled = true;
      task.reject(new ExecutorShutDown(name));
      return;
    }
    task.slot = this.#connection.enter({
      taskName: name,
      take: (reply) => this.#take(task, reply),
      fail: (error) => this.#fail(task, error),
    });
    this.#tasks.add(task);
    if (this.#awaited++ === 0) this.#release = holdEventLoop();
    try {
      checkCall(name, args);
      send(task.slot, packValue('args', args, []));
    } catch (error) {
      this.#fail(task, explain(name, error));
    }
  }

  #take(task: PendingTask, reply: Reply): void {
    let value: unknown;
    try {
      if ('value' in reply) value = unpackValue(task.name, reply.value);
      else if (reply.type === 'error') value = unpackError(reply.error);
    } catch (error) {
      // Whatever it is a part of, the task fails of it.
      const what = reply.type === 'value' ? 'result' : reply.type;
      this.cancel(task, new TaskValueError(task.name, what, messageOf(error), error));
      return;
    }
    switch (reply.type) {
      case 'value':
        this.#leave(task);
        if (this.#settle(task)) task.resolve(value);
        break;
      case 'error':
        this.#leave(task);
        this.#reject(task, value, true);
        break;
      case 'stream':
        this.#openStream(task);
        break;
      case 'item':
        task.stream?.push(value);
        break;
      case 'end':
        this.#leave(task);
        task.stream?.end();
        break;
      case 'progress':
        tellProgress(task, value, (error) => this.cancel(task, error));
        break;
    }
  }

  #openStream(task: PendingTask): void {
    if (task.settled) return;
    const { slot: id } = task;
    task.stream = new TaskStream(
      () => {
        if (task.slot >= 0) this.#connection.send({ type: 'consumed', id });
      },
      () => {
        if (task.slot < 0) return;
        this.#connection.send({ type: 'abandon', id });
        this.#leave(task);
      },
    );
    this.#settle(task);
    task.resolve(task.stream);
  }

  #fail(task: PendingTask, error: unknown): void {
    this.#leave(task);
    this.#reject(task, error);
  }

  /**
   * Tells the caller, unless the caller has got a result or an error before; says whether it did.
   *
   * @param isOwn whether the error was made for this task, so that its stack may be added to
   */
  #reject(task: PendingTask, error: unknown, isOwn = false): boolean {
    if (task.stream !== undefined) return task.stream.fail(error, isOwn);
    if (!this.#settle(task)) return false;
    if (isOwn) task.fail(error);
    else task.reject(error);
    return true;
  }

  #settle(task: PendingTask): boolean {
    if (task.settled) return false;
    task.settled = true;
    // A stream can be called off until it ends.
    if (task.stream === undefined) task.stopListening();
    if (--this.#awaited === 0) {
      this.#release?.();
      this.#release = undefined;
    }
    return true;
  }

  /** Nothing more will be heard of the task. */
  #leave(task: PendingTask): void {
    if (task.slot < 0) return;
    this.#connection.leave(task.slot);
    task.slot = -1;
    task.stopListening();
    this.#tasks.delete(task);
    if (this.#tasks.size === 0) for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}

const SHUT_DOWN = 'its executor was shut down';
