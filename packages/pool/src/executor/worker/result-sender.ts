import type { MessagePort, TransferListItem } from 'node:worker_threads';
import { type BlockingQueue, QueueCodecError } from '@pkg/queue';
import { packError } from '../../thread/error-travel.ts';
import type { Control } from '../control.ts';
import { isBig } from '../big-values.ts';
import { Moved } from '../move.ts';
import { type Farewell, POSTED, type ResultRecord, UNSENDABLE } from '../protocol.ts';
import { packValue } from '../value-travel.ts';

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

  /** Sends a value of the user's: by the queue, or else by the port. What cannot travel is sent as UNSENDABLE. */
  sendValue(slot: number, generation: number, kind: number, value: unknown): void {
    if (!(value instanceof Moved) && !isBig(value)) {
      try {
        this.send([slot, generation, kind, value]);
        return;
      } catch (error) {
        if (!(error instanceof QueueCodecError || error instanceof RangeError)) throw error;
      }
    }
    try {
      this.#post(value);
    } catch (error) {
      this.send([slot, generation, UNSENDABLE, packError(error)]);
      return;
    }
    this.send([slot, generation, kind + POSTED]);
  }

  #post(value: unknown): void {
    const transfer: readonly TransferListItem[] = value instanceof Moved ? value.transfer : [];
    const packed = packValue('result', value instanceof Moved ? value.value : value, transfer);
    const farewell: Farewell = { type: 'value', value: packed };
    this.#port.postMessage(farewell, transfer);
  }
}
