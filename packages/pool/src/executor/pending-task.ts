import type { TransferListItem } from '../thread/transfer-list-item.ts';
import { rejectionWithCallers } from './caller-frames.ts';
import type { StreamSink } from './stream-sink.ts';
import type { PackedValue } from './value-travel.ts';

/** Arguments that go by a port. */
export interface PostedArgs {
  /** Tells them from all others of the executor: generations of a slot come round again, while what nobody took stays. */
  readonly ticket: number;
  /** Undefined once they have been given to the worker that claimed them. */
  args: PackedValue | undefined;
  readonly transfer: readonly TransferListItem[];
}

/**
 * A task that is under way, as its submitter's side knows it.
 *
 * What few tasks have lies on the prototype until it is set: many thousands may be under way at once, and the garbage
 * collector copies each of them.
 */
export class PendingTask {
  readonly name: string;
  slot = -1;
  generation = 0;
  /** In microseconds of the executor's clock. */
  submittedAt = 0;
  /** Whether the caller has got the result, or an error. Streams: whether the caller has got the stream. */
  settled = false;
  /** Whether `resolve` and `reject` are those of a promise, so that callers may await it. */
  promised = false;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** When its worker began it, and when it ended it or -1, where that was told. */
  declare times: readonly [beganAt: number, endedAt: number] | undefined;
  /** The worker that told so. */
  declare worker: string | undefined;
  /** Lowest first; default 0. */
  declare priority: number;
  /** Whether it waits in line for a place in the queue; default false. */
  declare inLine: boolean;
  /** Kept where they may be needed again. */
  declare args: readonly unknown[] | undefined;
  /** Arguments that go by a port. */
  declare posted: PostedArgs | undefined;
  /** Its arguments, where they came packed from another thread. */
  declare packed: PackedValue | undefined;
  /** Whether its result goes on to another thread; default false. */
  declare relayed: boolean;
  /** The one worker that it is for, to be known by; undefined for a task that any may run. */
  declare addressee: object | undefined;
  /** Whether a time limit calls it off; default false. */
  declare expires: boolean;
  /** Default 0. */
  declare retriesLeft: number;
  declare stream: StreamSink | undefined;
  /** Makes the stream of a task whose items go on to another thread; it is given what tells the worker of one consumed. */
  declare relayStream: ((onConsumed: () => void) => StreamSink) | undefined;
  declare onProgress: ((value: unknown) => void) | undefined;
  /** What {@link stopListening} calls. */
  declare release: (() => void) | undefined;

  static {
    const { prototype } = PendingTask;
    for (const name of [
      'times',
      'worker',
      'args',
      'posted',
      'packed',
      'addressee',
      'stream',
      'relayStream',
      'onProgress',
      'release',
    ] as const)
      prototype[name] = undefined;
    prototype.inLine = prototype.relayed = prototype.expires = false;
    prototype.priority = prototype.retriesLeft = 0;
  }

  constructor(name: string, resolve: (value: unknown) => void, reject: (error: unknown) => void) {
    this.name = name;
    this.resolve = resolve;
    this.reject = reject;
  }

  /** Stops listening for an abort, and timers. */
  stopListening(): void {
    if (this.release === undefined) return;
    this.release();
    this.release = undefined;
  }

  /** {@link reject}, with an error that is the task's own: the caller's frames become part of its stack. */
  fail(error: unknown): void {
    if (this.promised) this.resolve(rejectionWithCallers(error));
    else this.reject(error);
  }
}
