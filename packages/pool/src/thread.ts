import { isAbsolute } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';
import { type AsyncWaitOptions, canBlock, type WaitOptions } from '@pkg/sync';
import { checkOptions, deadlineIn, describeValue } from '@pkg/sync/kernel';
import { pathToFileURL } from './builtins.ts';
import { checkTransfer } from './thread/check-transfer.ts';
import { checkWorkerOptions } from './thread/check-worker-options.ts';
import {
  ThreadAlreadyStarted,
  ThreadCannotJoin,
  ThreadNotStarted,
  ThreadRunMissing,
  ThreadStartedWhileLoading,
  ThreadUrlError,
} from './thread/errors.ts';
import { hasPlainExport } from './thread/plain-export.ts';
import { RunningThread } from './thread/running-thread.ts';
import { thisThread } from './thread/this-thread.ts';
import type { ThreadOptions } from './thread/thread-options.ts';

/**
 * A thread of control, like Python's `threading.Thread`: extend it, give the class a `run`, and `start()`
 * an object of it. Below it is a Node worker thread, so `run` has a heap and an event loop of its own; what
 * threads share, they share through the objects of `@pkg/sync` and `@pkg/queue`.
 *
 * The object's own fields travel to the thread once, in `start()`: by structured clone, shared objects by
 * handle, anywhere inside plain objects, arrays, Maps and Sets. In the thread the object is made anew from
 * its fields, without running the constructor; private `#fields`, getters and prototypes of other classes do
 * not travel. What `run` does to the fields afterwards stays in the thread: send results through a queue.
 *
 * The thread ends when `run` returns or its promise settles. Timers and handles that it leaves behind do not
 * prolong it; non-daemon threads that it started do.
 *
 * @example
 * ```ts
 * export class Greeter extends Thread {
 *   static override readonly url = import.meta.url;
 *   readonly queue: Queue<string>;
 *   constructor(queue: Queue<string>) {
 *     super({ name: 'greeter', daemon: true });
 *     this.queue = queue;
 *   }
 *   override run() {
 *     for (const name of this.queue) console.log(`Hello ${name}`);
 *   }
 * }
 * const greeter = new Greeter(queue).start();
 * ```
 */
export abstract class Thread {
  /**
   * URL of the module that exports the class: `import.meta.url`, in each subclass that is started. The
   * thread loads that module, so what its top level does, every thread does.
   */
  static readonly url: string | undefined = undefined;

  /** The thread that calls this: in a thread its own object, elsewhere one that stands for it. Does not block. */
  static current(): Thread {
    const { instance } = thisThread();
    if (instance !== undefined) return instance as Thread;
    bystander ??= new Bystander();
    return bystander;
  }

  /**
   * Fixes the thread's options; starts nothing. Callable on any thread.
   *
   * @throws TypeError when `options` are no object, or one of them is of a wrong type
   */
  constructor(options: ThreadOptions = {}) {
    checkOptions(options, "{ name: 'reader' }");
    const className = this.constructor.name || 'Thread';
    const { name = `${className}-${(numbers.get(className) ?? 0) + 1}` } = options;
    checkName(name);
    const daemon = options.daemon === undefined ? thisThread().daemon : checkDaemon(options.daemon);
    checkTransfer(`thread '${name}': options.transfer`, options.transfer);
    checkWorkerOptions(options);
    if (options.name === undefined) numbers.set(className, (numbers.get(className) ?? 0) + 1);
    beginnings.set(this, {
      name,
      daemon,
      options,
      running: undefined,
    });
  }

  /** What the thread does. Runs in the thread; may be async; what it returns is dropped. */
  abstract run(): unknown;

