import { BroadcastChannel } from 'node:worker_threads';
import { currentThread, EventCount } from '@pkg/sync/kernel';
import { packError, unpackError } from '../../thread/error-travel.ts';
import { TaskCancelled, TaskValueError } from '../errors.ts';
import { PendingTask } from '../pending-task.ts';
import { type PackedValue, packValue, RawValue, Unsendable } from '../value-travel.ts';
import { type Hello, MAIL, REPLIES, type Reply, type Request, WELCOME } from './messages.ts';
import { receiveFromChannel } from './receive-from-channel.ts';
import { RelayedStream } from './relayed-stream.ts';
import type { TaskHost } from './task-host.ts';

/** A task that runs on behalf of the attached thread. */
interface Relayed {
  readonly pending: PendingTask;
  /** Tells the worker that an item of its stream was consumed. */
  onConsumed: (() => void) | undefined;
}

/** One thread that is attached to an executor, as the executor's owner sees it. */
export class Attachment {
  /** Its id in the roll of threads. */
  readonly thread: number;
  readonly #host: TaskHost;
  readonly #channel: BroadcastChannel;
  readonly #words: Int32Array;
  readonly #mail: EventCount;
  readonly #tasks = new Map<number, Relayed>();
  /** Broadcasts under way. */
  #broadcasts = 0;
  #closing = false;
  #hasLeft = false;

  constructor({ channel, thread, memory }: Hello, host: TaskHost) {
    this.thread = thread;
    this.#host = host;
    this.#words = new Int32Array(memory);
    this.#mail = new EventCount(this.#words, MAIL, currentThread());
    this.#channel = new BroadcastChannel(channel);
    this.#channel.onmessage = (event) => this.#take((event as { data: Request }).data);
    // The tasks under way keep the process alive.
    this.#channel.unref();
    Atomics.store(this.#words, WELCOME, 1);
    this.#post({ type: 'welcome' });
  }

  /** Takes what has arrived, without the event loop. Does not block. */
  collect(): void {
    // A request may bring to light that the thread has ended.
    while (!this.#hasLeft) {
      const posted = receiveFromChannel(this.#channel) as { message: Request } | undefined;
      if (posted === undefined) return;
      this.#take(posted.message);
    }
  }

  /** Nobody is there any more to get results: cancels what was submitted from there. */
  abandon(): void {
    // The latest first: a worker that is freed by a cancellation is to find nothing more to begin.
    for (const { pending } of [...this.#tasks.values()].reverse()) {
      this.#host.cancel(pending, new TaskCancelled(pending.name, 'the thread that submitted it has ended'));
    }
    this.#leave();
  }

  /** No more tasks are taken. What is on its way there, such as the rest of a stream, still arrives, and then this. */
  close(): void {
    this.#closing = true;
    this.#leaveWhenDone();
  }

  #leaveWhenDone(): void {
    if (!this.#closing || this.#tasks.size > 0 || this.#broadcasts > 0) return;
    this.#post({ type: 'closed' });
    this.#leave();
  }

  #leave(): void {
    this.#hasLeft = true;
    this.#channel.close();
    if (this.#mail.hasWaiters) this.#mail.notify();
  }

  #take(request: Request): void {
    switch (request.type) {
      case 'submit':
        this.#submit(request);
        break;
      case 'broadcast':
        this.#broadcast(request);
        break;
      case 'cancel': {
        const task = this.#tasks.get(request.id);
        if (task !== undefined) this.#host.cancel(task.pending, unpackError(request.reason));
        break;
      }
      case 'abandon': {
        const pending = this.#tasks.get(request.id)?.pending;
        if (pending?.stream?.end()) this.#host.abandon(pending);
        break;
      }
      case 'cancel-pending':
        for (const id of request.ids) {
          const task = this.#tasks.get(id);
          if (task !== undefined) this.#host.cancelIfNotBegun(task.pending);
        }
        break;
      case 'consumed':
        this.#tasks.get(request.id)?.onConsumed?.();
        break;
    }
  }

  #submit({
    id,
    name,
    args,
    priority,
    retries,
    progress,
    parent,
    blocks,
  }: Extract<Request, { type: 'submit' }>) {
    const leave = parent === undefined ? undefined : this.#host.saturation.enter(parent, blocks);
    const end = (reply: () => Reply) => {
      leave?.();
      this.#end(id, name, reply);
    };
    const fail = (error: unknown) => end(() => ({ type: 'error', id, error: packError(error) }));
    const pending = new PendingTask(
      name,
      (value) => {
        // It tells of its end by itself.
        if (value instanceof RelayedStream) return;
        end(() => ({ type: 'value', id, value: packed('result', value) }));
      },
      fail,
    );
    pending.relayed = true;
    const task: Relayed = { pending, onConsumed: undefined };
    pending.relayStream = (onConsumed) => {
      this.#post({ type: 'stream', id });
      task.onConsumed = onConsumed;
      return new RelayedStream({
        item: (value) => this.#postPart(pending, id, 'item', value),
        end: () => end(() => ({ type: 'end', id })),
        fail,
      });
    };
    this.#tasks.set(id, task);
    const onProgress = (value: unknown) => this.#postPart(pending, id, 'progress', value);
    this.#host.beginPacked(pending, args, { priority, retries, ...(progress ? { onProgress } : {}) });
    if (parent !== undefined) this.#host.checkSaturation(pending);
  }

