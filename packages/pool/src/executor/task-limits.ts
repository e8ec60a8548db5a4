import { AsyncResource } from 'node:async_hooks';
import {
  checkInteger,
  checkOptions,
  checkSignal,
  describeValue,
  LONGEST_TIMER,
  whenAborted,
} from '@pkg/sync/kernel';
import { checkTransfer } from '../thread/check-transfer.ts';
import { TaskTimeout } from './errors.ts';
import { milliseconds, type SubmitOptions, validPriority } from './options.ts';
import type { PendingTask } from './pending-task.ts';

/**
 * Checks what a submission is of.
 *
 * @throws TypeError when the name is no string or the arguments are no array
 */
export function checkCall(name: unknown, args: unknown): void {
  if (typeof name !== 'string')
    throw new TypeError(`the name of a task must be a string, not ${describeValue(name)}`);
  if (!Array.isArray(args)) {
    throw new TypeError(
      `the arguments of task '${name}' must be an array, not ${describeValue(args)}: write submit('${name}', [a, b])`,
    );
  }
}

/**
 * Checks the options of a submission and notes them in the task; what ends it early calls `cancel` from now on.
 *
 * @throws RangeError or TypeError for a bad option; the signal's reason when it is aborted already
 */
export function applyOptions(
  task: PendingTask,
  options: SubmitOptions,
  cancel: (reason: unknown) => void,
): void {
  checkOptions(options, '{ timeout: 1000 }');
  const { signal, timeout, retries, onProgress, transfer, priority } = options;
  if (priority !== undefined && priority !== 0) task.priority = validPriority(priority);
  if (retries !== undefined) task.retriesLeft = checkInteger('options.retries', retries, 0, 2 ** 31 - 1);
  checkTransfer(`task '${task.name}': options.transfer`, transfer);
  if (task.retriesLeft > 0 && transfer !== undefined && transfer.length > 0) {
    throw new TypeError(
      `task '${task.name}': what is moved to a worker is lost with it; leave out 'retries' or 'transfer'`,
    );
  }
  checkSignal(signal);
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new TypeError(`options.onProgress must be a function, not ${describeValue(onProgress)}`);
  }
  if (onProgress !== undefined) task.onProgress = AsyncResource.bind(onProgress) as (value: unknown) => void;
  const limit = timeout === undefined ? Infinity : milliseconds('options.timeout', timeout);
  if (limit < Infinity) task.expires = true;
  if (signal === undefined && limit > LONGEST_TIMER) return;
  if (signal?.aborted) throw signal.reason;
  const forget = whenAborted(signal, () => cancel(signal!.reason));
  // It does not keep the process alive: whoever waits for the task does.
  const timer =
    limit > LONGEST_TIMER
      ? undefined
      : setTimeout(() => cancel(new TaskTimeout(task.name, limit)), limit).unref();
  task.release = () => {
    forget();
    clearTimeout(timer);
  };
}
