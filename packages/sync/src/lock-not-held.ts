import { registerErrorClass } from './error-classes.ts';

/** Thrown by a verb that only the thread that holds a lock may call. */
export class LockNotHeld extends Error {
  readonly code = 'SYNC_LOCK_NOT_HELD';
  override readonly name = 'LockNotHeld';
  /** Id of the thread that held the lock at that moment; 0 when nobody did. */
  readonly owner: number;

  constructor(verb: string, self: number, owner: number) {
    super(
      `${verb}() was called on thread ${self}, which does not hold the lock: ` +
        (owner === 0 ? 'nobody does' : `thread ${owner} does`) +
        '. Call it between lock() and unlock()',
    );
    this.owner = owner;
  }
}
registerErrorClass(LockNotHeld);
