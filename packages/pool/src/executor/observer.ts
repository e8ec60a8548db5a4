import type { PendingTask } from './pending-task.ts';
import {
  failed,
  finished,
  retried,
  started,
  submitted,
  type TaskFinished,
  type TaskStarted,
} from './task-events.ts';
import { TaskTrace } from './task-trace.ts';

/** Tells of an executor's tasks to those who watch: subscribers of the channels, and traces. */
export class Observer {
  readonly #url: string;
  readonly #epoch: number;
  readonly #onWatched: (watched: boolean) => void;
  readonly #traces = new Set<TaskTrace>();
  #watched = false;

  /**
   * @param epoch what the executor's clock counts from, in milliseconds since 1970
   * @param onWatched told whether workers are to tell when they begin and end tasks
   */
  constructor(url: string, epoch: number, onWatched: (watched: boolean) => void) {
    this.#url = url;
    this.#epoch = epoch;
    this.#onWatched = onWatched;
  }

  /** Starts a trace. */
  trace(): TaskTrace {
    const trace = new TaskTrace((stopped) => {
      this.#traces.delete(stopped);
      this.#look();
    });
    this.#traces.add(trace);
    this.#look();
    return trace;
  }

  /** Whether anybody watches. Asked whenever there is something to tell: nobody tells of new subscribers. */
  #look(): void {
    const watched =
      this.#traces.size > 0 || started.hasSubscribers || finished.hasSubscribers || failed.hasSubscribers;
    if (watched === this.#watched) return;
    this.#watched = watched;
    this.#onWatched(watched);
  }

  /** To be called before anything else becomes of a task: whatever fails has been submitted. */
  submitted(task: PendingTask): void {
    this.#look();
    if (submitted.hasSubscribers) submitted.publish(this.#describe(task));
  }

  /** To be called when the worker has told when it began. */
  started(task: PendingTask): void {
    if (!started.hasSubscribers || task.times === undefined) return;
    const beganAt = this.#epoch + task.times[0] / 1000;
    started.publish({ ...this.#describe(task), worker: task.worker, beganAt } satisfies TaskStarted);
  }

  retried(task: PendingTask): void {
    if (retried.hasSubscribers) retried.publish(this.#describe(task));
  }

  finished(task: PendingTask): void {
    this.#look();
    if (!this.#watched) return;
    const message = this.#end(task);
    for (const trace of this.#traces) trace.add(message);
    if (finished.hasSubscribers) finished.publish(message);
  }

  failed(task: PendingTask, error: unknown): void {
    this.#look();
    if (!this.#watched) return;
    const message = { ...this.#end(task), error };
    for (const trace of this.#traces) trace.add(message);
    if (failed.hasSubscribers) failed.publish(message);
  }

  #describe({ name, submittedAt }: PendingTask) {
    return { task: name, url: this.#url, submittedAt: this.#epoch + submittedAt / 1000 };
  }

  #end(task: PendingTask): TaskFinished {
    const [beganAt, endedAt] = task.times ?? [undefined, undefined];
    return {
      ...this.#describe(task),
      worker: task.worker,
      beganAt: beganAt === undefined ? undefined : this.#epoch + beganAt / 1000,
      endedAt:
        endedAt === undefined
          ? undefined
          : // One that was cancelled, or died, told no end.
            endedAt < 0
            ? performance.timeOrigin + performance.now()
            : this.#epoch + endedAt / 1000,
    };
  }
}
