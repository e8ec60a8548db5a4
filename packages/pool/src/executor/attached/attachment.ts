import { BroadcastChannel, receiveMessageOnPort } from 'node:worker_threads';
import { currentThread, EventCount } from '@pkg/sync/kernel';
import { packError, unpackError } from '../../thread/error-travel.ts';
import { TaskCancelled, TaskValueError } from '../errors.ts';
import { PendingTask } from '../pending-task.ts';
import { WINDOW } from '../protocol.ts';
import { TaskStream } from '../task-stream.ts';
import { type PackedValue, RawValue } from '../value-travel.ts';
import { type Hello, MAIL, REPLIES, type Reply, type Request, WELCOME } from './messages.ts';
import type { TaskHost } from './task-host.ts';

/** A task that runs on behalf of the attached thread. */
interface Relayed {
  readonly pending: PendingTask;
  /** Items of its stream that were taken from the other side. */
  consumed: number;
  /** Lets the stream go on. */
  resume: (() => void) | undefined;
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
  #closing = false;

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
    for (;;) {
      const posted = receiveMessageOnPort(this.#channel as never) as { message: Request } | undefined;
      if (posted === undefined) return;
      this.#take(posted.message);
    }
  }

  /** Nobody is there any more to get results: cancels what was submitted from there. */
  abandon(): void {
    // The latest first: a worker that is freed by a cancellation is to find nothing more to begin.
    for (const { pending, resume } of [...this.#tasks.values()].reverse()) {
      this.#host.cancel(pending, new TaskCancelled(pending.name, 'the thread that submitted it has ended'));
      resume?.();
    }
    this.#leave();
  }

  /** No more tasks are taken. What is on its way there, such as the rest of a stream, still arrives. */
  close(): void {
    this.#closing = true;
    if (this.#tasks.size === 0) this.#leave();
  }

  #leave(): void {
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
        if (task === undefined) return;
        this.#host.cancel(task.pending, unpackError(request.reason));
        task.resume?.();
        break;
      }
      case 'cancel-pending':
        for (const id of request.ids) {
          const task = this.#tasks.get(id);
          if (task !== undefined) this.#host.cancelIfNotBegun(task.pending);
        }
        break;
      case 'consumed': {
        const task = this.#tasks.get(request.id);
        if (task === undefined) return;
        task.consumed++;
        task.resume?.();
        break;
      }
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
    const pending = new PendingTask(
      name,
      (value) => {
        if (value instanceof TaskStream) {
          void this.#forward(id, task, value).finally(leave);
          return;
        }
        leave?.();
        this.#end(id, () => ({ type: 'value', id, value: packed(value) }));
      },
      (error) => {
        leave?.();
        this.#end(id, () => ({ type: 'error', id, error: packError(error) }));
      },
    );
    pending.relayed = true;
    const task: Relayed = { pending, consumed: 0, resume: undefined };
    this.#tasks.set(id, task);
    const onProgress = (value: unknown) => this.#post({ type: 'progress', id, value: packed(value) });
    this.#host.beginPacked(pending, args, { priority, retries, ...(progress ? { onProgress } : {}) });
    if (parent !== undefined) this.#host.checkSaturation(pending);
  }

  #broadcast({ id, name, args, parent }: Extract<Request, { type: 'broadcast' }>): void {
    this.#host.broadcastPacked(name, args, parent !== undefined).then(
      (values) => this.#end(id, () => ({ type: 'value', id, value: packedList(values) })),
      (error) => this.#end(id, () => ({ type: 'error', id, error: packError(error) })),
    );
  }

  /** Hands a stream on, never more than a window ahead of its consumer over there. */
  async #forward(id: number, task: Relayed, stream: TaskStream): Promise<void> {
    this.#post({ type: 'stream', id });
    try {
      for (let sent = 0; ; sent++) {
        while (sent - task.consumed >= WINDOW && !stream.isOver) {
          await new Promise<void>((resolve) => {
            task.resume = resolve;
          });
        }
        const step = await stream.next();
        if (step.done === true) break;
        this.#post({ type: 'item', id, value: packed(step.value) });
      }
      this.#end(id, () => ({ type: 'end', id }));
    } catch (error) {
      this.#host.cancel(task.pending, error);
      this.#end(id, () => ({ type: 'error', id, error: packError(error) }));
    }
  }

  /** The last reply that concerns a task. */
  #end(id: number, reply: () => Reply): void {
    const name = this.#tasks.get(id)?.pending.name ?? '';
    this.#tasks.delete(id);
    try {
      this.#post(reply());
    } catch (error) {
      // A port, say: channels move nothing.
      const why = new TaskValueError(name, 'result', (error as Error).message, error);
      this.#post({ type: 'error', id, error: packError(why) });
    }
    if (this.#closing && this.#tasks.size === 0) this.#leave();
  }

  #post(reply: Reply): void {
    this.#channel.postMessage(reply);
    Atomics.add(this.#words, REPLIES, 1);
    if (this.#mail.hasWaiters) this.#mail.notify();
  }
}

/** As it came from the worker: this thread need not know the classes of the shared objects in it. */
const packed = (value: unknown): PackedValue =>
  value instanceof RawValue ? value.packed : { fields: { result: value }, shared: [] };

const packedList = (values: readonly unknown[]): PackedValue => {
  const all = values.map(packed);
  return {
    fields: { result: all.map(({ fields }) => Object.values(fields)[0]) },
    shared: all.flatMap(({ shared }) => shared),
  };
};
