import { BroadcastChannel } from 'node:worker_threads';
import { currentThread, deadlineOf, EventCount, ThreadTable } from '@pkg/sync/kernel';
import { Control } from '../control.ts';
import { ExecutorBroken, ExecutorShutDown } from '../errors.ts';
import {
  type ExecutorHandle,
  HELLO_BYTES,
  type Hello,
  MAIL,
  REPLIES,
  type Reply,
  type Request,
  WELCOME,
} from './messages.ts';
import { nextDeath } from './next-death.ts';
import { receiveFromChannel } from './receive-from-channel.ts';

/** Somebody who waits for replies that concern one task. */
export interface Recipient {
  readonly taskName: string;
  take(reply: Reply): void;
  /** There will be none. */
  fail(error: unknown): void;
}

const connections = new Map<string, Connection>();

/**
 * What this thread and the owner of an executor talk by. One for all who are attached to it in this thread, until the
 * executor has ended: the owner says so at last, and who attaches to another one clears away those that have not heard. A
 * thread that goes on is to keep nothing of an executor that is over.
 */
export class Connection {
  readonly handle: ExecutorHandle;
  readonly #table: ThreadTable;
  readonly #control: Control;
  readonly #words = new Int32Array(new SharedArrayBuffer(HELLO_BYTES));
  readonly #mail: EventCount;
  readonly #channel: BroadcastChannel;
  readonly #recipients = new Map<number, Recipient>();
  /** What was to be sent before the owner had joined the channel. */
  readonly #outbox: Request[] = [];
  #lastId = 0;
  /** Replies that had been posted when they were last taken. */
  #seen = 0;
  #watching = false;
  #isDisposed = false;

  /** The connection of this thread. Does not block, and does not wait for the owner. */
  static to(handle: ExecutorHandle): Connection {
    let connection = connections.get(handle.channel);
    if (connection === undefined) {
      // An owner that dies says nothing.
      for (const each of [...connections.values()]) each.#disposeIfOver();
      connection = new Connection(handle);
      connections.set(handle.channel, connection);
      // After it said hello: an owner that closes later has heard that, and says when it does.
      connection.#disposeIfOver();
    }
    return connection;
  }

  private constructor(handle: ExecutorHandle) {
    this.handle = handle;
    this.#table = new ThreadTable(handle.threads);
    this.#control = new Control(handle.control);
    const self = currentThread(this.#table);
    this.#mail = new EventCount(this.#words, MAIL, self);
    const hello: Hello = {
      channel: `${handle.channel} ${crypto.randomUUID()}`,
      thread: self.id,
      memory: this.#words.buffer as SharedArrayBuffer,
    };
    this.#channel = new BroadcastChannel(hello.channel);
    this.#channel.onmessage = (event) => this.#take((event as { data: Reply }).data);
    // Whoever waits for a task keeps the process alive.
    this.#channel.unref();
    // Not kept open: it would hear, and have to read, what the others say there.
    const door = new BroadcastChannel(handle.channel);
    door.postMessage(hello);
    door.close();
    this.#control.countRequest();
  }

  /** Enters somebody who waits for replies; returns the number of the task. */
  enter(recipient: Recipient): number {
    const id = ++this.#lastId;
    this.#recipients.set(id, recipient);
    if (!this.#watching) void this.#watch();
    return id;
  }

  /** No reply to that number matters any more. */
  leave(id: number): void {
    this.#recipients.delete(id);
    this.#disposeIfOver();
  }

  /**
   * Sends a request. Does not block.
   *
   * @throws DataCloneError when something in it cannot be cloned
   */
  send(request: Request): void {
    if (this.#isDisposed) this.#refuse(request);
    else if (this.#isWelcome) {
      this.#flush();
      this.#post(request);
    } else this.#outbox.push(structuredClone(request));
    this.#checkOwner();
  }

  /** Hands out the replies that have arrived, without the event loop. Does not block. */
  collect(): void {
    this.#seen = this.#replies;
    if (this.#isWelcome) this.#flush();
    while (!this.#isDisposed) {
      const posted = receiveFromChannel(this.#channel) as { message: Reply } | undefined;
      if (posted === undefined) break;
      this.#take(posted.message);
    }
    this.#checkOwner();
  }

  /** Blocks until there may be something to {@link collect} or a thread has died; for `longest` milliseconds at the longest. */
  wait(longest: number): void {
    const generation = this.#mail.enter();
    try {
      const ticket = this.#mail.ticket();
      const isOver = this.#control.isClosed && !this.#isWelcome;
      if (this.#replies === this.#seen && !isOver && !this.#mayFlush) {
        this.#mail.park(ticket, deadlineOf(longest));
      }
    } finally {
      this.#mail.leave(generation);
    }
  }

  get #mayFlush(): boolean {
    return this.#outbox.length > 0 && this.#isWelcome;
  }

  get #isWelcome(): boolean {
    return Atomics.load(this.#words, WELCOME) !== 0;
  }

  get #replies(): number {
    return Atomics.load(this.#words, REPLIES);
  }

  #flush(): void {
    for (const request of this.#outbox.splice(0)) this.#post(request);
  }

  #post(request: Request): void {
    if (!this.#isDisposed) {
      this.#channel.postMessage(request);
      this.#control.countRequest();
    }
    // After it was posted: either the owner closes later, and answers it, or this sees that it has closed. What was
    // under way before, the owner still brings to its end.
    if (this.#control.isClosed) this.#refuse(request);
  }

  #take(reply: Reply): void {
    if (reply.type === 'welcome') this.#flush();
    else if (reply.type === 'closed') this.#end();
    else this.#recipients.get(reply.id)?.take(reply);
  }

  #refuse(request: Request): void {
    if (request.type !== 'submit' && request.type !== 'broadcast') return;
    const recipient = this.#recipients.get(request.id);
    recipient?.fail(this.#failureOf(recipient.taskName));
  }

  #failureOf(taskName: string): Error {
    if (this.#isOwnerAlive) return new ExecutorShutDown(taskName);
    return new ExecutorBroken(this.handle.url, 'the thread that made the executor has ended', undefined);
  }

  /** Notices an owner that will not answer any more. */
  #checkOwner(): void {
    if (!this.#isOwnerAlive || (this.#control.isClosed && !this.#isWelcome)) this.#end();
  }

  /** There will be no replies any more: nobody is to wait for them. */
  #end(): void {
    for (const each of [...this.#recipients.values()]) each.fail(this.#failureOf(each.taskName));
    this.#dispose();
  }

  /** Once nobody waits for replies, none matter, and what is sent from now on is refused. */
  #disposeIfOver(): void {
    if (this.#recipients.size > 0) return;
    if (this.#control.isClosed || !this.#isOwnerAlive) this.#dispose();
  }

  get #isOwnerAlive(): boolean {
    return this.#table.isAlive(this.handle.owner);
  }

  #dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#outbox.length = 0;
    this.#channel.close();
    connections.delete(this.handle.channel);
  }

  /** The owner's end makes no event here. Watches for it while somebody waits. */
  async #watch(): Promise<void> {
    this.#watching = true;
    // Read before each look at the owner. The first look is that of the request, which is sent after this.
    let seen = this.#table.deaths;
    while (this.#recipients.size > 0) {
      await nextDeath(this.#table, seen);
      seen = this.#table.deaths;
      this.#checkOwner();
    }
    this.#watching = false;
  }
}
