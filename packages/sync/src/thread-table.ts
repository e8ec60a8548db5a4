/**
 * The roll of threads: who is alive.
 *
 * ```text
 *   word   0        MAGIC
 *          1        DEATHS      how many threads have been marked dead; waiters sleep on it
 *          2        HINT        where to look for a free slot first
 *          4 ..  7  TOKEN       random, so that two views of one table recognise each other
 *         16 ..     KEYS[slot]  0 when the slot is free, else what the parent finds its child by
 *       1040 ..     LIVE[slot]  id of the living occupant, or -id of the last dead one, or 0
 *
 *   id     29 ........ 10 9 ......... 0
 *          generation     slot                 never 0; two threads never share one
 * ```
 *
 * Invariant: a slot is claimed by the compare-exchange of KEYS from 0, and LIVE is written by the claimant
 * alone until its parent marks it dead. An id is dead if and only if LIVE[slot] is another value: so a lock
 * word that still names a thread long gone is recognised, however often the slot was given away since.
 *
 * @packageDocumentation
 */

const MAGIC = 0x54_48_52_44;
const DEATHS = 1;
const HINT = 2;
const TOKEN = 4;
const KEYS = 16;
const SLOT_BITS = 10;
const GENERATION_MASK = 0xf_ffff;

/** The most threads that may be alive at once in one table. */
export const MAX_THREADS = 1 << SLOT_BITS;

const LIVE = KEYS + MAX_THREADS;
const BYTES = (LIVE + MAX_THREADS) * 4;

/** The slot, 0 to {@link MAX_THREADS} - 1, that a thread id occupies. */
export const slotOf = (id: number): number => id & (MAX_THREADS - 1);

/** A view of the roll of threads. Every method may be called on any thread; none blocks. */
export class ThreadTable {
  readonly memory: SharedArrayBuffer;
  readonly words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.words = new Int32Array(memory);
    if (this.words[0] !== MAGIC) {
      throw new TypeError(
        `this SharedArrayBuffer of ${memory.byteLength} bytes is no thread table: pass a handle's own memory`,
      );
    }
  }

  /** A new table, with nobody in it. */
  static create(): ThreadTable {
    const memory = new SharedArrayBuffer(BYTES);
    const words = new Int32Array(memory);
    for (let i = 0; i < 4; i++) words[TOKEN + i] = (Math.random() * 2 ** 32) | 0;
    words[0] = MAGIC;
    return new ThreadTable(memory);
  }

  /** The same for every view of the same table, in every thread. */
  get token(): string {
    return Array.from(this.words.subarray(TOKEN, TOKEN + 4), (word) => (word >>> 0).toString(16)).join('-');
  }

  /** How many deaths have been recorded, modulo 2^32. It changes whenever there is something to recover. */
  get deaths(): number {
    return Atomics.load(this.words, DEATHS);
  }

  /** The index of the word that holds {@link deaths}, to wait on. */
  get deathsIndex(): number {
    return DEATHS;
  }

  /**
   * Enters a thread and returns its id.
   *
   * @param key what its parent finds it by, positive
   * @throws RangeError when {@link MAX_THREADS} threads are alive
   */
  claim(key: number): number {
    const start = Atomics.load(this.words, HINT);
    for (let i = 0; i < MAX_THREADS; i++) {
      const slot = (start + i) & (MAX_THREADS - 1);
      if (Atomics.compareExchange(this.words, KEYS + slot, 0, key) !== 0) continue;
      const last = -Atomics.load(this.words, LIVE + slot);
      const generation = ((last >>> SLOT_BITS) + 1) & GENERATION_MASK || 1;
      const id = (generation << SLOT_BITS) | slot;
      Atomics.store(this.words, LIVE + slot, id);
      Atomics.store(this.words, HINT, slot + 1);
      return id;
    }
    throw new RangeError(
      `${MAX_THREADS} threads are alive already: end some, or supervise them so that their ends are noticed`,
    );
  }

  /** Whether the thread `id` may still run. */
  isAlive(id: number): boolean {
    return Atomics.load(this.words, LIVE + slotOf(id)) === id;
  }

  /**
   * Records that `id` will never run again. Only on confirmed death, and only by the thread that learned of
   * it; a second call does nothing.
   *
   * @returns whether this call made the difference
   */
  markDead(id: number): boolean {
    const slot = slotOf(id);
    if (Atomics.compareExchange(this.words, LIVE + slot, id, -id) !== id) return false;
    Atomics.add(this.words, DEATHS, 1);
    Atomics.notify(this.words, DEATHS);
    // Only now may the slot be claimed anew: the next occupant must find LIVE settled.
    Atomics.store(this.words, KEYS + slot, 0);
    return true;
  }

  /** Records the death of whoever entered with `key`; returns whether somebody had. */
  markDeadByKey(key: number): boolean {
    let found = false;
    for (let slot = 0; slot < MAX_THREADS; slot++) {
      if (Atomics.load(this.words, KEYS + slot) !== key) continue;
      const id = Atomics.load(this.words, LIVE + slot);
      if (id > 0) found = this.markDead(id) || found;
      // It died between claiming the slot and taking its id: it never held a thing.
      else Atomics.compareExchange(this.words, KEYS + slot, key, 0);
    }
    return found;
  }
}
