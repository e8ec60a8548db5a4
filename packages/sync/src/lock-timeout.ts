import { registerErrorClass } from './error-classes.ts';

/** Thrown by `lock` when its timeout ran out. */
export class LockTimeout extends Error {
  readonly code = 'SYNC_LOCK_TIMEOUT';
  override readonly name = 'LockTimeout';
  /** The timeout that ran out, in milliseconds. */
  readonly timeout: number;

  constructor(timeout: number) {
    super(`the lock was not free within ${timeout} ms`);
    this.timeout = timeout;
  }
}
registerErrorClass(LockTimeout);
