import { AsyncResource } from 'node:async_hooks';
import type { TransferListItem } from 'node:worker_threads';
import { type PriorityQueueHandle, QueueCodecError, type QueueHandle, SimpleQueue } from '@pkg/queue';
import { holdEventLoop } from '@pkg/sync/kernel';
import { type PackedError, packError, unpackError } from '../thread/error-travel.ts';
import { isBig, movables } from './big-values.ts';
import { Control } from './control.ts';
import {
  ExecutorBroken,
  ExecutorShutDown,
  TaskCancelled,
  TaskNotFound,
  TaskTimeout,
  TaskValueError,
  TaskWorkerDied,
} from './errors.ts';
import { percentile } from './histogram.ts';
import { Lane } from './lane.ts';
import { Ledger } from './ledger.ts';
import { Observer } from './observer.ts';
import {
  milliseconds,
  type Settings,
  type ShutdownOptions,
  type SubmitOptions,
  validPriority,
  wholeNumber,
} from './options.ts';
import { PendingTask } from './pending-task.ts';
import type { PoolWorker, WorkerEnd } from './pool-worker.ts';
import {
  CLAIM,
  ERROR,
  generationOf,
  ITEM,
  isPosted,
  kindOf,
  NOT_FOUND,
  PROGRESS,
  type PriorityRecord,
  RECORD_HEAD,
  type ResultRecord,
  SKIPPED,
  STREAM,
  type TaskRecord,
  TIMES,
  VALUE,
} from './protocol.ts';
import { ResultPump } from './result-pump.ts';
import { Roster } from './roster.ts';
import type { ExecutorStats } from './stats.ts';
import { Task } from './task.ts';
import { TaskNames } from './task-names.ts';
import { TaskStream } from './task-stream.ts';
import type { TaskTrace } from './task-trace.ts';
import { TaskWords } from './task-words.ts';
import { type PackedValue, packValue, plainValue, Unsendable, unpackValue } from './value-travel.ts';

/** Longer delays than this cannot be had from timers: they count as none. 24 days, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What the executors' clock counts from, on this thread's `performance.now()`: small numbers are soon encoded. */
const ZERO = performance.now();

/** On the executors' clock, in microseconds. */
const now = (): number => Math.round((performance.now() - ZERO) * 1000);

const NO_OPTIONS: SubmitOptions = {};
const NO_TRANSFER: readonly TransferListItem[] = [];

/** An executor without its types: what the public class, and each of its verbs, is made of. */
export class ExecutorCore {
  readonly url: string;
  readonly settings: Settings;
  readonly roster: Roster;
  readonly ledger: Ledger;
  readonly pump: ResultPump;
  readonly words = TaskWords.create();
  readonly #names = new TaskNames();
  readonly #control: Control;
  readonly #urgent: Lane;
  readonly #normal: Lane;
  readonly #later: Lane;
  readonly #observer: Observer;
  #scratch: SimpleQueue<readonly unknown[]> | undefined;
  #refusal: ((taskName: string) => Error) | undefined;
  #broken = false;
  #done = 0;
  #failed = 0;
  #ended = false;
  #closing: Promise<void> | undefined;
  #finishClosing: (() => void) | undefined;

