import { holdEventLoop } from '@pkg/sync/kernel';
import type { PendingTask } from './pending-task.ts';
import type { TaskWords } from './task-words.ts';

/** Every task that is under way, by its slot. While one of them has a caller who waits, the process stays alive. */
export class Ledger {
  readonly #words: TaskWords;
  readonly #entries: (PendingTask | undefined)[] = [];
  readonly #free: number[] = [];
  #size = 0;
  #awaited = 0;
  #release: (() => void) | undefined;

  constructor(words: TaskWords) {
    this.#words = words;
  }

  /** Tasks that are under way, those whose caller has given up included. */
  get size(): number {
    return this.#size;
  }

  /** Enters a task. */
  enter(task: PendingTask): void {
    let slot = this.#free.pop();
    if (slot === undefined) {
      slot = this.#entries.length;
      if (slot >= this.#words.length) this.#words.grow();
      this.#entries.push(undefined);
    }
    this.#entries[slot] = task;
    task.slot = slot;
    task.generation = this.#words.begin(slot);
    this.#size++;
    if (!task.settled && this.#awaited++ === 0) this.#release = holdEventLoop();
  }

  /** The task whose record this is; undefined if that one has left. */
  find(slot: number, generation: number): PendingTask | undefined {
    const task = this.#entries[slot];
    return task !== undefined && task.generation === generation ? task : undefined;
  }

  /** Nothing will be heard of the task any more: its slot is free. */
  leave(task: PendingTask): void {
    this.#entries[task.slot] = undefined;
    this.#free.push(task.slot);
    this.#size--;
    task.slot = -1;
    if (!task.settled) this.#noLongerAwaited();
  }

  /** The caller is about to get the result, the stream, or an error; false when it has one already. */
  settle(task: PendingTask): boolean {
    if (task.settled) return false;
    task.settled = true;
    // A stream can be called off until it ends.
    if (task.stream === undefined) task.stopListening();
    if (task.slot >= 0) this.#noLongerAwaited();
    return true;
  }

  /** Every task under way. Tasks may enter and leave meanwhile. */
  all(): PendingTask[] {
    return this.#entries.filter((each) => each !== undefined);
  }

  #noLongerAwaited(): void {
    if (--this.#awaited > 0) return;
    this.#release?.();
    this.#release = undefined;
  }
}