  /**
   * Starts the thread and returns the object itself. To be called once.
   *
   * Does not block, as a rule. In the first start of a class it reads the module's text; only when that does not plainly
   * show the class among the exports does it block until the thread has loaded the module and looked, fifteen seconds
   * at the most (about as long as a worker takes to start, 30 ms and more, and with it the time of loading the module).
   * A module that cannot be loaded in the thread is what `join` throws then, as a ThreadLoadError.
   *
   * @throws ThreadStartError one of its subclasses: ThreadAlreadyStarted, ThreadUrlError, ThreadRunMissing,
   *   ThreadFieldError (names the field), ThreadNotExported, ThreadLoadError, ThreadStartedWhileLoading. TypeError
   *   when this is not the object that the constructor made, but a Proxy of it
   */
  start(): this {
    const beginning = lookUp(this);
    if (beginning === undefined || beginning.running !== undefined) throw new ThreadAlreadyStarted(this.name);
    const threadClass = this.constructor as typeof Thread;
    const className = threadClass.name;
    if (typeof this.run !== 'function') throw new ThreadRunMissing(className, this.run);
    const url = checkUrl(threadClass);
    if (thisThread().loading) throw new ThreadStartedWhileLoading(className);
    const { name, daemon, options } = beginning;
    const running = new RunningThread(
      { instance: this, className, url, name, daemon, options },
      callSite(this.start),
    );
    beginning.running = running;
    if (!found.has(threadClass) && canBlock()) {
      try {
        if (!hasPlainExport(url, className)) running.waitUntilRunning(LONGEST_LOAD);
      } catch (error) {
        beginning.running = undefined;
        throw error;
      }
      found.add(threadClass);
    }
    return this;
  }

  /**
   * Waits until the thread has ended and what it held is recovered. Blocks; meanwhile this thread serves no
   * events and prints no output of its threads. To be called on the thread that started it.
   *
   * @returns true when it has ended, false when `timeout` ran out
   * @throws whatever `run` threw, as in {@link joinAsync}; RangeError for a bad timeout; BlockingForbidden
   *   where blocking is forbidden; ThreadNotStarted; ThreadCannotJoin within the thread itself
   */
  join(options: WaitOptions = {}): boolean {
    deadlineIn(options);
    return runningOf(this, 'join').join(options.timeout);
  }

  /**
   * The same as a promise; keeps the process alive while it is pending.
   *
   * It rejects with what `run` threw: an error of the same class (built in, or known by
   * `registerErrorClass`), with its message, stack, cause and own fields. It rejects with a WorkerDiedError
   * when the thread died: an uncaught error, `process.exit()`, out of memory. After `terminate()` it resolves.
   * An error is thrown to everyone who joins. If nobody is joining when a thread fails (and the code
   * that started it has come to its end or a second has passed), the error is also written to stderr, under the
   * thread's name; the exit code of the process is unaffected.
   *
   * @returns true when the thread has ended, false when `timeout` ran out
   */
  async joinAsync(options: AsyncWaitOptions = {}): Promise<boolean> {
    deadlineIn(options);
    return runningOf(this, 'joinAsync').joinAsync(options.timeout, options.signal);
  }

  /** Whether the thread was started and has not ended. Does not block. */
  isAlive(): boolean {
    const beginning = lookUp(this);
    if (beginning === undefined) return true;
    return beginning.running !== undefined && !beginning.running.ended;
  }

  /**
   * Ends the thread at whatever instruction it is: no `finally` runs in it. Locks and queue items that it
   * held are recovered. Takes effect also while the thread blocks. Joining it afterwards throws nothing.
   * A thread that has not begun yet counts as ended at once: its module will not be loaded.
   *
   * @returns a promise that settles when the thread has ended; it need not be awaited before `join`
   * @throws ThreadNotStarted; ThreadCannotJoin within the thread itself, which can simply return from `run`
   */
  async terminate(): Promise<void> {
    await runningOf(this, 'terminate').terminate();
  }

  /** What errors and debuggers call the thread. */
  get name(): string {
    return lookUp(this)?.name ?? thisThread().name;
  }

  /** @throws ThreadAlreadyStarted after `start()` */
  set name(name: string) {
    beginningOf(this, 'its name is fixed').name = checkName(name);
  }

  /** Whether the process may end while the thread still runs. */
  get daemon(): boolean {
    return lookUp(this)?.daemon ?? thisThread().daemon;
  }

  /** @throws ThreadAlreadyStarted after `start()` */
  set daemon(daemon: boolean) {
    beginningOf(this, 'whether it is a daemon is fixed').daemon = checkDaemon(daemon);
  }

  /** Node's `threadId` of the thread; undefined before `start()`. Never given to another thread of the process. */
  get ident(): number | undefined {
    const beginning = lookUp(this);
    return beginning === undefined ? threadId : beginning.running?.ident;
  }
}