  constructor(url: string, settings: Settings) {
    this.url = url;
    this.settings = settings;
    const { maxWorkers, minWorkers, idleTimeout, maxQueue } = settings;
    this.#control = Control.create(maxWorkers, minWorkers, idleTimeout);
    const results = new SimpleQueue<ResultRecord>();
    this.ledger = new Ledger(this.words);
    this.pump = new ResultPump(results, this.#control, this.ledger, (record) => this.#deliver(record));
    const events = {
      onPut: () => this.#wakeOne(),
      repair: (task: PendingTask, record: TaskRecord | PriorityRecord, error: unknown) =>
        this.#repair(task, record, error),
    };
    this.#urgent = new Lane(maxQueue, true, events);
    this.#normal = new Lane(maxQueue, false, events);
    this.#later = new Lane(maxQueue, true, events);
    const { initializer } = settings;
    const epoch = performance.timeOrigin + ZERO;
    this.#observer = new Observer(url, epoch, (watched) => this.#control.setWatched(watched));
    const shared = {
      url,
      epoch,
      words: this.words.memory,
      names: this.#names.memory,
      tasks: this.#normal.queue.handle as QueueHandle<TaskRecord>,
      urgent: this.#urgent.queue.handle as PriorityQueueHandle<PriorityRecord>,
      later: this.#later.queue.handle as PriorityQueueHandle<PriorityRecord>,
      results: results.handle,
      initializer: initializer && {
        name: initializer.name,
        args: packValue('initializer.args', initializer.args, NO_TRANSFER),
      },
    };
    this.roster = new Roster(settings, this.#control, shared, {
      ended: (worker, end) => this.#bury(worker, end),
      broken: (what, cause) => this.#break(what, cause),
      empty: () => this.#finishClosing?.(),
      demand: () => this.ledger.size,
    });
    this.roster.grow();
  }

  trace(): TaskTrace {
    return this.#observer.trace();
  }

  stats(): ExecutorStats {
    const { wait, run } = this.#control.durations();
    const age = performance.now() - ZERO;
    const workers = this.roster.all().map(({ name, state }) => ({
      name,
      ready: state.isReady,
      running: state.isRunning,
      tasks: state.taken,
      utilisation: state.isReady ? Math.min(1, state.busy / Math.max(1, age - state.readyAt)) : 0,
    }));
    return {
      queued: this.#urgent.length + this.#normal.length + this.#later.length,
      running: workers.filter((each) => each.running).length,
      done: this.#done,
      failed: this.#failed,
      wait: { p50: percentile(wait, 0.5), p95: percentile(wait, 0.95), p99: percentile(wait, 0.99) },
      run: { p50: percentile(run, 0.5), p95: percentile(run, 0.95), p99: percentile(run, 0.99) },
      workers,
    };
  }

  submit(name: string, args: readonly unknown[], options: SubmitOptions = NO_OPTIONS): Task<unknown> {
    const task = this.#taskOf(name);
    this.begin(task.pending!, args, options);
    return task;
  }

  /** Blocks until the task is done. */
  submitSync(name: string, args: readonly unknown[], options: SubmitOptions): unknown {
    let outcome: { value: unknown } | { error: unknown } | undefined;
    const pending = new PendingTask(
      name,
      (value) => {
        outcome = { value };
      },
      (error) => {
        outcome = { error };
      },
    );
    const { timeout = Infinity, ...others } = options;
    const deadline = performance.now() + milliseconds('options.timeout', timeout);
    this.begin(pending, args, others);
    for (;;) {
      this.pump.drain();
      this.roster.look();
      this.#laneOf(pending).line.advance();
      if (outcome !== undefined) break;
      if (performance.now() >= deadline) this.cancel(pending, new TaskTimeout(name, timeout));
      else this.pump.wait(deadline);
    }
    if ('error' in outcome) throw outcome.error;
    if (outcome.value instanceof Promise || outcome.value instanceof TaskStream) {
      const what = outcome.value instanceof TaskStream ? 'is a stream' : 'has a shared object in it';
      if (outcome.value instanceof TaskStream) void outcome.value.return();
      throw new TypeError(
        `the result of task '${name}' ${what}, which submitSync cannot wait for: await submit()`,
      );
    }
    return outcome.value;
  }

