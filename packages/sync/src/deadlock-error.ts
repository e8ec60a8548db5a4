import { registerErrorClass } from './error-classes.ts';

/** Thrown by `lock` on the thread that holds the lock already: it would wait for itself for ever. */
export class DeadlockError extends Error {
  readonly code = 'SYNC_DEADLOCK';
  override readonly name = 'DeadlockError';

  constructor(verb: string) {
    super(
      `${verb}() on the thread that holds the lock already would wait for itself for ever: unlock it first, ` +
        'or, if another asynchronous task of this thread holds it, await lockAsync()',
    );
  }
}
registerErrorClass(DeadlockError);
