import { type PriorityQueueHandle, QueueCodecError, type QueueHandle, SimpleQueue } from '@pkg/queue';
import type { TransferListItem } from '../thread/transfer-list-item.ts';
import { isBig, movables } from './big-values.ts';
import type { Control } from './control.ts';
import { Lane } from './lane.ts';
import type { PendingTask } from './pending-task.ts';
import type { PoolWorker } from './pool-worker.ts';
import { type PriorityRecord, RECORD_HEAD, type TaskRecord, type WorkerData } from './protocol.ts';
import { TaskNames } from './task-names.ts';
import { type PackedValue, packValue } from './value-travel.ts';

const NO_TRANSFER: readonly TransferListItem[] = [];

/** Gets tasks on their way to the workers: by a lane in shared memory, or else by the workers' ports. */
export class Dispatch {
  readonly #names = new TaskNames();
  readonly #control: Control;
  readonly #workers: () => readonly PoolWorker[];
  readonly #refuse: (task: PendingTask, error: unknown) => void;
  readonly #urgent: Lane;
  readonly #normal: Lane;
  readonly #later: Lane;
  /** All three. The normal one last: when that is shut down, workers take it that all are. */
  readonly #lanes: readonly Lane[];
  #scratch: SimpleQueue<readonly unknown[]> | undefined;
  #tickets = 0;
  #hasReserved = false;

  /**
   * @param maxQueue the most tasks in a lane's queue; 0 for no bound
   * @param workers those that may take a task
   * @param refuse told of a task in line that turns out to be one that cannot travel
   * @param left told of a task that was taken out of its line, once it is known that its record is not in the queue
   */
  constructor(
    maxQueue: number,
    control: Control,
    workers: () => readonly PoolWorker[],
    refuse: (task: PendingTask, error: unknown) => void,
    left: (task: PendingTask) => void,
  ) {
    this.#control = control;
    this.#workers = workers;
    this.#refuse = refuse;
    const events = {
      onPut: () => control.calls.call(),
      left,
      repair: (task: PendingTask, record: TaskRecord | PriorityRecord, error: unknown) =>
        this.#repair(task, record, error),
    };
    this.#urgent = new Lane(maxQueue, true, events);
    this.#normal = new Lane(maxQueue, false, events);
    this.#later = new Lane(maxQueue, true, events);
    this.#lanes = [this.#urgent, this.#later, this.#normal];
  }

  /** What a worker needs to take tasks from the lanes. */
  get memory(): Pick<WorkerData, 'names' | 'tasks' | 'urgent' | 'later'> {
    return {
      names: this.#names.memory,
      tasks: this.#normal.queue.handle as QueueHandle<TaskRecord>,
      urgent: this.#urgent.queue.handle as PriorityQueueHandle<PriorityRecord>,
      later: this.#later.queue.handle as PriorityQueueHandle<PriorityRecord>,
    };
  }