  /** Sends a task to a certain worker. */
  submitTo(worker: PoolWorker, name: string, args: readonly unknown[]): Task<unknown> {
    const task = this.#taskOf(name);
    const pending = task.pending!;
    try {
      const packed = packValue('args', args, NO_TRANSFER);
      pending.submittedAt = now();
      this.#observer.submitted(pending);
      this.ledger.enter(pending, worker.row);
      worker.post({ type: 'task', record: this.#plainRecordOf(pending, []), args: packed });
      this.pump.start();
    } catch (error) {
      this.#drop(pending, this.#explain(name, error));
    }
    return task;
  }

  /** Sends a task to every worker. */
  async broadcast(name: string, args: readonly unknown[]): Promise<unknown[]> {
    if (this.#refusal !== undefined) throw this.#refusal(name);
    return Promise.all(this.roster.all().map((worker) => this.submitTo(worker, name, args)));
  }

  /** Brings a task under way. Whatever is wrong with it rejects it. */
  begin(task: PendingTask, args: readonly unknown[], options: SubmitOptions): void {
    if (this.#refusal !== undefined) {
      this.#drop(task, this.#refusal(task.name));
      return;
    }
    try {
      if (!Array.isArray(args)) throw new TypeError(`the arguments of task '${task.name}' must be an array`);
      if (options !== NO_OPTIONS) this.#apply(task, options);
      if (task.settled) return;
      this.#send(task, args, options.transfer);
    } catch (error) {
      this.#drop(task, this.#explain(task.name, error));
    }
  }

  /** Rejects a task at once with `reason`, and sees to it that it does not run, or does not run for long. */
  cancel(task: PendingTask, reason: unknown = new TaskCancelled(task.name)): void {
    if (this.#reject(task, reason) && task.slot >= 0) this.#callOff(task, reason);
  }

  /** See `ThreadPoolExecutor.shutdown`. */
  shutdown(options: ShutdownOptions): Promise<void> {
    const limit = milliseconds('options.timeout', options.timeout ?? Infinity);
    this.#refusal ??= (name) => new ExecutorShutDown(name);
    this.#closing ??= new Promise((resolve) => {
      this.#finishClosing = () => {
        this.#ended = true;
        resolve();
      };
    });
    if (options.cancelPending === true) {
      for (const task of this.ledger.all()) {
        if (this.words.rowOf(task.slot) < 0) this.cancel(task, new TaskCancelled(task.name, SHUT_DOWN));
      }
    }
    this.#closeWhenDone();
    if (limit <= LONGEST_TIMER && !this.#ended) {
      const timer = setTimeout(() => this.#end(), limit);
      void this.#closing.then(() => clearTimeout(timer));
    }
    if (options.wait === false) return Promise.resolve();
    const release = holdEventLoop();
    return this.#closing.finally(release);
  }

  #taskOf(name: string): Task<unknown> {
    const task = new Task<unknown>(keepSettlers);
    task.canceller = this;
    task.pending = new PendingTask(name, resolveLast, rejectLast);
    return task;
  }

  #apply(task: PendingTask, options: SubmitOptions): void {
    const { signal, timeout, retries, onProgress, transfer, priority } = options;
    if (priority !== undefined && priority !== 0) {
      task.priority = validPriority(priority);
      this.#control.setHasPriorities();
    }
    if (retries !== undefined) task.retriesLeft = wholeNumber('retries', retries, 0, 2 ** 31 - 1);
    if (task.retriesLeft > 0 && transfer !== undefined && transfer.length > 0) {
      throw new TypeError(
        `task '${task.name}': what is moved to a worker is lost with it; leave out 'retries' or 'transfer'`,
      );
    }
    if (onProgress !== undefined)
      task.onProgress = AsyncResource.bind(onProgress) as (value: unknown) => void;
    const limit = timeout === undefined ? Infinity : milliseconds('options.timeout', timeout);
    if (signal === undefined && limit > LONGEST_TIMER) return;
    if (signal?.aborted) throw signal.reason;
    const onAbort = () => this.cancel(task, signal!.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer =
      limit > LONGEST_TIMER
        ? undefined
        : setTimeout(() => this.cancel(task, new TaskTimeout(task.name, limit)), limit);
    task.release = () => {
      signal?.removeEventListener('abort', onAbort);
      clearTimeout(timer);
    };
  }

  #send(
    task: PendingTask,
    args: readonly unknown[],
    transfer: readonly TransferListItem[] = NO_TRANSFER,
  ): void {
    if (task.retriesLeft > 0) task.args = args;
    task.submittedAt = now();
    this.#observer.submitted(task);
    this.ledger.enter(task);
    if (this.ledger.size > this.#control.live) this.roster.grow();
    if (transfer.length > 0 || isBig(args)) this.#post(task, args, transfer);
    if (!this.#offer(task, args)) this.#laneOf(task).join(task, this.#lastingRecordOf(task, args));
    this.pump.start();
  }

  #laneOf({ priority }: PendingTask): Lane {
    return priority === 0 ? this.#normal : priority < 0 ? this.#urgent : this.#later;
  }

  /** Puts a task on its queue; false when there is no room, or others stand in line. */
  #offer(task: PendingTask, args: readonly unknown[]): boolean {
    const lane = this.#laneOf(task);
    let offered: boolean;
    try {
      offered = lane.offer(this.#recordOf(task, args));
    } catch (error) {
      if (task.posted !== undefined || !(error instanceof QueueCodecError || error instanceof RangeError))
        throw error;
      // Bytes cannot carry it. A port may.
      this.#post(task, args, NO_TRANSFER);
      offered = lane.offer(this.#recordOf(task, args));
    }
    if (offered) this.#wakeOne();
    return offered;
  }

  #wakeOne(): void {
    if (this.#control.work.hasWaiters) this.#control.work.notify(1);
  }

  /** The record as its lane takes it. */
  #recordOf(task: PendingTask, args: readonly unknown[]): TaskRecord | PriorityRecord {
    const record = this.#plainRecordOf(task, args);
    return task.priority === 0 ? record : [task.priority, ...record];
  }

  #plainRecordOf(task: PendingTask, args: readonly unknown[]): TaskRecord {
    const { slot, generation, submittedAt } = task;
    const name = this.#names.numberOf(task.name);
    if (task.posted !== undefined) return [slot, generation, ~name, submittedAt];
    switch (args.length) {
      case 0:
        return [slot, generation, name, submittedAt];
      case 1:
        return [slot, generation, name, submittedAt, args[0]];
      case 2:
        return [slot, generation, name, submittedAt, args[0], args[1]];
      default:
        return [slot, generation, name, submittedAt, ...args];
    }
  }

