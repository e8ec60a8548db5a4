import { MAX_THREADS, slotOf } from './thread-table.ts';

const ROWS = 1;

/** How many words the rows take. */
export const PERMIT_HOLDERS_WORDS = ROWS + 2 * MAX_THREADS;

/**
 * How many permits of a semaphore each thread holds.
 *
 * ```text
 *   word 0           USED   one more than the highest slot whose row was ever used
 *        1 + 2 s     ID     of the thread in slot s that the row is about
 *        2 + 2 s     HELD   how many permits it holds
 * ```
 *
 * Read and written under the semaphore's lock. A row is about the latest thread of its slot that held a
 * permit: HELD of another one is what that thread, which has died, still holds.
 */
export class PermitHolders {
  readonly #words: Int32Array;
  readonly #index: number;

  /** @param index the first of {@link PERMIT_HOLDERS_WORDS} words; all zero is nobody holding anything */
  constructor(words: Int32Array, index: number) {
    this.#words = words;
    this.#index = index;
  }

  /** How many rows there are to look at: those of slots 0 to this, exclusive. */
  get used(): number {
    return Atomics.load(this.#words, this.#index);
  }

  /** Id of the thread that row `slot` is about, 0 when nobody. */
  holder(slot: number): number {
    return Atomics.load(this.#words, this.#index + ROWS + 2 * slot);
  }

  /** Permits in row `slot`. */
  held(slot: number): number {
    return Atomics.load(this.#words, this.#index + ROWS + 2 * slot + 1);
  }

  /** Sets what the thread `id` holds. Setting it twice is the same as once. */
  set(id: number, held: number): void {
    const slot = slotOf(id);
    const row = this.#index + ROWS + 2 * slot;
    if (slot >= this.used) Atomics.store(this.#words, this.#index, slot + 1);
    Atomics.store(this.#words, row + 1, held);
    Atomics.store(this.#words, row, id);
  }
}
