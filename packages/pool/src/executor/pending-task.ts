import type { TransferListItem } from 'node:worker_threads';
import { rejectionWithCallers } from './caller-frames.ts';
import type { TaskStream } from './task-stream.ts';
import type { PackedValue } from './value-travel.ts';

/** A task that is under way, as its submitter's side knows it. */
export class PendingTask {
  readonly name: string;
  slot = -1;
  generation = 0;
  /** In microseconds of the executor's clock. */
  submittedAt = 0;
  /** When its worker began it, and when it ended it or -1, where that was told. */
  times: readonly [beganAt: number, endedAt: number] | undefined = undefined;
  /** The worker that told so. */
  worker: string | undefined = undefined;
  /** Lowest first. */
  priority = 0;
  /** Whether the caller has got the result, or an error. Streams: whether the caller has got the stream. */
  settled = false;
  /** Whether `resolve` and `reject` are those of a promise, so that callers may await it. */
  promised = false;
  /** Whether it waits in line for a place in the queue. */
  inLine = false;
  /** Kept where they may be needed again. */
  args: readonly unknown[] | undefined = undefined;
  /** Arguments that go by a port, until a worker claims them. */
  posted: { args: PackedValue; transfer: readonly TransferListItem[] } | undefined = undefined;
  /** Its arguments, where they came packed from another thread. */
  packed: PackedValue | undefined = undefined;
  /** Whether its result goes on to another thread. */
  relayed = false;
  retriesLeft = 0;
  stream: TaskStream | undefined = undefined;
  onProgress: ((value: unknown) => void) | undefined = undefined;
  /** Stops listening for an abort, and timers. */
  release: (() => void) | undefined = undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;

  constructor(name: string, resolve: (value: unknown) => void, reject: (error: unknown) => void) {
    this.name = name;
    this.resolve = resolve;
    this.reject = reject;
  }

  /** {@link reject}, with an error that is the task's own: the caller's frames become part of its stack. */
  fail(error: unknown): void {
    if (this.promised) this.resolve(rejectionWithCallers(error));
    else this.reject(error);
  }
}