  /** The record of a task that has to wait in line: its arguments as they are now. */
  #lastingRecordOf(task: PendingTask, args: readonly unknown[]): TaskRecord | PriorityRecord {
    if (task.posted !== undefined) return this.#recordOf(task, args);
    try {
      // Into bytes and out again: what the queue will refuse, it refuses now.
      this.#scratch ??= new SimpleQueue();
      this.#scratch.put(args);
      return this.#recordOf(task, this.#scratch.get());
    } catch (error) {
      if (!(error instanceof QueueCodecError || error instanceof RangeError)) throw error;
      this.#post(task, args, NO_TRANSFER);
      return this.#recordOf(task, args);
    }
  }

  /** The queue refuses the record of a task in line: another record, or undefined if nothing helps. */
  #repair(
    task: PendingTask,
    record: TaskRecord | PriorityRecord,
    error: unknown,
  ): TaskRecord | PriorityRecord | undefined {
    try {
      if (task.posted !== undefined) throw error;
      this.#post(task, record.slice(RECORD_HEAD + (task.priority === 0 ? 0 : 1)), NO_TRANSFER);
      return this.#recordOf(task, []);
    } catch (reason) {
      task.inLine = false;
      this.#drop(task, this.#explain(task.name, reason));
      return undefined;
    }
  }

  /**
   * Takes the arguments as they are now: moves what is to be moved, copies the rest. What can be posted more than
   * once goes to every worker at once, so that none has to ask for it while this thread may be blocked.
   */
  #post(task: PendingTask, args: readonly unknown[], transfer: readonly TransferListItem[]): void {
    const packed = packValue('args', args, transfer);
    const kept = structuredClone(
      { packed, transfer: [...transfer] },
      { transfer: [...transfer] as Transferable[] },
    );
    const copies = movables(Object.values(kept.packed.fields)[0]);
    const toMove = [...new Set([...kept.transfer, ...copies])];
    task.posted = { args: kept.packed, transfer: toMove };
    if (toMove.length > 0) return;
    const { slot, generation } = task;
    for (const worker of this.roster.all())
      worker.post({ type: 'args', slot, generation, args: kept.packed });
  }

  #explain(taskName: string, error: unknown): unknown {
    if (error instanceof Unsendable) return new TaskValueError(taskName, error.path, error.why, error.cause);
    if ((error as { name?: unknown } | null)?.name === 'DataCloneError') {
      return new TaskValueError(taskName, 'args', (error as Error).message, error);
    }
    return error;
  }

  /** The task never got under way. */
  #drop(task: PendingTask, error: unknown): void {
    this.#reject(task, error);
    if (task.slot >= 0) this.ledger.leave(task);
  }

  #callOff(task: PendingTask, reason: unknown): void {
    if (task.inLine) {
      this.#laneOf(task).line.leave(task);
      this.#leave(task);
      return;
    }
    const row = this.words.cancel(task.slot);
    // Nobody has taken it: whoever does drops it, and says so.
    if (row < 0) return;
    const { slot, generation } = task;
    const worker = this.roster.at(row);
    worker?.post({ type: 'cancel', slot, generation, reason: packError(reason) });
    const { graceMs } = this.settings;
    if (graceMs > LONGEST_TIMER) return;
    const timer = setTimeout(() => {
      if (this.ledger.find(slot, generation) === task && this.words.kill(slot)) worker?.terminate();
    }, graceMs);
    timer.unref();
    task.release = () => clearTimeout(timer);
  }

  #deliver(record: ResultRecord): void {
    const slot = record[0];
    const tag = record[1];
    const task = this.ledger.find(slot, generationOf(tag));
    if (task === undefined) return;
    const value = isPosted(tag) ? this.#takePosted(slot) : record[2];
    switch (kindOf(tag)) {
      case VALUE:
        this.#leave(task);
        this.#succeed(task, value);
        break;
      case ERROR:
        this.#fail(task, unpackError(value as PackedError, `\n    at task '${task.name}', run by a worker`));
        break;
      case NOT_FOUND:
        this.#fail(task, new TaskNotFound(task.name, this.url, value as string[]));
        break;
      case SKIPPED:
        this.#leave(task);
        break;
      case CLAIM:
        this.#answerClaim(task);
        break;
      case STREAM:
        this.#openStream(task);
        break;
      case ITEM:
        task.stream?.push(value);
        break;
      case PROGRESS:
        this.#progress(task, value);
        break;
      case TIMES:
        task.times = value as [number, number];
        task.worker = this.roster.at(this.words.rowOf(slot))?.name;
        break;
    }
  }

  #takePosted(slot: number): unknown {
    const packed: PackedValue = this.roster.at(this.words.rowOf(slot))!.takeValue();
    const plain = plainValue(packed);
    return plain === undefined ? unpackValue(packed) : plain.value;
  }

  #answerClaim(task: PendingTask): void {
    const { slot, generation, posted } = task;
    if (posted === undefined) return;
    task.posted = undefined;
    const { args, transfer } = posted;
    this.roster.at(this.words.rowOf(slot))?.post({ type: 'args', slot, generation, args }, transfer);
  }

  #openStream(task: PendingTask): void {
    if (!this.ledger.settle(task)) return;
    const { slot, generation } = task;
    task.stream = new TaskStream(
      () => {
        const row = this.ledger.find(slot, generation) === task ? this.words.rowOf(slot) : -1;
        if (row >= 0) this.roster.at(row)?.state.countConsumed();
      },
      () => {
        if (task.slot >= 0) this.#callOff(task, new TaskCancelled(task.name, 'its stream was abandoned'));
      },
    );
    task.resolve(task.stream);
  }

  #progress(task: PendingTask, value: unknown): void {
    if (value instanceof Promise) {
      void value.then((arrived) => this.#progress(task, arrived));
      return;
    }
    try {
      task.onProgress?.(value);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #succeed(task: PendingTask, value: unknown): void {
    if (task.stream !== undefined) {
      if (!task.stream.end()) return;
    } else {
      if (!this.ledger.settle(task)) return;
      task.resolve(value);
    }
    this.#done++;
    this.#observer.finished(task);
  }

  #fail(task: PendingTask, error: unknown): void {
    this.#leave(task);
    this.#reject(task, error);
  }

  /** Tells the caller, unless the caller has got a result or an error before; says whether it did. */
  #reject(task: PendingTask, error: unknown): boolean {
    if (task.stream !== undefined) {
      if (!task.stream.fail(error)) return false;
    } else {
      if (!this.ledger.settle(task)) return false;
      task.reject(error);
    }
    this.#failed++;
    this.#observer.failed(task, error);
    return true;
  }

  /** Nothing more will be heard of the task. Its caller may still have to get the result. */
  #leave(task: PendingTask): void {
    task.release?.();
    task.release = undefined;
    this.ledger.leave(task);
    if (this.#closing !== undefined) this.#closeWhenDone();
  }

  /** A worker has ended: what it had sent counts, then the tasks that its row still owns are those it died with. */
  #bury(worker: PoolWorker, end: WorkerEnd): void {
    this.pump.drain();
    for (const task of this.ledger.all()) {
      if (this.words.rowOf(task.slot) !== worker.row) continue;
      if (!task.settled && task.retriesLeft > 0 && !this.#broken) this.#retry(task);
      else this.#fail(task, new TaskWorkerDied(worker.name, task.name, end));
    }
  }

  #retry(task: PendingTask): void {
    const args = task.args!;
    task.retriesLeft--;
    task.times = undefined;
    this.#observer.retried(task);
    this.ledger.leave(task);
    try {
      this.#send(task, args);
    } catch (error) {
      this.#drop(task, this.#explain(task.name, error));
    }
  }

  /** No worker is left and none can start: nobody is to wait for one. */
  #break(what: string, cause: unknown): void {
    this.#broken = true;
    this.#refusal = () => new ExecutorBroken(this.url, what, cause);
    for (const task of this.ledger.all()) {
      if (task.inLine) this.#laneOf(task).line.leave(task);
      this.#fail(task, this.#refusal(task.name));
    }
    this.roster.close();
    this.roster.terminate();
  }

  #closeWhenDone(): void {
    if (this.ledger.size > 0) return;
    for (const lane of [this.#urgent, this.#later, this.#normal]) lane.queue.shutdown();
    this.#control.work.notify();
    this.roster.close();
  }

  /** The time for a graceful end is over. */
  #end(): void {
    if (this.#ended) return;
    for (const task of this.ledger.all()) {
      if (task.inLine) this.#laneOf(task).line.leave(task);
      this.#reject(task, new TaskCancelled(task.name, SHUT_DOWN));
      this.ledger.leave(task);
    }
    this.#closeWhenDone();
    this.roster.terminate();
  }
}

/** The two functions of the promise made last: no closure is made for each promise. */
let resolveLast: (value: unknown) => void;
let rejectLast: (error: unknown) => void;
const keepSettlers = (resolve: (value: unknown) => void, reject: (error: unknown) => void): void => {
  resolveLast = resolve;
  rejectLast = reject;
};

const SHUT_DOWN = 'its executor was shut down';
