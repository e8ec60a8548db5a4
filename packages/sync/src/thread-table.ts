/**
 * The roll of threads: who is alive.
 *
 * ```text
 *   word   0        MAGIC
 *          1        DEATHS      how many threads have been marked dead; waiters sleep on it
 *          2        HINT        where to look for a free slot first
 *          3        ENROLLED    one more than the highest entry of the roll of children that was ever used
 *          4 ..  7  TOKEN       random, so that two views of one table recognise each other
 *         16 ..     KEYS[slot]  0 when the slot is free, else what the parent finds its child by
 *       1040 ..     LIVE[slot]  id of the living occupant, or -id of the last dead one, or 0
 *       2064 ..     PARENT[i]   0 when the entry is free, else id of the thread that watches over ...
 *       3088 ..     CHILD[i]    ... the thread of this key, or 0
 *
 *   id     29 ........ 10 9 ......... 0
 *          generation     slot                 never 0; two threads never share one
 * ```
 *
 * Invariant: a slot is claimed by the compare-exchange of KEYS from 0, and LIVE is written by the claimant
 * alone until its parent, or itself, marks it dead. An id is dead if and only if LIVE[slot] is another value: so a lock
 * word that still names a thread long gone is recognised, however often the slot was given away since.
 *
 * A thread takes the threads that it started with it when it ends, and with them goes the only one to be told
 * of their ends. Therefore the table keeps who watches over whom, and burying a thread buries those that it
 * watched over. They run a little longer than it does: of a thread of which no more is known than that it runs no
 * more, the death alone is recorded ({@link ThreadTable.markDeadAlone}), and its burial waits. The key is freed last,
 * so that a burial that waits, or that was cut short by a death, can be found and finished by the next one.
 *
 * @packageDocumentation
 */
import { hasSharedMemory } from './has-shared-memory.ts';
import { SharedMemoryUnavailable } from './shared-memory-unavailable.ts';

const MAGIC = 0x54_48_52_44;
const DEATHS = 1;
const HINT = 2;
const ENROLLED = 3;
const TOKEN = 4;
const KEYS = 16;
const SLOT_BITS = 10;
const GENERATION_MASK = 0xf_ffff;

/** The most threads that may be alive at once in one table. */
export const MAX_THREADS = 1 << SLOT_BITS;

const LIVE = KEYS + MAX_THREADS;
const PARENT = LIVE + MAX_THREADS;
const CHILD = PARENT + MAX_THREADS;
const BYTES = (CHILD + MAX_THREADS) * 4;

/** The slot, 0 to {@link MAX_THREADS} - 1, that a thread id occupies. */
export const slotOf = (id: number): number => id & (MAX_THREADS - 1);

