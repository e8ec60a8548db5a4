import type { SubmitOptions } from '../options.ts';
import type { PendingTask } from '../pending-task.ts';
import type { PackedValue } from '../value-travel.ts';
import type { Saturation } from './saturation.ts';

/** What an executor does on behalf of the threads that are attached to it. */
export interface TaskHost {
  readonly saturation: Saturation;
  /** Brings a task under way, as `submit` does. Whatever is wrong with it rejects it. */
  beginPacked(task: PendingTask, args: PackedValue, options: SubmitOptions): void;
  /** @param fromTask whether one of the executor's own tasks asks for it */
  broadcastPacked(name: string, args: PackedValue, fromTask: boolean): Promise<unknown[]>;
  cancel(task: PendingTask, reason: unknown): void;
  /** The consumer of a task's stream, which has ended by now, wants no more of it. */
  abandon(task: PendingTask): void;
  /** Cancels a task unless a worker has begun it. */
  cancelIfNotBegun(task: PendingTask): void;
  /** To be called after a task was submitted out of another one. */
  checkSaturation(latest: PendingTask): void;
}