/** How long the first start of a class waits for its module, in milliseconds. */
const LONGEST_LOAD = 15_000;

interface Beginning {
  name: string;
  daemon: boolean;
  readonly options: ThreadOptions;
  running: RunningThread | undefined;
}

/**
 * What belongs to the side that makes and starts a thread: kept beside the objects, so that it is none of the
 * fields that travel. The object that runs in a thread has no entry.
 */
const beginnings = new WeakMap<Thread, Beginning>();
/** Classes that have been found in their module, or in its text, once. */
const found = new WeakSet<object>();
/** How many threads of each class have been named by number. */
const numbers = new Map<string, number>();

/** Stands for a thread that no object of ours was started as: the main thread, or a raw worker. */
class Bystander extends Thread {
  constructor() {
    super();
    beginnings.delete(this);
    // A thread of ours that is still loading its module has its name already.
    thisThread().name ||= isMainThread ? 'MainThread' : `Worker-${threadId}`;
  }

  override run(): void {}
}
let bystander: Thread | undefined;

/**
 * What runs as `thread`, for who supervises it in the thread that started it. Its end is told also when it died before it
 * had entered any table of threads, where its death would be recorded.
 */
export function runningThread(thread: Thread): RunningThread {
  return runningOf(thread, 'supervise');
}

/** What belongs to `thread` here; undefined for the object that runs here itself. */
function lookUp(thread: Thread): Beginning | undefined {
  const beginning = beginnings.get(thread);
  if (beginning !== undefined || thread === thisThread().instance || thread === bystander) return beginning;
  throw new TypeError(
    'this is not the object that the constructor of Thread made, but a Proxy or a copy of it: ' +
      'start that one, and let the constructor of its class return nothing',
  );
}

/** Within the thread itself there is nothing to be asked: only its starter sees it from outside. */
function runningOf(thread: Thread, verb: string): RunningThread {
  const beginning = lookUp(thread);
  if (beginning === undefined) throw new ThreadCannotJoin(thread.name, verb);
  if (beginning.running === undefined) throw new ThreadNotStarted(thread.name, verb);
  return beginning.running;
}

function beginningOf(thread: Thread, what: string): Beginning {
  const beginning = lookUp(thread);
  if (beginning === undefined || beginning.running !== undefined)
    throw new ThreadAlreadyStarted(thread.name, what);
  return beginning;
}

function checkUrl(threadClass: typeof Thread): string {
  const url: unknown = threadClass.url;
  const text = url instanceof URL ? url.href : url;
  // By that name the module exports the one whose url it is, and the thread would run that one.
  if (typeof text === 'string' && ownerOfUrl(threadClass)?.name === threadClass.name) {
    const problem = `not ${describeValue(text)}, which it has from another class ${threadClass.name} that it extends`;
    throw new ThreadUrlError(threadClass.name, url, problem);
  }
  if (typeof text === 'string' && isAbsolute(text)) return pathToFileURL(text).href;
  if (typeof text !== 'string' || !URL.canParse(text)) throw new ThreadUrlError(threadClass.name, url);
  return text;
}

/** Of the classes that `threadClass` extends, the one that has given it its url; undefined when it has its own. */
function ownerOfUrl(threadClass: typeof Thread): typeof Thread | undefined {
  let owner: typeof Thread | null = threadClass;
  while (owner !== null && !Object.hasOwn(owner, 'url'))
    owner = Object.getPrototypeOf(owner) as typeof Thread | null;
  return owner === threadClass || owner === null ? undefined : owner;
}

function checkName(name: unknown): string {
  if (typeof name === 'string') return name;
  throw new TypeError(`a thread's name must be a string, not ${describeValue(name)}`);
}

function checkDaemon(daemon: unknown): boolean {
  if (typeof daemon === 'boolean') return daemon;
  throw new TypeError(`daemon must be true or false, not ${describeValue(daemon)}`);
}

/** The frames above the call of `method`. */
function callSite(method: (...args: never[]) => unknown): string {
  const holder: { stack?: unknown } = {};
  (Error as unknown as { captureStackTrace?: (target: object, above: unknown) => void }).captureStackTrace?.(
    holder,
    method,
  );
  // Where the user's settings of `Error` leave no text there is none.
  return typeof holder.stack === 'string' ? holder.stack.split('\n').slice(1).join('\n') : '';
}
