import { availableParallelism } from 'node:os';
import type { ResourceLimits } from 'node:worker_threads';
import { checkFlag, checkInteger, checkOptions, describeValue } from '@pkg/sync/kernel';
import { checkWorkerOptions } from '../thread/check-worker-options.ts';
import { inheritedExecArgv } from '../thread/inherited-exec-argv.ts';
import type { TransferListItem } from '../thread/transfer-list-item.ts';
import type { TaskName } from './task-types.ts';
import { MAX_WORKERS } from './task-words.ts';

/** How an executor is made. */
export interface ExecutorOptions<M = Record<string, never>> {
  /** The most workers that run at once, 1 to 1000. Default: as many as the machine runs in parallel. */
  maxWorkers?: number | undefined;
  /**
   * Workers that are started at once and kept, 0 to `maxWorkers`. The others come when tasks wait for one, and go
   * after `idleTimeout`. Default: `maxWorkers`.
   */
  minWorkers?: number | undefined;
  /** After how many milliseconds without a task a worker above `minWorkers` ends. Default 10,000. */
  idleTimeout?: number | undefined;
  /** The most tasks that wait for a worker in shared memory; further ones wait in line for that. Default: no bound. */
  maxQueue?: number | undefined;
  /**
   * A function of the module that each worker calls, and awaits, before its first task: its name, or name and
   * arguments. When it throws, no worker can start, and every task rejects with an ExecutorBroken.
   *
   * @example `{ initializer: { name: 'openDatabase', args: ['data.db'] } }`
   */
  initializer?: TaskName<M> | { name: TaskName<M>; args: readonly unknown[] } | undefined;
  /**
   * How long a cancelled task that still runs may go on, in milliseconds, before its worker is terminated and
   * replaced. `Infinity`: for ever. Default 5000.
   */
  graceMs?: number | undefined;
  /** What the workers are called in errors and debuggers, followed by a number. Default `'worker'`. */
  name?: string | undefined;
  /** Limits for the heap and stack of each worker, each a finite number of MiB above 0, of stack 0.25 or more. Default: Node's. */
  resourceLimits?: ResourceLimits | undefined;
  /** The workers' `process.env`: `SHARE_ENV` for one and the same. Default: a copy of the creator's. */
  env?: NodeJS.Dict<string> | symbol | undefined;
  /** Node options of the workers, such as `['--conditions=dev']`. Default: those of the creator, without `--input-type`. */
  execArgv?: string[] | undefined;
}

/** How one task is run. */
export interface SubmitOptions {
  /** Cancels the task: it rejects at once with the signal's reason. See {@link Task.cancel}. */
  signal?: AbortSignal | undefined;
  /** After how many milliseconds, counted from the submission, the task is cancelled with a TaskTimeout. */
  timeout?: number | undefined;
  /**
   * Tasks that wait go in the order of their priorities, lowest first, ties in the order of submission. Any number
   * but `NaN`; default 0. With `maxQueue` that holds among those in the queue, and among those that stand in line for it,
   * whom the former precede; and each of priorities below, at and above 0 have a queue and a line of their own.
   */
  priority?: number | undefined;
  /** Objects among the arguments that are moved instead of copied, such as a `MessagePort` or an `ArrayBuffer`. */
  transfer?: readonly TransferListItem[] | undefined;
  /**
   * How often the task is run again when its worker dies. Not for what it throws. The arguments are encoded anew
   * for each run, so leave them unchanged; not together with `transfer`. A task that streams is not run again once its
   * stream is open, which it is before the first item: the stream then rejects with the WorkerDiedError. Default 0.
   */
  retries?: number | undefined;
  /** Called with what the task reports by `currentTask().reportProgress(value)`, in the context of the caller. */
  onProgress?: ((value: unknown) => void) | undefined;
}

