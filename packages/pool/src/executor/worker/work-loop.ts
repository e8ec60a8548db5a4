import { AsyncResource } from 'node:async_hooks';
import { deadlineOf, LONGEST_WITHOUT_TURN, turn } from '@pkg/sync/kernel';
import { packError, unpackError } from '../../thread/error-travel.ts';
import { clock } from '../clock.ts';
import type { Control, WorkerRow } from '../control.ts';
import {
  CLAIM,
  ERROR,
  NOT_FOUND,
  PROGRESS,
  RECORD_HEAD,
  SKIPPED,
  type TaskRecord,
  TIMES,
  tagOf,
  VALUE,
} from '../protocol.ts';
import type { TaskNames } from '../task-names.ts';
import type { TaskWords } from '../task-words.ts';
import { type PackedValue, unpackValue } from '../value-travel.ts';
import { RunningTask, setCurrentTask } from './current-task.ts';
import { Idling } from './idling.ts';
import type { Cancellation, Mailbox } from './mailbox.ts';
import { OwnFrames } from './own-frames.ts';
import type { ResultSender } from './result-sender.ts';
import { isStream, sendStream } from './send-stream.ts';
import { adopt, settlement, thenOf } from './settlement.ts';
import type { TaskSource } from './task-source.ts';

/**
 * How long a task that looks at its signal waits for the reason of its cancellation, in milliseconds. The owner posts it
 * in the same breath as it cancels; only one that dies in between never does.
 */
const LONGEST_WAIT_FOR_REASON = 1000;

/** Else Node would watch for the collection of each task's resource, to tell `async_hooks` of it. */
const NOBODY_WAITS_FOR_ITS_END = { requireManualDestroy: true };

/** What the loop works with. */
export interface Bench {
  readonly row: number;
  /** What the executor's clock counts from, on this thread's `performance.now()`. */
  readonly zero: number;
  readonly control: Control;
  readonly words: TaskWords;
  readonly names: TaskNames;
  readonly tasks: TaskSource;
  readonly sender: ResultSender;
  /** The functions of the user's module. */
  readonly functions: ReadonlyMap<string, (...args: unknown[]) => unknown>;
}

/** Takes tasks and runs them, one at a time. */
export class WorkLoop {
  readonly #bench: Bench;
  readonly #own: WorkerRow;
  readonly #frames = new OwnFrames();
  #mailbox!: Mailbox;
  #running: RunningTask | undefined;
  #beganAt = 0;
  /** When the clock was last looked at: at the end of a task, or of a wait. */
  #clock = 0;
  /** The functions of the user's module by the numbers of their names, as far as they were called. */
  readonly #tasks: ((...args: unknown[]) => unknown)[] = [];

  constructor(bench: Bench) {
    this.#bench = bench;
    this.#own = bench.control.row(bench.row);
  }

  /**
   * Runs until the executor is shut down or this worker retires; returns which.
   *
   * @param afterFirstTask called when the first task has ended
   */
  async run(mailbox: Mailbox, afterFirstTask: () => void): Promise<'shut-down' | 'retired'> {
    this.#mailbox = mailbox;
    let isFirst = true;
    const { tasks, control } = this.#bench;
    const idling = new Idling(control, () => {
      control.calls.heed();
      return mailbox.hasMail || !tasks.isEmpty || tasks.isShutDown;
    });
    this.#clock = clock.now();
    let turnDue = this.#clock + LONGEST_WITHOUT_TURN;
    for (;;) {
      const pending = this.#step();
      if (pending === false) {
        if (tasks.isShutDown && tasks.isEmpty && !mailbox.hasMail) return 'shut-down';
        if (!(await idling.wait())) return 'retired';
        this.#clock = clock.now();
      } else {
        if (pending !== true) await pending;
        if (isFirst) afterFirstTask();
        isFirst = false;
      }
      if (this.#clock > turnDue) {
        await turn();
        this.#clock = clock.now();
        turnDue = this.#clock + LONGEST_WITHOUT_TURN;
      }
    }
  }

