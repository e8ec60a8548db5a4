/**
 * Makes the errors of this package and of `@pkg/sync` known to {@link registerErrorClass}, so that a `LockTimeout` out
 * of a thread is one on this side too. Those of `@pkg/queue` are known wherever it is loaded; it is not loaded for them.
 *
 * @packageDocumentation
 */
import * as sync from '@pkg/sync';
import { type ErrorClass, registerErrorClass } from '@pkg/sync/kernel';
import * as threads from './errors.ts';
import { WorkerDiedError } from './worker-died-error.ts';

let registered = false;

/** Registers them, once. Does not block. */
export function registerOwnErrorClasses(): void {
  if (registered) return;
  registered = true;
  for (const each of [sync, threads, { WorkerDiedError }]) {
    for (const [name, value] of Object.entries(each)) {
      if (typeof value === 'function' && value.prototype instanceof Error) {
        registerErrorClass(value as unknown as ErrorClass, name);
      }
    }
  }
}
