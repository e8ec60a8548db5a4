/**
 * A started thread, as seen by the thread that started it.
 *
 * Whether it has ended is learnt in two ways that agree: from the worker's `exit` event, and, while this
 * thread blocks and sees no events, from the liveness probe. Its outcome lies on a port from before its end
 * and is read from there without events either. A thread that has not begun has no probe yet; one that is called off
 * before it begins counts as ended from then on, as nothing of the user's will run in it.
 *
 * @packageDocumentation
 */

import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
  type WorkerOptions,
} from 'node:worker_threads';
import { BlockingForbidden, canBlock, type Supervision } from '@pkg/sync';
import {
  Countdown,
  createLivenessProbe,
  currentThread,
  deadlineOf,
  EventCount,
  holdEventLoop,
  realTime,
  remaining,
  throwIfAborted,
} from '@pkg/sync/kernel';
import { inspect } from '../builtins.ts';
import { type Inherited, inherited, workerEntry } from '../worker-entry.ts';
import { endThreadsAtExit } from './end-at-exit.ts';
import { unpackError } from './error-travel.ts';
import { ThreadFieldError, ThreadLoadError, ThreadNotExported, ThreadStartError } from './errors.ts';
import { packFields } from './field-travel.ts';
import { inheritedExecArgv } from './inherited-exec-argv.ts';
import { keepLastOutput } from './last-output.ts';
import {
  CALLED_OFF,
  ENDING,
  EVENTS,
  GRACE,
  JOINERS,
  LOADING,
  type Outcome,
  RUNNING,
  STARTING,
  STATE,
  STATE_BYTES,
  type ThreadData,
} from './protocol.ts';
import { superviseOrEnd } from './supervise-or-end.ts';
import { thisThread } from './this-thread.ts';
import type { ThreadOptions } from './thread-options.ts';
import type { TransferListItem } from './transfer-list-item.ts';
import { Waiters } from './waiters.ts';
import { WorkerDiedError } from './worker-died-error.ts';

/** What a thread is started from. */
export interface Launch {
  readonly instance: object;
  readonly className: string;
  readonly url: string;
  readonly name: string;
  readonly daemon: boolean;
  readonly options: ThreadOptions;
}

/** How often a blocked joiner looks whether an announced end has come, in milliseconds. It takes 1-3 ms. */
const LOOK_FOR_EXIT_EVERY = 1;

type PackedError = Parameters<typeof unpackError>[0];
type Death = Extract<Outcome, { type: 'uncaught' | 'exited' }>;

/** The outcome, once it is known: an error to be thrown, boxed because any value may be thrown, or none. */
type Result = { error: unknown } | undefined;

export class RunningThread {
  /** Node's id of the thread. */
  readonly ident: number;
  /** Settles after the `exit` event, when the outcome is known. Does not keep the process alive for a daemon. */
  readonly exited: Promise<void>;

  readonly #launch: Launch;
  readonly #worker: Worker;
  readonly #supervision: Supervision;
  readonly #outcomes: MessagePort;
  readonly #state = new Int32Array(new SharedArrayBuffer(STATE_BYTES));
  readonly #events: EventCount;
  /** Frames of the place where the thread was started, for the stacks of its errors. */
  readonly #startedAt: string;

  #exitCode: number | undefined;
  /** Those who join without blocking. */
  readonly #joiners = new Waiters();
  #workerError: unknown;
  #outcome: Outcome | undefined;
  #concluded = false;
  #result: Result;
  /** Whether the error has reached somebody, stderr included. */
  #delivered = false;