  /** Makes room for the names of tasks that there are, before names that come from who knows where have taken it all. */
  reserve(names: readonly string[]): void {
    if (this.#hasReserved) return;
    this.#hasReserved = true;
    try {
      for (const name of names) this.#names.numberOf(name);
    } catch {
      // There is no room even for these: whoever submits the first one too many is told.
    }
  }

  /** Tasks that wait for a worker. */
  get queued(): number {
    return this.#urgent.length + this.#normal.length + this.#later.length;
  }

  /**
   * Sends a task to whichever worker comes first.
   *
   * @throws when its arguments cannot travel
   */
  send(
    task: PendingTask,
    args: readonly unknown[],
    transfer: readonly TransferListItem[] = NO_TRANSFER,
  ): void {
    if (task.packed !== undefined) this.#postPacked(task, task.packed);
    else if (transfer.length > 0 || isBig(args)) this.#post(task, args, transfer);
    if (!this.#offer(task, args)) this.#laneOf(task).join(task, this.#lastingRecordOf(task, args));
  }

  /** The record of a task whose arguments go by another way. */
  headOf(task: PendingTask): TaskRecord {
    return this.#plainRecordOf(task, []);
  }

  /** Lets tasks that stand in line go on, without the event loop. */
  advance(): void {
    for (const lane of this.#lanes) lane.line.advance();
  }

  /** Takes a task out of the line that it stands in. See `WaitingLine.leave`. */
  leaveLine(task: PendingTask): boolean {
    return this.#laneOf(task).line.leave(task);
  }

  /** When no task is under way: records that are still there are those of tasks that have ended otherwise. */
  close(): void {
    for (const lane of this.#lanes) lane.queue.shutdown({ immediate: true });
  }

  #laneOf({ priority }: PendingTask): Lane {
    return priority === 0 ? this.#normal : priority < 0 ? this.#urgent : this.#later;
  }

  /** Puts a task on its queue; false when there is no room, or others stand in line. */
  #offer(task: PendingTask, args: readonly unknown[]): boolean {
    const lane = this.#laneOf(task);
    let offered: boolean;
    try {
      offered = lane.offer(this.#recordOf(task, args));
    } catch (error) {
      if (task.posted !== undefined || !(error instanceof QueueCodecError || error instanceof RangeError))
        throw error;
      // Bytes cannot carry it. A port may.
      this.#post(task, args, NO_TRANSFER);
      offered = lane.offer(this.#recordOf(task, args));
    }
    if (offered) this.#control.calls.call();
    return offered;
  }

  /** The record as its lane takes it. */
  #recordOf(task: PendingTask, args: readonly unknown[]): TaskRecord | PriorityRecord {
    const record = this.#plainRecordOf(task, args);
    return task.priority === 0 ? record : [task.priority, ...record];
  }

  #plainRecordOf(task: PendingTask, args: readonly unknown[]): TaskRecord {
    const { slot, generation, submittedAt } = task;
    const name = this.#names.numberOf(task.name);
    if (task.posted !== undefined) return [slot, generation, ~name, submittedAt, task.posted.ticket];
    switch (args.length) {
      case 0:
        return [slot, generation, name, submittedAt];
      case 1:
        return [slot, generation, name, submittedAt, args[0]];
      case 2:
        return [slot, generation, name, submittedAt, args[0], args[1]];
      default:
        return [slot, generation, name, submittedAt, ...args];
    }
  }

  /** The record of a task that has to wait in line: its arguments as they are now. */
  #lastingRecordOf(task: PendingTask, args: readonly unknown[]): TaskRecord | PriorityRecord {
    if (task.posted !== undefined) return this.#recordOf(task, args);
    try {
      // Into bytes and out again: what the queue will refuse, it refuses now.
      this.#scratch ??= new SimpleQueue();
      this.#scratch.put(args);
      return this.#recordOf(task, this.#scratch.get());
    } catch (error) {
      if (!(error instanceof QueueCodecError || error instanceof RangeError)) throw error;
      this.#post(task, args, NO_TRANSFER);
      return this.#recordOf(task, args);
    }
  }

  /** The queue refuses the record of a task in line: another record, or undefined if nothing helps. */
  #repair(
    task: PendingTask,
    record: TaskRecord | PriorityRecord,
    error: unknown,
  ): TaskRecord | PriorityRecord | undefined {
    try {
      if (task.posted !== undefined) throw error;
      this.#post(task, record.slice(RECORD_HEAD + (task.priority === 0 ? 0 : 1)), NO_TRANSFER);
      return this.#recordOf(task, []);
    } catch (reason) {
      task.inLine = false;
      this.#refuse(task, reason);
      return undefined;
    }
  }

  /** Takes the arguments as they are now: moves what is to be moved, copies the rest. */
  #post(task: PendingTask, args: readonly unknown[], transfer: readonly TransferListItem[]): void {
    const packed = packValue('args', args, transfer);
    const kept = structuredClone(
      { packed, transfer: [...transfer] },
      { transfer: [...transfer] as Transferable[] },
    );
    this.#deposit(task, kept.packed, [...new Set([...kept.transfer, ...bigOnes(kept.packed)])]);
  }

  /** Arguments that are this thread's own. They are needed again if the task may be run again. */
  #postPacked(task: PendingTask, packed: PackedValue): void {
    this.#deposit(task, packed, task.retriesLeft > 0 ? NO_TRANSFER : bigOnes(packed));
  }

  /**
   * Arguments that can be posted more than once go to every worker at once, so that none has to ask for them while
   * this thread may be blocked; the others to the one that asks. A worker that runs one task for long holds them all
   * meanwhile: which of them it will need is not known.
   */
  #deposit(task: PendingTask, args: PackedValue, transfer: readonly TransferListItem[]): void {
    const ticket = this.#tickets++;
    task.posted = { ticket, args, transfer };
    if (transfer.length > 0) return;
    const { slot, generation } = task;
    for (const worker of this.#workers()) worker.post({ type: 'args', slot, generation, ticket, args });
  }
}

const bigOnes = (packed: PackedValue): ArrayBuffer[] => movables(Object.values(packed.fields)[0]);