  /** The owner has cancelled a task. */
  cancel({ slot, generation, reason }: Cancellation): void {
    const running = this.#running;
    if (running?.slot === slot && running.generation === generation) running.abort(unpackError(reason));
  }

  /** Takes a task and begins it; false when there is none, true when it is done already. */
  #step(): boolean | Promise<void> {
    const { tasks, words, row, sender } = this.#bench;
    const mailbox = this.#mailbox;
    if (mailbox.hasMail) {
      mailbox.collect();
      const mail = mailbox.tasks.shift();
      if (mail !== undefined) {
        const [slot, generation] = mail.record;
        const claim = words.claim(slot, generation, row);
        if (claim === 'claimed') return this.#beginPosted(mail.record, mail.args);
        if (claim === 'cancelled') sender.send([slot, tagOf(generation, SKIPPED)]);
        return true;
      }
    }
    const taken = tasks.take();
    if (taken === undefined) return false;
    const { record } = taken;
    const slot = record[0];
    const generation = record[1];
    const claim = words.claim(slot, generation, row);
    if (claim === 'cancelled') sender.send([slot, tagOf(generation, SKIPPED)]);
    // The lease ends only now that the task's word names this worker: a death before delivers the record again.
    taken.queue.taskDone();
    if (claim !== 'claimed') return true;
    if (record[2] >= 0) return this.#begin(record, undefined);
    record[2] = ~record[2];
    const ticket = record[RECORD_HEAD] as number;
    const args = mailbox.argsOf(ticket);
    if (args !== undefined) return this.#beginPosted(record, args);
    sender.send([slot, tagOf(generation, CLAIM)]);
    const claimed = mailbox.waitForArgs(ticket, slot);
    if (claimed !== undefined) return this.#beginPosted(record, claimed);
    this.#finish(slot, generation, SKIPPED, undefined);
    return true;
  }

  #beginPosted(record: TaskRecord, packed: PackedValue): boolean | Promise<void> {
    const arrived = unpackValue(this.#bench.names.nameOf(record[2]), packed);
    if (!(arrived instanceof Promise)) return this.#begin(record, arrived as unknown[]);
    return arrived.then(
      async (args) => {
        const pending = this.#begin(record, args as unknown[]);
        if (typeof pending !== 'boolean') await pending;
      },
      (error) => this.#fail(record[0], record[1], error),
    );
  }

  /** @param posted the arguments, where the record has none */
  #begin(record: TaskRecord, posted: unknown[] | undefined): true | Promise<void> {
    const { control } = this.#bench;
    const slot = record[0];
    const generation = record[1];
    // It may have been cancelled while its arguments were on their way.
    if (posted !== undefined && this.#bench.words.isCancelled(slot)) {
      this.#finish(slot, generation, SKIPPED, undefined);
      return true;
    }
    const name = this.#bench.names.nameOf(record[2]);
    const task = this.#tasks[record[2]] ?? this.#find(record[2], name);
    if (task === undefined) {
      this.#finish(slot, generation, NOT_FOUND, [...this.#bench.functions.keys()]);
      return true;
    }
    const isWatched = control.isWatched;
    // A task that follows another one at once begins when that one ended: taking it is part of it.
    if (posted !== undefined || isWatched) this.#clock = clock.now();
    this.#beganAt = this.#clock;
    if (isWatched) this.#tellTimes(slot, generation, -1);
    this.#own.countTaken(this.#beganAt - this.#bench.zero - record[3] / 1000);
    const running = new RunningTask(slot, generation, name, this.#bench.words, this.#report, this.#awaitMail);
    this.#running = running;
    setCurrentTask(running);
    // A context of its own: one that it enters and does not leave would else be that of all tasks after it.
    const scope = new AsyncResource('@pkg/pool:task', NOBODY_WAITS_FOR_ITS_END);
    return scope.runInAsyncScope(this.#call, this, running, task, record, posted);
  }

  #call(
    running: RunningTask,
    task: (...args: unknown[]) => unknown,
    record: TaskRecord,
    posted: unknown[] | undefined,
  ): true | Promise<void> {
    let returned: unknown;
    let then: ReturnType<typeof thenOf>;
    let takesTime: boolean;
    try {
      returned = posted === undefined ? call(task, record) : task(...posted);
      // Looking may run code of the task's, or find a proxy revoked.
      then = thenOf(returned);
      takesTime = then !== undefined || isStream(returned);
    } catch (error) {
      this.#fail(running.slot, running.generation, error);
      return true;
    }
    if (takesTime) return this.#followUp(running, then === undefined ? returned : adopt(returned, then));
    this.#succeed(running, returned);
    return true;
  }

  #find(number: number, name: string): ((...args: unknown[]) => unknown) | undefined {
    const task = this.#bench.functions.get(name);
    if (task !== undefined) this.#tasks[number] = task;
    return task;
  }

  /** What a task returned that takes time: a promise, a stream, or a promise of a stream. */
  async #followUp(running: RunningTask, returned: unknown): Promise<void> {
    const { slot, generation } = running;
    const { sender, words } = this.#bench;
    try {
      const value = returned instanceof Promise ? await settlement(running, returned) : returned;
      if (isStream(value)) {
        await settlement(running, sendStream(value, running, { sender, words, row: this.#own }));
        this.#succeed(running, undefined);
      } else this.#succeed(running, value);
    } catch (error) {
      this.#fail(slot, generation, error);
    }
  }

  #succeed(running: RunningTask, value: unknown): void {
    const { slot, generation } = running;
    this.#end(slot);
    try {
      this.#bench.sender.sendValue(running, VALUE, value);
    } catch (error) {
      this.#sendError(slot, generation, error);
    }
  }

  #fail(slot: number, generation: number, error: unknown): void {
    this.#end(slot);
    this.#sendError(slot, generation, error);
  }

  #sendError(slot: number, generation: number, error: unknown): void {
    const { sender } = this.#bench;
    const tag = tagOf(generation, ERROR);
    try {
      sender.send([slot, tag, this.#frames.cut(packError(error))]);
    } catch {
      // Bytes carry less than structured clone does: no Blob, say, and no SharedArrayBuffer.
      sender.send([slot, tag, this.#frames.cut(packError(error, true))]);
    }
  }

  #finish(slot: number, generation: number, kind: number, value: unknown): void {
    this.#end(slot);
    this.#bench.sender.send([slot, tagOf(generation, kind), value]);
  }

  #end(slot: number): void {
    if (this.#running !== undefined) {
      const { generation } = this.#running;
      this.#running.end();
      this.#running = undefined;
      setCurrentTask(undefined);
      this.#clock = clock.now();
      this.#own.countFinished(this.#clock - this.#beganAt);
      if (this.#bench.control.isWatched) this.#tellTimes(slot, generation, this.#clock);
    }
    // The owner is about to terminate this worker because of this task: no other may be in it by then.
    if (!this.#bench.words.end(slot)) for (;;) Atomics.wait(NEVER, 0, 0);
  }

  #tellTimes(slot: number, generation: number, endedAt: number): void {
    const { zero, sender } = this.#bench;
    const ended = endedAt < 0 ? -1 : Math.round((endedAt - zero) * 1000);
    sender.send([slot, tagOf(generation, TIMES), [Math.round((this.#beganAt - zero) * 1000), ended]]);
  }

  readonly #report = (task: RunningTask, value: unknown): void => {
    this.#bench.sender.sendValue(task, PROGRESS, value);
  };

  readonly #awaitMail = (isThere: () => boolean): void => {
    this.#mailbox.collectUntil(isThere, deadlineOf(LONGEST_WAIT_FOR_REASON));
  };
}

/** Calls a task with the arguments in its record, mostly without a copy of them. */
function call(task: (...args: unknown[]) => unknown, record: TaskRecord): unknown {
  switch (record.length - RECORD_HEAD) {
    case 0:
      return task();
    case 1:
      return task(record[4]);
    case 2:
      return task(record[4], record[5]);
    case 3:
      return task(record[4], record[5], record[6]);
    default:
      return task(...record.slice(RECORD_HEAD));
  }
}

const NEVER = new Int32Array(new SharedArrayBuffer(4));
