/**
 * What an executor tells those who watch it, by `node:diagnostics_channel` and in traces. All times are in
 * milliseconds since 1970, like `performance.timeOrigin + performance.now()`.
 *
 * | channel | published | message |
 * | --- | --- | --- |
 * | `@pkg/pool:task:submitted` | when a task is submitted, also one that is then refused | {@link TaskSubmitted} |
 * | `@pkg/pool:task:started` | when a worker has begun it | {@link TaskStarted} |
 * | `@pkg/pool:task:retried` | when its worker has died and it is run again | {@link TaskSubmitted} |
 * | `@pkg/pool:task:finished` | when its caller gets the result; streams: when it has ended, or was abandoned | {@link TaskFinished} |
 * | `@pkg/pool:task:failed` | when its caller gets an error | {@link TaskFailed} |
 * | `@pkg/pool:worker:started` | when a worker is started | {@link WorkerEvent} |
 * | `@pkg/pool:worker:ended` | when a worker has ended | {@link WorkerEvent} |
 *
 * Messages are published on the thread of the executor, in the order in which it learns of things. Workers tell when
 * they begin and end a task while somebody is subscribed to `started`, `finished` or `failed`; that somebody is, is
 * noticed when a task is submitted or ends.
 *
 * @packageDocumentation
 */
import { channel } from 'node:diagnostics_channel';

/** A task of an executor. */
export interface TaskSubmitted {
  /** The task's name. */
  readonly task: string;
  /** The module of the tasks. */
  readonly url: string;
  readonly submittedAt: number;
}

/** A task that a worker has begun. */
export interface TaskStarted extends TaskSubmitted {
  /** The worker's name. */
  readonly worker: string | undefined;
  readonly beganAt: number;
}

/** A task that a worker has run, or part of one, if it died. */
export interface TaskFinished extends TaskSubmitted {
  /** The worker's name; undefined for a task that none has begun, or where it did not tell. */
  readonly worker: string | undefined;
  /** When the worker began; undefined where it did not tell. */
  readonly beganAt: number | undefined;
  readonly endedAt: number | undefined;
}

/** A task that has failed. */
export interface TaskFailed extends TaskFinished {
  /** What its caller got. */
  readonly error: unknown;
}

/** A worker of an executor. */
export interface WorkerEvent {
  readonly worker: string;
  readonly url: string;
  /** Of one that has ended; undefined where it is not known. */
  readonly exitCode?: number | undefined;
}

export const submitted = channel('@pkg/pool:task:submitted');
export const started = channel('@pkg/pool:task:started');
export const retried = channel('@pkg/pool:task:retried');
export const finished = channel('@pkg/pool:task:finished');
export const failed = channel('@pkg/pool:task:failed');
export const workerStarted = channel('@pkg/pool:worker:started');
export const workerEnded = channel('@pkg/pool:worker:ended');
