import type { AsyncWaitOptions } from '@pkg/sync';
import { deadlineIn, remaining, throwIfAborted } from '@pkg/sync/kernel';
import { inspect } from './builtins.ts';
import type { RunningThread } from './thread/running-thread.ts';
import { Waiters } from './thread/waiters.ts';
import { runningThread, type Thread } from './thread.ts';
import { RestartsExhausted } from './worker-pool/restarts-exhausted.ts';
import { type PoolSettings, settingsOf, type WorkerPoolOptions } from './worker-pool/worker-pool-options.ts';

export type { WorkerPoolOptions } from './worker-pool/worker-pool-options.ts';

/**
 * Some threads of one class, supervised: one that fails is replaced by another, with the same arguments. A thread
 * whose `run` returns has done its work and is not replaced.
 *
 * What a thread held when it died is recovered: the locks, and the items that it had taken from queues (which are
 * delivered again with `redeliver: true`). So a pool of threads that take items from a queue finishes all of them,
 * whichever threads die.
 *
 * No error is lost. That of a thread that is replaced is written to stderr, as `Exception in thread NAME:`. That of a
 * thread in whose place no other is started is thrown by {@link join}, as the `cause` of a RestartsExhausted; if no
 * `join` is pending by then, both are written to stderr. What others fail of after that is written to stderr. The exit
 * code of the process is unaffected.
 *
 * Threads are replaced when the event loop of the thread that made the pool turns: not while it blocks. The pool keeps
 * the process alive as its threads do: not at all, if they are daemons.
 *
 * @example
 * ```ts
 * const queue = new Queue<[string, string]>(0, { redeliver: true });
 * await using pool = new WorkerPool(DownloadWorker, { size: 8, args: [queue] });
 * for (const link of links) queue.put(['images', link]);
 * const over = new AbortController();
 * await Promise.race([queue.joinAsync({ signal: over.signal }), pool.join()]).finally(() => over.abort());
 * ```
 */
export class WorkerPool<T extends Thread, A extends readonly unknown[] = readonly unknown[]> {
  readonly #settings: PoolSettings<T, A>;
  readonly #threads: T[] = [];
  /** The threads whose end is still to be dealt with. */
  readonly #living = new Map<RunningThread, T>();
  /** Those who wait in {@link join}. */
  readonly #joiners = new Waiters();
  #joining = 0;
  #restarts = 0;
  #failure: RestartsExhausted | undefined;
  #closed = false;
  #ended = false;

