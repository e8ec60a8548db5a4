import { messageOf } from '@pkg/sync/kernel';
import type { TaskFailed, TaskFinished } from './task-events.ts';

/** One entry of Chrome's trace format. */
export interface TraceEvent {
  readonly name: string;
  /** `X`: something with a duration. `M`: the name of a track. */
  readonly ph: 'X' | 'M';
  /** Microseconds since 1970. */
  readonly ts: number;
  /** Microseconds. */
  readonly dur?: number;
  readonly pid: number;
  /** The track. */
  readonly tid: number;
  readonly cat: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * Which worker ran which task when, from its start until {@link TaskTrace.stop}. As JSON it is Chrome's trace
 * format, with a track for each worker: open it at <https://ui.perfetto.dev> or in `chrome://tracing`. Takes some
 * hundred bytes for each task.
 *
 * @example
 * ```ts
 * const trace = executor.trace();
 * await work();
 * trace.stop();
 * await writeFile('trace.json', JSON.stringify(trace));
 * ```
 */
export class TaskTrace {
  readonly #events: TraceEvent[] = [];
  readonly #tracks = new Map<string, number>();
  readonly #onStop: (trace: TaskTrace) => void;

  /** @internal */
  constructor(onStop: (trace: TaskTrace) => void) {
    this.#onStop = onStop;
  }

  /** Records nothing from now on. May be called again. Does not block. */
  stop(): void {
    this.#onStop(this);
  }

  /** {@link stop}, for `using`. */
  [Symbol.dispose](): void {
    this.stop();
  }

  /** @internal */
  add(task: TaskFinished | TaskFailed): void {
    const { worker, submittedAt, beganAt, endedAt } = task;
    if (worker === undefined || beganAt === undefined || endedAt === undefined) return;
    const error = 'error' in task ? { error: messageOf(task.error) } : {};
    this.#events.push({
      name: task.task,
      ph: 'X',
      ts: Math.round(beganAt * 1000),
      dur: Math.max(0, Math.round((endedAt - beganAt) * 1000)),
      pid: process.pid,
      tid: this.#trackOf(worker),
      cat: 'error' in task ? 'task,failed' : 'task',
      args: { waited: Math.max(0, beganAt - submittedAt), ...error },
    });
  }

  /** The trace as Chrome's format has it. */
  toJSON(): { traceEvents: readonly TraceEvent[]; displayTimeUnit: 'ms' } {
    return { traceEvents: [...this.#events], displayTimeUnit: 'ms' };
  }

  #trackOf(worker: string): number {
    let track = this.#tracks.get(worker);
    if (track === undefined) {
      track = this.#tracks.size + 1;
      this.#tracks.set(worker, track);
      const args = { name: worker };
      this.#events.push({
        name: 'thread_name',
        ph: 'M',
        ts: 0,
        pid: process.pid,
        tid: track,
        cat: 'task',
        args,
      });
    }
    return track;
  }
}
