import { SimpleQueue } from '@pkg/queue';
import { checkOptions, realTime } from '@pkg/sync/kernel';
import { WorkerDiedError } from '../thread/worker-died-error.ts';
import { Attachments } from './attached/attachments.ts';
import type { ExecutorHandle } from './attached/messages.ts';
import { type OwnExecutor, ownExecutors, serveOtherExecutors } from './attached/own-executors.ts';
import { Saturation, warnOfSaturation } from './attached/saturation.ts';
import type { TaskHost } from './attached/task-host.ts';
import { callOff } from './call-off.ts';
import { clock } from './clock.ts';
import { Closing } from './closing.ts';
import { Control } from './control.ts';
import { Dispatch } from './dispatch.ts';
import { ExecutorBroken, ExecutorDeadlock, TaskCancelled, TaskTimeout, TaskValueError } from './errors.ts';
import { Graces } from './graces.ts';
import { Ledger } from './ledger.ts';
import { Observer } from './observer.ts';
import { milliseconds, type Settings, type ShutdownOptions, type SubmitOptions } from './options.ts';
import type { PendingTask } from './pending-task.ts';
import type { PoolWorker, WorkerEnd } from './pool-worker.ts';
import { RECORD_CODEC, type ResultRecord } from './protocol.ts';
import { ResultPump } from './result-pump.ts';
import { Results } from './results.ts';
import { Roster } from './roster.ts';
import { collectStats, type ExecutorStats } from './stats.ts';
import type { Task } from './task.ts';
import { applyOptions, checkCall } from './task-limits.ts';
import { explain, newTask, SyncOutcome } from './task-outcome.ts';
import { leaveStream, TaskStream } from './task-stream.ts';
import type { TaskTrace } from './task-trace.ts';
import { TaskWords } from './task-words.ts';
import { type PackedValue, packValue, plainValue } from './value-travel.ts';

/** What the executors' clock counts from, on this thread's `performance.now()`: small numbers are soon encoded. */
const ZERO = clock.now();

/** On the executors' clock, in microseconds. */
const now = (): number => Math.round((clock.now() - ZERO) * 1000);

/**
 * How long a blocked thread sleeps before it looks for workers that have ended, in milliseconds; longer and longer. The
 * end of most wakes it. One that dies before it has entered the roll of threads, while it loads, say, wakes nobody.
 */
const FIRST_SLICE = 50;
const LONGEST_SLICE = 1000;

const NO_OPTIONS: SubmitOptions = {};
const NO_ARGS: readonly unknown[] = [];
const SHUT_DOWN = 'its executor was shut down';

/** Stands for the result of a worker that a broadcast did not reach. */
const ABSENT = Symbol('absent');

/** @throws TaskValueError when an argument cannot travel */
function packInitializer({ name, args }: NonNullable<Settings['initializer']>): PackedValue {
  try {
    return packValue('initializer.args', args, []);
  } catch (error) {
    throw explain(name, error);
  }
}

