/**
 * What can go wrong with a thread before its `run` begins, and around it.
 *
 * @packageDocumentation
 */
import { describeValue, isError, registerErrorClass } from '@pkg/sync/kernel';

/** Base of everything that `start()` throws. `instanceof ThreadStartError` tells these from errors of `run`. */
export abstract class ThreadStartError extends Error {
  abstract readonly code: string;
}

/** `start()` was called a second time, or something that is fixed by then was to be changed. */
export class ThreadAlreadyStarted extends ThreadStartError {
  readonly code = 'POOL_THREAD_ALREADY_STARTED';
  override readonly name = 'ThreadAlreadyStarted';

  constructor(
    thread: string,
    what: string = 'start() may be called once: make a new object for another run',
  ) {
    super(`thread '${thread}' has been started already; ${what}`);
  }
}

/** The class has no usable `static url`. */
export class ThreadUrlError extends ThreadStartError {
  readonly code = 'POOL_THREAD_URL';
  override readonly name = 'ThreadUrlError';

  /** @param problem what is wrong with the `url`, if there is one */
  constructor(className: string, url: unknown, problem: string = `not ${describeValue(url)}`) {
    super(
      `${className}.url must name the module that exports the class, ${problem}: ` +
        `write 'static override readonly url = import.meta.url;' in class ${className}`,
    );
  }
}

/** The class has no `run` method. */
export class ThreadRunMissing extends ThreadStartError {
  readonly code = 'POOL_THREAD_RUN_MISSING';
  override readonly name = 'ThreadRunMissing';

  constructor(className: string, run: unknown) {
    super(
      `${className} has nothing to run: its run is ${describeValue(run)}; ` +
        'extend Thread and give the subclass a run() method',
    );
  }
}

/** The module at `url` does not export the class. */
export class ThreadNotExported extends ThreadStartError {
  readonly code = 'POOL_THREAD_NOT_EXPORTED';
  override readonly name = 'ThreadNotExported';

  constructor(className: string, url: string, exports: readonly string[]) {
    super(
      `the module ${url} does not export a Thread class named '${className}' ` +
        `(it exports ${exports.length === 0 ? 'nothing' : exports.join(', ')}): write 'export class ${className}', ` +
        'and give each subclass a url of its own',
    );
  }
}

/** The module at `url` could not be loaded in the thread; `cause` is why. */
export class ThreadLoadError extends ThreadStartError {
  readonly code = 'POOL_THREAD_LOAD';
  override readonly name = 'ThreadLoadError';

  constructor(className: string, url: string, cause: unknown) {
    super(
      `the module of class ${className} could not be loaded in a thread (${url}): ` +
        (isError(cause) ? cause.message : describeValue(cause)),
      { cause },
    );
  }
}

/** A field of the object cannot travel to the thread. */
export class ThreadFieldError extends ThreadStartError {
  readonly code = 'POOL_THREAD_FIELD';
  override readonly name = 'ThreadFieldError';
  /** Where the value is, such as `options.hooks[2]`. */
  readonly path: string;
  /** What is wrong with the value there. */
  readonly why: string;

  constructor(path: string, why: string, cause?: unknown) {
    super(`the field '${path}' cannot travel to the thread: ${why}`, cause === undefined ? {} : { cause });
    this.path = path;
    this.why = why;
  }
}

/** `start()` was called by the top level of a module that a thread is just loading. */
export class ThreadStartedWhileLoading extends ThreadStartError {
  readonly code = 'POOL_THREAD_STARTED_WHILE_LOADING';
  override readonly name = 'ThreadStartedWhileLoading';

  constructor(className: string) {
    super(
      `a ${className} was started at the top level of a module that a thread is just loading, so every thread would ` +
        "start more of them: put it in a function that only the program's entry calls, " +
        "or guard it with 'if (isMainThread)' from node:worker_threads",
    );
  }
}

/** Something was asked of a thread that has not been started. */
export class ThreadNotStarted extends Error {
  readonly code = 'POOL_THREAD_NOT_STARTED';
  override readonly name = 'ThreadNotStarted';

  constructor(thread: string, verb: string) {
    super(`${verb}() on thread '${thread}', which has not been started: call start() first`);
  }
}

/** A thread waited for its own end, or wanted to bring it about from outside. */
export class ThreadCannotJoin extends Error {
  readonly code = 'POOL_THREAD_CANNOT_JOIN';
  override readonly name = 'ThreadCannotJoin';

  constructor(thread: string, verb: string) {
    super(`${verb}() on thread '${thread}' from within itself: only the thread that started it can do that`);
  }
}

for (const each of [
  ThreadStartError,
  ThreadAlreadyStarted,
  ThreadUrlError,
  ThreadRunMissing,
  ThreadNotExported,
  ThreadLoadError,
  ThreadFieldError,
  ThreadStartedWhileLoading,
  ThreadNotStarted,
  ThreadCannotJoin,
])
  registerErrorClass(each);
