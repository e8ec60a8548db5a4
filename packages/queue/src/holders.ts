import type { ThreadIdentity } from '@pkg/sync/kernel';
import { slotOf } from '@pkg/sync/kernel';
import { ROW_COUNT, ROW_FIRST, ROW_ID, ROW_LAST, ROW_WORDS } from './layout.ts';

/**
 * Who holds how many items: a row per thread slot. Under the lock of the get side.
 *
 * Invariant, whenever that lock is free: the counts of all rows add up to what was taken and is not done.
 * So after a death the dead thread's share is what the living do not hold, even if it died between taking an
 * item and noting it here.
 */
export class Holders {
  readonly #header: Int32Array;
  readonly #start: number;
  readonly #rows: number;
  readonly #self: ThreadIdentity;
  readonly #mine: number;

  constructor(header: Int32Array, start: number, rows: number, self: ThreadIdentity) {
    if (self.slot >= rows) {
      throw new RangeError(
        `this queue has rows for ${rows} threads and none for the thread in slot ${self.slot}`,
      );
    }
    this.#header = header;
    this.#start = start;
    this.#rows = rows;
    this.#self = self;
    this.#mine = start + self.slot * ROW_WORDS;
  }

  /** Index of this thread's row. */
  get mine(): number {
    return this.#mine;
  }

  /** Whether this thread's row still belongs to a dead thread that had the slot before. */
  get mineIsStale(): boolean {
    const id = this.#header[this.#mine + ROW_ID]!;
    return id !== this.#self.id && id !== 0;
  }

  /** Notes that this thread took `count` items more. */
  add(count: number): void {
    this.#header[this.#mine + ROW_ID] = this.#self.id;
    this.#header[this.#mine + ROW_COUNT] = this.#header[this.#mine + ROW_COUNT]! + count;
  }

  /**
   * Takes `count` items out: this thread's own first, then those of others, since any thread may finish an
   * item. More than are held makes this thread's row negative: items may be finished before they are taken.
   */
  remove(count: number): void {
    const header = this.#header;
    const own = Math.min(count, Math.max(0, header[this.#mine + ROW_COUNT]!));
    let left = count - own;
    for (let slot = 0; left > 0 && slot < this.#rows; slot++) {
      const at = this.#start + slot * ROW_WORDS + ROW_COUNT;
      const theirs = header[at]!;
      if (theirs <= 0 || at === this.#mine + ROW_COUNT) continue;
      const part = Math.min(left, theirs);
      header[at] = theirs - part;
      left -= part;
    }
    this.add(-own - left);
  }

  /** Strikes `count` items off what was finished before it was taken. */
  forgive(count: number): void {
    const header = this.#header;
    let left = count;
    for (let slot = 0; left > 0 && slot < this.#rows; slot++) {
      const at = this.#start + slot * ROW_WORDS + ROW_COUNT;
      const part = Math.min(left, Math.max(0, -header[at]!));
      header[at] = header[at]! + part;
      left -= part;
    }
  }

  /** Clears the rows of the dead and returns what the living hold. */
  sweep(): number {
    let held = 0;
    for (let slot = 0; slot < this.#rows; slot++) {
      const row = this.#start + slot * ROW_WORDS;
      const id = this.#header[row + ROW_ID]!;
      if (id === 0) continue;
      if (this.#self.table.isAlive(id)) held += this.#header[row + ROW_COUNT]!;
      else this.#header.fill(0, row, row + ROW_WORDS);
    }
    return held;
  }

  /** Index of a row that belongs to a dead thread, or 0. */
  firstDeadRow(): number {
    for (let slot = 0; slot < this.#rows; slot++) {
      const row = this.#start + slot * ROW_WORDS;
      const id = this.#header[row + ROW_ID]!;
      if (id !== 0 && !this.#self.table.isAlive(id)) return row;
    }
    return 0;
  }

  /** Empties every row, for recovery to fill again. */
  clear(): void {
    this.#header.fill(0, this.#start, this.#start + this.#rows * ROW_WORDS);
  }

  /** Index of the row of thread `id`. */
  rowOf(id: number): number {
    return this.#start + slotOf(id) * ROW_WORDS;
  }

  /** Index of a row that holds a lease: this thread's if it does, else the first; 0 when none does. */
  rowWithLease(): number {
    if (this.#header[this.#mine + ROW_FIRST] !== 0 && !this.mineIsStale) return this.#mine;
    for (let slot = 0; slot < this.#rows; slot++) {
      const row = this.#start + slot * ROW_WORDS;
      if (this.#header[row + ROW_FIRST] !== 0) return row;
    }
    return 0;
  }

  /** Appends a record to a row's list of leases; the record's link word is to be 0. */
  append(row: number, id: number, record: number, words: Int32Array, link: number): void {
    const header = this.#header;
    const last = header[row + ROW_LAST]!;
    if (last === 0) header[row + ROW_FIRST] = record;
    else words[last + link] = record;
    header[row + ROW_LAST] = record;
    header[row + ROW_ID] = id;
    header[row + ROW_COUNT] = header[row + ROW_COUNT]! + 1;
  }

  /** The same for recovery, which meets records in another order than they were taken in: by the word `taken`. */
  insert(row: number, id: number, record: number, words: Int32Array, link: number, taken: number): void {
    const header = this.#header;
    const isBefore = (other: number) => ((words[other + taken]! - words[record + taken]!) | 0) < 0;
    const last = header[row + ROW_LAST]!;
    if (last === 0 || isBefore(last)) {
      this.append(row, id, record, words, link);
      return;
    }
    let previous = 0;
    let next = header[row + ROW_FIRST]!;
    while (isBefore(next)) {
      previous = next;
      next = words[next + link]!;
    }
    words[record + link] = next;
    if (previous === 0) header[row + ROW_FIRST] = record;
    else words[previous + link] = record;
    header[row + ROW_COUNT] = header[row + ROW_COUNT]! + 1;
  }

  /** Takes the oldest record off a row's list. */
  removeFirst(row: number, next: number): void {
    const header = this.#header;
    header[row + ROW_FIRST] = next;
    if (next === 0) header[row + ROW_LAST] = 0;
    header[row + ROW_COUNT] = header[row + ROW_COUNT]! - 1;
  }
}
