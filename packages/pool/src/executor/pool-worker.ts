import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Supervision } from '@pkg/sync';
import { createLivenessProbe } from '@pkg/sync/kernel';
import { endThreadsAtExit } from '../thread/end-at-exit.ts';
import { unpackError } from '../thread/error-travel.ts';
import { keepLastOutput } from '../thread/last-output.ts';
import { superviseOrEnd } from '../thread/supervise-or-end.ts';
import type { TransferListItem } from '../thread/transfer-list-item.ts';
import type { WorkerDeath } from '../thread/worker-died-error.ts';
import { type Inherited, inherited, workerEntry } from '../worker-entry.ts';
import type { Control, WorkerRow } from './control.ts';
import type { Farewell, Mail, WorkerData } from './protocol.ts';
import type { PackedValue } from './value-travel.ts';
import { workerCode } from './worker-code.ts';

/** How a worker ended. */
export interface WorkerEnd extends WorkerDeath {
  /** It had nothing to do for long. */
  readonly retired: boolean;
  /** Why the module could not be loaded, or what its initializer threw. */
  readonly loadFailure: { readonly what: string; readonly error: unknown } | undefined;
}

/** What stands for a message that this thread could not read: it lies deeper than the stack reaches, say. */
interface Unreadable {
  readonly type: 'unreadable';
  readonly error: unknown;
}

type PostedValue = Extract<Farewell, { type: 'value' }> | Unreadable;

/** One worker of an executor, seen from its owner. */
export class PoolWorker {
  readonly row: number;
  readonly name: string;
  readonly state: WorkerRow;
  readonly #worker: Worker;
  readonly #supervision: Supervision;
  readonly #port: MessagePort;
  readonly #control: Control;
  readonly #onEnd: (worker: PoolWorker) => void;
  readonly #farewells: Exclude<Farewell, { type: 'value' }>[] = [];
  /** Values that came off the port before their records were looked at, oldest first. */
  readonly #values: PostedValue[] = [];
  #exitCode: number | undefined;
  #error: unknown;
  #ended = false;
  /** Settles after the `exit` event. */
  readonly exited: Promise<void>;

  /** Starts the worker. `onEnd` is called once, when it has run its last instruction. */
  constructor(
    data: Omit<WorkerData, 'code' | 'port' | 'liveness' | 'control'>,
    control: Control,
    options: object,
    onEnd: (worker: PoolWorker) => void,
  ) {
    this.row = data.row;
    this.name = data.name;
    this.#control = control;
    this.#onEnd = onEnd;
    this.state = control.row(data.row);
    this.state.clear();
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    this.#port = port1;
    const probe = createLivenessProbe();
    const liveness = probe?.port as unknown as MessagePort | undefined;
    const code = workerCode();
    const report = code?.report;
    const workerData: WorkerData & Inherited = {
      ...data,
      ...inherited(),
      code,
      control: control.memory,
      port: port2,
      liveness,
    };
    const entry = workerEntry();
    try {
      this.#worker = new Worker(entry.script, {
        ...options,
        workerData,
        eval: entry.eval,
        name: data.name,
        transferList: [port2, liveness, report].filter((port) => port !== undefined),
      });
    } catch (error) {
      port1.close();
      probe?.close();
      report?.close();
      throw error;
    }
    this.#supervision = superviseOrEnd(this.#worker, probe);
    endThreadsAtExit();
    this.#worker.on('error', (error) => {
      this.#error = error;
    });
    this.exited = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#exitCode = code;
        this.#conclude();
        resolve();
      });
    });
    this.#worker.unref();
    keepLastOutput();
  }

  /** Whether the worker has ended. Looks by itself, without the event loop. */
  look(): void {
    if (!this.#ended && this.#supervision.ended) this.#conclude();
  }

  /** Hands mail to the worker. */
  post(mail: Mail, transfer: readonly TransferListItem[] = []): void {
    this.#port.postMessage(mail, transfer);
    this.state.countMail();
    this.#control.work.notify();
    if (this.state.credit.hasWaiters) this.state.credit.notify();
  }

  /**
   * Takes the next value off the port: its record says that it lies there.
   *
   * @throws what reading it threw; it is off the port all the same
   */
  takeValue(): PackedValue {
    while (this.#values.length === 0) {
      if (!this.#receive()) throw new Error('a posted value has not arrived: this is a bug in @pkg/pool');
    }
    const posted = this.#values.shift()!;
    if (posted.type === 'unreadable') throw posted.error;
    return posted.value;
  }

  /** Ends the worker at whatever instruction it is. */
  terminate(): void {
    void this.#supervision.terminate();
  }

  /** What it said before it ended, and what is known besides. To be called at the end. */
  get end(): WorkerEnd {
    // The records of values have not been looked at yet.
    while (this.#receive());
    let loadFailure: WorkerEnd['loadFailure'];
    let cause = this.#error;
    let exitCode = this.#exitCode;
    let how: string | undefined;
    for (const said of this.#farewells) {
      if (said.type === 'load-failed') {
        const what = said.initializer ? 'the initializer failed' : 'the module could not be loaded';
        loadFailure = { what, error: unpackError(said.error) };
      } else if (said.type === 'uncaught') {
        cause = unpackError(said.error);
        exitCode ??= 1;
      } else if (said.type === 'exited') {
        exitCode = said.code;
        if (cause === undefined) how = `process.exit(${said.code}) was called`;
      }
    }
    const retired = this.#farewells.some((said) => said.type === 'retired');
    return { exitCode, ...(cause === undefined ? {} : { cause }), how, retired, loadFailure };
  }

  /** Takes the next message off the port; false when there is none. */
  #receive(): boolean {
    let message: Farewell | Unreadable | undefined;
    try {
      message = (receiveMessageOnPort(this.#port) as { message: Farewell } | undefined)?.message;
    } catch (error) {
      // Off the port by now. Values come before farewells, which hold nothing but errors.
      message = { type: 'unreadable', error };
    }
    if (message === undefined) return false;
    if (message.type === 'value' || message.type === 'unreadable') this.#values.push(message);
    else this.#farewells.push(message);
    return true;
  }

  #conclude(): void {
    if (this.#ended) return;
    this.#ended = true;
    // What it printed lies before its exit event: the process is to live that long.
    this.#worker.ref();
    this.#onEnd(this);
    this.#port.close();
  }
}
