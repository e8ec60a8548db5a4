import { messageOf } from '@pkg/sync/kernel';
import { type PackedError, unpackError } from '../thread/error-travel.ts';
import { TaskCancelled, TaskNotFound, TaskValueError } from './errors.ts';
import type { Ledger } from './ledger.ts';
import type { Observer } from './observer.ts';
import type { PendingTask } from './pending-task.ts';
import type { PoolWorker } from './pool-worker.ts';
import {
  CLAIM,
  ERROR,
  generationOf,
  ITEM,
  isPosted,
  kindOf,
  NOT_FOUND,
  PROGRESS,
  type ResultRecord,
  SKIPPED,
  STREAM,
  TIMES,
  VALUE,
} from './protocol.ts';
import { tellProgress } from './task-outcome.ts';
import { TaskStream } from './task-stream.ts';
import type { TaskWords } from './task-words.ts';
import { RawValue, unpackValue } from './value-travel.ts';

/** What {@link Results} needs of the executor. */
export interface ResultEvents {
  /** The task is to be rejected, and to run no longer. */
  cancel(task: PendingTask, reason: unknown): void;
  /** Nobody wants the task's result any more. */
  callOff(task: PendingTask, reason: unknown): void;
  /** These are all tasks that the module has. */
  listed(names: readonly string[]): void;
  /** A task has left. */
  left(): void;
}

/** Tells callers what has become of their tasks. */
export class Results {
  /** Tasks that have returned, and streams that were abandoned. */
  done = 0;
  /** Tasks that have failed, in whatever way. */
  failed = 0;
  readonly #url: string;
  readonly #words: TaskWords;
  readonly #ledger: Ledger;
  readonly #observer: Observer;
  readonly #workerAt: (row: number) => PoolWorker | undefined;
  readonly #events: ResultEvents;

  constructor(
    url: string,
    words: TaskWords,
    ledger: Ledger,
    observer: Observer,
    workerAt: (row: number) => PoolWorker | undefined,
    events: ResultEvents,
  ) {
    this.#url = url;
    this.#words = words;
    this.#ledger = ledger;
    this.#observer = observer;
    this.#workerAt = workerAt;
    this.#events = events;
  }

