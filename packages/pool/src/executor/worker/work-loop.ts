import type { Queue } from '@pkg/queue';
import { packError, unpackError } from '../../thread/error-travel.ts';
import type { Control, WorkerRow } from '../control.ts';
import { CLAIM, ERROR, NOT_FOUND, PROGRESS, SKIPPED, type TaskRecord, VALUE } from '../protocol.ts';
import type { TaskWords } from '../task-words.ts';
import { type PackedValue, plainValue, unpackValue } from '../value-travel.ts';
import { RunningTask, setCurrentTask } from './current-task.ts';
import { turn, waitForWork } from './idle.ts';
import type { Cancellation, Mailbox } from './mailbox.ts';
import type { ResultSender } from './result-sender.ts';
import { isStream, sendStream } from './send-stream.ts';
import { settlement } from './settlement.ts';

/** Between tasks, pending events of the worker are served at least this often, in milliseconds. */
const LONGEST_WITHOUT_TURN = 10;

/** What the loop works with. */
export interface Bench {
  readonly row: number;
  /** What the executor's clock counts from, on this thread's `performance.now()`. */
  readonly zero: number;
  readonly control: Control;
  readonly words: TaskWords;
  readonly tasks: Queue<TaskRecord>;
  readonly sender: ResultSender;
  /** The functions of the user's module. */
  readonly functions: ReadonlyMap<string, (...args: unknown[]) => unknown>;
}

/** Takes tasks and runs them, one at a time. */
export class WorkLoop {
  readonly #bench: Bench;
  readonly #own: WorkerRow;
  #mailbox!: Mailbox;
  #running: RunningTask | undefined;
  #beganAt = 0;

  constructor(bench: Bench) {
    this.#bench = bench;
    this.#own = bench.control.row(bench.row);
  }

  /** Runs until the executor is shut down or this worker retires; returns which. */
  async run(mailbox: Mailbox): Promise<'shut-down' | 'retired'> {
    this.#mailbox = mailbox;
    const { tasks, control } = this.#bench;
    const hasWork = () => mailbox.hasMail || !tasks.empty() || tasks.isShutDown;
    let turnDue = performance.now() + LONGEST_WITHOUT_TURN;
    for (;;) {
      const pending = this.#step();
      if (pending === false) {
        if (tasks.isShutDown && tasks.empty() && !mailbox.hasMail) return 'shut-down';
        if (!(await waitForWork(control, hasWork))) return 'retired';
      } else if (pending !== true) {
        await pending;
      }
      if (performance.now() > turnDue) {
        await turn();
        turnDue = performance.now() + LONGEST_WITHOUT_TURN;
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
        if (!words.isCancelled(slot)) return this.#beginPosted(mail.record, mail.args);
        sender.send([slot, generation, SKIPPED]);
        return true;
      }
    }
    const record = this.#take();
    if (record === undefined) return false;
    const [slot, generation] = record;
    const claim = words.claim(slot, generation, row);
    if (claim === 'cancelled') sender.send([slot, generation, SKIPPED]);
    // The lease ends only now that the task's word names this worker: a death before delivers the record again.
    tasks.taskDone();
    if (claim !== 'claimed') return true;
    if (record.length === 5) return this.#begin(record, record[4]!);
    sender.send([slot, generation, CLAIM]);
    return this.#beginPosted(record, mailbox.waitForArgs(slot));
  }

  #take(): TaskRecord | undefined {
    const { tasks } = this.#bench;
    if (tasks.empty()) return undefined;
    try {
      return tasks.getNowait();
    } catch {
      // Another worker was faster.
      return undefined;
    }
  }

  #beginPosted(record: TaskRecord, packed: PackedValue): boolean | Promise<void> {
    const plain = plainValue(packed);
    if (plain !== undefined) return this.#begin(record, plain.value as unknown[]);
    return unpackValue(packed).then(
      async (args) => {
        const pending = this.#begin(record, args as unknown[]);
        if (typeof pending !== 'boolean') await pending;
      },
      (error) => this.#finish(record[0], record[1], ERROR, packError(error)),
    );
  }

  #begin([slot, generation, name, submittedAt]: TaskRecord, args: unknown[]): true | Promise<void> {
    const task = this.#bench.functions.get(name);
    if (task === undefined) {
      this.#finish(slot, generation, NOT_FOUND, [...this.#bench.functions.keys()]);
      return true;
    }
    this.#beganAt = performance.now();
    this.#own.countTaken(this.#beganAt - this.#bench.zero - submittedAt);
    const running = new RunningTask(slot, generation, name, this.#bench.words, this.#report);
    this.#running = running;
    setCurrentTask(running);
    let returned: unknown;
    try {
      returned = task(...args);
    } catch (error) {
      this.#finish(slot, generation, ERROR, packError(error));
      return true;
    }
    if (isThenable(returned) || isStream(returned)) return this.#followUp(running, returned);
    this.#succeed(running, returned);
    return true;
  }

  /** What a task returned that takes time: a promise, a stream, or a promise of a stream. */
  async #followUp(running: RunningTask, returned: unknown): Promise<void> {
    const { slot, generation } = running;
    const { sender, words } = this.#bench;
    try {
      const value = isThenable(returned) ? await settlement(running, returned) : returned;
      if (isStream(value)) {
        await settlement(running, sendStream(value, running, { sender, words, row: this.#own }));
        this.#succeed(running, undefined);
      } else this.#succeed(running, value);
    } catch (error) {
      this.#finish(slot, generation, ERROR, packError(error));
    }
  }

  #succeed(running: RunningTask, value: unknown): void {
    const { slot, generation } = running;
    this.#end(slot);
    try {
      this.#bench.sender.sendValue(running, VALUE, value);
    } catch (error) {
      this.#bench.sender.send([slot, generation, ERROR, packError(error)]);
    }
  }

  #finish(slot: number, generation: number, kind: number, value: unknown): void {
    this.#end(slot);
    this.#bench.sender.send([slot, generation, kind, value]);
  }

  #end(slot: number): void {
    if (this.#running !== undefined) {
      this.#running.end();
      this.#running = undefined;
      setCurrentTask(undefined);
      this.#own.countFinished(performance.now() - this.#beganAt);
    }
    // The owner is about to terminate this worker because of this task: no other may be in it by then.
    if (!this.#bench.words.end(slot)) for (;;) Atomics.wait(NEVER, 0, 0);
  }

  readonly #report = (task: RunningTask, value: unknown): void => {
    this.#bench.sender.sendValue(task, PROGRESS, value);
  };
}

const NEVER = new Int32Array(new SharedArrayBuffer(4));

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
