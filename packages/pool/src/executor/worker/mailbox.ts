import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Control, WorkerRow } from '../control.ts';
import type { Mail } from '../protocol.ts';
import type { PackedValue } from '../value-travel.ts';

export type MailedTask = Extract<Mail, { type: 'task' }>;
export type Cancellation = Extract<Mail, { type: 'cancel' }>;

/** What the owner posts to this worker. */
export class Mailbox {
  /** Tasks for this worker and no other, oldest first. */
  readonly tasks: MailedTask[] = [];
  readonly #port: MessagePort;
  readonly #row: WorkerRow;
  readonly #control: Control;
  readonly #onCancel: (mail: Cancellation) => void;
  readonly #args = new Map<number, PackedValue>();
  #read = 0;

  constructor(port: MessagePort, row: WorkerRow, control: Control, onCancel: (mail: Cancellation) => void) {
    this.#port = port;
    this.#row = row;
    this.#control = control;
    this.#onCancel = onCancel;
    port.on('message', (mail: Mail) => this.#take(mail));
    // Cancellations matter while something else runs; nothing waits for mail alone.
    port.unref();
  }

  /** Whether mail may lie there. Reads a word of shared memory. */
  get hasMail(): boolean {
    return this.tasks.length > 0 || this.#row.mail !== this.#read;
  }

  /** Takes what has arrived, without the event loop. Does not block. */
  collect(): void {
    while (this.#row.mail !== this.#read) {
      const posted = receiveMessageOnPort(this.#port) as { message: Mail } | undefined;
      if (posted === undefined) return;
      this.#take(posted.message);
    }
  }

  /** The arguments of the claimed task in `slot`. Blocks until the owner's event loop has posted them. */
  waitForArgs(slot: number): PackedValue {
    const work = this.#control.work;
    const generation = work.enter();
    try {
      for (;;) {
        const ticket = work.ticket();
        this.collect();
        const args = this.#args.get(slot);
        if (args !== undefined) {
          this.#args.delete(slot);
          return args;
        }
        work.park(ticket, Infinity);
      }
    } finally {
      work.leave(generation);
    }
  }

  #take(mail: Mail): void {
    this.#read = (this.#read + 1) | 0;
    if (mail.type === 'task') this.tasks.push(mail);
    else if (mail.type === 'args') this.#args.set(mail.slot, mail.args);
    else this.#onCancel(mail);
  }
}