  /** Acts on what a worker has sent. */
  deliver(record: ResultRecord): void {
    const slot = record[0];
    const tag = record[1];
    const task = this.#ledger.find(slot, generationOf(tag));
    if (task === undefined) return;
    const kind = kindOf(tag);
    let value: unknown;
    try {
      value = this.#take(task, tag, record[2]);
    } catch (error) {
      this.#refuse(task, kind, error);
      return;
    }
    switch (kind) {
      case VALUE:
        this.leave(task);
        this.#succeed(task, value);
        break;
      case ERROR:
        this.fail(task, value);
        break;
      case NOT_FOUND:
        this.#events.listed(value as string[]);
        this.fail(task, new TaskNotFound(task.name, this.#url, value as string[]));
        break;
      case SKIPPED:
        this.leave(task);
        break;
      case CLAIM:
        this.#answerClaim(task);
        break;
      case STREAM:
        this.#openStream(task, value as number);
        break;
      case ITEM:
        task.stream?.push(value);
        break;
      case PROGRESS:
        tellProgress(task, value, (error) => this.#events.cancel(task, error));
        break;
      case TIMES:
        task.times = value as [number, number];
        task.worker = this.#workerAt(this.#words.rowOf(slot))?.name;
        // Of one that was called off meanwhile it has been told that it failed.
        if (task.times[1] < 0 && !task.settled) this.#observer.started(task);
        break;
    }
  }

  /** Nothing more will be heard of the task, and this is why. */
  fail(task: PendingTask, error: unknown): void {
    this.leave(task);
    this.reject(task, error, true);
  }

  /**
   * Tells the caller, unless the caller has got a result or an error before; says whether it did.
   *
   * @param isOwn whether the task has failed, with an error that was made for it, so that its stack may be added to;
   *   otherwise it was cancelled
   */
  reject(task: PendingTask, error: unknown, isOwn = false): boolean {
    if (task.stream !== undefined) {
      // Before it stops listening: of one that is over already, what listens is the time of grace.
      const told = isOwn ? task.stream.fail(error, task.promised) : task.stream.callOff(error);
      if (!told) return false;
      task.stopListening();
    } else {
      if (!this.#ledger.settle(task)) return false;
      if (isOwn) task.fail(error);
      else task.reject(error);
    }
    this.failed++;
    this.#observer.failed(task, error);
    return true;
  }

  /** The consumer of the task's stream, which has ended by now, wants no more of it. */
  abandon(task: PendingTask): void {
    if (task.slot < 0) return;
    task.stopListening();
    this.done++;
    this.#observer.finished(task);
    this.#events.callOff(task, new TaskCancelled(task.name, 'its stream was abandoned'));
  }

  /** The task will not run: its caller gets `instead`, and it counts neither as done nor as failed. */
  leaveOut(task: PendingTask, instead: unknown): void {
    this.leave(task);
    if (this.#ledger.settle(task)) task.resolve(instead);
  }

  /** Nothing more will be heard of the task. Its caller may still have to get the result. */
  leave(task: PendingTask): void {
    task.stopListening();
    this.#ledger.leave(task);
    this.#events.left();
  }

  #succeed(task: PendingTask, value: unknown): void {
    if (task.stream !== undefined) {
      if (!task.stream.end()) return;
    } else {
      if (!this.#ledger.settle(task)) return;
      task.resolve(value);
    }
    this.done++;
    this.#observer.finished(task);
  }

  /** What the worker has sent, as its caller is to get it. Throws if this thread cannot read it. */
  #take(task: PendingTask, tag: number, value: unknown): unknown {
    if (isPosted(tag)) return this.#takePosted(task);
    if (kindOf(tag) !== ERROR) return value;
    return unpackError(value as PackedError, `\n    at task '${task.name}', run by a worker`);
  }

  /** What the worker has sent cannot be read here: the task fails of that. */
  #refuse(task: PendingTask, kind: number, error: unknown): void {
    const path =
      kind === ITEM ? 'item' : kind === PROGRESS ? 'progress' : kind === ERROR ? 'error' : 'result';
    const why = `its reader failed with '${messageOf(error)}'`;
    const refusal = new TaskValueError(task.name, path, why, error);
    if (kind === VALUE || kind === ERROR) this.fail(task, refusal);
    // The worker goes on.
    else if (kind === ITEM || task.onProgress !== undefined) this.#events.cancel(task, refusal);
  }

  /** A value that came by the worker's port. */
  #takePosted({ slot, relayed, name }: PendingTask): unknown {
    const packed = this.#workerAt(this.#words.rowOf(slot))!.takeValue();
    return relayed ? new RawValue(packed) : unpackValue(name, packed);
  }

  #answerClaim(task: PendingTask): void {
    const { slot, generation, posted } = task;
    if (posted?.args === undefined) return;
    const { ticket, args, transfer } = posted;
    posted.args = undefined;
    try {
      this.#workerAt(this.#words.rowOf(slot))?.post(
        { type: 'args', slot, generation, ticket, args },
        transfer,
      );
    } catch (error) {
      // The worker waits for them until the task is cancelled.
      this.#events.cancel(task, new TaskValueError(task.name, 'args', messageOf(error), error));
    }
  }

  /** @param stream the number that the worker has given it */
  #openStream(task: PendingTask, stream: number): void {
    if (task.settled) return;
    const { slot, generation } = task;
    const onConsumed = () => {
      const row = this.#ledger.find(slot, generation) === task ? this.#words.rowOf(slot) : -1;
      if (row >= 0) this.#workerAt(row)?.state.countConsumed(stream);
    };
    task.stream = task.relayStream?.(onConsumed) ?? new TaskStream(onConsumed, () => this.abandon(task));
    this.#ledger.settle(task);
    task.resolve(task.stream);
  }
}