/** A view of the roll of threads. Every method may be called on any thread; none blocks. */
export class ThreadTable {
  readonly memory: SharedArrayBuffer;
  readonly words: Int32Array;
  /** The same for every view of the same table, in every thread. */
  readonly token: string;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.words = new Int32Array(memory);
    if (this.words[0] !== MAGIC) {
      throw new TypeError(
        `this SharedArrayBuffer of ${memory.byteLength} bytes is no thread table: pass a handle's own memory`,
      );
    }
    this.token = Array.from(this.words.subarray(TOKEN, TOKEN + 4), (word) => (word >>> 0).toString(16)).join(
      '-',
    );
  }

  /**
   * A new table, with nobody in it.
   *
   * @throws SharedMemoryUnavailable in a page that is not cross-origin isolated
   */
  static create(): ThreadTable {
    if (!hasSharedMemory()) throw new SharedMemoryUnavailable();
    const memory = new SharedArrayBuffer(BYTES);
    const words = new Int32Array(memory);
    for (let i = 0; i < 4; i++) words[TOKEN + i] = (Math.random() * 2 ** 32) | 0;
    words[0] = MAGIC;
    return new ThreadTable(memory);
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
   * Records that `id` will never run again, and with it the threads that it watched over. Only on confirmed
   * death, by the thread that learned of it, or by the thread itself as the last thing that it does; a second call does
   * nothing.
   *
   * @returns whether this call made the difference
   */
  markDead(id: number): boolean {
    const slot = slotOf(id);
    const key = Atomics.load(this.words, KEYS + slot);
    if (Atomics.compareExchange(this.words, LIVE + slot, id, -id) !== id) return false;
    this.#finishBurial(slot, key, id);
    return true;
  }

  /** Records the death of whoever entered with `key`, as {@link markDead} does; returns whether somebody had. */
  markDeadByKey(key: number): boolean {
    let found = false;
    for (const [slot, id] of this.#enteredWith(key)) {
      found = true;
      this.#bury(slot, key, id);
    }
    return found;
  }

  /**
   * Records that whoever entered with `key` will never run again, and nothing about the threads that it watched over,
   * which may run on for a while: two threads would be inside one lock if one of them were taken for dead. Without
   * such threads its burial is complete.
   *
   * @returns whether there are any; {@link markDeadByKey} is to follow when they have ended
   */
  markDeadAlone(key: number): boolean {
    let isSurvived = false;
    for (const [slot, id] of this.#enteredWith(key)) {
      if (!this.#watchesOver(Math.abs(id))) {
        this.#bury(slot, key, id);
        continue;
      }
      isSurvived = true;
      if (id > 0 && Atomics.compareExchange(this.words, LIVE + slot, id, -id) === id) this.#announceDeath();
    }
    return isSurvived;
  }

  /**
   * Notes that the living thread `parent` started the thread with `childKey`, which will not outlive it.
   *
   * @returns the entry, for {@link discharge}
   * @throws RangeError when {@link MAX_THREADS} threads are watched over
   */
  enrol(parent: number, childKey: number): number {
    for (let entry = 0; entry < MAX_THREADS; entry++) {
      if (Atomics.compareExchange(this.words, PARENT + entry, 0, parent) !== 0) continue;
      for (;;) {
        const enrolled = Atomics.load(this.words, ENROLLED);
        if (enrolled > entry) break;
        Atomics.compareExchange(this.words, ENROLLED, enrolled, entry + 1);
      }
      Atomics.store(this.words, CHILD + entry, childKey);
      return entry;
    }
    throw new RangeError(`${MAX_THREADS} threads are supervised already: end some before starting more`);
  }

  /** Frees an entry of {@link enrol}. Only the parent, while it lives, may call this, and once. */
  discharge(entry: number): void {
    Atomics.store(this.words, CHILD + entry, 0);
    Atomics.store(this.words, PARENT + entry, 0);
  }

  /** What follows a death in LIVE, in an order that lets it be repeated. */
  #finishBurial(slot: number, key: number, id: number): void {
    const enrolled = Atomics.load(this.words, ENROLLED);
    for (let entry = 0; id !== 0 && entry < enrolled; entry++) {
      if (Atomics.load(this.words, PARENT + entry) !== id) continue;
      const child = Atomics.load(this.words, CHILD + entry);
      if (child !== 0) this.markDeadByKey(child);
      this.discharge(entry);
    }
    this.#announceDeath();
    // Only now may the slot be claimed anew: the next occupant must find LIVE settled.
    if (key !== 0) Atomics.compareExchange(this.words, KEYS + slot, key, 0);
  }

  /** The slots that were entered with `key`, each with what its LIVE holds. */
  *#enteredWith(key: number): Generator<[slot: number, id: number]> {
    for (let slot = 0; slot < MAX_THREADS; slot++) {
      if (Atomics.load(this.words, KEYS + slot) !== key) continue;
      const id = Atomics.load(this.words, LIVE + slot);
      // The key is still there, so the id that was read is not that of a later occupant.
      if (Atomics.load(this.words, KEYS + slot) === key) yield [slot, id];
    }
  }

  #bury(slot: number, key: number, id: number): void {
    // Not alive: it died between claiming the slot and taking its id, or whoever buried it did half-way.
    if (id <= 0 || !this.markDead(id)) this.#finishBurial(slot, key, Math.abs(id));
  }

  /** Whether there is an entry of {@link enrol} by `id`, 0 for nobody. It may lack its key, if `id` died in `enrol`. */
  #watchesOver(id: number): boolean {
    const enrolled = Atomics.load(this.words, ENROLLED);
    for (let entry = 0; id !== 0 && entry < enrolled; entry++) {
      if (Atomics.load(this.words, PARENT + entry) === id) return true;
    }
    return false;
  }

  #announceDeath(): void {
    Atomics.add(this.words, DEATHS, 1);
    Atomics.notify(this.words, DEATHS);
  }
}
