import type { MessagePort } from 'node:worker_threads';
import { type BlockingQueue, QueueCodecError } from '@pkg/queue';
import type { TransferListItem } from '../../thread/transfer-list-item.ts';
import { isBig } from '../big-values.ts';
import type { Control } from '../control.ts';
import { TaskValueError } from '../errors.ts';
import { Moved } from '../move.ts';
import { type Farewell, ITEM, POSTED, PROGRESS, type ResultRecord, tagOf, VALUE } from '../protocol.ts';
import { packValue, Unsendable } from '../value-travel.ts';
import type { RunningTask } from './current-task.ts';

/** What errors call the values of each kind of record. */
const NAMES: Readonly<Record<number, string>> = { [VALUE]: 'result', [ITEM]: 'item', [PROGRESS]: 'progress' };

/** Sends what becomes of tasks to the owner of the executor. */
export class ResultSender {
  readonly #results: BlockingQueue<ResultRecord>;
  readonly #port: MessagePort;
  readonly #control: Control;

  constructor(results: BlockingQueue<ResultRecord>, port: MessagePort, control: Control) {
    this.#results = results;
    this.#port = port;
    this.#control = control;
  }

  /** Sends a record whose value, if any, bytes can carry. Blocks while the memory of the results is full. */
  send(record: ResultRecord): void {
    this.#results.put(record);
    if (this.#control.results.hasWaiters) this.#control.results.notify();
  }

  /**
   * Sends a value of the user's: by the queue, or else by the port.
   *
   * @throws TaskValueError when it can travel by neither
   */
  sendValue({ slot, generation, name }: RunningTask, kind: number, value: unknown): void {
    if (!(value instanceof Moved) && !isBig(value)) {
      try {
        this.send([slot, tagOf(generation, kind), value]);
        return;
      } catch (error) {
        if (!(error instanceof QueueCodecError || error instanceof RangeError)) throw error;
      }
    }
    this.#post(name, NAMES[kind]!, value);
    this.send([slot, tagOf(generation, kind | POSTED)]);
  }

  #post(taskName: string, what: string, value: unknown): void {
    const transfer: readonly TransferListItem[] = value instanceof Moved ? value.transfer : [];
    try {
      const packed = packValue(what, value instanceof Moved ? value.value : value, transfer);
      this.#port.postMessage({ type: 'value', value: packed } satisfies Farewell, transfer);
    } catch (error) {
      if (error instanceof Unsendable) throw new TaskValueError(taskName, error.path, error.why, error.cause);
      throw new TaskValueError(taskName, what, (error as Error).message, error);
    }
  }
}
