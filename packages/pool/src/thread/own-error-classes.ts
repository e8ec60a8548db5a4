/**
 * Makes the errors of this project known to {@link registerErrorClass}, so that a `QueueShutDown` out of a
 * thread is one on this side too.
 *
 * @packageDocumentation
 */
import * as queue from '@pkg/queue';
import * as sync from '@pkg/sync';
import { type ErrorClass, registerErrorClass } from './error-classes.ts';
import * as threads from './errors.ts';
import { WorkerDiedError } from './worker-died-error.ts';

let registered = false;

/** Registers them, once. Does not block. */
export function registerOwnErrorClasses(): void {
  if (registered) return;
  registered = true;
  for (const each of [queue, sync, threads, { WorkerDiedError }]) {
    for (const [name, value] of Object.entries(each)) {
      if (typeof value === 'function' && value.prototype instanceof Error) {
        registerErrorClass(value as unknown as ErrorClass, name);
      }
    }
  }
}