/** How `shutdown` goes about it. */
export interface ShutdownOptions {
  /** Whether the promise waits until all tasks are done and all workers have ended. Default `true`. */
  wait?: boolean | undefined;
  /** Whether tasks that no worker has begun are cancelled, with a TaskCancelled. Default `false`. */
  cancelPending?: boolean | undefined;
  /** After how many milliseconds what still runs is cancelled, and the workers terminated. Default: never. */
  timeout?: number | undefined;
}

/** {@link ShutdownOptions} with their defaults. */
export interface ShutdownSettings {
  readonly wait: boolean;
  readonly cancelPending: boolean;
  readonly limit: number;
}

/** Checks the options of a shutdown. Throws TypeError or RangeError, naming the option and its value. */
export function shutdownSettingsOf(options: ShutdownOptions): ShutdownSettings {
  checkOptions(options, '{ cancelPending: true }');
  const { wait = true, cancelPending = false, timeout = Infinity } = options;
  return {
    wait: checkFlag('wait', wait),
    cancelPending: checkFlag('cancelPending', cancelPending),
    limit: milliseconds('options.timeout', timeout),
  };
}

/** Options with their defaults. */
export interface Settings {
  readonly maxWorkers: number;
  readonly minWorkers: number;
  readonly idleTimeout: number;
  readonly maxQueue: number;
  readonly graceMs: number;
  readonly name: string;
  readonly initializer: { readonly name: string; readonly args: readonly unknown[] } | undefined;
  readonly workerOptions: { resourceLimits?: ResourceLimits; env?: NodeJS.Dict<string>; execArgv?: string[] };
}

/** Checks options. Throws TypeError or RangeError, naming the option and its value. */
export function settingsOf<M>(options: ExecutorOptions<M>): Settings {
  checkOptions(options, '{ maxWorkers: 4 }');
  const most = Math.min(1000, MAX_WORKERS);
  const { maxWorkers = availableParallelism() } = options;
  checkInteger('options.maxWorkers', maxWorkers, 1, most);
  const { minWorkers = maxWorkers, maxQueue = Infinity, idleTimeout = 10_000, graceMs = 5000 } = options;
  const { initializer, name = 'worker' } = options;
  if (typeof name !== 'string')
    throw new TypeError(`options.name must be a string, not ${describeValue(name)}`);
  checkWorkerOptions(options);
  const workerOptions: Record<string, unknown> = {};
  for (const key of ['resourceLimits', 'env', 'execArgv'] as const) {
    if (options[key] !== undefined) workerOptions[key] = options[key];
  }
  workerOptions['execArgv'] ??= inheritedExecArgv();
  return {
    maxWorkers,
    minWorkers: checkInteger('options.minWorkers', minWorkers, 0, maxWorkers),
    idleTimeout: milliseconds('options.idleTimeout', idleTimeout),
    maxQueue: maxQueue === Infinity ? 0 : checkInteger('options.maxQueue', maxQueue, 1, 2 ** 31 - 1),
    graceMs: milliseconds('options.graceMs', graceMs),
    name,
    initializer: initializerOf(initializer),
    workerOptions,
  };
}

/** Checks an initializer, and gives it its arguments. */
function initializerOf(value: unknown): Settings['initializer'] {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return { name: value, args: [] };
  const { name, args } = Object(value) as { name?: unknown; args?: unknown };
  if (typeof name === 'string' && Array.isArray(args)) return { name, args };
  throw new TypeError(
    `options.initializer must be the name of a function, or { name, args }, not ${describeValue(value)}`,
  );
}

/** Checks a number of milliseconds. */
export function milliseconds(name: string, value: unknown): number {
  if (typeof value !== 'number') {
    throw new TypeError(`${name} must be a number of milliseconds, not ${describeValue(value)}`);
  }
  if (!(value >= 0)) throw new RangeError(`${name} must be 0 or more milliseconds, not ${value}`);
  return value;
}

/** Checks a priority. */
export function validPriority(value: unknown): number {
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw new TypeError(`options.priority must be a number, lowest first, not ${describeValue(value)}`);
  }
  return value;
}
