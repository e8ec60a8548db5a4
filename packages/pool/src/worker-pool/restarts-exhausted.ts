import { describeValue, isError, registerErrorClass } from '@pkg/sync/kernel';

/**
 * A thread of a WorkerPool has failed and is not replaced: as many were started in place of others as its `maxRestarts`
 * allows, the module cannot be loaded, or another could not be made or started. `cause` is what the thread failed of, or
 * what was thrown when another was to be started.
 */
export class RestartsExhausted extends Error {
  readonly code = 'POOL_RESTARTS_EXHAUSTED';
  override readonly name = 'RestartsExhausted';
  /** How many threads were started in place of others. */
  readonly restarts: number;

  /** @param verb whether another `is` not started, or none `could be` */
  constructor(className: string, restarts: number, cause: unknown, verb: 'is' | 'could be' = 'is') {
    super(
      `a ${className} failed, and after ${restarts} ${restarts === 1 ? 'restart' : 'restarts'} ` +
        `no other ${verb} started in its place: ${titleOf(cause)}`,
      { cause },
    );
    this.restarts = restarts;
  }
}
registerErrorClass(RestartsExhausted);

/** Any value may be thrown, and it may throw when it is looked at: that must not keep the pool from failing. */
function titleOf(thrown: unknown): string {
  try {
    if (isError(thrown)) return `${thrown.name}: ${thrown.message}`;
  } catch {
    // Falls through to a description that runs no user code.
  }
  return describeValue(thrown);
}
