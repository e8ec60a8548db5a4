import { BroadcastChannel } from 'node:worker_threads';
import { KIND } from '@pkg/sync';
import { attach, currentThread } from '@pkg/sync/kernel';
import type { Control } from '../control.ts';
import { Attachment } from './attachment.ts';
import { type ExecutorHandle, type Hello, KIND_OF_EXECUTOR } from './messages.ts';
import { receiveFromChannel } from './receive-from-channel.ts';
import type { TaskHost } from './task-host.ts';

/** The threads that are attached to an executor. Listens for them from when the handle is first asked for. */
export class Attachments {
  readonly handle: ExecutorHandle;
  readonly #host: TaskHost;
  readonly #control: Control;
  readonly #self = currentThread();
  readonly #channel: BroadcastChannel;
  readonly #attached = new Set<Attachment>();
  #deaths = this.#self.table.deaths;
  #isClosed = false;
  /** Requests that had been posted when they were last taken. */
  #seen = 0;

  constructor(url: string, channel: string, maxWorkers: number, control: Control, host: TaskHost) {
    this.#host = host;
    this.#control = control;
    const { table, id: owner } = this.#self;
    this.handle = {
      [KIND]: KIND_OF_EXECUTOR,
      url,
      channel,
      maxWorkers,
      control: control.memory,
      threads: table.memory,
      owner,
    };
    this.#channel = new BroadcastChannel(channel);
    this.#channel.onmessage = (event) => this.#greet((event as { data: Hello }).data);
    this.#channel.unref();
    attach(table, this);
  }

  /** Whether requests may have arrived since {@link collect}. */
  get hasMail(): boolean {
    return this.#control.requests !== this.#seen;
  }

  /** Takes the requests that have arrived, without the event loop. Does not block. */
  collect(): void {
    if (this.#isClosed) return;
    this.#seen = this.#control.requests;
    for (;;) {
      const posted = receiveFromChannel(this.#channel) as { message: Hello } | undefined;
      if (posted === undefined) break;
      this.#greet(posted.message);
    }
    for (const each of this.#attached) each.collect();
  }

  /** Lets go of threads that have ended. Called whenever a death is noticed; cheap when nobody has died. */
  recover(): void {
    const { table } = this.#self;
    if (table.deaths === this.#deaths) return;
    this.#deaths = table.deaths;
    for (const each of this.#attached) {
      if (table.isAlive(each.thread)) continue;
      this.#attached.delete(each);
      each.abandon();
    }
  }

  /** The executor has ended. Requests that come later find so in the control memory. */
  close(): void {
    this.#control.setClosed();
    this.collect();
    this.#isClosed = true;
    this.#channel.close();
    for (const each of this.#attached) each.close();
    this.#attached.clear();
  }

  #greet(hello: Hello): void {
    // One that has died meanwhile will not be reported again.
    if (this.#self.table.isAlive(hello.thread)) this.#attached.add(new Attachment(hello, this.#host));
  }
}
