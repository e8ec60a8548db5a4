import { PriorityQueue, Queue, QueueFull } from '@pkg/queue';
import type { PendingTask } from './pending-task.ts';
import { type PriorityRecord, RECORD_CODEC, type TaskRecord } from './protocol.ts';
import { type LineEvents, WaitingLine } from './waiting-line.ts';

/**
 * Tasks on their way to the workers: a queue that these take from, and a line of those for whom it has no room. An
 * executor has three, in the order in which workers look into them: tasks of negative priority, those of none
 * (by far the most, so they are spared the ordering), those of positive priority.
 */
export class Lane {
  readonly queue: Queue<TaskRecord> | PriorityQueue<PriorityRecord>;
  readonly line: WaitingLine;
  readonly #bounded: boolean;

  /**
   * @param maxQueue the most tasks in the queue; 0 for no bound
   * @param ordered whether the tasks have priorities
   */
  constructor(maxQueue: number, ordered: boolean, events: LineEvents) {
    // A record is leased only from being taken until its task's word names the worker.
    const options = { codec: RECORD_CODEC, redeliver: true, maxDeliveries: 2 ** 31 - 1 };
    this.queue = ordered
      ? new PriorityQueue<PriorityRecord>(maxQueue, { ...options, maxBytes: 64 * 1024 * 1024 })
      : new Queue<TaskRecord>(maxQueue, options);
    this.line = new WaitingLine(this.queue, events);
    this.#bounded = maxQueue > 0;
  }

  /** Tasks that wait for a worker. */
  get length(): number {
    return this.queue.qsize() + this.line.length;
  }

  /**
   * Puts a task on the queue; false when there is no room, or others stand in line. Does not block.
   *
   * @throws QueueCodecError or RangeError when bytes cannot carry it
   */
  offer(record: TaskRecord | PriorityRecord): boolean {
    if (this.line.length > 0 || (this.#bounded && this.queue.full())) return false;
    try {
      this.queue.putNowait(record as never);
      return true;
    } catch (error) {
      if (error instanceof QueueFull) return false;
      throw error;
    }
  }

  /** Lets a task stand in line. */
  join(task: PendingTask, record: TaskRecord | PriorityRecord): void {
    this.line.join(task, record);
  }
}
