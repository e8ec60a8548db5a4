/** Figures of one worker. */
export interface WorkerStats {
  readonly name: string;
  /** Whether it is ready for tasks: its module is loaded, its initializer done. */
  readonly ready: boolean;
  /** Whether it runs a task now. */
  readonly running: boolean;
  /** Tasks that it has begun. */
  readonly tasks: number;
  /** The share of the time since it was ready in which it ran tasks, 0 to 1; the task that it runs now not counted. */
  readonly utilisation: number;
}

/** How long things took, in milliseconds, each right within a quarter; 0 while nothing was counted. */
export interface DurationStats {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Figures of an executor. */
export interface ExecutorStats {
  /** Tasks that wait for a worker, cancelled ones that have not been cleared away included. */
  readonly queued: number;
  /** Tasks that workers run now. */
  readonly running: number;
  /** Tasks that have returned, so far. */
  readonly done: number;
  /** Tasks that have failed, so far: that threw, were cancelled, or whose worker died. */
  readonly failed: number;
  /** From the submission until a worker begins. */
  readonly wait: DurationStats;
  /** From there until the end. */
  readonly run: DurationStats;
  /** Workers that have not ended, in no certain order. */
  readonly workers: readonly WorkerStats[];
}
