import { SimpleQueue } from '@pkg/queue';
import { currentThread, keepProbe } from '@pkg/sync/kernel';
import { endThread } from '../../thread/end-thread.ts';
import { packError } from '../../thread/error-travel.ts';
import { loadModule } from '../../thread/load-module.ts';
import { type ThisThread, thisThread } from '../../thread/this-thread.ts';
import { Control } from '../control.ts';
import type { Farewell, WorkerData } from '../protocol.ts';
import { TaskNames } from '../task-names.ts';
import { TaskWords } from '../task-words.ts';
import { unpackValue } from '../value-travel.ts';
import { setExecutorOfThread } from './current-task.ts';
import { findFunctions } from './find-functions.ts';
import { Mailbox } from './mailbox.ts';
import { ResultSender } from './result-sender.ts';
import { TaskSource } from './task-source.ts';
import { WorkLoop } from './work-loop.ts';

type Functions = ReturnType<typeof findFunctions>;

/** What an executor's worker does: loads the module of the tasks, runs the initializer, and works. */
export class WorkerMain {
  readonly #data: WorkerData;
  readonly #afterFirstTask: () => void;
  readonly #self: ThisThread = thisThread();
  /** Whether the end has been announced, so that the exit that follows is no death. */
  #over = false;
  /** What the worker is at before it can work. */
  #preparing: 'load' | 'initialize' | undefined = 'load';

  /** @param afterFirstTask called when the worker has run its first task */
  constructor(data: WorkerData, afterFirstTask: () => void = () => {}) {
    this.#data = data;
    this.#afterFirstTask = afterFirstTask;
    this.#self.name = data.name;
    this.#self.daemon = true;
    // Enters the roll of threads before anything can fail: the end of one that is not there wakes nobody.
    currentThread();
    setExecutorOfThread(data.channel);
    if (data.liveness !== undefined) keepProbe(data.liveness);
  }

  /** Runs the worker from its beginning to its end; the process of this worker ends with it. */
  async run(): Promise<never> {
    this.#watchForDeath();
    let functions: Functions;
    try {
      functions = await this.#load();
    } catch (error) {
      return this.#end({ type: 'load-failed', error: packError(error), initializer: false });
    }
    this.#preparing = 'initialize';
    try {
      const { initialize, args } = await this.#initializer(functions);
      // Here and nowhere deeper: the context that it enters is to be that of the work loop, and so of each task.
      await initialize(...args);
    } catch (error) {
      return this.#end({ type: 'load-failed', error: packError(error), initializer: true });
    }
    this.#preparing = undefined;
    try {
      const why = await this.#work(functions);
      return this.#end(why === 'retired' ? { type: 'retired' } : undefined);
    } catch (error) {
      // A message that cannot be read, say. The module may have a handler for uncaught errors, and nobody would work any more.
      process.exitCode = 1;
      return this.#end({ type: 'uncaught', error: packError(error) });
    }
  }

  #watchForDeath(): void {
    // One that the module has a handler for may be what the worker dies of, if the handler ends it. But if another task
    // has begun since, the worker had got over it.
    let handled: { readonly farewell: Farewell; readonly begun: number } | undefined;
    const begun = () => new Control(this.#data.control).row(this.#data.row).taken;
    process.on('uncaughtExceptionMonitor', (error) => {
      const farewell: Farewell = { type: 'uncaught', error: packError(error) };
      if (process.listenerCount('uncaughtException') === 0) this.#say(farewell);
      else handled = { farewell, begun: begun() };
    });
    let dry = false;
    process.on('beforeExit', () => {
      dry = true;
    });
    process.on('exit', (code) => {
      if (this.#over) return;
      if (dry && this.#preparing !== undefined) {
        const initializer = this.#preparing === 'initialize';
        this.#say({ type: 'load-failed', error: packError(neverSettled(initializer)), initializer });
        return;
      }
      if (handled?.begun === begun()) this.#say(handled.farewell);
      this.#say({ type: 'exited', code });
    });
  }

  async #load(): Promise<Functions> {
    try {
      this.#self.loading = true;
      return findFunctions(await loadModule(this.#data.url));
    } finally {
      this.#self.loading = false;
    }
  }

  async #initializer(
    functions: Functions,
  ): Promise<{ initialize: (...args: unknown[]) => unknown; args: unknown[] }> {
    if (this.#data.initializer === undefined) return { initialize: () => {}, args: [] };
    const { name, args } = this.#data.initializer;
    const initialize = functions.get(name);
    if (initialize === undefined) throw new TypeError(`the module exports no function '${name}'`);
    return { initialize, args: (await unpackValue(name, args)) as unknown[] };
  }

  async #work(functions: Functions): ReturnType<WorkLoop['run']> {
    const { port, row } = this.#data;
    const control = new Control(this.#data.control);
    const sender = new ResultSender(SimpleQueue.from(this.#data.results), port, control);
    const tasks = new TaskSource(control, this.#data);
    const words = new TaskWords(this.#data.words);
    const zero = this.#data.epoch - performance.timeOrigin;
    const names = new TaskNames(this.#data.names);
    const loop = new WorkLoop({ row, zero, control, words, names, tasks, sender, functions });
    const mailbox = new Mailbox(port, control.row(row), words, row, (mail) => loop.cancel(mail));
    control.row(row).setReady(performance.now() - zero);
    return await loop.run(mailbox, this.#afterFirstTask);
  }

  #say(farewell: Farewell): void {
    this.#data.port.postMessage(farewell);
  }

  #end(farewell?: Farewell): never {
    this.#over = true;
    if (farewell !== undefined) this.#say(farewell);
    endThread();
  }
}

const neverSettled = (initializer: boolean): Error =>
  new Error(
    `${initializer ? 'it returned' : 'it awaits, at its top level,'} a promise that nothing is left to settle: ` +
      'no timer, socket or other event of the worker is pending',
  );
