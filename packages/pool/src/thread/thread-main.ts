/**
 * What a thread does: loads the user's class, makes the object anew from its fields, runs it, and says how it ended.
 * It does not import `Thread`: the user's module brings that.
 *
 * @packageDocumentation
 */
import { currentThread, deadlineOf, EventCount, keepProbe, waitUntil } from '@pkg/sync/kernel';
import { inspect, writeSync } from '../builtins.ts';
import { endThread } from './end-thread.ts';
import { packError } from './error-travel.ts';
import { UnknownSharedObject, unpackFields } from './field-travel.ts';
import { findClass, type RunnableClass } from './find-class.ts';
import { loadModule } from './load-module.ts';
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
  type ThreadData,
} from './protocol.ts';
import { type ThisThread, thisThread } from './this-thread.ts';

/** The longest time that a failed thread gives a busy starter to join it, in milliseconds. */
const LONGEST_GRACE = 1000;

/** The one thread that runs here, seen from within. */
export class ThreadMain {
  readonly #data: ThreadData;
  readonly #state: Int32Array;
  readonly #events: EventCount;
  readonly #self: ThisThread = thisThread();
  /** Whether the end has been announced, so that the exit that follows is no death. */
  #over = false;

  constructor(data: ThreadData) {
    this.#data = data;
    this.#state = new Int32Array(data.state);
    // Before it enters the table of threads: the starter counts a thread that was called off as ended already.
    if (Atomics.compareExchange(this.#state, STATE, STARTING, LOADING) === CALLED_OFF) endThread();
    this.#events = new EventCount(this.#state, EVENTS, currentThread());
    this.#self.name = data.name;
    this.#self.daemon = data.daemon;
    if (data.liveness !== undefined) keepProbe(data.liveness);
  }

  /** Runs the thread from its beginning to its end; the process of this worker ends with it. */
  async run(): Promise<never> {
    this.#watchForDeath();
    const found = await this.#load();
    if (typeof found !== 'function') return this.#end(found);
    let instance: { run(): unknown };
    try {
      instance = await this.#revive(found);
    } catch (error) {
      const path = error instanceof UnknownSharedObject ? error.path : '';
      return this.#end({ type: 'field-failed', path, error: packError(error) });
    }
    this.#self.instance = instance;
    this.#move(RUNNING);
    try {
      await instance.run();
    } catch (error) {
      return this.#end({ type: 'threw', error: packError(error), reported: this.#report(error) });
    }
    return this.#end({ type: 'returned' });
  }

  /** Announces also those ends that come by another way than the end of `run`. */
  #watchForDeath(): void {
    process.on('uncaughtExceptionMonitor', (error) => {
      this.#announce({
        type: 'uncaught',
        error: packError(error),
        reported: process.listenerCount('uncaughtException') === 0 && this.#report(error),
        loaded: this.#self.instance !== undefined,
      });
    });
    let dry = false;
    process.on('beforeExit', () => {
      dry = true;
    });
    process.on('exit', (code) => {
      if (this.#over) return;
      this.#announce({ type: 'exited', code, dry, loaded: this.#self.instance !== undefined });
      this.#move(ENDING);
    });
  }

  /** The user's class, or why there is none. */
  async #load(): Promise<RunnableClass | Outcome> {
    const { url, className } = this.#data;
    let namespace: Record<string, unknown>;
    this.#self.loading = true;
    try {
      namespace = await loadModule(url);
    } catch (error) {
      return { type: 'load-failed', error: packError(error) };
    } finally {
      this.#self.loading = false;
    }
    return findClass(namespace, className) ?? { type: 'not-exported', exports: Object.keys(namespace) };
  }

  /** The user's object: its class's prototype and its fields; the constructor ran in the starter. */
  async #revive(found: RunnableClass): Promise<{ run(): unknown }> {
    const instance = Object.create(found.prototype as object) as { run(): unknown };
    const fields = await unpackFields(this.#data.packed);
    return Object.defineProperties(instance, Object.getOwnPropertyDescriptors(fields));
  }

  /** Ends the thread. Threads that it started and that are no daemons are waited for, as they would die with it. */
  async #end(outcome: Outcome): Promise<never> {
    this.#over = true;
    this.#announce(outcome);
    this.#move(ENDING);
    const { children } = this.#self;
    while (children.size > 0) await Promise.all(children);
    endThread();
  }

  #announce(outcome: Outcome): void {
    this.#data.outcomes.postMessage(outcome);
  }

  #move(to: number): void {
    Atomics.store(this.#state, STATE, to);
    if (this.#events.hasWaiters) this.#events.notify();
  }

  /**
   * Writes an error to stderr unless somebody waits for the thread's end, who will get it; says whether it did.
   * A starter that has not yet come round since start() may be just about to join.
   */
  #report(error: unknown): boolean {
    const isJoined = () => Atomics.load(this.#state, JOINERS) > 0;
    const isSettled = () => isJoined() || Atomics.load(this.#state, GRACE) === 0;
    waitUntil(this.#events, isSettled, deadlineOf(LONGEST_GRACE), () => {});
    if (isJoined()) return false;
    const text = `Exception in thread ${this.#data.name}:\n${inspect(error)}\n`;
    try {
      // Straight to the descriptor: process.stderr of a thread goes through its starter, which may be blocked.
      writeSync(2, text);
    } catch {
      process.stderr.write(text);
    }
    return true;
  }
}
