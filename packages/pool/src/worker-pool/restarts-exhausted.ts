/** Threads of a WorkerPool have ended by failure more often than its `maxRestarts` allows; `cause` is the last one. */
export class RestartsExhausted extends Error {
  readonly code = 'POOL_RESTARTS_EXHAUSTED';
  override readonly name = 'RestartsExhausted';
  /** How many threads were started in place of others. */
  readonly restarts: number;

  constructor(className: string, restarts: number, cause: unknown) {
    super(
      `a ${className} failed, and after ${restarts} restarts no other is started in its place: ` +
        (cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)),
      { cause },
    );
    this.restarts = restarts;
  }
}
