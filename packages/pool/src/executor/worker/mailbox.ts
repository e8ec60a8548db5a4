import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { WorkerRow } from '../control.ts';
import type { Mail } from '../protocol.ts';
import type { TaskWords } from '../task-words.ts';
import type { PackedValue } from '../value-travel.ts';

export type MailedTask = Extract<Mail, { type: 'task' }>;
type MailedArgs = Extract<Mail, { type: 'args' }>;
export type Cancellation = Extract<Mail, { type: 'cancel' }>;

/** How many tasks' arguments are kept before it is looked which ones are of no use. */
const KEPT_AT_LEAST = 16;

/** What the owner posts to this worker. */
export class Mailbox {
  /** Tasks for this worker and no other, oldest first. */
  readonly tasks: MailedTask[] = [];
  readonly #port: MessagePort;
  readonly #row: WorkerRow;
  readonly #onCancel: (mail: Cancellation) => void;
  readonly #words: TaskWords;
  readonly #index: number;
  /** Arguments by ticket. Those of tasks that others have taken are dropped when many have arrived. */
  readonly #args = new Map<number, MailedArgs>();
  #most = KEPT_AT_LEAST;
  #read = 0;
  /** What reading a message threw: it lies deeper than the stack reaches, say. */
  #unreadable: { readonly error: unknown } | undefined;

  constructor(
    port: MessagePort,
    row: WorkerRow,
    words: TaskWords,
    index: number,
    onCancel: (mail: Cancellation) => void,
  ) {
    this.#port = port;
    this.#words = words;
    this.#index = index;
    this.#row = row;
    this.#onCancel = onCancel;
    port.on('message', (mail: Mail) => this.#take(mail));
    // The loop, which the owner has woken, learns of it by `collect`: there is still mail by the count.
    port.on('messageerror', (error) => {
      this.#unreadable ??= { error };
    });
    // Cancellations matter while something else runs; nothing waits for mail alone.
    port.unref();
  }

  /** Whether mail may lie there. Reads a word of shared memory. */
  get hasMail(): boolean {
    return this.tasks.length > 0 || this.#row.mail !== this.#read;
  }

  /**
   * Takes what has arrived, without the event loop. Does not block.
   *
   * @throws what reading it threw, now and ever after: whose arguments that were is not known
   */
  collect(): void {
    while (this.#row.mail !== this.#read) {
      const posted = this.#receive();
      if (posted === undefined) return;
      this.#take(posted.message);
    }
  }

  #receive(): { message: Mail } | undefined {
    if (this.#unreadable === undefined) {
      try {
        return receiveMessageOnPort(this.#port) as { message: Mail } | undefined;
      } catch (error) {
        this.#unreadable = { error };
      }
    }
    throw this.#unreadable.error;
  }

  /** The arguments of a task, if they have been posted. Does not block. */
  argsOf(ticket: number): PackedValue | undefined {
    this.collect();
    const posted = this.#args.get(ticket);
    this.#args.delete(ticket);
    return posted?.args;
  }

  /**
   * The arguments of the task in `slot`, which were claimed. Blocks until the owner's event loop has posted them;
   * undefined if the task is cancelled before.
   */
  waitForArgs(ticket: number, slot: number): PackedValue | undefined {
    let args: PackedValue | undefined;
    const isThere = () => {
      args = this.argsOf(ticket);
      return args !== undefined || this.#words.isCancelled(slot);
    };
    this.collectUntil(isThere, Infinity);
    return args;
  }

  /** Takes what arrives, without the event loop, until `isThere()` or `deadline` (see `deadlineOf`). Blocks. */
  collectUntil(isThere: () => boolean, deadline: number): void {
    const { mailed } = this.#row;
    const entered = mailed.enter();
    try {
      for (;;) {
        const ticket = mailed.ticket();
        this.collect();
        if (isThere() || mailed.park(ticket, deadline) === 'timed-out') return;
      }
    } finally {
      mailed.leave(entered);
    }
  }

  #take(mail: Mail): void {
    this.#read = (this.#read + 1) | 0;
    if (mail.type === 'task') this.tasks.push(mail);
    else if (mail.type === 'args') this.#keep(mail);
    else this.#onCancel(mail);
  }

  #keep(mail: MailedArgs): void {
    if (this.#args.size >= this.#most) {
      for (const [ticket, { slot, generation }] of this.#args) {
        if (!this.#words.mayBeRunBy(this.#index, slot, generation)) this.#args.delete(ticket);
      }
      this.#most = Math.max(KEPT_AT_LEAST, 2 * this.#args.size);
    }
    this.#args.set(mail.ticket, mail);
  }
}