  /** Starts the thread. Throws ThreadFieldError when a field cannot travel; nothing has been started then. */
  constructor(launch: Launch, startedAt: string) {
    const { instance, url, className, name, daemon, options } = launch;
    this.#launch = launch;
    this.#startedAt = `\n    at thread '${name}', started\n${startedAt}`;
    this.#events = new EventCount(this.#state, EVENTS, currentThread());
    const packed = packFields(instance, options.transfer);
    const { port1, port2 } = new MessageChannel();
    this.#outcomes = port1;
    const probe = createLivenessProbe();
    const liveness = probe?.port as unknown as MessagePort | undefined;
    const data: ThreadData & Inherited = {
      ...inherited(),
      url,
      className,
      name,
      daemon,
      packed,
      state: this.#state.buffer as SharedArrayBuffer,
      outcomes: port2,
      liveness,
    };
    Atomics.store(this.#state, GRACE, 1);
    const entry = workerEntry();
    const workerOptions: WorkerOptions = {
      workerData: data,
      eval: entry.eval,
      name,
      transferList: [
        port2,
        ...(liveness === undefined ? [] : [liveness]),
        ...((options.transfer ?? []) as TransferListItem[]),
      ],
    };
    for (const key of ['resourceLimits', 'env', 'execArgv', 'argv'] as const) {
      if (options[key] !== undefined) Object.assign(workerOptions, { [key]: options[key] });
    }
    workerOptions.execArgv ??= inheritedExecArgv();
    try {
      this.#worker = new Worker(entry.script, workerOptions);
    } catch (error) {
      port1.close();
      probe?.close();
      if ((error as { name?: unknown }).name !== 'DataCloneError') throw error;
      throw new ThreadFieldError('(unknown)', (error as Error).message, error);
    }
    realTime.setImmediate(() => this.#endGrace());
    this.ident = this.#worker.threadId;
    this.#supervision = superviseOrEnd(this.#worker, probe);
    endThreadsAtExit();
    this.#worker.on('error', (error) => {
      this.#workerError = error;
    });
    this.exited = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#exitCode = code;
        this.#conclude();
        this.#reportIfNobodyKnows();
        resolve();
        this.#joiners.tell();
      });
    });
    if (daemon) {
      this.#worker.unref();
      keepLastOutput();
    } else this.#countAsChild();
  }

  /** Whether nothing of the user's will run in the thread any more. Looks by itself; does not block. */
  get ended(): boolean {
    if (!this.#concluded && (this.#stateIs(CALLED_OFF) || this.#supervision.ended)) this.#conclude();
    return this.#concluded;
  }

  /** What it failed of; undefined before its end, and when it has ended as it should. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#result;
  }

  /** Whether it ended before its `run`, other than by a death that tells nothing of its class. */
  get couldNotStart(): boolean {
    const outcome = this.#outcome;
    if (outcome === undefined) return false;
    if ('loaded' in outcome) return !outcome.loaded;
    return outcome.type !== 'returned' && outcome.type !== 'threw';
  }

  /**
   * Waits until the class has been found in the thread, or `limit` milliseconds have passed. Blocks.
   * Throws the ThreadStartError if it was not found.
   */
  waitUntilRunning(limit: number): void {
    const deadline = deadlineOf(limit);
    const decided = () => !(this.#stateIs(STARTING) || this.#stateIs(LOADING)) || this.ended;
    if (!this.#waitFor(decided, deadline) || this.#stateIs(RUNNING)) return;
    if (this.#supervision.terminationRequested) return;
    this.#drain();
    const outcome = this.#outcome;
    if (outcome !== undefined && (outcome.type === 'returned' || outcome.type === 'threw')) return;
    if (outcome !== undefined && 'loaded' in outcome && outcome.loaded) return;
    this.#delivered = true;
    this.#waitFor(() => this.ended, deadline);
    const error = this.#resultOf(outcome)?.error;
    if (error instanceof ThreadStartError) throw error;
    throw new ThreadLoadError(this.#launch.className, this.#launch.url, error);
  }

  /** Waits for the end; false when `timeout` ran out first. Throws the thread's error. Blocks. */
  join(timeout: number | undefined): boolean {
    const deadline = deadlineOf(timeout);
    if (!this.ended && !canBlock()) throw new BlockingForbidden('join');
    this.#beginJoin();
    try {
      if (!this.#waitFor(() => this.ended, deadline)) return false;
    } finally {
      Atomics.sub(this.#state, JOINERS, 1);
    }
    return this.#deliver();
  }

  /** The same as a promise. Keeps the process alive meanwhile. */
  async joinAsync(timeout: number | undefined, signal: AbortSignal | undefined): Promise<boolean> {
    const deadline = deadlineOf(timeout);
    throwIfAborted(signal);
    if (!this.ended) {
      const left = remaining(deadline);
      if (left === 0) return false;
      this.#beginJoin();
      try {
        if (!(await this.#joiners.wait(left, signal)) && !this.ended) return false;
      } finally {
        Atomics.sub(this.#state, JOINERS, 1);
      }
    }
    return this.#deliver();
  }

  /**
   * Holds back what would be written to stderr if the thread fails, as a pending join does, but without keeping the
   * process alive. To be followed by one {@link releaseReport}.
   */
  holdReport(): void {
    this.#beginJoin();
  }

  /**
   * Ends {@link holdReport}. An error of the thread that was held back is written to stderr now, unless somebody joins
   * the thread or it `isKnown`.
   */
  releaseReport(isKnown: boolean): void {
    Atomics.sub(this.#state, JOINERS, 1);
    if (isKnown) this.#delivered = true;
    else if (this.#concluded) this.#reportIfNobodyKnows();
  }

  /** Ends the thread at whatever instruction it is; what it held is recovered. */
  async terminate(): Promise<void> {
    if (!this.ended) {
      Atomics.compareExchange(this.#state, STATE, STARTING, CALLED_OFF);
      // A daemon's worker has been unreferenced, and a pending promise keeps the process alive.
      const release = holdEventLoop();
      try {
        await this.#supervision.terminate();
      } finally {
        release();
      }
    }
    await this.exited;
  }

  #stateIs(state: number): boolean {
    return Atomics.load(this.#state, STATE) === state;
  }

  #beginJoin(): void {
    Atomics.add(this.#state, JOINERS, 1);
    this.#endGrace();
  }

  #endGrace(): void {
    if (Atomics.exchange(this.#state, GRACE, 0) === 1 && this.#events.hasWaiters) this.#events.notify();
  }

  /** Sleeps until `condition` holds or `deadline` passes; returns whether it holds. Blocks. */
  #waitFor(condition: () => boolean, deadline: number): boolean {
    const countdown = new Countdown(deadline);
    const generation = this.#events.enter();
    try {
      for (;;) {
        const ticket = this.#events.ticket();
        if (condition()) return true;
        const { left } = countdown;
        if (left === 0) return false;
        // The end itself notifies nobody, so once it has been announced or requested it is looked for.
        const ending = this.#supervision.terminationRequested || this.#stateIs(ENDING);
        const span = ending ? Math.min(left, LOOK_FOR_EXIT_EVERY) : left;
        if (this.#events.park(ticket, deadlineOf(span)) === 'timed-out') countdown.slept(span);
      }
    } finally {
      this.#events.leave(generation);
    }
  }

  /** Takes what the thread has posted; the last outcome counts, but a death keeps the error that led to it. */
  #drain(): void {
    for (;;) {
      const posted = receiveMessageOnPort(this.#outcomes) as { message: Outcome } | undefined;
      if (posted === undefined) return;
      const outcome = posted.message;
      if (outcome.type === 'exited' && outcome.code !== 0 && this.#outcome?.type === 'uncaught') continue;
      this.#outcome = outcome;
    }
  }

  #conclude(): void {
    if (this.#concluded) return;
    this.#concluded = true;
    // What a daemon printed lies before its exit event: the process is to live that long.
    this.#worker.ref();
    this.#drain();
    this.#outcomes.close();
    this.#result = this.#resultOf(this.#outcome);
  }

  #resultOf(outcome: Outcome | undefined): Result {
    const { className, url } = this.#launch;
    const unpack = (packed: PackedError) => unpackError(packed, this.#startedAt);
    switch (outcome?.type) {
      case 'returned':
        return undefined;
      case 'threw':
        return { error: unpack(outcome.error) };
      case 'not-exported':
        return { error: new ThreadNotExported(className, url, outcome.exports) };
      case 'load-failed':
        return { error: new ThreadLoadError(className, url, unpack(outcome.error)) };
      case 'field-failed': {
        const cause = unpack(outcome.error);
        return { error: new ThreadFieldError(outcome.path, (cause as Error).message, cause) };
      }
    }
    // What this thread ended, by terminate() or as it ends itself, has ended as it should.
    if (this.#supervision.terminationRequested) return undefined;
    const error = this.#deathOf(outcome, unpack);
    return { error: outcome?.loaded === false ? new ThreadLoadError(className, url, error) : error };
  }

  #deathOf(outcome: Death | undefined, unpack: (packed: PackedError) => unknown): WorkerDiedError {
    const { name } = this.#launch;
    if (outcome?.type === 'uncaught') {
      return new WorkerDiedError(name, { exitCode: this.#exitCode ?? 1, cause: unpack(outcome.error) });
    }
    if (outcome?.type === 'exited') {
      const how = outcome.dry
        ? 'run() returned a promise that nothing was left to settle'
        : `process.exit(${outcome.code}) was called`;
      return new WorkerDiedError(name, { exitCode: outcome.code, how });
    }
    return new WorkerDiedError(name, { exitCode: this.#exitCode, cause: this.#workerError });
  }

  #deliver(): true {
    this.#delivered = true;
    if (this.#result !== undefined) throw this.#result.error;
    return true;
  }

  #reportIfNobodyKnows(): void {
    if (this.#result === undefined || this.#delivered || Atomics.load(this.#state, JOINERS) > 0) return;
    if (this.#outcome !== undefined && 'reported' in this.#outcome && this.#outcome.reported) return;
    this.#delivered = true;
    process.stderr.write(`Exception in thread ${this.#launch.name}:\n${inspect(this.#result.error)}\n`);
  }

  #countAsChild(): void {
    const { children } = thisThread();
    children.add(this.exited);
    this.exited.then(() => children.delete(this.exited));
  }
}
