import { PriorityQueue, Queue } from '@pkg/queue';
import type { Control } from '../control.ts';
import type { PriorityRecord, TaskRecord, WorkerData } from '../protocol.ts';

type Taken = {
  readonly record: TaskRecord;
  readonly queue: Queue<TaskRecord> | PriorityQueue<PriorityRecord>;
};

/** The queues that a worker takes tasks from. No method blocks. */
export class TaskSource {
  readonly #control: Control;
  readonly #urgent: PriorityQueue<PriorityRecord>;
  readonly #normal: Queue<TaskRecord>;
  readonly #later: PriorityQueue<PriorityRecord>;

  constructor(control: Control, { tasks, urgent, later }: WorkerData) {
    this.#control = control;
    this.#urgent = PriorityQueue.from(urgent);
    this.#normal = Queue.from(tasks);
    this.#later = PriorityQueue.from(later);
  }

  /** Whether there is no task now. */
  get isEmpty(): boolean {
    if (!this.#normal.empty()) return false;
    return !this.#control.hasPriorities || (this.#urgent.empty() && this.#later.empty());
  }

  /** Whether no task will come any more. */
  get isShutDown(): boolean {
    return this.#normal.isShutDown;
  }

  /** Takes the next task. Its record is leased until `queue.taskDone()`. */
  take(): Taken | undefined {
    if (!this.#control.hasPriorities) return takeNormal(this.#normal);
    return takeOrdered(this.#urgent) ?? takeNormal(this.#normal) ?? takeOrdered(this.#later);
  }
}

function takeNormal(queue: Queue<TaskRecord>): Taken | undefined {
  const record = queue.poll();
  return record && { record, queue };
}

function takeOrdered(queue: PriorityQueue<PriorityRecord>): Taken | undefined {
  const record = queue.poll();
  if (record === undefined) return undefined;
  const [, ...rest] = record;
  return { record: rest, queue };
}
