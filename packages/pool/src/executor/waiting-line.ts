import { type PriorityQueue, type Queue, QueueFull } from '@pkg/queue';
import type { PendingTask } from './pending-task.ts';
import type { PriorityRecord, TaskRecord } from './protocol.ts';

type AnyRecord = TaskRecord | PriorityRecord;

interface Place {
  readonly task: PendingTask;
  record: AnyRecord;
  /** Whether the task was called off while its record was on its way into the queue. */
  isGivenUp: boolean;
}

/** What the line tells of its tasks. */
export interface LineEvents {
  /** A task has left the line for the queue. */
  onPut(): void;
  /** The record of a task that had left early (see `leave`) has not come to be in the queue, and never will. */
  left(task: PendingTask): void;
  /** The queue refuses a record: another one for it, or undefined to send the task away. */
  repair(task: PendingTask, record: AnyRecord, error: unknown): AnyRecord | undefined;
}

/** Tasks that wait for a place in the queue, in the order in which the queue would let them out. */
export class WaitingLine {
  readonly #tasks: Queue<TaskRecord> | PriorityQueue<PriorityRecord>;
  readonly #events: LineEvents;
  readonly #places: Place[] = [];
  #moving = false;
  /** Whose record is on its way into the queue. */
  #onItsWay: Place | undefined;
  /** Ends the waiting for a place on behalf of the first in line. */
  #giveUp: AbortController | undefined;

  constructor(tasks: Queue<TaskRecord> | PriorityQueue<PriorityRecord>, events: LineEvents) {
    this.#tasks = tasks;
    this.#events = events;
  }

  get length(): number {
    return this.#places.length;
  }

  join(task: PendingTask, record: AnyRecord): void {
    task.inLine = true;
    const behind = this.#places.findLastIndex((place) => place.task.priority <= task.priority) + 1;
    this.#places.splice(behind, 0, { task, record, isGivenUp: false });
    // Whoever waits for a place does so for the first in line.
    if (behind === 0) this.#giveUp?.abort();
    if (!this.#moving) void this.#move();
  }

  /**
   * Takes a task out of the line. False if its record may come to be in the queue, or has done so: what put it there tells
   * of that only in a later turn. Then either a worker will come upon it, or `left` is called.
   */
  leave(task: PendingTask): boolean {
    const at = this.#places.findIndex((place) => place.task === task);
    const place = this.#places[at];
    if (place === undefined) return true;
    const isOnItsWay = place === this.#onItsWay;
    place.isGivenUp = isOnItsWay;
    this.#remove(at);
    return !isOnItsWay;
  }

  /** Lets go on whom there is room for. Does not block. */
  advance(): void {
    while (this.#places.length > 0 && !this.#tasks.full()) {
      const place = this.#places[0]!;
      try {
        this.#tasks.putNowait(place.record as never);
      } catch (error) {
        if (error instanceof QueueFull) return;
        this.#repair(place, error);
        continue;
      }
      this.#remove(0);
      this.#events.onPut();
    }
  }

  async #move(): Promise<void> {
    this.#moving = true;
    while (this.#places.length > 0) {
      const place = this.#places[0]!;
      this.#giveUp = new AbortController();
      const { signal } = this.#giveUp;
      this.#onItsWay = place;
      try {
        await this.#tasks.putAsync(place.record as never, { signal });
      } catch (error) {
        if (place.isGivenUp) this.#events.left(place.task);
        // Called off for one that came before it, it may be the first again by now: then nothing is wrong with its record.
        else if (error !== signal.reason && this.#places[0] === place) this.#repair(place, error);
        continue;
      } finally {
        this.#onItsWay = undefined;
      }
      this.#events.onPut();
      // `advance` may have been faster. The task's word sees to it that it runs once all the same.
      const at = this.#places.indexOf(place);
      if (at >= 0) this.#remove(at);
    }
    this.#moving = false;
  }

  #repair(place: Place, error: unknown): void {
    const record = this.#events.repair(place.task, place.record, error);
    if (record !== undefined) place.record = record;
    else this.#remove(this.#places.indexOf(place));
  }

  #remove(at: number): void {
    const [place] = this.#places.splice(at, 1);
    place!.task.inLine = false;
    if (at === 0) this.#giveUp?.abort();
  }
}
