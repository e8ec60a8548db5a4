import type { Control } from './control.ts';
import { percentile } from './histogram.ts';
import type { PoolWorker } from './pool-worker.ts';

/** Figures of one worker. */
export interface WorkerStats {
  readonly name: string;
  /** Whether it is ready for tasks: its module is loaded, its initializer done. */
  readonly ready: boolean;
  /** Whether it runs a task now. */
  readonly running: boolean;
  /** Tasks that it has begun, modulo 2^32. */
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

/**
 * Figures of an executor. When nothing waits and nothing runs, each task that was ever submitted is in `done` or in `failed`:
 * a refused one as well, one that was run again once, a broadcast once for each worker that it was for, without those that
 * ended before they began it.
 */
export interface ExecutorStats {
  /** Tasks that wait for a worker, cancelled ones that have not been cleared away included. */
  readonly queued: number;
  /** Tasks that workers run now, also those that are told to stop and counted as done or failed by now. */
  readonly running: number;
  /** Tasks that have returned, so far, and streams that were abandoned: from then on, though they may still run. */
  readonly done: number;
  /**
   * Tasks that have failed, so far: that threw, were refused or cancelled (from then on, though they may still run), or whose
   * worker died.
   */
  readonly failed: number;
  /** From the submission until a worker begins. */
  readonly wait: DurationStats;
  /** From there until the end. */
  readonly run: DurationStats;
  /** Workers that have not ended, in no certain order. */
  readonly workers: readonly WorkerStats[];
}

/**
 * The figures of an executor.
 *
 * @param now on the executor's clock, in milliseconds
 */
export function collectStats(
  counted: Pick<ExecutorStats, 'queued' | 'done' | 'failed'>,
  control: Control,
  all: readonly PoolWorker[],
  now: number,
): ExecutorStats {
  const workers = all.map(({ name, state }) => ({
    name,
    ready: state.isReady,
    running: state.isRunning,
    tasks: state.taken,
    utilisation: state.isReady ? Math.min(1, state.busy / Math.max(1, now - state.readyAt)) : 0,
  }));
  const { wait, run } = control.durations();
  const { queued, done, failed } = counted;
  const running = workers.filter((each) => each.running).length;
  return { queued, running, done, failed, wait: summaryOf(wait), run: summaryOf(run), workers };
}

const summaryOf = (durations: readonly number[]): DurationStats => ({
  p50: percentile(durations, 0.5),
  p95: percentile(durations, 0.95),
  p99: percentile(durations, 0.99),
});