/** An executor without its types: what the public class, and each of its verbs, is made of. */
export class ExecutorCore implements OwnExecutor, TaskHost {
  readonly url: string;
  readonly settings: Settings;
  readonly roster: Roster;
  readonly ledger: Ledger;
  readonly pump: ResultPump;
  readonly words = TaskWords.create();
  readonly graces = new Graces();
  readonly saturation: Saturation;
  readonly #control: Control;
  readonly #dispatch: Dispatch;
  readonly #results: Results;
  readonly #observer: Observer;
  /** Names this executor to others. */
  readonly #channel = crypto.randomUUID();
  #attachments: Attachments | undefined;
  #warned = false;
  #broken = false;
  readonly #closing = new Closing({
    cancelPending: () => {
      for (const task of this.ledger.all()) this.cancelIfNotBegun(task);
    },
    closeWhenDone: () => {
      for (const task of this.ledger.all()) this.#forgetIfCalledOff(task);
      this.#closeWhenDone();
    },
    end: () => this.#end(),
    ended: () => {
      this.#attachments?.close();
      ownExecutors.delete(this.#channel);
    },
  });

  constructor(url: string, settings: Settings) {
    this.url = url;
    this.settings = settings;
    const { maxWorkers, minWorkers, idleTimeout, maxQueue, initializer } = settings;
    this.#control = Control.create(maxWorkers, minWorkers, idleTimeout);
    const results = new SimpleQueue<ResultRecord>({ codec: RECORD_CODEC });
    this.ledger = new Ledger(this.words);
    this.saturation = new Saturation(this.words, this.ledger, settings);
    this.#dispatch = new Dispatch(
      maxQueue,
      this.#control,
      () => this.roster.all(),
      (task, error) => this.#drop(task, explain(task.name, error)),
      (task) => {
        if (task.slot >= 0) this.#results.leave(task);
      },
    );
    const epoch = performance.timeOrigin + ZERO;
    this.#observer = new Observer(url, epoch, (watched) => this.#control.setWatched(watched));
    this.#results = new Results(url, this.words, this.ledger, this.#observer, (row) => this.roster.at(row), {
      cancel: (task, reason) => this.cancel(task, reason),
      callOff: (task, reason) => this.#callOff(task, reason),
      listed: (names) => this.#dispatch.reserve(names),
      left: () => {
        if (this.#closing.isUnderWay) this.#closeWhenDone();
      },
    });
    this.pump = new ResultPump(results, this.#control, this.ledger, (record) =>
      this.#results.deliver(record),
    );
    const shared = {
      url,
      epoch,
      channel: this.#channel,
      ...this.#dispatch.memory,
      words: this.words.memory,
      results: results.handle,
      initializer: initializer && { name: initializer.name, args: packInitializer(initializer) },
    };
    this.roster = new Roster(settings, this.#control, shared, {
      ending: () => void this.pump.drain(),
      ended: (worker, end) => this.#bury(worker, end),
      broken: (what, cause) => this.#break(what, cause),
      empty: () => {
        // No worker will: the engine would keep the sleeping pump, and with it all that is here.
        this.#control.results.notify();
        this.#closing.finish();
      },
      demand: () => this.ledger.size,
    });
    this.roster.begin();
  }

  get maxWorkers(): number {
    return this.settings.maxWorkers;
  }

  get handle(): ExecutorHandle {
    if (this.#attachments === undefined) {
      this.#attachments = new Attachments(this.url, this.#channel, this.maxWorkers, this.#control, this);
      if (this.#closing.isOver) this.#attachments.close();
      else ownExecutors.set(this.#channel, this);
    }
    return this.#attachments.handle;
  }

  trace(): TaskTrace {
    return this.#observer.trace();
  }

  stats(): ExecutorStats {
    const counted = { queued: this.#dispatch.queued, done: this.#results.done, failed: this.#results.failed };
    return collectStats(counted, this.#control, this.roster.all(), performance.now() - ZERO);
  }

  submit(name: string, args: readonly unknown[], options: SubmitOptions = NO_OPTIONS): Task<unknown> {
    const task = newTask(name, this);
    this.begin(task.pending!, args, options);
    return task;
  }

  /** Blocks until the task is done. */
  submitSync(name: string, args: readonly unknown[], options: SubmitOptions): unknown {
    const outcome = new SyncOutcome(name);
    const { pending } = outcome;
    checkOptions(options, '{ timeout: 1000 }');
    const { timeout = Infinity, ...others } = options;
    const deadline = realTime.now() + milliseconds('options.timeout', timeout);
    if (timeout < Infinity) pending.expires = true;
    this.begin(pending, args, others);
    for (let slice = FIRST_SLICE; ; slice = Math.min(2 * slice, LONGEST_SLICE)) {
      this.serve();
      const next = Math.min(this.graces.next, serveOtherExecutors(this), realTime.now() + slice);
      if (outcome.isKnown) return outcome.unwrap(this.submitSync);
      const time = realTime.now();
      if (time >= deadline) this.cancel(pending, new TaskTimeout(name, timeout));
      else this.pump.wait(Math.max(0, Math.min(deadline, next) - time), this.#hasMail);
    }
  }

  serve(): void {
    this.pump.drain();
    this.graces.look();
    this.roster.look();
    // Other threads' tasks may be what a task waits for.
    this.#attachments?.recover();
    this.#attachments?.collect();
    this.#dispatch.advance();
  }

  readonly #hasMail = (): boolean => this.#attachments?.hasMail === true;

  /** Sends a task to every worker. */
  async broadcast(name: string, args: readonly unknown[]): Promise<unknown[]> {
    if (this.#closing.refusal !== undefined) throw this.#closing.refusal(name);
    checkCall(name, args);
    return this.#submitToAll(name, () => packValue('args', args, []), false);
  }

  async broadcastPacked(name: string, args: PackedValue, fromTask: boolean): Promise<unknown[]> {
    if (fromTask) {
      throw new TypeError(
        `broadcast('${name}') out of a task of the same executor would wait for the worker that runs this very task`,
      );
    }
    if (this.#closing.refusal !== undefined) throw this.#closing.refusal(name);
    const results = await this.#submitToAll(name, () => args, true);
    if (!results.some((result) => result instanceof TaskStream)) return results;
    results.forEach(leaveStream);
    throw new TaskValueError(
      name,
      'result',
      'it is a stream, and those of a broadcast do not go on to another thread',
    );
  }

  /** Brings a task under way. Whatever is wrong with it rejects it. */
  begin(task: PendingTask, args: readonly unknown[], options: SubmitOptions): void {
    task.submittedAt = now();
    // Also of one that is refused: whoever counts what is under way hears of its failure as well.
    this.#observer.submitted(task);
    if (this.#closing.refusal !== undefined) {
      this.#drop(task, this.#closing.refusal(task.name));
      return;
    }
    try {
      checkCall(task.name, args);
      if (options !== NO_OPTIONS) {
        applyOptions(task, options, (reason) => this.cancel(task, reason));
        if (task.priority !== 0) this.#control.setHasPriorities();
        if (task.settled) return;
      }
      this.#send(task, args, options.transfer);
    } catch (error) {
      this.#drop(task, explain(task.name, error));
    }
  }

  beginPacked(task: PendingTask, args: PackedValue, options: SubmitOptions): void {
    const plain = plainValue(args);
    if (plain === undefined) task.packed = args;
    this.begin(task, plain === undefined ? NO_ARGS : (plain.value as unknown[]), options);
  }

  /** Rejects a task at once with `reason`, and sees to it that it does not run, or does not run for long. */
  cancel(task: PendingTask, reason: unknown = new TaskCancelled(task.name)): void {
    if (!this.#results.reject(task, reason) || task.slot < 0) return;
    this.#callOff(task, reason);
    if (this.#closing.isUnderWay) this.#forgetIfCalledOff(task);
  }

  /**
   * A task that was called off before a worker took it will not run, and is under way only until a worker says so. At the
   * end that is not waited for: there may be no worker that ever can.
   */
  #forgetIfCalledOff(task: PendingTask): void {
    if (task.slot < 0 || !task.settled || task.inLine || this.words.rowOf(task.slot) >= 0) return;
    this.#results.leave(task);
  }

  abandon(task: PendingTask): void {
    this.#results.abandon(task);
  }

  cancelIfNotBegun(task: PendingTask): void {
    if (task.slot >= 0 && this.words.rowOf(task.slot) < 0) {
      this.cancel(task, new TaskCancelled(task.name, SHUT_DOWN));
    }
  }

  checkSaturation(latest: PendingTask): void {
    if (this.saturation.look() === 'none') return;
    // What a worker had sent before it took the task that submits lies there by now; so does the end of one that died.
    this.pump.drain();
    this.roster.look();
    if (latest.settled) return;
    const stuck = this.saturation.look();
    if (stuck === 'certain') this.cancel(latest, new ExecutorDeadlock(latest.name, this.maxWorkers));
    else if (stuck === 'possible' && !this.#warned) {
      this.#warned = true;
      warnOfSaturation(latest.name, this.maxWorkers, this.url);
    }
  }

  shutdown(options: ShutdownOptions): Promise<void> {
    return this.#closing.shutdown(options);
  }

  /** What all workers return that do not end before they begin the task. */
  async #submitToAll(name: string, pack: () => PackedValue, relayed: boolean): Promise<unknown[]> {
    const workers = this.roster.all();
    const tasks = workers.map((worker) => this.#submitTo(worker, name, pack, relayed));
    try {
      const results = await Promise.all(tasks);
      return results.filter((result) => result !== ABSENT);
    } catch (error) {
      // Nobody gets what the others return.
      for (const task of tasks) task.then(leaveStream, () => {});
      throw error;
    }
  }

  /** Sends a task to a certain worker. Its result is {@link ABSENT} if that one ends before it begins the task. */
  #submitTo(worker: PoolWorker, name: string, pack: () => PackedValue, relayed: boolean): Task<unknown> {
    const task = newTask(name, this);
    const pending = task.pending!;
    pending.relayed = relayed;
    pending.submittedAt = now();
    this.#observer.submitted(pending);
    try {
      const args = pack();
      pending.addressee = worker;
      this.ledger.enter(pending);
      worker.post({ type: 'task', record: this.#dispatch.headOf(pending), args });
      this.pump.start();
    } catch (error) {
      this.#drop(pending, explain(name, error));
    }
    return task;
  }

  #send(task: PendingTask, args: readonly unknown[], transfer: SubmitOptions['transfer']): void {
    this.#control.calls.callAhead();
    if (task.retriesLeft > 0) task.args = args;
    this.ledger.enter(task);
    if (this.ledger.size > this.#control.live) this.roster.grow();
    // No worker could be started, and the task has been told so.
    if (this.#broken) return;
    this.#dispatch.send(task, args, transfer);
    this.pump.start();
  }

  /** The task never got under way. */
  #drop(task: PendingTask, error: unknown): void {
    this.#results.reject(task, error);
    if (task.slot >= 0) this.ledger.leave(task);
  }

  #callOff(task: PendingTask, reason: unknown): void {
    if (task.inLine && this.#dispatch.leaveLine(task)) {
      this.#results.leave(task);
      return;
    }
    callOff(task, reason, this);
  }

  /** A worker has ended, and what it had sent counts: the tasks that its row still owns are those it died with. */
  #bury(worker: PoolWorker, end: WorkerEnd): void {
    for (const task of this.ledger.all()) {
      if (this.words.rowOf(task.slot) !== worker.row) {
        if (task.addressee === worker) this.#missBroadcast(task, end);
        continue;
      }
      if (!task.settled && task.retriesLeft > 0 && !this.#broken) this.#retry(task);
      else this.#results.fail(task, new WorkerDiedError(worker.name, { ...end, taskName: task.name }));
    }
    // What its task had submitted is wanted no more.
    this.#attachments?.recover();
  }

  /** The one worker that was to run the task has ended, and has not begun it. */
  #missBroadcast(task: PendingTask, { loadFailure }: WorkerEnd): void {
    if (loadFailure === undefined) this.#results.leaveOut(task, ABSENT);
    else this.#results.fail(task, new ExecutorBroken(this.url, loadFailure.what, loadFailure.error));
  }

  #retry(task: PendingTask): void {
    const args = task.args!;
    task.retriesLeft--;
    task.times = undefined;
    // They were given to the worker that has died, and are encoded anew.
    task.posted = undefined;
    task.submittedAt = now();
    this.#observer.retried(task);
    this.ledger.leave(task);
    try {
      this.#send(task, args, undefined);
    } catch (error) {
      this.#drop(task, explain(task.name, error));
    }
  }

  /** No worker is left and none can start: nobody is to wait for one. */
  #break(what: string, cause: unknown): void {
    this.#broken = true;
    this.#closing.refusal = () => new ExecutorBroken(this.url, what, cause);
    for (const task of this.ledger.all()) {
      if (task.inLine) this.#dispatch.leaveLine(task);
      this.#results.fail(task, this.#closing.refusal(task.name));
    }
    this.#dispatch.close();
    this.roster.close();
    this.roster.terminate();
  }

  #closeWhenDone(): void {
    if (this.ledger.size > 0) return;
    this.#dispatch.close();
    this.#control.work.notify();
    this.roster.close();
  }

  /** The time for a graceful end is over. */
  #end(): void {
    for (const task of this.ledger.all()) {
      if (task.inLine) this.#dispatch.leaveLine(task);
      this.#results.reject(task, new TaskCancelled(task.name, SHUT_DOWN));
      this.ledger.leave(task);
    }
    this.#closeWhenDone();
    this.roster.terminate();
  }
}
