/**
 * One word in shared memory for each task that is under way: who may run it, who runs it, and whether it should go
 * on.
 *
 * ```text
 *   31 ......... 16   15      14       13       12          11 ....... 0
 *   generation        -       ENDING   KILLED   CANCELLED   owner: row of the worker + 1, or 0
 * ```
 *
 * A slot is given to one task after another, each with a generation of its own. The task's record in the queue
 * carries both, so a record that is delivered twice (its worker died just after taking it) finds a word that is
 * no longer its own, or no longer free, and is dropped.
 *
 * Every change is one compare-exchange or one `or`, which settles the races:
 * - worker claims (owner 0 -> its own) against owner cancels (sets CANCELLED while the owner is 0): the task either
 *   runs or does not, and both know which;
 * - worker ends (sets ENDING) against owner kills (sets KILLED unless ENDING is set): a worker that finds KILLED
 *   takes no further task, so the `terminate()` that follows hits this task and no other.
 *
 * @packageDocumentation
 */

const OWNER = 0xfff;
const CANCELLED = 1 << 12;
const KILLED = 1 << 13;
const ENDING = 1 << 14;
const GENERATION_SHIFT = 16;

/** The most tasks that can be under way in one executor. */
const MAX_TASKS = 1 << 22;
const FIRST_TASKS = 1 << 10;

/** The most workers that the owner field can name. */
export const MAX_WORKERS = OWNER - 1;

/** A view of the words of all tasks. No method blocks. */
export class TaskWords {
  readonly memory: SharedArrayBuffer;
  /** A view of fixed length: a length-tracking one would make every access several times slower. */
  #words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, memory.byteLength >>> 2);
  }

  static create(): TaskWords {
    const Growable = SharedArrayBuffer as unknown as new (
      bytes: number,
      options: { maxByteLength: number },
    ) => SharedArrayBuffer;
    return new TaskWords(new Growable(FIRST_TASKS * 4, { maxByteLength: MAX_TASKS * 4 }));
  }

  /** How many slots there are. */
  get length(): number {
    return this.#words.length;
  }

  /** Doubles the slots. By the owner only. */
  grow(): void {
    if (this.length >= MAX_TASKS) {
      throw new RangeError(`${MAX_TASKS} tasks are under way, the most that one executor can hold`);
    }
    (this.memory as unknown as { grow(bytes: number): void }).grow(this.length * 8);
    this.#words = new Int32Array(this.memory, 0, this.memory.byteLength >>> 2);
  }

  /** Owner: starts the slot's next generation. */
  begin(slot: number): number {
    const generation = ((this.#words[slot]! >>> GENERATION_SHIFT) + 1) & 0xffff;
    Atomics.store(this.#words, slot, generation << GENERATION_SHIFT);
    return generation;
  }

  /** Worker: claims the task for `row`. */
  claim(slot: number, generation: number, row: number): 'claimed' | 'cancelled' | 'stale' {
    const free = generation << GENERATION_SHIFT;
    this.#see(slot);
    const seen = Atomics.compareExchange(this.#words, slot, free, free | (row + 1));
    if (seen === free) return 'claimed';
    return seen === (free | CANCELLED) ? 'cancelled' : 'stale';
  }

  /** Owner: cancels the task; returns the row of the worker that runs it, or -1 if none does and none will. */
  cancel(slot: number): number {
    return (Atomics.or(this.#words, slot, CANCELLED) & OWNER) - 1;
  }

  /** Whether the worker of `row` runs the task, or may still come to do so. */
  mayBeRunBy(row: number, slot: number, generation: number): boolean {
    this.#see(slot);
    const seen = Atomics.load(this.#words, slot);
    const owner = seen & OWNER;
    return seen >>> GENERATION_SHIFT === generation && (owner === 0 || owner === row + 1);
  }

  /** Whether the task was cancelled. */
  isCancelled(slot: number): boolean {
    this.#see(slot);
    return (Atomics.load(this.#words, slot) & CANCELLED) !== 0;
  }

  /** Worker: the task has run; returns false when the worker is about to be terminated because of it. */
  end(slot: number): boolean {
    return (Atomics.or(this.#words, slot, ENDING) & KILLED) === 0;
  }

  /** Owner: claims the right to terminate the task's worker because of it; false when the task has run. */
  kill(slot: number): boolean {
    for (;;) {
      const seen = Atomics.load(this.#words, slot);
      if ((seen & ENDING) !== 0 || (seen & OWNER) === 0) return false;
      if (Atomics.compareExchange(this.#words, slot, seen, seen | KILLED) === seen) return true;
    }
  }

  /** The row of the worker that runs or has run the task, or -1. */
  rowOf(slot: number): number {
    return (Atomics.load(this.#words, slot) & OWNER) - 1;
  }

  /** Worker: takes notice that the owner has added slots. */
  #see(slot: number): void {
    if (slot >= this.#words.length)
      this.#words = new Int32Array(this.memory, 0, this.memory.byteLength >>> 2);
  }
}