  /**
   * Makes all objects, then starts the threads. Blocks where `Thread.start()` does: as a rule, never.
   *
   * @param threadClass a class that extends `Thread`, exported by the module that its `url` names
   * @throws TypeError or RangeError for a bad class or option, and what the constructor of a thread or the `args`
   *   function throws: nothing has been started then. What `start()` of a thread throws: the others are terminated
   */
  constructor(threadClass: new (...args: [...A]) => T, options: WorkerPoolOptions<A>) {
    this.#settings = settingsOf(threadClass, options);
    const threads = Array.from({ length: this.#settings.size }, (_, index) => this.#make(index));
    try {
      for (const [index, thread] of threads.entries()) this.#start(index, thread);
    } catch (error) {
      void this.terminate();
      throw error;
    }
  }

  /** The threads, by index: each the one that runs now, or ran last. */
  get threads(): readonly T[] {
    return [...this.#threads];
  }

  /** How many threads were started in place of others. */
  get restarts(): number {
    return this.#restarts;
  }

  /**
   * Waits until every thread has ended. Keeps the process alive meanwhile. May be called any number of times.
   *
   * @returns true when all have ended, false when `timeout` ran out
   * @throws RestartsExhausted as soon as a thread fails and no other is started in its place; the other threads go
   *   on. That is when `maxRestarts` have been started; at once, whatever `maxRestarts`, when the module cannot be
   *   loaded in a thread; and when the constructor, the `args` function or `start()` throws on a restart. `cause` is
   *   what the thread failed of, or what was thrown on the restart. The reason of `signal`; RangeError for a bad timeout
   */
  async join(options: AsyncWaitOptions = {}): Promise<boolean> {
    const left = remaining(deadlineIn(options));
    const { signal } = options;
    throwIfAborted(signal);
    if (!this.#isOver) {
      if (left === 0) return false;
      this.#beginJoin();
      try {
        if (!(await this.#joiners.wait(left, signal))) return false;
      } finally {
        this.#endJoin();
      }
    }
    if (this.#failure !== undefined) throw this.#failure;
    return true;
  }

  /**
   * Ends all threads at whatever instruction they are, and replaces none. Does not block.
   *
   * @returns a promise that settles when all have ended. Afterwards {@link join} resolves, unless the pool had failed
   *   before: then it goes on to reject with that RestartsExhausted
   */
  async terminate(): Promise<void> {
    this.#stopHearing();
    this.#closed = true;
    await Promise.all([...this.#living.values()].map((thread) => thread.terminate()));
  }

  /** {@link terminate}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.terminate();
  }

  /** Whether {@link join} has nothing to wait for. */
  get #isOver(): boolean {
    return this.#ended || this.#failure !== undefined;
  }

  /** Whether the failure that no restart follows would reach somebody. Meanwhile all that live hold back their reports. */
  get #isHeard(): boolean {
    return this.#joining > 0 && this.#failure === undefined && !this.#closed;
  }

  #beginJoin(): void {
    const wasHeard = this.#isHeard;
    this.#joining++;
    if (this.#isHeard && !wasHeard) for (const running of this.#living.keys()) running.holdReport();
  }

  #endJoin(): void {
    if (this.#joining === 1) this.#stopHearing();
    this.#joining--;
  }

  /** To be followed by what makes {@link #isHeard} false. */
  #stopHearing(): void {
    if (this.#isHeard) for (const running of this.#living.keys()) running.releaseReport(false);
  }

  #make(index: number): T {
    const { threadClass, argsOf } = this.#settings;
    return new threadClass(...argsOf(index));
  }

  #start(index: number, thread: T): void {
    thread.start();
    this.#threads[index] = thread;
    const running = runningThread(thread);
    this.#living.set(running, thread);
    if (this.#isHeard) running.holdReport();
    // Nothing may be awaited between the end of a thread and the start of another: when the pool was made in a thread,
    // that one ends as soon as no thread that it has started lives.
    void running.exited.then(() => this.#onEnd(index, running));
  }

  #onEnd(index: number, running: RunningThread): void {
    this.#living.delete(running);
    const { failure, couldNotStart } = running;
    // What cannot be loaded would never start, however often.
    const isFinal = this.#restarts >= this.#settings.maxRestarts || couldNotStart;
    if (this.#isHeard) running.releaseReport(isFinal);
    if (failure !== undefined && !this.#closed) {
      if (!isFinal) this.#replace(index);
      else if (this.#failure === undefined)
        this.#fail('is', failure.error, ({ name, message }) => `${name}: ${message}`);
    }
    if (this.#living.size > 0) return;
    this.#ended = true;
    this.#joiners.tell();
  }

  #replace(index: number): void {
    try {
      const thread = this.#make(index);
      // What makes a thread is the user's code, and may have terminated the pool.
      if (this.#closed) return;
      this.#start(index, thread);
      this.#restarts++;
    } catch (error) {
      this.#fail('could be', error, inspect);
    }
  }

  /** @param show makes the report of it: with the cause, unless that has a report of its own */
  #fail(verb: 'is' | 'could be', cause: unknown, show: (error: RestartsExhausted) => string): void {
    const { name } = this.#settings.threadClass;
    const error = new RestartsExhausted(name, this.#restarts, cause, verb);
    const wasHeard = this.#isHeard;
    this.#stopHearing();
    if (!this.#closed) {
      this.#failure = error;
      this.#joiners.tell();
    }
    if (!wasHeard) process.stderr.write(`Exception in WorkerPool of ${name}:\n${show(error)}\n`);
  }
}