  #broadcast({ id, name, args, parent }: Extract<Request, { type: 'broadcast' }>): void {
    this.#broadcasts++;
    const end = (reply: () => Reply) => {
      this.#broadcasts--;
      this.#end(id, name, reply);
    };
    this.#host.broadcastPacked(name, args, parent !== undefined).then(
      (values) => end(() => ({ type: 'value', id, value: packedList(values) })),
      (error) => end(() => ({ type: 'error', id, error: packError(error) })),
    );
  }

  /** An item of a task's stream, or its progress. What cannot go on ends the task. */
  #postPart(pending: PendingTask, id: number, type: 'item' | 'progress', value: unknown): void {
    try {
      this.#post({ type, id, value: packed(type, value) });
    } catch (error) {
      this.#host.cancel(pending, unmovable(pending.name, type, error));
    }
  }

  /** The last reply that concerns a task, or a broadcast of one. */
  #end(id: number, name: string, reply: () => Reply): void {
    this.#tasks.delete(id);
    try {
      this.#post(reply());
    } catch (error) {
      this.#post({ type: 'error', id, error: packError(unmovable(name, 'result', error)) });
    }
    this.#leaveWhenDone();
  }

  #post(reply: Reply): void {
    // Nobody is there: what its thread had begun comes to its end here.
    if (this.#hasLeft) return;
    this.#channel.postMessage(reply);
    Atomics.add(this.#words, REPLIES, 1);
    if (this.#mail.hasWaiters) this.#mail.notify();
  }
}

/** Why a value did not go on: it has a port in it, say, and channels move nothing. */
const unmovable = (taskName: string, what: string, cause: unknown): TaskValueError =>
  cause instanceof Unsendable
    ? new TaskValueError(taskName, cause.path, cause.why, cause.cause)
    : new TaskValueError(taskName, what, (cause as Error).message, cause);

/**
 * As it came from the worker: this thread need not know the classes of the shared objects in it. What came by the queue may
 * lie deeper than the attached thread could read.
 */
const packed = (what: string, value: unknown): PackedValue =>
  value instanceof RawValue ? value.packed : packValue(what, value, []);

const packedList = (values: readonly unknown[]): PackedValue => {
  const all = values.map((value) => packed('result', value));
  return {
    fields: { result: all.map(({ fields }) => Object.values(fields)[0]) },
    placeholders: all.flatMap(({ placeholders }) => placeholders),
  };
};
